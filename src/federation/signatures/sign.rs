//! Signs outgoing requests. In the form every peer reads: rsa-sha256 over a `Date`, since servers of
//! the Pleroma family refuse `(created)`. And in that of RFC 9421 as Mastodon 4.5 writes and reads it.

use std::time::{Duration, UNIX_EPOCH};

use axum::http::header::{CONTENT_TYPE, DATE, HOST, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use thiserror::Error;
use url::{Position, Url};

use super::{content_digest_header, digest_header};
use crate::domain::hosts::SignatureForm;
use crate::domain::time::{SECOND, Timestamp};
use crate::federation::keys::{KeyError, SigningKey};

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const DIGEST: HeaderName = HeaderName::from_static("digest");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const AS2: HeaderValue = HeaderValue::from_static("application/activity+json");

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
    check_key_id(key_id)?;
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

/// The same in either form; RFC 9421 signs method, target, time and `Content-Digest`.
pub fn sign_request_as(
    form: SignatureForm,
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
    key_id: &str,
    key: &SigningKey,
    now: Timestamp,
) -> Result<HeaderMap, SignError> {
    match form {
        SignatureForm::Cavage => sign_request(method, url, body, key_id, key, now),
        SignatureForm::Rfc9421 => sign_message(method, url, body, key_id, key, now),
    }
}

fn sign_message(
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
    key_id: &str,
    key: &SigningKey,
    now: Timestamp,
) -> Result<HeaderMap, SignError> {
    check_key_id(key_id)?;
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(HOST, HeaderValue::try_from(host(url)?)?);
    headers.insert(DATE, HeaderValue::try_from(http_date(now))?);
    let target = &url[..Position::AfterQuery];
    let mut names = r#""@method" "@target-uri""#.to_owned();
    let mut base = format!("\"@method\": {method}\n\"@target-uri\": {target}\n");
    if let Some(body) = body {
        let digest = content_digest_header(body);
        names.push_str(r#" "content-digest""#);
        base.push_str(&format!("\"content-digest\": {digest}\n"));
        headers.insert(CONTENT_DIGEST, HeaderValue::try_from(digest)?);
        headers.insert(CONTENT_TYPE, AS2);
    }
    let created = now.millis() / SECOND;
    let input = format!(r#"({names});created={created};keyid="{key_id}""#);
    base.push_str(&format!("\"@signature-params\": {input}"));
    let signature = key.sign(base.as_bytes())?;
    headers.insert(
        SIGNATURE_INPUT,
        HeaderValue::try_from(format!("sig1={input}"))?,
    );
    headers.insert(
        SIGNATURE,
        HeaderValue::try_from(format!("sig1=:{signature}:"))?,
    );
    Ok(headers)
}

fn check_key_id(key_id: &str) -> Result<(), SignError> {
    let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    match key_id.is_empty() || !key_id.chars().all(plain) {
        true => Err(SignError::KeyId),
        false => Ok(()),
    }
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
