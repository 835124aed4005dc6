//! Threads: beginning, editing, deleting and moderating them.

mod delete;
mod edit;
mod moderate;
mod publish;
mod whole;

pub(crate) use delete::set_deleted;
pub use delete::{delete, restore};
pub(crate) use edit::change;
pub use edit::{EditThread, edit, edit_with};
pub use moderate::{feature, lock, remove};
pub(crate) use moderate::{set_featured, set_locked, set_removed};
pub use publish::{Carried, Picture, Publish, publish, publish_with};
pub(crate) use publish::{Carries, Draft, Origin, begin, may_begin};
pub use whole::{Whole, want_whole};
