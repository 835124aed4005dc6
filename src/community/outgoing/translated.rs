//! Polls and events as those who follow a group of ours can take them: as what they are, or as a page that
//! tells in words what else it is.

use serde_json::Value;
use url::Url;

use super::{Action, Via, followers_url, is_outsized, record, send_to, url};
use crate::activitystreams as wire;
use crate::community::polls;
use crate::community::special::event_out;
use crate::domain::ids::{ActivityId, ActorId};
use crate::domain::kinds::Visibility;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, activities, events, groups, hosts, posts};

/// The activity about a poll as what it is, for those who know polls. PieFed fails at one without a name or
/// an end.
pub(super) fn as_a_poll(
    action: &Action<'_>,
    authored: Option<&(ActivityId, Value)>,
) -> Result<Option<Value>, StoreError> {
    let native = match (authored, action.via, action.for_microblogs.native()) {
        (Some((_, activity)), _, Some(build)) => {
            Some(build(&url(activity["id"].as_str().unwrap_or_default())?))
        }
        (None, Via::Wire(received), _) => Some(received.clone()),
        _ => None,
    };
    Ok(native.filter(|activity| {
        let object = &activity["object"];
        object["type"] == "Question" && object["name"].is_string() && object["endTime"].is_string()
    }))
}

/// What came from its author, as followers that understand announced activities can take it: Lemmy refuses
/// a poll, Mbin and NodeBB an event, so these go as pages that tell in words what else they are.
pub(super) fn for_groups(tx: &mut Tx<'_>, received: &Value) -> Result<Value, StoreError> {
    let object = &received["object"];
    if object["type"] != "Question" && object["type"] != "Event" {
        return Ok(received.clone());
    }
    let id = object["id"].as_str().and_then(|id| id.parse::<Url>().ok());
    let post = match id {
        Some(id) => posts::by_ap_id(tx.conn, &id)?,
        None => None,
    };
    let Some(post) = post else {
        return Ok(received.clone());
    };
    if let Some(poll) = polls::as_told(tx, post.id)? {
        let page = url(&post.url)?;
        return Ok(wire::translated(received, &post.title, &poll, &page));
    }
    Ok(match events::get(tx.conn, post.id)? {
        Some(event) => wire::translated_event(received, &post.title, &event_out(&event)),
        None => received.clone(),
    })
}

/// Announces how a poll from elsewhere stands to those of a group of ours that know polls; microblogs look
/// for themselves.
pub(crate) fn pass_results_on(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    group: &ActorRow,
    via: Via<'_>,
) -> Result<(), StoreError> {
    match via {
        Via::Wire(received) if !author.local => {
            tell_of_poll(tx, group, received, polls::KNOW_POLLS)
        }
        _ => Ok(()),
    }
}

/// Passes what somebody elsewhere chose in a poll from elsewhere on to the server of its author, which may hear
/// of it by the group alone; and to nobody else.
pub(crate) fn pass_choice_on(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    author: ActorId,
    received: &Value,
) -> Result<(), StoreError> {
    let author = actors::get(tx.conn, author)?;
    let counts = hosts::runs_one_of(tx.conn, author.host_id, polls::CHOOSE_BY_GROUP)?;
    if !group.local || author.local || counts != Some(true) || is_outsized(received) {
        return Ok(());
    }
    let (there, to) = (url(&group.ap_id)?, url(&author.ap_id)?);
    send_to(tx, group.id, author.id, "announce", |id| {
        wire::forward(id, &there, &[to], received.clone())
    })
}

fn tell_of_poll(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    received: &Value,
    software: &[&str],
) -> Result<(), StoreError> {
    if !group.local || !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    if groups::visibility(tx.conn, group.id)? != Visibility::Public || is_outsized(received) {
        return Ok(());
    }
    let (there, followers, now) = (url(&group.ap_id)?, followers_url(group)?, Some(tx.now));
    let (announced, _) = record(tx, group.id, "announce", |id| {
        wire::announce(id, &there, &followers, received.clone(), now)
    })?;
    activities::queue_for_followers_running(tx.conn, announced, group.id, software)?;
    Ok(())
}
