//! A thread goes to another group, and what is said of it in other tables goes with it.

use diesel::prelude::*;
use url::Url;

use super::PostRow;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::ReportKind;
use crate::store::schema::{comments, conversations, cross_posts, posts, reports, shares};
use crate::store::{Conn, StoreError, counted_once};

/// Only as it was read: the counters of both groups are moved with it. It is pinned in none.
pub fn set_group(conn: &mut Conn, post: &PostRow, group: ActorId) -> Result<(), StoreError> {
    let here = posts::table
        .find(post.id)
        .filter(posts::group_id.eq(post.group_id))
        .filter(posts::comment_count.eq(post.comment_count))
        .filter(posts::deleted.eq(post.deleted))
        .filter(posts::removed.eq(post.removed));
    let changed = diesel::update(here)
        .set((posts::group_id.eq(group), posts::featured.eq(false)))
        .execute(conn)?;
    let replies = comments::table.filter(comments::post_id.eq(post.id));
    diesel::update(replies)
        .set(comments::group_id.eq(group))
        .execute(conn)?;
    let replies = replies.select(comments::id);
    let of_replies = reports::kind
        .eq(ReportKind::Comment)
        .and(reports::target_id.eq_any(replies));
    diesel::update(reports::table.filter(of_replies))
        .set(reports::group_id.eq(group))
        .execute(conn)?;
    let of_thread = reports::kind
        .eq(ReportKind::Post)
        .and(reports::target_id.eq(post.id.0));
    diesel::update(reports::table.filter(of_thread))
        .set(reports::group_id.eq(group))
        .execute(conn)?;
    // Where it is at home it is not a guest.
    diesel::delete(shares::table.find((group, post.id))).execute(conn)?;
    diesel::delete(cross_posts::table.find((post.id, group))).execute(conn)?;
    diesel::update(shares::table.filter(shares::post_id.eq(post.id)))
        .set(shares::via_id.eq(group))
        .execute(conn)?;
    counted_once(changed)
}

/// The thread whose whole conversation is at this address.
pub fn by_context(conn: &mut Conn, context: &Url) -> Result<Option<PostRow>, StoreError> {
    let post: Option<PostId> = conversations::table
        .filter(conversations::context_url.eq(context.as_str()))
        .order(conversations::post_id.asc())
        .select(conversations::post_id)
        .first(conn)
        .optional()?;
    match post {
        Some(post) => super::find(conn, post),
        None => Ok(None),
    }
}
