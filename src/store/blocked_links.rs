//! Links that nobody may post here.

use diesel::prelude::*;

use super::schema::blocked_links;
use super::{Conn, StoreError};
use crate::domain::links::LinkPattern;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = blocked_links)]
pub struct BlockedLinkRow {
    pub id: i64,
    pub pattern: String,
    pub created: Timestamp,
}

pub fn all(conn: &mut Conn) -> Result<Vec<BlockedLinkRow>, StoreError> {
    Ok(blocked_links::table
        .order(blocked_links::id.asc())
        .select(BlockedLinkRow::as_select())
        .load(conn)?)
}

pub fn insert(conn: &mut Conn, row: &BlockedLinkRow) -> Result<(), StoreError> {
    diesel::insert_into(blocked_links::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut Conn, pattern: &LinkPattern) -> Result<(), StoreError> {
    diesel::delete(blocked_links::table.filter(blocked_links::pattern.eq(pattern.as_str())))
        .execute(conn)?;
    Ok(())
}
