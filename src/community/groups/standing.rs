//! What somebody may do in a group: their role there, or the site's administration.

use crate::community::{CommunityError, Denied};
use crate::domain::ids::ActorId;
use crate::domain::roles::Standing;
use crate::store::actors::ActorRow;
use crate::store::{Tx, accounts, actors, audience};

pub fn standing(
    tx: &mut Tx<'_>,
    person: ActorId,
    group: ActorId,
) -> Result<Standing, CommunityError> {
    let role = actors::role(tx.conn, group, person)?;
    let admin = accounts::get(tx.conn, person)?.is_some_and(|account| account.admin);
    // Administrators of this site have no say over groups that live elsewhere.
    let local = actors::get(tx.conn, group)?.local;
    Ok(Standing {
        admin: admin && local,
        role,
    })
}

/// Writing and voting are for those who may read, as far as that is ours to judge.
pub(crate) fn takes_part(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if audience::takes_part(tx.conn, person, group)? {
        return Ok(());
    }
    Err(Denied::NotMember.into())
}
