//! Threads: beginning, editing, deleting and moderating them.

mod delete;
mod edit;
mod moderate;
mod publish;
mod whole;

pub(crate) use delete::set_deleted;
pub use delete::{delete, restore};
pub(crate) use edit::change;
pub use edit::{EditThread, edit};
pub use moderate::{feature, lock, remove};
pub(crate) use moderate::{set_featured, set_locked, set_removed};
pub(crate) use publish::{Draft, Origin, begin};
pub use publish::{Picture, Publish, publish};
pub use whole::{Whole, want_whole};
