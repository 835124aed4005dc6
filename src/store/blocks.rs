//! Whom and what a member does not want to see: people, groups, whole servers.

use std::collections::HashSet;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::actors::ActorBrief;
use super::hosts::HostRow;
use super::schema::{actors, blocks, host_blocks, hosts};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, HostId};
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

/// As many are listed.
const LISTED: i64 = 1_000;

pub fn set(
    conn: &mut Conn,
    person: ActorId,
    actor: ActorId,
    block: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = blocks::table.find((person, actor));
    if !block {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    }
    let known: bool = diesel::select(exists(row)).get_result(conn)?;
    if !known {
        diesel::insert_into(blocks::table)
            .values((
                blocks::person_id.eq(person),
                blocks::actor_id.eq(actor),
                blocks::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn set_host(
    conn: &mut Conn,
    person: ActorId,
    host: HostId,
    block: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = host_blocks::table.find((person, host));
    if !block {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    }
    let known: bool = diesel::select(exists(row)).get_result(conn)?;
    if !known {
        diesel::insert_into(host_blocks::table)
            .values((
                host_blocks::person_id.eq(person),
                host_blocks::host_id.eq(host),
                host_blocks::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Which of these people and groups a member blocked.
pub fn of(
    conn: &mut Conn,
    person: ActorId,
    actors: &[ActorId],
) -> Result<HashSet<ActorId>, StoreError> {
    Ok(blocks::table
        .filter(blocks::person_id.eq(person))
        .filter(blocks::actor_id.eq_any(actors.to_vec()))
        .select(blocks::actor_id)
        .load::<ActorId>(conn)?
        .into_iter()
        .collect())
}

/// Whether a member blocked anything at all.
pub fn has_blocks(conn: &mut Conn, person: ActorId) -> Result<bool, StoreError> {
    let actors = blocks::table.filter(blocks::person_id.eq(person));
    let servers = host_blocks::table.filter(host_blocks::person_id.eq(person));
    Ok(diesel::select(exists(actors).or(exists(servers))).get_result(conn)?)
}

/// Whether a member blocked one of these actors, or the server of one.
pub fn any_of(
    conn: &mut Conn,
    person: ActorId,
    concerned: &[(ActorId, Option<HostId>)],
) -> Result<bool, StoreError> {
    let ids: Vec<ActorId> = concerned.iter().map(|(id, _)| *id).collect();
    let on: Vec<HostId> = concerned.iter().filter_map(|(_, host)| *host).collect();
    if !of(conn, person, &ids)?.is_empty() {
        return Ok(true);
    }
    if on.is_empty() {
        return Ok(false);
    }
    let rows = host_blocks::table
        .filter(host_blocks::person_id.eq(person))
        .filter(host_blocks::host_id.eq_any(on));
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}

/// The people and groups that a member blocked, the latest first.
pub fn actors(conn: &mut Conn, person: ActorId) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(blocks::table
        .inner_join(actors::table)
        .filter(blocks::person_id.eq(person))
        .order((blocks::created.desc(), blocks::actor_id.desc()))
        .limit(LISTED)
        .select(ActorBrief::as_select())
        .load(conn)?)
}

/// Groups that a member blocked are among `actors`.
pub fn is_group(actor: &ActorBrief) -> bool {
    actor.kind == ActorKind::Group
}

pub fn hosts(conn: &mut Conn, person: ActorId) -> Result<Vec<(HostRow, Timestamp)>, StoreError> {
    Ok(host_blocks::table
        .inner_join(hosts::table)
        .filter(host_blocks::person_id.eq(person))
        .order((host_blocks::created.desc(), host_blocks::host_id.desc()))
        .limit(LISTED)
        .select((HostRow::as_select(), host_blocks::created))
        .load(conn)?)
}

/// All of it ends, with the account.
pub fn forget_all_of(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    diesel::delete(blocks::table.filter(blocks::person_id.eq(person))).execute(conn)?;
    diesel::delete(host_blocks::table.filter(host_blocks::person_id.eq(person))).execute(conn)?;
    Ok(())
}
