//! ApproveReply: the owner of a video lets a comment through (PeerTube).

use url::Url;

use super::acts::is_theirs;
use super::{Authority, group_of};
use crate::activitystreams::Activity;
use crate::community::comments;
use crate::community::remote::{Entry, WireError, find_content};
use crate::store::Tx;
use crate::store::actors::ActorRow;

pub(super) fn approve(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    activity: &Activity,
    object: &Url,
    authority: Authority<'_>,
) -> Result<(), WireError> {
    // Of what others wrote, their servers hear.
    let Some(Entry::Comment(comment)) = find_content(tx, object)? else {
        return Ok(());
    };
    if !comment.local {
        return Ok(());
    }
    let group = group_of(tx, &Entry::Comment(comment.clone()))?;
    let signed = matches!(authority, Authority::Signed { .. });
    let id = activity.id.as_ref().filter(|id| is_theirs(actor, id));
    match id {
        Some(id) if signed && actor.host == group.host => Ok(comments::approved(tx, &comment, id)?),
        _ => Err(WireError::refused("its actor has no say in that group")),
    }
}
