//! One delivery that is never answered holds up all behind it, as long as nobody knows whether the host or the
//! delivery is to blame: NodeBB leaves the connection open where it will not have something. So another is
//! tried out of turn, and tells.

use super::{DueDelivery, Fault, Sent, send, tick_off, waits};
use crate::domain::ids::HostId;
use crate::federation::Federation;
use crate::store::{StoreError, hosts};

/// A host that is only slow for a while is left alone.
const UNANSWERED_AFTER: i32 = 4;

/// `stuck` had no answer again. If the host takes something that waits `behind` it, and leaves this one
/// unanswered even then, it is given up. False when the host's queue is to rest.
pub(super) async fn step_past(
    federation: &Federation,
    host: HostId,
    stuck: DueDelivery,
    mut behind: Vec<DueDelivery>,
) -> Result<bool, StoreError> {
    let looked_at = stuck.clone();
    let (failures, waiting) = federation
        .store
        .read(move |tx| {
            let failures = hosts::get(tx.conn, host)?.failures;
            Ok::<_, StoreError>((failures, waits(tx, host, &looked_at)?))
        })
        .await?;
    behind.retain(|other| other.activity_id != stuck.activity_id);
    if !waiting || failures < UNANSWERED_AFTER || behind.is_empty() {
        return Ok(false);
    }
    // Another one each time: the next may be no better.
    let turn = usize::try_from(failures).unwrap_or(0) % behind.len();
    let other = behind.swap_remove(turn);
    let outcome = send(federation, &other).await?;
    let lives = !matches!(outcome, Sent::Failed { .. });
    if !lives || !tick_off(federation, host, vec![(other, outcome)]).await? {
        return Ok(false);
    }
    let outcome = match send(federation, &stuck).await? {
        Sent::Failed {
            fault: Fault::NoAnswer,
            ..
        } => Sent::Refused("no answer, though others have one".to_owned()),
        other => other,
    };
    let goes_on = !matches!(outcome, Sent::Failed { .. });
    let held = tick_off(federation, host, vec![(stuck, outcome)]).await?;
    Ok(held && goes_on)
}
