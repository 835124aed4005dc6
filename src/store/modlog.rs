//! The log of moderation: who did what to whom, and why.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::audience::{Audience, unshared_groups};
use super::schema::{actors, follows, groups, moderators, modlog};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, ModlogId, PostId};
use crate::domain::kinds::{FollowState, LoggedAct, Visibility};
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = modlog)]
pub struct ModlogRow {
    pub id: ModlogId,
    pub moderator_id: ActorId,
    pub act: LoggedAct,
    /// The act was taken back.
    pub undone: bool,
    /// Where it was done; of acts upon a group, that group.
    pub group_id: Option<ActorId>,
    pub post_id: Option<PostId>,
    pub comment_id: Option<CommentId>,
    /// Whom it was done to; of contributions, their author.
    pub person_id: Option<ActorId>,
    pub reason: Option<String>,
    /// Of a ban: when it ends.
    pub expires: Option<Timestamp>,
    pub created: Timestamp,
}

/// Older words are found in the log alone.
const WORDS_MAX: i64 = 200;

/// Which entries a list is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModlogFilter {
    pub act: Option<LoggedAct>,
    /// Of this act as well, in one list with the other.
    pub or_act: Option<LoggedAct>,
    pub group: Option<ActorId>,
    pub moderator: Option<ActorId>,
    pub person: Option<ActorId>,
    pub post: Option<PostId>,
    pub comment: Option<CommentId>,
}

pub fn insert(conn: &mut Conn, row: &ModlogRow) -> Result<(), StoreError> {
    diesel::insert_into(modlog::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Newest first. What befell a group that was removed stays in the log.
pub fn page(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: ModlogFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<ModlogRow>, StoreError> {
    let open = modlog::group_id
        .assume_not_null()
        .ne_all(unshared_groups!(audience.into()));
    let mut query = modlog::table
        .filter(modlog::group_id.is_null().or(open))
        .select(ModlogRow::as_select())
        .into_boxed();
    match (filter.act, filter.or_act) {
        (Some(one), Some(other)) => query = query.filter(modlog::act.eq_any([one, other])),
        (Some(act), None) | (None, Some(act)) => query = query.filter(modlog::act.eq(act)),
        (None, None) => {}
    }
    if let Some(group) = filter.group {
        query = query.filter(modlog::group_id.eq(group));
    }
    if let Some(moderator) = filter.moderator {
        query = query.filter(modlog::moderator_id.eq(moderator));
    }
    if let Some(person) = filter.person {
        query = query.filter(modlog::person_id.eq(person));
    }
    if let Some(post) = filter.post {
        query = query.filter(modlog::post_id.eq(post));
    }
    if let Some(comment) = filter.comment {
        query = query.filter(modlog::comment_id.eq(comment));
    }
    if let Some(cursor) = after {
        query = query.filter(modlog::id.lt(ModlogId(cursor.id)));
    }
    let rows: Vec<ModlogRow> = query
        .order(modlog::id.desc())
        .limit(limit as i64 + 1)
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

/// The last word on each of these removed threads.
pub fn last_of_posts(
    conn: &mut Conn,
    posts: &[PostId],
) -> Result<HashMap<PostId, ModlogRow>, StoreError> {
    if posts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ModlogRow> = modlog::table
        .filter(modlog::post_id.eq_any(posts.to_vec()))
        .filter(modlog::act.eq(LoggedAct::RemovePost))
        .order(modlog::id.asc())
        .select(ModlogRow::as_select())
        .load(conn)?;
    let of = |row: ModlogRow| row.post_id.map(|id| (id, row));
    Ok(rows.into_iter().filter_map(of).collect())
}

/// The last word on each of these removed comments.
pub fn last_of_comments(
    conn: &mut Conn,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, ModlogRow>, StoreError> {
    if comments.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ModlogRow> = modlog::table
        .filter(modlog::comment_id.eq_any(comments.to_vec()))
        .filter(modlog::act.eq(LoggedAct::RemoveComment))
        .order(modlog::id.asc())
        .select(ModlogRow::as_select())
        .load(conn)?;
    let of = |row: ModlogRow| row.comment_id.map(|id| (id, row));
    Ok(rows.into_iter().filter_map(of).collect())
}

/// What moderators did last to what this person wrote, and said about it.
pub fn words_for(conn: &mut Conn, person: ActorId) -> Result<Vec<ModlogRow>, StoreError> {
    let told = [
        LoggedAct::Warn,
        LoggedAct::RemovePost,
        LoggedAct::RemoveComment,
    ];
    Ok(modlog::table
        .filter(modlog::person_id.eq(person))
        .filter(modlog::act.eq_any(told))
        .filter(modlog::reason.is_not_null())
        .order(modlog::id.desc())
        .limit(WORDS_MAX)
        .select(ModlogRow::as_select())
        .load(conn)?)
}

/// What was purged is named no more.
pub fn forget_post(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::delete(modlog::table.filter(modlog::post_id.eq(post))).execute(conn)?;
    Ok(())
}

pub fn forget_comment(conn: &mut Conn, comment: CommentId) -> Result<(), StoreError> {
    diesel::delete(modlog::table.filter(modlog::comment_id.eq(comment))).execute(conn)?;
    Ok(())
}
