//! A person who is no more, here or elsewhere: follows end, what they wrote becomes tombstones.

use crate::domain::ids::ActorId;
use crate::domain::kinds::FollowState;
use crate::store::{StoreError, Tx, actors, comments, follows, groups, posts, private_messages};

pub fn erase_person(tx: &mut Tx<'_>, person: ActorId) -> Result<(), StoreError> {
    for post in posts::standing_by(tx.conn, person)? {
        posts::set_deleted(tx.conn, &post, true)?;
        groups::count_posts(tx.conn, post.group_id, -1, None)?;
    }
    for comment in comments::standing_by(tx.conn, person)? {
        comments::set_deleted(tx.conn, &comment, true)?;
        comments::count_below(tx.conn, &comment.ancestors(), -1)?;
        posts::count_comment(tx.conn, comment.post_id, -1, None)?;
        if let Some(post) = posts::find(tx.conn, comment.post_id)? {
            groups::count_comments(tx.conn, post.group_id, -1, None)?;
        }
    }
    private_messages::delete_all_from(tx.conn, person)?;
    part_with(tx, person)
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
