//! Private messages: nobody but those they are for ever sees them, and no group announces them. A note from
//! elsewhere to several people is a message to each.

mod addressed;
mod receive;
mod tell;

use url::Url;

use crate::community::blocks;
use crate::community::text;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::extras::Extras;
use crate::domain::ids::{ActorId, MessageId};
use crate::domain::kinds::{ActorKind, MessagesFrom};
use crate::domain::limits::CommentBody;
use crate::store::actors::{self, ActorRow};
use crate::store::private_messages::{self, MessageRow};
use crate::store::{StoreError, Tx, extras, shared_messages};

pub(crate) use addressed::{Addressed, addressed};
pub(crate) use receive::{Received, change, receive};

/// A member writes to somebody, here or elsewhere.
pub fn send(
    tx: &mut Tx<'_>,
    sender: ActorId,
    recipient: ActorId,
    body: &CommentBody,
) -> Result<MessageId, CommunityError> {
    send_with(tx, sender, recipient, body, None)
}

/// As [`send`], under a warning of what it is about.
pub fn send_with(
    tx: &mut Tx<'_>,
    sender: ActorId,
    recipient: ActorId,
    body: &CommentBody,
    warning: Option<String>,
) -> Result<MessageId, CommunityError> {
    let sender = actors::get(tx.conn, sender)?;
    let recipient = match actors::get(tx.conn, recipient) {
        Err(StoreError::NotFound) => return Err(Missing::Person.into()),
        other => other?,
    };
    may_write(tx, &sender, &recipient)?;
    let before = private_messages::between(tx.conn, sender.id, recipient.id, None, 1)?.items;
    let written = text::write(tx, body.as_str())?;
    let id = MessageId(tx.next_id());
    let ap_id = tx.house.address.at(&format!("/private_message/{id}"));
    let (first_id, second_id) = private_messages::pair(sender.id, recipient.id);
    let row = MessageRow {
        id,
        ap_id: ap_id.into(),
        local: true,
        first_id,
        second_id,
        sender_id: sender.id,
        recipient_id: recipient.id,
        body_markdown: Some(body.as_str().to_owned()),
        body_html: written.html,
        published: tx.now,
        edited: None,
        deleted: false,
        read: false,
    };
    private_messages::insert(tx.conn, &row)?;
    cover(tx, id, warning)?;
    let before = match before.first() {
        Some(row) => shared_messages::address_of(tx.conn, row)?
            .parse::<Url>()
            .ok(),
        None => None,
    };
    tell::created(tx, &sender, &recipient, &row, before)?;
    Ok(id)
}

fn cover(tx: &mut Tx<'_>, id: MessageId, warning: Option<String>) -> Result<(), StoreError> {
    let extras = Extras {
        covered: warning.is_some(),
        warning,
        ..Extras::default()
    };
    extras::set(tx.conn, id.0, &extras)
}

/// Whether one may write to the other: both are people who are there, and the other takes it.
fn may_write(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
) -> Result<(), CommunityError> {
    if sender.suspended || sender.deleted {
        return Err(Denied::Suspended.into());
    }
    let person = !matches!(recipient.kind, ActorKind::Group | ActorKind::Application);
    if !person || recipient.deleted || recipient.suspended {
        return Err(Missing::Person.into());
    }
    if sender.id == recipient.id {
        return Err(CommunityError::invalid(
            "body",
            "This is you: write to somebody else.",
        ));
    }
    let takes = match private_messages::accepts(tx.conn, recipient.id)? {
        MessagesFrom::Everybody => true,
        MessagesFrom::Here => sender.local,
        MessagesFrom::Nobody => false,
    };
    // Whoever is blocked is told no more than those from whom nothing is taken.
    if takes && blocks::hears_of(tx, recipient.id, sender, None)? {
        Ok(())
    } else {
        Err(Denied::TakesNoMessages.into())
    }
}

/// A message as one of its two people sees it; to everybody else it is not there.
pub fn find(tx: &mut Tx<'_>, person: ActorId, id: MessageId) -> Result<MessageRow, CommunityError> {
    let row = private_messages::find(tx.conn, id)?;
    let row = row.filter(|row| row.is_between(person));
    Ok(row.ok_or(Missing::Message)?)
}

fn own(tx: &mut Tx<'_>, person: ActorId, id: MessageId) -> Result<MessageRow, CommunityError> {
    let row = find(tx, person, id)?;
    if row.sender_id != person {
        return Err(Denied::NotAuthor.into());
    }
    Ok(row)
}

pub fn edit(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: MessageId,
    body: &CommentBody,
) -> Result<(), CommunityError> {
    let warning = extras::get(tx.conn, id.0)?.warning;
    edit_with(tx, person, id, body, warning)
}

/// As [`edit`], with what it is under from now on.
pub fn edit_with(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: MessageId,
    body: &CommentBody,
    warning: Option<String>,
) -> Result<(), CommunityError> {
    let mut row = own(tx, person, id)?;
    if row.deleted {
        return Err(Denied::Deleted.into());
    }
    let sender = actors::get(tx.conn, person)?;
    let recipient = actors::get(tx.conn, row.recipient_id)?;
    may_write(tx, &sender, &recipient)?;
    let html = text::write(tx, body.as_str())?.html;
    private_messages::edit(tx.conn, id, Some(body.as_str()), &html, tx.now)?;
    cover(tx, id, warning)?;
    row.body_markdown = Some(body.as_str().to_owned());
    row.body_html = html;
    row.edited = Some(tx.now);
    Ok(tell::edited(tx, &sender, &recipient, &row)?)
}

/// Takes a message back, or brings it back.
pub fn set_deleted(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: MessageId,
    deleted: bool,
) -> Result<(), CommunityError> {
    let row = own(tx, person, id)?;
    if row.deleted == deleted {
        return Ok(());
    }
    private_messages::set_deleted(tx.conn, id, deleted)?;
    let sender = actors::get(tx.conn, person)?;
    let recipient = actors::get(tx.conn, row.recipient_id)?;
    Ok(tell::deleted(tx, &sender, &recipient, &row, deleted)?)
}

/// Marks what somebody got.
pub fn mark_read(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: MessageId,
    read: bool,
) -> Result<(), CommunityError> {
    let row = find(tx, person, id)?;
    if row.recipient_id != person {
        return Err(Missing::Message.into());
    }
    Ok(private_messages::set_read(tx.conn, id, read)?)
}

/// Opening a conversation marks what waits in it.
pub fn see(tx: &mut Tx<'_>, person: ActorId, other: ActorId) -> Result<(), CommunityError> {
    Ok(private_messages::read_all_from(
        tx.conn,
        person,
        Some(other),
    )?)
}

/// All that waits in any conversation is marked.
pub fn see_all(tx: &mut Tx<'_>, person: ActorId) -> Result<(), CommunityError> {
    Ok(private_messages::read_all_from(tx.conn, person, None)?)
}

/// From whom a member takes messages from now on.
pub fn accept_from(
    tx: &mut Tx<'_>,
    person: ActorId,
    from: MessagesFrom,
) -> Result<(), CommunityError> {
    Ok(private_messages::set_accepts(tx.conn, person, from)?)
}
