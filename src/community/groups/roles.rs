//! Who looks after a group: appointing coordinators and moderators, and letting them go.

use super::edit::open_group;
use super::{elsewhere, standing};
use crate::activitystreams as wire;
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{Action, ForMicroblogs, Via, collection_url, tell, url};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, LoggedAct};
use crate::domain::roles::Role;
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::{self, Audience};
use crate::store::{StoreError, Tx, accounts, groups};

/// Gives a person a role in a group, or takes it away (`None`). The last coordinator keeps it, whoever
/// asks: a group that nobody may hand on would be stuck. A group elsewhere is asked for it.
pub fn appoint(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
) -> Result<(), CommunityError> {
    let appointer = actors::get(tx.conn, by)?;
    if appointer.suspended || appointer.deleted {
        return Err(Denied::Suspended.into());
    }
    let row = open_group(tx, group)?;
    if !row.local {
        let chosen = chosen(tx, person)?;
        return elsewhere::ask_to_appoint(tx, &appointer, &row, &chosen, role);
    }
    let steps_down = by == person && role.is_none();
    let theirs = standing(tx, by, group)?;
    if !(steps_down && theirs.role.is_some()) {
        theirs.may(Act::Appoint)?;
    }
    let known = actors::role(tx.conn, group, person)?;
    if known == role {
        return Ok(());
    }
    let chosen = chosen(tx, person)?;
    // Somebody who is gone by now can still lose the role.
    let known_there = chosen.local || audience::may_know(tx.conn, Audience::Visitor, group)?;
    if role.is_some() && !(known_there && can_serve(tx, &chosen)?) {
        return Err(Missing::Person.into());
    }
    if known == Some(Role::Coordinator) && !has_other_coordinator(tx, group, person)? {
        return Err(Denied::LastCoordinator.into());
    }
    give(tx, by, group, person, role)?;
    // The wire knows moderators only, so one who becomes coordinator is no news there.
    if known.is_some() == role.is_some() {
        return Ok(());
    }
    Ok(tell_of(
        tx,
        &appointer,
        &row,
        &chosen,
        role.is_some(),
        Via::Here,
    )?)
}

/// A role is given or taken, and written down.
pub(super) fn give(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
) -> Result<(), StoreError> {
    actors::set_role(tx.conn, group, person, role, tx.now)?;
    let entry = Entry::new(by, LoggedAct::Appoint, role.is_some()).group(group);
    modlog::note(tx, entry.person(person))
}

fn chosen(tx: &mut Tx<'_>, person: ActorId) -> Result<ActorRow, CommunityError> {
    match actors::get(tx.conn, person) {
        Err(StoreError::NotFound) => Err(Missing::Person.into()),
        other => Ok(other?),
    }
}

/// Whether somebody can look after a group: a person who is there, and at home here a full member.
pub(super) fn can_serve(tx: &mut Tx<'_>, person: &ActorRow) -> Result<bool, StoreError> {
    if !person.kind.is_person() || person.deleted || person.suspended {
        return Ok(false);
    }
    if !person.local {
        return Ok(true);
    }
    let account = accounts::get(tx.conn, person.id)?;
    Ok(account.is_some_and(|account| account.state == AccountState::Active))
}

/// Whether a group is looked after when this person is gone.
pub(in crate::community) fn has_other_coordinator(
    tx: &mut Tx<'_>,
    group: ActorId,
    person: ActorId,
) -> Result<bool, StoreError> {
    // Two of them who leave at once look one after the other.
    groups::hold(tx.conn, group)?;
    let all = actors::moderators(tx.conn, group)?;
    Ok(all.iter().any(|(other, role)| {
        other.id != person && *role == Role::Coordinator && !other.deleted && !other.suspended
    }))
}

/// Who is banned from a group looks after it no more.
pub(crate) fn lose_role(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
) -> Result<(), StoreError> {
    if actors::role(tx.conn, group.id, person.id)?.is_none() {
        return Ok(());
    }
    give(tx, by.id, group.id, person.id, None)?;
    // Of a group elsewhere, its own server says who looks after it.
    if group.local && by.local {
        tell_of(tx, by, group, person, false, Via::Here)?;
    }
    Ok(())
}

/// Tells followers, and whom it concerns, who came into the group's collection of moderators, or left it.
pub(super) fn tell_of(
    tx: &mut Tx<'_>,
    appointer: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    added: bool,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let stated = group.moderators_url.as_ref();
    let collection = collection_url(group, stated, "moderators")?;
    let (me, there) = (url(&appointer.ap_id)?, url(&group.ap_id)?);
    let object = url(&person.ap_id)?;
    tell(
        tx,
        &Action {
            actor: appointer,
            group,
            via,
            verb: if added { "add" } else { "remove" },
            activity: &|id| {
                if added {
                    wire::add(id, &me, &object, &collection, &there)
                } else {
                    wire::remove(id, &me, &object, &collection, &there)
                }
            },
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[person.id],
        },
    )
}
