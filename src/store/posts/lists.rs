//! Lists of threads, each walked along the index of its order.

use diesel::dsl::{case_when, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::PostRow;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::PostSort;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::{DAY, Timestamp};
use crate::store::audience::Audience;
use crate::store::schema::{
    actors, follows, hidden_groups, moderators, posts, shares as shared_rows,
};
use crate::store::taste::Taste;
use crate::store::{Conn, StoreError, shares};

/// Which posts a list is made of.
#[derive(Clone, Copy, Debug)]
pub enum PostFilter {
    All,
    /// In groups of this instance.
    Local,
    /// In groups that this person follows.
    FollowedBy(ActorId),
    /// In groups that this person looks after.
    ModeratedBy(ActorId),
    InGroup(ActorId),
    /// In this group, and what it shares of others.
    ListedIn(ActorId),
    /// What a group shares of another one, its source.
    SharedIn {
        group: ActorId,
        source: ActorId,
    },
    /// Likewise, where that is so little that it is rather sorted.
    FewSharedIn {
        group: ActorId,
        source: ActorId,
    },
    By(ActorId),
    ByIn {
        author: ActorId,
        group: ActorId,
    },
}

impl PostFilter {
    /// Whether somebody asked for one group or one person: removed and hidden groups are kept out of
    /// other lists alone.
    fn is_of_one_place(self) -> bool {
        !matches!(
            self,
            PostFilter::All | PostFilter::Local | PostFilter::FollowedBy(_)
        )
    }
}

/// The time up to now, of which a list shows what was published in it.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub now: Timestamp,
    pub millis: i64,
}

impl Span {
    fn since(self) -> Timestamp {
        self.now.minus(self.millis)
    }

    /// So little is published in it that it is rather sorted than looked for among all there is.
    fn is_short(self) -> bool {
        self.millis <= 7 * DAY
    }
}

/// What of a list is read, as to the threads that are pinned at its top.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Whole,
    /// These, in no order.
    Only(&'a [PostId]),
    /// All but these.
    Others(&'a [PostId]),
}

/// Who reads, and what they would rather not find.
pub(super) type Reader<'a> = (Audience, &'a Taste);

/// Which threads, in which order.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub filter: PostFilter,
    pub sort: PostSort,
    /// Only what was published in it.
    pub span: Option<Span>,
}

/// Restricts to what comes after the cursor in descending order of `$key`, and sorts so.
macro_rules! after_and_order {
    ($query:ident, $after:ident, $key:expr, $to_key:expr) => {{
        if let Some(Cursor { key, id }) = $after {
            let key = $to_key(key);
            $query = $query.filter($key.le(key).and($key.lt(key).or(posts::id.lt(PostId(id)))));
        }
        $query.order(($key.desc(), posts::id.desc()))
    }};
}

/// The lesser number of a thread's votes up and down.
#[diesel::dsl::auto_type]
fn lesser_votes() -> _ {
    case_when(posts::upvotes.lt(posts::downvotes), posts::upvotes).otherwise(posts::downvotes)
}

/// One page of what is neither deleted nor removed.
pub fn page(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: PostFilter,
    sort: PostSort,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    page_within(conn, audience, filter, sort, None, after, limit)
}

/// Likewise, of what was published in a span of time.
pub fn page_within(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    filter: PostFilter,
    sort: PostSort,
    span: Option<Span>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let audience = audience.into();
    let taste = Taste::of(conn, audience.member())?;
    let wanted = Wanted { filter, sort, span };
    page_for(conn, audience, &taste, wanted, after, limit)
}

/// Likewise, for a reader who says this time what they want to see.
pub fn page_for(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    taste: &Taste,
    wanted: Wanted,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    page_of(
        conn,
        (audience.into(), taste),
        wanted,
        Part::Whole,
        after,
        limit,
    )
}

