//! Who uploaded which picture, for quotas and clean-up.

use diesel::prelude::*;

use super::schema::uploads;
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, UploadId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads)]
pub struct UploadRow {
    pub id: UploadId,
    pub person_id: ActorId,
    pub file_name: String,
    pub bytes: i64,
    pub created: Timestamp,
}

pub fn insert(conn: &mut Conn, row: &UploadRow) -> Result<(), StoreError> {
    diesel::insert_into(uploads::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Bytes a person's pictures take.
pub fn bytes_of(conn: &mut Conn, person: ActorId) -> Result<i64, StoreError> {
    let sizes: Vec<i64> = uploads::table
        .filter(uploads::person_id.eq(person))
        .select(uploads::bytes)
        .load(conn)?;
    Ok(sizes.iter().sum())
}
