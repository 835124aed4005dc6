//! What somebody is in a group, by which `domain::rules` says what they may do there.

use crate::community::CommunityError;
use crate::domain::ids::ActorId;
use crate::domain::rules::{Home, Standing};
use crate::store::{StoreError, Tx, accounts, actors};

pub fn standing(
    tx: &mut Tx<'_>,
    person: ActorId,
    group: ActorId,
) -> Result<Standing, CommunityError> {
    let role = actors::role(tx.conn, group, person)?;
    Ok(Standing {
        role,
        ..toward(tx, person, group)?
    })
}

/// What somebody is to a person or group, apart from any role.
pub fn toward(tx: &mut Tx<'_>, person: ActorId, other: ActorId) -> Result<Standing, StoreError> {
    let admin = accounts::get(tx.conn, person)?.is_some_and(|account| account.admin);
    let local = actors::get(tx.conn, other)?.local;
    Ok(Standing {
        admin,
        home: if local { Home::Here } else { Home::Elsewhere },
        ..Standing::default()
    })
}
