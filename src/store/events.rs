//! When and where: threads that announce an event.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::events;
use super::{Conn, StoreError};
use crate::domain::ids::PostId;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub post_id: PostId,
    pub starts: Timestamp,
    pub ends: Option<Timestamp>,
    /// As in the time zone database.
    pub timezone: Option<String>,
    pub place: Option<String>,
    pub address: Option<String>,
    pub online_url: Option<String>,
    pub cancelled: bool,
}

/// Keeps this in place of what was there.
pub fn set(conn: &mut Conn, row: &EventRow) -> Result<(), StoreError> {
    delete(conn, row.post_id)?;
    diesel::insert_into(events::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::delete(events::table.find(post)).execute(conn)?;
    Ok(())
}

/// Of those threads that are one.
pub fn of(conn: &mut Conn, posts: &[PostId]) -> Result<HashMap<PostId, EventRow>, StoreError> {
    Ok(events::table
        .filter(events::post_id.eq_any(posts.to_vec()))
        .select(EventRow::as_select())
        .load::<EventRow>(conn)?
        .into_iter()
        .map(|row| (row.post_id, row))
        .collect())
}

pub fn get(conn: &mut Conn, post: PostId) -> Result<Option<EventRow>, StoreError> {
    Ok(of(conn, &[post])?.remove(&post))
}
