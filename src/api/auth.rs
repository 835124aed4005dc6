//! Who calls, how often they may, and what they sent. The handler's signature says which door a
//! call goes through: `Caller<Reads>` for anybody, `Member<Posts>` for those who are logged in.

use std::marker::PhantomData;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::errors::ApiError;
use crate::app::App;
use crate::community::accounts::{self, Viewer};
use crate::domain::ids::ActorId;
use crate::domain::kinds::SessionKind;
use crate::limits::Door;

/// A kind of call that is counted on its own.
pub trait Counted {
    const DOOR: Door;
    /// On the account, where there is one; else on the client's address.
    const PER_ACCOUNT: bool;
}

macro_rules! counted {
    ($($name:ident: $door:ident, per_account: $per_account:literal;)+) => {$(
        pub struct $name;
        impl Counted for $name {
            const DOOR: Door = Door::$door;
            const PER_ACCOUNT: bool = $per_account;
        }
    )+};
}

counted! {
    Reads: Api, per_account: false;
    Searches: Search, per_account: false;
    Posts: Post, per_account: true;
    Acts: Act, per_account: true;
    LogsIn: Login, per_account: false;
    Registers: Register, per_account: false;
}

/// Anybody, known or not.
pub struct Caller<D> {
    pub viewer: Option<Viewer>,
    door: PhantomData<D>,
}

impl<D> Caller<D> {
    pub fn id(&self) -> Option<ActorId> {
        self.viewer.as_ref().map(|viewer| viewer.id)
    }
}

/// Somebody logged in; others get `incorrect_login`, as in Lemmy.
pub struct Member<D> {
    pub viewer: Viewer,
    door: PhantomData<D>,
}

impl<D> Member<D> {
    pub fn id(&self) -> ActorId {
        self.viewer.id
    }
}

impl<D: Counted> FromRequestParts<App> for Caller<D> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // Counted by address before the database is asked about a token; per account after.
        if !D::PER_ACCOUNT {
            count::<D>(
                app,
                &app.client_address(&parts.extensions, &parts.headers)
                    .to_string(),
            )?;
        }
        let viewer = match bearer(parts) {
            Some(token) => viewer(app, token).await?,
            None => None,
        };
        if D::PER_ACCOUNT {
            let key = match &viewer {
                Some(viewer) => viewer.id.to_string(),
                None => app
                    .client_address(&parts.extensions, &parts.headers)
                    .to_string(),
            };
            count::<D>(app, &key)?;
        }
        Ok(Caller {
            viewer,
            door: PhantomData,
        })
    }
}

impl<D: Counted> FromRequestParts<App> for Member<D> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Caller::<D>::from_request_parts(parts, app).await?;
        let viewer = caller.viewer.ok_or(ApiError::Named("incorrect_login"))?;
        Ok(Member {
            viewer,
            door: PhantomData,
        })
    }
}

fn count<D: Counted>(app: &App, key: &str) -> Result<(), ApiError> {
    count_at(app, D::DOOR, key)
}

pub(super) fn count_at(app: &App, door: Door, key: &str) -> Result<(), ApiError> {
    app.limits
        .check(door, key)
        .map_err(|wait| ApiError::Limited(wait.seconds()))
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// A token that is not valid (any more) leaves the caller unknown, as in Lemmy.
async fn viewer(app: &App, token: &str) -> Result<Option<Viewer>, ApiError> {
    let token = token.to_owned();
    let viewer = app
        .store
        .read(move |tx| accounts::viewer(tx, &token, SessionKind::Api))
        .await?;
    if let Some(viewer) = &viewer {
        accounts::touch(&app.store, viewer).await?;
    }
    Ok(viewer)
}

/// The query string. Fields we do not know are ignored.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match axum::extract::Query::<T>::from_request_parts(parts, app).await {
            Ok(query) => Ok(Query(query.0)),
            Err(why) => Err(ApiError::Unreadable(why.status(), why.body_text())),
        }
    }
}

/// A body in JSON, likewise.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, app).await {
            Ok(body) => Ok(Body(body.0)),
            // Lemmy answers 400 to JSON of another shape, too.
            Err(JsonRejection::JsonDataError(why)) => Err(ApiError::Unreadable(
                axum::http::StatusCode::BAD_REQUEST,
                why.body_text(),
            )),
            Err(why) => Err(ApiError::Unreadable(why.status(), why.body_text())),
        }
    }
}
