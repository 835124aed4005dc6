//! Applications to join. One goes by the number of whoever applies.

use serde::{Deserialize, Serialize};

use super::person::Person;
use super::site::LocalUser;
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
pub struct ListRegistrationApplications {
    pub unread_only: Option<bool>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Deserialize)]
pub struct GetRegistrationApplication {
    pub person_id: ActorId,
}

#[derive(Deserialize)]
pub struct ApproveRegistrationApplication {
    pub id: ActorId,
    pub approve: bool,
    pub deny_reason: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct RegistrationApplication {
    pub id: ActorId,
    pub local_user_id: ActorId,
    pub answer: String,
    /// Who decided; without one it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny_reason: Option<String>,
    pub published: Timestamp,
}

#[derive(Debug, Serialize)]
pub struct RegistrationApplicationView {
    pub registration_application: RegistrationApplication,
    pub creator_local_user: LocalUser,
    pub creator: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<Person>,
}

#[derive(Serialize)]
pub struct RegistrationApplicationResponse {
    pub registration_application: RegistrationApplicationView,
}

#[derive(Serialize)]
pub struct ListRegistrationApplicationsResponse {
    pub registration_applications: Vec<RegistrationApplicationView>,
}

#[derive(Serialize)]
pub struct GetUnreadRegistrationApplicationCountResponse {
    pub registration_applications: i64,
}
