//! Uploaded pictures, as they lie in the media store.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::errors::Failure;
use crate::app::App;
use crate::media::content_type_of;

pub async fn serve(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Failure> {
    let path = app.media.path_of(&file).ok_or(Failure::NoSuchPage)?;
    let content_type = content_type_of(&file).ok_or(Failure::NoSuchPage)?;
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok((
            [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::CONTENT_DISPOSITION, "inline"),
            ],
            bytes,
        )
            .into_response()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::NoSuchPage),
        Err(error) => Err(Failure::broken(&error)),
    }
}
