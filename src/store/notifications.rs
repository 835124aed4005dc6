//! What waits for a member: replies and mentions.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::audience::{Audience, closed_groups};
use super::schema::{
    actors, blocks, follows, groups, host_blocks, moderators, notifications, posts, preferences,
};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, NotificationId, PostId};
use crate::domain::kinds::{ActorKind, FollowState, NotificationKind, Visibility};
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications)]
pub struct NotificationRow {
    pub id: NotificationId,
    pub recipient_id: ActorId,
    pub kind: NotificationKind,
    /// Who replied or mentioned.
    pub actor_id: ActorId,
    pub post_id: PostId,
    pub comment_id: Option<CommentId>,
    /// The comment's id, else the post's.
    pub target_id: i64,
    pub read: bool,
    pub created: Timestamp,
}

/// Adds a notification, unless the recipient was told of this already.
pub fn insert_new(conn: &mut Conn, row: &NotificationRow) -> Result<(), StoreError> {
    let known: bool = diesel::select(diesel::dsl::exists(
        notifications::table
            .filter(notifications::recipient_id.eq(row.recipient_id))
            .filter(notifications::target_id.eq(row.target_id))
            .filter(notifications::kind.eq(row.kind)),
    ))
    .get_result(conn)?;
    if !known {
        diesel::insert_into(notifications::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}

/// Of those by people whom the recipient did not block since, on servers likewise; by bots only if they
/// are shown. The others are kept: they come back when the recipient thinks again.
macro_rules! welcome {
    ($recipient:expr) => {{
        let blocked = blocks::table
            .filter(blocks::person_id.eq($recipient))
            .filter(blocks::actor_id.eq(notifications::actor_id));
        let by = actors::table.filter(actors::id.eq(notifications::actor_id));
        let on_blocked = host_blocks::table
            .filter(host_blocks::person_id.eq($recipient))
            .filter(host_blocks::host_id.nullable().eq(actors::host_id));
        let no_bots = preferences::table
            .filter(preferences::person_id.eq($recipient))
            .filter(preferences::show_bots.eq(false));
        let unwanted =
            exists(on_blocked).or(actors::kind.eq(ActorKind::Service).and(exists(no_bots)));
        not(exists(blocked).or(exists(by.filter(unwanted))))
    }};
}

/// Of threads that the recipient may read: who had to leave a private group is told no more of it.
macro_rules! readable {
    ($recipient:expr) => {
        exists(
            posts::table
                .filter(posts::id.eq(notifications::post_id))
                .filter(posts::group_id.ne_all(closed_groups!(Audience::Member($recipient)))),
        )
    };
}

/// Newest first; one kind or all, unread only or all. Of one kind those in comments alone, which
/// is what the API has a shape for; of all kinds also mentions in a thread's own text.
pub fn page(
    conn: &mut Conn,
    recipient: ActorId,
    kind: Option<NotificationKind>,
    unread_only: bool,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<NotificationRow>, StoreError> {
    let mut query = notifications::table
        .filter(notifications::recipient_id.eq(recipient))
        .filter(welcome!(recipient))
        .filter(readable!(recipient))
        .select(NotificationRow::as_select())
        .into_boxed();
    if let Some(kind) = kind {
        query = query
            .filter(notifications::kind.eq(kind))
            .filter(notifications::comment_id.is_not_null());
    }
    if unread_only {
        query = query.filter(notifications::read.eq(false));
    }
    if let Some(cursor) = after {
        query = query.filter(notifications::id.lt(NotificationId(cursor.id)));
    }
    let rows: Vec<NotificationRow> = query
        .order(notifications::id.desc())
        .limit(limit as i64 + 1)
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

/// Unread ones: (replies, mentions).
pub fn unread(conn: &mut Conn, recipient: ActorId) -> Result<(i64, i64), StoreError> {
    let mut count = |kind: NotificationKind| {
        notifications::table
            .filter(notifications::recipient_id.eq(recipient))
            .filter(notifications::kind.eq(kind))
            .filter(notifications::read.eq(false))
            .filter(welcome!(recipient))
            .filter(readable!(recipient))
            .count()
            .get_result::<i64>(conn)
    };
    Ok((
        count(NotificationKind::Reply)?,
        count(NotificationKind::Mention)?,
    ))
}

/// Unread ones of every kind, as many as `page` lists.
pub fn unread_in_all(conn: &mut Conn, recipient: ActorId) -> Result<i64, StoreError> {
    Ok(notifications::table
        .filter(notifications::recipient_id.eq(recipient))
        .filter(notifications::read.eq(false))
        .filter(welcome!(recipient))
        .filter(readable!(recipient))
        .count()
        .get_result(conn)?)
}

/// What was reported is dealt with: nobody is told of it any more.
pub fn forget_reports(conn: &mut Conn, target: i64) -> Result<(), StoreError> {
    diesel::delete(
        notifications::table
            .filter(notifications::target_id.eq(target))
            .filter(notifications::kind.eq(NotificationKind::Report)),
    )
    .execute(conn)?;
    Ok(())
}

/// Unread ones in comments alone: (replies, mentions). As many as `page` lists of each kind.
pub fn unread_in_comments(conn: &mut Conn, recipient: ActorId) -> Result<(i64, i64), StoreError> {
    let mut count = |kind: NotificationKind| {
        notifications::table
            .filter(notifications::recipient_id.eq(recipient))
            .filter(notifications::kind.eq(kind))
            .filter(notifications::read.eq(false))
            .filter(notifications::comment_id.is_not_null())
            .filter(welcome!(recipient))
            .filter(readable!(recipient))
            .count()
            .get_result::<i64>(conn)
    };
    Ok((
        count(NotificationKind::Reply)?,
        count(NotificationKind::Mention)?,
    ))
}

pub fn mark_all_read(conn: &mut Conn, recipient: ActorId) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::recipient_id.eq(recipient))
            .filter(notifications::read.eq(false)),
    )
    .set(notifications::read.eq(true))
    .execute(conn)?;
    Ok(())
}

/// Marks one notification, if it is this recipient's.
pub fn mark_read(
    conn: &mut Conn,
    recipient: ActorId,
    id: NotificationId,
    read: bool,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        notifications::table
            .find(id)
            .filter(notifications::recipient_id.eq(recipient)),
    )
    .set(notifications::read.eq(read))
    .execute(conn)?)
}

/// Marks what a member has seen by opening a thread.
pub fn mark_thread_read(
    conn: &mut Conn,
    recipient: ActorId,
    post: PostId,
) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::recipient_id.eq(recipient))
            .filter(notifications::post_id.eq(post))
            .filter(notifications::read.eq(false)),
    )
    .set(notifications::read.eq(true))
    .execute(conn)?;
    Ok(())
}
