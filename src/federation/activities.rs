//! What our actors said, by its id: for those it was told to, as far as they may read it by now.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;
use url::Url;

use super::Federation;
use super::asker::Asker;
use super::documents::{Answer, Document, here};
use crate::activitystreams as wire;
use crate::community::{describe, followers_url};
use crate::domain::ids::PostId;
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;
use crate::store::activities::ActivityRow;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::Audience;
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, activities, audience, comments, posts, private_messages};

/// What is told by name is told to few.
const RECIPIENTS: usize = 50;

pub(super) async fn activity(
    State(federation): State<Federation>,
    Path((verb, id)): Path<(String, String)>,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        if let Some(post) = id.strip_suffix(OUTBOX_MARK) {
            return outbox_item(tx, audience, &verb, post);
        }
        let ap_id = tx.house.address.activity(&verb, &id);
        let row = activities::by_ap_id(tx.conn, &ap_id)?.ok_or(StoreError::NotFound)?;
        let mut value: Value =
            serde_json::from_str(&row.json).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        as_of_today(tx, &mut value, row.created)?;
        if !is_told_to(tx, audience, &row, &value)? || !is_for(tx, audience, &value)? {
            return Ok(Document::Nowhere);
        }
        match hidden_object(tx, &value)? {
            Some(id) => Ok(Document::Gone(wire::tombstone(&id, None))),
            None => Ok(Document::Here(value)),
        }
    };
    asker.answer(&federation, read).await
}

