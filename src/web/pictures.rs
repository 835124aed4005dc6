//! Uploaded pictures, as they lie in the media store.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::errors::Failure;
use crate::app::App;
use crate::pictures;

pub async fn serve(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Failure> {
    let found = pictures::read(&app, &file).await;
    let found = found.map_err(|error| Failure::broken(&error))?;
    let (content_type, bytes) = found.ok_or(Failure::NoSuchPage)?;
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_DISPOSITION, "inline"),
    ];
    Ok((headers, bytes).into_response())
}
