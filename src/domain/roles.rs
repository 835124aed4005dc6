//! Roles in a group. What they allow is in [`rules`](super::rules).

use super::kinds::words;

words! {
    /// A role in a group. The coordinator cultivates it; both moderate.
    Role { Coordinator = "coordinator", Moderator = "moderator" }
}
