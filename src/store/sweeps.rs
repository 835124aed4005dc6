//! All that somebody wrote, here or in one group, which goes or comes back in steps: work for the errands
//! worker. A place is a group, or the site's own actor.

use diesel::prelude::*;

use super::schema::sweeps;
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::SweepAct;
use crate::domain::paging::Cursor;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sweeps)]
pub struct SweepRow {
    pub place_id: ActorId,
    pub person_id: ActorId,
    pub act: SweepAct,
    pub by_id: ActorId,
    pub reason: Option<String>,
    /// Their threads are done.
    pub on_comments: bool,
    pub after_time: i64,
    pub after_id: i64,
    pub created: Timestamp,
}

impl SweepRow {
    pub fn after(&self) -> Cursor {
        Cursor {
            key: self.after_time,
            id: self.after_id,
        }
    }
}

/// Begins anew, in place of what was under way there.
pub fn begin(conn: &mut Conn, row: &SweepRow) -> Result<(), StoreError> {
    done(conn, row.place_id, row.person_id)?;
    diesel::insert_into(sweeps::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn of(
    conn: &mut Conn,
    place: ActorId,
    person: ActorId,
) -> Result<Option<SweepRow>, StoreError> {
    Ok(sweeps::table
        .find((place, person))
        .select(SweepRow::as_select())
        .first(conn)
        .optional()?)
}

/// One that is next to be gone on with: its place and its person.
pub fn next(conn: &mut Conn) -> Result<Option<(ActorId, ActorId)>, StoreError> {
    Ok(sweeps::table
        .order((sweeps::place_id.asc(), sweeps::person_id.asc()))
        .select((sweeps::place_id, sweeps::person_id))
        .first(conn)
        .optional()?)
}

/// Where it goes on: after a thread or comment, or, without one, with the comments from their first.
pub fn go_on(
    conn: &mut Conn,
    row: &SweepRow,
    on_comments: bool,
    after: Option<Cursor>,
) -> Result<(), StoreError> {
    let after = after.unwrap_or(Cursor::BEGINNING);
    diesel::update(sweeps::table.find((row.place_id, row.person_id)))
        .set((
            sweeps::on_comments.eq(on_comments),
            sweeps::after_time.eq(after.key),
            sweeps::after_id.eq(after.id),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn done(conn: &mut Conn, place: ActorId, person: ActorId) -> Result<(), StoreError> {
    diesel::delete(sweeps::table.find((place, person))).execute(conn)?;
    Ok(())
}
