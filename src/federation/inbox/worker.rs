//! Applies what the inbox stored: in order per sending host, each activity whole or not at all,
//! many in one commit. What needs a fetch leaves the batch and is done by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::apply::apply;
use crate::activitystreams::{self as wire, Activity};
use crate::community::remote::{Docs, WireError};
use crate::domain::ids::{HostId, IntakeId};
use crate::domain::time::{HOUR, MINUTE, SECOND, Timestamp};
use crate::federation::{Federation, FetchFailure};
use crate::store::intake::{self, IntakeRow};
use crate::store::{StoreError, Tx};

const HOSTS_AT_ONCE: i64 = 32;
const PER_HOST: i64 = 64;
/// A batch holds the database's writer: it stays short.
const BATCH: usize = 256;
const RENEWAL: Duration = Duration::from_secs(15);
/// Renewed while something is fetched; a killed process holds its hosts up no longer than this.
const LEASE: i64 = 45 * SECOND;
/// Other processes ring no bell here.
const POLL: Duration = Duration::from_millis(1_000);
/// When an activity that failed for a passing reason is tried again; after the last one it has failed.
const RETRY_AFTER: &[i64] = &[
    30 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    6 * HOUR,
    24 * HOUR,
];

/// One stored activity, read.
struct Prepared {
    id: IntakeId,
    attempts: i32,
    activity: Result<(Activity, Value), String>,
}

impl Prepared {
    fn new(row: IntakeRow) -> Self {
        let activity = wire::parse_json(row.body.as_bytes())
            .and_then(|value| Ok((wire::read_activity(&value)?, value)))
            .map_err(|e| e.to_string());
        Prepared {
            id: row.id,
            attempts: row.attempts,
            activity,
        }
    }
}

type Queue = (HostId, Vec<Arc<Prepared>>);

/// Runs until `stop` turns true.
pub async fn run(federation: Federation, mut stop: watch::Receiver<bool>) {
    let mut fetching: JoinSet<()> = JoinSet::new();
    while !*stop.borrow() {
        while fetching.try_join_next().is_some() {}
        match round(&federation, &mut fetching).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "the inbox worker cannot go on; it will try again")
            }
        }
        tokio::select! {
            () = federation.store.bells.intake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
    // What was being fetched is in the database still; the next process takes it up.
    fetching.shutdown().await;
}

/// One batch; false when there was nothing to do.
async fn round(federation: &Federation, fetching: &mut JoinSet<()>) -> Result<bool, StoreError> {
    let owner = federation.holder.clone();
    let queues: Vec<(HostId, Vec<IntakeRow>)> =
        federation.store.write(move |tx| lease(tx, &owner)).await?;
    if queues.is_empty() {
        return Ok(false);
    }
    let queues: Arc<Vec<Queue>> = Arc::new(
        queues
            .into_iter()
            .map(|(host, rows)| {
                let rows = rows.into_iter().map(|row| Arc::new(Prepared::new(row)));
                (host, rows.collect())
            })
            .collect(),
    );
    let (owner, batch) = (federation.holder.clone(), queues.clone());
    let stuck = federation
        .store
        .write(move |tx| apply_batch(tx, &owner, &batch))
        .await?;
    for (host, item) in stuck {
        let prepared = queues
            .iter()
            .flat_map(|(_, items)| items)
            .find(|prepared| prepared.id == item)
            .cloned();
        if let Some(prepared) = prepared {
            let federation = federation.clone();
            fetching.spawn(async move {
                if let Err(error) = apply_with_fetches(&federation, host, &prepared).await {
                    tracing::error!(%error, "an activity waits for the database");
                }
            });
        }
    }
    Ok(true)
}

fn lease(tx: &mut Tx<'_>, owner: &str) -> Result<Vec<(HostId, Vec<IntakeRow>)>, StoreError> {
    let until = tx.now.plus(LEASE);
    let mut room = BATCH;
    let mut queues = Vec::new();
    for host in intake::lease_hosts(tx.conn, owner, tx.now, until, HOSTS_AT_ONCE)? {
        let limit = PER_HOST.min(i64::try_from(room).unwrap_or(PER_HOST));
        let rows = intake::due(tx.conn, host, tx.now, limit)?;
        if rows.is_empty() {
            intake::release_lease(tx.conn, owner, host)?;
            continue;
        }
        room -= rows.len();
        queues.push((host, rows));
    }
    Ok(queues)
}

