//! What goes with a ban, and comes back with its end.

use crate::community::modlog::{self, Entry};
use crate::community::{comments as use_comments, threads};
use crate::domain::ids::ActorId;
use crate::domain::kinds::LoggedAct;
use crate::domain::limits::Reason;
use crate::domain::paging::Cursor;
use crate::store::actors::ActorRow;
use crate::store::{StoreError, Tx, bans, comments, posts};

/// Removes what `person` wrote: in `group`, or everywhere here. Others learn of it by the ban itself.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    place: ActorId,
    group: Option<ActorId>,
    person: ActorId,
    reason: Option<&Reason>,
) -> Result<(), StoreError> {
    let all = usize::MAX >> 2;
    for post in posts::standing_by(tx.conn, person, Cursor::BEGINNING, all)?.items {
        if group.is_some_and(|group| group != post.group_id) {
            continue;
        }
        threads::hide(tx, &post, true)?;
        bans::note_removal(tx.conn, place, person, post.id.0)?;
        let entry = Entry::new(by.id, LoggedAct::RemovePost, true);
        modlog::note(tx, entry.post(&post).because(reason))?;
    }
    for comment in comments::standing_by(tx.conn, person, Cursor::BEGINNING, all)?.items {
        let Some(post) = posts::find(tx.conn, comment.post_id)? else {
            continue;
        };
        if group.is_some_and(|group| group != post.group_id) {
            continue;
        }
        use_comments::hide(tx, &comment, true)?;
        bans::note_removal(tx.conn, place, person, comment.id.0)?;
        let entry = Entry::new(by.id, LoggedAct::RemoveComment, true);
        modlog::note(tx, entry.comment(&comment, &post).because(reason))?;
    }
    Ok(())
}

/// Puts back what went with the ban and is still removed.
pub(super) fn restore(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    place: ActorId,
    person: ActorId,
    reason: Option<&Reason>,
) -> Result<(), StoreError> {
    for (post, comment) in bans::take_removals(tx.conn, place, person)? {
        if let Some(post) = posts::find(tx.conn, post)? {
            if post.removed {
                threads::hide(tx, &post, false)?;
                let entry = Entry::new(by.id, LoggedAct::RemovePost, false);
                modlog::note(tx, entry.post(&post).because(reason))?;
            }
        } else if let Some(comment) = comments::find(tx.conn, comment)?
            && comment.removed
            && let Some(post) = posts::find(tx.conn, comment.post_id)?
        {
            use_comments::hide(tx, &comment, false)?;
            let entry = Entry::new(by.id, LoggedAct::RemoveComment, false);
            modlog::note(tx, entry.comment(&comment, &post).because(reason))?;
        }
    }
    Ok(())
}
