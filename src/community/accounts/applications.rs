//! Applications to join, decided by an administrator.

use super::Viewer;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::store::{Tx, accounts};

pub fn decide(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    applicant: ActorId,
    accept: bool,
) -> Result<(), CommunityError> {
    if !viewer.admin {
        return Err(Denied::NotAdmin.into());
    }
    let account = accounts::get(tx.conn, applicant)?.ok_or(Missing::Application)?;
    if account.state == AccountState::Active {
        return Err(Missing::Application.into());
    }
    let state = if accept {
        AccountState::Active
    } else {
        AccountState::Rejected
    };
    Ok(accounts::set_state(tx.conn, applicant, state)?)
}
