//! Announce: a group passes on what its members do (FEP-1b12), or boosts a thread.

use url::Url;

use super::{Authority, moving, perform, polling};
use crate::activitystreams::{Activity, Announced, Content, Thing, Verb};
use crate::community::groups::sharing;
use crate::community::remote::{Docs, Entry, WireError, ensure_told, find_content};
use crate::community::threads;
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::{Tx, follows};

pub(super) fn announce(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    announced: &Announced,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Authority::Announced { .. } = authority {
        return Err(WireError::refused("an announced announcement"));
    }
    if let Announced::Many(all) = announced {
        return each(tx, all, |tx, one| announce(tx, actor, one, authority, docs));
    }
    if actor.kind != ActorKind::Group {
        return polling::boost(tx, actor, announced, true);
    }
    match announced {
        Announced::Many(_) => Ok(()),
        Announced::Reference(id) => boost(tx, actor, id, docs),
        Announced::Object(thing) => match &**thing {
            Thing::Content(content) => boost(tx, actor, &content.id, docs),
            Thing::Reference(id) => boost(tx, actor, id, docs),
            Thing::Actor(_) | Thing::Tombstone(_) => {
                Err(WireError::refused("only threads and comments are boosted"))
            }
        },
        Announced::Activity(inner, _) => {
            let told_anew;
            let inner = match &inner.id {
                Some(id) if host_of(id) == host_of(&inner.actor) => &**inner,
                None => &**inner,
                // Ibis tells anew what somebody did, under an id of its own: theirs it is not.
                Some(id) if host_of(id).as_deref() == Some(&actor.host) => {
                    told_anew = Activity {
                        id: None,
                        ..(**inner).clone()
                    };
                    &told_anew
                }
                Some(_) => {
                    return Err(WireError::refused(
                        "the announced activity's id and its actor are of different hosts",
                    ));
                }
            };
            // What a member of ours did came from here: this is its echo.
            if tx.house.address.owns(&inner.actor) && !is_done_by_echo(&inner.verb) {
                return Ok(());
            }
            moving::catch_up(tx, actor, inner, docs)?;
            let authority = Authority::Announced { group: actor };
            match &inner.verb {
                // A thread of another group, which this one shares (FEP-d36d).
                Verb::Create { object } if is_of_another_group(tx, actor, object)? => {
                    boost(tx, actor, &object.id, docs)
                }
                _ => perform(tx, inner, authority, docs),
            }
        }
    }
}

/// One of several that is refused does not keep the others out; where all of them are, it is said why.
pub(super) fn each<T>(
    tx: &mut Tx<'_>,
    all: &[T],
    apply: impl Fn(&mut Tx<'_>, &T) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let (mut applied, mut refusal) = (false, None);
    for one in all {
        match tx.savepoint(|tx| apply(tx, one)) {
            Ok(()) => applied = true,
            Err(WireError::Refused(why)) => refusal = refusal.or(Some(why)),
            Err(other) => return Err(other),
        }
    }
    match refusal {
        Some(why) if !applied => Err(WireError::Refused(why)),
        _ => Ok(()),
    }
}

/// Whether it says itself that it is in a group that we know, and not in this one.
fn is_of_another_group(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    content: &Content,
) -> Result<bool, WireError> {
    for audience in &content.addressing.audience {
        if audience.as_str() == group.ap_id {
            return Ok(false);
        }
        if let Some(row) = actors::by_ap_id(tx.conn, audience)?
            && row.kind == ActorKind::Group
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A group, or somebody, takes back what they boosted.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    announced: &Announced,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    if let Authority::Announced { .. } = authority {
        return Err(WireError::refused("boosts are taken back by who made them"));
    }
    if let Announced::Many(all) = announced {
        return each(tx, all, |tx, one| take_back(tx, actor, one, authority));
    }
    if actor.kind != ActorKind::Group {
        return polling::boost(tx, actor, announced, false);
    }
    let Some(id) = polling::boosted(announced) else {
        return Ok(());
    };
    if let Some(Entry::Post(post)) = find_content(tx, id)? {
        sharing::shared_elsewhere(tx, actor, &post, false)?;
        threads::unboosted(tx, actor, &post)?;
    }
    Ok(())
}

/// What a member of ours only asks for: its group's server decides, and the echo says that it is so.
fn is_done_by_echo(verb: &Verb) -> bool {
    match verb {
        Verb::Update { object } => matches!(&**object, Thing::Actor(_)),
        Verb::Add { .. } | Verb::Remove { .. } => true,
        _ => false,
    }
}

/// A group that somebody here follows boosts a thread: it is read from where it lives. One of another
/// group stands in this one's list as well.
fn boost(tx: &mut Tx<'_>, group: &ActorRow, id: &Url, docs: &Docs) -> Result<(), WireError> {
    let known = find_content(tx, id)?;
    if !follows::has_local_follower(tx.conn, group.id)? {
        return match known {
            Some(_) => Ok(()),
            None => Err(WireError::refused("nobody here follows that group")),
        };
    }
    let entry = match known {
        Some(entry) => entry,
        None => ensure_told(tx, id, docs, group)?,
    };
    if let Entry::Post(post) = entry {
        threads::boosted(tx, group, &post)?;
        sharing::shared_elsewhere(tx, group, &post, true)?;
    }
    Ok(())
}
