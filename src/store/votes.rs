//! Votes on posts and comments, whose ids come from one sequence.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::votes;
use super::{Conn, StoreError, counted_once};
use crate::domain::ids::ActorId;
use crate::domain::kinds::Vote;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

/// Who voted on something, and how: (person, value), by id.
pub fn page(
    conn: &mut Conn,
    target: i64,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(ActorId, i16)>, StoreError> {
    let from = after.map_or(ActorId(0), |cursor| ActorId(cursor.id));
    let rows = votes::table
        .filter(votes::target_id.eq(target).and(votes::actor_id.gt(from)))
        .order(votes::actor_id.asc())
        .limit(limit as i64 + 1)
        .select((votes::actor_id, votes::value))
        .load::<(ActorId, i16)>(conn)?;
    Ok(Page::from_rows(rows, limit, |(person, _)| Cursor {
        key: 0,
        id: person.0,
    }))
}

/// How the counters of a post or comment change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub up: i64,
    pub down: i64,
}

/// Moves the counters of a row of `$table`, and its rank with them.
macro_rules! tally {
    ($conn:expr, $table:ident, $row:expr, $tally:expr) => {{
        let (conn, read, tally): (&mut Conn, _, Tally) = ($conn, $row, $tally);
        let moved = (
            $table::upvotes.eq($table::upvotes + tally.up),
            $table::downvotes.eq($table::downvotes + tally.down),
            $table::score.eq($table::score + (tally.up - tally.down)),
        );
        let ranked = |score| $table::hot_rank.eq(hot_rank(score, read.published));
        let row = $table::table.find(read.id);
        let as_read = row.filter($table::score.eq(read.score));
        let score = read.score + tally.up - tally.down;
        let changed = diesel::update(as_read)
            .set((moved, ranked(score)))
            .execute(conn)?;
        if changed == 0 {
            // Another vote came in between. Once ours has locked the row, the score is that of both.
            counted_once(diesel::update(row).set(moved).execute(conn)?)?;
            let score: i64 = row.select($table::score).first(conn)?;
            diesel::update(row).set(ranked(score)).execute(conn)?;
        }
        Ok(())
    }};
}

pub(super) use tally;

/// Casts, changes or withdraws a vote; says how the counters move.
pub fn set(
    conn: &mut Conn,
    target: i64,
    actor: ActorId,
    vote: Option<Vote>,
    now: Timestamp,
) -> Result<Tally, StoreError> {
    let before: Option<i16> = votes::table
        .find((target, actor))
        .select(votes::value)
        .first(conn)
        .optional()?;
    let after = vote.map(Vote::value);
    if before == after {
        return Ok(Tally::default());
    }
    // Counted from what was there: a change that came in between must not be counted as well.
    let as_read = votes::table
        .find((target, actor))
        .filter(votes::value.eq(before.unwrap_or_default()));
    let changed = match (before, after) {
        (_, None) => diesel::delete(as_read).execute(conn)?,
        (None, Some(value)) => diesel::insert_into(votes::table)
            .values((
                votes::target_id.eq(target),
                votes::actor_id.eq(actor),
                votes::value.eq(value),
                votes::created.eq(now),
            ))
            .execute(conn)?,
        (Some(_), Some(value)) => diesel::update(as_read)
            .set((votes::value.eq(value), votes::created.eq(now)))
            .execute(conn)?,
    };
    counted_once(changed)?;
    let is = |value: Option<i16>, sign: i16| i64::from(value == Some(sign));
    Ok(Tally {
        up: is(after, 1) - is(before, 1),
        down: is(after, -1) - is(before, -1),
    })
}

/// How one actor voted on these posts or comments: 1 or -1 by target.
pub fn of_actor(
    conn: &mut Conn,
    actor: ActorId,
    targets: &[i64],
) -> Result<HashMap<i64, i16>, StoreError> {
    Ok(votes::table
        .filter(votes::actor_id.eq(actor))
        .filter(votes::target_id.eq_any(targets.to_vec()))
        .select((votes::target_id, votes::value))
        .load::<(i64, i16)>(conn)?
        .into_iter()
        .collect())
}
