//! Create and Update: threads, comments, and actors that changed.

use url::Url;

use super::acts::runs_one_of;
use super::{Authority, deletion, fetched, group_of, moderation, polling, private};
use crate::activitystreams::{Content, Thing};
use crate::community;
use crate::community::groups::sharing;
use crate::community::remote::{
    self, Docs, Entry, WireError, ensure_actor, ensure_content, find_content, take_in_actor,
    take_in_told,
};
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::{Tx, follows};

pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Some(author) = written_by(tx, actor, content, authority, docs)? {
        let authority = Authority::Announced { group: actor };
        return create(tx, &author, content, authority, docs);
    }
    if let Some((poll, answer)) = content.ballot()
        && let Some(post) = polling::poll_of_ours(tx, poll)?
    {
        return polling::ballot(tx, actor, content, &post, answer, authority);
    }
    if private::create(tx, actor, content, authority)? {
        return Ok(());
    }
    if is_copy_for_the_mentioned(tx, actor, content, authority)? {
        return is_known(tx, content);
    }
    if let Some(entry) = find_content(tx, &content.id)? {
        return pass_on(tx, actor, &entry, authority);
    }
    let content = trusted(actor, content, authority, docs)?;
    concerns_us(tx, content, authority, docs)?;
    let entry = take_in_told(tx, content, docs, authority.coming())?;
    let group = group_of(tx, &entry)?;
    authority.covers(group.id)?;
    is_for_its_group_to_tell(tx, &entry, &group, authority)
}

/// The author of what a group signs where others announce it (Ibis): somebody of its own server.
fn written_by(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<Option<ActorRow>, WireError> {
    let Some(author) = content.attributed_to.first() else {
        return Ok(None);
    };
    let is_theirs = |id: &Url| host_of(id).as_deref() == Some(&actor.host);
    let signed = matches!(authority, Authority::Signed { .. });
    if !signed
        || actor.kind != ActorKind::Group
        || author.as_str() == actor.ap_id
        || !(is_theirs(author) && is_theirs(&content.id))
    {
        return Ok(None);
    }
    Ok(Some(ensure_actor(tx, author, docs)?))
}

/// The author of what another person of the same server, where its group is at home as well, changes or takes
/// away (Mobilizon's groups, Discourse's staff). Whether they may, that server says when it is asked.
pub(super) fn written_by_colleague(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    authority: Authority<'_>,
) -> Result<Option<ActorRow>, WireError> {
    let Authority::Signed { .. } = authority else {
        return Ok(None);
    };
    let Some(entry) = find_content(tx, object)? else {
        return Ok(None);
    };
    let (author, group) = (deletion::author_of(&entry), group_of(tx, &entry)?);
    let author = actors::get(tx.conn, author)?;
    let is_theirs = actor.kind.is_person()
        && author.id != actor.id
        && host_of(object).as_deref() == Some(&actor.host)
        && [&author.host, &group.host]
            .iter()
            .all(|host| **host == actor.host);
    Ok(Some(author).filter(|_| is_theirs && !actor.local))
}

/// What begins in a group elsewhere is told by that group, which may not want it, or by its own host.
fn is_for_its_group_to_tell(
    tx: &mut Tx<'_>,
    entry: &Entry,
    group: &ActorRow,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let (Entry::Post(post), Authority::Signed { .. }) = (entry, authority) else {
        return Ok(());
    };
    let told_by_its_host = actors::get(tx.conn, post.author_id)?.host == group.host
        && follows::has_local_follower(tx.conn, group.id)?;
    if group.local || told_by_its_host {
        Ok(())
    } else {
        Err(WireError::refused("its group has not told us of it"))
    }
}

/// They send whom a thread mentions, and whoever follows its author, a copy of it under the same id, made for
/// microblogs: as a note without title.
const COPY_FOR_THE_MENTIONED: &[&str] = &["piefed"];

/// Whether this is such a copy, of what a group elsewhere tells whole.
fn is_copy_for_the_mentioned(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let signed = matches!(authority, Authority::Signed { .. });
    if !signed || content.name.is_some() || content.in_reply_to.is_some() {
        return Ok(false);
    }
    if runs_one_of(tx, actor, COPY_FOR_THE_MENTIONED)? != Some(true) {
        return Ok(false);
    }
    let audience = &content.addressing.audience;
    Ok(!audience.is_empty() && !audience.iter().any(|group| tx.house.address.owns(group)))
}

/// Of what its group has not told yet a copy tells nothing.
fn is_known(tx: &mut Tx<'_>, content: &Content) -> Result<(), WireError> {
    match find_content(tx, &content.id)? {
        Some(_) => Ok(()),
        None => Err(WireError::refused("its group has not told us of it")),
    }
}

/// What is here already: somebody's answer made us fetch it before its author's Create came, or another
/// group that it is for told us first. Followers of our groups elsewhere have not heard of it yet.
fn pass_on(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    entry: &Entry,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let (author, hidden) = match entry {
        Entry::Post(post) => (post.author_id, post.is_hidden()),
        Entry::Comment(comment) => (comment.author_id, comment.is_hidden()),
    };
    if author != actor.id || hidden {
        return Ok(());
    }
    match (authority, entry) {
        (Authority::Signed { raw }, _) => {
            let group = group_of(tx, entry)?;
            Ok(community::pass_on(tx, actor, &group, entry, raw)?)
        }
        (Authority::Announced { group }, Entry::Post(post))
            if follows::has_local_follower(tx.conn, group.id)? =>
        {
            Ok(sharing::shared_elsewhere(tx, group, post, true)?)
        }
        (Authority::Announced { .. }, _) => Ok(()),
    }
}

pub(super) fn create_by_reference(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if find_content(tx, object)?.is_some() {
        return Ok(());
    }
    match fetched(docs, object)? {
        Thing::Content(content) => create(tx, actor, content, authority, docs),
        _ => Err(WireError::refused(
            "what was created is no thread or comment",
        )),
    }
}

/// The object as it is to be believed: embedded where its host signed, else as fetched from there.
fn trusted<'a>(
    actor: &ActorRow,
    content: &'a Content,
    authority: Authority<'_>,
    docs: &'a Docs,
) -> Result<&'a Content, WireError> {
    let author: Url = actor
        .ap_id
        .parse()
        .map_err(|_| WireError::refused("its actor's id is no URL"))?;
    let content = if content.is_translation() {
        polling::original(content, docs)?
    } else if authority.vouches_for(&author, &content.id) {
        content
    } else {
        match fetched(docs, &content.id)? {
            Thing::Content(fetched) if fetched.id == content.id => fetched,
            _ => return Err(WireError::refused("the object is not what was announced")),
        }
    };
    if content.attributed_to.first() == Some(&author) {
        Ok(content)
    } else {
        Err(WireError::refused(
            "the object is by another than the activity's actor",
        ))
    }
}

