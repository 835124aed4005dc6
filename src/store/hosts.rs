//! Other servers: what they run, how deliveries to them go, who holds the lease on their queues.

use diesel::prelude::*;
use url::Url;

pub use super::host_queues::{HostQueue, queue_of, queues};
use super::schema::{activities, deliveries, hosts, inboxes};
use super::{Conn, StoreError, host_rules};
use crate::domain::ids::{HostId, InboxId};
use crate::domain::kinds::Dialect;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = hosts)]
pub struct HostRow {
    pub id: HostId,
    pub host: String,
    pub software: Option<String>,
    pub version: Option<String>,
    pub dialect: Dialect,
    /// Shut out: blocked, or not among the allowed. Follows from `host_rules`, so that no delivery has
    /// to ask them.
    pub blocked: bool,
    pub created: Timestamp,
    /// When NodeInfo was last asked for; 0 for never.
    pub nodeinfo_at: Timestamp,
    pub last_heard: Option<Timestamp>,
    pub last_delivered: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    /// Failed tries in a row.
    pub failures: i32,
    pub next_attempt: Timestamp,
    pub last_error: Option<String>,
    pub delivery_owner: Option<String>,
    pub delivery_until: Timestamp,
    pub intake_owner: Option<String>,
    pub intake_until: Timestamp,
    /// It asked for nothing before this.
    pub asked_until: Option<Timestamp>,
    /// It failed for so long that nothing is queued for it, since then.
    pub given_up: Option<Timestamp>,
}

const NEVER: Timestamp = Timestamp::from_millis(0);

pub fn find(conn: &mut Conn, host: &str) -> Result<Option<HostRow>, StoreError> {
    Ok(hosts::table
        .filter(hosts::host.eq(host))
        .select(HostRow::as_select())
        .first(conn)
        .optional()?)
}

/// Those of these that we know, in no order.
pub fn named(conn: &mut Conn, names: &[&str]) -> Result<Vec<HostRow>, StoreError> {
    let mut found = Vec::new();
    for names in names.chunks(CHUNK) {
        let rows = hosts::table
            .filter(hosts::host.eq_any(names.to_vec()))
            .select(HostRow::as_select());
        found.extend(rows.load::<HostRow>(conn)?);
    }
    Ok(found)
}

pub fn get(conn: &mut Conn, id: HostId) -> Result<HostRow, StoreError> {
    Ok(hosts::table
        .find(id)
        .select(HostRow::as_select())
        .first(conn)?)
}

/// The row of a host, made at first contact.
pub fn ensure(
    conn: &mut Conn,
    host: &str,
    new_id: impl FnOnce() -> i64,
    now: Timestamp,
) -> Result<HostRow, StoreError> {
    if let Some(row) = find(conn, host)? {
        return Ok(row);
    }
    let blocked = host_rules::shuts_out(conn, host)?;
    // Whoever saw it in the list of rules knows it by that number.
    let named = host_rules::of(conn, host)?;
    let row = HostRow {
        id: HostId(named.map_or_else(new_id, |rule| rule.id)),
        host: host.to_owned(),
        software: None,
        version: None,
        dialect: Dialect::Unknown,
        blocked,
        created: now,
        nodeinfo_at: NEVER,
        last_heard: None,
        last_delivered: None,
        failing_since: None,
        failures: 0,
        next_attempt: NEVER,
        last_error: None,
        delivery_owner: None,
        delivery_until: NEVER,
        intake_owner: None,
        intake_until: NEVER,
        asked_until: None,
        given_up: None,
    };
    diesel::insert_into(hosts::table)
        .values(&row)
        .execute(conn)?;
    Ok(row)
}

/// Ends all leases where only one process can run, so that none of a killed one is waited for.
/// On PostgreSQL others may hold theirs, and every lease runs out by itself.
pub fn end_leases(conn: &mut Conn) -> Result<(), StoreError> {
    if let Conn::Sqlite(sqlite) = conn {
        let nobody = None::<String>;
        diesel::update(hosts::table)
            .set((
                hosts::delivery_owner.eq(nobody.clone()),
                hosts::delivery_until.eq(NEVER),
                hosts::intake_owner.eq(nobody),
                hosts::intake_until.eq(NEVER),
            ))
            .execute(sqlite)?;
    }
    Ok(())
}

pub fn inbox_url(conn: &mut Conn, inbox: InboxId) -> Result<String, StoreError> {
    Ok(inboxes::table
        .find(inbox)
        .select(inboxes::url)
        .first(conn)?)
}

