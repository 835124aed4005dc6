//! Applications to join, decided by an administrator.

use super::Viewer;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::domain::text::one_line;
use crate::store::accounts::{self, DecisionRow};
use crate::store::{StoreError, Tx};

/// As long as what a moderator writes.
const REASON_MAX: usize = 300;

/// `reason`: told to whoever is declined, when they try to log in.
pub fn decide(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    applicant: ActorId,
    accept: bool,
    reason: Option<&str>,
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
    accounts::set_state(tx.conn, applicant, state)?;
    let reason = reason.map(|text| one_line(text, REASON_MAX));
    let decision = DecisionRow {
        person_id: applicant,
        admin_id: viewer.id,
        reason: reason.filter(|text| !text.is_empty() && !accept),
        decided: tx.now,
    };
    Ok(accounts::set_decision(tx.conn, &decision)?)
}

/// What somebody who was declined is told.
pub(super) fn declined(tx: &mut Tx<'_>, applicant: ActorId) -> Result<CommunityError, StoreError> {
    let decision = accounts::decisions(tx.conn, &[applicant])?.pop();
    Ok(match decision.and_then(|decision| decision.reason) {
        Some(reason) => CommunityError::Declined { reason },
        None => Denied::Rejected.into(),
    })
}
