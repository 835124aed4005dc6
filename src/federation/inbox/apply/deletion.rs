//! Delete and its undoing: by the author a deletion, by a moderator a removal, of oneself a farewell.

use url::Url;

use super::contribution::{create_by_reference, written_by_colleague};
use super::{Authority, group_of, may, private};
use crate::activitystreams::Thing;
use crate::community::remote::{
    Doc, Docs, Entry, WireError, ensure_actor, erase_person, find_content, part_with, take_in_actor,
};
use crate::community::{Via, comments, groups, modlog, threads};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, LoggedAct};
use crate::domain::limits::Reason;
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::modlog::ModlogFilter;
use crate::store::{Tx, standing_acts, tombstones};

pub(super) fn delete(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    reason: Option<&str>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Some(entry) = find_content(tx, object)? {
        return set_gone(tx, actor, &entry, object, true, reason, authority, docs);
    }
    if private::set_deleted(tx, actor, object, true, authority)? {
        return Ok(());
    }
    if let Some(row) = actors::by_ap_id(tx.conn, object)? {
        return delete_actor(tx, actor, &row, reason, authority, docs);
    }
    // Not seen yet: should it come after all, it is not taken in.
    let author: Option<Url> = actor.ap_id.parse().ok();
    let may = author.is_some_and(|author| authority.vouches_for(&author, object));
    if may && !tx.house.address.owns(object) {
        // What its actor signed is noted as an act of theirs, and holds of what they wrote.
        if let Authority::Announced { .. } = authority {
            tombstones::remember(tx.conn, object, tx.now)?;
        }
        return Ok(());
    }
    Err(WireError::refused("what it deletes is not known here"))
}

fn delete_actor(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &ActorRow,
    reason: Option<&str>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if object.local && object.kind == ActorKind::Group {
        return set_closed(tx, actor, object, true, authority, docs);
    }
    if object.local {
        return Err(WireError::refused(
            "actors of this instance are deleted here",
        ));
    }
    let itself = actor.id == object.id && authority.is_of_home(actor);
    // A group passes on only what concerns itself; its own host may also say so by one of its people.
    let its_group = match authority {
        Authority::Announced { group } => group.id == object.id,
        Authority::Signed { .. } => actor.host == object.host,
    };
    match (object.kind, reason) {
        // With a reason, if only an empty one: Lemmy's way to say that administrators removed it.
        (ActorKind::Group, Some(_)) if its_group => {
            let via = authority.via();
            let reason = reason.and_then(Reason::cut);
            Ok(groups::set_removed(
                tx,
                actor,
                object,
                true,
                reason.as_ref(),
                via,
            )?)
        }
        // What it says of itself is kept: it may be opened again.
        (ActorKind::Group, _) if itself || its_group => {
            Ok(actors::set_deleted(tx.conn, object.id, true)?)
        }
        _ if itself => Ok(erase_person(tx, object.id)?),
        _ => Err(WireError::refused("only itself may an actor delete")),
    }
}

/// Who may close a group of ours, or open it again, may do so from elsewhere.
fn set_closed(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    group: &ActorRow,
    closed: bool,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    // What a member of ours did came from here.
    if actor.local {
        return Ok(());
    }
    may(tx, actor, group, Act::CloseGroup, authority, docs)?;
    if group.suspended {
        return Err(WireError::refused("an administrator took it away"));
    }
    let via = authority.via();
    Ok(groups::set_closed(tx, actor, group, closed, via)?)
}

/// A person who goes and leaves what they wrote (Lemmy's `removeData: false`).
pub(super) fn leave(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    if authority.is_of_home(actor) && !actor.local {
        Ok(part_with(tx, actor.id)?)
    } else {
        Err(WireError::refused("only itself may an actor delete"))
    }
}

pub(super) fn restore(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    reason: Option<&str>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    match find_content(tx, object)? {
        Some(entry) => set_gone(tx, actor, &entry, object, false, reason, authority, docs),
        None if is_removed_group(tx, object)? => {
            let group = ensure_actor(tx, object, docs)?;
            authority.covers(group.id)?;
            if matches!(authority, Authority::Signed { .. }) && actor.host != group.host {
                return Err(WireError::refused("only its own server puts a group back"));
            }
            if groups::is_removed_by_us(tx, group.id)? {
                return Err(WireError::refused("an administrator here removed it"));
            }
            let via = authority.via();
            let reason = reason.and_then(Reason::cut);
            Ok(groups::set_removed(
                tx,
                actor,
                &group,
                false,
                reason.as_ref(),
                via,
            )?)
        }
        None if private::set_deleted(tx, actor, object, false, authority)? => Ok(()),
        None if let Some(group) = group_of_ours(tx, object)? => {
            set_closed(tx, actor, &group, false, authority, docs)
        }
        None if is_closed_group(tx, object)? => {
            // It says itself whether it is open again.
            match super::fetched(docs, object)? {
                Thing::Actor(doc) if doc.id == *object => {
                    take_in_actor(tx, doc)?;
                    Ok(())
                }
                _ => Err(WireError::refused("it is no group")),
            }
        }
        None if host_of(object).as_deref() == Some(&actor.host) => {
            undelete_unseen(tx, actor, object, authority, docs)
        }
        None => Err(WireError::refused("what it brings back is not known here")),
    }
}

fn group_of_ours(tx: &mut Tx<'_>, id: &Url) -> Result<Option<ActorRow>, WireError> {
    let row = actors::by_ap_id(tx.conn, id)?;
    Ok(row.filter(|row| row.local && row.kind == ActorKind::Group))
}

