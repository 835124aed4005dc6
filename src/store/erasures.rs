//! People who are gone and whose writings have yet to go: work for the errands worker.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::schema::erasures;
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::paging::Cursor;
use crate::domain::time::Timestamp;

/// How far the erasing of what one person wrote has come.
#[derive(Clone, Copy, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasures)]
pub struct ErasureRow {
    pub person_id: ActorId,
    /// Their threads are done.
    pub on_comments: bool,
    pub after_time: i64,
    pub after_id: i64,
    pub created: Timestamp,
}

impl ErasureRow {
    pub fn after(&self) -> Cursor {
        Cursor {
            key: self.after_time,
            id: self.after_id,
        }
    }
}

pub fn ask(conn: &mut Conn, person: ActorId, now: Timestamp) -> Result<(), StoreError> {
    let known: bool = diesel::select(exists(erasures::table.find(person))).get_result(conn)?;
    if !known {
        diesel::insert_into(erasures::table)
            .values(ErasureRow {
                person_id: person,
                on_comments: false,
                after_time: Cursor::BEGINNING.key,
                after_id: Cursor::BEGINNING.id,
                created: now,
            })
            .execute(conn)?;
    }
    Ok(())
}

/// Where it goes on: after a thread or comment, or, without one, with the comments from their first.
pub fn go_on(
    conn: &mut Conn,
    person: ActorId,
    on_comments: bool,
    after: Option<Cursor>,
) -> Result<(), StoreError> {
    let after = after.unwrap_or(Cursor::BEGINNING);
    diesel::update(erasures::table.find(person))
        .set((
            erasures::on_comments.eq(on_comments),
            erasures::after_time.eq(after.key),
            erasures::after_id.eq(after.id),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn done(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    diesel::delete(erasures::table.find(person)).execute(conn)?;
    Ok(())
}

pub fn of(conn: &mut Conn, person: ActorId) -> Result<Option<ErasureRow>, StoreError> {
    Ok(erasures::table
        .find(person)
        .select(ErasureRow::as_select())
        .first(conn)
        .optional()?)
}

/// Somebody whose writings are next to go.
pub fn next(conn: &mut Conn) -> Result<Option<ActorId>, StoreError> {
    Ok(erasures::table
        .order(erasures::person_id.asc())
        .select(erasures::person_id)
        .first(conn)
        .optional()?)
}
