//! Who somebody was before, and where they went.

use std::collections::HashMap;

use diesel::prelude::*;

use super::actors::{self, ActorBrief};
use super::schema::{actors as actor_table, aliases, follows, moves};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

/// So many addresses can be moved from to one of ours.
pub const ALIASES_MAX: i64 = 20;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = moves)]
pub struct MoveRow {
    pub actor_id: ActorId,
    pub target_id: ActorId,
    pub moved: Timestamp,
    /// Of a group: followers here are still to be led after it.
    pub followers_wait: bool,
}

pub fn aliases_of(conn: &mut Conn, actor: ActorId) -> Result<Vec<String>, StoreError> {
    Ok(aliases::table
        .filter(aliases::actor_id.eq(actor))
        .order((aliases::created.asc(), aliases::alias.asc()))
        .limit(ALIASES_MAX)
        .select(aliases::alias)
        .load(conn)?)
}

pub fn add_alias(
    conn: &mut Conn,
    actor: ActorId,
    alias: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    remove_alias(conn, actor, alias)?;
    diesel::insert_into(aliases::table)
        .values((
            aliases::actor_id.eq(actor),
            aliases::alias.eq(alias),
            aliases::created.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn remove_alias(conn: &mut Conn, actor: ActorId, alias: &str) -> Result<(), StoreError> {
    diesel::delete(aliases::table.find((actor, alias))).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, actor: ActorId) -> Result<Option<MoveRow>, StoreError> {
    Ok(moves::table
        .find(actor)
        .select(MoveRow::as_select())
        .first(conn)
        .optional()?)
}

/// Where somebody is to be found now, if they moved.
pub fn target(conn: &mut Conn, actor: ActorId) -> Result<Option<ActorBrief>, StoreError> {
    match find(conn, actor)? {
        Some(row) => Ok(actors::briefs(conn, &[row.target_id])?.pop()),
        None => Ok(None),
    }
}

/// Likewise, of several.
pub fn targets(
    conn: &mut Conn,
    of: &[ActorId],
) -> Result<HashMap<ActorId, ActorBrief>, StoreError> {
    Ok(moves::table
        .inner_join(actor_table::table.on(actor_table::id.eq(moves::target_id)))
        .filter(moves::actor_id.eq_any(of.to_vec()))
        .select((moves::actor_id, ActorBrief::as_select()))
        .load::<(ActorId, ActorBrief)>(conn)?
        .into_iter()
        .collect())
}

pub fn set(conn: &mut Conn, row: &MoveRow) -> Result<(), StoreError> {
    diesel::delete(moves::table.find(row.actor_id)).execute(conn)?;
    diesel::insert_into(moves::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Who moved to this actor.
pub fn origins(conn: &mut Conn, target: ActorId) -> Result<Vec<ActorId>, StoreError> {
    Ok(moves::table
        .filter(moves::target_id.eq(target))
        .limit(ALIASES_MAX)
        .select(moves::actor_id)
        .load(conn)?)
}

/// Moved groups whose followers here are still to be led after them.
pub fn to_lead(conn: &mut Conn, limit: i64) -> Result<Vec<MoveRow>, StoreError> {
    Ok(moves::table
        .filter(moves::followers_wait)
        .order(moves::actor_id.asc())
        .limit(limit)
        .select(MoveRow::as_select())
        .load(conn)?)
}

pub fn all_led(conn: &mut Conn, actor: ActorId) -> Result<(), StoreError> {
    diesel::update(moves::table.find(actor))
        .set(moves::followers_wait.eq(false))
        .execute(conn)?;
    Ok(())
}

/// Some followers of ours that are still with a group.
pub fn local_followers(
    conn: &mut Conn,
    group: ActorId,
    limit: i64,
) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(follows::table
        .inner_join(actor_table::table.on(actor_table::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(group).and(actor_table::local))
        .limit(limit)
        .select(ActorBrief::as_select())
        .load(conn)?)
}
