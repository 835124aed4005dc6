//! Move: somebody goes on under another address, or a thread goes to another group.

use url::Url;

use super::{Authority, may};
use crate::activitystreams::{Activity, Thing, Verb};
use crate::community::bans::may_take_part;
use crate::community::remote::{
    Doc, Docs, Entry, WireError, ensure_actor, ensure_told, find_content,
};
use crate::community::{self, Via, threads};
use crate::domain::kinds::ActorKind;
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{Tx, follows};

/// From where to where.
pub(super) struct Way<'a> {
    pub origin: Option<&'a Url>,
    pub target: &'a Url,
}

pub(super) fn moves(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    way: Way<'_>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Some(post) = thread(tx, object)? {
        return relocate(tx, actor, &post, way, authority, docs);
    }
    if object.as_str() == actor.ap_id {
        let Authority::Signed { .. } = authority else {
            return Err(only_itself());
        };
        // What went from here is known.
        if actor.local {
            return Err(only_itself());
        }
        return community::moves::moved(tx, actor, way.target, docs);
    }
    if actors::by_ap_id(tx.conn, object)?.is_some() {
        return Err(only_itself());
    }
    told_of(tx, object, way.target, authority, docs)
}

fn only_itself() -> WireError {
    WireError::refused("only itself may an actor move")
}

/// By its own address, or by that of its whole conversation, as NodeBB names it.
pub(super) fn thread(tx: &mut Tx<'_>, object: &Url) -> Result<Option<PostRow>, WireError> {
    match find_content(tx, object)? {
        Some(Entry::Post(post)) => Ok(Some(*post)),
        Some(Entry::Comment(_)) => Err(WireError::refused("only whole threads are moved")),
        None => Ok(posts::by_context(tx.conn, object)?),
    }
}

/// The group that it leaves must let it go, and the one it comes into must take it.
fn relocate(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    post: &PostRow,
    way: Way<'_>,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let home = actors::get(tx.conn, post.group_id)?;
    if home.ap_id == way.target.as_str() {
        return Ok(());
    }
    if way
        .origin
        .is_some_and(|origin| origin.as_str() != home.ap_id)
    {
        return Err(WireError::refused("the thread is in another group"));
    }
    let target = ensure_actor(tx, way.target, docs)?;
    if target.kind != ActorKind::Group {
        return Err(WireError::refused("threads are moved to groups"));
    }
    // What members of ours said in it stays in their moderators' hands.
    if home.local && !target.local {
        return Err(WireError::refused("a thread of a group here stays here"));
    }
    let one_server = !home.local && home.host == target.host;
    let authority = match authority {
        // One server tells of both.
        Authority::Announced { group } if one_server && group.id == target.id => {
            Authority::Announced { group: &home }
        }
        other => other,
    };
    authority.covers(home.id)?;
    // PieFed and NodeBB let authors move what they began, and nobody took away or closed.
    if actor.id != post.author_id || post.removed || post.locked {
        may(tx, actor, &home, Act::MoveThread, authority, docs)?;
    } else if home.local {
        may_take_part(tx, actor, &home)?;
    }
    let taken = match authority {
        Authority::Announced { .. } => one_server,
        Authority::Signed { .. } => one_server && actor.host == target.host,
    };
    // Into one of ours nobody brings a thread in another's name.
    let mut brought = || -> Result<bool, WireError> {
        Ok(target.local
            && authority.is_of_home(actor)
            && threads::may_put_in(tx, actor, post, &target)?)
    };
    if !taken && !brought()? {
        return Err(WireError::refused(
            "its actor may not bring threads into that group",
        ));
    }
    // What a member of ours did came from here.
    if actor.local {
        return Ok(());
    }
    let via = authority.via();
    Ok(threads::relocated(tx, actor, post, &target, None, via)?)
}

/// A group elsewhere tells of something in a thread that stands in another group here: PieFed tells nobody
/// but the followers of the old group that it moved. Where the thread's own server says that it is in this
/// group by now, and no longer in that one, it is here as well.
pub(super) fn catch_up(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    told: &Activity,
    docs: &Docs,
) -> Result<(), WireError> {
    let is_here = |audience: &[Url]| audience.iter().any(|url| url.as_str() == group.ap_id);
    let about = match &told.verb {
        Verb::Create { object } => object.in_reply_to.as_ref(),
        Verb::Update { object } => match &**object {
            Thing::Content(content) => Some(content.in_reply_to.as_ref().unwrap_or(&content.id)),
            _ => None,
        },
        Verb::Like { object } | Verb::Dislike { object } => Some(object),
        Verb::Delete { object, .. } | Verb::Lock { object, .. } => Some(object),
        _ => None,
    };
    let (Some(about), true) = (about, names(told, &is_here)) else {
        return Ok(());
    };
    let post = match find_content(tx, about)? {
        Some(Entry::Post(post)) => *post,
        Some(Entry::Comment(comment)) => match posts::find(tx.conn, comment.post_id)? {
            Some(post) => post,
            None => return Ok(()),
        },
        None => return Ok(()),
    };
    let home = actors::get(tx.conn, post.group_id)?;
    // Of ours we know ourselves.
    if home.id == group.id || home.local || post.local {
        return Ok(());
    }
    let Ok(id) = post.ap_id.parse::<Url>() else {
        return Ok(());
    };
    let now = match docs.get(&id) {
        None => return Err(WireError::Need(id)),
        Some(Doc::Found(Thing::Content(content))) if content.id == id => {
            &content.addressing.audience
        }
        Some(_) => return Ok(()),
    };
    if !is_here(now) || now.iter().any(|url| url.as_str() == home.ap_id) {
        return Ok(());
    }
    Ok(threads::relocated(
        tx,
        group,
        &post,
        group,
        None,
        Via::Here,
    )?)
}

/// Whether what is told, or what was written, names the group as its audience.
fn names(told: &Activity, is_here: &impl Fn(&[Url]) -> bool) -> bool {
    let within = match &told.verb {
        Verb::Create { object } => is_here(&object.addressing.audience),
        Verb::Update { object } => match &**object {
            Thing::Content(content) => is_here(&content.addressing.audience),
            _ => false,
        },
        _ => false,
    };
    within || is_here(&told.addressing.audience)
}

/// A thread that is not here comes into a group that somebody here follows: as if that told of it.
fn told_of(
    tx: &mut Tx<'_>,
    object: &Url,
    target: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let unknown = || WireError::refused("what it moves is not known here");
    let Authority::Announced { group } = authority else {
        return Err(unknown());
    };
    if group.ap_id != target.as_str() || !follows::has_local_follower(tx.conn, group.id)? {
        return Err(unknown());
    }
    ensure_told(tx, object, docs, group).map(|_| ())
}
