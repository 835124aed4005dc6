//! People.

use serde::{Deserialize, Serialize};

use super::SortType;
use super::comment::CommentView;
use super::community::CommunityModeratorView;
use super::post::PostView;
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Serialize)]
pub struct Person {
    pub id: ActorId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    pub banned: bool,
    /// Told where somebody's ban is looked at; left out of lists of what people wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ban_expires: Option<Timestamp>,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    pub actor_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// Told to the member alone whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix_user_id: Option<String>,
    pub local: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    pub deleted: bool,
    pub bot_account: bool,
    pub instance_id: i64,
}

#[derive(Debug, Serialize)]
pub struct PersonAggregates {
    pub person_id: ActorId,
    pub post_count: i64,
    pub comment_count: i64,
}

#[derive(Debug, Serialize)]
pub struct PersonView {
    pub person: Person,
    pub counts: PersonAggregates,
    pub is_admin: bool,
}

#[derive(Deserialize)]
pub struct GetPersonDetails {
    pub person_id: Option<ActorId>,
    /// `name` or `name@host`.
    pub username: Option<String>,
    pub sort: Option<SortType>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
    /// What they wrote in this group alone.
    pub community_id: Option<ActorId>,
    /// What the caller saved, whoever wrote it.
    pub saved_only: Option<bool>,
}

#[derive(Serialize)]
pub struct GetPersonDetailsResponse {
    pub person_view: PersonView,
    pub comments: Vec<CommentView>,
    pub posts: Vec<PostView>,
    pub moderates: Vec<CommunityModeratorView>,
}
