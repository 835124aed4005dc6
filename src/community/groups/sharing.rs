//! Groups that share threads (FEP-d36d): a group of ours follows another, whose coordinator lets it in,
//! and the other's new threads stand in its list and are told on to its followers.
//!
//! Only a thread's own group is followed for it: what a group has from another it does not hand on to
//! groups (scenario 4 of the FEP). So there are no loops, however groups follow each other, and a thread
//! has one home, where its answers and votes go.

use serde_json::Value;
use url::Url;

use super::edit::open_group;
use super::requests::reject;
use super::{follow, standing};
use crate::activitystreams as wire;
use crate::community::outgoing::{announce_answer, announce_share, take_back_share, url};
use crate::community::{CommunityError, Denied, Missing, notices};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{ActorKind, FollowState, NoticeKind, Visibility};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::bans;
use crate::store::comments::CommentRow;
use crate::store::follows::{self, FollowRow};
use crate::store::posts::{self, PostRow};
use crate::store::shares::{self, SOURCES_MAX, ShareRow};
use crate::store::{StoreError, Tx, groups, hosts};

/// A group is asked for no more than it can look through.
const REQUESTS_MAX: usize = 100;

/// A group of ours, for who coordinates it.
fn coordinated(tx: &mut Tx<'_>, by: ActorId, group: ActorId) -> Result<ActorRow, CommunityError> {
    let row = open_group(tx, group)?;
    if !row.local {
        return Err(Denied::RemoteGroup.into());
    }
    standing(tx, by, group)?.may(Act::ShareThreads)?;
    Ok(row)
}

/// What is not for everybody is not handed on to another group.
fn is_open(tx: &mut Tx<'_>, group: &ActorRow) -> Result<(), CommunityError> {
    match groups::visibility(tx.conn, group.id)? {
        Visibility::Public => Ok(()),
        Visibility::LocalOnly | Visibility::Private => Err(Denied::NotShared.into()),
    }
}

/// There an actor that follows is a person: they leave the request of a group without an answer.
const FOLLOWED_BY_PEOPLE_ALONE: &[&str] = &["peertube", "ibis"];

fn is_for_people_alone(tx: &mut Tx<'_>, group: &ActorRow) -> Result<bool, StoreError> {
    let known = hosts::runs_one_of(tx.conn, group.host_id, FOLLOWED_BY_PEOPLE_ALONE)?;
    Ok(known == Some(true))
}

/// Asks that a group of ours may share the threads of another. Never answered by itself: who
/// coordinates the other group says yes or no.
pub fn ask(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    other: ActorId,
) -> Result<FollowState, CommunityError> {
    let row = coordinated(tx, by, group)?;
    let target = match open_group(tx, other) {
        Err(CommunityError::Missing(Missing::Group)) => {
            return Err(CommunityError::invalid("other", "This is not a group."));
        }
        found => found?,
    };
    if other == group {
        return Err(CommunityError::invalid(
            "other",
            "A group cannot share with itself.",
        ));
    }
    is_open(tx, &target)?;
    if is_for_people_alone(tx, &target)? {
        return Err(CommunityError::invalid(
            "other",
            "On its server only people can follow a group, and no other group.",
        ));
    }
    if !is_known_where(tx, group, &target)? {
        return Err(CommunityError::invalid(
            "other",
            "A group of this site alone is not known elsewhere, and can follow no group there.",
        ));
    }
    if let Some(known) = follows::find(tx.conn, group, other)? {
        return Ok(known.state);
    }
    if shares::sources(tx.conn, group)?.len() >= SOURCES_MAX
        || shares::followed(tx.conn, group)?.len() >= SOURCES_MAX
    {
        return Err(CommunityError::invalid(
            "other",
            format!("A group can share the threads of {SOURCES_MAX} others at most."),
        ));
    }
    if target.local {
        let id = tx.house.address.activity("follow", tx.next_id());
        follow::add(tx, &row, &target, FollowState::Pending, &id)?;
        tell_of_request(tx, &row, &target)?;
    } else {
        follow::ask_there(tx, &row, &target)?;
    }
    Ok(FollowState::Pending)
}

/// A group of this site alone does not name itself elsewhere.
fn is_known_where(tx: &mut Tx<'_>, group: ActorId, target: &ActorRow) -> Result<bool, StoreError> {
    Ok(target.local || groups::visibility(tx.conn, group)? != Visibility::LocalOnly)
}

