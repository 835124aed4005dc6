//! Like, Dislike, and taking either back.

use url::Url;

use super::{Authority, group_of};
use crate::community::remote::{Docs, Entry, WireError, ensure_content, find_content};
use crate::community::votes::{self, On};
use crate::domain::house::host_of;
use crate::domain::kinds::Vote;
use crate::store::actors::ActorRow;
use crate::store::{Tx, follows, tombstones};

fn on(entry: &Entry) -> On<'_> {
    match entry {
        Entry::Post(post) => On::Post(post),
        Entry::Comment(comment) => On::Comment(comment),
    }
}

pub(super) fn vote(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: Option<&Url>,
    object: &Url,
    vote: Option<Vote>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Some(id) = id
        && tombstones::exists(tx.conn, id)?
    {
        // Undone before it came.
        return Ok(());
    }
    let entry = match find_content(tx, object)? {
        Some(entry) => entry,
        None => match authority {
            Authority::Announced { group } if follows::has_local_follower(tx.conn, group.id)? => {
                ensure_content(tx, object, docs)?
            }
            _ => return Err(WireError::refused("what it votes on is not known here")),
        },
    };
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    // What a member of ours did came from here.
    if actor.local {
        return Ok(());
    }
    Ok(votes::cast(
        tx,
        actor,
        on(&entry),
        &group,
        vote,
        authority.via(),
    )?)
}

pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: Option<&Url>,
    object: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    if actor.local {
        return Ok(());
    }
    let Some(entry) = find_content(tx, object)? else {
        return Err(WireError::refused("what it voted on is not known here"));
    };
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    if let Some(id) = id
        && host_of(id).as_deref() == Some(&actor.host)
    {
        tombstones::remember(tx.conn, id, tx.now)?;
    }
    Ok(votes::cast(
        tx,
        actor,
        on(&entry),
        &group,
        None,
        authority.via(),
    )?)
}