/// Whether an activity was told to them: to everybody, to the followers of an actor or group, of whom
/// [`is_for`] knows who they are, or by name to somebody of the server that asks. Whom our members follow
/// and leave, what they chose in a poll, reports and warnings are for nobody but who is named.
fn is_told_to(
    tx: &mut Tx<'_>,
    audience: Audience,
    row: &ActivityRow,
    activity: &Value,
) -> Result<bool, StoreError> {
    let told = wire::read_addressing(activity);
    let recipients: Vec<&Url> = told.to.iter().chain(&told.cc).collect();
    if recipients.is_empty() {
        // Votes alone name nobody: they concern whoever reads the group.
        return Ok(is_vote(activity));
    }
    if told.is_public() {
        return Ok(true);
    }
    let mut told_on_by = vec![actors::get(tx.conn, row.actor_id)?];
    for group in told.audience.iter().take(RECIPIENTS) {
        told_on_by.extend(actors::by_ap_id(tx.conn, group)?);
    }
    for actor in &told_on_by {
        if recipients.contains(&&followers_url(actor)?) {
            return Ok(true);
        }
    }
    let Audience::Host(host) = audience else {
        return Ok(false);
    };
    for id in recipients.into_iter().take(RECIPIENTS) {
        if actors::by_ap_id(tx.conn, id)?.is_some_and(|row| row.host_id == Some(host)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_vote(activity: &Value) -> bool {
    let done = match activity["type"].as_str() {
        Some("Undo") => &activity["object"],
        _ => activity,
    };
    matches!(done["type"].as_str(), Some("Like" | "Dislike"))
}

/// Whether what an activity says is for them: it names no group and nothing of a group that they
/// may not read, and is no word between two people.
fn is_for(tx: &mut Tx<'_>, audience: Audience, activity: &Value) -> Result<bool, StoreError> {
    let mut next = Some(activity);
    while let Some(said) = next {
        for id in [
            &said["id"],
            &said["actor"],
            &said["object"],
            &said["audience"],
        ] {
            let Some(id) = id.as_str().and_then(|id| id.parse::<Url>().ok()) else {
                continue;
            };
            let group = if let Some(post) = posts::by_ap_id(tx.conn, &id)? {
                Some(post.group_id)
            } else if let Some(comment) = comments::by_ap_id(tx.conn, &id)? {
                Some(comment.group_id)
            } else if private_messages::by_ap_id(tx.conn, &id)?.is_some() {
                return Ok(false);
            } else {
                let actor = actors::by_ap_id(tx.conn, &id)?;
                actor
                    .filter(|row| row.kind == ActorKind::Group)
                    .map(|row| row.id)
            };
            if let Some(group) = group
                && !audience::may_read(tx.conn, audience, group)?
            {
                return Ok(false);
            }
        }
        next = Some(&said["object"]).filter(|object| object.is_object());
    }
    Ok(true)
}

/// Puts what a thread, comment or profile says today in the place of what it said before, if an activity
/// told then carries it whole: what was taken out must not live on in it.
fn as_of_today(tx: &mut Tx<'_>, activity: &mut Value, told: Timestamp) -> Result<(), StoreError> {
    let mut carried = activity;
    while carried["object"].is_object() {
        carried = &mut carried["object"];
    }
    let Some(id) = carried["id"].as_str().and_then(|id| id.parse::<Url>().ok()) else {
        return Ok(());
    };
    let since = |changed: Option<Timestamp>| changed.is_some_and(|changed| changed > told);
    if let Some(post) = posts::by_ap_id(tx.conn, &id)? {
        if since(post.edited) {
            *carried = describe::stored_post(tx, &post)?;
        }
    } else if let Some(comment) = comments::by_ap_id(tx.conn, &id)? {
        if since(comment.edited) {
            *carried = describe::stored_comment(tx, &comment)?;
        }
    } else if let Some(actor) = actors::by_ap_id(tx.conn, &id)?
        && actor.local
        && since(actor.updated)
    {
        *carried = describe::actor(tx, &actor)?;
    }
    Ok(())
}

/// The thread or comment of ours that an activity carries whole, if it is deleted or removed by now:
/// its text must not live on in what was once said about it.
fn hidden_object(tx: &mut Tx<'_>, activity: &Value) -> Result<Option<Url>, StoreError> {
    let mut carried = activity;
    while carried["object"].is_object() {
        carried = &carried["object"];
    }
    let Some(id) = carried["id"].as_str().and_then(|id| id.parse::<Url>().ok()) else {
        return Ok(None);
    };
    let hidden = match posts::by_ap_id(tx.conn, &id)? {
        Some(post) => post.is_hidden(),
        None => comments::by_ap_id(tx.conn, &id)?.is_some_and(|comment| comment.is_hidden()),
    };
    Ok(Some(id).filter(|_| hidden))
}

/// Activities in an outbox are told again from what stands; their ids end in this.
const OUTBOX_MARK: &str = "-outbox";

fn outbox_item(tx: &mut Tx<'_>, audience: Audience, verb: &str, post: &str) -> Answer {
    let id = post.parse::<PostId>().map_err(|_| StoreError::NotFound)?;
    let row = audience::post(tx.conn, audience, id)?.ok_or(StoreError::NotFound)?;
    if row.is_hidden() {
        return Ok(Document::Gone(wire::tombstone(&here(&row.ap_id)?, None)));
    }
    match verb {
        "create" if row.local => Ok(Document::Here(create_of(tx, &row)?)),
        "announce" => {
            let group = actors::get(tx.conn, row.group_id)?;
            if group.local && !group.deleted {
                Ok(Document::Here(announce_of(tx, &group, &row)?))
            } else {
                Ok(Document::Nowhere)
            }
        }
        _ => Ok(Document::Nowhere),
    }
}

pub(super) fn announce_of(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    post: &PostRow,
) -> Result<Value, StoreError> {
    let (id, followers) = (here(&group.ap_id)?, followers_url(group)?);
    let create = create_of(tx, post)?;
    let announce = tx
        .house
        .address
        .activity("announce", format!("{}{OUTBOX_MARK}", post.id));
    let announce = wire::announce(&announce, &id, &followers, create, Some(post.published));
    describe::addressed(tx, group, announce)
}

pub(super) fn create_of(tx: &mut Tx<'_>, row: &PostRow) -> Result<Value, StoreError> {
    let author = here(&actors::get(tx.conn, row.author_id)?.ap_id)?;
    let page = describe::stored_post(tx, row)?;
    let id = if row.local {
        tx.house
            .address
            .activity("create", format!("{}{OUTBOX_MARK}", row.id))
    } else {
        // An activity's id is of its actor's host.
        here(&format!("{}#create", row.ap_id))?
    };
    Ok(wire::create(&id, &author, page))
}
