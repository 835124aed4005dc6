//! Comments and the trees they form under posts.

use diesel::prelude::*;
use url::Url;

use super::schema::comments;
use super::votes::{Tally, tally};
use super::{Conn, StoreError, counted_once};
use crate::domain::hidden::{Hidden, Sees};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::{Cursor, Page};
use crate::domain::rank::hot_rank;
use crate::domain::time::Timestamp;

pub use lists::{CommentFilter, found_of, page, page_of_oldest};
pub use tree::{Branch, answers, below, branch, in_order, place, roots, roots_distinguished_first};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments)]
pub struct CommentRow {
    pub id: CommentId,
    pub ap_id: String,
    pub url: String,
    pub local: bool,
    pub post_id: PostId,
    /// The group of its thread, and another where that is moved.
    pub group_id: ActorId,
    /// `None` directly under the post.
    pub parent_id: Option<CommentId>,
    /// The comment directly under the post above this one; itself there.
    pub root_id: CommentId,
    /// `0.`, then ids from the root down to this one.
    pub path: String,
    /// 0 directly under the post.
    pub depth: i32,
    pub author_id: ActorId,
    pub body_markdown: Option<String>,
    /// Sanitised.
    pub body_html: String,
    pub language: Option<String>,
    pub distinguished: bool,
    pub published: Timestamp,
    pub edited: Option<Timestamp>,
    pub deleted: bool,
    pub removed: bool,
    pub upvotes: i64,
    pub downvotes: i64,
    pub score: i64,
    /// All below it, at any depth.
    pub child_count: i64,
    pub hot_rank: i64,
}

impl CommentRow {
    pub fn is_hidden(&self) -> bool {
        self.deleted || self.removed
    }

    /// How much of it somebody sees, who looks after its group or not.
    pub fn seen_by(&self, viewer: Option<ActorId>, moderates: bool) -> Sees {
        let hidden = Hidden {
            deleted: self.deleted,
            removed: self.removed,
        };
        hidden.sees(viewer == Some(self.author_id), moderates)
    }

    /// Ids of the comments above this one, from the root down.
    pub fn ancestors(&self) -> Vec<CommentId> {
        self.path
            .split('.')
            .filter_map(|part| part.parse().ok())
            .filter(|id| *id != CommentId(0) && *id != self.id)
            .collect()
    }
}

