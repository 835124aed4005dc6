//! Groups: making and editing them, following and leaving, who may do what in them.

mod create;
mod edit;
mod elsewhere;
mod follow;
mod narrow;
mod remove;
mod requests;
mod roles;
pub mod sharing;
mod standing;

pub use create::{NewGroup, create};
pub(crate) use edit::set_closed;
pub use edit::{EditGroup, delete, edit, restore};
pub(crate) use elsewhere::{edited_elsewhere, set_moderator};
pub(crate) use follow::{accepted, refuse_follow, rejected, remote_follow, remote_unfollow};
pub use follow::{follow, unfollow};
pub use remove::{hide, remove, transfer};
pub(crate) use remove::{is_removed_by_us, set_removed};
pub use requests::{is_shown_to_all_by, let_in, turn_away};
pub use roles::appoint;
pub(super) use roles::has_other_coordinator;
pub(crate) use roles::lose_role;
pub use standing::{standing, toward};
