//! Moving (FEP-7628): a person or a group goes on under another address, once both addresses say so.
//!
//! Followers of a group here are led after it. A role does not move with a person: whoever got hold of
//! an old account would keep it under a name that its owner cannot reach, so a coordinator decides.

use url::Url;

use super::groups::{follow, sharing, standing, unfollow};
use super::outgoing::{followers_url, record, url};
use super::remote::{Doc, Docs, WireError, take_in_actor};
use super::{CommunityError, Denied, Missing, accounts, describe, notices};
use crate::activitystreams::{self as wire, ActorDoc, Thing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Dialect, NoticeKind};
use crate::domain::rules::Act;
use crate::domain::time::DAY;
use crate::store::actors::{self, ActorRow};
use crate::store::moves::{self, ALIASES_MAX, MoveRow};
use crate::store::{StoreError, Tx, activities};

/// Nobody moves on before so long.
const REST: i64 = 30 * DAY;
/// So many followers are led after a group at a time.
const AT_ONCE: i64 = 50;

/// One of ours, for who may speak for it: oneself, or who coordinates the group.
fn spoken_for(tx: &mut Tx<'_>, by: ActorId, actor: ActorId) -> Result<ActorRow, CommunityError> {
    let row = match actors::get(tx.conn, actor) {
        Err(StoreError::NotFound) => return Err(Missing::Person.into()),
        other => other?,
    };
    if !row.local || row.deleted {
        return Err(Missing::Person.into());
    }
    match row.kind {
        ActorKind::Group => {
            standing(tx, by, actor)?.may(Act::MoveGroup)?;
        }
        _ if by != actor => return Err(Denied::NotAuthor.into()),
        _ => {}
    }
    if row.suspended || actors::is_suspended(tx.conn, by)? {
        return Err(Denied::Suspended.into());
    }
    Ok(row)
}

fn wrong(message: &str) -> CommunityError {
    CommunityError::invalid("target", message)
}

/// People move to people, groups to groups.
fn same_kind(one: ActorKind, other: ActorKind) -> bool {
    (one == ActorKind::Group) == (other == ActorKind::Group)
        && one != ActorKind::Application
        && other != ActorKind::Application
}

/// Says that one of ours is who `alias` was, so that it can be moved to from there.
pub fn add_alias(
    tx: &mut Tx<'_>,
    by: ActorId,
    actor: ActorId,
    alias: ActorId,
) -> Result<(), CommunityError> {
    let row = spoken_for(tx, by, actor)?;
    let other = actors::get(tx.conn, alias)?;
    let refusal = |message: &str| Err(CommunityError::invalid("alias", message));
    if other.id == row.id {
        return refusal("This is the very same address.");
    }
    if !same_kind(row.kind, other.kind) {
        return refusal("A person moves to a person, and a group to a group.");
    }
    let known = moves::aliases_of(tx.conn, actor)?;
    if known.contains(&other.ap_id) {
        return Ok(());
    }
    if known.len() as i64 >= ALIASES_MAX {
        return refusal("These are as many addresses as can be named.");
    }
    moves::add_alias(tx.conn, actor, &other.ap_id, tx.now)?;
    Ok(tell_of_change(tx, &row)?)
}

pub fn remove_alias(
    tx: &mut Tx<'_>,
    by: ActorId,
    actor: ActorId,
    alias: &str,
) -> Result<(), CommunityError> {
    let row = spoken_for(tx, by, actor)?;
    moves::remove_alias(tx.conn, actor, alias)?;
    Ok(tell_of_change(tx, &row)?)
}

/// One of ours goes to `target`, which has to name it as an address of its own; `docs` must have what
/// stands there now.
pub fn leave(
    tx: &mut Tx<'_>,
    by: ActorId,
    actor: ActorId,
    target: &Url,
    docs: &Docs,
) -> Result<Result<(), CommunityError>, WireError> {
    let row = match spoken_for(tx, by, actor) {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(last) = moves::last(tx.conn, actor)?
        && tx.now.since(last.moved) < REST
    {
        return Ok(Err(wrong(
            "It is less than 30 days since the last move: please wait.",
        )));
    }
    let there = match arrival(tx, &row, target, docs) {
        Ok(there) => there,
        Err(WireError::Refused(reason)) => return Ok(Err(wrong(&reason))),
        Err(other) => return Err(other),
    };
    moves::set(
        tx.conn,
        &MoveRow {
            actor_id: row.id,
            target_id: there.id,
            moved: tx.now,
            followers_wait: row.kind == ActorKind::Group,
            returned: false,
        },
    )?;
    tell_of_change(tx, &row)?;
    tell_of_move(tx, &row, &there)?;
    tx.wake_errands();
    Ok(Ok(()))
}

/// Where `old` moves to, if that says so too.
fn arrival(
    tx: &mut Tx<'_>,
    old: &ActorRow,
    target: &Url,
    docs: &Docs,
) -> Result<ActorRow, WireError> {
    if target.as_str() == old.ap_id {
        return Err(WireError::refused("This is the very same address."));
    }
    let unlike = || WireError::refused("A person moves to a person, and a group to a group.");
    let silent = || {
        WireError::refused(format!(
            "{target} does not name {} as one of its addresses yet. Add it there first.",
            old.ap_id
        ))
    };
    if tx.house.address.owns(target) {
        let row = actors::by_ap_id(tx.conn, target)?
            .filter(|row| !row.deleted)
            .ok_or_else(|| WireError::refused("There is nobody at this address."))?;
        if !same_kind(old.kind, row.kind) {
            return Err(unlike());
        }
        if !moves::aliases_of(tx.conn, row.id)?.contains(&old.ap_id) {
            return Err(silent());
        }
        return Ok(row);
    }
    let doc = as_it_is(target, docs)?;
    if !same_kind(old.kind, doc.kind) {
        return Err(unlike());
    }
    if !doc
        .also_known_as
        .iter()
        .any(|url| url.as_str() == old.ap_id)
    {
        return Err(silent());
    }
    take_in_actor(tx, doc)
}

/// The actor as its server describes it today.
fn as_it_is<'d>(id: &Url, docs: &'d Docs) -> Result<&'d ActorDoc, WireError> {
    match docs.get(id) {
        None => Err(WireError::Need(id.clone())),
        Some(Doc::Found(Thing::Actor(doc))) if doc.id == *id => Ok(doc),
        Some(Doc::Failed(why)) => Err(WireError::refused(format!("{id}: {why}"))),
        Some(_) => Err(WireError::refused("There is nobody at this address.")),
    }
}

