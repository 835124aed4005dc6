//! Who may do what: roles in a group and on the site, and the checks that every door shares.

use super::ids::ActorId;

/// What somebody is in one group, as far as permissions go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Administers this site (only ever true for local people).
    pub admin: bool,
    pub coordinator: bool,
    pub moderator: bool,
}

impl Standing {
    pub fn may_edit_group(self) -> bool {
        self.admin || self.coordinator || self.moderator
    }

    pub fn may_remove_content(self) -> bool {
        self.admin || self.coordinator || self.moderator
    }
}

/// Only the author edits or deletes what they wrote; removal by others is moderation.
pub fn may_edit_content(actor: ActorId, author: ActorId) -> bool {
    actor == author
}
