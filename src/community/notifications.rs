//! What waits for a member: somebody replied to them, or mentioned them.

use super::text::Mentioned;
use super::{CommunityError, Missing, blocks};
use crate::domain::ids::{ActorId, CommentId, NotificationId, PostId};
use crate::domain::kinds::NotificationKind;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::{self, Audience};
use crate::store::blocks::has_blocks;
use crate::store::notifications::{self, NotificationRow};
use crate::store::{StoreError, Tx, notices, posts};

/// Where something happened that somebody is told of.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub post: PostId,
    pub comment: Option<CommentId>,
}

impl Place {
    pub fn thread(post: PostId) -> Self {
        Place {
            post,
            comment: None,
        }
    }

    pub fn comment(post: PostId, comment: CommentId) -> Self {
        Place {
            post,
            comment: Some(comment),
        }
    }
}

/// Tells an author of ours that a moderator took away what they wrote.
pub(super) fn tell_author(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    author: ActorId,
    place: Place,
) -> Result<(), StoreError> {
    if actors::get(tx.conn, author)?.local {
        notify(tx, author, moderator, NotificationKind::Removal, place)?;
    }
    Ok(())
}

/// All that waits for somebody, notices among it, as the bell counts it.
pub fn all_unread(tx: &mut Tx<'_>, person: ActorId) -> Result<i64, StoreError> {
    Ok(notifications::unread_in_all(tx.conn, person)? + notices::unread(tx.conn, person)?)
}

/// Tells a member of ours, if they want to hear of it and may read it.
pub(super) fn notify(
    tx: &mut Tx<'_>,
    recipient: ActorId,
    from: &ActorRow,
    kind: NotificationKind,
    place: Place,
) -> Result<(), StoreError> {
    if recipient == from.id
        || !hears_of(tx, recipient, from, place.post)?
        || !audience::may_read_thread(tx.conn, Audience::Member(recipient), place.post)?
    {
        return Ok(());
    }
    let row = NotificationRow {
        id: NotificationId(tx.next_id()),
        recipient_id: recipient,
        kind,
        actor_id: from.id,
        post_id: place.post,
        comment_id: place.comment,
        target_id: place.comment.map_or(place.post.0, |id| id.0),
        read: false,
        created: tx.now,
    };
    notifications::insert_new(tx.conn, &row)
}

/// Tells members that they are mentioned, but for whom it answers, who is told of that. Nobody twice.
pub(super) fn notify_mentioned(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    mentions: &[Mentioned],
    place: Place,
    answered: Option<ActorId>,
) -> Result<(), StoreError> {
    for mentioned in mentions.iter().filter(|mention| mention.local) {
        if Some(mentioned.actor) != answered {
            let kind = NotificationKind::Mention;
            notify(tx, mentioned.actor, author, kind, place)?;
        }
    }
    Ok(())
}

fn hears_of(
    tx: &mut Tx<'_>,
    recipient: ActorId,
    from: &ActorRow,
    post: PostId,
) -> Result<bool, StoreError> {
    // Most members block nobody.
    if !has_blocks(tx.conn, recipient)? {
        return Ok(true);
    }
    let group = match posts::find(tx.conn, post)? {
        Some(post) => Some(actors::get(tx.conn, post.group_id)?),
        None => None,
    };
    blocks::hears_of(tx, recipient, from, group.as_ref())
}

pub fn mark_all_read(tx: &mut Tx<'_>, person: ActorId) -> Result<(), CommunityError> {
    notices::mark_all_read(tx.conn, person)?;
    Ok(notifications::mark_all_read(tx.conn, person)?)
}

pub fn mark_read(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: NotificationId,
    read: bool,
) -> Result<(), CommunityError> {
    match notifications::mark_read(tx.conn, person, id, read)? {
        0 => Err(Missing::Notification.into()),
        _ => Ok(()),
    }
}

/// What a member sees by opening a thread no longer waits for them.
pub fn mark_thread_read(
    tx: &mut Tx<'_>,
    person: ActorId,
    post: PostId,
) -> Result<(), CommunityError> {
    Ok(notifications::mark_thread_read(tx.conn, person, post)?)
}
