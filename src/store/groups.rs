//! What we keep of groups beside their actor: rules, counters, backfill.

mod lists;

pub use lists::{Wanted, page, shown_of};

use diesel::dsl::case_when;
use diesel::prelude::*;

use super::actors::ActorBrief;
use super::schema::{actors, groups, moderators};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::Visibility;
use crate::domain::roles::Role;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = groups)]
pub struct GroupRow {
    pub actor_id: ActorId,
    pub rules_markdown: Option<String>,
    pub rules_html: String,
    pub posting_restricted: bool,
    pub sensitive: bool,
    pub post_count: i64,
    pub comment_count: i64,
    pub follower_count: i64,
    pub local_follower_count: i64,
    pub last_activity: Timestamp,
    pub backfill_wanted: bool,
    pub backfilled_at: Option<Timestamp>,
    pub visibility: Visibility,
}

impl GroupRow {
    pub fn new(actor_id: ActorId, now: Timestamp) -> Self {
        GroupRow {
            actor_id,
            rules_markdown: None,
            rules_html: String::new(),
            posting_restricted: false,
            sensitive: false,
            post_count: 0,
            comment_count: 0,
            follower_count: 0,
            local_follower_count: 0,
            last_activity: now,
            backfill_wanted: false,
            backfilled_at: None,
            visibility: Visibility::Public,
        }
    }
}

pub fn insert(conn: &mut Conn, row: &GroupRow) -> Result<(), StoreError> {
    diesel::insert_into(groups::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Lets who changes the roles of the same group wait until this transaction is over, and then see what
/// it did.
pub fn hold(conn: &mut Conn, group: ActorId) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set(groups::post_count.eq(groups::post_count))
        .execute(conn)?;
    Ok(())
}

pub fn get(conn: &mut Conn, group: ActorId) -> Result<GroupRow, StoreError> {
    Ok(groups::table
        .find(group)
        .select(GroupRow::as_select())
        .first(conn)?)
}

/// Whom a group is for.
pub fn visibility(conn: &mut Conn, group: ActorId) -> Result<Visibility, StoreError> {
    Ok(groups::table
        .find(group)
        .select(groups::visibility)
        .first(conn)?)
}

pub fn many(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<GroupRow>, StoreError> {
    Ok(groups::table
        .filter(groups::actor_id.eq_any(ids.to_vec()))
        .select(GroupRow::as_select())
        .load(conn)?)
}

#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = groups, treat_none_as_null = true)]
pub struct GroupRules {
    pub rules_markdown: Option<String>,
    pub rules_html: String,
    pub posting_restricted: bool,
    pub sensitive: bool,
    pub visibility: Visibility,
}

pub fn update_rules(conn: &mut Conn, group: ActorId, rules: &GroupRules) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set(rules)
        .execute(conn)?;
    Ok(())
}

pub fn set_remote_flags(
    conn: &mut Conn,
    group: ActorId,
    posting_restricted: bool,
    sensitive: bool,
    private: bool,
) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set((
            groups::posting_restricted.eq(posting_restricted),
            groups::sensitive.eq(sensitive),
            groups::visibility.eq(if private {
                Visibility::Private
            } else {
                Visibility::Public
            }),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn count_posts(
    conn: &mut Conn,
    group: ActorId,
    by: i64,
    activity: Option<Timestamp>,
) -> Result<(), StoreError> {
    let active = activity
        .unwrap_or(Timestamp::from_micros(0))
        .into_sql::<diesel::sql_types::BigInt>();
    diesel::update(groups::table.find(group))
        .set((
            groups::post_count.eq(groups::post_count + by),
            groups::last_activity.eq(case_when(groups::last_activity.lt(active), active)
                .otherwise(groups::last_activity)),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn count_comments(
    conn: &mut Conn,
    group: ActorId,
    by: i64,
    activity: Option<Timestamp>,
) -> Result<(), StoreError> {
    let active = activity
        .unwrap_or(Timestamp::from_micros(0))
        .into_sql::<diesel::sql_types::BigInt>();
    diesel::update(groups::table.find(group))
        .set((
            groups::comment_count.eq(groups::comment_count + by),
            groups::last_activity.eq(case_when(groups::last_activity.lt(active), active)
                .otherwise(groups::last_activity)),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn count_followers(
    conn: &mut Conn,
    group: ActorId,
    by: i64,
    local: bool,
) -> Result<(), StoreError> {
    let local_by = if local { by } else { 0 };
    let at_home: bool = actors::table
        .find(group)
        .select(actors::local)
        .first(conn)?;
    let one = groups::table.find(group);
    let ours = groups::local_follower_count + local_by;
    if at_home {
        diesel::update(one)
            .set((
                groups::follower_count.eq(groups::follower_count + by),
                groups::local_follower_count.eq(ours),
            ))
            .execute(conn)?;
    } else {
        // It counts its followers itself, ours among them; less than ours it cannot have.
        diesel::update(one)
            .set((
                groups::local_follower_count.eq(ours),
                groups::follower_count.eq(case_when(groups::follower_count.lt(ours), ours)
                    .otherwise(groups::follower_count)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The follower count that a remote group tells of itself.
pub fn set_follower_count(conn: &mut Conn, group: ActorId, count: i64) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set(groups::follower_count.eq(count))
        .execute(conn)?;
    Ok(())
}

/// Of groups that live elsewhere and were not read yet.
pub fn want_backfill(conn: &mut Conn, group: ActorId) -> Result<(), StoreError> {
    diesel::update(
        groups::table
            .find(group)
            .filter(groups::backfilled_at.is_null()),
    )
    .set(groups::backfill_wanted.eq(true))
    .execute(conn)?;
    Ok(())
}

pub fn give_up_backfill(conn: &mut Conn, group: ActorId) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set(groups::backfill_wanted.eq(false))
        .execute(conn)?;
    Ok(())
}

pub fn to_backfill(conn: &mut Conn, limit: i64) -> Result<Vec<ActorId>, StoreError> {
    Ok(groups::table
        .filter(groups::backfill_wanted)
        .order(groups::actor_id.asc())
        .limit(limit)
        .select(groups::actor_id)
        .load(conn)?)
}

pub fn backfilled(conn: &mut Conn, group: ActorId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(groups::table.find(group))
        .set((
            groups::backfill_wanted.eq(false),
            groups::backfilled_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Groups of this instance, for NodeInfo and the API.
pub fn count_local(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(groups::table
        .inner_join(actors::table)
        .filter(actors::local.and(actors::deleted.eq(false)))
        .count()
        .get_result(conn)?)
}

/// Groups of this instance that their coordinator closed and can open again.
pub fn closed_by(conn: &mut Conn, coordinator: ActorId) -> Result<Vec<ActorBrief>, StoreError> {
    let closed = actors::local
        .and(actors::deleted)
        .and(actors::suspended.eq(false));
    Ok(moderators::table
        .inner_join(actors::table.on(actors::id.eq(moderators::group_id)))
        .filter(moderators::person_id.eq(coordinator))
        .filter(moderators::role.eq(Role::Coordinator))
        .filter(closed)
        .order(actors::name.asc())
        .limit(50)
        .select(ActorBrief::as_select())
        .load(conn)?)
}
