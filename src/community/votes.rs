//! Voting on posts and comments, from here and from elsewhere.

use url::Url;

use super::outgoing::{Action, ForMicroblogs, Via, tell, url};
use super::{CommunityError, Denied, Missing};
use crate::activitystreams as wire;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::Vote;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, comments, posts, votes};

/// What is voted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Post(PostId),
    Comment(CommentId),
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
    if voter.suspended || voter.deleted {
        return Err(Denied::Suspended.into());
    }
    let (post, ap_id) = match target {
        Target::Post(id) => {
            let post = posts::find(tx.conn, id)?.ok_or(Missing::Post)?;
            if post.is_hidden() {
                return Err(Denied::Deleted.into());
            }
            let before = votes::set(tx.conn, id.0, voter.id, vote, tx.now)?;
            if before == votes::Tally::default() {
                return Ok(());
            }
            posts::tally(tx.conn, &post, before)?;
            let ap_id = url(&post.ap_id)?;
            (post, ap_id)
        }
        Target::Comment(id) => {
            let comment = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
            if comment.is_hidden() {
                return Err(Denied::Deleted.into());
            }
            let before = votes::set(tx.conn, id.0, voter.id, vote, tx.now)?;
            if before == votes::Tally::default() {
                return Ok(());
            }
            comments::tally(tx.conn, &comment, before)?;
            let post = posts::find(tx.conn, comment.post_id)?.ok_or(Missing::Post)?;
            (post, url(&comment.ap_id)?)
        }
    };
    Ok(tell_of_vote(tx, &voter, &post, &ap_id, vote, via)?)
}

fn tell_of_vote(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    post: &PostRow,
    object: &Url,
    vote: Option<Vote>,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let group = actors::get(tx.conn, post.group_id)?;
    let (me, there) = (url(&voter.ap_id)?, url(&group.ap_id)?);
    let address = tx.house.address.clone();
    let activity = |id: &Url| match vote {
        Some(Vote::Up) => wire::like(id, &me, object, &there),
        Some(Vote::Down) => wire::dislike(id, &me, object, &there),
        // Peers match an undone vote by actor and object; its own id need not be the first one's.
        None => {
            let undone = address.activity("like", format!("{}-undone", voter.name));
            wire::undo(id, &me, wire::like(&undone, &me, object, &there))
        }
    };
    let verb = match vote {
        Some(Vote::Up) => "like",
        Some(Vote::Down) => "dislike",
        None => "undo",
    };
    tell(
        tx,
        &Action {
            actor: voter,
            group: &group,
            via,
            verb,
            activity: &activity,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )
}
