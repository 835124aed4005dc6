//! What a page of the web says of itself, before a thread links to it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use url::Url;

use crate::api::auth::{Member, Query, Searches};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::types::metadata::{GetSiteMetadata, GetSiteMetadataResponse, LinkMetadata};
use crate::app::App;
use crate::community::previews::{self, Seen};
use crate::domain::limits::WebLink;
use crate::store::previews::PreviewRow;

/// Not written down: many links are typed that nobody posts.
pub async fn read(
    State(app): State<App>,
    _: Member<Searches>,
    Query(query): Query<GetSiteMetadata>,
) -> ApiResult<GetSiteMetadataResponse> {
    let invalid = || ApiError::Named("invalid_url");
    let link = WebLink::parse(&query.url).map_err(|_| invalid())?;
    let url = Url::parse(link.as_str()).map_err(|_| invalid())?;
    let asked = url.clone();
    let known = app
        .store
        .read(move |tx| previews::known(tx, &asked))
        .await?;
    let metadata = match known {
        Some(row) => of_row(row),
        None if !app.settings.link_previews.enabled => LinkMetadata::default(),
        None => match app.federation.look_at(&url).await? {
            Ok(seen) => of_seen(seen),
            Err(error) => {
                let why = error.to_string();
                return Err(ApiError::Unreadable(StatusCode::BAD_REQUEST, why));
            }
        },
    };
    Ok(Json(GetSiteMetadataResponse { metadata }))
}

fn of_row(row: PreviewRow) -> LinkMetadata {
    LinkMetadata {
        title: row.title,
        description: row.description,
        image: row.image_url,
        embed_video_url: row.video_url,
        content_type: row.content_type.filter(|kind| !kind.is_empty()),
    }
}

fn of_seen(seen: Seen) -> LinkMetadata {
    LinkMetadata {
        title: seen.page.title,
        description: seen.page.description,
        image: seen.page.image.map(Into::into),
        embed_video_url: seen.page.video.map(Into::into),
        content_type: seen.content_type,
    }
}
