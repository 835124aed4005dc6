//! Voting on posts and comments, from here and from elsewhere.

use url::Url;

use super::bans::may_take_part;
use super::blocks;
use super::groups::standing;
use super::outgoing::{Action, ForMicroblogs, Via, tell_in, undone, url};
use super::{CommunityError, Denied, Missing};
use crate::activitystreams as wire;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::{Visibility, Vote};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, audience, comments, posts, votes};

/// What is voted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Post(PostId),
    Comment(CommentId),
}

impl Target {
    /// Posts and comments share one sequence.
    pub fn id(self) -> i64 {
        match self {
            Target::Post(id) => id.0,
            Target::Comment(id) => id.0,
        }
    }
}

/// Casts, changes or (`None`) withdraws a vote. The same vote again changes nothing.
pub fn vote(
    tx: &mut Tx<'_>,
    voter: ActorId,
    target: Target,
    vote: Option<Vote>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let voter = actors::get(tx.conn, voter)?;
    match target {
        Target::Post(id) => {
            let post = posts::find(tx.conn, id)?.ok_or(Missing::Post)?;
            let group = actors::get(tx.conn, post.group_id)?;
            cast(tx, &voter, On::Post(&post), &group, vote, via)
        }
        Target::Comment(id) => {
            let comment = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
            let group = actors::get(tx.conn, comment.group_id)?;
            cast(tx, &voter, On::Comment(&comment), &group, vote, via)
        }
    }
}

/// The group in which something stands, for who may see how others voted on it.
pub fn group_if_seen(
    tx: &mut Tx<'_>,
    viewer: ActorId,
    target: Target,
) -> Result<ActorId, CommunityError> {
    let group = match target {
        Target::Post(id) => {
            let post = audience::post(tx.conn, Some(viewer), id)?;
            post.ok_or(Missing::Post)?.group_id
        }
        Target::Comment(id) => {
            let found = audience::comment(tx.conn, Some(viewer), id)?;
            found.ok_or(Missing::Comment)?.1.group_id
        }
    };
    standing(tx, viewer, group)?.may(Act::SeeVotes)?;
    Ok(group)
}

/// What is voted on, as read in this transaction.
#[derive(Clone, Copy)]
pub(crate) enum On<'a> {
    Post(&'a PostRow),
    Comment(&'a CommentRow),
}

/// [`vote`], for who has read all that it concerns.
pub(crate) fn cast(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    on: On<'_>,
    group: &ActorRow,
    vote: Option<Vote>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let visibility = may_take_part(tx, voter, group)?;
    let (id, ap_id, hidden, author) = match on {
        On::Post(post) => (post.id.0, &post.ap_id, post.is_hidden(), post.author_id),
        On::Comment(comment) => {
            let hidden = comment.is_hidden();
            (comment.id.0, &comment.ap_id, hidden, comment.author_id)
        }
    };
    // Elsewhere they may not know yet, and it may come back with what was thought of it meanwhile.
    if hidden && voter.local {
        return Err(Denied::Deleted.into());
    }
    // A vote in a group elsewhere is for its server to judge.
    if vote.is_some() && (group.local || voter.local) {
        blocks::must_be_welcome(tx, author, voter, group)?;
    }
    let change = votes::set(tx.conn, id, voter.id, vote, tx.now)?;
    if change == votes::Tally::default() {
        return Ok(());
    }
    match on {
        On::Post(post) => posts::tally(tx.conn, post, change)?,
        On::Comment(comment) => comments::tally(tx.conn, comment, change)?,
    }
    // Nobody is told of what nobody sees.
    if hidden {
        return Ok(());
    }
    // What a withdrawn vote was, the counters tell.
    let before = if change.up < 0 { Vote::Up } else { Vote::Down };
    let told = match vote {
        Some(vote) => Told::Cast(vote),
        None => Told::Withdrawn(before),
    };
    let object = url(ap_id)?;
    Ok(tell_of_vote(
        tx, voter, group, visibility, &object, told, via,
    )?)
}

enum Told {
    Cast(Vote),
    Withdrawn(Vote),
}

fn tell_of_vote(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    group: &ActorRow,
    visibility: Visibility,
    object: &Url,
    told: Told,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let (me, there) = (url(&voter.ap_id)?, url(&group.ap_id)?);
    let (Told::Cast(vote) | Told::Withdrawn(vote)) = told;
    let word = match vote {
        Vote::Up => "like",
        Vote::Down => "dislike",
    };
    let write = |id: &Url| match vote {
        Vote::Up => wire::like(id, &me, object, &there),
        Vote::Down => wire::dislike(id, &me, object, &there),
    };
    let about = format!("{word} {object} {}", voter.id);
    let undone = match told {
        Told::Withdrawn(_) if voter.local => Some(undone(tx, word, &about)?),
        _ => None,
    };
    let activity = |id: &Url| match &undone {
        None => write(id),
        Some(undone) => wire::undo(id, &me, write(undone)),
    };
    let cast = matches!(told, Told::Cast(_));
    tell_in(
        tx,
        &Action {
            actor: voter,
            group,
            via,
            verb: if cast { word } else { "undo" },
            activity: &activity,
            about: Some(about.as_str()).filter(|_| cast),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
        visibility,
    )
}
