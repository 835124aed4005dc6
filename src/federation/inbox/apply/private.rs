//! Private messages from elsewhere: a `ChatMessage`, or a note that is for one member and nobody else.

use url::Url;

use super::Authority;
use crate::activitystreams::{Content, ContentKind};
use crate::community::private::{self, Received};
use crate::community::remote::{WireError, private_text};
use crate::store::actors::{self, ActorRow};
use crate::store::private_messages::{self, MessageRow};

/// The member whom a message is for, if it is one. A direct note to several people is none: to take it
/// in for one of them would tear the conversation apart, so that it is refused like all that is not public.
fn recipient(tx: &mut Tx<'_>, content: &Content) -> Result<Option<ActorRow>, WireError> {
    if content.addressing.is_public() {
        return match content.kind {
            ContentKind::ChatMessage => Err(WireError::refused("a message to everybody")),
            _ => Ok(None),
        };
    }
    let mut to: Vec<&Url> = content.addressing.all().collect();
    to.sort_unstable();
    to.dedup();
    let found = match to.as_slice() {
        [one] => actors::by_ap_id(tx.conn, one)?
            .filter(|row| row.local && row.kind.is_person() && !row.deleted),
        _ => None,
    };
    match (found, content.kind) {
        (None, ContentKind::ChatMessage) => {
            Err(WireError::refused("a message is for one person of ours"))
        }
        (found, _) => Ok(found),
    }
}

fn signed(actor: &ActorRow, content: &Content, authority: Authority<'_>) -> Result<(), WireError> {
    let author = actor
        .ap_id
        .parse()
        .map_err(|_| WireError::refused("its actor's id is no URL"))?;
    let theirs = matches!(authority, Authority::Signed { .. })
        && authority.vouches_for(&author, &content.id)
        && content.attributed_to.first() == Some(&author);
    if theirs && !actor.local {
        Ok(())
    } else {
        Err(WireError::refused(
            "only its author may send a private message",
        ))
    }
}

fn received(content: &Content) -> Result<Received, WireError> {
    let (markdown, html) = private_text(content)?;
    Ok(Received {
        ap_id: content.id.clone(),
        markdown,
        html,
        extras: special::extras_of(content),
        published: content.published,
    })
}

/// Takes in a message; false where it is none.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let Some(recipient) = recipient(tx, content)? else {
        return Ok(false);
    };
    signed(actor, content, authority)?;
    if was_deleted(tx, &content.id, actor.id)? {
        return Err(WireError::refused("it was deleted before it came"));
    }
    private::receive(tx, actor, &recipient, received(content)?)?;
    Ok(true)
}

/// The message of this id that `actor` sent; to others there is none.
fn sent_by(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: &Url,
    authority: Authority<'_>,
) -> Result<Option<MessageRow>, WireError> {
    let Some(row) = private_messages::by_ap_id(tx.conn, id)? else {
        return Ok(None);
    };
    let signed = matches!(authority, Authority::Signed { .. });
    if row.sender_id == actor.id && signed && !actor.local {
        Ok(Some(row))
    } else {
        Err(WireError::refused(
            "only its author may change a private message",
        ))
    }
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let Some(row) = sent_by(tx, actor, &content.id, authority)? else {
        return Ok(false);
    };
    signed(actor, content, authority)?;
    private::change(tx, &row, &received(content)?, content.updated)?;
    Ok(true)
}

pub(super) fn set_deleted(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    deleted: bool,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let Some(row) = sent_by(tx, actor, object, authority)? else {
        return Ok(false);
    };
    private_messages::set_deleted(tx.conn, row.id, deleted)?;
    Ok(true)
}
