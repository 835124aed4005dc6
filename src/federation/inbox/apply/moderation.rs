//! Add, Remove, Lock, and Update of a group by who moderates it: pinned threads, moderators, closed
//! threads, and what the group says of itself.

use url::Url;

use super::{Authority, fetched, group_of, may};
use crate::activitystreams::{ActorDoc, Thing};
use crate::community::remote::{Docs, Entry, WireError, ensure_actor, find_content, take_in_actor};
use crate::community::{comments, groups, threads};
use crate::domain::kinds::ActorKind;
use crate::domain::limits::Reason;
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
    let Some(group) = actors::by_collection(tx.conn, target)? else {
        if add {
            return Err(no_such_collection());
        }
        return take_out(tx, actor, object, target, authority, docs);
    };
    authority.covers(group.id)?;
    let featured = group.featured_url.as_deref() == Some(target.as_str());
    let act = if featured { Act::Feature } else { Act::Appoint };
    may(tx, actor, &group, act, authority, docs)?;
    if featured {
        // What a member of ours did came from here.
        if actor.local {
            return Ok(());
        }
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
    Ok(groups::set_moderator(
        tx,
        actor,
        &group,
        &person,
        add,
        authority.via(),
    )?)
}

fn no_such_collection() -> WireError {
    WireError::refused("no group that we know has this collection")
}

/// A thread is put out of a group of NodeBB, into none: that names the group itself, and the thread by its whole
/// conversation. Its author may do so as well as a moderator.
fn take_out(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    target: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let group = actors::by_ap_id(tx.conn, target)?;
    let group = group
        .filter(|row| row.kind == ActorKind::Group && !row.local)
        .ok_or_else(no_such_collection)?;
    authority.covers(group.id)?;
    let post = super::moving::thread(tx, object)?
        .ok_or_else(|| WireError::refused("the thread is not known here"))?;
    // Of what was moved before, a deletion names the group that it was in then.
    if post.group_id != group.id {
        return Err(WireError::refused("the thread is in another group"));
    }
    if post.author_id != actor.id || !authority.is_of_home(actor) {
        may(tx, actor, &group, Act::Remove, authority, docs)?;
    }
    // What a member of ours did came from here.
    if actor.local {
        return Ok(());
    }
    let via = authority.via();
    Ok(threads::set_removed(tx, actor, &post, true, None, via)?)
}

/// A moderator changed a group: ours as they say, one elsewhere as it says itself by now.
pub(super) fn update_group(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    doc: &ActorDoc,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let group = ensure_actor(tx, &doc.id, docs)?;
    authority.covers(group.id)?;
    if group.local {
        may(tx, actor, &group, Act::EditGroup, authority, docs)?;
        let via = authority.via();
        return Ok(groups::edited_elsewhere(tx, actor, &group, doc, via)?);
    }
    match fetched(docs, &doc.id)? {
        Thing::Actor(fetched) if fetched.id == doc.id => {
            take_in_actor(tx, fetched)?;
            Ok(())
        }
        _ => Err(WireError::refused("the group is not what was announced")),
    }
}

pub(super) fn lock(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    locked: bool,
    reason: Option<&Reason>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let Some(entry) = find_content(tx, object)? else {
        return Err(WireError::refused("what it locks is not known here"));
    };
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    may(tx, actor, &group, Act::Lock, authority, docs)?;
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
    reason: Option<&Reason>,
    authority: Authority<'_>,
    docs: &Docs,
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
    may(tx, actor, &group, Act::Remove, authority, docs)?;
    if actor.local {
        return Ok(());
    }
    Ok(threads::warned(tx, actor, &entry, reason)?)
}
