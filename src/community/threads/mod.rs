//! Threads: beginning, editing, deleting and moderating them.

mod boosted;
mod delete;
mod edit;
mod moderate;
mod publish;
mod relocate;
mod warn;
mod whole;

pub(crate) use boosted::{boosted, unboosted};
pub use delete::{delete, restore};
pub(crate) use delete::{hide, set_deleted};
pub(crate) use edit::change;
pub use edit::{EditThread, edit, edit_with};
pub use moderate::{feature, feature_on_site, lock, remove};
pub(crate) use moderate::{set_featured, set_locked, set_removed};
pub use publish::{Carried, Picture, Publish, publish, publish_with};
pub(crate) use publish::{Carries, Draft, Origin, begin, may_begin};
pub use relocate::{destinations, relocate};
pub(crate) use relocate::{may_put_in, relocated};
pub use warn::warn;
pub(crate) use warn::warned;
pub use whole::{Whole, ask_for_whole, want_whole};