/// Applies the queues, each up to the first activity that needs a fetch: those are returned, and their
/// hosts stay leased.
fn apply_batch(
    tx: &mut Tx<'_>,
    owner: &str,
    queues: &[Queue],
) -> Result<Vec<(HostId, IntakeId)>, StoreError> {
    let mut stuck = HashMap::new();
    let mut applied = Vec::new();
    let docs = Docs::default();
    for (host, items) in queues {
        let until = tx.now.plus(LEASE);
        if !intake::renew_lease(tx.conn, owner, *host, until)? {
            continue;
        }
        for item in items {
            match apply_one(tx, item, &docs) {
                Ok(()) => applied.push(item.id),
                Err(WireError::Refused(reason)) => {
                    tracing::debug!(id = %item.id, reason, "activity refused");
                    intake::refused(tx.conn, item.id, &reason)?;
                }
                // Another process was faster: tried again in a transaction of its own.
                Err(
                    WireError::Need(_) | WireError::Ask(_) | WireError::Store(StoreError::Conflict),
                ) => {
                    stuck.insert(*host, item.id);
                    break;
                }
                Err(WireError::Store(error @ StoreError::Unavailable(_))) => return Err(error),
                // Put off, it holds up nothing behind it, and is not lost if the fault passes.
                Err(WireError::Store(error)) => {
                    tracing::error!(id = %item.id, %error, "an activity cannot be applied");
                    postpone(tx, item, &error.to_string())?;
                }
            }
        }
        if !stuck.contains_key(host) {
            intake::release_lease(tx.conn, owner, *host)?;
        }
    }
    intake::applied(tx.conn, &applied)?;
    Ok(stuck.into_iter().collect())
}

fn apply_one(tx: &mut Tx<'_>, item: &Prepared, docs: &Docs) -> Result<(), WireError> {
    match &item.activity {
        Ok((activity, raw)) => tx.savepoint(|tx| apply(tx, activity, raw, docs)),
        Err(reason) => Err(WireError::refused(reason.as_str())),
    }
}

/// One activity with all it needs fetched; then its host's queue goes on.
async fn apply_with_fetches(
    federation: &Federation,
    host: HostId,
    item: &Arc<Prepared>,
) -> Result<(), StoreError> {
    let work = {
        let (owner, item) = (federation.holder.clone(), item.clone());
        move |tx: &mut Tx<'_>, docs: &Docs| {
            let held = intake::renew_lease(tx.conn, &owner, host, tx.now.plus(LEASE))?;
            // The fetch may have outlasted the lease.
            if !held || !intake::is_pending(tx.conn, item.id)? {
                return Ok(());
            }
            apply_one(tx, &item, docs)?;
            Ok(intake::applied(tx.conn, &[item.id])?)
        }
    };
    let outcome = {
        let fetching = federation.with_documents(Docs::default(), work);
        tokio::pin!(fetching);
        loop {
            tokio::select! {
                outcome = &mut fetching => break outcome,
                // Many fetches may outlast the lease.
                () = tokio::time::sleep(RENEWAL) => renew(federation, host).await?,
            }
        }
    };
    let (owner, item) = (federation.holder.clone(), item.clone());
    federation
        .store
        .write(move |tx| {
            if !intake::renew_lease(tx.conn, &owner, host, tx.now.plus(LEASE))? {
                // Somebody else has it in hand by now.
                return Ok(());
            }
            match &outcome {
                Ok(()) => {}
                Err(FetchFailure::Refused(reason)) => {
                    intake::refused(tx.conn, item.id, reason)?;
                }
                Err(FetchFailure::Passing(reason)) => postpone(tx, &item, reason)?,
                // Put off, it holds up nothing; at the last try it is kept with its reason.
                Err(FetchFailure::Store(error)) => postpone(tx, &item, &error.to_string())?,
            }
            intake::release_lease(tx.conn, &owner, host)?;
            tx.wake_intake();
            Ok(())
        })
        .await
}

async fn renew(federation: &Federation, host: HostId) -> Result<(), StoreError> {
    let owner = federation.holder.clone();
    federation
        .store
        .write(move |tx| intake::renew_lease(tx.conn, &owner, host, tx.now.plus(LEASE)))
        .await
        .map(|_| ())
}

fn postpone(tx: &mut Tx<'_>, item: &Prepared, reason: &str) -> Result<(), StoreError> {
    let tried = usize::try_from(item.attempts).unwrap_or(usize::MAX);
    match RETRY_AFTER.get(tried) {
        Some(wait) => {
            let next: Timestamp = tx.now.plus(*wait);
            intake::postpone(tx.conn, item.id, reason, next)
        }
        None => intake::refused(tx.conn, item.id, reason),
    }
}
