//! Following and leaving groups: members of ours anywhere, and people elsewhere our groups.

use serde_json::Value;
use url::Url;

use super::sharing;
use crate::activitystreams as wire;
use crate::community::bans::may_come;
use crate::community::hosts::must_be_within_reach;
use crate::community::outgoing::{send_to, url};
use crate::community::{CommunityError, Denied, Missing, notices};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, FollowState, NoticeKind, Visibility};
use crate::domain::time::MINUTE;
use crate::store::actors::{self, ActorRow};
use crate::store::follows::{self, FollowRow};
use crate::store::{StoreError, Tx, bans, conversations, groups, moves, shares};

/// A member follows a group. Elsewhere, the group has yet to accept.
pub fn follow(
    tx: &mut Tx<'_>,
    person: ActorId,
    group: ActorId,
) -> Result<FollowState, CommunityError> {
    let follower = actors::get(tx.conn, person)?;
    let target = group_row(tx, group)?;
    if target.local {
        may_come(tx, &follower, &target)?;
    } else if follower.suspended || follower.deleted {
        // A group elsewhere judges itself: it may have lifted a ban that is still known here.
        return Err(Denied::Suspended.into());
    }
    must_be_within_reach(tx, &follower, &target)?;
    if let Some(row) = follows::find(tx.conn, person, group)?
        && row.state == FollowState::Accepted
    {
        return Ok(FollowState::Accepted);
    }
    if target.local {
        let state = state_at_first(tx, &follower, &target)?;
        let id = tx.house.address.activity("follow", tx.next_id());
        add(tx, &follower, &target, state, &id)?;
        return Ok(state);
    }
    ask_there(tx, &follower, &target)?;
    Ok(FollowState::Pending)
}

/// Sends the Follow of a group elsewhere, which answers.
pub(super) fn ask_there(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
) -> Result<(), StoreError> {
    let (me, there) = (url(&follower.ap_id)?, url(&target.ap_id)?);
    let mut follow_id = None;
    send_to(tx, follower.id, target.id, "follow", |id| {
        follow_id = Some(id.clone());
        wire::follow(id, &me, &there)
    })?;
    let follow_id = follow_id.unwrap_or(me);
    add(tx, follower, target, FollowState::Pending, &follow_id)?;
    groups::want_backfill(tx.conn, target.id)?;
    tx.wake_errands();
    Ok(())
}

/// Into a private group a moderator lets people; those who look after it need nobody's leave.
fn state_at_first(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
) -> Result<FollowState, CommunityError> {
    match groups::visibility(tx.conn, target.id)? {
        Visibility::Public => Ok(FollowState::Accepted),
        Visibility::LocalOnly if follower.local => Ok(FollowState::Accepted),
        Visibility::LocalOnly => Err(Missing::Group.into()),
        Visibility::Private => {
            let role = actors::role(tx.conn, target.id, follower.id)?;
            Ok(if role.is_some() {
                FollowState::Accepted
            } else {
                FollowState::Pending
            })
        }
    }
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

pub(super) fn add(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    state: FollowState,
    activity: &Url,
) -> Result<(), StoreError> {
    let known = follows::find(tx.conn, follower.id, target.id)?;
    go_on(tx, follower, target, known.as_ref(), state, activity)
}

/// [`add`], for who has read what there is and acts on it: no longer if it has changed since.
pub(super) fn go_on(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    known: Option<&FollowRow>,
    state: FollowState,
    activity: &Url,
) -> Result<(), StoreError> {
    match known {
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
        Some(row) => follows::set_state(tx.conn, row, state, activity.as_str())?,
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

pub(super) fn end(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    row: &FollowRow,
) -> Result<(), StoreError> {
    follows::delete(tx.conn, row)?;
    if row.state == FollowState::Accepted {
        groups::count_followers(tx.conn, target.id, -1, follower.local)?;
    }
    Ok(())
}

/// Somebody elsewhere follows a group of ours: accepted at once, and again each time they ask, unless
/// they are banned from it. A group waits until it is let in, and so does everybody where the group is
/// private.
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
    if follower.kind == ActorKind::Group {
        return sharing::asked(tx, follower, &target, activity, follow);
    }
    let known = follows::find(tx.conn, follower.id, target.id)?;
    let state = match &known {
        Some(row) if row.state == FollowState::Accepted => FollowState::Accepted,
        _ => state_at_first(tx, follower, &target)?,
    };
    go_on(tx, follower, &target, known.as_ref(), state, activity)?;
    // Who they were before is no follower beside them.
    for origin in moves::origins(tx.conn, follower.id)? {
        let before = actors::get(tx.conn, origin)?;
        remote_unfollow(tx, &before, &target)?;
    }
    match state {
        FollowState::Accepted => Ok(accept(tx, follower, &target, follow)?),
        FollowState::Pending => Ok(()),
    }
}

/// Tells a follower elsewhere that they are let in.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    group: &ActorRow,
    follow: Value,
) -> Result<(), StoreError> {
    let me = url(&group.ap_id)?;
    send_to(tx, group.id, follower.id, "accept", |id| {
        wire::accept(id, &me, follow)
    })
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
    if follower.kind == ActorKind::Group && row.state != FollowState::Accepted {
        shares::set_source(tx.conn, follower.id, group.id, true, tx.now)?;
    }
    let let_in = FollowState::Accepted;
    go_on(tx, follower, group, Some(&row), let_in, &activity)?;
    // Where everybody is let in, the answer comes at once and is no news.
    if row.state == FollowState::Pending
        && groups::visibility(tx.conn, group.id)? == Visibility::Private
    {
        notices::tell_of_entry(tx, follower, group.id, NoticeKind::LetIn)?;
    }
    groups::want_backfill(tx.conn, group.id)?;
    // It counts its followers itself: how many they are with us among them, another look tells.
    conversations::want_refresh(tx.conn, group.id, tx.now.plus(10 * MINUTE))?;
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
    if follower.kind == ActorKind::Group {
        shares::end_source(tx.conn, follower.id, group.id)?;
    }
    notices::tell_of_entry(tx, follower, group.id, notices::ended(row.state))?;
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
