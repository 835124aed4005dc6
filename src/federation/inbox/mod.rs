//! The inbox: verify, store durably, answer 202; a worker applies what is stored.

mod apply;
mod forwarded;
mod receive;
mod repetition;
mod worker;

pub use receive::{MAX_BODY, router};
pub use worker::run as run_worker;
