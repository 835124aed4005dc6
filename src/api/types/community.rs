//! Groups, which Lemmy calls communities.

use serde::{Deserialize, Serialize};

use super::person::Person;
use super::{ListingType, SortType, SubscribedType};
use crate::domain::ids::ActorId;
use crate::domain::kinds::Visibility;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Serialize)]
pub struct Community {
    pub id: ActorId,
    pub name: String,
    pub title: String,
    /// The group's statement of its domain, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub removed: bool,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    pub deleted: bool,
    pub nsfw: bool,
    pub actor_id: String,
    pub local: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    pub hidden: bool,
    pub posting_restricted_to_mods: bool,
    pub instance_id: i64,
    pub visibility: CommunityVisibility,
}

/// Lemmy 0.19 knows the first two; of what 1.0 adds, what has a meaning here.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum CommunityVisibility {
    #[serde(alias = "Unlisted")]
    Public,
    #[serde(alias = "LocalOnlyPublic", alias = "LocalOnlyPrivate")]
    LocalOnly,
    Private,
}

/// The numbers of active users are not kept, and 0.
#[derive(Debug, Serialize)]
pub struct CommunityAggregates {
    pub community_id: ActorId,
    pub subscribers: i64,
    pub posts: i64,
    pub comments: i64,
    pub published: Timestamp,
    pub users_active_day: i64,
    pub users_active_week: i64,
    pub users_active_month: i64,
    pub users_active_half_year: i64,
    pub subscribers_local: i64,
}

#[derive(Debug, Serialize)]
pub struct CommunityView {
    pub community: Community,
    pub subscribed: SubscribedType,
    pub blocked: bool,
    pub counts: CommunityAggregates,
    pub banned_from_community: bool,
}

#[derive(Debug, Serialize)]
pub struct CommunityModeratorView {
    pub community: Community,
    pub moderator: Person,
}

#[derive(Debug, Serialize)]
pub struct CommunityFollowerView {
    pub community: Community,
    pub follower: Person,
}

#[derive(Deserialize)]
pub struct CreateCommunity {
    pub name: String,
    pub title: String,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub banner: Option<String>,
    pub nsfw: Option<bool>,
    pub posting_restricted_to_mods: Option<bool>,
    pub visibility: Option<CommunityVisibility>,
}

/// What is missing stays as it is; an empty text takes it away.
#[derive(Deserialize)]
pub struct EditCommunity {
    pub community_id: ActorId,
    pub title: Option<String>,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub banner: Option<String>,
    pub nsfw: Option<bool>,
    pub posting_restricted_to_mods: Option<bool>,
    pub visibility: Option<CommunityVisibility>,
}

#[derive(Deserialize)]
pub struct GetCommunity {
    pub id: Option<ActorId>,
    /// `name` or `name@host`.
    pub name: Option<String>,
}

#[derive(Deserialize)]
pub struct ListCommunities {
    pub type_: Option<ListingType>,
    pub sort: Option<SortType>,
    /// Adds to what the member's own settings show.
    pub show_nsfw: Option<bool>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Deserialize)]
pub struct FollowCommunity {
    pub community_id: ActorId,
    pub follow: bool,
}

#[derive(Deserialize)]
pub struct DeleteCommunity {
    pub community_id: ActorId,
    pub deleted: bool,
}

#[derive(Serialize)]
pub struct GetCommunityResponse {
    pub community_view: CommunityView,
    pub moderators: Vec<CommunityModeratorView>,
    /// Every language is welcome everywhere.
    pub discussion_languages: Vec<usize>,
}

#[derive(Serialize)]
pub struct CommunityResponse {
    pub community_view: CommunityView,
    pub discussion_languages: Vec<usize>,
}

#[derive(Serialize)]
pub struct ListCommunitiesResponse {
    pub communities: Vec<CommunityView>,
}

impl From<Visibility> for CommunityVisibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Public => CommunityVisibility::Public,
            Visibility::LocalOnly => CommunityVisibility::LocalOnly,
            // Apps written for 0.19 stumble over a word they do not know: to them it is not public.
            Visibility::Private => CommunityVisibility::LocalOnly,
        }
    }
}

impl CommunityVisibility {
    /// Over what stands: a private group was told of as local-only, and stays what it is when an app
    /// sends that back.
    pub fn over(self, standing: Visibility) -> Visibility {
        match self {
            CommunityVisibility::Public => Visibility::Public,
            CommunityVisibility::LocalOnly if standing == Visibility::Private => standing,
            CommunityVisibility::LocalOnly => Visibility::LocalOnly,
            CommunityVisibility::Private => Visibility::Private,
        }
    }
}
