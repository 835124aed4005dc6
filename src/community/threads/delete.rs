//! An author takes a thread back, or brings it back: a tombstone stands in its place.

use crate::activitystreams as wire;
use crate::community::bans::may_bring_back;
use crate::community::groups::sharing;
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell_in_each, undone, url};
use crate::community::{CommunityError, Missing, text};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::rules::{Act, authorship};
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, groups, people};

pub fn delete(tx: &mut Tx<'_>, author: ActorId, post: PostId) -> Result<(), CommunityError> {
    own(tx, author, post, true)
}

pub fn restore(tx: &mut Tx<'_>, author: ActorId, post: PostId) -> Result<(), CommunityError> {
    own(tx, author, post, false)
}

fn own(
    tx: &mut Tx<'_>,
    author: ActorId,
    post: PostId,
    deleted: bool,
) -> Result<(), CommunityError> {
    let row = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    let author = actors::get(tx.conn, author)?;
    set_deleted(tx, &author, &row, deleted, Via::Here)
}

/// A deletion by the author, or its undoing, from any door.
pub(crate) fn set_deleted(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    row: &PostRow,
    deleted: bool,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    authorship(author.id, row.author_id).may(Act::ChangeOwn)?;
    let group = actors::get(tx.conn, row.group_id)?;
    if row.deleted != deleted {
        if !deleted {
            may_bring_back(tx, author, &group)?;
        }
        posts::set_deleted(tx.conn, row, deleted)?;
        if !row.removed {
            count(tx, row, if deleted { -1 } else { 1 })?;
            sharing::follow_suit(tx, row, deleted)?;
        }
    } else if group.local || !matches!(via, Via::Wire(_)) {
        return Ok(());
    }
    // Else its group elsewhere told us before its author did, for whom ours tell of it.
    let (me, there, object) = (url(&author.ap_id)?, url(&group.ap_id)?, url(&row.ap_id)?);
    let also_to = if author.local {
        text::holders_elsewhere(tx, row.id, None, &[row.body_markdown.as_ref()])?
    } else {
        Vec::new()
    };
    let about = format!("delete {object}");
    let undone = undone(tx, "delete", &about)?;
    tell_in_each(
        tx,
        row.id,
        &Action {
            actor: author,
            group: &group,
            via,
            verb: if deleted { "delete" } else { "undo" },
            activity: &|id| {
                if deleted {
                    wire::delete(id, &me, &object, Some(&there), None)
                } else {
                    let delete = wire::delete(&undone, &me, &object, Some(&there), None);
                    wire::undo(id, &me, delete)
                }
            },
            about: Some(about.as_str()).filter(|_| deleted),
            // Who is at home elsewhere tells our group alone: it takes its boost back.
            for_microblogs: match (author.local, deleted) {
                (true, _) => ForMicroblogs::AuthorsActivity,
                (false, _) if row.removed => ForMicroblogs::Nothing,
                (false, true) => ForMicroblogs::Unboost(&object),
                (false, false) => ForMicroblogs::Boost(&object),
            },
            also_to: &also_to,
        },
    )?;
    Ok(())
}

/// Takes a thread away, or puts it back, with what is counted.
pub(crate) fn hide(tx: &mut Tx<'_>, row: &PostRow, removed: bool) -> Result<(), StoreError> {
    posts::set_removed(tx.conn, row, removed)?;
    if row.deleted {
        return Ok(());
    }
    sharing::follow_suit(tx, row, removed)?;
    count(tx, row, if removed { -1 } else { 1 })
}

/// Hidden threads are counted nowhere.
fn count(tx: &mut Tx<'_>, row: &PostRow, by: i64) -> Result<(), StoreError> {
    groups::count_posts(tx.conn, row.group_id, by, None)?;
    people::count_posts(tx.conn, row.author_id, by)
}