/// Something deleted before we ever saw it is back: by the word of its own host, or, where a group only
/// passes that on, if its host shows it again. Else it stays deleted.
fn undelete_unseen(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let author: Option<Url> = actor.ap_id.parse().ok();
    let vouched = author.is_some_and(|author| authority.vouches_for(&author, object));
    if vouched {
        tombstones::forget(tx.conn, object)?;
    }
    // Its Create came while it was deleted, or never: it is taken in now, if it is for us.
    let taken = tx.savepoint(|tx| {
        tombstones::forget(tx.conn, object)?;
        create_by_reference(tx, actor, object, authority, docs)
    });
    match taken {
        Err(WireError::Refused(_)) if vouched => Ok(()),
        other => other,
    }
}

fn is_removed_group(tx: &mut Tx<'_>, id: &Url) -> Result<bool, WireError> {
    let row = actors::by_ap_id(tx.conn, id)?;
    Ok(row.is_some_and(|row| row.suspended && !row.local && row.kind == ActorKind::Group))
}

fn is_closed_group(tx: &mut Tx<'_>, id: &Url) -> Result<bool, WireError> {
    let row = actors::by_ap_id(tx.conn, id)?;
    Ok(row.is_some_and(|row| row.deleted && !row.local && row.kind == ActorKind::Group))
}

pub(super) fn author_of(entry: &Entry) -> ActorId {
    match entry {
        Entry::Post(post) => post.author_id,
        Entry::Comment(comment) => comment.author_id,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one private function behind two doors"
)]
fn set_gone(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    entry: &Entry,
    object: &Url,
    gone: bool,
    reason: Option<&str>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let group = group_of(tx, entry)?;
    authority.covers(group.id)?;
    let via = authority.via();
    if author_of(entry) == actor.id {
        // What a member of ours did came from here.
        if actor.local {
            return Ok(());
        }
        let word = confirm(actor, object, gone, authority, docs)?;
        if matches!(word, WordOf::Group) {
            return set_removed(tx, &group, entry, true, None, via);
        }
        match entry {
            Entry::Post(post) => threads::set_deleted(tx, actor, post, gone, via)?,
            Entry::Comment(comment) => comments::set_deleted(tx, actor, comment, gone, via)?,
        }
        if !gone && is_gone_by_its_groups_word(tx, &group, entry, object)? {
            set_removed(tx, &group, entry, false, None, via)?;
        }
        return Ok(());
    }
    match may(tx, actor, &group, Act::Remove, authority, docs) {
        Err(WireError::Refused(why)) if gone => {
            let Some(author) = written_by_colleague(tx, actor, object, authority)? else {
                return Err(WireError::Refused(why));
            };
            return match (docs.get(object), entry) {
                (None, _) => Err(WireError::Need(object.clone())),
                (Some(Doc::Gone), Entry::Post(post)) => {
                    Ok(threads::set_deleted(tx, &author, post, true, via)?)
                }
                (Some(Doc::Gone), Entry::Comment(comment)) => {
                    Ok(comments::set_deleted(tx, &author, comment, true, via)?)
                }
                (Some(_), _) => Err(WireError::Refused(why)),
            };
        }
        other => other?,
    }
    if !gone && modlog::is_removed_for_us_alone(tx, &group, removal_of(entry))? {
        return Err(WireError::refused("an administrator here removed it"));
    }
    let reason = reason.and_then(Reason::cut);
    set_removed(tx, actor, entry, gone, reason.as_ref(), via)
}

fn set_removed(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    entry: &Entry,
    removed: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), WireError> {
    match entry {
        Entry::Post(post) => threads::set_removed(tx, by, post, removed, reason, via)?,
        Entry::Comment(comment) => comments::set_removed(tx, by, comment, removed, reason, via)?,
    }
    Ok(())
}

/// Whether a group took this away when its author, it said, had: the author's coming back to it ends that, but
/// not what a moderator did, or the group of its own.
fn is_gone_by_its_groups_word(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    entry: &Entry,
    object: &Url,
) -> Result<bool, WireError> {
    let removed = match entry {
        Entry::Post(post) => post.removed,
        Entry::Comment(comment) => comment.removed,
    };
    Ok(removed
        && modlog::is_done_by(tx, group, removal_of(entry))?
        && !standing_acts::any(tx.conn, &format!("remove {object}"))?)
}

fn removal_of(entry: &Entry) -> ModlogFilter {
    match entry {
        Entry::Post(post) => ModlogFilter {
            act: Some(LoggedAct::RemovePost),
            post: Some(post.id),
            ..ModlogFilter::default()
        },
        Entry::Comment(comment) => ModlogFilter {
            act: Some(LoggedAct::RemoveComment),
            comment: Some(comment.id),
            ..ModlogFilter::default()
        },
    }
}

/// Whose word it is that something is gone, or back.
enum WordOf {
    Author,
    /// The group's alone, which may take anything out of its own threads.
    Group,
}

/// A group may say that somebody of another host deleted something, or brought it back: the host has the last word
/// about what its people did. PieFed goes on showing what they deleted.
fn confirm(
    actor: &ActorRow,
    object: &Url,
    gone: bool,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<WordOf, WireError> {
    if authority.is_of_home(actor) {
        return Ok(WordOf::Author);
    }
    match (docs.get(object), gone) {
        (None, _) => Err(WireError::Need(object.clone())),
        (Some(Doc::Gone), true) | (Some(Doc::Found(_)), false) => Ok(WordOf::Author),
        (Some(Doc::Found(_) | Doc::Failed(_)), true) => Ok(WordOf::Group),
        (Some(Doc::Failed(why)), false) => Err(WireError::refused(format!("{object}: {why}"))),
        (Some(Doc::Gone), false) => Err(WireError::refused("its own server says otherwise")),
    }
}
