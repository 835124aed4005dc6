//! Other servers.

use serde::Serialize;

use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    pub id: i64,
    pub domain: String,
    pub published: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How what we send gets there.
#[derive(Clone, Debug, Serialize)]
pub struct FederationState {
    pub instance_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_successful_published_time: Option<Timestamp>,
    pub fail_count: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_retry: Option<Timestamp>,
}

#[derive(Clone, Debug, Serialize)]
pub struct InstanceWithFederationState {
    #[serde(flatten)]
    pub instance: Instance,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub federation_state: Option<FederationState>,
}

#[derive(Debug, Serialize)]
pub struct FederatedInstances {
    pub linked: Vec<InstanceWithFederationState>,
    pub allowed: Vec<InstanceWithFederationState>,
    pub blocked: Vec<InstanceWithFederationState>,
}

#[derive(Debug, Serialize)]
pub struct GetFederatedInstancesResponse {
    pub federated_instances: FederatedInstances,
}
