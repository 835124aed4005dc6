//! Sessions of browsers and API clients. Tokens are kept as hashes only.

use diesel::prelude::*;

use super::schema::sessions;
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::SessionKind;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    pub person_id: ActorId,
    pub kind: SessionKind,
    pub created: Timestamp,
    pub last_used: Timestamp,
    pub expires: Timestamp,
}

pub fn insert(conn: &mut Conn, row: &SessionRow) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table
        .find(hash)
        .filter(sessions::expires.gt(now))
        .select(SessionRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn touch(
    conn: &mut Conn,
    hash: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(hash))
        .set((sessions::last_used.eq(now), sessions::expires.eq(expires)))
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut Conn, hash: &str) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(hash)).execute(conn)?;
    Ok(())
}

/// Ends every session of a person but, if given, the one that asked for it.
pub fn delete_all_of(
    conn: &mut Conn,
    person: ActorId,
    except: Option<&str>,
) -> Result<(), StoreError> {
    diesel::delete(
        sessions::table
            .filter(sessions::person_id.eq(person))
            .filter(sessions::token_hash.ne(except.unwrap_or_default())),
    )
    .execute(conn)?;
    Ok(())
}

/// Sessions of a person that have not run out, the latest first.
pub fn all_of(
    conn: &mut Conn,
    person: ActorId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    Ok(sessions::table
        .filter(sessions::person_id.eq(person))
        .filter(sessions::expires.gt(now))
        .order(sessions::created.desc())
        .limit(200)
        .select(SessionRow::as_select())
        .load(conn)?)
}

pub fn delete_expired(conn: &mut Conn, now: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires.le(now))).execute(conn)?)
}
