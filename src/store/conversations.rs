//! What is still to be read from elsewhere: conversations of threads, and groups last seen long ago.

use diesel::prelude::*;
use url::Url;

use super::schema::{conversations, group_refreshes};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::time::{MINUTE, Timestamp};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = conversations)]
pub struct ConversationRow {
    pub post_id: PostId,
    /// The collection of the whole, as its origin states it.
    pub context_url: Option<String>,
    pub wanted: bool,
    pub attempts: i32,
    pub next_attempt: Timestamp,
    pub read_at: Option<Timestamp>,
}

pub fn find(conn: &mut Conn, post: PostId) -> Result<Option<ConversationRow>, StoreError> {
    Ok(conversations::table
        .find(post)
        .select(ConversationRow::as_select())
        .first(conn)
        .optional()?)
}

/// Remembers where the whole of a conversation is to be had.
pub fn note_context(
    conn: &mut Conn,
    post: PostId,
    context: &Url,
    now: Timestamp,
) -> Result<(), StoreError> {
    if find(conn, post)?.is_some() {
        diesel::update(conversations::table.find(post))
            .set(conversations::context_url.eq(context.as_str()))
            .execute(conn)?;
        return Ok(());
    }
    let row = ConversationRow {
        post_id: post,
        context_url: Some(context.to_string()),
        wanted: false,
        attempts: 0,
        next_attempt: now,
        read_at: None,
    };
    insert(conn, &row)
}

fn insert(conn: &mut Conn, row: &ConversationRow) -> Result<(), StoreError> {
    diesel::insert_into(conversations::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Asks for a conversation to be read, unless it was not long ago or is about to be. False then.
pub fn want(
    conn: &mut Conn,
    post: PostId,
    now: Timestamp,
    not_within: i64,
) -> Result<bool, StoreError> {
    match find(conn, post)? {
        None => {
            let row = ConversationRow {
                post_id: post,
                context_url: None,
                wanted: true,
                attempts: 0,
                next_attempt: now,
                read_at: None,
            };
            insert(conn, &row)?;
            Ok(true)
        }
        Some(row) if row.wanted || row.read_at.is_some_and(|at| now.since(at) < not_within) => {
            Ok(false)
        }
        Some(_) => {
            diesel::update(conversations::table.find(post))
                .set((
                    conversations::wanted.eq(true),
                    conversations::attempts.eq(0),
                    conversations::next_attempt.eq(now),
                ))
                .execute(conn)?;
            Ok(true)
        }
    }
}

/// Wanted conversations whose time has come, those that wait longest first.
pub fn due(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationRow>, StoreError> {
    Ok(conversations::table
        .filter(conversations::wanted)
        .filter(conversations::next_attempt.le(now))
        .order((
            conversations::next_attempt.asc(),
            conversations::post_id.asc(),
        ))
        .limit(limit)
        .select(ConversationRow::as_select())
        .load(conn)?)
}

/// Puts a conversation off until `next`, if nobody has done so since it was read: whoever does may
/// work on it until then. After a crash it is due again.
pub fn put_off(
    conn: &mut Conn,
    row: &ConversationRow,
    attempts: i32,
    next: Timestamp,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        conversations::table
            .find(row.post_id)
            .filter(conversations::wanted)
            .filter(conversations::next_attempt.eq(row.next_attempt)),
    )
    .set((
        conversations::attempts.eq(attempts),
        conversations::next_attempt.eq(next),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Nobody wants it any more: it was read, or cannot be.
pub fn finish(conn: &mut Conn, post: PostId, read: Option<Timestamp>) -> Result<(), StoreError> {
    let one = conversations::table.find(post);
    match read {
        Some(at) => diesel::update(one)
            .set((
                conversations::wanted.eq(false),
                conversations::read_at.eq(at),
            ))
            .execute(conn)?,
        None => diesel::update(one)
            .set(conversations::wanted.eq(false))
            .execute(conn)?,
    };
    Ok(())
}

/// How long one process may be busy with a group before another takes it up.
const REFRESH_LEASE: i64 = 10 * MINUTE;

/// Asks for a group elsewhere to be read anew at a time.
pub fn want_refresh(conn: &mut Conn, group: ActorId, at: Timestamp) -> Result<(), StoreError> {
    let known: Option<Timestamp> = group_refreshes::table
        .find(group)
        .select(group_refreshes::next_attempt)
        .first(conn)
        .optional()?;
    match known {
        None => {
            diesel::insert_into(group_refreshes::table)
                .values((
                    group_refreshes::group_id.eq(group),
                    group_refreshes::next_attempt.eq(at),
                ))
                .execute(conn)?;
        }
        // It may be under way: then once more.
        Some(later) if at < later => {
            diesel::update(group_refreshes::table.find(group))
                .set(group_refreshes::next_attempt.eq(at))
                .execute(conn)?;
        }
        Some(_) => {}
    }
    Ok(())
}

/// Groups to be read anew now, and until when they are nobody else's.
pub fn take_refreshes(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(ActorId, Timestamp)>, StoreError> {
    let until = now.plus(REFRESH_LEASE);
    let due: Vec<(ActorId, Timestamp)> = group_refreshes::table
        .filter(group_refreshes::next_attempt.le(now))
        .order((
            group_refreshes::next_attempt.asc(),
            group_refreshes::group_id.asc(),
        ))
        .limit(limit)
        .select((group_refreshes::group_id, group_refreshes::next_attempt))
        .load(conn)?;
    let mut taken = Vec::new();
    for (group, seen) in due {
        let changed = diesel::update(
            group_refreshes::table
                .find(group)
                .filter(group_refreshes::next_attempt.eq(seen)),
        )
        .set(group_refreshes::next_attempt.eq(until))
        .execute(conn)?;
        if changed == 1 {
            taken.push((group, until));
        }
    }
    Ok(taken)
}

/// Done, unless it was wanted once more meanwhile.
pub fn refreshed(conn: &mut Conn, group: ActorId, until: Timestamp) -> Result<(), StoreError> {
    diesel::delete(
        group_refreshes::table
            .find(group)
            .filter(group_refreshes::next_attempt.eq(until)),
    )
    .execute(conn)?;
    Ok(())
}
