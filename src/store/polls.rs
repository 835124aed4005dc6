//! Polls that threads carry: their answers, and who chose what.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::schema::{poll_options, poll_votes, polls};
use super::{Conn, StoreError, counted_once};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = polls)]
pub struct PollRow {
    pub post_id: PostId,
    pub multiple: bool,
    /// Its author shows no numbers before the end.
    pub hides_results: bool,
    /// `None`: it stays open.
    pub ends: Option<Timestamp>,
    pub closed: bool,
    pub voters: i64,
    /// Votes came in that the others have not been told of.
    pub changed: bool,
    pub told: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = poll_options)]
pub struct OptionRow {
    pub post_id: PostId,
    pub position: i32,
    pub name: String,
    pub votes: i64,
}

/// A poll with its answers in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    pub row: PollRow,
    pub options: Vec<OptionRow>,
    /// What the viewer chose.
    pub mine: Vec<usize>,
}

impl Poll {
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.row.closed || self.row.ends.is_some_and(|ends| ends <= now)
    }
}

pub fn insert(conn: &mut Conn, row: &PollRow, options: &[OptionRow]) -> Result<(), StoreError> {
    diesel::insert_into(polls::table)
        .values(row)
        .execute(conn)?;
    // One by one: SQLite inserts no list of rows that is made at run time.
    for option in options {
        diesel::insert_into(poll_options::table)
            .values(option)
            .execute(conn)?;
    }
    Ok(())
}

/// Takes a poll away, with all that was chosen.
pub fn delete(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::delete(poll_votes::table.filter(poll_votes::post_id.eq(post))).execute(conn)?;
    diesel::delete(poll_options::table.filter(poll_options::post_id.eq(post))).execute(conn)?;
    diesel::delete(polls::table.find(post)).execute(conn)?;
    Ok(())
}

/// Of those threads that carry one, with what `viewer` chose.
pub fn of(
    conn: &mut Conn,
    posts: &[PostId],
    viewer: Option<ActorId>,
) -> Result<HashMap<PostId, Poll>, StoreError> {
    let rows: Vec<PollRow> = polls::table
        .filter(polls::post_id.eq_any(posts.to_vec()))
        .select(PollRow::as_select())
        .load(conn)?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let with: Vec<PostId> = rows.iter().map(|row| row.post_id).collect();
    let mut options: BTreeMap<PostId, Vec<OptionRow>> = BTreeMap::new();
    let of_these = poll_options::table
        .filter(poll_options::post_id.eq_any(with.clone()))
        .select(OptionRow::as_select())
        .load::<OptionRow>(conn)?;
    for option in of_these {
        options.entry(option.post_id).or_default().push(option);
    }
    let mut mine: HashMap<PostId, Vec<usize>> = HashMap::new();
    if let Some(viewer) = viewer {
        let chosen = poll_votes::table
            .filter(poll_votes::voter_id.eq(viewer))
            .filter(poll_votes::post_id.eq_any(with))
            .select((poll_votes::post_id, poll_votes::position))
            .load::<(PostId, i32)>(conn)?;
        for (post, position) in chosen {
            let position = usize::try_from(position).unwrap_or_default();
            mine.entry(post).or_default().push(position);
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let post = row.post_id;
            let mut options = options.remove(&post).unwrap_or_default();
            options.sort_by_key(|option| option.position);
            let mine = mine.remove(&post).unwrap_or_default();
            (post, Poll { row, options, mine })
        })
        .collect())
}

pub fn get(
    conn: &mut Conn,
    post: PostId,
    viewer: Option<ActorId>,
) -> Result<Option<Poll>, StoreError> {
    Ok(of(conn, &[post], viewer)?.remove(&post))
}

/// Lets who votes in the same poll wait until this transaction is over, and then see what it did.
pub fn hold(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::update(polls::table.find(post))
        .set(polls::voters.eq(polls::voters))
        .execute(conn)?;
    Ok(())
}

/// Counts a vote: `new` answers of a voter who had chosen nothing (`first`) or something before.
pub fn vote(
    conn: &mut Conn,
    post: PostId,
    voter: ActorId,
    new: &[usize],
    first: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    for position in new {
        let position = i32::try_from(*position).unwrap_or(i32::MAX);
        diesel::insert_into(poll_votes::table)
            .values((
                poll_votes::post_id.eq(post),
                poll_votes::voter_id.eq(voter),
                poll_votes::position.eq(position),
                poll_votes::created.eq(now),
            ))
            .execute(conn)?;
        let counted = diesel::update(poll_options::table.find((post, position)))
            .set(poll_options::votes.eq(poll_options::votes + 1))
            .execute(conn)?;
        counted_once(counted)?;
    }
    let more = i64::from(first);
    let counted = diesel::update(polls::table.find(post))
        .set((
            polls::voters.eq(polls::voters + more),
            polls::changed.eq(true),
        ))
        .execute(conn)?;
    counted_once(counted)
}

/// What its origin says of it now: the numbers, the end, and whether it is over.
pub fn update_results(
    conn: &mut Conn,
    row: &PollRow,
    options: &[OptionRow],
) -> Result<(), StoreError> {
    diesel::update(polls::table.find(row.post_id))
        .set((
            polls::voters.eq(row.voters),
            polls::ends.eq(row.ends),
            polls::closed.eq(row.closed),
            polls::hides_results.eq(row.hides_results),
        ))
        .execute(conn)?;
    for option in options {
        diesel::update(poll_options::table.find((option.post_id, option.position)))
            .set(poll_options::votes.eq(option.votes))
            .execute(conn)?;
    }
    Ok(())
}

/// Open ones whose time is over.
pub fn to_close(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<PostId>, StoreError> {
    Ok(polls::table
        .filter(polls::closed.eq(false))
        .filter(polls::ends.le(now))
        .order(polls::ends.asc())
        .limit(limit)
        .select(polls::post_id)
        .load(conn)?)
}

pub fn close(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::update(polls::table.find(post))
        .set(polls::closed.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Those with votes that the others were not told of since `before`.
pub fn to_tell(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<PostId>, StoreError> {
    Ok(polls::table
        .filter(polls::changed.eq(true))
        .filter(polls::told.le(before))
        .order(polls::told.asc())
        .limit(limit)
        .select(polls::post_id)
        .load(conn)?)
}

pub fn told(conn: &mut Conn, post: PostId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(polls::table.find(post))
        .set((polls::changed.eq(false), polls::told.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub fn voters(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>, StoreError> {
    Ok(poll_votes::table
        .filter(poll_votes::post_id.eq(post))
        .select(poll_votes::voter_id)
        .distinct()
        .load(conn)?)
}
