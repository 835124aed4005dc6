//! Tokens where Lemmy before 0.19 had them: in the field `auth` of the query or the JSON body. Client
//! libraries that judge by NodeInfo's version number (pythorhead) take us for that old. Moves such a
//! token into the `Authorization` header, where the rest of this room looks for it.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::form_urlencoded;

use super::MAX_BODY_BYTES;

#[derive(Deserialize)]
struct Legacy {
    auth: Option<String>,
}

pub async fn accept(mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let mut token = in_query(request.uri().query().unwrap_or_default());
    if token.is_none() && is_json(&request) {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        token = in_body(&bytes);
        request = Request::from_parts(parts, Body::from(bytes));
    }
    if let Some(value) = token.and_then(|t| HeaderValue::try_from(format!("Bearer {t}")).ok()) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    next.run(request).await
}

fn is_json(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"))
}

fn in_query(query: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "auth" && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

fn in_body(bytes: &Bytes) -> Option<String> {
    let legacy: Legacy = serde_json::from_slice(bytes).ok()?;
    legacy.auth.filter(|token| !token.is_empty())
}
