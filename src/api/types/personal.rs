//! What members keep for themselves: marks, blocks, settings.

use serde::{Deserialize, Serialize};

use super::community::{Community, CommunityView};
use super::person::{Person, PersonView};
use super::{ListingType, SortType};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
pub struct SavePost {
    pub post_id: PostId,
    pub save: bool,
}

#[derive(Deserialize)]
pub struct SaveComment {
    pub comment_id: CommentId,
    pub save: bool,
}

/// One of the two.
#[derive(Deserialize)]
pub struct MarkPostAsRead {
    pub post_id: Option<PostId>,
    pub post_ids: Option<Vec<PostId>>,
    pub read: bool,
}

#[derive(Deserialize)]
pub struct HidePost {
    pub post_ids: Vec<PostId>,
    pub hide: bool,
}

#[derive(Deserialize)]
pub struct BlockPerson {
    pub person_id: ActorId,
    pub block: bool,
}

#[derive(Serialize)]
pub struct BlockPersonResponse {
    pub person_view: PersonView,
    pub blocked: bool,
}

#[derive(Deserialize)]
pub struct BlockCommunity {
    pub community_id: ActorId,
    pub block: bool,
}

#[derive(Serialize)]
pub struct BlockCommunityResponse {
    pub community_view: CommunityView,
    pub blocked: bool,
}

#[derive(Deserialize)]
pub struct BlockInstance {
    pub instance_id: i64,
    pub block: bool,
}

#[derive(Serialize)]
pub struct BlockInstanceResponse {
    pub blocked: bool,
}

#[derive(Debug, Serialize)]
pub struct PersonBlockView {
    pub person: Person,
    pub target: Person,
}

#[derive(Debug, Serialize)]
pub struct CommunityBlockView {
    pub person: Person,
    pub community: Community,
}

#[derive(Debug, Serialize)]
pub struct BlockedInstance {
    pub id: i64,
    pub domain: String,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct InstanceBlockView {
    pub person: Person,
    pub instance: BlockedInstance,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostListingMode {
    #[default]
    List,
    Card,
    SmallCard,
}

/// Settings that mean nothing on our pages, and that apps keep with an account to find them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForApps {
    pub theme: String,
    pub interface_language: String,
    pub blur_nsfw: bool,
    pub auto_expand: bool,
    pub show_avatars: bool,
    pub open_links_in_new_tab: bool,
    pub infinite_scroll_enabled: bool,
    pub post_listing_mode: PostListingMode,
    pub enable_keyboard_navigation: bool,
    pub enable_animated_images: bool,
    pub collapse_bot_comments: bool,
    pub show_upvotes: bool,
    pub show_downvotes: bool,
    pub show_upvote_percentage: bool,
}

impl Default for ForApps {
    fn default() -> Self {
        ForApps {
            theme: "browser".to_owned(),
            interface_language: "browser".to_owned(),
            blur_nsfw: true,
            auto_expand: false,
            show_avatars: true,
            open_links_in_new_tab: false,
            infinite_scroll_enabled: false,
            post_listing_mode: PostListingMode::List,
            enable_keyboard_navigation: false,
            enable_animated_images: true,
            collapse_bot_comments: false,
            show_upvotes: true,
            show_downvotes: true,
            show_upvote_percentage: false,
        }
    }
}

/// What is missing stays as it is; an empty text takes it away. `send_notifications_to_email` is not
/// declared: nothing is mailed, and it is answered as false.
#[derive(Clone, Default, Deserialize)]
pub struct SaveUserSettings {
    pub show_nsfw: Option<bool>,
    pub blur_nsfw: Option<bool>,
    pub auto_expand: Option<bool>,
    pub theme: Option<String>,
    pub default_sort_type: Option<SortType>,
    pub default_listing_type: Option<ListingType>,
    pub interface_language: Option<String>,
    pub avatar: Option<String>,
    pub banner: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub bio: Option<String>,
    pub matrix_user_id: Option<String>,
    pub show_avatars: Option<bool>,
    pub bot_account: Option<bool>,
    pub show_bot_accounts: Option<bool>,
    pub show_read_posts: Option<bool>,
    pub discussion_languages: Option<Vec<usize>>,
    pub open_links_in_new_tab: Option<bool>,
    pub infinite_scroll_enabled: Option<bool>,
    pub post_listing_mode: Option<PostListingMode>,
    pub enable_keyboard_navigation: Option<bool>,
    pub enable_animated_images: Option<bool>,
    pub collapse_bot_comments: Option<bool>,
    pub show_scores: Option<bool>,
    pub show_upvotes: Option<bool>,
    pub show_downvotes: Option<bool>,
    pub show_upvote_percentage: Option<bool>,
}

#[derive(Deserialize)]
pub struct ChangePassword {
    pub new_password: String,
    pub new_password_verify: String,
    pub old_password: String,
}

#[derive(Deserialize)]
pub struct DeleteAccount {
    pub password: String,
    pub delete_content: bool,
}

/// One session of an app or browser.
#[derive(Serialize)]
pub struct LoginToken {
    pub user_id: ActorId,
    pub published: Timestamp,
}

/// An account's settings and marks, to be taken to another server or brought from one.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsBackup {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_account: Option<bool>,
    pub followed_communities: Vec<String>,
    pub saved_posts: Vec<String>,
    pub saved_comments: Vec<String>,
    pub blocked_communities: Vec<String>,
    pub blocked_users: Vec<String>,
    pub blocked_instances: Vec<String>,
}
