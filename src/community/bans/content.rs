//! What goes with a ban, comes back with its end, or is purged: all that somebody wrote, here or in one
//! group. It goes in steps, so that no transaction grows with how much it is.

use crate::community::modlog::{self, Entry};
use crate::community::outgoing::goes_with_its_author;
use crate::community::{comments as use_comments, reports, threads, wipe};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{LoggedAct, ReportKind, SweepAct};
use crate::domain::limits::Reason;
use crate::domain::paging::Cursor;
use crate::store::actors::{self, ActorRow};
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;
use crate::store::sweeps::{self, SweepRow};
use crate::store::{StoreError, Tx, bans, comments, posts, site};

/// So many threads or comments in one step.
const STEP: usize = 100;

/// Who decided it about whom, where (a group, or the site's own actor for everywhere), and why.
pub(in crate::community) struct Sweep<'a> {
    pub act: SweepAct,
    pub by: &'a ActorRow,
    pub place: ActorId,
    pub person: ActorId,
    pub reason: Option<&'a Reason>,
}

/// Does the first of it; the rest follows. Others learn of it by the ban itself, or its end.
pub(in crate::community) fn begin(tx: &mut Tx<'_>, sweep: &Sweep<'_>) -> Result<(), StoreError> {
    let row = SweepRow {
        place_id: sweep.place,
        person_id: sweep.person,
        act: sweep.act,
        by_id: sweep.by.id,
        reason: sweep.reason.map(|reason| reason.as_str().to_owned()),
        on_comments: false,
        after_time: Cursor::BEGINNING.key,
        after_id: Cursor::BEGINNING.id,
        created: tx.now,
    };
    sweeps::begin(tx.conn, &row)?;
    // Most people wrote so little that nothing is left after this.
    for _ in 0..3 {
        if !step(tx, sweep.place, sweep.person)? {
            return Ok(());
        }
    }
    tx.wake_errands();
    Ok(())
}

/// One step of one that was begun; whether there was any.
pub fn sweep_some(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    match sweeps::next(tx.conn)? {
        Some((place, person)) => {
            step(tx, place, person)?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Whether something is left.
fn step(tx: &mut Tx<'_>, place: ActorId, person: ActorId) -> Result<bool, StoreError> {
    let Some(row) = sweeps::of(tx.conn, place, person)? else {
        return Ok(false);
    };
    let by = actors::get(tx.conn, row.by_id)?;
    let reason = row.reason.as_deref().and_then(Reason::cut);
    let sweep = Sweep {
        act: row.act,
        by: &by,
        place,
        person,
        reason: reason.as_ref(),
    };
    let left = if row.act == SweepAct::Restore {
        restore_some(tx, &sweep)?
    } else if row.on_comments {
        sweep.take_comments(tx, &row)?
    } else {
        sweep.take_posts(tx, &row)?
    };
    if !left {
        sweeps::done(tx.conn, place, person)?;
    }
    Ok(left)
}

impl Sweep<'_> {
    fn take_posts(&self, tx: &mut Tx<'_>, row: &SweepRow) -> Result<bool, StoreError> {
        let page = posts::written_by(tx.conn, self.person, row.after(), STEP)?;
        let everywhere = self.is_everywhere(tx)?;
        for post in &page.items {
            if !everywhere && post.group_id != self.place {
                continue;
            }
            self.take_post(tx, post)?;
            if self.act == SweepAct::Purge {
                wipe::post(tx, post.id)?;
            }
        }
        sweeps::go_on(tx.conn, row, page.next.is_none(), page.next)?;
        Ok(true)
    }

    fn take_comments(&self, tx: &mut Tx<'_>, row: &SweepRow) -> Result<bool, StoreError> {
        let page = comments::written_by(tx.conn, self.person, row.after(), STEP)?;
        let everywhere = self.is_everywhere(tx)?;
        for comment in &page.items {
            if !everywhere && comment.group_id != self.place {
                continue;
            }
            self.take_comment(tx, comment)?;
            if self.act == SweepAct::Purge {
                wipe::comment(tx, comment)?;
            }
        }
        sweeps::go_on(tx.conn, row, true, page.next)?;
        Ok(page.next.is_some())
    }

    fn is_everywhere(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        Ok(self.place == site::get(tx.conn)?.actor_id)
    }

    fn take_post(&self, tx: &mut Tx<'_>, post: &PostRow) -> Result<(), StoreError> {
        if !self.notes(tx, post.removed, post.id.0)? {
            return Ok(());
        }
        threads::hide(tx, post, true)?;
        goes_with_its_author(tx, post, true)?;
        reports::settle(tx, self.by, ReportKind::Post, post.id.0)?;
        let entry = Entry::new(self.by.id, LoggedAct::RemovePost, true);
        modlog::note(tx, entry.post(post).because(self.reason))
    }

    fn take_comment(&self, tx: &mut Tx<'_>, comment: &CommentRow) -> Result<(), StoreError> {
        if !self.notes(tx, comment.removed, comment.id.0)? {
            return Ok(());
        }
        use_comments::hide(tx, comment, true)?;
        reports::settle(tx, self.by, ReportKind::Comment, comment.id.0)?;
        let entry = Entry::new(self.by.id, LoggedAct::RemoveComment, true);
        modlog::note(tx, entry.comment(comment).because(self.reason))
    }

    /// Remembers that it goes with this ban, and whether it has to go yet. What another ban took is held
    /// by this one too; what somebody removed by itself does not come back with any ban's end.
    fn notes(&self, tx: &mut Tx<'_>, removed: bool, target: i64) -> Result<bool, StoreError> {
        if !removed || bans::is_removal(tx.conn, target)? {
            bans::note_removal(tx.conn, self.place, self.person, target)?;
        }
        Ok(!removed)
    }
}

/// Puts back what went with the ban, is still removed, and is held by no other ban. Whether something is
/// left.
fn restore_some(tx: &mut Tx<'_>, sweep: &Sweep<'_>) -> Result<bool, StoreError> {
    let taken = bans::take_removals(tx.conn, sweep.place, sweep.person, STEP)?;
    let left = taken.len() == STEP;
    for (post, comment) in taken {
        if bans::is_removal(tx.conn, post.0)? {
            continue;
        }
        if let Some(post) = posts::find(tx.conn, post)? {
            if post.removed {
                threads::hide(tx, &post, false)?;
                goes_with_its_author(tx, &post, false)?;
                let entry = Entry::new(sweep.by.id, LoggedAct::RemovePost, false);
                modlog::note(tx, entry.post(&post).because(sweep.reason))?;
            }
        } else if let Some(comment) = comments::find(tx.conn, comment)?
            && comment.removed
        {
            use_comments::hide(tx, &comment, false)?;
            let entry = Entry::new(sweep.by.id, LoggedAct::RemoveComment, false);
            modlog::note(tx, entry.comment(&comment).because(sweep.reason))?;
        }
    }
    Ok(left)
}
