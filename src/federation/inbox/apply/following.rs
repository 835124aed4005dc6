//! Follow, and the answers to it.

use serde_json::Value;
use url::Url;

use super::Authority;
use super::acts::is_theirs;
use crate::activitystreams::{Activity, FollowRef};
use crate::community::groups;
use crate::community::remote::WireError;
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::{Tx, follows, tombstones};

/// Only the one who signs may follow, leave, or let somebody in.
fn signed(authority: Authority<'_>) -> Result<&Value, WireError> {
    match authority {
        Authority::Signed { raw } => Ok(raw),
        Authority::Announced { .. } => Err(WireError::refused(
            "a group does not follow for its members",
        )),
    }
}

pub(super) fn follow(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    activity: &Activity,
    object: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let raw = signed(authority)?;
    let target = local(tx, object)?;
    if let Some(id) = &activity.id
        && tombstones::exists(tx.conn, id)?
    {
        // Undone before it came. Some servers give the next one the same id.
        return Ok(tombstones::forget(tx.conn, id)?);
    }
    let follow = raw.clone();
    if target.kind != ActorKind::Group {
        return Ok(groups::refuse_follow(tx, &target, actor, follow)?);
    }
    let id = activity.id.as_ref().unwrap_or(object);
    Ok(groups::remote_follow(tx, actor, target.id, id, follow)?)
}

pub(super) fn unfollow(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: Option<&Url>,
    object: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    signed(authority)?;
    let target = local(tx, object)?;
    if let Some(id) = id.filter(|id| is_theirs(actor, id))
        && follows::find(tx.conn, actor.id, target.id)?.is_none()
    {
        tombstones::remember(tx.conn, id, tx.now)?;
    }
    Ok(groups::remote_unfollow(tx, actor, &target)?)
}

/// An Undo that only names what it undoes: we know follows by their activity. False where it is none.
pub(super) fn undo_by_id(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: &Url,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    match follows::by_activity(tx.conn, id.as_str())? {
        Some(row) if row.follower_id == actor.id => {
            signed(authority)?;
            let target = actors::get(tx.conn, row.target_id)?;
            groups::remote_unfollow(tx, actor, &target)?;
            Ok(true)
        }
        Some(_) => Err(WireError::refused("it undoes what another did")),
        None => Ok(false),
    }
}

/// An Undo that only names something that we do not know: it may be on its way yet.
pub(super) fn undo_unknown(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    signed(authority)?;
    if !is_theirs(actor, id) {
        return Err(WireError::refused("what it undoes is not known here"));
    }
    Ok(tombstones::remember(tx.conn, id, tx.now)?)
}

/// Accept or Reject of a Follow that a member of ours sent.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    follow: &FollowRef,
    accepted: bool,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    signed(authority)?;
    if follow
        .object
        .as_ref()
        .is_some_and(|object| object.as_str() != group.ap_id)
    {
        return Err(WireError::refused("it answers for another"));
    }
    let follower = match (&follow.actor, &follow.id) {
        (Some(actor), _) => actors::by_ap_id(tx.conn, actor)?,
        (None, Some(id)) => match follows::by_activity(tx.conn, id.as_str())? {
            Some(row) if row.target_id == group.id => Some(actors::get(tx.conn, row.follower_id)?),
            _ => None,
        },
        (None, None) => None,
    };
    let unknown = || WireError::refused("nobody here sent that Follow");
    let follower = follower.filter(|row| row.local).ok_or_else(unknown)?;
    let known = if accepted {
        groups::accepted(tx, &follower, group)?
    } else {
        groups::rejected(tx, &follower, group)?
    };
    if known { Ok(()) } else { Err(unknown()) }
}

fn local(tx: &mut Tx<'_>, id: &Url) -> Result<ActorRow, WireError> {
    actors::by_ap_id(tx.conn, id)?
        .filter(|row| row.local && !row.deleted)
        .ok_or_else(|| WireError::refused(format!("there is no {id} here")))
}
