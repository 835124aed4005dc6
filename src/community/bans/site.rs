//! Bans from the whole site. `actors.suspended` is set here and nowhere else: it says that such a ban
//! is in force, for all the places that need not know why.

use super::group::{banned_from_group, unbanned_from_group};
use super::{Ban, Lift, Parties, Sweep, Told, begin, must_lie_ahead};
use crate::community::accounts::{Viewer, acquaintances, queue_for};
use crate::community::groups::toward;
use crate::community::modlog::{self, Entry};
use crate::community::outgoing::{Via, record_about, undone, url};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Dialect, LoggedAct, SweepAct};
use crate::domain::paging::{Cursor, Page};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorBrief, ActorRow};
use crate::store::bans::{self, BanRow};
use crate::store::{StoreError, Tx, sessions, site};

pub fn ban_from_site(
    tx: &mut Tx<'_>,
    by: ActorId,
    person: ActorId,
    ban: &Ban,
) -> Result<(), CommunityError> {
    let (by, person) = parties(tx, by, person)?;
    must_lie_ahead(tx, ban.until)?;
    // The groups are collected before anything is hidden or ended.
    let known_in = acquaintances(tx, person.id)?;
    banned(tx, &by, &person, ban)?;
    if person.local {
        return Ok(tell_of(tx, &by, &person, Told::Banned(ban))?);
    }
    // Other servers keep their own people; of our groups they learn who may not take part.
    for group in known_in.iter().filter(|group| group.local) {
        let group = actors::get(tx.conn, group.id)?;
        let already = bans::find(tx.conn, group.id, person.id)?;
        if already.is_none_or(|ban| ban.with_site) {
            banned_from_group(tx, &by, &group, &person, ban, true, Via::Here)?;
        }
    }
    Ok(())
}

pub fn unban_from_site(
    tx: &mut Tx<'_>,
    by: ActorId,
    person: ActorId,
    lift: &Lift,
) -> Result<(), CommunityError> {
    let (by, person) = parties(tx, by, person)?;
    unbanned(tx, &by, &person, lift)?;
    if person.local {
        return Ok(tell_of(tx, &by, &person, Told::Lifted(lift))?);
    }
    for ban in bans::with_site(tx.conn, person.id)? {
        let group = actors::get(tx.conn, ban.place_id)?;
        unbanned_from_group(tx, &by, &group, &person, lift, Via::Here)?;
    }
    Ok(())
}

fn parties(
    tx: &mut Tx<'_>,
    by: ActorId,
    person: ActorId,
) -> Result<(ActorRow, ActorRow), CommunityError> {
    let person = match actors::get(tx.conn, person) {
        Err(StoreError::NotFound) => return Err(Missing::Person.into()),
        other => other?,
    };
    let is_our_site = person.local && person.kind == ActorKind::Application;
    if person.kind == ActorKind::Group || is_our_site {
        return Err(Missing::Person.into());
    }
    let theirs = toward(tx, person.id, person.id)?;
    toward(tx, by, person.id)?.may_to(Act::BanFromSite, theirs)?;
    Ok((actors::get(tx.conn, by)?, person))
}

fn banned(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    person: &ActorRow,
    ban: &Ban,
) -> Result<(), CommunityError> {
    let place = site::get(tx.conn)?.actor_id;
    let reason = ban.reason.as_ref();
    bans::set(
        tx.conn,
        &BanRow {
            place_id: place,
            person_id: person.id,
            by_id: by.id,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            expires: ban.until,
            with_site: false,
            created: tx.now,
        },
    )?;
    actors::set_suspended(tx.conn, person.id, true)?;
    if person.local {
        sessions::delete_all_of(tx.conn, person.id, None)?;
    }
    let entry = Entry::new(by.id, LoggedAct::BanFromSite, true).person(person.id);
    modlog::note(tx, entry.because(reason).until(ban.until))?;
    if ban.content {
        let sweep = Sweep {
            act: SweepAct::Remove,
            by,
            place,
            person: person.id,
            reason,
        };
        begin(tx, &sweep)?;
    }
    Ok(())
}

fn unbanned(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    person: &ActorRow,
    lift: &Lift,
) -> Result<(), CommunityError> {
    let place = site::get(tx.conn)?.actor_id;
    let reason = lift.reason.as_ref();
    if bans::lift(tx.conn, place, person.id)? > 0 || person.suspended {
        actors::set_suspended(tx.conn, person.id, false)?;
        let entry = Entry::new(by.id, LoggedAct::BanFromSite, false);
        modlog::note(tx, entry.person(person.id).because(reason))?;
    }
    if lift.content {
        let sweep = Sweep {
            act: SweepAct::Restore,
            by,
            place,
            person: person.id,
            reason,
        };
        begin(tx, &sweep)?;
    }
    Ok(())
}

/// A server elsewhere banned one of its own people; the caller has checked that it may. A ban that an
/// administrator of ours set stays as it is.
pub(crate) fn banned_by_home(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    person: &ActorRow,
    ban: &Ban,
) -> Result<(), CommunityError> {
    let place = site::get(tx.conn)?.actor_id;
    if let Some(known) = bans::find(tx.conn, place, person.id)?
        && actors::get(tx.conn, known.by_id)?.local
    {
        return Ok(());
    }
    banned(tx, by, person, ban)
}

/// It lifted that ban. What our administrators banned stays banned.
pub(crate) fn unbanned_by_home(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    person: &ActorRow,
    lift: &Lift,
) -> Result<(), CommunityError> {
    let place = site::get(tx.conn)?.actor_id;
    match bans::find(tx.conn, place, person.id)? {
        Some(known) if actors::get(tx.conn, known.by_id)?.local => Ok(()),
        _ => unbanned(tx, by, person, lift),
    }
}

/// Tells all who know a member of ours: the groups where they are or wrote, and who follows those.
fn tell_of(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    person: &ActorRow,
    told: Told<'_>,
) -> Result<(), StoreError> {
    let place = site::get(tx.conn)?.actor_id;
    let place = actors::get(tx.conn, place)?;
    let (me, here, them) = (url(&by.ap_id)?, url(&place.ap_id)?, url(&person.ap_id)?);
    let about = format!("block {here} {them}");
    let parties = Parties {
        by: &me,
        person: &them,
        place: &here,
        place_is_group: false,
    };
    let begun = undone(tx, "block", &about)?;
    let begins = Some(about.as_str()).filter(|_| matches!(told, Told::Banned(_)));
    let (activity, _) = record_about(tx, by.id, told.verb(), begins, |id| {
        told.activity(id, &parties, &begun)
    })?;
    let groups = acquaintances(tx, person.id)?;
    let ban_takers = &[Dialect::Threadiverse, Dialect::Unknown];
    queue_for(tx, &groups, activity, ban_takers)
}

/// Who is banned from this site, the latest ban first, for who may ban.
pub fn banned_from_site(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(BanRow, ActorBrief)>, CommunityError> {
    viewer.may(Act::BanFromSite)?;
    let place = site::get(tx.conn)?.actor_id;
    Ok(bans::page(tx.conn, place, after, limit)?)
}
