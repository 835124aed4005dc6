//! Marks that administrators and moderators set: hidden groups, threads pinned on the front page,
//! locked comments.

use std::collections::HashSet;

use diesel::prelude::*;

use super::schema::{comment_locks, hidden_groups, site_pins};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;

pub fn hide_group(
    conn: &mut Conn,
    group: ActorId,
    hidden: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(hidden_groups::table.find(group)).execute(conn)?;
    if hidden {
        diesel::insert_into(hidden_groups::table)
            .values((
                hidden_groups::group_id.eq(group),
                hidden_groups::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn hidden_groups(conn: &mut Conn, groups: &[ActorId]) -> Result<HashSet<ActorId>, StoreError> {
    Ok(hidden_groups::table
        .filter(hidden_groups::group_id.eq_any(groups.to_vec()))
        .select(hidden_groups::group_id)
        .load::<ActorId>(conn)?
        .into_iter()
        .collect())
}

pub fn pin_on_site(
    conn: &mut Conn,
    post: PostId,
    pinned: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(site_pins::table.find(post)).execute(conn)?;
    if pinned {
        diesel::insert_into(site_pins::table)
            .values((site_pins::post_id.eq(post), site_pins::created.eq(now)))
            .execute(conn)?;
    }
    Ok(())
}

pub fn pinned_on_site(conn: &mut Conn, posts: &[PostId]) -> Result<HashSet<PostId>, StoreError> {
    Ok(site_pins::table
        .filter(site_pins::post_id.eq_any(posts.to_vec()))
        .select(site_pins::post_id)
        .load::<PostId>(conn)?
        .into_iter()
        .collect())
}

pub fn lock_comment(
    conn: &mut Conn,
    comment: CommentId,
    locked: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(comment_locks::table.find(comment)).execute(conn)?;
    if locked {
        diesel::insert_into(comment_locks::table)
            .values((
                comment_locks::comment_id.eq(comment),
                comment_locks::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Which of these comments are locked.
pub fn locked_comments(
    conn: &mut Conn,
    comments: &[CommentId],
) -> Result<HashSet<CommentId>, StoreError> {
    Ok(comment_locks::table
        .filter(comment_locks::comment_id.eq_any(comments.to_vec()))
        .select(comment_locks::comment_id)
        .load::<CommentId>(conn)?
        .into_iter()
        .collect())
}
