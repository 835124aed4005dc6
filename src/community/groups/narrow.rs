//! What those elsewhere see of it when a group of ours is for fewer than before.
//!
//! For this site alone: to others it is closed. Lemmy, which knows no Reject of a Follow, marks a group
//! as closed when one of its moderators deletes it; Mastodon forgets an actor that deletes itself, who
//! followed it and what it boosted. Whoever knows both is told first that the follow has ended, so that
//! people there are not taken for members who only hear nothing.
//!
//! Private: people stay who are in, wherever they live. They read all there was until then, are listed for
//! the moderators, and go when those take them out; to put everybody out whenever somebody tries another
//! setting could not be undone. Groups go: they would hand on what they get.

use super::requests::reject;
use super::roles::give;
use super::{edit, sharing};
use crate::community::CommunityError;
use crate::community::outgoing::Via;
use crate::domain::kinds::{ActorKind, Dialect, Visibility};
use crate::domain::roles::Role;
use crate::store::actors::{self, ActorRow};
use crate::store::follows::{self, FollowerElsewhere};
use crate::store::{StoreError, Tx, groups, shares};

/// Called before a group of ours changes whom it is for.
pub(super) fn take_leave(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    before: Visibility,
    after: Visibility,
) -> Result<(), CommunityError> {
    match (before, after) {
        (Visibility::Public | Visibility::Private, Visibility::LocalOnly) => {
            dismiss_moderators_elsewhere(tx, editor, group)?;
            part_with_groups(tx, group)?;
            leave_groups_elsewhere(tx, group)?;
            Ok(say_farewell(tx, editor, group)?)
        }
        (Visibility::Public, Visibility::Private) => Ok(part_with_groups(tx, group)?),
        _ => Ok(()),
    }
}

fn say_farewell(tx: &mut Tx<'_>, editor: &ActorRow, group: &ActorRow) -> Result<(), StoreError> {
    for follower in follows::from_elsewhere(tx.conn, group.id)? {
        if knows_reject(&follower) {
            reject(tx, group, &follower.row, &follower.ap_id)?;
        }
    }
    edit::say_closed(tx, editor, group, Via::Here)?;
    follows::end_from_elsewhere(tx.conn, group.id)?;
    let ours = groups::get(tx.conn, group.id)?.local_follower_count;
    groups::set_follower_count(tx.conn, group.id, ours)
}

/// Microblogs know it as well, and have forgotten the group by their Delete.
fn knows_reject(follower: &FollowerElsewhere) -> bool {
    follower.dialect != Dialect::Microblog && follower.software.as_deref() != Some("lemmy")
}

/// Groups that share its threads, or asked to.
fn part_with_groups(tx: &mut Tx<'_>, group: &ActorRow) -> Result<(), StoreError> {
    for row in follows::by_groups(tx.conn, group.id)? {
        let follower = actors::get(tx.conn, row.follower_id)?;
        sharing::part(tx, &follower, group, &row)?;
    }
    Ok(())
}

/// A group that is not there for others cannot follow them.
fn leave_groups_elsewhere(tx: &mut Tx<'_>, group: &ActorRow) -> Result<(), CommunityError> {
    for (target, _) in shares::followed(tx.conn, group.id)? {
        if !target.local && target.kind == ActorKind::Group {
            sharing::leave(tx, group.id, target.id)?;
        }
    }
    Ok(())
}

/// Nobody looks after what they cannot see.
fn dismiss_moderators_elsewhere(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    let (here, elsewhere): (Vec<_>, Vec<_>) = actors::moderators(tx.conn, group.id)?
        .into_iter()
        .partition(|(person, _)| person.local);
    let coordinates = |(_, role): &(_, Role)| *role == Role::Coordinator;
    if elsewhere.iter().any(coordinates) && !here.iter().any(coordinates) {
        return Err(CommunityError::invalid(
            "visibility",
            "Its coordinators live elsewhere: please name one of this site first.",
        ));
    }
    for (person, _) in elsewhere {
        give(tx, editor.id, group.id, person.id, None)?;
    }
    Ok(())
}
