//! Replies and mentions that wait for a member.

use serde::{Deserialize, Serialize};

use super::comment::CommentView;
use super::person::Person;
use crate::domain::ids::{ActorId, CommentId, NotificationId};
use crate::domain::time::Timestamp;

/// Lemmy's `CommentReply` and `PersonMention`, which have the same fields.
#[derive(Debug, Serialize)]
pub struct Notification {
    pub id: NotificationId,
    pub recipient_id: ActorId,
    pub comment_id: CommentId,
    pub read: bool,
    pub published: Timestamp,
}

#[derive(Debug, Serialize)]
pub struct CommentReplyView {
    pub comment_reply: Notification,
    pub recipient: Person,
    #[serde(flatten)]
    pub comment: CommentView,
}

#[derive(Debug, Serialize)]
pub struct PersonMentionView {
    pub person_mention: Notification,
    pub recipient: Person,
    #[serde(flatten)]
    pub comment: CommentView,
}

/// Newest first: a `sort` is ignored.
#[derive(Deserialize)]
pub struct GetNotifications {
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub unread_only: Option<bool>,
}

#[derive(Deserialize)]
pub struct MarkCommentReplyAsRead {
    pub comment_reply_id: NotificationId,
    pub read: bool,
}

#[derive(Deserialize)]
pub struct MarkPersonMentionAsRead {
    pub person_mention_id: NotificationId,
    pub read: bool,
}

#[derive(Serialize)]
pub struct GetRepliesResponse {
    pub replies: Vec<CommentReplyView>,
}

#[derive(Serialize)]
pub struct GetPersonMentionsResponse {
    pub mentions: Vec<PersonMentionView>,
}

#[derive(Serialize)]
pub struct CommentReplyResponse {
    pub comment_reply_view: CommentReplyView,
}

#[derive(Serialize)]
pub struct PersonMentionResponse {
    pub person_mention_view: PersonMentionView,
}

#[derive(Serialize)]
pub struct GetUnreadCountResponse {
    pub replies: i64,
    pub mentions: i64,
    pub private_messages: i64,
}
