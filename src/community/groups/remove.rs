//! What administrators do with groups: remove them from the site, hide them from its lists, give them
//! into other hands.

use super::edit::tell_of_end;
use super::{appoint, standing};
use crate::activitystreams as wire;
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, undone, url};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, LoggedAct};
use crate::domain::limits::Reason;
use crate::domain::roles::Role;
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::modlog::ModlogFilter;
use crate::store::{StoreError, Tx, marks};

fn any_group(tx: &mut Tx<'_>, group: ActorId) -> Result<ActorRow, CommunityError> {
    match actors::get(tx.conn, group) {
        Ok(row) if row.kind == ActorKind::Group => Ok(row),
        Ok(_) | Err(StoreError::NotFound) => Err(Missing::Group.into()),
        Err(other) => Err(other.into()),
    }
}

/// Takes a group off this site, or puts it back. Of a group that lives elsewhere, only here.
pub fn remove(
    tx: &mut Tx<'_>,
    admin: ActorId,
    group: ActorId,
    removed: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = any_group(tx, group)?;
    let reach = standing(tx, admin, group)?.may(Act::RemoveGroup)?;
    let admin = actors::get(tx.conn, admin)?;
    set_removed(tx, &admin, &row, removed, reason, reach.into())
}

/// A removal or its undoing from any door; the caller has checked that they may.
pub(crate) fn set_removed(
    tx: &mut Tx<'_>,
    admin: &ActorRow,
    group: &ActorRow,
    removed: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if group.suspended == removed {
        return Ok(());
    }
    actors::set_suspended(tx.conn, group.id, removed)?;
    let entry = Entry::new(admin.id, LoggedAct::RemoveGroup, removed);
    modlog::note(tx, entry.group(group.id).because(reason))?;
    if !group.local {
        return Ok(());
    }
    let (me, there) = (url(&admin.ap_id)?, url(&group.ap_id)?);
    let about = format!("delete {there}");
    let undone = undone(tx, "delete", &about)?;
    // If only empty: Lemmy tells a removal from a deletion by it.
    let reason = Some(reason.map_or("", Reason::as_str));
    tell(
        tx,
        &Action {
            actor: admin,
            group,
            via,
            verb: if removed { "delete" } else { "undo" },
            activity: &|id| {
                let delete = |id| wire::delete(id, &me, &there, Some(&there), reason);
                if removed {
                    delete(id)
                } else {
                    wire::undo(id, &me, delete(&undone))
                }
            },
            about: Some(about.as_str()).filter(|_| removed),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )?;
    if removed {
        tell_of_end(tx, group)?;
    }
    Ok(())
}

/// Whether it was an administrator of ours who removed a group that lives elsewhere: then its own
/// server does not bring it back.
pub(crate) fn is_removed_by_us(tx: &mut Tx<'_>, group: ActorId) -> Result<bool, StoreError> {
    let filter = ModlogFilter {
        act: Some(LoggedAct::RemoveGroup),
        group: Some(group),
        ..ModlogFilter::default()
    };
    Ok(modlog::last(tx, filter)?.is_some_and(|who| who.local))
}

/// Keeps a group out of the lists of this site, for all but those who follow it.
pub fn hide(
    tx: &mut Tx<'_>,
    admin: ActorId,
    group: ActorId,
    hidden: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = any_group(tx, group)?;
    standing(tx, admin, group)?.may(Act::HideGroup)?;
    if marks::hidden_groups(tx.conn, &[row.id])?.contains(&row.id) == hidden {
        return Ok(());
    }
    marks::hide_group(tx.conn, row.id, hidden, tx.now)?;
    let entry = Entry::new(admin, LoggedAct::HideGroup, hidden);
    Ok(modlog::note(tx, entry.group(row.id).because(reason))?)
}

/// Gives a group to a new coordinator; who gives away the own role moderates from then on.
pub fn transfer(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
) -> Result<(), CommunityError> {
    appoint(tx, by, group, person, Some(Role::Coordinator))?;
    if by != person && actors::role(tx.conn, group, by)? == Some(Role::Coordinator) {
        appoint(tx, by, group, by, Some(Role::Moderator))?;
    }
    let entry = Entry::new(by, LoggedAct::Transfer, true).group(group);
    Ok(modlog::note(tx, entry.person(person))?)
}
