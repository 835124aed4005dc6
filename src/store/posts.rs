//! Threads: the posts that begin them.

mod lists;
mod moving;
mod pinned;

use diesel::dsl::case_when;
use diesel::prelude::*;
use url::Url;

use super::schema::posts;
use super::votes::{Tally, tally};
use super::{Conn, StoreError, counted_once};
use crate::domain::hidden::{Hidden, Sees};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::Contribution;
use crate::domain::paging::{Cursor, Page};
use crate::domain::rank::hot_rank;
use crate::domain::time::Timestamp;

pub use lists::{PostFilter, Span, Wanted, found_of, page, page_for, page_within, shown_of};
pub use moving::{by_context, set_group};
pub use pinned::{featured, page_pinned_first};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = posts)]
pub struct PostRow {
    pub id: PostId,
    pub ap_id: String,
    /// The page for people to read, at its origin.
    pub url: String,
    pub local: bool,
    pub group_id: ActorId,
    pub author_id: ActorId,
    pub kind: Contribution,
    pub title: String,
    pub body_markdown: Option<String>,
    /// Sanitised.
    pub body_html: String,
    pub link: Option<String>,
    pub image_url: Option<String>,
    pub image_alt: Option<String>,
    pub language: Option<String>,
    pub sensitive: bool,
    pub published: Timestamp,
    pub edited: Option<Timestamp>,
    /// By its author.
    pub deleted: bool,
    /// By a moderator.
    pub removed: bool,
    pub locked: bool,
    pub featured: bool,
    pub upvotes: i64,
    pub downvotes: i64,
    pub score: i64,
    pub comment_count: i64,
    pub last_activity: Timestamp,
    /// See `domain::rank`.
    pub hot_rank: i64,
}

impl PostRow {
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
}

/// What an edit changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = posts, treat_none_as_null = true)]
pub struct PostText {
    pub title: String,
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub link: Option<String>,
    pub image_url: Option<String>,
    pub image_alt: Option<String>,
    pub language: Option<String>,
    pub sensitive: bool,
    pub edited: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: &PostRow) -> Result<(), StoreError> {
    diesel::insert_into(posts::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: PostId) -> Result<Option<PostRow>, StoreError> {
    Ok(posts::table
        .find(id)
        .select(PostRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn many(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<PostRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(posts::table
        .filter(posts::id.eq_any(ids.to_vec()))
        .select(PostRow::as_select())
        .load(conn)?)
}

pub fn by_ap_id(conn: &mut Conn, ap_id: &Url) -> Result<Option<PostRow>, StoreError> {
    Ok(posts::table
        .filter(posts::ap_id.eq(ap_id.as_str()))
        .select(PostRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn update_text(conn: &mut Conn, id: PostId, text: &PostText) -> Result<(), StoreError> {
    diesel::update(posts::table.find(id))
        .set(text)
        .execute(conn)?;
    Ok(())
}

/// The row, if it is hidden or shown still as it was read, and in the same group.
macro_rules! as_read {
    ($row:ident) => {
        posts::table
            .find($row.id)
            .filter(posts::deleted.eq($row.deleted))
            .filter(posts::removed.eq($row.removed))
            .filter(posts::group_id.eq($row.group_id))
    };
}

/// Only from what was read: who hides or shows something counts it, and two at once must not both.
pub fn set_deleted(conn: &mut Conn, post: &PostRow, deleted: bool) -> Result<(), StoreError> {
    let changed = diesel::update(as_read!(post))
        .set(posts::deleted.eq(deleted))
        .execute(conn)?;
    counted_once(changed)
}

pub fn set_removed(conn: &mut Conn, post: &PostRow, removed: bool) -> Result<(), StoreError> {
    let changed = diesel::update(as_read!(post))
        .set(posts::removed.eq(removed))
        .execute(conn)?;
    counted_once(changed)
}

pub fn set_featured(conn: &mut Conn, id: PostId, featured: bool) -> Result<(), StoreError> {
    diesel::update(posts::table.find(id))
        .set(posts::featured.eq(featured))
        .execute(conn)?;
    Ok(())
}

pub fn set_locked(conn: &mut Conn, id: PostId, locked: bool) -> Result<(), StoreError> {
    diesel::update(posts::table.find(id))
        .set(posts::locked.eq(locked))
        .execute(conn)?;
    Ok(())
}

/// Moves the vote counters, and with them the ranks that follow from the score.
pub fn tally(conn: &mut Conn, post: &PostRow, tally: Tally) -> Result<(), StoreError> {
    if tally == Tally::default() {
        return Ok(());
    }
    tally!(conn, posts, post, tally)
}

/// Counts a comment in or out; a new one makes the thread active. Only in the group that the comment is
/// written down for, which the thread may leave meanwhile.
pub fn count_comment(
    conn: &mut Conn,
    id: PostId,
    group: ActorId,
    by: i64,
    activity: Option<Timestamp>,
) -> Result<(), StoreError> {
    let active = activity
        .unwrap_or(Timestamp::from_micros(0))
        .into_sql::<diesel::sql_types::BigInt>();
    let there = posts::table.find(id).filter(posts::group_id.eq(group));
    let changed = diesel::update(there)
        .set((
            posts::comment_count.eq(posts::comment_count + by),
            posts::last_activity
                .eq(case_when(posts::last_activity.lt(active), active)
                    .otherwise(posts::last_activity)),
        ))
        .execute(conn)?;
    counted_once(changed)
}

/// Groups in which somebody began or answered a thread, 500 at most.
pub fn groups_written_in(conn: &mut Conn, author: ActorId) -> Result<Vec<ActorId>, StoreError> {
    use super::schema::comments;
    let mut groups: Vec<ActorId> = posts::table
        .filter(posts::author_id.eq(author))
        .select(posts::group_id)
        .distinct()
        .limit(500)
        .load(conn)?;
    let answered: Vec<ActorId> = comments::table
        .filter(comments::author_id.eq(author))
        .select(comments::group_id)
        .distinct()
        .limit(500)
        .load(conn)?;
    groups.extend(answered);
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

/// All threads somebody began, hidden or not, the oldest first.
pub fn written_by(
    conn: &mut Conn,
    author: ActorId,
    after: Cursor,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let time = Timestamp::from_micros(after.key);
    let rows = posts::table
        .filter(posts::author_id.eq(author))
        .filter(posts::published.ge(time))
        .filter(posts::published.gt(time).or(posts::id.gt(PostId(after.id))))
        .order((posts::published.asc(), posts::id.asc()))
        .limit(limit as i64 + 1)
        .select(PostRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| Cursor {
        key: row.published.micros(),
        id: row.id.0,
    }))
}

/// Posts by people of this instance, for NodeInfo.
pub fn count_local(conn: &mut Conn) -> Result<i64, StoreError> {
    use super::schema::{accounts, people};
    let counts: Vec<i64> = people::table
        .inner_join(accounts::table.on(accounts::person_id.eq(people::actor_id)))
        .select(people::post_count)
        .load(conn)?;
    Ok(counts.iter().sum())
}
