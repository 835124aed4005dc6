//! Who follows which group, here and elsewhere.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{actors, follows, groups, hosts, moderators};
use super::{Conn, StoreError, counted_once};
use crate::domain::ids::{ActorId, HostId};
use crate::domain::kinds::{ActorKind, Dialect, FollowState, Visibility};
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = follows)]
pub struct FollowRow {
    pub follower_id: ActorId,
    pub target_id: ActorId,
    pub state: FollowState,
    /// Id of the Follow activity, ours or theirs.
    pub activity_ap_id: String,
    pub created: Timestamp,
}

pub fn find(
    conn: &mut Conn,
    follower: ActorId,
    target: ActorId,
) -> Result<Option<FollowRow>, StoreError> {
    Ok(follows::table
        .find((follower, target))
        .select(FollowRow::as_select())
        .first(conn)
        .optional()?)
}

/// The follow that this Follow activity asked for.
pub fn by_activity(conn: &mut Conn, activity: &str) -> Result<Option<FollowRow>, StoreError> {
    Ok(follows::table
        .filter(follows::activity_ap_id.eq(activity))
        .select(FollowRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn insert(conn: &mut Conn, row: &FollowRow) -> Result<(), StoreError> {
    diesel::insert_into(follows::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The row, in the state in which it was read.
macro_rules! as_read {
    ($row:ident) => {
        follows::table
            .find(($row.follower_id, $row.target_id))
            .filter(follows::state.eq($row.state))
    };
}

/// Only from what was read: who lets somebody in counts and tells it, and two at once must not both.
pub fn set_state(
    conn: &mut Conn,
    row: &FollowRow,
    state: FollowState,
    activity_ap_id: &str,
) -> Result<(), StoreError> {
    let changed = diesel::update(as_read!(row))
        .set((
            follows::state.eq(state),
            follows::activity_ap_id.eq(activity_ap_id),
        ))
        .execute(conn)?;
    counted_once(changed)
}

/// Likewise.
pub fn delete(conn: &mut Conn, row: &FollowRow) -> Result<(), StoreError> {
    let changed = diesel::delete(as_read!(row)).execute(conn)?;
    counted_once(changed)
}

/// All of one follower's follows end, as when the person is deleted: the groups they left.
pub fn delete_all_of(conn: &mut Conn, follower: ActorId) -> Result<Vec<FollowRow>, StoreError> {
    let rows = follows::table
        .filter(follows::follower_id.eq(follower))
        .select(FollowRow::as_select())
        .load(conn)?;
    for row in &rows {
        delete(conn, row)?;
    }
    Ok(rows)
}

/// Who follows a group from elsewhere, or asks to, with what is known of their server.
#[derive(Clone, Debug, Queryable)]
pub struct FollowerElsewhere {
    pub row: FollowRow,
    pub ap_id: String,
    pub dialect: Dialect,
    pub software: Option<String>,
}

pub fn from_elsewhere(
    conn: &mut Conn,
    target: ActorId,
) -> Result<Vec<FollowerElsewhere>, StoreError> {
    Ok(follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .inner_join(hosts::table.on(hosts::id.nullable().eq(actors::host_id)))
        .filter(follows::target_id.eq(target))
        .filter(actors::local.eq(false).and(actors::deleted.eq(false)))
        .order(follows::follower_id.asc())
        .select((
            FollowRow::as_select(),
            actors::ap_id,
            hosts::dialect,
            hosts::software,
        ))
        .load(conn)?)
}

/// Nobody elsewhere follows it any more. How many it counted is for the caller to correct.
pub fn end_from_elsewhere(conn: &mut Conn, target: ActorId) -> Result<(), StoreError> {
    let elsewhere = actors::table
        .filter(actors::id.eq(follows::follower_id))
        .filter(actors::local.eq(false));
    diesel::delete(
        follows::table
            .filter(follows::target_id.eq(target))
            .filter(diesel::dsl::exists(elsewhere)),
    )
    .execute(conn)?;
    Ok(())
}

/// Follows of a group by groups, of every state.
pub fn by_groups(conn: &mut Conn, target: ActorId) -> Result<Vec<FollowRow>, StoreError> {
    Ok(follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target))
        .filter(actors::kind.eq(ActorKind::Group))
        .order(follows::follower_id.asc())
        .select(FollowRow::as_select())
        .load(conn)?)
}

/// Nobody follows it any more.
pub fn delete_all_to(conn: &mut Conn, target: ActorId) -> Result<usize, StoreError> {
    Ok(diesel::delete(follows::table.filter(follows::target_id.eq(target))).execute(conn)?)
}

/// The state of one person's follows of these groups.
pub fn states(
    conn: &mut Conn,
    follower: ActorId,
    targets: &[ActorId],
) -> Result<HashMap<ActorId, FollowState>, StoreError> {
    Ok(follows::table
        .filter(follows::follower_id.eq(follower))
        .filter(follows::target_id.eq_any(targets.to_vec()))
        .select((follows::target_id, follows::state))
        .load::<(ActorId, FollowState)>(conn)?
        .into_iter()
        .collect())
}

/// Whether anybody here follows this group, so that what it announces concerns us.
pub fn has_local_follower(conn: &mut Conn, target: ActorId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        follows::table
            .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
            .filter(follows::target_id.eq(target).and(actors::local)),
    ))
    .get_result(conn)?)
}

