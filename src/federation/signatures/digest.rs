//! The `Digest` header (RFC 3230) as the fediverse uses it: SHA-256 in base64.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::SignatureError;

/// The value of a `Digest` header for `body`: `SHA-256=` and base64.
pub fn digest_header(body: &[u8]) -> String {
    let hash = digest(&SHA256, body);
    format!("SHA-256={}", STANDARD.encode(hash))
}

/// A digest may list several algorithms; exactly one SHA-256 must be among them, and fit.
pub(super) fn check(header: Option<&HeaderValue>, body: &[u8]) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::DigestMissing)?;
    let text = header
        .to_str()
        .map_err(|_| SignatureError::DigestMalformed)?;
    let mut stated = None;
    for part in text.split(',') {
        let (algorithm, value) = part
            .trim()
            .split_once('=')
            .ok_or(SignatureError::DigestMalformed)?;
        if !algorithm.eq_ignore_ascii_case("sha-256") {
            continue;
        }
        if stated.is_some() {
            return Err(SignatureError::DigestMalformed);
        }
        let hash = STANDARD
            .decode(value)
            .map_err(|_| SignatureError::DigestMalformed)?;
        stated = Some(hash);
    }
    let stated = stated.ok_or(SignatureError::DigestMissing)?;
    if stated != digest(&SHA256, body).as_ref() {
        return Err(SignatureError::DigestMismatch);
    }
    Ok(())
}
