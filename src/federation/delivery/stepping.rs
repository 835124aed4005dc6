//! One delivery that is never answered holds up all behind it, as long as nobody knows whether the host or the
//! delivery is to blame: NodeBB leaves the connection open where it will not have something. So after a while
//! another is tried out of turn, and tells.

use serde_json::Value;

use super::{DueDelivery, Fault, POISON_AFTER_TIME, Sent, send, tick_off, waits};
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
    let (failures, long, waiting) = federation
        .store
        .read(move |tx| {
            let row = hosts::get(tx.conn, host)?;
            let since = row.failing_since;
            let long = since.is_some_and(|since| tx.now.since(since) > POISON_AFTER_TIME);
            Ok::<_, StoreError>((row.failures, long, waits(tx, host, &looked_at)?))
        })
        .await?;
    // A deletion does not overtake what it deletes.
    let named = named_in(&stuck.json);
    behind.retain(|other| {
        let about_it = || named.iter().any(|id| other.json.contains(id));
        other.activity_id != stuck.activity_id && !about_it()
    });
    if !waiting || !long || failures < UNANSWERED_AFTER || behind.is_empty() {
        return Ok(false);
    }
    // Another one each time: the next may be no better.
    let turn = usize::try_from(failures).unwrap_or(0) % behind.len();
    let other = behind.swap_remove(turn);
    let outcome = send(federation, &other).await?;
    let lives = matches!(outcome, Sent::Taken);
    let held = tick_off(federation, host, vec![(other, outcome)]).await?;
    if !lives || !held {
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

/// The ids of an activity and of all that it is about.
fn named_in(json: &str) -> Vec<String> {
    let Ok(activity) = serde_json::from_str::<Value>(json) else {
        return Vec::new();
    };
    let mut named = Vec::new();
    let mut at = Some(&activity);
    while let Some(one) = at {
        let id = one.as_str().or_else(|| one["id"].as_str());
        named.extend(id.map(str::to_owned));
        at = one.get("object");
    }
    named
}

#[cfg(test)]
mod tests {
    use super::named_in;

    #[test]
    fn what_an_activity_is_about_is_named_at_any_depth() {
        let told = r#"{"id":"https://a.example/1","object":{"id":"https://a.example/2","object":"https://a.example/3"}}"#;
        let ids = [
            "https://a.example/1",
            "https://a.example/2",
            "https://a.example/3",
        ];
        assert_eq!(named_in(told), ids);
        assert!(named_in("nonsense").is_empty());
    }
}
