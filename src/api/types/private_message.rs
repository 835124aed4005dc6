//! Private messages.

use serde::{Deserialize, Serialize};

use super::person::Person;
use crate::domain::ids::{ActorId, MessageId};
use crate::domain::time::Timestamp;

#[derive(Debug, Serialize)]
pub struct PrivateMessage {
    pub id: MessageId,
    pub creator_id: ActorId,
    pub recipient_id: ActorId,
    pub content: String,
    pub deleted: bool,
    pub read: bool,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    pub ap_id: String,
    pub local: bool,
    /// Always false: nobody here takes away what stands between two people.
    pub removed: bool,
}

#[derive(Debug, Serialize)]
pub struct PrivateMessageView {
    pub private_message: PrivateMessage,
    pub creator: Person,
    pub recipient: Person,
}

#[derive(Deserialize)]
pub struct CreatePrivateMessage {
    pub content: String,
    pub recipient_id: ActorId,
}

#[derive(Deserialize)]
pub struct EditPrivateMessage {
    pub private_message_id: MessageId,
    pub content: String,
}

#[derive(Deserialize)]
pub struct DeletePrivateMessage {
    pub private_message_id: MessageId,
    pub deleted: bool,
}

#[derive(Deserialize)]
pub struct MarkPrivateMessageAsRead {
    pub private_message_id: MessageId,
    pub read: bool,
}

#[derive(Deserialize)]
pub struct GetPrivateMessages {
    pub unread_only: Option<bool>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub creator_id: Option<ActorId>,
}

#[derive(Serialize)]
pub struct PrivateMessageResponse {
    pub private_message_view: PrivateMessageView,
}

#[derive(Serialize)]
pub struct PrivateMessagesResponse {
    pub private_messages: Vec<PrivateMessageView>,
}
