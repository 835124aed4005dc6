//! What a server hands on that somebody else said. PeerTube sends what came to it about its films, as it came
//! and signed by the server itself, to the followers of its channels. The channel could announce the same
//! (FEP-1b12): so it counts as announced by it, and for no more. What lives on another server is read there,
//! and votes and deletions concern that channel's own threads.

use serde_json::{Value, json};
use url::Url;

use crate::activitystreams::{Activity, Undone, Verb};
use crate::community::remote::{Entry, WireError, find_content};
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, follows};

/// What becomes of an activity that another than its actor signed.
pub(super) enum HandedOn {
    /// It is taken as if this group announced it.
    By(Box<ActorRow>),
    /// Its server hands on more than means something here, and need not send that again.
    ForNothing,
    /// Whoever signed it has no say in it.
    Unsigned,
}

/// What becomes of what `signer` signed and did not do.
pub(super) fn handed_on(
    tx: &mut Tx<'_>,
    signer: &ActorRow,
    activity: &Activity,
) -> Result<HandedOn, StoreError> {
    // The server itself speaks for its groups; one of its people does not.
    if signer.kind != ActorKind::Application {
        return Ok(HandedOn::Unsigned);
    }
    let Some(subject) = subject(activity) else {
        return Ok(HandedOn::ForNothing);
    };
    let group = match find_content(tx, subject) {
        Ok(Some(Entry::Post(post))) => post.group_id,
        Ok(Some(Entry::Comment(comment))) => comment.group_id,
        Err(WireError::Store(error)) => return Err(error),
        Ok(None) | Err(_) => return Ok(HandedOn::ForNothing),
    };
    let group = actors::get(tx.conn, group)?;
    if group.local || group.host_id != signer.host_id {
        return Ok(HandedOn::Unsigned);
    }
    Ok(if follows::has_local_follower(tx.conn, group.id)? {
        HandedOn::By(Box::new(group))
    } else {
        HandedOn::ForNothing
    })
}

/// What in a thread it is about, if it is an answer, a vote, a deletion, or takes a vote back.
fn subject(activity: &Activity) -> Option<&Url> {
    match &activity.verb {
        Verb::Create { object } => object.in_reply_to.as_ref(),
        Verb::Undo {
            activity: Undone::Activity(inner),
            ..
        } => match &inner.verb {
            Verb::Like { object } | Verb::Dislike { object } => Some(object),
            _ => None,
        },
        Verb::Like { object } | Verb::Dislike { object } | Verb::Delete { object, .. } => {
            Some(object)
        }
        _ => None,
    }
}

/// Under which it stands in the queue: whatever is handed on, the activity itself may yet come by itself, or by
/// another group.
pub(super) fn name(id: &Url, group: &ActorRow) -> String {
    format!("{id}#forwarded-by-{}", group.ap_id)
}

/// As a group would announce it.
pub(super) fn announcement(group: &ActorRow, activity: &Value) -> Value {
    json!({ "type": "Announce", "actor": group.ap_id, "object": activity })
}
