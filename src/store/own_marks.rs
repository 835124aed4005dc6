//! What a member noted about threads and comments: saved, seen, hidden. Nobody else sees it.

use std::collections::{HashMap, HashSet};

use diesel::dsl::exists;
use diesel::prelude::*;

use super::audience;
use super::comments::CommentRow;
use super::posts::PostRow;
use super::schema::{comments, hidden_posts, posts, readings, saved, votes};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::Vote;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

/// Saves a thread or comment, by its id, or no longer.
pub fn set_saved(
    conn: &mut Conn,
    person: ActorId,
    target: i64,
    save: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = saved::table.find((person, target));
    if !save {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    }
    let known: bool = diesel::select(exists(row)).get_result(conn)?;
    if !known {
        diesel::insert_into(saved::table)
            .values((
                saved::person_id.eq(person),
                saved::target_id.eq(target),
                saved::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn set_hidden(
    conn: &mut Conn,
    person: ActorId,
    post: PostId,
    hide: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = hidden_posts::table.find((person, post));
    if !hide {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    }
    let known: bool = diesel::select(exists(row)).get_result(conn)?;
    if !known {
        diesel::insert_into(hidden_posts::table)
            .values((
                hidden_posts::person_id.eq(person),
                hidden_posts::post_id.eq(post),
                hidden_posts::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What is known of a member's reading of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub marked: bool,
    /// How many comments there were when the thread was opened last.
    pub comments: i64,
}

/// Marks a thread as read, or as not; `comments`: how many were seen, where it was opened.
pub fn set_read(
    conn: &mut Conn,
    person: ActorId,
    post: PostId,
    marked: bool,
    comments: Option<i64>,
) -> Result<(), StoreError> {
    let row = readings::table.find((person, post));
    let known: Option<(bool, i64)> = row
        .select((readings::marked, readings::comments))
        .first(conn)
        .optional()?;
    match known {
        None => {
            diesel::insert_into(readings::table)
                .values((
                    readings::person_id.eq(person),
                    readings::post_id.eq(post),
                    readings::marked.eq(marked),
                    readings::comments.eq(comments.unwrap_or(0)),
                ))
                .execute(conn)?;
        }
        Some((was, seen)) => {
            let seen_now = comments.unwrap_or(seen);
            if (was, seen) != (marked, seen_now) {
                diesel::update(row)
                    .set((readings::marked.eq(marked), readings::comments.eq(seen_now)))
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// A member's marks on these threads and comments.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    pub saved: HashSet<i64>,
    pub hidden: HashSet<PostId>,
    pub readings: HashMap<PostId, Reading>,
}

/// Of threads.
pub fn of_posts(conn: &mut Conn, person: ActorId, ids: &[PostId]) -> Result<Marks, StoreError> {
    let targets: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let hidden = hidden_posts::table
        .filter(hidden_posts::person_id.eq(person))
        .filter(hidden_posts::post_id.eq_any(ids.to_vec()))
        .select(hidden_posts::post_id)
        .load::<PostId>(conn)?;
    let seen = readings::table
        .filter(readings::person_id.eq(person))
        .filter(readings::post_id.eq_any(ids.to_vec()))
        .select((readings::post_id, readings::marked, readings::comments))
        .load::<(PostId, bool, i64)>(conn)?;
    Ok(Marks {
        saved: saved_of(conn, person, &targets)?,
        hidden: hidden.into_iter().collect(),
        readings: seen
            .into_iter()
            .map(|(post, marked, comments)| (post, Reading { marked, comments }))
            .collect(),
    })
}

/// Which of these threads or comments a member saved.
pub fn saved_of(
    conn: &mut Conn,
    person: ActorId,
    targets: &[i64],
) -> Result<HashSet<i64>, StoreError> {
    Ok(saved::table
        .filter(saved::person_id.eq(person))
        .filter(saved::target_id.eq_any(targets.to_vec()))
        .select(saved::target_id)
        .load::<i64>(conn)?
        .into_iter()
        .collect())
}

/// A list that is made of what a member did, and not of all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The latest saved first.
    Saved,
    /// What others wrote, the latest written first.
    Voted(Vote),
}

macro_rules! noted {
    ($conn:ident, $person:ident, $noted:ident, $after:ident, $limit:ident, $table:ident, $row:ident) => {{
        let shown = || $table::deleted.eq(false).and($table::removed.eq(false));
        match $noted {
            Noted::Saved => {
                let mut query = saved::table
                    .inner_join($table::table.on($table::id.eq(saved::target_id)))
                    .filter(saved::person_id.eq($person))
                    .filter(shown())
                    .select((saved::created, $row::as_select()))
                    .into_boxed();
                if let Some(Cursor { key, id }) = $after {
                    let key = Timestamp::from_micros(key);
                    query = query.filter(
                        saved::created
                            .le(key)
                            .and(saved::created.lt(key).or(saved::target_id.lt(id))),
                    );
                }
                let rows = query
                    .order((saved::created.desc(), saved::target_id.desc()))
                    .limit($limit as i64 + 1)
                    .load::<(Timestamp, $row)>($conn)?;
                Page::from_rows(rows, $limit, |(created, row)| Cursor {
                    key: created.micros(),
                    id: row.id.0,
                })
                .map(|(_, row)| row)
            }
            Noted::Voted(vote) => {
                let mut query = votes::table
                    .inner_join($table::table.on($table::id.eq(votes::target_id)))
                    .filter(
                        votes::actor_id
                            .eq($person)
                            .and(votes::value.eq(vote.value())),
                    )
                    .filter($table::author_id.ne($person))
                    .filter(shown())
                    .select($row::as_select())
                    .into_boxed();
                if let Some(Cursor { id, .. }) = $after {
                    query = query.filter(votes::target_id.lt(id));
                }
                let rows = query
                    .order(votes::target_id.desc())
                    .limit($limit as i64 + 1)
                    .load::<$row>($conn)?;
                Page::from_rows(rows, $limit, |row| Cursor {
                    key: 0,
                    id: row.id.0,
                })
            }
        }
    }};
}

pub fn posts(
    conn: &mut Conn,
    person: ActorId,
    noted: Noted,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let mut page = noted!(conn, person, noted, after, limit, posts, PostRow);
    let groups = page.items.iter().map(|row| row.group_id).collect();
    let closed = audience::closed_among(conn, Some(person), &groups)?;
    page.items.retain(|row| !closed.contains(&row.group_id));
    Ok(page)
}

pub fn comments(
    conn: &mut Conn,
    person: ActorId,
    noted: Noted,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<CommentRow>, StoreError> {
    let mut page = noted!(conn, person, noted, after, limit, comments, CommentRow);
    let groups = page.items.iter().map(|row| row.group_id).collect();
    let closed = audience::closed_among(conn, Some(person), &groups)?;
    page.items.retain(|row| !closed.contains(&row.group_id));
    Ok(page)
}

/// All of it ends, with the account.
pub fn forget_all_of(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    diesel::delete(saved::table.filter(saved::person_id.eq(person))).execute(conn)?;
    diesel::delete(readings::table.filter(readings::person_id.eq(person))).execute(conn)?;
    diesel::delete(hidden_posts::table.filter(hidden_posts::person_id.eq(person))).execute(conn)?;
    Ok(())
}
