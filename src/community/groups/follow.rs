//! Following and leaving groups: members of ours anywhere, and people elsewhere our groups.

use serde_json::Value;
use url::Url;

use crate::activitystreams as wire;
use crate::community::bans::may_take_part;
use crate::community::outgoing::{send_to, url};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, FollowState};
use crate::store::actors::{self, ActorRow};
use crate::store::follows::{self, FollowRow};
use crate::store::{StoreError, Tx, bans, conversations, groups};

/// A member follows a group. Elsewhere, the group has yet to accept.
pub fn follow(
    tx: &mut Tx<'_>,
    person: ActorId,
    group: ActorId,
) -> Result<FollowState, CommunityError> {
    let follower = actors::get(tx.conn, person)?;
    let target = group_row(tx, group)?;
    if follower.suspended || follower.deleted {
        return Err(Denied::Suspended.into());
    }
    // A group elsewhere knows best whether a ban still holds: it is asked.
    if target.local {
        may_take_part(tx, &follower, &target)?;
    }
    if let Some(row) = follows::find(tx.conn, person, group)?
        && row.state == FollowState::Accepted
    {
        return Ok(FollowState::Accepted);
    }
    if target.local {
        let id = tx.house.address.activity("follow", tx.next_id());
        add(tx, &follower, &target, FollowState::Accepted, &id)?;
        return Ok(FollowState::Accepted);
    }
    let (me, there) = (url(&follower.ap_id)?, url(&target.ap_id)?);
    let mut follow_id = None;
    send_to(tx, person, group, "follow", |id| {
        follow_id = Some(id.clone());
        wire::follow(id, &me, &there)
    })?;
    let follow_id = follow_id.unwrap_or(me);
    add(tx, &follower, &target, FollowState::Pending, &follow_id)?;
    groups::want_backfill(tx.conn, group)?;
    tx.wake_errands();
    Ok(FollowState::Pending)
}

fn group_row(tx: &mut Tx<'_>, group: ActorId) -> Result<ActorRow, CommunityError> {
    let row = match actors::get(tx.conn, group) {
        Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        other => other?,
    };
    if row.kind != ActorKind::Group || row.deleted || row.suspended {
        return Err(Missing::Group.into());
    }
    Ok(row)
}

fn add(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    state: FollowState,
    activity: &Url,
) -> Result<(), StoreError> {
    let known = follows::find(tx.conn, follower.id, target.id)?;
    match &known {
        None => follows::insert(
            tx.conn,
            &FollowRow {
                follower_id: follower.id,
                target_id: target.id,
                state,
                activity_ap_id: activity.to_string(),
                created: tx.now,
            },
        )?,
        Some(_) => {
            follows::set_state(tx.conn, follower.id, target.id, state, activity.as_str())?;
        }
    }
    let counted = known.is_some_and(|row| row.state == FollowState::Accepted);
    if state == FollowState::Accepted && !counted {
        groups::count_followers(tx.conn, target.id, 1, follower.local)?;
    }
    Ok(())
}

/// A member leaves a group.
pub fn unfollow(tx: &mut Tx<'_>, person: ActorId, group: ActorId) -> Result<(), CommunityError> {
    let Some(row) = follows::find(tx.conn, person, group)? else {
        return Ok(());
    };
    let follower = actors::get(tx.conn, person)?;
    let target = actors::get(tx.conn, group)?;
    end(tx, &follower, &target, &row)?;
    if !target.local {
        let (me, there) = (url(&follower.ap_id)?, url(&target.ap_id)?);
        let follow_id = url(&row.activity_ap_id)?;
        send_to(tx, person, group, "undo", |id| {
            wire::undo(id, &me, wire::follow(&follow_id, &me, &there))
        })?;
    }
    Ok(())
}

fn end(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    row: &FollowRow,
) -> Result<(), StoreError> {
    let ended = follows::delete(tx.conn, follower.id, target.id)?;
    if row.state == FollowState::Accepted && ended == 1 {
        groups::count_followers(tx.conn, target.id, -1, follower.local)?;
    }
    Ok(())
}

/// Somebody elsewhere follows a group of ours: accepted at once, and again each time they ask, unless
/// they are banned from it.
pub(crate) fn remote_follow(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    group: ActorId,
    activity: &Url,
    follow: Value,
) -> Result<(), CommunityError> {
    let target = group_row(tx, group)?;
    if !target.local {
        return Err(Denied::RemoteGroup.into());
    }
    if bans::holds(tx.conn, target.id, follower.id, tx.now)? {
        return refuse_follow(tx, &target, follower, follow);
    }
    add(tx, follower, &target, FollowState::Accepted, activity)?;
    let me = url(&target.ap_id)?;
    send_to(tx, target.id, follower.id, "accept", |id| {
        wire::accept(id, &me, follow)
    })?;
    Ok(())
}

/// People are not followed here, groups are, by those who are not banned from them: others are told so.
pub(crate) fn refuse_follow(
    tx: &mut Tx<'_>,
    target: &ActorRow,
    follower: &ActorRow,
    follow: Value,
) -> Result<(), CommunityError> {
    let me = url(&target.ap_id)?;
    send_to(tx, target.id, follower.id, "reject", |id| {
        wire::reject(id, &me, follow)
    })?;
    Ok(())
}

/// A group elsewhere took in a member of ours.
pub(crate) fn accepted(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    group: &ActorRow,
) -> Result<bool, StoreError> {
    let Some(row) = follows::find(tx.conn, follower.id, group.id)? else {
        return Ok(false);
    };
    let activity = url(&row.activity_ap_id)?;
    add(tx, follower, group, FollowState::Accepted, &activity)?;
    groups::want_backfill(tx.conn, group.id)?;
    // Whether its own count had us in it already when we read it, only another look tells.
    conversations::want_refresh(tx.conn, group.id, tx.now)?;
    tx.wake_errands();
    Ok(true)
}

/// A group elsewhere would not have a member of ours, or would no longer.
pub(crate) fn rejected(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    group: &ActorRow,
) -> Result<bool, StoreError> {
    let Some(row) = follows::find(tx.conn, follower.id, group.id)? else {
        return Ok(false);
    };
    end(tx, follower, group, &row)?;
    Ok(true)
}

/// Somebody elsewhere left a group of ours.
pub(crate) fn remote_unfollow(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    group: &ActorRow,
) -> Result<(), StoreError> {
    if let Some(row) = follows::find(tx.conn, follower.id, group.id)? {
        end(tx, follower, group, &row)?;
    }
    Ok(())
}
