//! Pictures, as the picture server that Lemmy has beside it (pict-rs) answers, and lists of them.

use serde::{Deserialize, Serialize};

use super::person::Person;
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

#[derive(Debug, Serialize)]
pub struct UploadImageResponse {
    /// `ok`, or what is wrong.
    pub msg: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ImageFile>,
    /// Of the first, as `lemmy-js-client` puts them together itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_url: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ImageFile {
    pub file: String,
    pub delete_token: String,
    pub details: FileDetails,
}

#[derive(Debug, Serialize)]
pub struct FileDetails {
    pub width: i32,
    pub height: i32,
    pub content_type: &'static str,
    pub created_at: Timestamp,
}

/// Size and kind of a post's picture.
#[derive(Clone, Debug, Serialize)]
pub struct ImageDetails {
    pub link: String,
    pub width: i32,
    pub height: i32,
    pub content_type: &'static str,
}

#[derive(Deserialize)]
pub struct ListMedia {
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

#[derive(Debug, Serialize)]
pub struct LocalImage {
    pub local_user_id: ActorId,
    pub pictrs_alias: String,
    pub pictrs_delete_token: String,
    pub published: Timestamp,
}

#[derive(Debug, Serialize)]
pub struct LocalImageView {
    pub local_image: LocalImage,
    pub person: Person,
}

#[derive(Serialize)]
pub struct ListMediaResponse {
    pub images: Vec<LocalImageView>,
}
