//! What integration tests stand on: databases, a browser, and lanes that may be missing.
//! Use it with `mod support;` at the top of a file in `tests/`.

// Every test binary compiles this folder and uses a part of it.
#![allow(dead_code, unused_imports, unused_macros)]

pub mod browser;
pub mod database;
pub mod documents;
pub mod guard;
pub mod instance;
pub mod lanes;
pub mod peer;
pub mod postgres;
pub mod shown;

pub use browser::Browser;
pub use database::Database;
pub use instance::{Instance, Member, eventually, eventually_some};
pub use lanes::{Lane, Skip};
pub use peer::{Peer, PeerActor};

pub(crate) use database::on_both_databases;
