//! Signs outgoing requests in the form every peer reads: rsa-sha256 over a `Date`, since servers of
//! the Pleroma family refuse `(created)`.

use std::time::{Duration, UNIX_EPOCH};

use axum::http::header::{CONTENT_TYPE, DATE, HOST, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use thiserror::Error;
use url::{Position, Url};

use super::digest_header;
use crate::domain::time::Timestamp;
use crate::federation::keys::{KeyError, SigningKey};

const DIGEST: HeaderName = HeaderName::from_static("digest");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

#[derive(Debug, Error)]
pub enum SignError {
    #[error("the address has no host")]
    NoHost,
    #[error("the key id cannot stand in a header")]
    KeyId,
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Header(#[from] InvalidHeaderValue),
}

/// The headers of a signed request to `url`: `Host`, `Date`, with a body also `Digest` and
/// `Content-Type: application/activity+json`, and the `Signature` over all of them and the request
/// target. About a millisecond of CPU: run it off the async threads.
pub fn sign_request(
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
    key_id: &str,
    key: &SigningKey,
    now: Timestamp,
) -> Result<HeaderMap, SignError> {
    let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    if key_id.is_empty() || !key_id.chars().all(plain) {
        return Err(SignError::KeyId);
    }
    let mut signed = vec![(HOST, host(url)?), (DATE, http_date(now))];
    if let Some(body) = body {
        signed.push((DIGEST, digest_header(body)));
        signed.push((CONTENT_TYPE, "application/activity+json".to_owned()));
    }
    let target = &url[Position::BeforePath..Position::AfterQuery];
    let method = method.as_str().to_ascii_lowercase();
    let mut names = "(request-target)".to_owned();
    let mut string = format!("(request-target): {method} {target}");
    let mut headers = HeaderMap::with_capacity(signed.len() + 1);
    for (name, value) in signed {
        names.push_str(&format!(" {name}"));
        string.push_str(&format!("\n{name}: {value}"));
        headers.insert(name, HeaderValue::try_from(value)?);
    }
    let signature = key.sign(string.as_bytes())?;
    let value = format!(
        r#"keyId="{key_id}",algorithm="rsa-sha256",headers="{names}",signature="{signature}""#
    );
    headers.insert(SIGNATURE, HeaderValue::try_from(value)?);
    Ok(headers)
}

fn host(url: &Url) -> Result<String, SignError> {
    let host = url.host_str().ok_or(SignError::NoHost)?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn http_date(now: Timestamp) -> String {
    let since_1970 = u64::try_from(now.millis()).unwrap_or_default();
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(since_1970))
}
