//! What waits for a member and is about no thread: a group that moved or asks for something.

use diesel::prelude::*;

use super::schema::notices;
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, NoticeId};
use crate::domain::kinds::NoticeKind;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = notices)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub recipient_id: ActorId,
    pub kind: NoticeKind,
    /// Whom it is about.
    pub actor_id: ActorId,
    /// Where they went, or what they ask of.
    pub other_id: ActorId,
    pub read: bool,
    pub created: Timestamp,
}

/// Adds a notice; one of the same is brought up again.
pub fn raise(conn: &mut Conn, row: &NoticeRow) -> Result<(), StoreError> {
    diesel::delete(
        notices::table
            .filter(notices::recipient_id.eq(row.recipient_id))
            .filter(notices::kind.eq(row.kind))
            .filter(notices::actor_id.eq(row.actor_id))
            .filter(notices::other_id.eq(row.other_id)),
    )
    .execute(conn)?;
    diesel::insert_into(notices::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Takes back what was said of these kinds about somebody: it holds no longer.
pub fn withdraw(
    conn: &mut Conn,
    recipient: ActorId,
    kinds: &[NoticeKind],
    actor: ActorId,
) -> Result<(), StoreError> {
    diesel::delete(
        notices::table
            .filter(notices::recipient_id.eq(recipient))
            .filter(notices::kind.eq_any(kinds.to_vec()))
            .filter(notices::actor_id.eq(actor)),
    )
    .execute(conn)?;
    Ok(())
}

/// Newest first.
pub fn latest(
    conn: &mut Conn,
    recipient: ActorId,
    limit: i64,
) -> Result<Vec<NoticeRow>, StoreError> {
    Ok(notices::table
        .filter(notices::recipient_id.eq(recipient))
        .order(notices::id.desc())
        .limit(limit)
        .select(NoticeRow::as_select())
        .load(conn)?)
}

pub fn unread(conn: &mut Conn, recipient: ActorId) -> Result<i64, StoreError> {
    Ok(notices::table
        .filter(notices::recipient_id.eq(recipient))
        .filter(notices::read.eq(false))
        .count()
        .get_result(conn)?)
}

pub fn mark_all_read(conn: &mut Conn, recipient: ActorId) -> Result<(), StoreError> {
    diesel::update(
        notices::table
            .filter(notices::recipient_id.eq(recipient))
            .filter(notices::read.eq(false)),
    )
    .set(notices::read.eq(true))
    .execute(conn)?;
    Ok(())
}
