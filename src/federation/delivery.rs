//! Sends what `community` recorded. A host is leased by one worker at a time and gets its activities in
//! order, but for what [`stepping`] tries out of turn; one that is slow or dead never holds back another.

mod stepping;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::Federation;
use super::client::{FetchError, PostOutcome};
use crate::activitystreams as wire;
use crate::domain::ids::{HostId, InboxId};
use crate::domain::time::{DAY, HOUR, SECOND, Timestamp};
use crate::store::activities::{self, DueDelivery};
use crate::store::{StoreError, Tx, hosts};

/// Renewed as deliveries are ticked off; a killed process holds its hosts up no longer than this.
const LEASE: i64 = 30 * SECOND;
/// Other processes ring no bell here, and back-off ends without one.
const POLL: Duration = Duration::from_millis(1_000);
const PER_ROUND: i64 = 50;
/// And so much of their text: many hosts are served at once.
const PER_ROUND_SIZE: i64 = 2 * 1024 * 1024;
/// Deliveries are ticked off in the database after so many, or so long.
const TICK_OFF: usize = 20;
const TICK_OFF_AFTER: Duration = Duration::from_secs(5);

/// First pause after a failure; each further one doubles it.
const FIRST_PAUSE: i64 = 5 * SECOND;
const LONGEST_PAUSE: i64 = 6 * HOUR;
/// A host that fails for so long is dormant: probed once a day, until it speaks to us.
pub const DORMANT_AFTER: i64 = 7 * DAY;

/// Runs until `stop` turns true.
pub async fn run(federation: Federation, concurrency: usize, mut stop: watch::Receiver<bool>) {
    let mut sending: JoinSet<()> = JoinSet::new();
    while !*stop.borrow() {
        while sending.try_join_next().is_some() {}
        let room = concurrency.saturating_sub(sending.len());
        let leased = lease(&federation, room).await;
        match leased {
            Ok(hosts) => {
                let full = !hosts.is_empty();
                for host in hosts {
                    let (federation, stop) = (federation.clone(), stop.clone());
                    sending.spawn(async move {
                        if let Err(error) = serve(&federation, host, stop).await {
                            tracing::error!(%host, %error, "deliveries wait for the database");
                        }
                    });
                }
                if full {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the delivery worker cannot go on; it will try again");
            }
        }
        tokio::select! {
            () = federation.store.bells.delivery.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_) = sending.join_next() => {}
            _ = stop.changed() => {}
        }
    }
    // A request under way may end; what is not ticked off is sent again, and known by its id.
    let grace = tokio::time::sleep(Duration::from_secs(5));
    tokio::pin!(grace);
    loop {
        tokio::select! {
            () = &mut grace => break,
            done = sending.join_next() => if done.is_none() { break },
        }
    }
    sending.shutdown().await;
}

async fn lease(federation: &Federation, room: usize) -> Result<Vec<HostId>, StoreError> {
    if room == 0 {
        return Ok(Vec::new());
    }
    let owner = federation.holder.clone();
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    federation
        .store
        .write(move |tx| {
            activities::lease_hosts(tx.conn, &owner, tx.now, tx.now.plus(LEASE), limit)
        })
        .await
}

/// Sends to one host until nothing waits, something fails, or we are to stop; then gives the lease back.
async fn serve(
    federation: &Federation,
    host: HostId,
    stop: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    while !*stop.borrow() {
        let due = federation
            .store
            .read(move |tx| activities::due(tx.conn, host, PER_ROUND, PER_ROUND_SIZE))
            .await?;
        if due.is_empty() || !send_all(federation, host, due, &stop).await? {
            break;
        }
    }
    let owner = federation.holder.clone();
    federation
        .store
        .write(move |tx| {
            activities::release_lease(tx.conn, &owner, host)?;
            // What was queued between our last look and now has rung its bell in vain.
            if activities::has_due(tx.conn, host)? {
                tx.wake_delivery();
            }
            Ok(())
        })
        .await
}