fn tell_of_request(tx: &mut Tx<'_>, asking: &ActorRow, group: &ActorRow) -> Result<(), StoreError> {
    notices::tell_coordinators(tx, group.id, NoticeKind::GroupAsks, asking.id)
}

/// A group elsewhere asks; it waits for who coordinates ours. One that was let in before is told again.
pub(super) fn asked(
    tx: &mut Tx<'_>,
    asking: &ActorRow,
    group: &ActorRow,
    activity: &Url,
    follow: Value,
) -> Result<(), CommunityError> {
    is_open(tx, group)?;
    match follows::find(tx.conn, asking.id, group.id)? {
        Some(row) if row.state == FollowState::Accepted => {
            follow::add(tx, asking, group, FollowState::Accepted, activity)?;
            return Ok(follow::accept(tx, asking, group, follow)?);
        }
        None if shares::following(tx.conn, group.id, FollowState::Pending)?.len()
            >= REQUESTS_MAX =>
        {
            return Err(Denied::TooManyRequests.into());
        }
        _ => {}
    }
    follow::add(tx, asking, group, FollowState::Pending, activity)?;
    Ok(tell_of_request(tx, asking, group)?)
}

/// Whoever coordinates a group of ours lets another group share its threads, or does not, or no longer.
pub fn answer(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    asking: ActorId,
    welcome: bool,
) -> Result<(), CommunityError> {
    let target = coordinated(tx, by, group)?;
    let known = follows::find(tx.conn, asking, group)?.ok_or(Missing::Group)?;
    let follower = actors::get(tx.conn, asking)?;
    if follower.kind != ActorKind::Group {
        return Err(Missing::Group.into());
    }
    if !welcome {
        return Ok(part(tx, &follower, &target, &known)?);
    }
    let id = url(&known.activity_ap_id)?;
    let let_in = FollowState::Accepted;
    follow::go_on(tx, &follower, &target, Some(&known), let_in, &id)?;
    if follower.local {
        shares::set_source(tx.conn, asking, group, true, tx.now)?;
    } else {
        let (them, us) = (url(&follower.ap_id)?, url(&target.ap_id)?);
        follow::accept(tx, &follower, &target, wire::follow(&id, &them, &us))?;
    }
    Ok(())
}

/// A group that shares the threads of one of ours, or asked to, does not from now on.
pub(super) fn part(
    tx: &mut Tx<'_>,
    follower: &ActorRow,
    target: &ActorRow,
    row: &FollowRow,
) -> Result<(), StoreError> {
    follow::end(tx, follower, target, row)?;
    if follower.local {
        shares::end_source(tx.conn, follower.id, target.id)
    } else {
        reject(tx, target, row, &follower.ap_id)
    }
}

/// A group of ours shares the threads of another no longer; what it shared stays.
pub fn stop(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    other: ActorId,
) -> Result<(), CommunityError> {
    coordinated(tx, by, group)?;
    leave(tx, group, other)
}

pub(super) fn leave(tx: &mut Tx<'_>, group: ActorId, other: ActorId) -> Result<(), CommunityError> {
    shares::end_source(tx.conn, group, other)?;
    follow::unfollow(tx, group, other)
}

/// A group that one of ours shares threads of moved: the new one is asked likewise.
pub(crate) fn move_along(
    tx: &mut Tx<'_>,
    group: ActorId,
    old: ActorId,
    new: ActorId,
) -> Result<(), CommunityError> {
    leave(tx, group, old)?;
    if group == new || follows::find(tx.conn, group, new)?.is_some() {
        return Ok(());
    }
    let (asking, target) = (actors::get(tx.conn, group)?, actors::get(tx.conn, new)?);
    if !is_known_where(tx, group, &target)? {
        return Ok(());
    }
    if target.local {
        let id = tx.house.address.activity("follow", tx.next_id());
        follow::add(tx, &asking, &target, FollowState::Pending, &id)?;
        tell_of_request(tx, &asking, &target)?;
    } else {
        follow::ask_there(tx, &asking, &target)?;
    }
    Ok(())
}

/// Whether what stands in a group may be told of in others: it may have been for everybody when that
/// began, and be closed by now.
pub(crate) fn hands_on(tx: &mut Tx<'_>, home: ActorId) -> Result<bool, StoreError> {
    Ok(groups::visibility(tx.conn, home)? == Visibility::Public)
}

