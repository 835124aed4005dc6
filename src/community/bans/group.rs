//! Bans from one group.

use super::{Ban, Lift, Parties, Sweep, Told, begin, must_lie_ahead};
use crate::community::groups::{lose_role, remote_unfollow, standing};
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, undone, url};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, LoggedAct, SweepAct};
use crate::domain::rules::{Act, Reach};
use crate::store::actors::{self, ActorRow};
use crate::store::bans::{self, BanRow};
use crate::store::{StoreError, Tx, standing_acts};

pub fn ban_from_group(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    ban: &Ban,
) -> Result<(), CommunityError> {
    let (by, group, person, reach) = parties(tx, by, group, person)?;
    must_lie_ahead(tx, ban.until)?;
    banned_from_group(tx, &by, &group, &person, ban, false, reach.into())
}

pub fn unban_from_group(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
    lift: &Lift,
) -> Result<(), CommunityError> {
    let (by, group, person, reach) = parties(tx, by, group, person)?;
    unbanned_from_group(tx, &by, &group, &person, lift, reach.into())
}

/// Who bans whom from where, and how far it goes.
fn parties(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    person: ActorId,
) -> Result<(ActorRow, ActorRow, ActorRow, Reach), CommunityError> {
    let found = |row: Result<ActorRow, StoreError>, missing: Missing| match row {
        Err(StoreError::NotFound) => Err(CommunityError::from(missing)),
        other => Ok(other?),
    };
    let group = found(actors::get(tx.conn, group), Missing::Group)?;
    let person = found(actors::get(tx.conn, person), Missing::Person)?;
    if group.kind != ActorKind::Group {
        return Err(Missing::Group.into());
    }
    if person.kind == ActorKind::Group {
        return Err(Missing::Person.into());
    }
    let theirs = standing(tx, person.id, group.id)?;
    let reach = standing(tx, by, group.id)?.may_to(Act::BanFromGroup, theirs)?;
    Ok((actors::get(tx.conn, by)?, group, person, reach))
}

/// A ban from any door; the caller has checked that they may.
pub(crate) fn banned_from_group(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    ban: &Ban,
    with_site: bool,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let reason = ban.reason.as_ref();
    bans::set(
        tx.conn,
        &BanRow {
            place_id: group.id,
            person_id: person.id,
            by_id: by.id,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            expires: ban.until,
            with_site,
            created: tx.now,
        },
    )?;
    let entry = Entry::new(by.id, LoggedAct::BanFromGroup, true).group(group.id);
    let entry = entry.person(person.id).because(reason).until(ban.until);
    modlog::note(tx, entry)?;
    // Told before the person's server ceases to follow.
    tell_of(tx, by, group, person, Told::Banned(ban), via)?;
    lose_role(tx, by, group, person)?;
    if ban.content {
        let sweep = Sweep {
            act: SweepAct::Remove,
            by,
            place: group.id,
            person: person.id,
            reason,
        };
        begin(tx, &sweep)?;
    }
    Ok(remote_unfollow(tx, person, group)?)
}

/// The end of a ban from any door; the caller has checked that they may.
pub(crate) fn unbanned_from_group(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    lift: &Lift,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let lifted = bans::lift(tx.conn, group.id, person.id)? > 0;
    let about = format!("block {} {}", group.ap_id, person.ap_id);
    standing_acts::end(tx.conn, &about)?;
    let reason = lift.reason.as_ref();
    if lift.content {
        let sweep = Sweep {
            act: SweepAct::Restore,
            by,
            place: group.id,
            person: person.id,
            reason,
        };
        begin(tx, &sweep)?;
    }
    if !lifted {
        return Ok(());
    }
    let entry = Entry::new(by.id, LoggedAct::BanFromGroup, false).group(group.id);
    modlog::note(tx, entry.person(person.id).because(reason))?;
    Ok(tell_of(tx, by, group, person, Told::Lifted(lift), via)?)
}

fn tell_of(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    told: Told<'_>,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let (me, there, them) = (url(&by.ap_id)?, url(&group.ap_id)?, url(&person.ap_id)?);
    let about = format!("block {there} {them}");
    let parties = Parties {
        by: &me,
        person: &them,
        place: &there,
        place_is_group: true,
    };
    let begun = undone(tx, "block", &about)?;
    tell(
        tx,
        &Action {
            actor: by,
            group,
            via,
            verb: told.verb(),
            activity: &|id| told.activity(id, &parties, &begun),
            about: Some(about.as_str()).filter(|_| matches!(told, Told::Banned(_))),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[person.id],
        },
    )
}
