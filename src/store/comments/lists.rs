//! Flat lists of comments, whatever threads they stand in, each walked along an index.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{CommentRow, cursor};
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;
use crate::store::audience::Audience;
use crate::store::schema::{actors, comments, follows, hidden_groups, moderators};
use crate::store::taste::Taste;
use crate::store::{Conn, StoreError};

type Db = <Conn as diesel::Connection>::Backend;
type Shown<'a> =
    comments::BoxedQuery<'a, Db, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<CommentRow, Db>>>;

/// Which comments a flat list is made of.
#[derive(Clone, Copy, Debug)]
pub enum CommentFilter {
    All,
    /// In groups of this instance.
    Local,
    /// In groups that this person follows.
    FollowedBy(ActorId),
    /// In groups that this person looks after.
    ModeratedBy(ActorId),
    InGroup(ActorId),
    By(ActorId),
    ByIn {
        author: ActorId,
        group: ActorId,
    },
}

/// A flat list, newest first, of what is neither deleted nor removed.
pub fn page(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: CommentFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    flat(conn, audience, filter, false, after, limit)
}

/// Likewise, oldest first.
pub fn page_of_oldest(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: CommentFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    flat(conn, audience, filter, true, after, limit)
}

fn flat(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: CommentFilter,
    oldest_first: bool,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let audience = audience.into();
    let taste = Taste::of(conn, audience.member())?;
    let mut query = shown(audience, &taste, filter);
    let time = Timestamp::from_micros;
    let query = if oldest_first {
        ascending!(query, after, comments::published, time)
    } else {
        descending!(query, after, comments::published, time)
    };
    let rows: Vec<CommentRow> = query.limit(limit as i64 + 1).load(conn)?;
    Ok(Page::from_rows(rows, limit, |row| {
        cursor(CommentSort::New, row)
    }))
}

/// Those of these comments that such a list shows to this reader, in no order.
pub fn found_of(
    conn: &mut Conn,
    audience: Audience,
    taste: &Taste,
    filter: CommentFilter,
    ids: &[CommentId],
) -> Result<Vec<CommentRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = shown(audience, taste, filter);
    Ok(query.filter(comments::id.eq_any(ids.to_vec())).load(conn)?)
}

/// All that such a list shows to this reader, not yet in an order.
fn shown<'a>(audience: Audience, taste: &Taste, filter: CommentFilter) -> Shown<'a> {
    let query = comments::table
        .filter(comments::deleted.eq(false).and(comments::removed.eq(false)))
        .select(CommentRow::as_select())
        .into_boxed();
    let mut query = taste.of_comments(audience.of_comments(query), filter);
    let group = || actors::table.filter(actors::id.eq(comments::group_id));
    match filter {
        CommentFilter::All => {}
        // EXISTS and not IN: the list is walked in its order, and not sorted anew.
        CommentFilter::Local => query = query.filter(exists(group().filter(actors::local))),
        CommentFilter::FollowedBy(person) => {
            let follow = follows::table
                .filter(follows::follower_id.eq(person))
                .filter(follows::target_id.eq(comments::group_id));
            query = query.filter(exists(follow));
        }
        CommentFilter::ModeratedBy(person) => {
            let role = moderators::table
                .filter(moderators::person_id.eq(person))
                .filter(moderators::group_id.eq(comments::group_id));
            query = query.filter(exists(role));
        }
        CommentFilter::InGroup(group) => query = query.filter(comments::group_id.eq(group)),
        CommentFilter::By(author) => query = query.filter(comments::author_id.eq(author)),
        CommentFilter::ByIn { author, group } => {
            query = query
                .filter(comments::author_id.eq(author))
                .filter(comments::group_id.eq(group));
        }
    }
    // As in lists of threads.
    if matches!(
        filter,
        CommentFilter::All | CommentFilter::Local | CommentFilter::FollowedBy(_)
    ) {
        query = query.filter(not(exists(group().filter(actors::suspended))));
    }
    if matches!(filter, CommentFilter::All | CommentFilter::Local) {
        let hidden = hidden_groups::table.filter(hidden_groups::group_id.eq(comments::group_id));
        query = query.filter(not(exists(hidden)));
    }
    query
}
