//! Like, Dislike, and taking either back.

use url::Url;

use super::{Authority, group_of};
use crate::community::remote::{Docs, Entry, WireError, ensure_told, find_content};
use crate::community::votes::{self, On};
use crate::domain::kinds::Vote;
use crate::store::actors::ActorRow;
use crate::store::{Tx, follows};

fn on(entry: &Entry) -> On<'_> {
    match entry {
        Entry::Post(post) => On::Post(post),
        Entry::Comment(comment) => On::Comment(comment),
    }
}

pub(super) fn vote(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    vote: Vote,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let entry = match find_content(tx, object)? {
        Some(entry) => entry,
        None => match authority {
            Authority::Announced { group } if follows::has_local_follower(tx.conn, group.id)? => {
                ensure_told(tx, object, docs, group)?
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
    let via = authority.via();
    Ok(votes::cast(tx, actor, on(&entry), &group, Some(vote), via)?)
}

pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
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
    let via = authority.via();
    Ok(votes::cast(tx, actor, on(&entry), &group, None, via)?)
}
