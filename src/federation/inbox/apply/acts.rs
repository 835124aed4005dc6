//! Acts that can be undone, and their undoing, in whatever order they come: an undoing ends the act it
//! names, before or after that came, and what was done is over when nothing else of the kind stands.

use url::Url;

use super::Authority;
use super::deletion::author_of;
use super::polling::boosted;
use crate::activitystreams::{Activity, Addressing, Announced, Verb};
use crate::community::remote::{WireError, find_content};
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::store::actors::ActorRow;
use crate::store::{
    StoreError, Tx, comments, extras, hosts, posts, shares, standing_acts, tombstones, votes,
};

/// Whether somebody could have given an activity of theirs this id.
pub(super) fn is_theirs(actor: &ActorRow, id: &Url) -> bool {
    host_of(id).as_deref() == Some(&actor.host)
}

/// What an act does to what.
struct About {
    key: String,
    /// Whoever does it does it for all, like a lock, and not for themselves, like a vote.
    shared: bool,
}

/// Of what can be undone. Removals by moderators are other acts than deletions.
fn about(tx: &mut Tx<'_>, actor: &ActorRow, verb: &Verb) -> Result<Option<About>, WireError> {
    let (key, shared) = match verb {
        Verb::Like { object } => (format!("like {object}"), false),
        Verb::Dislike { object } => (format!("dislike {object}"), false),
        Verb::Lock { object, .. } => (format!("lock {object}"), true),
        Verb::Block { object, target, .. } => (format!("block {target} {object}"), true),
        Verb::Delete { object, .. } => {
            let entry = find_content(tx, object)?;
            let author = entry.as_ref().map_or(actor.id, author_of);
            match author == actor.id {
                true => (format!("delete {object}"), false),
                false => (format!("remove {object}"), true),
            }
        }
        Verb::Announce {
            object: Announced::Reference(id),
        } => (format!("boost {id}"), false),
        _ => return Ok(None),
    };
    Ok(Some(About { key, shared }))
}

/// Whether it was undone before it came, or came again after that.
pub(super) fn was_undone(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    activity: &Activity,
) -> Result<bool, StoreError> {
    match (&activity.verb, &activity.id) {
        (
            Verb::Like { .. }
            | Verb::Dislike { .. }
            | Verb::Announce {
                object: Announced::Reference(_),
            },
            Some(id),
        ) => {
            let undone = tombstones::exists(tx.conn, id)?;
            if undone && votes_under_one_id(tx, actor)? {
                // That undoing is used up: the next vote or boost of this id is another one.
                tombstones::forget(tx.conn, id)?;
            }
            Ok(undone)
        }
        (Verb::Delete { .. } | Verb::Lock { .. } | Verb::Block { .. }, Some(id)) => {
            tombstones::exists(tx.conn, id)
        }
        _ => Ok(false),
    }
}

/// It is done. A vote takes the place of one of the other kind.
pub(super) fn stands(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    activity: &Activity,
) -> Result<(), WireError> {
    let Some(id) = activity.id.as_ref().filter(|id| is_theirs(actor, id)) else {
        return Ok(());
    };
    if actor.local {
        return Ok(());
    }
    let Some(about) = about(tx, actor, &activity.verb)? else {
        return Ok(());
    };
    let other = match &activity.verb {
        Verb::Like { object } => Some(format!("dislike {object}")),
        Verb::Dislike { object } => Some(format!("like {object}")),
        _ => None,
    };
    if let Some(other) = other {
        let before = standing_acts::of(tx.conn, &other, actor.id)?;
        if !before.is_empty() && !votes_under_one_id(tx, actor)? {
            for vote in before.iter().filter_map(|vote| vote.parse().ok()) {
                tombstones::remember(tx.conn, &vote, tx.now)?;
            }
        }
        if !before.is_empty() {
            standing_acts::end_by(tx.conn, &other, actor.id)?;
        }
    }
    let (key, now) = (about.key.as_str(), tx.now);
    standing_acts::insert(tx.conn, key, actor.id, id, now)?;
    let (kind, object) = match &activity.verb {
        Verb::Like { object } => (Named::Like, object),
        Verb::Dislike { object } => (Named::Dislike, object),
        Verb::Announce {
            object: Announced::Reference(object),
        } => (Named::Boost, object),
        _ => return Ok(()),
    };
    if runs_one_of(tx, actor, UNDO_BY_ID)? != Some(false) {
        standing_acts::insert(tx.conn, &kind.key(id), actor.id, object, now)?;
    }
    Ok(())
}

