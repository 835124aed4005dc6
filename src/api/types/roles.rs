//! Appointing moderators and administrators.

use serde::{Deserialize, Serialize};

use super::community::CommunityModeratorView;
use super::person::PersonView;
use crate::domain::ids::ActorId;

#[derive(Deserialize)]
pub struct AddModToCommunity {
    pub community_id: ActorId,
    pub person_id: ActorId,
    pub added: bool,
}

#[derive(Serialize)]
pub struct AddModToCommunityResponse {
    pub moderators: Vec<CommunityModeratorView>,
}

#[derive(Deserialize)]
pub struct AddAdmin {
    pub person_id: ActorId,
    pub added: bool,
}

#[derive(Serialize)]
pub struct AddAdminResponse {
    pub admins: Vec<PersonView>,
}
