//! Flag and Resolve: reports, and that a moderator has dealt with one.

use url::Url;

use super::{Authority, may};
use crate::activitystreams::FlagRef;
use crate::community::remote::{Docs, WireError};
use crate::community::reports::{self, Flagged};
use crate::domain::rules::Act;
use crate::store::Tx;
use crate::store::actors::{self, ActorRow};

pub(super) fn flag(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: Option<&Url>,
    objects: &[Url],
    reason: Option<&str>,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let (announcer, raw) = match authority {
        Authority::Signed { raw } => (None, Some(raw)),
        Authority::Announced { group } => (Some(group.id), None),
    };
    let flag = Flagged {
        id,
        objects,
        reason,
        announcer,
        raw,
    };
    reports::receive(tx, actor, &flag)
}

/// Whoever reported takes it back: nobody need look at it any more.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    flag: Option<&Url>,
    objects: &[Url],
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let me = actor.ap_id.parse().ok();
    let mut found = reports::flagged(tx, flag, me.as_ref(), objects)?;
    found.retain(|row| row.reporter_id == actor.id);
    if found.is_empty() {
        return Err(WireError::refused(
            "the report it takes back is not known here",
        ));
    }
    for row in found {
        if let (Authority::Announced { .. }, Some(group)) = (authority, row.group_id) {
            authority.covers(group)?;
        }
        reports::resolve_from(tx, actor, &row, None)?;
    }
    Ok(())
}

pub(super) fn resolve(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    flag: &FlagRef,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let found = reports::flagged(tx, flag.id.as_ref(), flag.actor.as_ref(), &flag.objects)?;
    if found.is_empty() {
        return Err(WireError::refused(
            "the report it resolves is not known here",
        ));
    }
    for row in found {
        let Some(group) = row.group_id else {
            return Err(WireError::refused("only administrators here resolve that"));
        };
        authority.covers(group)?;
        let group = actors::get(tx.conn, group)?;
        // Whoever runs a group's server may deal with what is reported in it.
        let of_its_server = !group.local && group.host == actor.host;
        if !of_its_server {
            may(tx, actor, &group, Act::HandleReports, authority, docs)?;
        }
        let raw = match authority {
            Authority::Announced { .. } => None,
            Authority::Signed { raw } => Some(raw),
        };
        reports::resolve_from(tx, actor, &row, raw)?;
    }
    Ok(())
}
