//! The durable inbox: a received activity is here before its sender gets a 202, until it is applied.

use diesel::prelude::*;
use url::Url;

use super::schema::{hosts, intake};
use super::{Conn, StoreError};
use crate::domain::ids::{HostId, IntakeId};
use crate::domain::kinds::IntakeState;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = intake)]
pub struct IntakeRow {
    pub id: IntakeId,
    /// The host that signed it.
    pub host_id: HostId,
    pub activity_ap_id: String,
    pub actor_ap_id: String,
    /// The JSON as received; empty once applied.
    pub body: String,
    pub state: IntakeState,
    pub attempts: i32,
    pub next_attempt: Timestamp,
    pub error: Option<String>,
    pub received: Timestamp,
}

/// Stores what came in, unless an activity of this id came before. False for such a repetition.
pub fn receive(conn: &mut Conn, row: &IntakeRow) -> Result<bool, StoreError> {
    let known = is_known(conn, &row.activity_ap_id)?;
    if !known {
        diesel::insert_into(intake::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(!known)
}

/// Whether an activity of this id came in before.
pub fn is_known(conn: &mut Conn, activity_ap_id: &str) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        intake::table.filter(intake::activity_ap_id.eq(activity_ap_id)),
    ))
    .get_result(conn)?)
}

/// The text of what came under this id, if anything did; empty once that is applied.
pub fn body_of(conn: &mut Conn, activity_ap_id: &str) -> Result<Option<String>, StoreError> {
    Ok(intake::table
        .filter(intake::activity_ap_id.eq(activity_ap_id))
        .select(intake::body)
        .first(conn)
        .optional()?)
}

