//! What hangs below one comment, in whatever a conversation holds beside it.

use diesel::prelude::*;

use super::CommentRow;
use crate::domain::ids::CommentId;
use crate::domain::time::Timestamp;
use crate::store::audience::Audience;
use crate::store::schema::comments;
use crate::store::{Conn, StoreError};

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

/// A branch, oldest first, cut at `limit`: what else its conversation holds does not count.
pub fn branch(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    branch: Branch<'_>,
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
    Ok(query
        .order((comments::published.asc(), comments::id.asc()))
        .limit(limit as i64)
        .load(conn)?)
}