/// What became of one delivery.
enum Sent {
    Taken,
    /// The peer will not have it, now or later.
    Refused(String),
    /// 410: nobody is there any more.
    Gone,
    /// The host has a problem: everything waits.
    Failed {
        reason: String,
        fault: Fault,
        not_before: Option<Duration>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Status(u16),
    /// It hears us, or not, and says nothing, neither to us nor to what stands before it.
    NoAnswer,
    Unreached,
}

/// False when the host's queue is to rest.
async fn send_all(
    federation: &Federation,
    host: HostId,
    due: Vec<DueDelivery>,
    stop: &watch::Receiver<bool>,
) -> Result<bool, StoreError> {
    let mut sent: Vec<(DueDelivery, Sent)> = Vec::new();
    let mut ticked_off = Instant::now();
    let mut due = due.into_iter();
    while let Some(delivery) = due.next() {
        let outcome = send(federation, &delivery).await?;
        let failed = matches!(outcome, Sent::Failed { .. });
        let unanswered = match outcome {
            Sent::Failed {
                fault: Fault::NoAnswer,
                ..
            } => Some(delivery.clone()),
            _ => None,
        };
        sent.push((delivery, outcome));
        if failed || *stop.borrow() {
            let held = tick_off(federation, host, sent).await?;
            return match unanswered {
                Some(stuck) if held && !*stop.borrow() => {
                    stepping::step_past(federation, host, stuck, due.collect()).await
                }
                _ => Ok(false),
            };
        }
        if sent.len() >= TICK_OFF || ticked_off.elapsed() > TICK_OFF_AFTER {
            if !tick_off(federation, host, std::mem::take(&mut sent)).await? {
                return Ok(false);
            }
            ticked_off = Instant::now();
        }
    }
    tick_off(federation, host, sent).await
}

async fn send(federation: &Federation, delivery: &DueDelivery) -> Result<Sent, StoreError> {
    let Ok(inbox) = delivery.inbox_url.parse::<Url>() else {
        return Ok(Sent::Refused("the inbox has no valid address".to_owned()));
    };
    let signer = match federation.signer(delivery.actor_id).await {
        Ok(signer) => signer,
        Err(error @ StoreError::Unavailable(_)) => return Err(error),
        // Without its key this will never go out; what waits behind it may.
        Err(error) => return Ok(Sent::Refused(error.to_string())),
    };
    let body = Bytes::from(worded(delivery));
    let outcome = federation.signed_post(&inbox, body, &signer).await?;
    Ok(match outcome {
        Ok(outcome) => judge(&outcome),
        Err(error @ FetchError::Refused(_)) => Sent::Refused(error.to_string()),
        Err(error) => Sent::Failed {
            reason: error.to_string(),
            fault: match error {
                FetchError::Timeout => Fault::NoAnswer,
                _ => Fault::Unreached,
            },
            not_before: None,
        },
    })
}

/// NodeBB looks for what was deleted unless it is told what became of it. Finding nothing it would erase it,
/// which it cannot where that has answers, and then it stays.
fn worded(delivery: &DueDelivery) -> String {
    let text = &delivery.json;
    let runs_nodebb = delivery.software.as_deref() == Some("nodebb");
    if runs_nodebb
        && text.contains("\"Delete\"")
        && let Ok(activity) = wire::parse_json(text.as_bytes())
    {
        return wire::with_tombstone(activity).to_string();
    }
    text.clone()
}

fn judge(outcome: &PostOutcome) -> Sent {
    let reason = || format!("{} {}", outcome.status, outcome.message);
    if outcome.is_success() {
        Sent::Taken
    } else if outcome.is_gone() {
        Sent::Gone
    } else if outcome.is_passing() {
        Sent::Failed {
            reason: reason(),
            fault: match outcome.status {
                504 => Fault::NoAnswer,
                status => Fault::Status(status),
            },
            not_before: outcome.retry_after,
        }
    } else {
        Sent::Refused(reason())
    }
}

/// Writes down what became of deliveries; false when the lease was lost meanwhile.
async fn tick_off(
    federation: &Federation,
    host: HostId,
    sent: Vec<(DueDelivery, Sent)>,
) -> Result<bool, StoreError> {
    let owner = federation.holder.clone();
    let sent = Arc::new(sent);
    federation
        .store
        .write(move |tx| {
            let held = activities::renew_lease(tx.conn, &owner, host, tx.now.plus(LEASE))?;
            // First what went well: a host that takes some and asks for a pause is not failing.
            if sent.iter().any(|(_, outcome)| matches!(outcome, Sent::Taken)) {
                hosts::delivered(tx.conn, host, tx.now)?;
            }
            for (delivery, outcome) in sent.iter() {
                let done = |tx: &mut Tx<'_>, inbox: InboxId| {
                    activities::done(tx.conn, host, delivery.activity_id, inbox)
                };
                match outcome {
                    Sent::Taken => done(tx, delivery.inbox_id)?,
                    Sent::Refused(reason) => {
                        tracing::warn!(%host, inbox = delivery.inbox_url, reason, "delivery refused");
                        done(tx, delivery.inbox_id)?;
                        hosts::note_refusal(tx.conn, host, reason)?;
                    }
                    Sent::Gone => hosts::retire_inbox(tx.conn, delivery.inbox_id)?,
                    // Meanwhile its server said in another way that it will not have it.
                    Sent::Failed { .. } if !waits(tx, host, delivery)? => {}
                    Sent::Failed { reason, .. } if is_poison(tx, host, outcome)? => {
                        tracing::warn!(%host, reason, "one delivery fails again and again; passed over");
                        done(tx, delivery.inbox_id)?;
                        hosts::note_refusal(tx.conn, host, reason)?;
                        let tries = POISON_AFTER - TRIES_OF_THE_NEXT;
                        hosts::set_failures(tx.conn, host, tries)?;
                    }
                    Sent::Failed {
                        reason, not_before, ..
                    } => rest(tx, host, reason, *not_before)?,
                }
            }
            Ok(held)
        })
        .await
}