/// Strangers cannot fill our database with threads of groups that nobody here follows.
fn concerns_us(
    tx: &mut Tx<'_>,
    content: &Content,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    match authority {
        Authority::Announced { group } => {
            if follows::has_local_follower(tx.conn, group.id)? {
                Ok(())
            } else {
                Err(WireError::refused("nobody here follows that group"))
            }
        }
        Authority::Signed { .. } => {
            let entry = match &content.in_reply_to {
                Some(parent) => ensure_content(tx, parent, docs)?,
                None => return Ok(()),
            };
            let group = group_of(tx, &entry)?;
            if group.local || follows::has_local_follower(tx.conn, group.id)? {
                Ok(())
            } else {
                Err(WireError::refused("nobody here follows that conversation"))
            }
        }
    }
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    thing: &Thing,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    match thing {
        // What a member of ours did came from here.
        Thing::Content(_) if actor.local => Ok(()),
        Thing::Content(content)
            if let Some(author) = written_by(tx, actor, content, authority, docs)? =>
        {
            let authority = Authority::Announced { group: actor };
            update(tx, &author, thing, authority, docs)
        }
        Thing::Content(content) if private::update(tx, actor, content, authority)? => Ok(()),
        Thing::Content(content) if is_copy_for_the_mentioned(tx, actor, content, authority)? => {
            is_known(tx, content)
        }
        Thing::Content(content)
            if let Some(author) = written_by_colleague(tx, actor, &content.id, authority)? =>
        {
            match fetched(docs, &content.id)? {
                Thing::Content(there) if there.id == content.id => {
                    remote::update(tx, &author, there, docs, authority.via())
                }
                _ => Err(WireError::refused("the object is not what was announced")),
            }
        }
        Thing::Content(content) => {
            let content = trusted(actor, content, authority, docs)?;
            match find_content(tx, &content.id)? {
                Some(entry) => {
                    let group = group_of(tx, &entry)?;
                    authority.covers(group.id)?;
                }
                // Its Create was lost, or is still on its way.
                None => return create(tx, actor, content, authority, docs),
            }
            remote::update(tx, actor, content, docs, authority.via())
        }
        Thing::Actor(doc) if doc.id.as_str() == actor.ap_id => {
            if !authority.is_of_home(actor) {
                return Err(WireError::refused("an actor speaks for itself"));
            }
            take_in_actor(tx, doc)?;
            Ok(())
        }
        Thing::Actor(doc) if doc.kind == ActorKind::Group => {
            moderation::update_group(tx, actor, doc, authority, docs)
        }
        Thing::Reference(id) => match fetched(docs, id)? {
            Thing::Reference(_) => Err(WireError::refused("nothing is to be had there")),
            thing => update(tx, actor, thing, authority, docs),
        },
        Thing::Actor(_) | Thing::Tombstone(_) => {
            Err(WireError::refused("its actor may not change that"))
        }
    }
}
