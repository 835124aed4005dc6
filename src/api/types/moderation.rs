//! What moderators and administrators ask for.

use serde::{Deserialize, Serialize};

use super::person::{Person, PersonView};
use crate::domain::ids::{ActorId, CommentId, PostId};

#[derive(Deserialize)]
pub struct RemovePost {
    pub post_id: PostId,
    pub removed: bool,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct LockPost {
    pub post_id: PostId,
    pub locked: bool,
    /// Lemmy 1.0 asks for one.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum PostFeatureType {
    /// On the front page.
    Local,
    /// In the group.
    Community,
}

#[derive(Deserialize)]
pub struct FeaturePost {
    pub post_id: PostId,
    pub featured: bool,
    pub feature_type: PostFeatureType,
}

#[derive(Deserialize)]
pub struct RemoveComment {
    pub comment_id: CommentId,
    pub removed: bool,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct DistinguishComment {
    pub comment_id: CommentId,
    pub distinguished: bool,
}

#[derive(Deserialize)]
pub struct BanFromCommunity {
    pub community_id: ActorId,
    pub person_id: ActorId,
    pub ban: bool,
    /// Of a ban's end: puts back what was removed with it.
    pub remove_data: Option<bool>,
    pub reason: Option<String>,
    /// Seconds since 1970.
    pub expires: Option<i64>,
}

#[derive(Deserialize)]
pub struct BanPerson {
    pub person_id: ActorId,
    pub ban: bool,
    pub remove_data: Option<bool>,
    pub reason: Option<String>,
    pub expires: Option<i64>,
}

/// Of both bans.
#[derive(Serialize)]
pub struct BanResponse {
    pub person_view: PersonView,
    pub banned: bool,
}

#[derive(Serialize)]
pub struct BannedPersonsResponse {
    pub banned: Vec<PersonView>,
}

#[derive(Deserialize)]
pub struct RemoveCommunity {
    pub community_id: ActorId,
    pub removed: bool,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct HideCommunity {
    pub community_id: ActorId,
    pub hidden: bool,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct TransferCommunity {
    pub community_id: ActorId,
    pub person_id: ActorId,
}

#[derive(Deserialize)]
pub struct PurgePerson {
    pub person_id: ActorId,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct PurgeCommunity {
    pub community_id: ActorId,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct PurgePost {
    pub post_id: PostId,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct PurgeComment {
    pub comment_id: CommentId,
    pub reason: Option<String>,
}

#[derive(Serialize)]
pub struct SuccessResponse {
    pub success: bool,
}

#[derive(Deserialize)]
pub struct ListPostLikes {
    pub post_id: PostId,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Deserialize)]
pub struct ListCommentLikes {
    pub comment_id: CommentId,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Serialize)]
pub struct VoteView {
    pub creator: Person,
    pub creator_banned_from_community: bool,
    pub score: i16,
}

#[derive(Serialize)]
pub struct ListPostLikesResponse {
    pub post_likes: Vec<VoteView>,
}

#[derive(Serialize)]
pub struct ListCommentLikesResponse {
    pub comment_likes: Vec<VoteView>,
}
