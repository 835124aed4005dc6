//! What people elsewhere did and have not undone, by the ids of their activities.

use diesel::dsl::exists;
use diesel::prelude::*;
use url::Url;

use super::schema::standing_acts::{self, dsl};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

/// Once, however often it comes.
pub fn insert(
    conn: &mut Conn,
    about: &str,
    actor: ActorId,
    activity: &Url,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known: bool = diesel::select(exists(dsl::standing_acts.find((
        about,
        actor,
        activity.as_str(),
    ))))
    .get_result(conn)?;
    if !known {
        diesel::insert_into(standing_acts::table)
            .values((
                dsl::about.eq(about),
                dsl::actor_id.eq(actor),
                dsl::activity.eq(activity.as_str()),
                dsl::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Ends one; whether it stood.
pub fn take(
    conn: &mut Conn,
    about: &str,
    actor: ActorId,
    activity: &Url,
) -> Result<bool, StoreError> {
    let row = dsl::standing_acts.find((about, actor, activity.as_str()));
    Ok(diesel::delete(row).execute(conn)? > 0)
}

pub fn any(conn: &mut Conn, about: &str) -> Result<bool, StoreError> {
    let rows = dsl::standing_acts.filter(dsl::about.eq(about));
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}

pub fn any_by(conn: &mut Conn, about: &str, actor: ActorId) -> Result<bool, StoreError> {
    let rows = dsl::standing_acts.filter(dsl::about.eq(about).and(dsl::actor_id.eq(actor)));
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}

pub fn of(conn: &mut Conn, about: &str, actor: ActorId) -> Result<Vec<String>, StoreError> {
    Ok(dsl::standing_acts
        .filter(dsl::about.eq(about).and(dsl::actor_id.eq(actor)))
        .select(dsl::activity)
        .load(conn)?)
}

/// It is over, whoever did it.
pub fn end(conn: &mut Conn, about: &str) -> Result<(), StoreError> {
    diesel::delete(dsl::standing_acts.filter(dsl::about.eq(about))).execute(conn)?;
    Ok(())
}

pub fn end_by(conn: &mut Conn, about: &str, actor: ActorId) -> Result<(), StoreError> {
    let rows = dsl::standing_acts.filter(dsl::about.eq(about).and(dsl::actor_id.eq(actor)));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

pub fn forget_before(conn: &mut Conn, moment: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(dsl::standing_acts.filter(dsl::created.lt(moment))).execute(conn)?)
}
