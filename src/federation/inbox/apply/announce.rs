//! Announce: a group passes on what its members do (FEP-1b12), or boosts a thread.

use url::Url;

use super::{Authority, perform, polling};
use crate::activitystreams::{Announced, Thing};
use crate::community::remote::{Docs, WireError, ensure_content, find_content};
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::store::actors::ActorRow;
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
    if actor.kind != ActorKind::Group {
        return polling::boost(tx, actor, announced, true);
    }
    match announced {
        Announced::Reference(id) => boost(tx, actor, id, docs),
        Announced::Object(thing) => match &**thing {
            Thing::Content(content) => boost(tx, actor, &content.id, docs),
            Thing::Reference(id) => boost(tx, actor, id, docs),
            Thing::Actor(_) | Thing::Tombstone(_) => {
                Err(WireError::refused("only threads and comments are boosted"))
            }
        },
        Announced::Activity(inner, _) => {
            if let Some(id) = &inner.id
                && host_of(id) != host_of(&inner.actor)
            {
                return Err(WireError::refused(
                    "the announced activity's id and its actor are of different hosts",
                ));
            }
            // What a member of ours did came from here: this is its echo.
            if tx.house.address.owns(&inner.actor) {
                return Ok(());
            }
            let authority = Authority::Announced { group: actor };
            perform(tx, inner, authority, docs)
        }
    }
}

/// A group that somebody here follows boosts a thread: it is read from where it lives.
fn boost(tx: &mut Tx<'_>, group: &ActorRow, id: &Url, docs: &Docs) -> Result<(), WireError> {
    if find_content(tx, id)?.is_some() {
        return Ok(());
    }
    if !follows::has_local_follower(tx.conn, group.id)? {
        return Err(WireError::refused("nobody here follows that group"));
    }
    ensure_content(tx, id, docs)?;
    Ok(())
}
