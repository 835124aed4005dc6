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
    let account = accounts::get(tx.conn, person)?;
    let local = actors::get(tx.conn, other)?.local;
    let at = |here: bool| if here { Home::Here } else { Home::Elsewhere };
    Ok(Standing {
        lives: at(account.is_some()),
        admin: account.is_some_and(|account| account.admin),
        home: at(local),
        ..Standing::default()
    })
}
