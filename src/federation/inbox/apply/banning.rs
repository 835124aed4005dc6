//! Block and its undoing: bans from a group, and from a site.

use url::Url;

use super::{Authority, standing_to};
use crate::activitystreams::Verb;
use crate::community::bans::{self, Ban, Lift};
use crate::community::groups;
use crate::community::remote::{Docs, WireError, ensure_actor};
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::domain::limits::Reason;
use crate::domain::rules::Act;
use crate::domain::time::Timestamp;
use crate::store::Tx;
use crate::store::actors::{self, ActorRow};

/// From where somebody is banned.
enum Place {
    Group(Box<ActorRow>),
    /// The site of the ban's actor.
    Site,
}

fn place(tx: &mut Tx<'_>, actor: &ActorRow, target: &Url) -> Result<Place, WireError> {
    match actors::by_ap_id(tx.conn, target)? {
        Some(row) if row.kind == ActorKind::Group => return Ok(Place::Group(Box::new(row))),
        Some(row) if row.kind == ActorKind::Application && row.host == actor.host => {
            return Ok(Place::Site);
        }
        // A site is where its host is: it need not be known otherwise.
        None if target.path() == "/" && host_of(target).as_deref() == Some(&actor.host) => {
            return Ok(Place::Site);
        }
        _ => {}
    }
    Err(WireError::refused(
        "it bans from neither a group that is known here nor its actor's own site",
    ))
}

/// When PieFed's bans end that have no end.
const NO_END: &str = "2100-01-01T00:00:00Z";

/// `verb` is a Block.
pub(super) fn block(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    verb: &Verb,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let Verb::Block {
        object,
        target,
        reason,
        remove_data,
        expires,
    } = verb
    else {
        return Err(WireError::refused("it is no ban"));
    };
    if expires.is_some_and(|end| end <= tx.now) {
        return Err(WireError::refused("the end of the ban has passed already"));
    }
    let ban = Ban {
        reason: reason.as_deref().and_then(Reason::cut),
        until: expires.filter(|end| Timestamp::parse(NO_END) != Some(*end)),
        content: *remove_data,
    };
    match place(tx, actor, target)? {
        Place::Group(group) => {
            let Some(person) = in_group(tx, actor, &group, object, authority, docs)? else {
                return Ok(());
            };
            let via = authority.via();
            Ok(bans::banned_from_group(
                tx, actor, &group, &person, &ban, false, via,
            )?)
        }
        Place::Site => {
            let person = of_site(tx, actor, object, authority)?;
            Ok(bans::banned_by_home(tx, actor, &person, &ban)?)
        }
    }
}

/// `inner` is the Block that ends.
pub(super) fn unblock(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    inner: &Verb,
    reason: Option<&str>,
    restore: bool,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let Verb::Block {
        object,
        target,
        reason: of_ban,
        ..
    } = inner
    else {
        return Err(WireError::refused("it is no ban"));
    };
    let lift = Lift {
        reason: reason.or(of_ban.as_deref()).and_then(Reason::cut),
        content: restore,
    };
    match place(tx, actor, target)? {
        Place::Group(group) => {
            let Some(person) = in_group(tx, actor, &group, object, authority, docs)? else {
                return Ok(());
            };
            let via = authority.via();
            Ok(bans::unbanned_from_group(
                tx, actor, &group, &person, &lift, via,
            )?)
        }
        Place::Site => {
            let person = of_site(tx, actor, object, authority)?;
            Ok(bans::unbanned_by_home(tx, actor, &person, &lift)?)
        }
    }
}

/// Whom a moderator bans; nobody where what a member of ours did comes back to us.
fn in_group(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    group: &ActorRow,
    person: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<Option<ActorRow>, WireError> {
    authority.covers(group.id)?;
    // Whoever may ban nobody need not make us fetch somebody.
    let ours = standing_to(tx, actor, group, Act::BanFromGroup, authority, docs)?;
    let person = ensure_actor(tx, person, docs)?;
    if person.kind == ActorKind::Group {
        return Err(WireError::refused("groups are not banned"));
    }
    let theirs = groups::standing(tx, person.id, group.id)?;
    super::allowed(ours.may_to(Act::BanFromGroup, theirs))?;
    Ok(Some(person).filter(|_| !actor.local))
}

/// Whom a site bans from itself: one of its own people, on its own word.
fn of_site(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    person: &Url,
    authority: Authority<'_>,
) -> Result<ActorRow, WireError> {
    if let Authority::Announced { .. } = authority {
        return Err(WireError::refused("a group does not speak for a site"));
    }
    if host_of(person).as_deref() != Some(&actor.host) {
        return Err(WireError::refused(
            "a site bans its own people only, as far as others go",
        ));
    }
    actors::by_ap_id(tx.conn, person)?
        .filter(|row| row.kind != ActorKind::Group && row.kind != ActorKind::Application)
        .ok_or_else(|| WireError::refused("whom it bans is not known here"))
}
