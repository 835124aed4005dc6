//! Erasing for good: the row stays as an empty place that others hang on, its text and votes are gone.

use diesel::prelude::*;

use super::schema::{boosts, comments, notifications, posts, purged, votes};
use super::{Conn, StoreError, bans, events, extras, polls};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;

pub fn is_purged(conn: &mut Conn, target: i64) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(purged::table.find(target))).get_result(conn)?)
}

/// The caller has hidden and counted it before.
pub fn erase_post(conn: &mut Conn, id: PostId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(posts::table.find(id))
        .set((
            posts::title.eq(""),
            posts::body_markdown.eq(None::<String>),
            posts::body_html.eq(""),
            posts::link.eq(None::<String>),
            posts::image_url.eq(None::<String>),
            posts::image_alt.eq(None::<String>),
            posts::upvotes.eq(0),
            posts::downvotes.eq(0),
            posts::score.eq(0),
        ))
        .execute(conn)?;
    polls::delete(conn, id)?;
    events::delete(conn, id)?;
    forget(conn, id.0, now)
}

pub fn erase_comment(conn: &mut Conn, id: CommentId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(comments::table.find(id))
        .set((
            comments::body_markdown.eq(None::<String>),
            comments::body_html.eq(""),
            comments::upvotes.eq(0),
            comments::downvotes.eq(0),
            comments::score.eq(0),
        ))
        .execute(conn)?;
    forget(conn, id.0, now)
}

fn forget(conn: &mut Conn, target: i64, now: Timestamp) -> Result<(), StoreError> {
    diesel::delete(votes::table.filter(votes::target_id.eq(target))).execute(conn)?;
    diesel::delete(notifications::table.filter(notifications::target_id.eq(target)))
        .execute(conn)?;
    extras::delete(conn, &[target])?;
    diesel::delete(boosts::table.filter(boosts::target_id.eq(target))).execute(conn)?;
    bans::forget_removal(conn, target)?;
    if !is_purged(conn, target)? {
        diesel::insert_into(purged::table)
            .values((purged::target_id.eq(target), purged::created.eq(now)))
            .execute(conn)?;
    }
    Ok(())
}

pub fn posts_in(conn: &mut Conn, group: ActorId) -> Result<Vec<PostRow>, StoreError> {
    Ok(posts::table
        .filter(posts::group_id.eq(group))
        .select(PostRow::as_select())
        .load(conn)?)
}

pub fn comments_of(conn: &mut Conn, post: PostId) -> Result<Vec<CommentRow>, StoreError> {
    Ok(comments::table
        .filter(comments::post_id.eq(post))
        .select(CommentRow::as_select())
        .load(conn)?)
}