fn waits(tx: &mut Tx<'_>, host: HostId, delivery: &DueDelivery) -> Result<bool, StoreError> {
    activities::waits(tx.conn, host, delivery.activity_id, delivery.inbox_id)
}

/// A program that breaks on one activity answers 500 to it for ever, or 401 to one whose author it cannot
/// know, while 502 to 504 say that the host as a whole is away. After so many tries and so long the one is
/// given up, so that the others get through.
const POISON_AFTER: i32 = 8;
const POISON_AFTER_TIME: i64 = HOUR;
/// The next one is tried at once, and then so many times before it is given up as well: it may be the host.
const TRIES_OF_THE_NEXT: i32 = 4;

fn is_poison(tx: &mut Tx<'_>, host: HostId, outcome: &Sent) -> Result<bool, StoreError> {
    let broke = matches!(
        outcome,
        Sent::Failed {
            fault: Fault::Status(401 | 500),
            ..
        }
    );
    if !broke {
        return Ok(false);
    }
    let row = hosts::get(tx.conn, host)?;
    let long = row
        .failing_since
        .is_some_and(|since| tx.now.since(since) > POISON_AFTER_TIME);
    Ok(long && row.failures >= POISON_AFTER)
}

fn rest(
    tx: &mut Tx<'_>,
    host: HostId,
    reason: &str,
    not_before: Option<Duration>,
) -> Result<(), StoreError> {
    let row = hosts::get(tx.conn, host)?;
    let asked = not_before.map_or(0, |wait| i64::try_from(wait.as_millis()).unwrap_or(0));
    let dormant = row
        .failing_since
        .is_some_and(|since| tx.now.since(since) > DORMANT_AFTER);
    let pause = if dormant {
        DAY
    } else {
        pause_after(row.failures).max(asked.min(DAY))
    };
    // Hosts that failed together do not come back together.
    let jitter = pause / 100 * (tx.next_id() % 20);
    let next: Timestamp = tx.now.plus(pause + jitter);
    let asked = (asked > 0).then(|| tx.now.plus(asked.min(DAY)));
    hosts::failed(tx.conn, host, reason, next, asked, tx.now)
}

fn pause_after(failures: i32) -> i64 {
    let doublings = u32::try_from(failures).unwrap_or(0).min(20);
    FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end_at_six_hours() {
        assert_eq!(pause_after(0), 5 * SECOND);
        assert_eq!(pause_after(3), 40 * SECOND);
        assert_eq!(pause_after(60), LONGEST_PAUSE);
    }
}
