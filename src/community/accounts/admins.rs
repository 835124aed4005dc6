//! Who administers this site.

use crate::community::groups::toward;
use crate::community::modlog::{self, Entry};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, LoggedAct};
use crate::domain::rules::Act;
use crate::store::{Tx, accounts, actors, site};

use super::Viewer;

/// Makes a member an administrator, or takes that away. The last one stays.
pub fn set_admin(
    tx: &mut Tx<'_>,
    by: &Viewer,
    person: ActorId,
    admin: bool,
) -> Result<(), CommunityError> {
    site::hold(tx.conn)?;
    toward(tx, by.id, person)?.may(Act::AppointAdmin)?;
    let account = accounts::get(tx.conn, person)?.ok_or(Missing::Person)?;
    if account.admin == admin {
        return Ok(());
    }
    let row = actors::get(tx.conn, person)?;
    let serves = account.state == AccountState::Active && !row.suspended && !row.deleted;
    if admin && !serves {
        return Err(Missing::Person.into());
    }
    if !admin
        && !accounts::admins(tx.conn)?
            .iter()
            .any(|other| other.id != person && !other.suspended && !other.deleted)
    {
        return Err(Denied::LastAdmin.into());
    }
    accounts::set_admin(tx.conn, person, admin)?;
    let entry = Entry::new(by.id, LoggedAct::AppointAdmin, admin);
    Ok(modlog::note(tx, entry.person(person))?)
}
