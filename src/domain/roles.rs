//! Who may do what: roles in a group and on the site, and the checks that every door shares.

use super::ids::ActorId;
use super::kinds::words;

words! {
    /// A role in a group. The coordinator cultivates it; both moderate.
    Role { Coordinator = "coordinator", Moderator = "moderator" }
}

/// What somebody is in one group, as far as permissions go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Administers this site (only ever true for local people).
    pub admin: bool,
    pub role: Option<Role>,
}

impl Standing {
    /// Title, domain statement, rules and icon of the group; removing and featuring threads.
    pub fn may_moderate(self) -> bool {
        self.admin || self.role.is_some()
    }

    /// Closing the group for good, and saying who looks after it.
    pub fn may_coordinate(self) -> bool {
        self.admin || self.role == Some(Role::Coordinator)
    }
}

/// Only the author edits or deletes what they wrote; removal by others is moderation.
pub fn may_edit_content(actor: ActorId, author: ActorId) -> bool {
    actor == author
}
