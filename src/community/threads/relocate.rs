//! A thread is put into another group, with all that answers it (FEP-f15d).
//!
//! It keeps its address and its author. Groups that are not for the same people exchange none.

use super::may_begin;
use crate::activitystreams::{self as wire, Form};
use crate::community::bans::may_take_part;
use crate::community::groups::standing;
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{
    Action, ForMicroblogs, Via, announce_share, take_back_share, tell, url,
};
use crate::community::{CommunityError, Denied, Missing, describe};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{ActorKind, LoggedAct, Visibility};
use crate::domain::limits::Reason;
use crate::domain::rules::{Act, Standing};
use crate::store::actors::{self, ActorBrief, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::shares::{self, SOURCES_MAX};
use crate::store::{StoreError, Tx, groups, hosts, moves};

/// So many groups that somebody follows are looked through for where a thread may go.
const CHOICE_MAX: i64 = 100;

/// Where threads of theirs move, if it is told to them.
const KNOW_MOVES: &[&str] = &["coppice", "piefed"];

/// For its author, or whoever moderates the group it is in; where they do not moderate the other, what
/// begins there decides.
pub fn relocate(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: PostId,
    target: ActorId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    may_take_out(tx, by, &row)?;
    let (by, home) = (
        actors::get(tx.conn, by)?,
        actors::get(tx.conn, row.group_id)?,
    );
    let target = match actors::get(tx.conn, target) {
        Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        other => other?,
    };
    let refusal = |message: &str| Err(CommunityError::invalid("group", message));
    if target.id == home.id {
        return refusal("The thread is in this group already.");
    }
    if target.host != home.host {
        return refusal("Threads move among the groups of one server.");
    }
    if !may_put_in(tx, &by, &row, &target)? {
        return refusal("Choose a group that you moderate as well.");
    }
    relocated(tx, &by, &row, &target, reason, Via::Here)
}

/// The groups of its server that somebody may move a thread to, by name.
pub fn destinations(
    tx: &mut Tx<'_>,
    by: ActorId,
    row: &PostRow,
) -> Result<Vec<ActorBrief>, CommunityError> {
    may_take_out(tx, by, row)?;
    let (by, home) = (
        actors::get(tx.conn, by)?,
        actors::get(tx.conn, row.group_id)?,
    );
    let author = actors::get(tx.conn, row.author_id)?;
    let mut near = actors::moderated_by(tx.conn, by.id)?;
    if by.id == author.id {
        near.extend(actors::followed_by(tx.conn, by.id, CHOICE_MAX)?);
    }
    near.retain(|group| group.host == home.host && group.id != home.id);
    near.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    near.dedup_by_key(|group| group.id);
    let mut fitting = Vec::new();
    for group in near {
        let target = actors::get(tx.conn, group.id)?;
        match fits(tx, &home, &target, &author) {
            Ok(()) if may_put_in(tx, &by, row, &target)? => fitting.push(group),
            Ok(()) | Err(CommunityError::Invalid { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(fitting)
}

fn may_take_out(tx: &mut Tx<'_>, by: ActorId, row: &PostRow) -> Result<(), CommunityError> {
    let home = actors::get(tx.conn, row.group_id)?;
    if !home.local && hosts::runs_one_of(tx.conn, home.host_id, KNOW_MOVES)? != Some(true) {
        return Err(Denied::RemoteGroup.into());
    }
    let standing = Standing {
        // What its moderators took away or closed they have the say in.
        author: by == row.author_id && !row.removed && !row.locked,
        ..standing(tx, by, row.group_id)?
    };
    standing.may(Act::MoveThread)?;
    Ok(())
}

/// Whether somebody may bring a thread into a group: one that they moderate, or their own into one where
/// they might have begun it.
pub(crate) fn may_put_in(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    row: &PostRow,
    target: &ActorRow,
) -> Result<bool, CommunityError> {
    if standing(tx, by.id, target.id)?.may(Act::MoveThread).is_ok() {
        return Ok(true);
    }
    Ok(by.id == row.author_id && may_begin(tx, by, target).is_ok())
}

/// From any door; the caller has checked that they may.
pub(crate) fn relocated(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    target: &ActorRow,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let home = actors::get(tx.conn, row.group_id)?;
    if home.id == target.id {
        return Ok(());
    }
    let author = actors::get(tx.conn, row.author_id)?;
    fits(tx, &home, target, &author)?;
    let shown_there = shares::find(tx.conn, target.id, row.id)?.is_some_and(|share| !share.removed);
    for group in shares::listing(tx.conn, row.id)? {
        if group == target.id || shares::has_source(tx.conn, group, target.id)? {
            continue;
        }
        if shares::sources(tx.conn, group)?.len() < SOURCES_MAX {
            shares::set_source(tx.conn, group, target.id, false, tx.now)?;
        } else {
            let sharer = actors::get(tx.conn, group)?;
            if sharer.local {
                take_back_share(tx, &sharer, &row.ap_id)?;
            }
            shares::delete(tx.conn, group, row.id)?;
        }
    }
    posts::set_group(tx.conn, row, target.id)?;
    count(tx, row, home.id, target.id)?;
    let entry = Entry::new(moderator.id, LoggedAct::MovePost, true);
    modlog::note(tx, entry.post(row).because(reason))?;
    tell_of(tx, moderator, row, [&home, target], via)?;
    let moved = PostRow {
        group_id: target.id,
        featured: false,
        ..row.clone()
    };
    show(tx, &moved, &author, target, shown_there)
}

/// Whether a thread of `home` may go to `target`.
fn fits(
    tx: &mut Tx<'_>,
    home: &ActorRow,
    target: &ActorRow,
    author: &ActorRow,
) -> Result<(), CommunityError> {
    let refusal = |message: &str| Err(CommunityError::invalid("group", message));
    if target.kind != ActorKind::Group || target.deleted || target.suspended {
        return refusal("There is no such group here.");
    }
    if target.local && moves::find(tx.conn, target.id)?.is_some() {
        return refusal("That group has moved to another address.");
    }
    let (from, to) = (
        groups::visibility(tx.conn, home.id)?,
        groups::visibility(tx.conn, target.id)?,
    );
    if from != to || from == Visibility::Private {
        return refusal("Threads go only to a group that is for the same people.");
    }
    // A group elsewhere has looked itself whether its author may write there.
    let ours_to_judge = target.local || author.local;
    if ours_to_judge && may_take_part(tx, author, target).is_err() {
        return refusal("The author of this thread may not write in that group.");
    }
    Ok(())
}

fn count(tx: &mut Tx<'_>, row: &PostRow, home: ActorId, target: ActorId) -> Result<(), StoreError> {
    let threads = if row.is_hidden() { 0 } else { 1 };
    // In one order, whichever way it goes: two at once would wait for each other.
    let mut both = [(home, -1), (target, 1)];
    both.sort();
    for (group, sign) in both {
        let lively = Some(row.last_activity).filter(|_| sign > 0);
        groups::count_posts(tx.conn, group, sign * threads, lively)?;
        groups::count_comments(tx.conn, group, sign * row.comment_count, lively)?;
    }
    Ok(())
}

/// Both groups tell their followers.
fn tell_of(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    [home, target]: [&ActorRow; 2],
    via: Via<'_>,
) -> Result<(), StoreError> {
    let (me, thread) = (url(&moderator.ap_id)?, url(&row.ap_id)?);
    let (from, to) = (url(&home.ap_id)?, url(&target.ap_id)?);
    for group in [home, target] {
        tell(
            tx,
            &Action {
                actor: moderator,
                group,
                via,
                verb: "move",
                activity: &|id| wire::move_thread(id, &me, &thread, &from, &to),
                about: None,
                for_microblogs: if group.id == home.id {
                    ForMicroblogs::Unboost(&thread)
                } else {
                    ForMicroblogs::Nothing
                },
                also_to: &[],
            },
        )?;
    }
    Ok(())
}

/// The followers of its new group may know of no such moves: they are told of the thread itself.
fn show(
    tx: &mut Tx<'_>,
    row: &PostRow,
    author: &ActorRow,
    target: &ActorRow,
    shown_there: bool,
) -> Result<(), CommunityError> {
    let told = groups::visibility(tx.conn, target.id)? == Visibility::Public;
    if row.is_hidden() || !target.local || !told {
        return Ok(());
    }
    if !shown_there {
        announce_share(tx, target, &row.ap_id)?;
    }
    if !author.local {
        return Ok(());
    }
    // Lemmy takes a thread's group from what its author says last.
    let me = url(&author.ap_id)?;
    let page = describe::post(tx, row, author, target, &[], Form::Page)?;
    let native = describe::post(tx, row, author, target, &[], Form::Native)?;
    Ok(tell(
        tx,
        &Action {
            actor: author,
            group: target,
            via: Via::Here,
            verb: "update",
            activity: &|id| wire::update(id, &me, page.clone()),
            about: None,
            // Who knows polls was told of what it is.
            for_microblogs: ForMicroblogs::Told(&|id| wire::update(id, &me, native.clone())),
            also_to: &[],
        },
    )?)
}
