//! The whole conversation under a thread from elsewhere: asked for here, read in the background.

use crate::community::{CommunityError, Missing};
use crate::domain::ids::PostId;
use crate::store::{Tx, conversations, posts};

/// What became of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// It is read next.
    Asked,
    /// It is being read, or was not long ago.
    JustRead,
    /// All of it is here anyway.
    AtHome,
}

/// Asks for the conversation of a thread, unless it was read within so many milliseconds.
pub fn want_whole(tx: &mut Tx<'_>, post: PostId, not_within: i64) -> Result<Whole, CommunityError> {
    let post = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    if post.local || post.is_hidden() {
        return Ok(Whole::AtHome);
    }
    if !conversations::want(tx.conn, post.id, tx.now, not_within)? {
        return Ok(Whole::JustRead);
    }
    tx.wake_errands();
    Ok(Whole::Asked)
}
