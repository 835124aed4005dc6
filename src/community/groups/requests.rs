//! Who is let into a private group, turned away, or taken out of any group of ours; members are told so.

use super::edit::open_group;
use super::follow::{accept, end, go_on};
use super::standing;
use crate::activitystreams as wire;
use crate::community::outgoing::{send_to, url};
use crate::community::{CommunityError, Denied, Missing, notices};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, FollowState, NoticeKind, Visibility};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorBrief, ActorRow};
use crate::store::follows::{self, FollowRow};
use crate::store::{StoreError, Tx, hosts};

/// They know of no private groups elsewhere, and show everybody what they are told.
const SHOWS_ALL: &[&str] = &["piefed"];

/// Whether what is said in a private group would be for everybody at somebody's server.
pub fn is_shown_to_all_by(tx: &mut Tx<'_>, person: &ActorBrief) -> Result<bool, StoreError> {
    Ok(hosts::runs_one_of(tx.conn, person.host_id, SHOWS_ALL)? == Some(true))
}

fn local_group(tx: &mut Tx<'_>, group: ActorId) -> Result<ActorRow, CommunityError> {
    let row = open_group(tx, group)?;
    if row.local {
        Ok(row)
    } else {
        Err(Denied::RemoteGroup.into())
    }
}

/// Somebody who asked is let in.
pub fn let_in(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
) -> Result<(), CommunityError> {
    let target = local_group(tx, group)?;
    standing(tx, by, group)?.may(Act::LetIn)?;
    let row = asked(tx, group, person)?;
    let follower = actors::get(tx.conn, person)?;
    if follower.kind == ActorKind::Group {
        return Err(Missing::Request.into());
    }
    Ok(admit(tx, &follower, &target, &row)?)
}

/// Somebody who asked is not let in, or who was in is taken out. Whoever looks after the group stays
/// able to read it.
pub fn turn_away(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
) -> Result<(), CommunityError> {
    let target = local_group(tx, group)?;
    standing(tx, by, group)?.may(Act::LetIn)?;
    let row = follows::find(tx.conn, person, group)?.ok_or(Missing::Person)?;
    let follower = actors::get(tx.conn, person)?;
    // Groups that share threads are a matter of who coordinates.
    if follower.kind == ActorKind::Group {
        return Err(Missing::Person.into());
    }
    end(tx, &follower, &target, &row)?;
    if follower.local {
        let kind = notices::ended(row.state);
        return Ok(notices::tell_of_entry(tx, &follower, group, kind)?);
    }
    Ok(reject(tx, &target, &row, &follower.ap_id)?)
}

/// Tells who follows from elsewhere, or asked to, that they do not.
pub(super) fn reject(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    row: &FollowRow,
    follower: &str,
) -> Result<(), StoreError> {
    let (me, there) = (url(&group.ap_id)?, url(follower)?);
    let follow = wire::follow(&url(&row.activity_ap_id)?, &there, &me);
    send_to(tx, group.id, row.follower_id, "reject", |id| {
        wire::reject(id, &me, follow)
    })
}

/// A group that is open from now on takes in all the people for whom it is open and who had asked.
pub(super) fn open(
    tx: &mut Tx<'_>,
    target: &ActorRow,
    visibility: Visibility,
) -> Result<(), StoreError> {
    for row in follows::waiting(tx.conn, target.id, None, usize::MAX >> 1)?.items {
        let follower = actors::get(tx.conn, row.follower_id)?;
        // Groups that ask to share threads are let in by a coordinator alone.
        let person = follower.kind != ActorKind::Group;
        if person && (follower.local || visibility == Visibility::Public) {
            admit(tx, &follower, target, &row)?;
        }
    }
    Ok(())
}

fn asked(tx: &mut Tx<'_>, group: ActorId, person: ActorId) -> Result<FollowRow, CommunityError> {
    let row = follows::find(tx.conn, person, group)?;
    let row = row.filter(|row| row.state == FollowState::Pending);
    Ok(row.ok_or(Missing::Request)?)
}

fn admit(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    row: &FollowRow,
) -> Result<(), StoreError> {
    let asked_with = url(&row.activity_ap_id)?;
    let let_in = FollowState::Accepted;
    go_on(tx, follower, target, Some(row), let_in, &asked_with)?;
    if follower.local {
        return notices::tell_of_entry(tx, follower, target.id, NoticeKind::LetIn);
    }
    let (me, there) = (url(&target.ap_id)?, url(&follower.ap_id)?);
    let follow = wire::follow(&asked_with, &there, &me);
    accept(tx, follower, target, follow)
}
