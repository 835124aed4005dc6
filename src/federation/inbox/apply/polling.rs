//! Votes in polls, polls and events told as pages, and boosts.

use url::Url;

use super::Authority;
use crate::activitystreams::{Announced, Content, Thing};
use crate::community::bans::may_take_part;
use crate::community::remote::{Doc, Docs, Entry, WireError, find_content};
use crate::community::{pass_choice_on, polls as use_polls};
use crate::domain::house::host_of;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{Tx, extras, polls};

/// The thread of ours that carries the poll of this id.
pub(super) fn poll_of_ours(tx: &mut Tx<'_>, id: &Url) -> Result<Option<PostRow>, WireError> {
    let Some(post) = posts::by_ap_id(tx.conn, id)?.filter(|post| post.local) else {
        return Ok(None);
    };
    let poll = polls::get(tx.conn, post.id, None)?;
    Ok(poll.map(|_| post))
}

/// A vote is between voter and author: it is believed from nobody else, and told to nobody.
pub(super) fn ballot(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    post: &PostRow,
    answer: &str,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let Authority::Signed { .. } = authority else {
        return Err(WireError::refused("votes in polls are not announced"));
    };
    let own = content
        .attributed_to
        .first()
        .is_some_and(|author| author.as_str() == actor.ap_id);
    if !own || actor.local || host_of(&content.id).as_deref() != Some(&actor.host) {
        return Err(WireError::refused("the vote is another's"));
    }
    Ok(use_polls::ballot(tx, actor, post, answer)?)
}

/// A vote as PieFed sends it, by the voter to the group; the group of the thread passes it on. Of a poll
/// elsewhere, its author tells the results.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    answer: &str,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let Some(post) = poll_of_ours(tx, object)? else {
        return pass_on(tx, actor, object, authority);
    };
    authority.covers(post.group_id)?;
    // What a member of ours chose came from here.
    if actor.local {
        return Ok(());
    }
    Ok(use_polls::ballot(tx, actor, &post, answer)?)
}

/// What somebody chose in a poll of others, in a group of ours.
fn pass_on(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    object: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    let (Authority::Signed { raw }, Some(post)) = (authority, posts::by_ap_id(tx.conn, object)?)
    else {
        return Ok(());
    };
    let group = actors::get(tx.conn, post.group_id)?;
    if post.is_hidden() || !group.local || polls::get(tx.conn, post.id, None)?.is_none() {
        return Ok(());
    }
    may_take_part(tx, voter, &group)?;
    Ok(pass_choice_on(tx, &group, post.author_id, raw)?)
}

/// The poll or event that a page is a translation of, from where it lives.
pub(super) fn original<'a>(page: &'a Content, docs: &'a Docs) -> Result<&'a Content, WireError> {
    match docs.get(&page.id) {
        None => Err(WireError::Need(page.id.clone())),
        Some(Doc::Found(Thing::Content(content))) if content.id == page.id => Ok(content),
        Some(Doc::Gone) => Err(WireError::refused(format!("{} is gone", page.id))),
        Some(Doc::Found(_)) => Err(WireError::refused("the object is not what was announced")),
        Some(Doc::Failed(why)) => Err(WireError::refused(format!("{}: {why}", page.id))),
    }
}

/// The thread or comment that is shared, if it is one.
pub(super) fn boosted(announced: &Announced) -> Option<&Url> {
    match announced {
        Announced::Reference(id) => Some(id),
        Announced::Object(thing) => match &**thing {
            Thing::Content(content) => Some(&content.id),
            Thing::Reference(id) => Some(id),
            Thing::Actor(_) | Thing::Tombstone(_) => None,
        },
        Announced::Activity(..) | Announced::Many(_) => None,
    }
}

/// Somebody shares a thread or comment with their followers, or takes that back; it is counted, and told to
/// nobody.
pub(super) fn boost(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    announced: &Announced,
    on: bool,
) -> Result<(), WireError> {
    let Some(id) = boosted(announced) else {
        return Ok(());
    };
    let target = match find_content(tx, id)? {
        Some(Entry::Post(post)) => post.id.0,
        Some(Entry::Comment(comment)) => comment.id.0,
        // Of something that nobody here knows.
        None => return Ok(()),
    };
    if actor.local || actor.suspended {
        return Ok(());
    }
    if on {
        extras::boost(tx.conn, target, actor.id, tx.now)?;
    } else {
        extras::unboost(tx.conn, target, actor.id)?;
    }
    Ok(())
}
