//! What goes wrong, as a page: its status, and a sentence that helps.

use std::fmt::Display;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::layout::Frame;
use super::pages;
use super::session::LocalPath;
use crate::app::App;
use crate::community::{CommunityError, Denied};
use crate::store::StoreError;

/// Why there is no page, or not the one that was asked for.
#[derive(Clone, Debug)]
pub enum Failure {
    NoSuchPage,
    /// There is a page, but it is not for this method; `Allow` says for which.
    WrongMethod,
    /// What follows the `?` cannot be read.
    BadAddress,
    /// Something that is not here, with the sentence that says what.
    Missing(String),
    Denied(Denied),
    /// One field of a form; a form that can show it next to the field does (`forms::Draft`).
    Invalid {
        field: &'static str,
        message: String,
    },
    /// A form without the right token.
    ForgedForm,
    /// A form that cannot be read.
    BadForm,
    TooLarge,
    /// Seconds to wait.
    TooMany(u64),
    LogInFirst(LocalPath),
    Unavailable,
    Broken,
}

impl Failure {
    /// Something that should not happen: logged here, with its cause.
    pub fn broken(cause: &dyn Display) -> Self {
        tracing::error!("a page failed: {cause}");
        Failure::Broken
    }

    /// Database or disk cannot be used just now: logged here, with its cause.
    pub fn unavailable(cause: &dyn Display) -> Self {
        tracing::error!("a page could not be served: {cause}");
        Failure::Unavailable
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Failure::NoSuchPage | Failure::Missing(_) => StatusCode::NOT_FOUND,
            Failure::Denied(_) | Failure::ForgedForm => StatusCode::FORBIDDEN,
            Failure::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Failure::BadForm | Failure::BadAddress => StatusCode::BAD_REQUEST,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Failure::LogInFirst(_) => StatusCode::SEE_OTHER,
            Failure::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Failure::NoSuchPage,
            StoreError::Unavailable(_) => Failure::unavailable(&error),
            other => Failure::broken(&other),
        }
    }
}

impl From<CommunityError> for Failure {
    fn from(error: CommunityError) -> Self {
        match error {
            CommunityError::Store(error) => error.into(),
            CommunityError::Missing(missing) => Failure::Missing(missing.to_string()),
            error @ CommunityError::Declined { .. } => Failure::Invalid {
                field: "who",
                message: error.to_string(),
            },
            CommunityError::Denied(denied) => Failure::Denied(denied),
            CommunityError::Invalid { field, message } => Failure::Invalid { field, message },
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::LogInFirst(back) = &self {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("next", back.as_str())
                .finish();
            return Redirect::to(&format!("/login?{query}")).into_response();
        }
        let mut response = self.status().into_response();
        if let Failure::TooMany(seconds) = self {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

pub async fn no_such_page() -> Failure {
    Failure::NoSuchPage
}

pub async fn wrong_method() -> Failure {
    Failure::WrongMethod
}

/// Puts the page around a failure: the site's own frame where that can be had, else a bare one.
pub async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(failure) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    let frame = match failure {
        Failure::Unavailable => None,
        _ => Frame::from_request_parts(&mut asked, &app).await.ok(),
    };
    let page = pages::error::render(frame.as_ref(), &failure);
    let mut dressed = (response.status(), page).into_response();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(kept) = response.headers_mut().remove(&name) {
            dressed.headers_mut().insert(name, kept);
        }
    }
    dressed
}