pub(super) fn page_of(
    conn: &mut Conn,
    reader: Reader<'_>,
    wanted: Wanted,
    part: Part<'_>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let sort = wanted.sort;
    let of = |filter| Wanted { filter, ..wanted };
    let rows = match wanted.filter {
        // Each of the lists walks its own index; there are few.
        PostFilter::ListedIn(group) => {
            let own = of(PostFilter::InGroup(group));
            let mut all = rows(conn, reader, own, part, after, limit)?;
            for source in shares::sources(conn, group)? {
                let shared = if shares::are_few(conn, group, source)? {
                    PostFilter::FewSharedIn { group, source }
                } else {
                    PostFilter::SharedIn { group, source }
                };
                all.extend(rows(conn, reader, of(shared), part, after, limit)?);
            }
            all.sort_by_key(|row| place(sort, cursor_at(sort, row)));
            all.truncate(limit + 1);
            all
        }
        _ => rows(conn, reader, wanted, part, after, limit)?,
    };
    Ok(Page::from_rows(rows, limit, |row| cursor_at(sort, row)))
}

pub(super) fn cursor_at(sort: PostSort, row: &PostRow) -> Cursor {
    Cursor {
        key: key(sort, row),
        id: row.id.0,
    }
}

/// Where a row stands in a list: the least comes first.
pub(super) fn place(sort: PostSort, cursor: Cursor) -> (i64, i64) {
    match sort {
        PostSort::Old => (cursor.key, cursor.id),
        _ => (-cursor.key, -cursor.id),
    }
}

/// What a list in this order is sorted by.
fn key(sort: PostSort, row: &PostRow) -> i64 {
    match sort {
        PostSort::New | PostSort::Old => row.published.micros(),
        PostSort::Active => row.last_activity.micros(),
        PostSort::Hot => row.hot_rank,
        PostSort::Top => row.score,
        PostSort::Discussed => row.comment_count,
        PostSort::Controversial => row.upvotes.min(row.downvotes),
    }
}

