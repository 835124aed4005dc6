//! Searching, and finding what an address stands for.

use serde::{Deserialize, Serialize};

use super::ListingType;
use super::comment::CommentView;
use super::community::CommunityView;
use super::person::PersonView;
use super::post::PostView;
use crate::domain::ids::ActorId;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchType {
    #[default]
    All,
    Comments,
    Posts,
    Communities,
    Users,
    /// Posts whose title or text has the words of this address.
    Url,
}

/// Newest first: a `sort` is ignored. A `listing_type` other than `Local` bounds nothing, and names
/// of people and groups are looked for everywhere, whatever it is.
#[derive(Deserialize)]
pub struct Search {
    pub q: String,
    pub community_id: Option<ActorId>,
    pub community_name: Option<String>,
    pub creator_id: Option<ActorId>,
    pub listing_type: Option<ListingType>,
    pub post_title_only: Option<bool>,
    pub type_: Option<SearchType>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Serialize)]
pub struct SearchResponse {
    pub type_: SearchType,
    pub comments: Vec<CommentView>,
    pub posts: Vec<PostView>,
    pub communities: Vec<CommunityView>,
    pub users: Vec<PersonView>,
}

#[derive(Deserialize)]
pub struct ResolveObject {
    /// A URL, `@name@host` or `!name@host`.
    pub q: String,
}

/// One of them.
#[derive(Default, Serialize)]
pub struct ResolveObjectResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<PostView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonView>,
}
