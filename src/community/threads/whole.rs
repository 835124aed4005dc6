//! The whole conversation under a thread from elsewhere: asked for here, read in the background.

use crate::community::{CommunityError, Missing};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::time::MINUTE;
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, audience, conversations, posts};

/// No member makes us read the same conversation more often.
const AT_MOST_EVERY: i64 = 2 * MINUTE;

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

/// A member asks for the conversation of a thread, which they may read.
pub fn ask_for_whole(
    tx: &mut Tx<'_>,
    member: ActorId,
    post: PostId,
) -> Result<Whole, CommunityError> {
    let post = audience::post(tx.conn, Some(member), post)?.ok_or(Missing::Post)?;
    Ok(want(tx, &post, AT_MOST_EVERY)?)
}

/// This instance itself came upon a thread: its conversation is read, unless it was within so many
/// milliseconds.
pub fn want_whole(tx: &mut Tx<'_>, post: PostId, not_within: i64) -> Result<Whole, CommunityError> {
    let post = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    Ok(want(tx, &post, not_within)?)
}

fn want(tx: &mut Tx<'_>, post: &PostRow, not_within: i64) -> Result<Whole, StoreError> {
    if post.local || post.is_hidden() {
        return Ok(Whole::AtHome);
    }
    if !conversations::want(tx.conn, post.id, tx.now, not_within)? {
        return Ok(Whole::JustRead);
    }
    tx.wake_errands();
    Ok(Whole::Asked)
}
