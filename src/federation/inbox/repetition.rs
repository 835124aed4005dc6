//! What tells an activity from another: its id, but for servers that give several the same. Reads alone.

use url::Url;

use super::apply::{VOTE_UNDER_ONE_ID, has_boosted, has_voted};
use crate::activitystreams::{Activity, Thing, Undone, Verb};
use crate::domain::house::host_of;
use crate::federation::signatures::digest_header;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, comments, follows, intake, posts, reports};

/// PeerTube names a deletion by what is deleted, though that may be at home anywhere: the owner of a video takes
/// away comments of others. Such an id is no proof of anything; here it is known by who deletes what.
pub(super) fn deletion_named_by_its_object(activity: &Activity, id: &Url) -> Option<Url> {
    let Verb::Delete { object, .. } = &activity.verb else {
        return None;
    };
    let by_its_object = id.as_str() == format!("{object}/delete");
    if !by_its_object || host_of(id) == host_of(&activity.actor) {
        return None;
    }
    let mut named = activity.actor.clone();
    named.set_fragment(Some(&format!("delete/{object}")));
    Some(named)
}

/// They give what makes a thing, and all edits of it, one id.
const EDIT_UNDER_ONE_ID: &[&str] = &["gotosocial", "mobilizon"];

/// What tells an activity from all others: its id, and of an edit under the id of something that came before
/// what it says as well.
pub(super) fn known_as(
    tx: &mut Tx<'_>,
    software: Option<&str>,
    activity: &Activity,
    id: &Url,
    body: &[u8],
) -> Result<String, StoreError> {
    let id = id.to_string();
    let Verb::Update { object } = &activity.verb else {
        return Ok(id);
    };
    let by_its_text = match software {
        Some(name) if EDIT_UNDER_ONE_ID.contains(&name) => true,
        _ => match intake::body_of(tx.conn, &id)? {
            None => false,
            // Applied, it has no text any more, but what it said stands.
            Some(before) => before.as_bytes() != body && is_newer(tx, object)?,
        },
    };
    Ok(match by_its_text {
        true => format!("{id}#{}", digest_header(body)),
        false => id,
    })
}

/// Whether an edit says that it is later than what stands here, if anything does.
fn is_newer(tx: &mut Tx<'_>, object: &Thing) -> Result<bool, StoreError> {
    let Thing::Content(content) = object else {
        return Ok(false);
    };
    let Some(updated) = content.updated else {
        return Ok(false);
    };
    let edited = match posts::by_ap_id(tx.conn, &content.id)? {
        Some(post) => post.edited,
        None => comments::by_ap_id(tx.conn, &content.id)?.and_then(|comment| comment.edited),
    };
    Ok(edited < Some(updated))
}

/// They give all follows of one by another the same id, and some all undoings of those.
const SAME_ID_AGAIN: &[&str] = &[
    "nodebb",
    "pixelfed",
    "peertube",
    "misskey",
    "sharkey",
    "firefish",
    "iceshrimp",
    "cherrypick",
    "foundkey",
];

/// Whether a follow, vote, boost, report or refusal, or its undoing, from such a server is another one than that
/// which came under its id.
pub(super) fn is_known_by_its_id_alone(
    tx: &mut Tx<'_>,
    software: Option<&str>,
    sender: &ActorRow,
    activity: &Activity,
) -> Result<bool, StoreError> {
    let is_one_of = |names: &[&str]| software.is_some_and(|name| names.contains(&name));
    let (act, begins) = match &activity.verb {
        Verb::Undo {
            activity: Undone::Activity(inner),
            ..
        } => (&inner.verb, false),
        act => (act, true),
    };
    let stands = match act {
        Verb::Follow { object } if is_one_of(SAME_ID_AGAIN) => {
            let Some(group) = actors::by_ap_id(tx.conn, object)? else {
                return Ok(false);
            };
            follows::find(tx.conn, sender.id, group.id)?.is_some()
        }
        // Two that are refused may have one id, and what waits tells which is meant.
        Verb::NotTaken(_) => return Ok(true),
        Verb::Like { .. } | Verb::Dislike { .. } if is_one_of(VOTE_UNDER_ONE_ID) => {
            has_voted(tx, sender, act)?
        }
        Verb::Announce { object } if is_one_of(VOTE_UNDER_ONE_ID) => {
            has_boosted(tx, sender, object)?
        }
        Verb::Flag { .. } if begins && is_one_of(VOTE_UNDER_ONE_ID) => {
            let made = match &activity.id {
                Some(id) => reports::of_activity(tx.conn, id)?,
                None => Vec::new(),
            };
            made.iter().any(|report| !report.resolved)
        }
        _ => return Ok(false),
    };
    Ok(stands != begins)
}
