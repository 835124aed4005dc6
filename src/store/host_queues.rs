//! What waits between other servers and us, as an administrator sees it.

use diesel::prelude::*;

use super::hosts::{HostRow, get};
use super::schema::{activities, deliveries, hosts, inboxes, intake};
use super::{Conn, StoreError};
use crate::domain::ids::{ActivityId, HostId, InboxId};
use crate::domain::kinds::IntakeState;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

/// What the administrator sees of a host's queues.
#[derive(Clone, Debug)]
pub struct HostQueue {
    pub host: HostRow,
    /// Deliveries that wait.
    pub outgoing: i64,
    /// Received activities that wait to be applied, and that failed for good.
    pub incoming: i64,
    pub failed: i64,
}

/// Hosts by when they were first met; with `named`, those whose name holds it.
pub fn queues(
    conn: &mut Conn,
    named: Option<&str>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<HostQueue>, StoreError> {
    let from = after.map_or(HostId(0), |cursor| HostId(cursor.id));
    let mut query = hosts::table
        .filter(hosts::id.gt(from))
        .order(hosts::id.asc())
        .limit(limit as i64 + 1)
        .select(HostRow::as_select())
        .into_boxed();
    if let Some(named) = named {
        let escaped: String = named
            .to_lowercase()
            .chars()
            .flat_map(|c| match c {
                '%' | '_' | '\\' => vec!['\\', c],
                c => vec![c],
            })
            .collect();
        query = query.filter(hosts::host.like(format!("%{escaped}%")).escape('\\'));
    }
    let rows: Vec<HostRow> = query.load(conn)?;
    let page = Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id.0,
    });
    let next = page.next;
    Ok(Page {
        items: with_counts(conn, page.items)?,
        next,
    })
}

/// One host with how much waits.
pub fn queue_of(conn: &mut Conn, id: HostId) -> Result<HostQueue, StoreError> {
    let row = get(conn, id)?;
    with_counts(conn, vec![row])?
        .pop()
        .ok_or(StoreError::NotFound)
}

fn with_counts(conn: &mut Conn, rows: Vec<HostRow>) -> Result<Vec<HostQueue>, StoreError> {
    let ids: Vec<HostId> = rows.iter().map(|host| host.id).collect();
    let outgoing: Vec<(HostId, i64)> = deliveries::table
        .filter(deliveries::host_id.eq_any(ids.clone()))
        .group_by(deliveries::host_id)
        .select((deliveries::host_id, diesel::dsl::count_star()))
        .load(conn)?;
    let mut waiting = |state: IntakeState| {
        intake::table
            .filter(
                intake::host_id
                    .eq_any(ids.clone())
                    .and(intake::state.eq(state)),
            )
            .group_by(intake::host_id)
            .select((intake::host_id, diesel::dsl::count_star()))
            .load::<(HostId, i64)>(conn)
    };
    let (pending, failed) = (
        waiting(IntakeState::Pending)?,
        waiting(IntakeState::Failed)?,
    );
    let count = |list: &[(HostId, i64)], id: HostId| {
        list.iter()
            .find(|(host, _)| *host == id)
            .map_or(0, |(_, n)| *n)
    };
    let counted = rows.into_iter().map(|host| HostQueue {
        outgoing: count(&outgoing, host.id),
        incoming: count(&pending, host.id),
        failed: count(&failed, host.id),
        host,
    });
    Ok(counted.collect())
}

/// What waits for a host, oldest first, as an administrator sees it.
#[derive(Clone, Debug, Queryable)]
pub struct WaitingDelivery {
    pub activity_id: ActivityId,
    pub inbox_id: InboxId,
    pub ap_id: String,
    pub inbox_url: String,
    pub created: Timestamp,
}

pub fn waiting_for(
    conn: &mut Conn,
    host: HostId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<WaitingDelivery>, StoreError> {
    let (activity, inbox) = after.map_or((0, 0), |cursor| (cursor.key, cursor.id));
    let rows: Vec<WaitingDelivery> = deliveries::table
        .inner_join(activities::table)
        .inner_join(inboxes::table)
        .filter(deliveries::host_id.eq(host))
        .filter(deliveries::activity_id.ge(ActivityId(activity)))
        .filter(
            deliveries::activity_id
                .gt(ActivityId(activity))
                .or(deliveries::inbox_id.gt(InboxId(inbox))),
        )
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit as i64 + 1)
        .select((
            deliveries::activity_id,
            deliveries::inbox_id,
            activities::ap_id,
            inboxes::url,
            activities::created,
        ))
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: row.activity_id.0,
        id: row.inbox_id.0,
    }))
}
