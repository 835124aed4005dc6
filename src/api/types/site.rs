//! The site, and what it tells a member about themselves.

use serde::{Deserialize, Serialize};

use super::community::{CommunityFollowerView, CommunityModeratorView};
use super::person::{Person, PersonAggregates, PersonView};
use super::personal::{CommunityBlockView, InstanceBlockView, PersonBlockView, PostListingMode};
use super::{ListingType, SortType};
use crate::api::languages::Language;
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

#[derive(Debug, Serialize)]
pub struct Site {
    pub id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sidebar: Option<String>,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    pub actor_id: String,
    pub last_refreshed_at: Timestamp,
    pub inbox_url: String,
    pub public_key: String,
    pub instance_id: i64,
}

#[derive(Debug, Serialize)]
pub struct LocalSite {
    pub id: i64,
    pub site_id: i64,
    pub site_setup: bool,
    pub enable_downvotes: bool,
    pub enable_nsfw: bool,
    pub community_creation_admin_only: bool,
    pub require_email_verification: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_question: Option<String>,
    pub private_instance: bool,
    pub default_theme: &'static str,
    pub default_post_listing_type: ListingType,
    pub hide_modlog_mod_names: bool,
    pub application_email_admins: bool,
    pub actor_name_max_length: i64,
    pub federation_enabled: bool,
    pub captcha_enabled: bool,
    pub captcha_difficulty: &'static str,
    pub published: Timestamp,
    pub registration_mode: RegistrationMode,
    pub reports_email_admins: bool,
    pub federation_signed_fetch: bool,
    pub default_post_listing_mode: PostListingMode,
    pub default_sort_type: SortType,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum RegistrationMode {
    Closed,
    RequireApplication,
    Open,
}

/// So many calls in so many seconds.
#[derive(Debug, Serialize)]
pub struct LocalSiteRateLimit {
    pub local_site_id: i64,
    pub message: u32,
    pub message_per_second: u32,
    pub post: u32,
    pub post_per_second: u32,
    pub register: u32,
    pub register_per_second: u32,
    pub image: u32,
    pub image_per_second: u32,
    pub comment: u32,
    pub comment_per_second: u32,
    pub search: u32,
    pub search_per_second: u32,
    pub published: Timestamp,
    pub import_user_settings: u32,
    pub import_user_settings_per_second: u32,
}

/// The numbers of the last day and week are not kept, and 0.
#[derive(Debug, Serialize)]
pub struct SiteAggregates {
    pub site_id: i64,
    pub users: i64,
    pub posts: i64,
    pub comments: i64,
    pub communities: i64,
    pub users_active_day: i64,
    pub users_active_week: i64,
    pub users_active_month: i64,
    pub users_active_half_year: i64,
}

#[derive(Debug, Serialize)]
pub struct SiteView {
    pub site: Site,
    pub local_site: LocalSite,
    pub local_site_rate_limit: LocalSiteRateLimit,
    pub counts: SiteAggregates,
}

#[derive(Debug, Serialize)]
pub struct LocalUser {
    pub id: ActorId,
    pub person_id: ActorId,
    /// Empty when the member gave none.
    pub email: String,
    pub show_nsfw: bool,
    pub theme: String,
    pub default_sort_type: SortType,
    pub default_listing_type: ListingType,
    pub interface_language: String,
    pub show_avatars: bool,
    pub send_notifications_to_email: bool,
    pub show_scores: bool,
    pub show_bot_accounts: bool,
    pub show_read_posts: bool,
    pub email_verified: bool,
    pub accepted_application: bool,
    pub open_links_in_new_tab: bool,
    pub blur_nsfw: bool,
    pub auto_expand: bool,
    pub infinite_scroll_enabled: bool,
    pub admin: bool,
    pub post_listing_mode: PostListingMode,
    pub totp_2fa_enabled: bool,
    pub enable_keyboard_navigation: bool,
    pub enable_animated_images: bool,
    pub collapse_bot_comments: bool,
    /// Always now: nobody is asked for donations to Lemmy.
    pub last_donation_notification: Timestamp,
}

#[derive(Debug, Serialize)]
pub struct LocalUserVoteDisplayMode {
    pub local_user_id: ActorId,
    pub score: bool,
    pub upvotes: bool,
    pub downvotes: bool,
    pub upvote_percentage: bool,
}

#[derive(Debug, Serialize)]
pub struct LocalUserView {
    pub local_user: LocalUser,
    pub local_user_vote_display_mode: LocalUserVoteDisplayMode,
    pub person: Person,
    pub counts: PersonAggregates,
}

/// What is not there.
#[derive(Debug, Serialize)]
pub enum Never {}

#[derive(Debug, Serialize)]
pub struct MyUserInfo {
    pub local_user_view: LocalUserView,
    pub follows: Vec<CommunityFollowerView>,
    pub moderates: Vec<CommunityModeratorView>,
    pub community_blocks: Vec<CommunityBlockView>,
    pub instance_blocks: Vec<InstanceBlockView>,
    pub person_blocks: Vec<PersonBlockView>,
    pub discussion_languages: Vec<usize>,
}

#[derive(Debug, Serialize)]
pub struct GetSiteResponse {
    pub site_view: SiteView,
    pub admins: Vec<PersonView>,
    pub version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_user: Option<MyUserInfo>,
    pub all_languages: Vec<Language>,
    pub discussion_languages: Vec<usize>,
    pub taglines: [Never; 0],
    pub custom_emojis: [Never; 0],
    pub blocked_urls: Vec<BlockedUrl>,
}

/// What the answer to a changed site lacks of the whole.
#[derive(Debug, Serialize)]
pub struct SiteResponse {
    pub site_view: SiteView,
    pub taglines: [Never; 0],
}

#[derive(Debug, Serialize)]
pub struct BlockedUrl {
    pub id: i64,
    /// Without a scheme.
    pub url: String,
    pub published: Timestamp,
}

/// What an administrator changes; what is left out stays. Fields that mean nothing here are not
/// declared, and the answer shows how things are.
#[derive(Debug, Deserialize)]
pub struct EditSite {
    pub name: Option<String>,
    pub sidebar: Option<String>,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub banner: Option<String>,
    pub registration_mode: Option<RegistrationMode>,
    pub application_question: Option<String>,
    pub allowed_instances: Option<Vec<String>>,
    pub blocked_instances: Option<Vec<String>>,
    pub blocked_urls: Option<Vec<String>>,
    /// The languages that the site is about; empty: all.
    pub discussion_languages: Option<Vec<usize>>,
}
