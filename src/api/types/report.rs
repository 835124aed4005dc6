//! Reports: what was there when it was reported, and what they are shown with.

use serde::{Deserialize, Serialize};

use super::SubscribedType;
use super::comment::{Comment, CommentAggregates};
use super::community::Community;
use super::person::Person;
use super::post::{Post, PostAggregates};
use super::private_message::PrivateMessage;
use crate::domain::ids::{ActorId, CommentId, MessageId, PostId, ReportId};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
pub struct CreatePostReport {
    pub post_id: PostId,
    pub reason: String,
}

#[derive(Deserialize)]
pub struct CreateCommentReport {
    pub comment_id: CommentId,
    pub reason: String,
}

#[derive(Deserialize)]
pub struct ResolveReport {
    pub report_id: ReportId,
    pub resolved: bool,
}

/// `post_id` is asked of reports on posts, `comment_id` of those on comments.
#[derive(Deserialize)]
pub struct ListReports {
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub unresolved_only: Option<bool>,
    pub community_id: Option<ActorId>,
    pub post_id: Option<PostId>,
    pub comment_id: Option<CommentId>,
}

#[derive(Debug, Serialize)]
pub struct PostReport {
    pub id: ReportId,
    pub creator_id: ActorId,
    pub post_id: PostId,
    pub original_post_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_post_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_post_body: Option<String>,
    pub reason: String,
    pub resolved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver_id: Option<ActorId>,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
pub struct CommentReport {
    pub id: ReportId,
    pub creator_id: ActorId,
    pub comment_id: CommentId,
    pub original_comment_text: String,
    pub reason: String,
    pub resolved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver_id: Option<ActorId>,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
}

/// `creator` reported what `post_creator` wrote.
#[derive(Debug, Serialize)]
pub struct PostReportView {
    pub post_report: PostReport,
    pub post: Post,
    pub community: Community,
    pub creator: Person,
    pub post_creator: Person,
    pub creator_banned_from_community: bool,
    pub creator_is_moderator: bool,
    pub creator_is_admin: bool,
    pub subscribed: SubscribedType,
    pub saved: bool,
    pub read: bool,
    pub hidden: bool,
    pub creator_blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_vote: Option<i16>,
    pub unread_comments: i64,
    pub counts: PostAggregates,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Person>,
}

#[derive(Debug, Serialize)]
pub struct CommentReportView {
    pub comment_report: CommentReport,
    pub comment: Comment,
    pub post: Post,
    pub community: Community,
    pub creator: Person,
    pub comment_creator: Person,
    pub counts: CommentAggregates,
    pub creator_banned_from_community: bool,
    pub creator_is_moderator: bool,
    pub creator_is_admin: bool,
    pub creator_blocked: bool,
    pub subscribed: SubscribedType,
    pub saved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_vote: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Person>,
}

#[derive(Serialize)]
pub struct PostReportResponse {
    pub post_report_view: PostReportView,
}

#[derive(Serialize)]
pub struct ListPostReportsResponse {
    pub post_reports: Vec<PostReportView>,
}

#[derive(Serialize)]
pub struct CommentReportResponse {
    pub comment_report_view: CommentReportView,
}

#[derive(Serialize)]
pub struct ListCommentReportsResponse {
    pub comment_reports: Vec<CommentReportView>,
}

#[derive(Deserialize)]
pub struct CreatePrivateMessageReport {
    pub private_message_id: MessageId,
    pub reason: String,
}

#[derive(Debug, Serialize)]
pub struct PrivateMessageReport {
    pub id: ReportId,
    pub creator_id: ActorId,
    pub private_message_id: MessageId,
    pub original_pm_text: String,
    pub reason: String,
    pub resolved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver_id: Option<ActorId>,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
}

/// `creator` reported what `private_message_creator` wrote to them.
#[derive(Debug, Serialize)]
pub struct PrivateMessageReportView {
    pub private_message_report: PrivateMessageReport,
    pub private_message: PrivateMessage,
    pub private_message_creator: Person,
    pub creator: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Person>,
}

#[derive(Serialize)]
pub struct PrivateMessageReportResponse {
    pub private_message_report_view: PrivateMessageReportView,
}

#[derive(Serialize)]
pub struct ListPrivateMessageReportsResponse {
    pub private_message_reports: Vec<PrivateMessageReportView>,
}

#[derive(Deserialize)]
pub struct GetReportCount {
    pub community_id: Option<ActorId>,
}

#[derive(Serialize)]
pub struct GetReportCountResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<ActorId>,
    pub comment_reports: i64,
    pub post_reports: i64,
    /// For administrators, where no community was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_message_reports: Option<i64>,
}
