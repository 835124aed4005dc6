//! A server says by an activity what others say by a status: that it will not have something of ours.

use serde_json::Value;

use super::Authority;
use crate::activitystreams::{self as wire, NotTaken};
use crate::community::remote::WireError;
use crate::domain::kinds::ActorKind;
use crate::store::actors::ActorRow;
use crate::store::{Tx, activities, hosts};

/// What stands first in the queue for that server is what it means, as the others wait for that. It is given up, and the rest goes on.
pub(super) fn not_taken(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    refused: &NotTaken,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let (Authority::Signed { .. }, Some(host), ActorKind::Application) =
        (authority, actor.host_id, actor.kind)
    else {
        return Err(WireError::refused("only a server refuses what it was sent"));
    };
    let first = activities::due(tx.conn, host, 1, 1)?.into_iter().next();
    let Some(first) = first.filter(|first| is_meant(&first.json, refused)) else {
        // Late: it was given up already. Kept as refused, it would keep out the next of this id.
        return Ok(());
    };
    tracing::warn!(host = actor.host, kind = refused.kind, object = %refused.object, "delivery refused");
    activities::done(tx.conn, host, first.activity_id, first.inbox_id)?;
    let reason = format!("{} was refused", refused.kind);
    Ok(hosts::note_refusal(tx.conn, host, &reason)?)
}

fn is_meant(sent: &str, refused: &NotTaken) -> bool {
    let Ok(sent) = wire::parse_json(sent.as_bytes()) else {
        return false;
    };
    let named = |value: &Value| {
        let id = value.as_str().or_else(|| value["id"].as_str());
        id.and_then(|id| wire::parse_url(id).ok())
    };
    sent["type"] == refused.kind.as_str()
        && named(&sent["actor"]).as_ref() == Some(&refused.actor)
        && named(&sent["object"]).as_ref() == Some(&refused.object)
}
