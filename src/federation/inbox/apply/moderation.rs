//! Add, Remove and Lock: pinned threads, moderators, closed threads.

use url::Url;

use super::{Authority, group_of, may};
use crate::community::remote::{Docs, Entry, WireError, ensure_actor, find_content};
use crate::community::{comments, modlog, threads};
use crate::domain::kinds::LoggedAct;
use crate::domain::roles::Role;
use crate::domain::rules::Act;
use crate::store::Tx;
use crate::store::actors::{self, ActorRow};

/// Into or out of one of a group's collections.
pub(super) fn collect(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    target: &Url,
    add: bool,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let group = actors::by_collection(tx.conn, target)?
        .ok_or_else(|| WireError::refused("no group that we know has this collection"))?;
    authority.covers(group.id)?;
    let featured = group.featured_url.as_deref() == Some(target.as_str());
    let act = if featured { Act::Feature } else { Act::Appoint };
    may(tx, actor, &group, act, authority)?;
    if actor.local {
        return Ok(());
    }
    if featured {
        let Some(Entry::Post(post)) = find_content(tx, object)? else {
            return Err(WireError::refused("the thread is not known here"));
        };
        if post.group_id != group.id {
            return Err(WireError::refused("the thread is in another group"));
        }
        return Ok(threads::set_featured(
            tx,
            actor,
            &post,
            add,
            authority.via(),
        )?);
    }
    let person = ensure_actor(tx, object, docs)?;
    let known = actors::role(tx.conn, group.id, person.id)?;
    let role = match (add, known) {
        (true, Some(_)) => return Ok(()),
        (true, None) => Some(Role::Moderator),
        // A coordinator of ours is not put down from outside.
        (false, Some(Role::Coordinator)) if group.local => {
            return Err(WireError::refused(
                "a coordinator cannot be removed from elsewhere",
            ));
        }
        (false, _) => None,
    };
    actors::set_role(tx.conn, group.id, person.id, role, tx.now)?;
    let entry = modlog::Entry::new(actor.id, LoggedAct::Appoint, add).group(group.id);
    Ok(modlog::note(tx, entry.person(person.id))?)
}

pub(super) fn lock(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    locked: bool,
    reason: Option<&str>,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let Some(entry) = find_content(tx, object)? else {
        return Err(WireError::refused("what it locks is not known here"));
    };
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    may(tx, actor, &group, Act::Lock, authority)?;
    if actor.local {
        return Ok(());
    }
    match entry {
        Entry::Post(post) => Ok(threads::set_locked(
            tx,
            actor,
            &post,
            locked,
            reason,
            authority.via(),
        )?),
        Entry::Comment(comment) => Ok(comments::set_locked(
            tx,
            actor,
            &comment,
            locked,
            reason,
            authority.via(),
        )?),
    }
}

/// A word to the author: it concerns nobody else.
pub(super) fn warn(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    reason: Option<&str>,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let Some(entry) = find_content(tx, object)? else {
        return Err(WireError::refused("what it is about is not known here"));
    };
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    let authority = match authority {
        // Not announced, but sent to the author's server: by the group's own, which knows its moderators.
        Authority::Signed { .. } if !group.local && actor.host == group.host => {
            Authority::Announced { group: &group }
        }
        other => other,
    };
    may(tx, actor, &group, Act::Remove, authority)?;
    if actor.local {
        return Ok(());
    }
    Ok(threads::warned(tx, actor, &entry, reason)?)
}
