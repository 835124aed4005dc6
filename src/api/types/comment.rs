//! Comments.

use serde::{Deserialize, Serialize};

use super::community::Community;
use super::person::Person;
use super::post::Post;
use super::{CommentSortType, ListingType, SubscribedType};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Serialize)]
pub struct Comment {
    pub id: CommentId,
    pub creator_id: ActorId,
    pub post_id: PostId,
    /// Empty when it is deleted or removed.
    pub content: String,
    pub removed: bool,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    pub deleted: bool,
    pub ap_id: String,
    pub local: bool,
    /// `0.`, then the ids from the root of the tree down to this one.
    pub path: String,
    pub distinguished: bool,
    pub language_id: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct CommentAggregates {
    pub comment_id: CommentId,
    pub score: i64,
    pub upvotes: i64,
    pub downvotes: i64,
    pub published: Timestamp,
    pub child_count: i64,
}

/// What a comment is shown with, in a list and in a notification.
#[derive(Debug, Serialize)]
pub struct CommentView {
    pub comment: Comment,
    pub creator: Person,
    pub post: Post,
    pub community: Community,
    pub counts: CommentAggregates,
    pub creator_banned_from_community: bool,
    pub banned_from_community: bool,
    pub creator_is_moderator: bool,
    pub creator_is_admin: bool,
    pub subscribed: SubscribedType,
    pub saved: bool,
    pub creator_blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_vote: Option<i16>,
}

impl CommentView {
    /// Takes out what it says, and what its thread says: that they are there may be known, and no more.
    pub fn withhold(&mut self) {
        self.comment.content.clear();
        self.post.withhold();
    }
}

#[derive(Deserialize)]
pub struct CreateComment {
    pub content: String,
    pub post_id: PostId,
    pub parent_id: Option<CommentId>,
    pub language_id: Option<usize>,
}

#[derive(Deserialize)]
pub struct GetComment {
    pub id: CommentId,
}

#[derive(Clone, Deserialize)]
pub struct GetComments {
    pub type_: Option<ListingType>,
    pub sort: Option<CommentSortType>,
    /// How many levels below the post, or below `parent_id`.
    pub max_depth: Option<i32>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub community_id: Option<ActorId>,
    pub community_name: Option<String>,
    pub post_id: Option<PostId>,
    pub parent_id: Option<CommentId>,
    pub saved_only: Option<bool>,
    pub liked_only: Option<bool>,
    pub disliked_only: Option<bool>,
}

#[derive(Deserialize)]
pub struct EditComment {
    pub comment_id: CommentId,
    /// What is left out stays.
    pub content: Option<String>,
    pub language_id: Option<usize>,
}

#[derive(Deserialize)]
pub struct DeleteComment {
    pub comment_id: CommentId,
    pub deleted: bool,
}

#[derive(Deserialize)]
pub struct CreateCommentLike {
    pub comment_id: CommentId,
    /// 1, -1, or 0 to take a vote back.
    pub score: i64,
}

#[derive(Serialize)]
pub struct CommentResponse {
    pub comment_view: CommentView,
    /// Always empty: whom it notifies is theirs to know.
    pub recipient_ids: Vec<ActorId>,
}

#[derive(Serialize)]
pub struct GetCommentsResponse {
    pub comments: Vec<CommentView>,
}