/// They undo by the id alone, and do not say what that was.
const UNDO_BY_ID: &[&str] = &["pleroma", "akkoma"];

/// They give every vote of one person on one thing the same id, and every boost or report of it.
pub(in crate::federation::inbox) const VOTE_UNDER_ONE_ID: &[&str] = &["nodebb"];

/// What may be undone by its id alone.
#[derive(Clone, Copy)]
enum Named {
    Like,
    Dislike,
    Boost,
}

impl Named {
    /// Under what it is known which object an act of this id was about.
    fn key(self, id: &Url) -> String {
        let word = match self {
            Named::Like => "like",
            Named::Dislike => "dislike",
            Named::Boost => "boost",
        };
        format!("named {word} {id}")
    }

    fn verb(self, object: Url) -> Verb {
        match self {
            Named::Like => Verb::Like { object },
            Named::Dislike => Verb::Dislike { object },
            Named::Boost => Verb::Announce {
                object: Announced::Reference(object),
            },
        }
    }
}

/// The vote or boost of this id, as far as an undoing must know it.
pub(super) fn by_id(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: &Url,
) -> Result<Option<Activity>, WireError> {
    for kind in [Named::Like, Named::Dislike, Named::Boost] {
        let objects = standing_acts::of(tx.conn, &kind.key(id), actor.id)?;
        if let Some(object) = objects.first().and_then(|object| object.parse().ok()) {
            let actor = actor.ap_id.parse();
            return Ok(Some(Activity {
                id: Some(id.clone()),
                actor: actor.map_err(|_| WireError::refused("its actor's id is no URL"))?,
                addressing: Addressing::default(),
                published: None,
                verb: kind.verb(object),
            }));
        }
    }
    Ok(None)
}

/// Whether an actor's server runs one of these, if we know what it runs.
pub(super) fn runs_one_of(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    names: &[&str],
) -> Result<Option<bool>, StoreError> {
    hosts::runs_one_of(tx.conn, actor.host_id, names)
}

fn votes_under_one_id(tx: &mut Tx<'_>, actor: &ActorRow) -> Result<bool, StoreError> {
    Ok(runs_one_of(tx, actor, VOTE_UNDER_ONE_ID)? == Some(true))
}

/// Whether somebody's vote of this kind stands.
pub(in crate::federation::inbox) fn has_voted(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    vote: &Verb,
) -> Result<bool, StoreError> {
    let (object, value) = match vote {
        Verb::Like { object } => (object, 1),
        Verb::Dislike { object } => (object, -1),
        _ => return Ok(false),
    };
    let target = match posts::by_ap_id(tx.conn, object)? {
        Some(post) => Some(post.id.0),
        None => comments::by_ap_id(tx.conn, object)?.map(|comment| comment.id.0),
    };
    let Some(target) = target else {
        return Ok(false);
    };
    let cast = votes::of_actor(tx.conn, actor.id, &[target])?;
    Ok(cast.get(&target) == Some(&value))
}

/// Whether somebody's boost stands, or what a group tells of stands in it.
pub(in crate::federation::inbox) fn has_boosted(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    announced: &Announced,
) -> Result<bool, StoreError> {
    let Some(id) = boosted(announced) else {
        return Ok(false);
    };
    let post = posts::by_ap_id(tx.conn, id)?;
    if actor.kind == ActorKind::Group {
        return Ok(match post {
            Some(post) if post.group_id == actor.id => !post.removed,
            Some(post) => shares::find(tx.conn, actor.id, post.id)?.is_some(),
            None => false,
        });
    }
    let target = match post {
        Some(post) => post.id.0,
        None => match comments::by_ap_id(tx.conn, id)? {
            Some(comment) => comment.id.0,
            None => return Ok(false),
        },
    };
    extras::has_boosted(tx.conn, target, actor.id)
}

/// What is to be done about an undoing.
pub(super) enum Undoing {
    /// What was done is over.
    Ends,
    /// It came before, or something else of the kind stands.
    ChangesNothing,
}

