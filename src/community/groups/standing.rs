//! What somebody may do in a group: their role there, or the site's administration.

use crate::community::CommunityError;
use crate::domain::ids::ActorId;
use crate::domain::roles::Standing;
use crate::store::{Tx, accounts, actors};

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
