//! What pages of the web say of themselves.

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub struct GetSiteMetadata {
    pub url: String,
}

#[derive(Default, Serialize)]
pub struct LinkMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed_video_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

#[derive(Serialize)]
pub struct GetSiteMetadataResponse {
    pub metadata: LinkMetadata,
}
