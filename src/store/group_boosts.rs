//! With which activity a group of ours told of something by its address.

use diesel::prelude::*;
use url::Url;

use super::schema::group_boosts;
use super::{Conn, StoreError};
use crate::domain::ids::{ActivityId, ActorId};

/// The last time counts.
pub fn set(
    conn: &mut Conn,
    group: ActorId,
    object: &Url,
    activity: ActivityId,
) -> Result<(), StoreError> {
    diesel::delete(group_boosts::table.find((group, object.as_str()))).execute(conn)?;
    diesel::insert_into(group_boosts::table)
        .values((
            group_boosts::group_id.eq(group),
            group_boosts::object.eq(object.as_str()),
            group_boosts::activity_id.eq(activity),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn of(conn: &mut Conn, group: ActorId, object: &Url) -> Result<Option<ActivityId>, StoreError> {
    Ok(group_boosts::table
        .find((group, object.as_str()))
        .select(group_boosts::activity_id)
        .first(conn)
        .optional()?)
}
