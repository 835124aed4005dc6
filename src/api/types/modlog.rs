//! The log of moderation.

use serde::{Deserialize, Serialize};

use super::comment::Comment;
use super::community::Community;
use super::person::Person;
use super::post::Post;
use crate::domain::ids::{ActorId, CommentId, ModlogId, PostId};
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum ModlogActionType {
    #[default]
    All,
    ModRemovePost,
    ModLockPost,
    ModFeaturePost,
    ModRemoveComment,
    ModRemoveCommunity,
    ModBanFromCommunity,
    ModAddCommunity,
    ModTransferCommunity,
    ModAdd,
    ModBan,
    ModHideCommunity,
    AdminPurgePerson,
    AdminPurgeCommunity,
    AdminPurgePost,
    AdminPurgeComment,
}

#[derive(Deserialize)]
pub struct GetModlog {
    pub mod_person_id: Option<ActorId>,
    pub community_id: Option<ActorId>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
    pub type_: Option<ModlogActionType>,
    pub other_person_id: Option<ActorId>,
    pub post_id: Option<PostId>,
    pub comment_id: Option<CommentId>,
}

/// An entry itself: Lemmy has a type for each act, which all are this with other fields left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    pub id: ModlogId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mod_person_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_person_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_person_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_id: Option<PostId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_id: Option<CommentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_featured_community: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banned: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    pub when_: Timestamp,
}

/// One list of the answer: the entry under its name, with what it names.
macro_rules! entries {
    ($($name:ident { $record:ident, $($field:ident: $type:ty),+ })+) => {$(
        #[derive(Debug, Serialize)]
        pub struct $name {
            pub $record: Record,
            $(pub $field: $type),+
        }
    )+};
}

entries! {
    ModRemovePostView { mod_remove_post, moderator: Person, post: Post, community: Community }
    ModLockPostView { mod_lock_post, moderator: Person, post: Post, community: Community }
    ModFeaturePostView { mod_feature_post, moderator: Person, post: Post, community: Community }
    ModRemoveCommentView {
        mod_remove_comment, moderator: Person, comment: Comment, commenter: Person, post: Post, community: Community
    }
    ModRemoveCommunityView { mod_remove_community, moderator: Person, community: Community }
    ModBanFromCommunityView {
        mod_ban_from_community, moderator: Person, community: Community, banned_person: Person
    }
    ModBanView { mod_ban, moderator: Person, banned_person: Person }
    ModAddCommunityView { mod_add_community, moderator: Person, community: Community, modded_person: Person }
    ModTransferCommunityView {
        mod_transfer_community, moderator: Person, community: Community, modded_person: Person
    }
    ModAddView { mod_add, moderator: Person, modded_person: Person }
    ModHideCommunityView { mod_hide_community, admin: Person, community: Community }
    AdminPurgePersonView { admin_purge_person, admin: Person }
    AdminPurgeCommunityView { admin_purge_community, admin: Person }
    AdminPurgePostView { admin_purge_post, admin: Person, community: Community }
    AdminPurgeCommentView { admin_purge_comment, admin: Person, post: Post }
}

#[derive(Debug, Default, Serialize)]
pub struct GetModlogResponse {
    pub removed_posts: Vec<ModRemovePostView>,
    pub locked_posts: Vec<ModLockPostView>,
    pub featured_posts: Vec<ModFeaturePostView>,
    pub removed_comments: Vec<ModRemoveCommentView>,
    pub removed_communities: Vec<ModRemoveCommunityView>,
    pub banned_from_community: Vec<ModBanFromCommunityView>,
    pub banned: Vec<ModBanView>,
    pub added_to_community: Vec<ModAddCommunityView>,
    pub transferred_to_community: Vec<ModTransferCommunityView>,
    pub added: Vec<ModAddView>,
    pub admin_purged_persons: Vec<AdminPurgePersonView>,
    pub admin_purged_communities: Vec<AdminPurgeCommunityView>,
    pub admin_purged_posts: Vec<AdminPurgePostView>,
    pub admin_purged_comments: Vec<AdminPurgeCommentView>,
    pub hidden_communities: Vec<ModHideCommunityView>,
}
