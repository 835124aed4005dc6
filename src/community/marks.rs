//! What members note for themselves about threads and comments. It goes nowhere else.

use super::{CommunityError, Missing};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::store::own_marks;
use crate::store::posts::PostRow;
use crate::store::{Tx, audience, posts};

pub fn save_post(
    tx: &mut Tx<'_>,
    person: ActorId,
    post: PostId,
    save: bool,
) -> Result<(), CommunityError> {
    audience::post(tx.conn, Some(person), post)?.ok_or(Missing::Post)?;
    Ok(own_marks::set_saved(tx.conn, person, post.0, save, tx.now)?)
}

pub fn save_comment(
    tx: &mut Tx<'_>,
    person: ActorId,
    comment: CommentId,
    save: bool,
) -> Result<(), CommunityError> {
    audience::comment(tx.conn, Some(person), comment)?.ok_or(Missing::Comment)?;
    Ok(own_marks::set_saved(
        tx.conn, person, comment.0, save, tx.now,
    )?)
}

/// Marks threads as read, or as not. Those that are not here are passed over, as long as one is.
pub fn mark_read(
    tx: &mut Tx<'_>,
    person: ActorId,
    ids: &[PostId],
    read: bool,
) -> Result<(), CommunityError> {
    for post in known(tx, person, ids)? {
        own_marks::set_read(tx.conn, person, post.id, read, None)?;
    }
    Ok(())
}

/// Keeps threads out of a member's lists, or no longer.
pub fn hide(
    tx: &mut Tx<'_>,
    person: ActorId,
    ids: &[PostId],
    hide: bool,
) -> Result<(), CommunityError> {
    for post in known(tx, person, ids)? {
        own_marks::set_hidden(tx.conn, person, post.id, hide, tx.now)?;
    }
    Ok(())
}

fn known(tx: &mut Tx<'_>, person: ActorId, ids: &[PostId]) -> Result<Vec<PostRow>, CommunityError> {
    let mut found = posts::many(tx.conn, ids)?;
    let groups = found.iter().map(|post| post.group_id).collect();
    let closed = audience::closed_among(tx.conn, Some(person), &groups)?;
    found.retain(|post| !closed.contains(&post.group_id));
    if found.is_empty() && !ids.is_empty() {
        return Err(Missing::Post.into());
    }
    Ok(found)
}

/// A member opened a thread: it is read, with the comments it has.
pub fn opened(tx: &mut Tx<'_>, person: ActorId, post: PostId) -> Result<(), CommunityError> {
    let post = audience::post(tx.conn, Some(person), post)?.ok_or(Missing::Post)?;
    let comments = Some(post.comment_count);
    Ok(own_marks::set_read(
        tx.conn, person, post.id, true, comments,
    )?)
}