/// Hosts with something to apply now, leased to `owner` until `until`.
pub fn lease_hosts(
    conn: &mut Conn,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<HostId>, StoreError> {
    let due = || {
        hosts::table
            .filter(hosts::intake_until.lt(now))
            .filter(diesel::dsl::exists(
                intake::table.filter(
                    intake::host_id
                        .eq(hosts::id)
                        .and(intake::state.eq("pending"))
                        .and(intake::next_attempt.le(now)),
                ),
            ))
            .order(hosts::intake_until.asc())
            .limit(limit)
            .select(hosts::id)
    };
    let ids: Vec<HostId> = match conn {
        Conn::Sqlite(sqlite) => due().load(sqlite)?,
        Conn::Postgres(pg) => due().for_update().skip_locked().load(pg)?,
    };
    if !ids.is_empty() {
        diesel::update(hosts::table.filter(hosts::id.eq_any(ids.clone())))
            .set((hosts::intake_owner.eq(owner), hosts::intake_until.eq(until)))
            .execute(conn)?;
    }
    Ok(ids)
}

/// Still ours? Prolongs the lease; false when another worker holds it by now.
pub fn renew_lease(
    conn: &mut Conn,
    owner: &str,
    host: HostId,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let held = diesel::update(
        hosts::table
            .find(host)
            .filter(hosts::intake_owner.eq(owner)),
    )
    .set(hosts::intake_until.eq(until))
    .execute(conn)?;
    Ok(held == 1)
}

pub fn release_lease(conn: &mut Conn, owner: &str, host: HostId) -> Result<(), StoreError> {
    diesel::update(
        hosts::table
            .find(host)
            .filter(hosts::intake_owner.eq(owner)),
    )
    .set((
        hosts::intake_owner.eq(None::<String>),
        hosts::intake_until.eq(Timestamp::from_millis(0)),
    ))
    .execute(conn)?;
    Ok(())
}

/// The oldest activities of a host whose time has come. One that was put off does not hold up the others.
pub fn due(
    conn: &mut Conn,
    host: HostId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<IntakeRow>, StoreError> {
    Ok(intake::table
        .filter(intake::host_id.eq(host).and(intake::state.eq("pending")))
        .filter(intake::next_attempt.le(now))
        .order(intake::id.asc())
        .limit(limit)
        .select(IntakeRow::as_select())
        .load(conn)?)
}

/// Whether it still waits to be applied.
pub fn is_pending(conn: &mut Conn, id: IntakeId) -> Result<bool, StoreError> {
    let row = intake::table.find(id).filter(intake::state.eq("pending"));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}

/// Applied. The text is not needed any more; the id stays, so that a replay is known.
pub fn applied(conn: &mut Conn, ids: &[IntakeId]) -> Result<(), StoreError> {
    diesel::update(intake::table.filter(intake::id.eq_any(ids.to_vec())))
        .set((
            intake::state.eq(IntakeState::Applied),
            intake::body.eq(""),
            intake::error.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Another may come under this id.
pub fn forget_applied(conn: &mut Conn, activity_ap_id: &Url) -> Result<(), StoreError> {
    let known = intake::table.filter(intake::activity_ap_id.eq(activity_ap_id.as_str()));
    diesel::delete(known.filter(intake::state.eq(IntakeState::Applied))).execute(conn)?;
    Ok(())
}

/// Refused for good, with the reason.
pub fn refused(conn: &mut Conn, id: IntakeId, reason: &str) -> Result<(), StoreError> {
    diesel::update(intake::table.find(id))
        .set((
            intake::state.eq(IntakeState::Failed),
            intake::error.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn postpone(
    conn: &mut Conn,
    id: IntakeId,
    error: &str,
    next_attempt: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(intake::table.find(id))
        .set((
            intake::attempts.eq(intake::attempts + 1),
            intake::next_attempt.eq(next_attempt),
            intake::error.eq(error),
        ))
        .execute(conn)?;
    Ok(())
}

/// What came from a host before this and was put off.
pub fn put_off_before(
    conn: &mut Conn,
    host: HostId,
    id: IntakeId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<IntakeRow>, StoreError> {
    Ok(intake::table
        .filter(intake::host_id.eq(host).and(intake::state.eq("pending")))
        .filter(intake::id.lt(id).and(intake::next_attempt.gt(now)))
        .order(intake::id.desc())
        .limit(limit)
        .select(IntakeRow::as_select())
        .load(conn)?)
}

/// Waits for another, without having failed itself.
pub fn wait_until(
    conn: &mut Conn,
    id: IntakeId,
    reason: &str,
    moment: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(intake::table.find(id))
        .set((intake::next_attempt.eq(moment), intake::error.eq(reason)))
        .execute(conn)?;
    Ok(())
}

/// What failed for good, newest first.
pub fn failures(
    conn: &mut Conn,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<IntakeRow>, StoreError> {
    let mut query = intake::table
        .filter(intake::state.eq("failed"))
        .select(IntakeRow::as_select())
        .into_boxed();
    if let Some(cursor) = after {
        query = query.filter(intake::id.lt(IntakeId(cursor.id)));
    }
    let rows: Vec<IntakeRow> = query
        .order(intake::id.desc())
        .limit(limit as i64 + 1)
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

/// The same of one host.
pub fn failures_of(
    conn: &mut Conn,
    host: HostId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<IntakeRow>, StoreError> {
    let before = after.map_or(IntakeId(i64::MAX), |cursor| IntakeId(cursor.id));
    let rows: Vec<IntakeRow> = intake::table
        .filter(intake::host_id.eq(host).and(intake::state.eq("failed")))
        .filter(intake::id.lt(before))
        .order(intake::id.desc())
        .limit(limit as i64 + 1)
        .select(IntakeRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

/// Puts what failed for good from a host back in the queue; returns how much it was.
pub fn retry_failed(conn: &mut Conn, host: HostId, now: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::update(
        intake::table.filter(intake::host_id.eq(host).and(intake::state.eq("failed"))),
    )
    .set((
        intake::state.eq(IntakeState::Pending),
        intake::attempts.eq(0),
        intake::next_attempt.eq(now),
    ))
    .execute(conn)?)
}

/// Forgets all from a host that is not applied; returns how much it was.
pub fn drop_unapplied(conn: &mut Conn, host: HostId) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        intake::table.filter(
            intake::host_id
                .eq(host)
                .and(intake::state.ne(IntakeState::Applied)),
        ),
    )
    .execute(conn)?)
}

/// Forgets what failed for good from a host; returns how much it was.
pub fn drop_failed(conn: &mut Conn, host: HostId) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        intake::table.filter(intake::host_id.eq(host).and(intake::state.eq("failed"))),
    )
    .execute(conn)?)
}

pub fn prune(conn: &mut Conn, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        intake::table.filter(
            intake::received
                .lt(before)
                .and(intake::state.ne(IntakeState::Pending)),
        ),
    )
    .execute(conn)?)
}

/// How much waits to be applied, in all.
pub fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(intake::table
        .filter(intake::state.eq("pending"))
        .count()
        .get_result(conn)?)
}
