//! What is read of a thread's tree: its roots page by page, and what hangs below them.

use std::cmp::Reverse;

use diesel::prelude::*;

use super::{CommentRow, cursor};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;
use crate::store::audience::Audience;
use crate::store::schema::comments;
use crate::store::{Conn, StoreError};

/// Of what hangs below so many are looked at.
const LOOKED_AT: i64 = 2_000;
/// So many comments that speak for the group stand before the others, the newest of them.
const DISTINGUISHED: i64 = 50;

/// One page of the comments directly under a post. Deleted ones are among them: what hangs below may not be.
pub fn roots(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    post: PostId,
    sort: CommentSort,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    roots_but(conn, audience.into(), post, &[], (sort, after), limit)
}

/// Likewise, but those that speak for the group come first, on the first page besides what it holds.
pub fn roots_distinguished_first(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    post: PostId,
    sort: CommentSort,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let audience = audience.into();
    let query = comments::table
        .filter(comments::post_id.eq(post).and(comments::distinguished))
        .select(CommentRow::as_select())
        .into_boxed();
    let query = audience.of_comments(query).order(comments::id.desc());
    let mut first: Vec<CommentRow> = query.limit(DISTINGUISHED).load(conn)?;
    first.retain(|row| row.depth == 0);
    first.sort_by_key(|row| place(sort, row));
    let ids: Vec<CommentId> = first.iter().map(|row| row.id).collect();
    let mut page = roots_but(conn, audience, post, &ids, (sort, after), limit)?;
    if after.is_none() {
        page.items.splice(0..0, first);
    }
    Ok(page)
}

fn roots_but(
    conn: &mut Conn,
    audience: Audience,
    post: PostId,
    others: &[CommentId],
    (sort, after): (CommentSort, Option<Cursor>),
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let query = comments::table
        .filter(comments::post_id.eq(post).and(comments::depth.eq(0)))
        .select(CommentRow::as_select())
        .into_boxed();
    let mut query = audience.of_comments(query);
    if !others.is_empty() {
        query = query.filter(comments::id.ne_all(others.to_vec()));
    }
    let time = Timestamp::from_micros;
    let number = std::convert::identity::<i64>;
    let query = match sort {
        CommentSort::New => descending!(query, after, comments::published, time),
        CommentSort::Hot => descending!(query, after, comments::hot_rank, number),
        CommentSort::Top => descending!(query, after, comments::score, number),
        CommentSort::Old => ascending!(query, after, comments::published, time),
    };
    let rows: Vec<CommentRow> = query.limit(limit as i64 + 1).load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| cursor(sort, row)))
}

/// What hangs below these roots, each comment before its answers, and those of one comment in the
/// order of `sort`. Cut at `limit`, from the deepest up.
pub fn below(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    roots: &[CommentId],
    sort: CommentSort,
    limit: usize,
) -> Result<Vec<CommentRow>, StoreError> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    let query = comments::table
        .filter(comments::root_id.eq_any(roots.to_vec()))
        .filter(comments::depth.gt(0))
        .select(CommentRow::as_select())
        .into_boxed();
    let rows = audience
        .into()
        .of_comments(query)
        .order((comments::published.asc(), comments::id.asc()))
        .limit(LOOKED_AT)
        .load(conn)?;
    Ok(in_order(rows, sort, limit))
}

/// What hangs below one comment, at any depth or at some.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    pub root: CommentId,
    /// Of the comment that it hangs below.
    pub path: &'a str,
    pub shallowest: i32,
    pub deepest: Option<i32>,
    /// Published no earlier than this.
    pub since: Option<Timestamp>,
}

impl<'a> Branch<'a> {
    pub fn below(top: &'a CommentRow) -> Self {
        Branch {
            root: top.root_id,
            path: &top.path,
            shallowest: top.depth + 1,
            deepest: None,
            since: None,
        }
    }
}

/// What hangs below one comment, likewise: what else its conversation holds does not count.
pub fn branch(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    branch: Branch<'_>,
    sort: CommentSort,
    limit: usize,
) -> Result<Vec<CommentRow>, StoreError> {
    // Digits and dots: nothing in a path means anything to LIKE.
    let inside = format!("{}.%", branch.path);
    let query = comments::table
        .filter(comments::root_id.eq(branch.root))
        .filter(comments::path.like(inside))
        .filter(comments::depth.ge(branch.shallowest))
        .select(CommentRow::as_select())
        .into_boxed();
    let mut query = audience.into().of_comments(query);
    if let Some(deepest) = branch.deepest {
        query = query.filter(comments::depth.le(deepest));
    }
    if let Some(since) = branch.since {
        query = query.filter(comments::published.ge(since));
    }
    let rows = query
        .order((comments::published.asc(), comments::id.asc()))
        .limit(LOOKED_AT)
        .load(conn)?;
    Ok(in_order(rows, sort, limit))
}

/// One page of the comments directly under a comment, oldest first. Deleted ones are among them.
pub fn answers(
    conn: &mut Conn,
    parent: CommentId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let mut query = comments::table
        .filter(comments::parent_id.eq(parent))
        .select(CommentRow::as_select())
        .into_boxed();
    let time = Timestamp::from_micros;
    let query = ascending!(query, after, comments::published, time);
    let rows: Vec<CommentRow> = query.limit(limit as i64 + 1).load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| {
        cursor(CommentSort::Old, row)
    }))
}

/// Each comment before its answers, and of one depth those that speak for the group before the others.
pub fn in_order(mut rows: Vec<CommentRow>, sort: CommentSort, limit: usize) -> Vec<CommentRow> {
    rows.sort_by_key(|row| (row.depth, Reverse(row.distinguished), place(sort, row)));
    rows.truncate(limit);
    rows
}

/// The earlier in a list of this order, the smaller.
pub fn place(sort: CommentSort, row: &CommentRow) -> (i64, i64) {
    let Cursor { key, id } = cursor(sort, row);
    match sort {
        CommentSort::Old => (key, id),
        CommentSort::New | CommentSort::Hot | CommentSort::Top => (key.saturating_neg(), -id),
    }
}