/// The row of an inbox URL on a host, as a document of an actor states it now: one that was gone is back.
pub fn ensure_inbox(
    conn: &mut Conn,
    host: HostId,
    url: &Url,
    new_id: impl FnOnce() -> i64,
) -> Result<InboxId, StoreError> {
    let known: Option<(InboxId, bool)> = inboxes::table
        .filter(inboxes::url.eq(url.as_str()))
        .select((inboxes::id, inboxes::gone))
        .first(conn)
        .optional()?;
    if let Some((id, gone)) = known {
        if gone {
            diesel::update(inboxes::table.find(id))
                .set(inboxes::gone.eq(false))
                .execute(conn)?;
        }
        return Ok(id);
    }
    let id = InboxId(new_id());
    diesel::insert_into(inboxes::table)
        .values((
            inboxes::id.eq(id),
            inboxes::host_id.eq(host),
            inboxes::url.eq(url.as_str()),
            inboxes::gone.eq(false),
        ))
        .execute(conn)?;
    Ok(id)
}

/// What an actor's server runs, if we know it.
pub fn software_of(conn: &mut Conn, host: Option<HostId>) -> Result<Option<String>, StoreError> {
    match host {
        Some(host) => Ok(get(conn, host)?.software),
        None => Ok(None),
    }
}

/// Whether an actor's server runs one of these, if we know what it runs.
pub fn runs_one_of(
    conn: &mut Conn,
    host: Option<HostId>,
    names: &[&str],
) -> Result<Option<bool>, StoreError> {
    let software = software_of(conn, host)?;
    Ok(software.map(|name| names.contains(&name.as_str())))
}

/// Some inbox of a host: tells the scheme it speaks.
pub fn any_inbox(conn: &mut Conn, host: HostId) -> Result<Option<String>, StoreError> {
    Ok(inboxes::table
        .filter(inboxes::host_id.eq(host))
        .select(inboxes::url)
        .first(conn)
        .optional()?)
}

/// An inbox that answered 410: nothing is sent there any more, and what waits for it is dropped.
pub fn retire_inbox(conn: &mut Conn, inbox: InboxId) -> Result<(), StoreError> {
    diesel::update(inboxes::table.find(inbox))
        .set(inboxes::gone.eq(true))
        .execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::inbox_id.eq(inbox))).execute(conn)?;
    Ok(())
}

/// A signed request from the host came in: it lives, so deliveries to it are tried again, at once or when
/// it asked for it.
pub fn heard(conn: &mut Conn, host: &HostRow, now: Timestamp) -> Result<bool, StoreError> {
    let lately = host
        .last_heard
        .is_some_and(|heard| now.since(heard) < crate::domain::time::MINUTE);
    // Once a minute at most: what breaks on our activities and goes on talking is not knocked at all day.
    if lately {
        return Ok(false);
    }
    diesel::update(hosts::table.find(host.id))
        .set(hosts::last_heard.eq(now))
        .execute(conn)?;
    take_up(conn, host)?;
    if host.failures > 0 {
        // What it asked for itself stands; the pauses that we made of its failures end.
        let next = host.asked_until.map_or(now, |asked| asked.max(now));
        diesel::update(hosts::table.find(host.id))
            .set(hosts::next_attempt.eq(next))
            .execute(conn)?;
    }
    Ok(host.failures > 0)
}

pub fn set_software(
    conn: &mut Conn,
    id: HostId,
    software: Option<&str>,
    version: Option<&str>,
    dialect: Dialect,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id))
        .set((
            hosts::software.eq(software),
            hosts::version.eq(version),
            hosts::dialect.eq(dialect),
            hosts::nodeinfo_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Hosts whose NodeInfo was not asked for since `before`.
pub fn to_ask(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<HostRow>, StoreError> {
    Ok(hosts::table
        .filter(hosts::nodeinfo_at.lt(before).and(hosts::blocked.eq(false)))
        .order(hosts::nodeinfo_at.asc())
        .limit(limit)
        .select(HostRow::as_select())
        .load(conn)?)
}

pub fn delivered(conn: &mut Conn, id: HostId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id))
        .set((
            hosts::last_delivered.eq(now),
            hosts::next_attempt.eq(NEVER),
            hosts::failing_since.eq(None::<Timestamp>),
            hosts::failures.eq(0),
            hosts::last_error.eq(None::<String>),
            hosts::asked_until.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn failed(
    conn: &mut Conn,
    id: HostId,
    error: &str,
    next_attempt: Timestamp,
    asked_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id).filter(hosts::failing_since.is_null()))
        .set(hosts::failing_since.eq(now))
        .execute(conn)?;
    diesel::update(hosts::table.find(id))
        .set((
            hosts::failures.eq(hosts::failures + 1),
            hosts::last_error.eq(error),
            hosts::next_attempt.eq(next_attempt),
            hosts::asked_until.eq(asked_until),
        ))
        .execute(conn)?;
    Ok(())
}

/// So many failed tries count from now on.
pub fn set_failures(conn: &mut Conn, id: HostId, failures: i32) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id))
        .set(hosts::failures.eq(failures))
        .execute(conn)?;
    Ok(())
}

