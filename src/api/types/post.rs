//! Threads, which Lemmy calls posts.

use serde::{Deserialize, Serialize};

use super::community::{Community, CommunityModeratorView, CommunityView};
use super::media::ImageDetails;
use super::person::Person;
use super::{ListingType, SortType, SubscribedType};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Serialize)]
pub struct Post {
    pub id: PostId,
    pub name: String,
    /// The link, or the picture where there is no link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    pub creator_id: ActorId,
    pub community_id: ActorId,
    pub removed: bool,
    pub locked: bool,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    pub deleted: bool,
    pub nsfw: bool,
    /// What the page behind `url` says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    pub ap_id: String,
    pub local: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_video_url: Option<String>,
    pub language_id: usize,
    pub featured_community: bool,
    pub featured_local: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

impl Post {
    /// Takes away everything that somebody wrote.
    pub fn withhold(&mut self) {
        self.name.clear();
        self.url = None;
        self.body = None;
        self.thumbnail_url = None;
        self.alt_text = None;
        self.embed_title = None;
        self.embed_description = None;
        self.embed_video_url = None;
        self.url_content_type = None;
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct PostAggregates {
    pub post_id: PostId,
    pub comments: i64,
    pub score: i64,
    pub upvotes: i64,
    pub downvotes: i64,
    pub published: Timestamp,
    pub newest_comment_time: Timestamp,
}

#[derive(Debug, Serialize)]
pub struct PostView {
    pub post: Post,
    pub creator: Person,
    pub community: Community,
    /// Of a picture that was uploaded here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_details: Option<ImageDetails>,
    pub creator_banned_from_community: bool,
    pub banned_from_community: bool,
    pub creator_is_moderator: bool,
    pub creator_is_admin: bool,
    pub counts: PostAggregates,
    pub subscribed: SubscribedType,
    pub saved: bool,
    pub read: bool,
    pub hidden: bool,
    pub creator_blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_vote: Option<i16>,
    pub unread_comments: i64,
}

#[derive(Deserialize)]
pub struct CreatePost {
    pub name: String,
    pub community_id: ActorId,
    pub url: Option<String>,
    pub body: Option<String>,
    /// Of the picture that `url` points to.
    pub alt_text: Option<String>,
    pub honeypot: Option<String>,
    pub nsfw: Option<bool>,
    pub language_id: Option<usize>,
    /// The picture to be shown with a link; of no meaning where `url` is a picture itself.
    pub custom_thumbnail: Option<String>,
}

/// What is missing stays as it is; an empty `url`, `body` or `alt_text` takes it away.
#[derive(Clone, Deserialize)]
pub struct EditPost {
    pub post_id: PostId,
    pub name: Option<String>,
    pub url: Option<String>,
    pub body: Option<String>,
    pub alt_text: Option<String>,
    pub nsfw: Option<bool>,
    pub language_id: Option<usize>,
    pub custom_thumbnail: Option<String>,
}

#[derive(Deserialize)]
pub struct GetPost {
    pub id: Option<PostId>,
    pub comment_id: Option<CommentId>,
}

#[derive(Deserialize)]
pub struct GetPosts {
    pub type_: Option<ListingType>,
    pub sort: Option<SortType>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub community_id: Option<ActorId>,
    pub community_name: Option<String>,
    pub saved_only: Option<bool>,
    pub show_hidden: Option<bool>,
    pub show_read: Option<bool>,
    pub show_nsfw: Option<bool>,
    pub liked_only: Option<bool>,
    pub disliked_only: Option<bool>,
    pub page_cursor: Option<String>,
}

#[derive(Deserialize)]
pub struct DeletePost {
    pub post_id: PostId,
    pub deleted: bool,
}

#[derive(Deserialize)]
pub struct CreatePostLike {
    pub post_id: PostId,
    /// 1, -1, or 0 to take a vote back.
    pub score: i64,
}

#[derive(Serialize)]
pub struct PostResponse {
    pub post_view: PostView,
}

#[derive(Serialize)]
pub struct GetPostResponse {
    pub post_view: PostView,
    pub community_view: CommunityView,
    pub moderators: Vec<CommunityModeratorView>,
    pub cross_posts: Vec<PostView>,
}

#[derive(Serialize)]
pub struct GetPostsResponse {
    pub posts: Vec<PostView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}
