//! People elsewhere whose servers hold a copy of something of ours, or of somebody, without following a group.

use diesel::prelude::*;

use super::schema::{actors, comments, correspondence, posts};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, InboxId, PostId};

/// Each of them is told by a delivery of their own.
const MAX: i64 = 200;

/// Who answered a comment directly, or a thread.
pub fn answered_by(
    conn: &mut Conn,
    post: PostId,
    comment: Option<CommentId>,
) -> Result<Vec<ActorId>, StoreError> {
    let query = comments::table
        .inner_join(actors::table.on(actors::id.eq(comments::author_id)))
        .filter(actors::local.eq(false).and(actors::deleted.eq(false)))
        .select(actors::id)
        .distinct()
        .limit(MAX)
        .into_boxed();
    let query = match comment {
        Some(comment) => query.filter(comments::parent_id.eq(comment)),
        None => query.filter(comments::post_id.eq(post).and(comments::depth.eq(0))),
    };
    Ok(query.load(conn)?)
}

/// Whom somebody answered directly, and with whom they exchanged messages: one for each inbox.
pub fn of_person(conn: &mut Conn, person: ActorId) -> Result<Vec<ActorId>, StoreError> {
    let parents = diesel::alias!(comments as parents);
    let is_elsewhere = || {
        actors::local
            .eq(false)
            .and(actors::deleted.eq(false))
            .and(actors::inbox_id.is_not_null())
    };
    let inbox = || (actors::inbox_id.assume_not_null(), actors::id);
    let mut found: Vec<(InboxId, ActorId)> = comments::table
        .inner_join(
            parents.on(parents
                .field(comments::id)
                .nullable()
                .eq(comments::parent_id)),
        )
        .inner_join(actors::table.on(actors::id.eq(parents.field(comments::author_id))))
        .filter(comments::author_id.eq(person))
        .filter(is_elsewhere())
        .select(inbox())
        .distinct()
        .load(conn)?;
    let of_threads: Vec<(InboxId, ActorId)> = comments::table
        .inner_join(posts::table.on(posts::id.eq(comments::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(comments::author_id.eq(person).and(comments::depth.eq(0)))
        .filter(is_elsewhere())
        .select(inbox())
        .distinct()
        .load(conn)?;
    let of_messages: Vec<(InboxId, ActorId)> = correspondence::table
        .inner_join(actors::table.on(actors::id.eq(correspondence::other_id)))
        .filter(correspondence::person_id.eq(person))
        .filter(is_elsewhere())
        .select(inbox())
        .load(conn)?;
    found.extend(of_threads);
    found.extend(of_messages);
    found.sort_unstable();
    found.dedup_by_key(|(inbox, _)| *inbox);
    Ok(found.into_iter().map(|(_, person)| person).collect())
}