/// Hosts that fail since before `failing_since`, where what waits was tried since before `queued`.
pub fn to_give_up(
    conn: &mut Conn,
    failing_since: Timestamp,
    queued: Timestamp,
    limit: i64,
) -> Result<Vec<HostId>, StoreError> {
    Ok(hosts::table
        .filter(hosts::failing_since.lt(failing_since))
        .filter(hosts::given_up.is_null())
        .filter(diesel::dsl::exists(
            deliveries::table
                .inner_join(activities::table)
                .filter(deliveries::host_id.eq(hosts::id))
                .filter(activities::created.lt(queued)),
        ))
        .limit(limit)
        .select(hosts::id)
        .load(conn)?)
}

/// From now on nothing is queued for it.
pub fn give_up(conn: &mut Conn, id: HostId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id))
        .set(hosts::given_up.eq(now))
        .execute(conn)?;
    Ok(())
}

/// A host that was given up shows that it lives: it begins anew.
pub fn take_up(conn: &mut Conn, host: &HostRow) -> Result<(), StoreError> {
    if host.given_up.is_none() {
        return Ok(());
    }
    diesel::update(hosts::table.find(host.id))
        .set((
            hosts::given_up.eq(None::<Timestamp>),
            hosts::failing_since.eq(None::<Timestamp>),
            hosts::failures.eq(0),
            hosts::next_attempt.eq(NEVER),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes why one activity was refused, without slowing the host's queue.
pub fn note_refusal(conn: &mut Conn, id: HostId, error: &str) -> Result<(), StoreError> {
    diesel::update(hosts::table.find(id))
        .set(hosts::last_error.eq(error))
        .execute(conn)?;
    Ok(())
}

/// Tries it at once, inboxes and all that were taken for gone.
pub fn retry_now(conn: &mut Conn, id: HostId, now: Timestamp) -> Result<(), StoreError> {
    let host = get(conn, id)?;
    take_up(conn, &host)?;
    diesel::update(hosts::table.find(id))
        .set((
            hosts::next_attempt.eq(now),
            hosts::asked_until.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    let gone = inboxes::host_id.eq(id).and(inboxes::gone.eq(true));
    diesel::update(inboxes::table.filter(gone))
        .set(inboxes::gone.eq(false))
        .execute(conn)?;
    Ok(())
}

/// How many values go into one statement: a database takes only so many, and lists of blocked hosts are long.
const CHUNK: usize = 500;

pub fn set_blocked(conn: &mut Conn, ids: &[HostId], blocked: bool) -> Result<(), StoreError> {
    for some in ids.chunks(CHUNK) {
        diesel::update(hosts::table.filter(hosts::id.eq_any(some.to_vec())))
            .set(hosts::blocked.eq(blocked))
            .execute(conn)?;
    }
    Ok(())
}

/// Every host with whether it is shut out: for when the rules change.
pub fn verdicts(conn: &mut Conn) -> Result<Vec<(HostId, String, bool)>, StoreError> {
    Ok(hosts::table
        .select((hosts::id, hosts::host, hosts::blocked))
        .load(conn)?)
}

/// Whether this host is shut out, known or not.
pub fn is_shut_out(conn: &mut Conn, host: &str) -> Result<bool, StoreError> {
    match find(conn, host)? {
        Some(row) => Ok(row.blocked),
        None => host_rules::shuts_out(conn, host),
    }
}

/// All hosts that are not shut out, for the API's list.
pub fn linked(conn: &mut Conn) -> Result<Vec<HostRow>, StoreError> {
    Ok(hosts::table
        .filter(hosts::blocked.eq(false))
        .order(hosts::id.asc())
        .select(HostRow::as_select())
        .load(conn)?)
}
