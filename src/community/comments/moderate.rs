//! What moderators do with comments beside removing them: lock what hangs below, speak for the group.

use crate::activitystreams as wire;
use crate::community::describe;
use crate::community::groups::standing;
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, undone, url};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::kinds::LoggedAct;
use crate::domain::limits::Reason;
use crate::domain::rules::{Act, Standing};
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow};
use crate::store::{Tx, marks, standing_acts};

fn find(tx: &mut Tx<'_>, comment: CommentId) -> Result<CommentRow, CommunityError> {
    Ok(comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?)
}

/// Nobody can answer a locked comment, nor what hangs below it.
pub fn lock(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    comment: CommentId,
    locked: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = find(tx, comment)?;
    let reach = standing(tx, moderator, row.group_id)?.may(Act::Lock)?;
    let moderator = actors::get(tx.conn, moderator)?;
    set_locked(tx, &moderator, &row, locked, reason, reach.into())
}

/// A lock or its undoing from any door; the caller has checked that they may.
pub(crate) fn set_locked(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &CommentRow,
    locked: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if marks::locked_comments(tx.conn, &[row.id])?.contains(&row.id) == locked {
        return Ok(());
    }
    marks::lock_comment(tx.conn, row.id, locked, tx.now)?;
    let entry = Entry::new(moderator.id, LoggedAct::LockComment, locked);
    modlog::note(tx, entry.comment(row).because(reason))?;
    let group = actors::get(tx.conn, row.group_id)?;
    let (me, there, object) = (url(&moderator.ap_id)?, url(&group.ap_id)?, url(&row.ap_id)?);
    let about = format!("lock {object}");
    if !locked {
        standing_acts::end(tx.conn, &about)?;
    }
    let undone = undone(tx, "lock", &about)?;
    tell(
        tx,
        &Action {
            actor: moderator,
            group: &group,
            via,
            verb: if locked { "lock" } else { "undo" },
            activity: &|id| {
                if locked {
                    wire::lock(id, &me, &object, &there, reason.map(Reason::as_str))
                } else {
                    let lock = wire::lock(&undone, &me, &object, &there, None);
                    wire::undo_because(id, &me, lock, reason.map(Reason::as_str))
                }
            },
            about: Some(about.as_str()).filter(|_| locked),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )?;
    Ok(())
}

/// An author who moderates marks a comment as spoken for the group.
pub fn distinguish(
    tx: &mut Tx<'_>,
    author: ActorId,
    comment: CommentId,
    distinguished: bool,
) -> Result<(), CommunityError> {
    let row = find(tx, comment)?;
    let in_group = standing(tx, author, row.group_id)?;
    let theirs = Standing {
        author: author == row.author_id,
        ..in_group
    };
    theirs.may(Act::Distinguish)?;
    if row.distinguished == distinguished {
        return Ok(());
    }
    comments::set_distinguished(tx.conn, row.id, distinguished)?;
    let author = actors::get(tx.conn, author)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let row = comments::find(tx.conn, row.id)?.ok_or(Missing::Comment)?;
    let me = url(&author.ap_id)?;
    let note = describe::stored_comment(tx, &row)?;
    tell(
        tx,
        &Action {
            actor: &author,
            group: &group,
            via: Via::Here,
            verb: "update",
            activity: &|id| wire::update(id, &me, note.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )?;
    Ok(())
}
