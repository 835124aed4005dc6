//! Comments: replying, editing, deleting, removing.

mod approved;
mod delete;
mod edit;
mod moderate;
mod reply;

pub(crate) use approved::approved;
pub use delete::{delete, remove, restore};
pub(crate) use delete::{hide, set_deleted, set_removed};
pub(crate) use edit::change;
pub use edit::{Rewrite, edit, rewrite};
pub(crate) use moderate::set_locked;
pub use moderate::{distinguish, lock};
pub(crate) use reply::{Draft, answer};
pub use reply::{Reply, reply};
