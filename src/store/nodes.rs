//! Node numbers: each process that shares the database makes ids with a number of its own.

use diesel::prelude::*;

use super::schema::nodes;
use super::{Conn, StoreError};
use crate::domain::ids::MAX_NODE;
use crate::domain::time::{MINUTE, Timestamp};

/// How long a number stays claimed after its holder last renewed it.
pub const LEASE: i64 = 10 * MINUTE;

/// Claims the lowest number that nobody holds.
pub fn claim(conn: &mut Conn, holder: &str, now: Timestamp) -> Result<u16, StoreError> {
    for _ in 0..3 {
        let outcome = conn.transaction(|conn| -> Result<u16, StoreErrorInTx> {
            diesel::delete(nodes::table.filter(nodes::lease_until.lt(now))).execute(conn)?;
            let taken: Vec<i32> = nodes::table.select(nodes::number).load(conn)?;
            let free = (0..=i32::from(MAX_NODE))
                .find(|n| !taken.contains(n))
                .ok_or_else(|| {
                    StoreError::Unavailable(
                        "too many processes share this database (32 at most)".to_owned(),
                    )
                })?;
            diesel::insert_into(nodes::table)
                .values((
                    nodes::number.eq(free),
                    nodes::holder.eq(holder),
                    nodes::lease_until.eq(now.plus(LEASE)),
                ))
                .execute(conn)?;
            Ok(u16::try_from(free).unwrap_or(MAX_NODE))
        });
        match outcome {
            Err(StoreErrorInTx(StoreError::Conflict)) => continue,
            Err(StoreErrorInTx(error)) => return Err(error),
            Ok(number) => return Ok(number),
        }
    }
    Err(StoreError::Conflict)
}

pub fn renew(conn: &mut Conn, holder: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(nodes::table.filter(nodes::holder.eq(holder)))
        .set(nodes::lease_until.eq(now.plus(LEASE)))
        .execute(conn)?;
    Ok(())
}

pub fn release(conn: &mut Conn, holder: &str) -> Result<(), StoreError> {
    diesel::delete(nodes::table.filter(nodes::holder.eq(holder))).execute(conn)?;
    Ok(())
}

struct StoreErrorInTx(StoreError);

impl From<diesel::result::Error> for StoreErrorInTx {
    fn from(error: diesel::result::Error) -> Self {
        StoreErrorInTx(error.into())
    }
}

impl From<StoreError> for StoreErrorInTx {
    fn from(error: StoreError) -> Self {
        StoreErrorInTx(error)
    }
}