/// One more than `limit`.
pub(super) fn rows(
    conn: &mut Conn,
    (audience, taste): Reader<'_>,
    Wanted { filter, sort, span }: Wanted,
    part: Part<'_>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<PostRow>, StoreError> {
    let query = posts::table
        .filter(posts::deleted.eq(false).and(posts::removed.eq(false)))
        .select(PostRow::as_select())
        .into_boxed();
    let mut query = taste.of_posts(audience.of_posts(query), filter);
    match filter {
        PostFilter::All => {}
        PostFilter::SharedIn { group, source } => {
            query = query
                .filter(posts::group_id.eq(source))
                .filter(diesel::dsl::exists(
                    shared_rows::table.filter(
                        shared_rows::group_id
                            .eq(group)
                            .and(shared_rows::post_id.eq(posts::id))
                            .and(shared_rows::removed.eq(false)),
                    ),
                ));
        }
        // IN and not EXISTS: what is shared comes first, and not all that the source has.
        PostFilter::FewSharedIn { group, source } => {
            let shared = shared_rows::table
                .filter(shared_rows::group_id.eq(group))
                .filter(shared_rows::via_id.eq(source))
                .filter(shared_rows::removed.eq(false))
                .select(shared_rows::post_id);
            query = query.filter(posts::id.eq_any(shared));
        }
        // EXISTS and not IN: the list is walked in its order, and not sorted anew.
        PostFilter::Local => {
            query = query.filter(diesel::dsl::exists(
                actors::table.filter(actors::id.eq(posts::group_id).and(actors::local)),
            ));
        }
        PostFilter::FollowedBy(person) => {
            let by_its_group = follows::table.filter(
                follows::follower_id
                    .eq(person)
                    .and(follows::target_id.eq(posts::group_id)),
            );
            let by_one_that_shares_it = shared_rows::table
                .inner_join(follows::table.on(follows::target_id.eq(shared_rows::group_id)))
                .filter(shared_rows::post_id.eq(posts::id))
                .filter(shared_rows::removed.eq(false))
                .filter(follows::follower_id.eq(person));
            query = query.filter(
                diesel::dsl::exists(by_its_group).or(diesel::dsl::exists(by_one_that_shares_it)),
            );
        }
        PostFilter::ModeratedBy(person) => {
            query = query.filter(diesel::dsl::exists(
                moderators::table.filter(
                    moderators::person_id
                        .eq(person)
                        .and(moderators::group_id.eq(posts::group_id)),
                ),
            ));
        }
        // The latter is made of several lists, of which this is one.
        PostFilter::InGroup(group) | PostFilter::ListedIn(group) => {
            query = query.filter(posts::group_id.eq(group))
        }
        PostFilter::By(author) => query = query.filter(posts::author_id.eq(author)),
        PostFilter::ByIn { author, group } => {
            query = query.filter(posts::author_id.eq(author).and(posts::group_id.eq(group)));
        }
    }
    if !filter.is_of_one_place() {
        let removed = actors::table.filter(actors::id.eq(posts::group_id).and(actors::suspended));
        query = query.filter(diesel::dsl::not(diesel::dsl::exists(removed)));
    }
    if matches!(filter, PostFilter::All | PostFilter::Local) {
        let hidden = hidden_groups::table.filter(hidden_groups::group_id.eq(posts::group_id));
        query = query.filter(diesel::dsl::not(diesel::dsl::exists(hidden)));
    }
    if let Some(span) = span {
        query = query.filter(posts::published.ge(span.since()));
    }
    match part {
        Part::Whole => {}
        Part::Only(these) => {
            return Ok(query.filter(posts::id.eq_any(these.to_vec())).load(conn)?);
        }
        Part::Others(pins) => query = query.filter(posts::id.ne_all(pins.to_vec())),
    }
    let time = Timestamp::from_micros;
    let number = std::convert::identity::<i64>;
    let query = match sort {
        PostSort::New => after_and_order!(query, after, posts::published, time),
        PostSort::Old => {
            if let Some(Cursor { key, id }) = after {
                let key = time(key);
                query = query.filter(
                    posts::published
                        .ge(key)
                        .and(posts::published.gt(key).or(posts::id.gt(PostId(id)))),
                );
            }
            query.order((posts::published.asc(), posts::id.asc()))
        }
        PostSort::Active => after_and_order!(query, after, posts::last_activity, time),
        PostSort::Hot => after_and_order!(query, after, posts::hot_rank, number),
        // An expression is in no index: the one on the time is taken.
        PostSort::Top if span.is_some_and(Span::is_short) => {
            after_and_order!(query, after, (posts::score + 0_i64), number)
        }
        PostSort::Top => after_and_order!(query, after, posts::score, number),
        PostSort::Discussed => after_and_order!(query, after, posts::comment_count, number),
        PostSort::Controversial => {
            // As the partial index says it.
            query = query.filter(sql::<Bool>("posts.downvotes > 0"));
            after_and_order!(query, after, lesser_votes(), number)
        }
    };
    Ok(query.limit(limit as i64 + 1).load(conn)?)
}

/// Those of these threads that a list of everything shows to this reader, newest first.
pub fn shown_of(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    taste: &Taste,
    ids: &[PostId],
) -> Result<Vec<PostRow>, StoreError> {
    let mut rows = found_of(conn, audience.into(), taste, PostFilter::All, ids)?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.published, row.id.0)));
    Ok(rows)
}

/// Those of these threads that such a list shows to this reader, in no order.
pub fn found_of(
    conn: &mut Conn,
    audience: Audience,
    taste: &Taste,
    filter: PostFilter,
    ids: &[PostId],
) -> Result<Vec<PostRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        filter,
        sort: PostSort::New,
        span: None,
    };
    rows(
        conn,
        (audience, taste),
        wanted,
        Part::Only(ids),
        None,
        ids.len(),
    )
}
