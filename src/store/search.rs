//! Full-text search over posts and comments, and people and groups by any part of their name.
//! Each database has its own index (SQLite: FTS5, PostgreSQL: tsvector), kept in step by itself.

use std::cmp::Reverse;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::audience::{self, Audience, groups_not_open};
use super::comments::{self, CommentFilter, CommentRow};
use super::posts::{self, PostFilter, PostRow};
use super::taste::Taste;
use super::{Conn, StoreError, groups, names, previews};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::limits::WebLink;
use crate::domain::paging::{Cursor, Page};

/// So often more hits are looked for, to fill a page.
const ROUNDS: usize = 5;
/// Of the threads with one link, so many are looked at.
const LINKING: i64 = 200;
const MAX_TERMS: usize = 10;
const MAX_TERM_CHARS: usize = 64;
/// The shortest beginning of a word that is looked for: a single letter begins too many.
const MIN_PREFIX_CHARS: usize = 2;

/// What somebody looks for: words that must all occur, the last of which may be unfinished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// Never empty. Without white space, control characters and ASCII punctuation, so that no
    /// word can mean something to either database's query language.
    terms: Vec<String>,
    /// Whether the last of them may be the beginning of a word. A hashtag is whole.
    unfinished: bool,
}

impl SearchQuery {
    /// `None` when there is no word in it. Words beyond the tenth are not looked for.
    pub fn parse(text: &str) -> Option<Self> {
        let terms: Vec<String> = text
            .split(|c: char| c.is_whitespace() || c.is_control() || c.is_ascii_punctuation())
            .filter(|term| term.chars().any(char::is_alphanumeric))
            .take(MAX_TERMS)
            .map(|term| term.chars().take(MAX_TERM_CHARS).collect())
            .collect();
        let last_word = text.split_whitespace().next_back();
        let unfinished = !last_word.is_some_and(|word| word.starts_with('#'));
        (!terms.is_empty()).then_some(SearchQuery { terms, unfinished })
    }

    /// Every word quoted, the last one followed by the prefix mark, joined.
    fn written(&self, quote: &str, prefix_mark: &str, and: &str) -> String {
        let last = self.terms.len() - 1;
        let terms: Vec<String> = self
            .terms
            .iter()
            .enumerate()
            .map(|(i, term)| {
                let long_enough = term.chars().count() >= MIN_PREFIX_CHARS;
                let unfinished = self.unfinished && i == last && long_enough;
                let mark = if unfinished { prefix_mark } else { "" };
                format!("{quote}{term}{quote}{mark}")
            })
            .collect();
        terms.join(and)
    }

    /// FTS5: words side by side must all occur, and one that holds nothing to look for is left out.
    fn for_sqlite(&self, columns: &str, in_group: Option<ActorId>) -> String {
        let words = format!("{{{columns}}} : ({})", self.written("\"", "*", " "));
        match in_group {
            Some(group) => format!("scope : \"g{group}\" AND {words}"),
            None => words,
        }
    }

