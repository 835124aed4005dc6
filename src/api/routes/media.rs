//! Pictures where Lemmy's apps look for them: at `/pictrs`, beside the API.

use axum::Json;
use axum::extract::{Multipart, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;

use crate::api::auth::{Acts, Caller, Member, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::media::{
    FileDetails, ImageFile, ListMedia, ListMediaResponse, LocalImage, LocalImageView,
    UploadImageResponse,
};
use crate::app::App;
use crate::community::CommunityError;
use crate::community::pictures as use_cases;
use crate::domain::ids::ActorId;
use crate::domain::kinds::PictureUse;
use crate::domain::paging::{Cursor, Page};
use crate::media::{MediaError, Purpose, content_type_of};
use crate::pictures::{self, UploadError};
use crate::store::uploads::{self, UploadRow};
use crate::store::{StoreError, Tx, actors};

/// So many pictures are taken from one form.
const MAX_FILES: usize = 10;
const REFUSAL: &str = "couldnt_get_images";

/// Whether pictures are served: they are, as long as anything is.
pub async fn healthy() -> StatusCode {
    StatusCode::OK
}

/// Apps that draw in a page cannot set a header for a picture, and sent their token in the cookie `jwt`;
/// some send it like that to upload. Nothing here ever sets that cookie, and what another site's page
/// sends with it is not taken.
pub async fn accept_cookie(mut request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::AUTHORIZATION)
        && let Some(token) = CookieJar::from_headers(request.headers()).get("jwt")
        && let Ok(value) = HeaderValue::try_from(format!("Bearer {}", token.value()))
    {
        if is_cross_site(request.headers()) {
            return StatusCode::FORBIDDEN.into_response();
        }
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    next.run(request).await
}

fn is_cross_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

pub async fn upload(
    State(app): State<App>,
    member: Member<Acts>,
    mut form: Multipart,
) -> Result<Response, ApiError> {
    let mut files = Vec::new();
    loop {
        let part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => return Ok(refusal(error.status(), &error.body_text())),
        };
        if part.name() != Some("images[]") || files.len() == MAX_FILES {
            continue;
        }
        let bytes = match part.bytes().await {
            Ok(bytes) => bytes.to_vec(),
            Err(error) => return Ok(refusal(error.status(), &error.body_text())),
        };
        let kept = pictures::keep(
            &app,
            &member.viewer,
            bytes,
            Purpose::Post,
            PictureUse::Loose,
        );
        match kept.await {
            Ok(row) => files.push(row),
            Err(error) => return refused(error),
        }
    }
    let Some(first) = files.first() else {
        let message = "No picture was sent: it goes into a field named images[].";
        return Ok(refusal(StatusCode::BAD_REQUEST, message));
    };
    let at = |path: String| Some(app.settings.public_url.join(&path).to_string());
    let (file, token) = (&first.file_name, &first.delete_token);
    let answer = UploadImageResponse {
        msg: "ok".to_owned(),
        url: at(format!("/pictrs/image/{file}")),
        delete_url: at(format!("/pictrs/image/delete/{token}/{file}")),
        files: files.iter().map(file_of).collect(),
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn file_of(row: &UploadRow) -> ImageFile {
    ImageFile {
        file: row.file_name.clone(),
        delete_token: row.delete_token.clone(),
        details: FileDetails {
            width: row.width,
            height: row.height,
            content_type: content_type_of(&row.file_name).unwrap_or("application/octet-stream"),
            created_at: row.created,
        },
    }
}

/// As pict-rs says no: the reason stands in `msg`.
fn refusal(status: StatusCode, message: &str) -> Response {
    let answer = UploadImageResponse {
        msg: message.to_owned(),
        files: Vec::new(),
        url: None,
        delete_url: None,
    };
    (status, Json(answer)).into_response()
}

fn refused(error: UploadError) -> Result<Response, ApiError> {
    match error {
        UploadError::Refused(why @ MediaError::TooLarge) => {
            Ok(refusal(StatusCode::PAYLOAD_TOO_LARGE, &why.to_string()))
        }
        UploadError::Refused(why) => Ok(refusal(StatusCode::BAD_REQUEST, &why.to_string())),
        UploadError::Community(CommunityError::Invalid { message, .. }) => {
            Ok(refusal(StatusCode::BAD_REQUEST, &message))
        }
        UploadError::Community(error) => Err(error.into()),
        UploadError::TooMany(wait) => Err(ApiError::Limited(wait.seconds())),
        UploadError::Disk(error) => Err(StoreError::Unavailable(error.to_string()).into()),
        UploadError::Broken(why) => Err(StoreError::Corrupt(why).into()),
    }
}

/// The picture as it lies there. Other sizes and formats, which pict-rs makes on request, are not made.
pub async fn serve(State(app): State<App>, Path(file): Path<String>) -> Response {
    match pictures::read(&app, &file).await {
        Ok(Some((content_type, bytes))) => {
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::CONTENT_DISPOSITION, "inline"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; sandbox",
                ),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a picture could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Whoever has the token that came with the upload may take it away: no log-in is asked for.
pub async fn delete(
    State(app): State<App>,
    _: Caller<Acts>,
    Path((token, file)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    app.store
        .write(move |tx| use_cases::take_away(tx, &file, &token))
        .await?;
    // The file is gone when this is answered, and not a moment later.
    pictures::sweep(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListMedia>,
) -> ApiResult<ListMediaResponse> {
    let mine = member.id();
    listed(app, query, move |tx, after, limit| {
        Ok(uploads::page(tx.conn, Some(mine), after, limit)?)
    })
    .await
}

pub async fn list_all(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListMedia>,
) -> ApiResult<ListMediaResponse> {
    let viewer = member.viewer;
    listed(app, query, move |tx, after, limit| {
        use_cases::of_all(tx, &viewer, after, limit)
    })
    .await
}

async fn listed(
    app: App,
    query: ListMedia,
    rows: impl Fn(&mut Tx<'_>, Option<Cursor>, usize) -> Result<Page<UploadRow>, CommunityError>
    + Send
    + 'static,
) -> ApiResult<ListMediaResponse> {
    let paging = Paging::new(query.page, query.limit, None, REFUSAL)?;
    let load = move |tx: &mut Tx<'_>| {
        let page = paging.walk(|after, limit| rows(tx, after, limit))?;
        let people: Vec<ActorId> = page.items.iter().map(|row| row.person_id).collect();
        let people = actors::briefs(tx.conn, &people)?;
        let images = page.items.into_iter().filter_map(|row| {
            let person = people.iter().find(|person| person.id == row.person_id)?;
            Some(LocalImageView {
                person: shape::person(person),
                local_image: LocalImage {
                    local_user_id: row.person_id,
                    pictrs_alias: row.file_name,
                    pictrs_delete_token: row.delete_token,
                    published: row.created,
                },
            })
        });
        Ok::<_, ApiError>(ListMediaResponse {
            images: images.collect(),
        })
    };
    Ok(Json(app.store.read(load).await?))
}
