//! Private messages from elsewhere, whose origin the caller has checked.

use super::may_write;
use crate::community::CommunityError;
use crate::domain::ids::MessageId;
use crate::domain::time::Timestamp;
use crate::store::actors::ActorRow;
use crate::store::private_messages::{self, MessageRow};
use crate::store::{StoreError, Tx};
use url::Url;

/// A message as it came, its HTML safe already.
pub(crate) struct Received {
    pub ap_id: Url,
    pub markdown: Option<String>,
    pub html: String,
    pub published: Option<Timestamp>,
}

/// Somebody elsewhere writes to a member. A second time it is no news.
pub(crate) fn receive(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    received: Received,
) -> Result<(), CommunityError> {
    if private_messages::by_ap_id(tx.conn, &received.ap_id)?.is_some() {
        return Ok(());
    }
    may_write(tx, sender, recipient)?;
    let (first_id, second_id) = private_messages::pair(sender.id, recipient.id);
    let row = MessageRow {
        id: MessageId(tx.next_id()),
        ap_id: received.ap_id.into(),
        local: false,
        first_id,
        second_id,
        sender_id: sender.id,
        recipient_id: recipient.id,
        body_markdown: received.markdown,
        body_html: received.html,
        published: received.published.unwrap_or(tx.now).min(tx.now),
        edited: None,
        deleted: false,
        read: false,
    };
    Ok(private_messages::insert(tx.conn, &row)?)
}

/// Its sender changed it. An edit that was overtaken on its way changes nothing.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    row: &MessageRow,
    received: &Received,
    edited: Option<Timestamp>,
) -> Result<(), StoreError> {
    let edited = edited.unwrap_or(tx.now).min(tx.now);
    if row.edited.is_some_and(|known| known > edited) {
        return Ok(());
    }
    let markdown = received.markdown.as_deref();
    private_messages::edit(tx.conn, row.id, markdown, &received.html, edited)
}
