//! Applications to join, decided by an administrator.

use super::Viewer;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::domain::limits::Reason;
use crate::domain::paging::{Cursor, Page};
use crate::domain::rules::Act;
use crate::store::accounts::{self, AccountRow, DecisionRow};
use crate::store::actors::ActorBrief;
use crate::store::{StoreError, Tx};

/// How many wait for an answer.
pub fn waiting(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<i64, CommunityError> {
    viewer.may(Act::DecideApplications)?;
    Ok(accounts::count_waiting(tx.conn)?)
}

/// Those that wait, the oldest first; or all, the newest first.
pub fn page(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    waiting_only: bool,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(AccountRow, ActorBrief)>, CommunityError> {
    viewer.may(Act::DecideApplications)?;
    Ok(if waiting_only {
        accounts::page_by_state(tx.conn, AccountState::Pending, after, limit)?
    } else {
        accounts::page_of_applications(tx.conn, after, limit)?
    })
}

/// One of them, decided or not.
pub fn one(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    applicant: ActorId,
) -> Result<AccountRow, CommunityError> {
    viewer.may(Act::DecideApplications)?;
    let account = accounts::get(tx.conn, applicant)?;
    let applied = account.filter(|account| account.application.is_some());
    Ok(applied.ok_or(Missing::Application)?)
}

/// `reason`: told to whoever is declined, when they try to log in.
pub fn decide(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    applicant: ActorId,
    accept: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    viewer.may(Act::DecideApplications)?;
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
    let decision = DecisionRow {
        person_id: applicant,
        admin_id: viewer.id,
        reason: reason
            .filter(|_| !accept)
            .map(|reason| reason.as_str().to_owned()),
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