#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = comments, treat_none_as_null = true)]
pub struct CommentText {
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub language: Option<String>,
    pub edited: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: &CommentRow) -> Result<(), StoreError> {
    diesel::insert_into(comments::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: CommentId) -> Result<Option<CommentRow>, StoreError> {
    Ok(comments::table
        .find(id)
        .select(CommentRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn many(conn: &mut Conn, ids: &[CommentId]) -> Result<Vec<CommentRow>, StoreError> {
    Ok(comments::table
        .filter(comments::id.eq_any(ids.to_vec()))
        .select(CommentRow::as_select())
        .load(conn)?)
}

pub fn by_ap_id(conn: &mut Conn, ap_id: &Url) -> Result<Option<CommentRow>, StoreError> {
    Ok(comments::table
        .filter(comments::ap_id.eq(ap_id.as_str()))
        .select(CommentRow::as_select())
        .first(conn)
        .optional()?)
}

/// Restricts to what comes after the cursor in this order of `$key`, and sorts so.
macro_rules! descending {
    ($query:ident, $after:ident, $key:expr, $to_key:expr) => {{
        if let Some(Cursor { key, id }) = $after {
            let key = $to_key(key);
            $query = $query.filter(
                $key.le(key)
                    .and($key.lt(key).or(comments::id.lt(CommentId(id)))),
            );
        }
        $query.order(($key.desc(), comments::id.desc()))
    }};
}

macro_rules! ascending {
    ($query:ident, $after:ident, $key:expr, $to_key:expr) => {{
        if let Some(Cursor { key, id }) = $after {
            let key = $to_key(key);
            $query = $query.filter(
                $key.ge(key)
                    .and($key.gt(key).or(comments::id.gt(CommentId(id)))),
            );
        }
        $query.order(($key.asc(), comments::id.asc()))
    }};
}

// After the macros, which they use.
mod lists;
mod tree;

fn cursor(sort: CommentSort, row: &CommentRow) -> Cursor {
    Cursor {
        key: match sort {
            CommentSort::New | CommentSort::Old => row.published.micros(),
            CommentSort::Hot => row.hot_rank,
            CommentSort::Top => row.score,
        },
        id: row.id.0,
    }
}

/// The standing comments of a thread in the order in which they came, those after `after`.
pub fn whole(
    conn: &mut Conn,
    post: PostId,
    after: CommentId,
    limit: usize,
) -> Result<Vec<CommentRow>, StoreError> {
    Ok(comments::table
        .filter(comments::post_id.eq(post).and(comments::id.gt(after)))
        .filter(comments::deleted.eq(false).and(comments::removed.eq(false)))
        .order(comments::id.asc())
        .limit(limit as i64)
        .select(CommentRow::as_select())
        .load(conn)?)
}

pub fn update_text(conn: &mut Conn, id: CommentId, text: &CommentText) -> Result<(), StoreError> {
    diesel::update(comments::table.find(id))
        .set(text)
        .execute(conn)?;
    Ok(())
}

/// The row, if it is hidden or shown still as it was read.
macro_rules! as_read {
    ($row:ident) => {
        comments::table
            .find($row.id)
            .filter(comments::deleted.eq($row.deleted))
            .filter(comments::removed.eq($row.removed))
    };
}

/// Only from what was read: who hides or shows something counts it, and two at once must not both.
pub fn set_deleted(conn: &mut Conn, comment: &CommentRow, deleted: bool) -> Result<(), StoreError> {
    let changed = diesel::update(as_read!(comment))
        .set(comments::deleted.eq(deleted))
        .execute(conn)?;
    counted_once(changed)
}

pub fn set_removed(conn: &mut Conn, comment: &CommentRow, removed: bool) -> Result<(), StoreError> {
    let changed = diesel::update(as_read!(comment))
        .set(comments::removed.eq(removed))
        .execute(conn)?;
    counted_once(changed)
}

pub fn set_distinguished(
    conn: &mut Conn,
    id: CommentId,
    distinguished: bool,
) -> Result<(), StoreError> {
    diesel::update(comments::table.find(id))
        .set(comments::distinguished.eq(distinguished))
        .execute(conn)?;
    Ok(())
}

/// As threads have theirs moved.
pub fn tally(conn: &mut Conn, comment: &CommentRow, tally: Tally) -> Result<(), StoreError> {
    if tally == Tally::default() {
        return Ok(());
    }
    tally!(conn, comments, comment, tally)
}

/// Counts a comment in or out with every one above it.
pub fn count_below(conn: &mut Conn, above: &[CommentId], by: i64) -> Result<(), StoreError> {
    if !above.is_empty() {
        diesel::update(comments::table.filter(comments::id.eq_any(above.to_vec())))
            .set(comments::child_count.eq(comments::child_count + by))
            .execute(conn)?;
    }
    Ok(())
}

/// All comments somebody wrote, hidden or not, the oldest first.
pub fn written_by(
    conn: &mut Conn,
    author: ActorId,
    after: Cursor,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let time = Timestamp::from_micros(after.key);
    let rows = comments::table
        .filter(comments::author_id.eq(author))
        .filter(comments::published.ge(time))
        .filter(
            comments::published
                .gt(time)
                .or(comments::id.gt(CommentId(after.id))),
        )
        .order((comments::published.asc(), comments::id.asc()))
        .limit(limit as i64 + 1)
        .select(CommentRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: row.published.micros(),
        id: row.id.0,
    }))
}

/// Comments by people of this instance, for NodeInfo.
pub fn count_local(conn: &mut Conn) -> Result<i64, StoreError> {
    use super::schema::{accounts, people};
    let counts: Vec<i64> = people::table
        .inner_join(accounts::table.on(accounts::person_id.eq(people::actor_id)))
        .select(people::comment_count)
        .load(conn)?;
    Ok(counts.iter().sum())
}
