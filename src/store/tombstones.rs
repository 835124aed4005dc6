//! Objects deleted, and activities undone, before we ever saw them.

use diesel::prelude::*;
use url::Url;

use super::schema::tombstones;
use super::{Conn, StoreError};
use crate::domain::time::Timestamp;

pub fn remember(conn: &mut Conn, ap_id: &Url, now: Timestamp) -> Result<(), StoreError> {
    if !exists(conn, ap_id)? {
        diesel::insert_into(tombstones::table)
            .values((
                tombstones::ap_id.eq(ap_id.as_str()),
                tombstones::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn exists(conn: &mut Conn, ap_id: &Url) -> Result<bool, StoreError> {
    Ok(
        diesel::select(diesel::dsl::exists(tombstones::table.find(ap_id.as_str())))
            .get_result(conn)?,
    )
}

pub fn forget(conn: &mut Conn, ap_id: &Url) -> Result<(), StoreError> {
    diesel::delete(tombstones::table.find(ap_id.as_str())).execute(conn)?;
    Ok(())
}

pub fn forget_before(conn: &mut Conn, moment: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(tombstones::table.filter(tombstones::created.lt(moment))).execute(conn)?)
}
