//! Private messages from elsewhere: a `ChatMessage`, or a note that is for people and nobody else.

use url::Url;

use super::Authority;
use crate::activitystreams::{Content, ContentKind};
use crate::community::private::{self, Addressed, Received};
use crate::community::remote::{WireError, private_text, was_deleted};
use crate::store::actors::ActorRow;
use crate::store::private_messages::{self, MessageRow};
use crate::store::{Tx, hosts, shared_messages};

/// For whom of ours a message is, if it is one.
fn recipients(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
) -> Result<Option<Addressed>, WireError> {
    match (private::addressed(tx, actor, content)?, content.kind) {
        (None, ContentKind::ChatMessage) => {
            Err(WireError::refused("a message is for people of ours alone"))
        }
        (to, _) => Ok(to),
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
    Ok(Received::new(content, private_text(content)?))
}

/// Takes in a message; false where it is none.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let Some(to) = recipients(tx, actor, content)? else {
        return Ok(false);
    };
    signed(actor, content, authority)?;
    if was_deleted(tx, &content.id, actor.id)? {
        return Err(WireError::refused("it was deleted before it came"));
    }
    let copies = sent_by(tx, actor, &content.id, authority)?;
    let received = received(content)?;
    // PieFed creates what it edited once more.
    if is_later(content, &copies) {
        private::change(tx, actor, &copies, Some(&to), &received, content.updated)?;
    } else {
        private::receive(tx, actor, &to, &received)?;
    }
    Ok(true)
}

/// Whether a message was edited after what stands here was written.
fn is_later(content: &Content, copies: &[MessageRow]) -> bool {
    let stands = copies.iter().map(|row| row.edited.unwrap_or(row.published));
    stands.max() < content.updated && !copies.is_empty()
}

/// The messages that a note of `actor` became; to others there is none.
fn sent_by(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    id: &Url,
    authority: Authority<'_>,
) -> Result<Vec<MessageRow>, WireError> {
    let copies = shared_messages::copies(tx.conn, id)?;
    let signed = matches!(authority, Authority::Signed { .. });
    let theirs = copies.iter().all(|row| row.sender_id == actor.id);
    if copies.is_empty() || (theirs && signed && !actor.local) {
        Ok(copies)
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
    let copies = sent_by(tx, actor, &content.id, authority)?;
    if copies.is_empty() {
        return Ok(false);
    }
    signed(actor, content, authority)?;
    let to = private::addressed(tx, actor, content)?;
    let received = received(content)?;
    private::change(tx, actor, &copies, to.as_ref(), &received, content.updated)?;
    // It says so in no other way that a message is back; from others this may be late.
    if hosts::software_of(tx.conn, actor.host_id)?.as_deref() == Some("nodebb") {
        for row in copies.iter().filter(|row| row.deleted) {
            private_messages::set_deleted(tx.conn, row.id, false)?;
        }
    }
    Ok(true)
}

pub(super) fn set_deleted(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    deleted: bool,
    authority: Authority<'_>,
) -> Result<bool, WireError> {
    let copies = sent_by(tx, actor, object, authority)?;
    for row in &copies {
        private_messages::set_deleted(tx.conn, row.id, deleted)?;
    }
    Ok(!copies.is_empty())
}
