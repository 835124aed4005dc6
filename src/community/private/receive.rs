//! Private messages from elsewhere, whose origin the caller has checked.

use url::Url;

use super::addressed::Addressed;
use super::may_write;
use crate::activitystreams::Content;
use crate::community::CommunityError;
use crate::community::special;
use crate::domain::extras::Extras;
use crate::domain::ids::MessageId;
use crate::domain::time::Timestamp;
use crate::store::actors::ActorRow;
use crate::store::private_messages::{self, MessageRow};
use crate::store::shared_messages::{self, Shared};
use crate::store::{StoreError, Tx, extras};

/// A message as it came, its HTML safe already.
pub(crate) struct Received {
    pub ap_id: Url,
    pub markdown: Option<String>,
    pub html: String,
    pub published: Option<Timestamp>,
    pub extras: Extras,
}

impl Received {
    pub fn new(content: &Content, (markdown, html): (Option<String>, String)) -> Self {
        Received {
            ap_id: content.id.clone(),
            markdown,
            html,
            published: content.published,
            extras: special::extras_of(content),
        }
    }
}

/// Somebody elsewhere writes to members, each of whom gets it for themselves; a second time it is no news.
/// It is refused when nobody of them takes it.
pub(crate) fn receive(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    to: &Addressed,
    received: &Received,
) -> Result<(), CommunityError> {
    let copies = shared_messages::copies(tx.conn, &received.ap_id)?;
    let mut taken = copies.len();
    let mut refusal = None;
    for recipient in &to.members {
        if copies.iter().any(|copy| copy.recipient_id == recipient.id) {
            continue;
        }
        if let Err(refused) = may_write(tx, sender, recipient) {
            refusal = Some(refused);
            continue;
        }
        // No two messages have one address, though the note has.
        let ap_id = match taken {
            0 => received.ap_id.to_string(),
            _ => format!("{}#to-{}", received.ap_id, recipient.id),
        };
        let id = keep(tx, sender, recipient, received, ap_id)?;
        share(tx, to, received, id, recipient)?;
        taken += 1;
    }
    match refusal {
        Some(refused) if taken == 0 => Err(refused),
        _ => Ok(()),
    }
}

fn keep(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    received: &Received,
    ap_id: String,
) -> Result<MessageId, StoreError> {
    let (first_id, second_id) = private_messages::pair(sender.id, recipient.id);
    let id = MessageId(tx.next_id());
    let row = MessageRow {
        id,
        ap_id,
        local: false,
        first_id,
        second_id,
        sender_id: sender.id,
        recipient_id: recipient.id,
        body_markdown: received.markdown.clone(),
        body_html: received.html.clone(),
        published: received.published.unwrap_or(tx.now).min(tx.now),
        edited: None,
        deleted: false,
        read: false,
    };
    private_messages::insert(tx.conn, &row)?;
    extras::set(tx.conn, id.0, &received.extras)?;
    Ok(id)
}

/// Notes who else got it, if anybody.
fn share(
    tx: &mut Tx<'_>,
    to: &Addressed,
    received: &Received,
    message: MessageId,
    recipient: &ActorRow,
) -> Result<(), StoreError> {
    let others = to.everybody.iter().filter(|(id, _)| *id != recipient.ap_id);
    let also_to: Vec<_> = others.map(|(_, other)| other.clone()).collect();
    if also_to.is_empty() {
        return Ok(());
    }
    let note = received.ap_id.to_string();
    shared_messages::set(tx.conn, message, &Shared { note, also_to })
}

/// Its sender changed it. An edit that was overtaken on its way changes nothing. Who is addressed since gets
/// it as well; `to` is nobody where it is no message any more.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    copies: &[MessageRow],
    to: Option<&Addressed>,
    received: &Received,
    edited: Option<Timestamp>,
) -> Result<(), CommunityError> {
    let edited = edited.unwrap_or(tx.now).min(tx.now);
    let overtaken = |row: &MessageRow| row.edited.is_some_and(|known| known > edited);
    if copies.iter().any(overtaken) {
        return Ok(());
    }
    for row in copies {
        let markdown = received.markdown.as_deref();
        private_messages::edit(tx.conn, row.id, markdown, &received.html, edited)?;
        extras::set(tx.conn, row.id.0, &received.extras)?;
        let recipient = to.and_then(|to| to.members.iter().find(|m| m.id == row.recipient_id));
        if let (Some(to), Some(recipient)) = (to, recipient) {
            share(tx, to, received, row.id, recipient)?;
        }
    }
    match to {
        Some(to) => receive(tx, sender, to, received),
        None => Ok(()),
    }
}