/// `inner` is undone by `actor`, who did it.
pub(super) fn undone(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    inner: &Activity,
    authority: Authority<'_>,
) -> Result<Undoing, WireError> {
    let about = about(tx, actor, &inner.verb)?;
    let id = inner.id.as_ref().filter(|id| is_theirs(actor, id));
    if let (Some(id), false) = (id, actor.local) {
        if tombstones::exists(tx.conn, id)? {
            return Ok(Undoing::ChangesNothing);
        }
        tombstones::remember(tx.conn, id, tx.now)?;
        if let Some(About { key, shared }) = &about {
            let stood = standing_acts::take(tx.conn, key, actor.id, id)?;
            // Nothing else is ever set aside.
            let is_vote = matches!(inner.verb, Verb::Like { .. } | Verb::Dislike { .. });
            let still_stands = match &inner.verb {
                Verb::Announce { object } => has_boosted(tx, actor, object)?,
                vote => has_voted(tx, actor, vote)?,
            };
            if still_stands && votes_under_one_id(tx, actor)? {
                tombstones::forget(tx.conn, id)?;
            }
            let was_aside = is_vote && standing_acts::take(tx.conn, &aside(key), actor.id, id)?;
            let known = stood || was_aside;
            let another = match (known, shared) {
                (true, true) => standing_acts::any(tx.conn, key)?,
                _ => standing_acts::any_by(tx.conn, key, actor.id)?,
            };
            if another && known {
                return Ok(Undoing::ChangesNothing);
            }
            if another && !names_any_id(tx, actor, authority)? {
                if !is_vote {
                    return Ok(Undoing::ChangesNothing);
                }
                set_aside(tx, actor, key, id)?;
            }
        }
        // What it is about is not here yet, and so what it undoes is not either.
        if let Verb::Like { object } | Verb::Dislike { object } | Verb::Lock { object, .. } =
            &inner.verb
            && find_content(tx, object)?.is_none()
        {
            return Ok(Undoing::ChangesNothing);
        }
    }
    match about {
        Some(About { key, shared: true }) => standing_acts::end(tx.conn, &key)?,
        Some(About { key, .. }) => standing_acts::end_by(tx.conn, &key, actor.id)?,
        None => {}
    }
    Ok(Undoing::Ends)
}

/// An undoing names a vote that we never saw, where another of the kind stands. Mostly that one is meant, by
/// a server that keeps no ids of votes. But should the one that it names come yet, the other stands again.
fn set_aside(tx: &mut Tx<'_>, actor: &ActorRow, key: &str, for_now: &Url) -> Result<(), WireError> {
    let instead = instead_of(for_now);
    for vote in standing_acts::of(tx.conn, key, actor.id)? {
        if let Ok(vote) = vote.parse() {
            standing_acts::insert(tx.conn, &instead, actor.id, &vote, tx.now)?;
            standing_acts::insert(tx.conn, &aside(key), actor.id, &vote, tx.now)?;
        }
    }
    Ok(())
}

/// Under what it is known that a vote came, though it is set aside.
fn aside(key: &str) -> String {
    format!("aside {key}")
}

fn instead_of(undone: &Url) -> String {
    format!("instead of {undone}")
}

/// What stands again now that the vote has come which its undoing named: as if it came now.
pub(super) fn stands_again(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    undone: &Activity,
) -> Result<Option<Activity>, WireError> {
    let Some(id) = &undone.id else {
        return Ok(None);
    };
    let instead = instead_of(id);
    let votes = standing_acts::of(tx.conn, &instead, actor.id)?;
    if votes.is_empty() {
        return Ok(None);
    }
    let Some(about) = about(tx, actor, &undone.verb)? else {
        return Ok(None);
    };
    standing_acts::end_by(tx.conn, &instead, actor.id)?;
    let mut first = None;
    for vote in votes.iter().filter_map(|vote| vote.parse::<Url>().ok()) {
        // Unless it was undone itself meanwhile.
        if !tombstones::exists(tx.conn, &vote)? {
            standing_acts::insert(tx.conn, &about.key, actor.id, &vote, tx.now)?;
            first = first.or(Some(vote));
        }
    }
    Ok(first.map(|vote| Activity {
        id: Some(vote),
        ..undone.clone()
    }))
}

/// They make up the ids of what they undo, and send all in order.
const MAKE_UP_WHAT_THEY_UNDO: &[&str] = &["lemmy", "piefed", "ibis"];

/// Whether an undoing means whatever stands: the person's own server may have made it up, or the one of the group
/// that tells of it. So may a server that we do not know yet.
fn names_any_id(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    authority: Authority<'_>,
) -> Result<bool, StoreError> {
    if runs_one_of(tx, actor, MAKE_UP_WHAT_THEY_UNDO)? != Some(false) {
        return Ok(true);
    }
    match authority {
        Authority::Announced { group } => {
            Ok(runs_one_of(tx, group, MAKE_UP_WHAT_THEY_UNDO)? != Some(false))
        }
        Authority::Signed { .. } => Ok(false),
    }
}