    fn for_postgres(&self) -> String {
        self.written("'", ":*", " & ")
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

fn below(after: Option<Cursor>) -> i64 {
    after.map_or(i64::MAX, |cursor| cursor.id)
}

fn cursor(id: i64) -> Cursor {
    Cursor { key: 0, id }
}

/// What a search is bounded to; by default to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    pub group: Option<ActorId>,
    pub author: Option<ActorId>,
    /// To groups of this instance.
    pub local: bool,
    /// To the titles of threads.
    pub titles: bool,
}

impl From<Option<ActorId>> for Bounds {
    fn from(group: Option<ActorId>) -> Self {
        Bounds {
            group,
            ..Bounds::default()
        }
    }
}

// The index of SQLite knows words and groups; who wrote a hit, and where, is looked up hit by hit.
const SQLITE_POSTS: &str = concat!(
    "SELECT posts.id AS id FROM posts_search \
     CROSS JOIN posts ON posts.id = posts_search.rowid \
     WHERE posts_search MATCH ?1 AND posts_search.rowid < ?2 \
       AND posts.author_id = coalesce(?3, posts.author_id) \
       AND (NOT ?4 OR EXISTS (SELECT 1 FROM actors WHERE actors.id = posts.group_id AND actors.local)) \
       AND posts.group_id NOT IN ",
    groups_not_open!("?5"),
    " ORDER BY posts_search.rowid DESC LIMIT ?6"
);

const POSTGRES_POSTS: &str = concat!(
    "SELECT id FROM posts, \
     to_tsquery('simple', regexp_replace(normalize($1, NFD), '[\\u0300-\\u036F]', '', 'g')) AS wanted \
     WHERE search @@ wanted AND id < $2 \
       AND NOT deleted AND NOT removed AND ($4 IS NULL OR group_id = $4) \
       AND ($5 IS NULL OR author_id = $5) \
       AND (NOT $6 OR EXISTS (SELECT 1 FROM actors WHERE actors.id = posts.group_id AND actors.local)) \
       AND (NOT $7 OR to_tsvector('simple', search_fold(title)) @@ wanted) \
       AND posts.group_id NOT IN ",
    groups_not_open!("$8"),
    " ORDER BY id DESC LIMIT $3"
);

const SQLITE_COMMENTS: &str = concat!(
    "SELECT comments.id AS id FROM comments_search \
     CROSS JOIN comments ON comments.id = comments_search.rowid \
     CROSS JOIN posts ON posts.id = comments.post_id \
     WHERE comments_search MATCH ?1 AND comments_search.rowid < ?2 \
       AND NOT posts.deleted AND NOT posts.removed \
       AND comments.author_id = coalesce(?3, comments.author_id) \
       AND (NOT ?4 OR EXISTS (SELECT 1 FROM actors WHERE actors.id = comments.group_id AND actors.local)) \
       AND comments.group_id NOT IN ",
    groups_not_open!("?5"),
    " ORDER BY comments_search.rowid DESC LIMIT ?6"
);

const POSTGRES_COMMENTS: &str = concat!(
    "SELECT comments.id AS id FROM comments \
     JOIN posts ON posts.id = comments.post_id \
     WHERE comments.search @@ to_tsquery('simple', regexp_replace(normalize($1, NFD), '[\\u0300-\\u036F]', '', 'g')) AND comments.id < $2 \
       AND NOT comments.deleted AND NOT comments.removed \
       AND NOT posts.deleted AND NOT posts.removed \
       AND ($4 IS NULL OR comments.group_id = $4) \
       AND ($5 IS NULL OR comments.author_id = $5) \
       AND (NOT $6 OR EXISTS (SELECT 1 FROM actors WHERE actors.id = comments.group_id AND actors.local)) \
       AND comments.group_id NOT IN ",
    groups_not_open!("$7"),
    " ORDER BY comments.id DESC LIMIT $3"
);

/// Newest first, of what is neither deleted nor removed and a list would show to the reader.
pub fn posts(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    query: &SearchQuery,
    bounds: impl Into<Bounds>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let (audience, bounds) = (audience.into(), bounds.into());
    let taste = taste_in_searches(conn, audience)?;
    let filter = match (bounds.group, bounds.author) {
        (Some(group), _) => PostFilter::InGroup(group),
        (None, Some(author)) => PostFilter::By(author),
        (None, None) => PostFilter::All,
    };
    let number = |row: &PostRow| row.id.0;
    filled(after, limit, number, |after| {
        let found = post_ids(conn, audience, query, bounds, after, limit)?;
        Ok(Page {
            items: posts::found_of(conn, audience, &taste, filter, &found.items)?,
            next: found.next,
        })
    })
}

/// Threads with this link, of those that a list would show to the reader, newest first.
pub fn linking(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    link: &str,
    bounds: impl Into<Bounds>,
) -> Result<Vec<PostRow>, StoreError> {
    let (audience, bounds) = (audience.into(), bounds.into());
    // As it was typed, and as it would be kept.
    let kept = WebLink::parse(link).ok();
    let mut links = vec![link.trim()];
    links.extend(kept.as_ref().map(WebLink::as_str));
    let ids = previews::with_link(conn, &links, LINKING)?;
    let taste = taste_in_searches(conn, audience)?;
    let filter = match (bounds.group, bounds.author, bounds.local) {
        (Some(group), Some(author), _) => PostFilter::ByIn { author, group },
        (Some(group), None, _) => PostFilter::InGroup(group),
        (None, Some(author), _) => PostFilter::By(author),
        (None, None, true) => PostFilter::Local,
        (None, None, false) => PostFilter::All,
    };
    let mut rows = posts::found_of(conn, audience, &taste, filter, &ids)?;
    rows.sort_unstable_by_key(|row| Reverse(row.id));
    Ok(rows)
}

/// Who looks for something finds it although they have read it.
fn taste_in_searches(conn: &mut Conn, audience: Audience) -> Result<Taste, StoreError> {
    let mut taste = Taste::of(conn, audience.member())?;
    taste.show_read = true;
    Ok(taste)
}

/// A page, the highest `number` first, made of as many hits as it takes: not all that is found is shown.
fn filled<T>(
    mut after: Option<Cursor>,
    limit: usize,
    number: impl Fn(&T) -> i64,
    mut load: impl FnMut(Option<Cursor>) -> Result<Page<T>, StoreError>,
) -> Result<Page<T>, StoreError> {
    let mut items: Vec<T> = Vec::new();
    for _ in 0..ROUNDS {
        let mut found = load(after)?;
        found.items.sort_unstable_by_key(|row| Reverse(number(row)));
        let room = limit - items.len();
        let left = found.items.len() > room;
        items.extend(found.items.into_iter().take(room));
        after = match (left, items.last()) {
            (true, Some(last)) => Some(cursor(number(last))),
            (true, None) => after,
            (false, _) => found.next,
        };
        if left || after.is_none() || items.len() == limit {
            break;
        }
    }
    Ok(Page { items, next: after })
}

fn post_ids(
    conn: &mut Conn,
    audience: Audience,
    query: &SearchQuery,
    bounds: Bounds,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostId>, StoreError> {
    let member = audience.member_or_nobody();
    let columns = if bounds.titles { "title" } else { "title body" };
    let found: Vec<Found> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(SQLITE_POSTS)
            .bind::<Text, _>(query.for_sqlite(columns, bounds.group))
            .bind::<BigInt, _>(below(after))
            .bind::<Nullable<BigInt>, _>(bounds.author)
            .bind::<Bool, _>(bounds.local)
            .bind::<BigInt, _>(member)
            .bind::<BigInt, _>(limit as i64 + 1)
            .load(conn)?,
        Conn::Postgres(conn) => diesel::sql_query(POSTGRES_POSTS)
            .bind::<Text, _>(query.for_postgres())
            .bind::<BigInt, _>(below(after))
            .bind::<BigInt, _>(limit as i64 + 1)
            .bind::<Nullable<BigInt>, _>(bounds.group)
            .bind::<Nullable<BigInt>, _>(bounds.author)
            .bind::<Bool, _>(bounds.local)
            .bind::<Bool, _>(bounds.titles)
            .bind::<BigInt, _>(member)
            .load(conn)?,
    };
    Ok(Page::from_rows(found, limit, |row| cursor(row.id)).map(|row| PostId(row.id)))
}

/// Newest first, of what is neither deleted nor removed and hangs under such a post. Comments have
/// no title, which a bound to titles does not change.
pub fn comments(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    query: &SearchQuery,
    bounds: impl Into<Bounds>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let (audience, bounds) = (audience.into(), bounds.into());
    let taste = taste_in_searches(conn, audience)?;
    let filter = match (bounds.group, bounds.author) {
        (Some(group), _) => CommentFilter::InGroup(group),
        (None, Some(author)) => CommentFilter::By(author),
        (None, None) => CommentFilter::All,
    };
    let number = |row: &CommentRow| row.id.0;
    filled(after, limit, number, |after| {
        let found = comment_ids(conn, audience, query, bounds, after, limit)?;
        Ok(Page {
            items: comments::found_of(conn, audience, &taste, filter, &found.items)?,
            next: found.next,
        })
    })
}

fn comment_ids(
    conn: &mut Conn,
    audience: Audience,
    query: &SearchQuery,
    bounds: Bounds,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentId>, StoreError> {
    let member = audience.member_or_nobody();
    let found: Vec<Found> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(SQLITE_COMMENTS)
            .bind::<Text, _>(query.for_sqlite("body", bounds.group))
            .bind::<BigInt, _>(below(after))
            .bind::<Nullable<BigInt>, _>(bounds.author)
            .bind::<Bool, _>(bounds.local)
            .bind::<BigInt, _>(member)
            .bind::<BigInt, _>(limit as i64 + 1)
            .load(conn)?,
        Conn::Postgres(conn) => diesel::sql_query(POSTGRES_COMMENTS)
            .bind::<Text, _>(query.for_postgres())
            .bind::<BigInt, _>(below(after))
            .bind::<BigInt, _>(limit as i64 + 1)
            .bind::<Nullable<BigInt>, _>(bounds.group)
            .bind::<Nullable<BigInt>, _>(bounds.author)
            .bind::<Bool, _>(bounds.local)
            .bind::<BigInt, _>(member)
            .load(conn)?,
    };
    Ok(Page::from_rows(found, limit, |row| cursor(row.id)).map(|row| CommentId(row.id)))
}

/// Groups with this in their name or display name, whatever the case; those whose name begins with it
/// first.
pub fn groups(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    text: &str,
    limit: usize,
) -> Result<Vec<ActorId>, StoreError> {
    let audience = audience.into();
    let mut found = named(conn, true, text, limit)?;
    let secret = audience::secret_among(conn, audience, &found)?;
    found.retain(|group| !secret.contains(group));
    groups::shown_of(conn, audience.member(), &found)
}

/// People, likewise.
pub fn people(conn: &mut Conn, text: &str, limit: usize) -> Result<Vec<ActorId>, StoreError> {
    named(conn, false, text, limit)
}

fn named(
    conn: &mut Conn,
    groups: bool,
    text: &str,
    limit: usize,
) -> Result<Vec<ActorId>, StoreError> {
    let text = text.trim().trim_start_matches(['@', '!']);
    if text.chars().all(char::is_control) {
        return Ok(Vec::new());
    }
    names::find(conn, groups, text, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> SearchQuery {
        SearchQuery::parse(text).unwrap()
    }

    #[test]
    fn no_word_of_a_search_reaches_the_query_language() {
        let hostile = query(r#"title:a" OR *b NEAR(c) 'd\' & !e <-> f:*"#);
        assert_eq!(
            hostile.for_sqlite("title body", None),
            r#"{title body} : ("title" "a" "OR" "b" "NEAR" "c" "d" "e" "f")"#
        );
        assert_eq!(
            hostile.for_postgres(),
            "'title' & 'a' & 'OR' & 'b' & 'NEAR' & 'c' & 'd' & 'e' & 'f'"
        );
    }

    #[test]
    fn the_last_word_may_be_unfinished_unless_it_is_a_single_letter() {
        assert_eq!(query("protein str").for_postgres(), "'protein' & 'str':*");
        assert_eq!(query("vitamin c").for_postgres(), "'vitamin' & 'c'");
        assert_eq!(
            query("protein str").for_sqlite("body", Some(ActorId(7))),
            r#"scope : "g7" AND {body} : ("protein" "str"*)"#
        );
    }

    #[test]
    fn a_hashtag_is_looked_for_as_it_is() {
        assert_eq!(query("#weaving").for_postgres(), "'weaving'");
        assert_eq!(
            query("loom #hand_weaving ").for_postgres(),
            "'loom' & 'hand' & 'weaving'"
        );
        assert_eq!(query("#weaving loo").for_postgres(), "'weaving' & 'loo':*");
    }

    #[test]
    fn a_search_without_words_is_none_and_a_long_one_is_cut() {
        assert_eq!(SearchQuery::parse(" -- \"*\u{0} 🙂 "), None);
        let long = query(&format!("{} {}", "x".repeat(5_000), "y ".repeat(1_000)));
        assert_eq!(long.terms.len(), MAX_TERMS);
        assert_eq!(long.terms[0].chars().count(), MAX_TERM_CHARS);
    }
}