/// One of ours is back where it was. Who followed it elsewhere stays there.
pub fn come_back(tx: &mut Tx<'_>, by: ActorId, actor: ActorId) -> Result<(), CommunityError> {
    let row = spoken_for(tx, by, actor)?;
    if moves::find(tx.conn, actor)?.is_none() {
        return Ok(());
    }
    moves::end(tx.conn, actor)?;
    Ok(tell_of_change(tx, &row)?)
}

/// The document with the addresses that are new in it.
fn tell_of_change(tx: &mut Tx<'_>, row: &ActorRow) -> Result<(), StoreError> {
    // Without a key there is nobody yet who has seen this actor.
    if row.public_key_pem.is_none() {
        return Ok(());
    }
    let me = url(&row.ap_id)?;
    let document = describe::actor(tx, row)?;
    let (update, _) = record(tx, row.id, "update", |id| wire::update(id, &me, document))?;
    queue(tx, row, update)
}

fn tell_of_move(tx: &mut Tx<'_>, row: &ActorRow, there: &ActorRow) -> Result<(), StoreError> {
    if row.public_key_pem.is_none() {
        return Ok(());
    }
    let (me, target, followers) = (url(&row.ap_id)?, url(&there.ap_id)?, followers_url(row)?);
    let (moving, _) = record(tx, row.id, "move", |id| {
        wire::move_to(id, &me, &target, &followers)
    })?;
    queue(tx, row, moving)
}

fn queue(
    tx: &mut Tx<'_>,
    row: &ActorRow,
    activity: crate::domain::ids::ActivityId,
) -> Result<(), StoreError> {
    if row.kind == ActorKind::Group {
        activities::queue_for_followers(tx.conn, activity, row.id, Dialect::ALL)?;
        return Ok(());
    }
    accounts::queue_for_acquaintances(tx, row.id, activity)
}

/// Somebody elsewhere, who says so themselves, moved: both addresses are looked at.
pub(crate) fn moved(
    tx: &mut Tx<'_>,
    old: &ActorRow,
    target: &Url,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Some(last) = moves::last(tx.conn, old.id)? {
        let there = actors::get(tx.conn, last.target_id)?;
        if there.ap_id == target.as_str() && !last.returned {
            return Ok(());
        }
        if tx.now.since(last.moved) < REST {
            return Err(WireError::refused("it moved less than 30 days ago"));
        }
    }
    let id = url(&old.ap_id)?;
    let document = as_it_is(&id, docs)?;
    if document.moved_to.as_ref() != Some(target) {
        return Err(WireError::refused(
            "the old address does not say that it moved there",
        ));
    }
    let there = arrival(tx, old, target, docs)?;
    take_in_actor(tx, document)?;
    let is_group = old.kind == ActorKind::Group;
    moves::set(
        tx.conn,
        &MoveRow {
            actor_id: old.id,
            target_id: there.id,
            moved: tx.now,
            followers_wait: is_group,
            returned: false,
        },
    )?;
    if is_group {
        tx.wake_errands();
        return Ok(());
    }
    for group in actors::moderated_by(tx.conn, old.id)? {
        if group.local {
            notices::tell_coordinators(tx, group.id, NoticeKind::ModeratorMoved, old.id)?;
        }
    }
    Ok(())
}

/// Leads some of the followers here after a group that moved. False when none is left of any.
pub fn lead_some(tx: &mut Tx<'_>) -> Result<bool, CommunityError> {
    let Some(moving) = moves::to_lead(tx.conn, 1)?.pop() else {
        return Ok(false);
    };
    let followers = moves::local_followers(tx.conn, moving.actor_id, AT_ONCE)?;
    if followers.is_empty() {
        moves::all_led(tx.conn, moving.actor_id)?;
    }
    for follower in followers {
        let (old, new) = (moving.actor_id, moving.target_id);
        if follower.kind == ActorKind::Group {
            sharing::move_along(tx, follower.id, old, new)?;
            notices::tell_coordinators(tx, follower.id, NoticeKind::GroupMoved, old)?;
            continue;
        }
        match follow(tx, follower.id, new) {
            // Who may not follow it is told all the same.
            Ok(_) | Err(CommunityError::Denied(_) | CommunityError::Missing(_)) => {}
            Err(other) => return Err(other),
        }
        unfollow(tx, follower.id, old)?;
        notices::raise(tx, follower.id, NoticeKind::GroupMoved, old, new)?;
    }
    Ok(true)
}
