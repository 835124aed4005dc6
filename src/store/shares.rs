//! Threads of one group in the list of another: which groups share, and what.

use diesel::prelude::*;

use super::actors::{ActorBrief, ActorRow};
use super::schema::{actors, follows, share_sources, shares};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{ActorKind, FollowState};
use crate::domain::time::Timestamp;

/// A group's list is made of the threads of so many others at most.
pub const SOURCES_MAX: usize = 50;

/// So many shared threads of a source are rather sorted than looked for among all it has.
pub(super) const FEW: i64 = 500;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = shares)]
pub struct ShareRow {
    pub group_id: ActorId,
    pub post_id: PostId,
    /// The group the thread is at home in.
    pub via_id: ActorId,
    /// Taken out of the list by who looks after the group.
    pub removed: bool,
    pub created: Timestamp,
}

/// From now on `group` has threads of `source` in its list; `active` where it is ours and follows that one.
pub fn set_source(
    conn: &mut Conn,
    group: ActorId,
    source: ActorId,
    active: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = diesel::update(share_sources::table.find((group, source)))
        .set((
            share_sources::active.eq(active),
            share_sources::since.eq(now),
        ))
        .execute(conn)?;
    if known == 0 {
        diesel::insert_into(share_sources::table)
            .values((
                share_sources::group_id.eq(group),
                share_sources::source_id.eq(source),
                share_sources::active.eq(active),
                share_sources::since.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// No new threads of `source` any more; those that are there stay.
pub fn end_source(conn: &mut Conn, group: ActorId, source: ActorId) -> Result<(), StoreError> {
    diesel::update(share_sources::table.find((group, source)))
        .set(share_sources::active.eq(false))
        .execute(conn)?;
    Ok(())
}

/// The groups whose threads are in this one's list.
pub fn sources(conn: &mut Conn, group: ActorId) -> Result<Vec<ActorId>, StoreError> {
    Ok(share_sources::table
        .filter(share_sources::group_id.eq(group))
        .order(share_sources::source_id.asc())
        .limit(SOURCES_MAX as i64)
        .select(share_sources::source_id)
        .load(conn)?)
}

/// Whether no more than [`FEW`] threads of `source` stand in a group's list.
pub(super) fn are_few(
    conn: &mut Conn,
    group: ActorId,
    source: ActorId,
) -> Result<bool, StoreError> {
    let one_more: Option<PostId> = shares::table
        .filter(shares::group_id.eq(group).and(shares::via_id.eq(source)))
        .filter(shares::removed.eq(false))
        .order(shares::post_id.asc())
        .offset(FEW)
        .select(shares::post_id)
        .first(conn)
        .optional()?;
    Ok(one_more.is_none())
}

pub fn has_source(conn: &mut Conn, group: ActorId, source: ActorId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        share_sources::table.find((group, source)),
    ))
    .get_result(conn)?)
}

/// Groups of ours that share the threads of this one, and since when.
pub fn sharers(conn: &mut Conn, source: ActorId) -> Result<Vec<(ActorRow, Timestamp)>, StoreError> {
    Ok(share_sources::table
        .inner_join(actors::table.on(actors::id.eq(share_sources::group_id)))
        .filter(share_sources::source_id.eq(source))
        .filter(share_sources::active)
        .filter(actors::local.and(actors::deleted.eq(false)))
        .filter(actors::suspended.eq(false))
        .select((ActorRow::as_select(), share_sources::since))
        .load(conn)?)
}

/// False when it is there already, or was taken out.
pub fn insert_new(conn: &mut Conn, row: &ShareRow) -> Result<bool, StoreError> {
    if find(conn, row.group_id, row.post_id)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(shares::table)
        .values(row)
        .execute(conn)?;
    Ok(true)
}

pub fn find(conn: &mut Conn, group: ActorId, post: PostId) -> Result<Option<ShareRow>, StoreError> {
    Ok(shares::table
        .find((group, post))
        .select(ShareRow::as_select())
        .first(conn)
        .optional()?)
}

/// Groups that have this thread in their list, here and elsewhere, and are not its home.
pub fn listing(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>, StoreError> {
    Ok(shares::table
        .filter(shares::post_id.eq(post))
        .order(shares::group_id.asc())
        .select(shares::group_id)
        .load(conn)?)
}

/// Groups of ours that have this thread in their list and are not its home.
pub fn showing(conn: &mut Conn, post: PostId) -> Result<Vec<ActorRow>, StoreError> {
    Ok(shares::table
        .inner_join(actors::table.on(actors::id.eq(shares::group_id)))
        .filter(shares::post_id.eq(post).and(shares::removed.eq(false)))
        .filter(actors::local.and(actors::deleted.eq(false)))
        .order(shares::group_id.asc())
        .select(ActorRow::as_select())
        .load(conn)?)
}

pub fn set_removed(
    conn: &mut Conn,
    group: ActorId,
    post: PostId,
    removed: bool,
) -> Result<(), StoreError> {
    diesel::update(shares::table.find((group, post)))
        .set(shares::removed.eq(removed))
        .execute(conn)?;
    Ok(())
}

/// A group elsewhere took a thread back.
pub fn delete(conn: &mut Conn, group: ActorId, post: PostId) -> Result<usize, StoreError> {
    Ok(diesel::delete(shares::table.find((group, post))).execute(conn)?)
}

/// What was shared last in a group, newest first.
pub fn latest(conn: &mut Conn, group: ActorId, limit: i64) -> Result<Vec<ShareRow>, StoreError> {
    Ok(shares::table
        .filter(shares::group_id.eq(group))
        .order((shares::created.desc(), shares::post_id.desc()))
        .limit(limit)
        .select(ShareRow::as_select())
        .load(conn)?)
}

/// Groups that this group follows, or asked to.
pub fn followed(
    conn: &mut Conn,
    group: ActorId,
) -> Result<Vec<(ActorBrief, FollowState)>, StoreError> {
    Ok(follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(group))
        .order((actors::name.asc(), actors::id.asc()))
        .limit(SOURCES_MAX as i64)
        .select((ActorBrief::as_select(), follows::state))
        .load(conn)?)
}

/// Groups that follow this group, or ask to, of this state.
pub fn following(
    conn: &mut Conn,
    group: ActorId,
    state: FollowState,
) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group).and(follows::state.eq(state)))
        .filter(actors::kind.eq(ActorKind::Group))
        .order(follows::follower_id.asc())
        .limit(100)
        .select(ActorBrief::as_select())
        .load(conn)?)
}