/// A new thread stands in its group: the groups of ours that follow that one share it. What is older
/// than their bond is past.
pub(crate) fn spread(tx: &mut Tx<'_>, home: &ActorRow, post: &PostRow) -> Result<(), StoreError> {
    if !hands_on(tx, home.id)? {
        return Ok(());
    }
    for (group, since) in shares::sharers(tx.conn, home.id)? {
        let banned = bans::holds(tx.conn, group.id, post.author_id, tx.now)?;
        if post.published < since || banned {
            continue;
        }
        let new = ShareRow {
            group_id: group.id,
            post_id: post.id,
            via_id: home.id,
            removed: false,
            created: tx.now,
        };
        if shares::insert_new(tx.conn, &new)? {
            groups::count_posts(tx.conn, group.id, 0, Some(post.published))?;
            announce_share(tx, &group, &post.ap_id)?;
        }
    }
    Ok(())
}

/// A thread that its author put into this group of ours as well: it stands in the list. Whether it is new
/// there.
pub(crate) fn put_also(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    post: &PostRow,
) -> Result<bool, StoreError> {
    if !shares::has_source(tx.conn, group.id, post.group_id)? {
        shares::set_source(tx.conn, group.id, post.group_id, false, tx.now)?;
    }
    let row = ShareRow {
        group_id: group.id,
        post_id: post.id,
        via_id: post.group_id,
        removed: false,
        created: tx.now,
    };
    let new = shares::insert_new(tx.conn, &row)?;
    if new {
        groups::count_posts(tx.conn, group.id, 0, Some(post.published))?;
    }
    Ok(new)
}

/// A new answer: it is told on to the followers of the groups that share its thread, who do not hear of
/// it from the thread's own group.
pub(crate) fn spread_answer(
    tx: &mut Tx<'_>,
    post: &PostRow,
    comment: &CommentRow,
) -> Result<(), StoreError> {
    let showing = shares::showing(tx.conn, post.id)?;
    if showing.is_empty() || !hands_on(tx, post.group_id)? {
        return Ok(());
    }
    for group in showing {
        announce_answer(tx, &group, &comment.ap_id)?;
    }
    Ok(())
}

/// A shared thread is gone, or back: what was boosted is taken back, whoever may read it by now, or
/// boosted again.
pub(crate) fn follow_suit(tx: &mut Tx<'_>, post: &PostRow, gone: bool) -> Result<(), StoreError> {
    let showing = shares::showing(tx.conn, post.id)?;
    if showing.is_empty() || !(gone || hands_on(tx, post.group_id)?) {
        return Ok(());
    }
    for group in showing {
        if gone {
            take_back_share(tx, &group, &post.ap_id)?;
        } else {
            announce_share(tx, &group, &post.ap_id)?;
        }
    }
    Ok(())
}

/// Whoever moderates a group of ours takes a shared thread out of its list, or lets it in again. In its
/// own group it stays as it is.
pub fn set_shown(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    post: PostId,
    shown: bool,
) -> Result<(), CommunityError> {
    let row = open_group(tx, group)?;
    if !row.local {
        return Err(Denied::RemoteGroup.into());
    }
    standing(tx, by, group)?.may(Act::Remove)?;
    let share = shares::find(tx.conn, group, post)?.ok_or(Missing::Post)?;
    if share.removed != shown {
        return Ok(());
    }
    let thread = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    shares::set_removed(tx.conn, group, post, !shown)?;
    if !shown {
        take_back_share(tx, &row, &thread.ap_id)?;
    } else if !thread.is_hidden() && hands_on(tx, thread.group_id)? {
        announce_share(tx, &row, &thread.ap_id)?;
    }
    Ok(())
}

/// A group elsewhere has a thread of another group in its list, or took it back.
pub(crate) fn shared_elsewhere(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    post: &PostRow,
    shown: bool,
) -> Result<(), StoreError> {
    if group.local || post.group_id == group.id {
        return Ok(());
    }
    if !shown {
        shares::delete(tx.conn, group.id, post.id)?;
        return Ok(());
    }
    // Whoever was let in and tells others of it does not open it to them.
    if !hands_on(tx, post.group_id)? {
        return Ok(());
    }
    if !shares::has_source(tx.conn, group.id, post.group_id)? {
        if shares::sources(tx.conn, group.id)?.len() >= SOURCES_MAX {
            return Ok(());
        }
        shares::set_source(tx.conn, group.id, post.group_id, false, tx.now)?;
    }
    let row = ShareRow {
        group_id: group.id,
        post_id: post.id,
        via_id: post.group_id,
        removed: false,
        created: tx.now,
    };
    if shares::insert_new(tx.conn, &row)? {
        groups::count_posts(tx.conn, group.id, 0, Some(post.published))?;
    }
    Ok(())
}