/// A follow that ended because its host is blocked now.
#[derive(Clone, Copy, Debug)]
pub struct EndedFollow {
    pub follower: ActorId,
    pub target: ActorId,
    /// It was among those that the group counts.
    pub counted: bool,
    pub by_local: bool,
}

/// Ends the follows of a host's actors, and those of anybody of its groups.
pub fn end_with_host(conn: &mut Conn, host: HostId) -> Result<Vec<EndedFollow>, StoreError> {
    let there = || {
        actors::table
            .filter(actors::host_id.eq(host))
            .select(actors::id)
    };
    let mut rows: Vec<FollowRow> = follows::table
        .filter(follows::follower_id.eq_any(there()))
        .select(FollowRow::as_select())
        .load(conn)?;
    rows.extend(
        follows::table
            .filter(follows::target_id.eq_any(there()))
            .filter(follows::follower_id.ne_all(there()))
            .select(FollowRow::as_select())
            .load(conn)?,
    );
    let mut ended = Vec::with_capacity(rows.len());
    for row in rows {
        delete(conn, &row)?;
        ended.push(EndedFollow {
            follower: row.follower_id,
            target: row.target_id,
            counted: row.state == FollowState::Accepted,
            by_local: actors::table
                .find(row.follower_id)
                .select(actors::local)
                .first(conn)?,
        });
    }
    Ok(ended)
}

/// Who waits to be let into a group, by the number of the follower.
pub fn waiting(
    conn: &mut Conn,
    group: ActorId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<FollowRow>, StoreError> {
    of_group(conn, group, FollowState::Pending, after, limit)
}

/// Who is in a group, likewise.
pub fn members(
    conn: &mut Conn,
    group: ActorId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<FollowRow>, StoreError> {
    of_group(conn, group, FollowState::Accepted, after, limit)
}

fn of_group(
    conn: &mut Conn,
    group: ActorId,
    state: FollowState,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<FollowRow>, StoreError> {
    let above = ActorId(after.map_or(0, |cursor| cursor.id));
    let rows: Vec<FollowRow> = follows::table
        .filter(follows::target_id.eq(group))
        .filter(follows::state.eq(state))
        .filter(follows::follower_id.gt(above))
        .order(follows::follower_id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
        .select(FollowRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.follower_id.0,
    }))
}

/// How many wait to be let into the groups that somebody looks after here.
pub fn waiting_for(conn: &mut Conn, moderator: ActorId) -> Result<i64, StoreError> {
    Ok(moderators::table
        .inner_join(groups::table.on(groups::actor_id.eq(moderators::group_id)))
        .inner_join(actors::table.on(actors::id.eq(moderators::group_id)))
        .inner_join(follows::table.on(follows::target_id.eq(moderators::group_id)))
        .filter(moderators::person_id.eq(moderator))
        .filter(
            groups::visibility
                .eq(Visibility::Private)
                .and(actors::local),
        )
        .filter(follows::state.eq(FollowState::Pending))
        .count()
        .get_result(conn)?)
}

/// The groups among them where somebody waits, with how many.
pub fn groups_with_waiting(
    conn: &mut Conn,
    moderator: ActorId,
) -> Result<Vec<(ActorId, i64)>, StoreError> {
    Ok(moderators::table
        .inner_join(groups::table.on(groups::actor_id.eq(moderators::group_id)))
        .inner_join(actors::table.on(actors::id.eq(moderators::group_id)))
        .inner_join(follows::table.on(follows::target_id.eq(moderators::group_id)))
        .filter(moderators::person_id.eq(moderator))
        .filter(
            groups::visibility
                .eq(Visibility::Private)
                .and(actors::local),
        )
        .filter(follows::state.eq(FollowState::Pending))
        .group_by(moderators::group_id)
        .select((moderators::group_id, diesel::dsl::count_star()))
        .limit(50)
        .load(conn)?)
}
