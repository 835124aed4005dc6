//! Who may read our documents. Nobody who signs as a blocked host; in secure mode, nobody who does not
//! sign at all.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::verify::VerifyError;
use super::{ClientKey, Federation};
use crate::domain::house::host_of;
use crate::store::StoreError;

/// What is left of an actor for those who do not sign: enough to verify what the actor signs, or two
/// servers in secure mode could never begin to talk.
const OF_AN_ACTOR: &[&str] = &[
    "@context",
    "id",
    "type",
    "preferredUsername",
    "inbox",
    "outbox",
    "endpoints",
    "publicKey",
];
const MAX_ACTOR: usize = 1024 * 1024;

/// Stands before the documents.
pub async fn guard(State(federation): State<Federation>, request: Request, next: Next) -> Response {
    let secure = federation.secure_mode;
    let response = guarded(federation, request, next).await;
    // A cache would give to everybody what one was let in for.
    if secure {
        kept_by_nobody(response)
    } else {
        response
    }
}

pub(super) fn kept_by_nobody(mut response: Response) -> Response {
    let private = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(CACHE_CONTROL, private);
    response
}

async fn guarded(federation: Federation, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let client = ClientKey::of(request.extensions());
    let judged = federation
        .judge(request.method(), request.uri(), request.headers(), &client)
        .await;
    match judged {
        Ok(Reader::Welcome) => next.run(request).await,
        Ok(Reader::Stranger(why)) => {
            if !is_actor(request.uri().path()) {
                return (StatusCode::UNAUTHORIZED, why).into_response();
            }
            reduced(next.run(request).await).await
        }
        Ok(Reader::Blocked(host)) => {
            (StatusCode::FORBIDDEN, format!("{host} is blocked here")).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "who asks for a document cannot be told");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

enum Reader {
    Welcome,
    /// Who does not sign so that we could verify it; why not.
    Stranger(String),
    Blocked(String),
}

impl Federation {
    async fn judge(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        client: &ClientKey,
    ) -> Result<Reader, StoreError> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        // Whoever claims to be of a blocked host is believed.
        let claimed = self.parse_signatures(method, path, headers);
        for signature in claimed.unwrap_or_default() {
            let host = host_of(&signature.key_id).unwrap_or_default();
            if self.is_shut_out(&host).await? {
                return Ok(Reader::Blocked(host));
            }
        }
        // The site's own document is how others verify what we fetch from them.
        if !self.secure_mode || uri.path() == "/" {
            return Ok(Reader::Welcome);
        }
        match self.verify_reader(method, path, headers, client).await {
            Ok(host) if host.blocked => Ok(Reader::Blocked(host.host)),
            Ok(_) => Ok(Reader::Welcome),
            Err(VerifyError::Store(error)) => Err(error),
            Err(error) => Ok(Reader::Stranger(error.to_string())),
        }
    }
}

fn is_actor(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    matches!(
        (parts.next(), parts.next(), parts.next()),
        (Some("u" | "c"), Some(_), None)
    )
}

async fn reduced(response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let whole = match to_bytes(body, MAX_ACTOR).await {
        Ok(bytes) => serde_json::from_slice::<Value>(&bytes),
        Err(error) => {
            tracing::error!(%error, "an actor's document could not be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let Ok(Value::Object(mut fields)) = whole else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    fields.retain(|name, _| OF_AN_ACTOR.contains(&name.as_str()));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(fields).to_string()))
}
