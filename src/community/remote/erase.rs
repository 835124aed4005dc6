//! A person who is no more, here or elsewhere: follows end at once, what they wrote becomes tombstones
//! step by step, so that no transaction grows with how much it is.

use crate::domain::ids::ActorId;
use crate::domain::kinds::FollowState;
use crate::store::comments::CommentRow;
use crate::store::erasures::{self, ErasureRow};
use crate::store::{
    StoreError, Tx, actors, comments, follows, groups, posts, private_messages, shared_messages,
};

/// So many threads or comments go in one step.
const STEP: usize = 100;

/// The person is gone, and with them the first of what they wrote; the rest follows.
pub fn erase_person(tx: &mut Tx<'_>, person: ActorId) -> Result<(), StoreError> {
    part_with(tx, person)?;
    shared_messages::delete_all_from(tx.conn, person)?;
    private_messages::delete_all_from(tx.conn, person)?;
    erasures::ask(tx.conn, person, tx.now)?;
    // Most people wrote so little that nothing is left after this.
    for _ in 0..3 {
        if !step(tx, person)? {
            return Ok(());
        }
    }
    tx.wake_errands();
    Ok(())
}

/// One step for somebody whose writings have yet to go; whether there may be more to do.
pub fn erase_some(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    match erasures::next(tx.conn)? {
        Some(person) => {
            step(tx, person)?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Whether something is left.
fn step(tx: &mut Tx<'_>, person: ActorId) -> Result<bool, StoreError> {
    let Some(row) = erasures::of(tx.conn, person)? else {
        return Ok(false);
    };
    if row.on_comments {
        erase_comments(tx, &row)
    } else {
        erase_posts(tx, &row)
    }
}

fn erase_posts(tx: &mut Tx<'_>, row: &ErasureRow) -> Result<bool, StoreError> {
    let page = posts::written_by(tx.conn, row.person_id, row.after(), STEP)?;
    for post in page.items.iter().filter(|post| !post.deleted) {
        posts::set_deleted(tx.conn, post, true)?;
        // What a moderator removed is counted no more; it does not come back either.
        if !post.removed {
            groups::count_posts(tx.conn, post.group_id, -1, None)?;
        }
    }
    erasures::go_on(tx.conn, row.person_id, page.next.is_none(), page.next)?;
    Ok(true)
}

fn erase_comments(tx: &mut Tx<'_>, row: &ErasureRow) -> Result<bool, StoreError> {
    let page = comments::written_by(tx.conn, row.person_id, row.after(), STEP)?;
    for comment in page.items.iter().filter(|comment| !comment.deleted) {
        erase_comment(tx, comment)?;
    }
    match page.next {
        Some(_) => erasures::go_on(tx.conn, row.person_id, true, page.next)?,
        None => erasures::done(tx.conn, row.person_id)?,
    }
    Ok(page.next.is_some())
}

fn erase_comment(tx: &mut Tx<'_>, comment: &CommentRow) -> Result<(), StoreError> {
    comments::set_deleted(tx.conn, comment, true)?;
    if comment.removed {
        return Ok(());
    }
    comments::count_below(tx.conn, &comment.ancestors(), -1)?;
    posts::count_comment(tx.conn, comment.post_id, comment.group_id, -1, None)?;
    groups::count_comments(tx.conn, comment.group_id, -1, None)
}

/// Ends a person's follows and account; what they wrote stays.
pub fn part_with(tx: &mut Tx<'_>, person: ActorId) -> Result<(), StoreError> {
    let row = actors::get(tx.conn, person)?;
    for follow in follows::delete_all_of(tx.conn, person)? {
        if follow.state == FollowState::Accepted {
            groups::count_followers(tx.conn, follow.target_id, -1, row.local)?;
        }
    }
    actors::mark_deleted(tx.conn, person)
}
