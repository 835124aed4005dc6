//! Whom and what members do not want to see, and who therefore neither answers them nor votes on what they
//! wrote. Nothing of it goes out.

use super::accounts::Viewer;
use super::{CommunityError, Denied, Missing, groups};
use crate::domain::ids::{ActorId, HostId};
use crate::domain::kinds::ActorKind;
use crate::store::actors::ActorRow;
use crate::store::{StoreError, Tx, accounts, actors, blocks, host_rules, hosts};

pub fn block_person(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    person: ActorId,
    block: bool,
) -> Result<(), CommunityError> {
    let row = found(tx, person, Missing::Person)?;
    if matches!(row.kind, ActorKind::Group | ActorKind::Application) {
        return Err(Missing::Person.into());
    }
    if block && row.id == viewer.id {
        return Err(Denied::BlocksSelf.into());
    }
    // What administrators have to say must reach everybody.
    if block && accounts::get(tx.conn, row.id)?.is_some_and(|account| account.admin) {
        return Err(Denied::BlocksAdmin.into());
    }
    Ok(blocks::set(tx.conn, viewer.id, row.id, block, tx.now)?)
}

/// Whoever blocks a group leaves it, too.
pub fn block_group(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    group: ActorId,
    block: bool,
) -> Result<(), CommunityError> {
    let row = found(tx, group, Missing::Group)?;
    if row.kind != ActorKind::Group {
        return Err(Missing::Group.into());
    }
    blocks::set(tx.conn, viewer.id, row.id, block, tx.now)?;
    if block {
        groups::unfollow(tx, viewer.id, row.id)?;
    }
    Ok(())
}

/// The groups of another server, and what its people tell the member.
pub fn block_host(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    host: HostId,
    block: bool,
) -> Result<(), CommunityError> {
    let row = match hosts::get(tx.conn, host) {
        // A domain that administrators listed and that was never met goes by the number of its rule.
        Err(StoreError::NotFound) => {
            let rule = host_rules::get(tx.conn, host.0)?.ok_or(Missing::Host)?;
            let house = tx.house;
            hosts::ensure(tx.conn, &rule.domain, || house.ids.next(), tx.now)?
        }
        other => other?,
    };
    Ok(blocks::set_host(tx.conn, viewer.id, row.id, block, tx.now)?)
}

fn found(tx: &mut Tx<'_>, id: ActorId, missing: Missing) -> Result<ActorRow, CommunityError> {
    match actors::get(tx.conn, id) {
        Err(StoreError::NotFound) => Err(missing.into()),
        other => Ok(other?),
    }
}

/// Whom somebody blocked neither answers them nor votes on what they wrote, unless they look after the group.
pub(crate) fn must_be_welcome(
    tx: &mut Tx<'_>,
    author: ActorId,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if blocks::of(tx.conn, author, &[person.id])?.is_empty()
        || groups::standing(tx, person.id, group.id)?.may_moderate()
    {
        Ok(())
    } else {
        Err(Denied::BlockedByAuthor.into())
    }
}

/// Whether a member wants to be told of something by this person, in this group if in one. Messages
/// ask here, too.
pub fn hears_of(
    tx: &mut Tx<'_>,
    member: ActorId,
    from: &ActorRow,
    group: Option<&ActorRow>,
) -> Result<bool, StoreError> {
    let mut concerned = vec![(from.id, from.host_id)];
    concerned.extend(group.map(|group| (group.id, group.host_id)));
    Ok(!blocks::any_of(tx.conn, member, &concerned)?)
}
