//! Bans whose time is over end by themselves. Nobody is told: whoever heard of the ban heard of its end.

use crate::domain::ids::ActorId;
use crate::store::{StoreError, Tx, actors, bans, site};

const AT_ONCE: i64 = 200;

/// Ends what is over; run by the clock. What was removed with a ban stays removed.
pub fn lift_over(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let here = site::get(tx.conn)?.actor_id;
    for ban in bans::over(tx.conn, tx.now, AT_ONCE)? {
        bans::lift(tx.conn, ban.place_id, ban.person_id)?;
        if ban.place_id == here {
            actors::set_suspended(tx.conn, ban.person_id, false)?;
        }
    }
    Ok(())
}

/// Whether somebody is still banned from the site, looked at closely: the clock may not have come by yet.
pub(in crate::community) fn lift_if_over(
    tx: &mut Tx<'_>,
    person: ActorId,
) -> Result<bool, StoreError> {
    if !actors::is_suspended(tx.conn, person)? {
        return Ok(false);
    }
    let here = site::get(tx.conn)?.actor_id;
    if bans::find(tx.conn, here, person)?.is_none() || bans::holds(tx.conn, here, person, tx.now)? {
        return Ok(true);
    }
    bans::lift(tx.conn, here, person)?;
    actors::set_suspended(tx.conn, person, false)?;
    Ok(false)
}
