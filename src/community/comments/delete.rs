//! Taking comments back (authors) or away (moderators), and bringing them back.

use crate::activitystreams as wire;
use crate::community::bans::may_bring_back;
use crate::community::groups::standing;
use crate::community::modlog::{self, Entry};
use crate::community::notifications::{Place, tell_author};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, undone, url};
use crate::community::{CommunityError, Missing, reports, text};
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::kinds::{LoggedAct, ReportKind};
use crate::domain::limits::Reason;
use crate::domain::rules::{Act, authorship};
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow};
use crate::store::{StoreError, Tx, bans, groups, people, posts, purge, standing_acts};

pub fn delete(tx: &mut Tx<'_>, author: ActorId, comment: CommentId) -> Result<(), CommunityError> {
    own(tx, author, comment, true)
}

pub fn restore(tx: &mut Tx<'_>, author: ActorId, comment: CommentId) -> Result<(), CommunityError> {
    own(tx, author, comment, false)
}

fn own(
    tx: &mut Tx<'_>,
    author: ActorId,
    comment: CommentId,
    deleted: bool,
) -> Result<(), CommunityError> {
    let row = comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?;
    let author = actors::get(tx.conn, author)?;
    set_deleted(tx, &author, &row, deleted, Via::Here)
}

pub fn remove(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    comment: CommentId,
    removed: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?;
    let reach = standing(tx, moderator, row.group_id)?.may(Act::Remove)?;
    let moderator = actors::get(tx.conn, moderator)?;
    set_removed(tx, &moderator, &row, removed, reason, reach.into())
}

/// A deletion by the author, or its undoing, from any door.
pub(crate) fn set_deleted(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    row: &CommentRow,
    deleted: bool,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    authorship(author.id, row.author_id).may(Act::ChangeOwn)?;
    if row.deleted == deleted {
        return Ok(());
    }
    if !deleted {
        let group = actors::get(tx.conn, row.group_id)?;
        may_bring_back(tx, author, &group)?;
    }
    comments::set_deleted(tx.conn, row, deleted)?;
    if !row.removed {
        count(tx, row, if deleted { -1 } else { 1 })?;
    }
    Ok(tell_of(tx, author, row, deleted, None, via)?)
}

/// A removal by a moderator, or its undoing; the caller has checked that they may.
pub(crate) fn set_removed(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &CommentRow,
    removed: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if row.removed == removed {
        return Ok(());
    }
    if !removed && purge::is_purged(tx.conn, row.id.0)? {
        return Err(Missing::Comment.into());
    }
    hide(tx, row, removed)?;
    bans::forget_removal(tx.conn, row.id.0)?;
    let entry = Entry::new(moderator.id, LoggedAct::RemoveComment, removed);
    modlog::note(tx, entry.comment(row).because(reason))?;
    if removed {
        reports::settle(tx, moderator, ReportKind::Comment, row.id.0)?;
        let place = Place::comment(row.post_id, row.id);
        tell_author(tx, moderator, row.author_id, place)?;
    } else {
        standing_acts::end(tx.conn, &format!("remove {}", row.ap_id))?;
    }
    let reason = Some(reason.map_or("", Reason::as_str));
    Ok(tell_of(tx, moderator, row, removed, reason, via)?)
}

/// Takes a comment away, or puts it back, with what is counted.
pub(crate) fn hide(tx: &mut Tx<'_>, row: &CommentRow, removed: bool) -> Result<(), StoreError> {
    comments::set_removed(tx.conn, row, removed)?;
    if row.deleted {
        return Ok(());
    }
    count(tx, row, if removed { -1 } else { 1 })
}

/// Hidden comments are counted nowhere. Groups come before people, as wherever both are counted: two at
/// once that took the rows in different orders would wait for each other.
fn count(tx: &mut Tx<'_>, row: &CommentRow, by: i64) -> Result<(), StoreError> {
    comments::count_below(tx.conn, &row.ancestors(), by)?;
    posts::count_comment(tx.conn, row.post_id, row.group_id, by, None)?;
    groups::count_comments(tx.conn, row.group_id, by, None)?;
    people::count_comments(tx.conn, row.author_id, by)
}

/// `reason` is there, if only empty, when a moderator acts: Lemmy tells removals by it.
fn tell_of(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    row: &CommentRow,
    gone: bool,
    reason: Option<&str>,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let Some(post) = posts::find(tx.conn, row.post_id)? else {
        return Ok(());
    };
    let group = actors::get(tx.conn, post.group_id)?;
    let (me, there, object) = (url(&actor.ap_id)?, url(&group.ap_id)?, url(&row.ap_id)?);
    let about = format!("delete {object}");
    let undone = undone(tx, "delete", &about)?;
    let answered = match row.parent_id {
        Some(id) => comments::find(tx.conn, id)?.map(|parent| parent.author_id),
        None => Some(post.author_id),
    };
    // A deletion is told to whoever got the comment; a removal is the group's affair.
    let mut also_to: Vec<ActorId> = Vec::new();
    if reason.is_none() && actor.local {
        also_to.extend(answered);
        let texts = [row.body_markdown.as_ref()];
        also_to.extend(text::holders_elsewhere(tx, post.id, Some(row.id), &texts)?);
    }
    tell(
        tx,
        &Action {
            actor,
            group: &group,
            via,
            verb: if gone { "delete" } else { "undo" },
            activity: &|id| {
                let delete = |id| wire::delete(id, &me, &object, Some(&there), reason);
                if gone {
                    delete(id)
                } else {
                    wire::undo(id, &me, delete(&undone))
                }
            },
            about: Some(about.as_str()).filter(|_| gone),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &also_to,
        },
    )
}
