//! Digests of the body: the old `Digest` (RFC 3230) as the fediverse uses it, SHA-256 in base64, and
//! `Content-Digest` (RFC 9530).

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sfv::{Dictionary, ListEntry, Parser};

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

/// The value of a `Content-Digest` header for `body`.
pub fn content_digest_header(body: &[u8]) -> String {
    let hash = digest(&SHA256, body);
    format!("sha-256=:{}:", STANDARD.encode(hash))
}

/// Of the algorithms listed, one at least must be known, and all that are known must fit.
pub(super) fn check_content(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let malformed = |_| SignatureError::DigestMalformed;
    let listed: Dictionary = Parser::new(header).parse().map_err(malformed)?;
    let mut fits = false;
    for (name, entry) in &listed {
        let algorithm = match name.as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let ListEntry::Item(item) = entry else {
            return Err(SignatureError::DigestMalformed);
        };
        let stated = item.bare_item.as_byte_sequence();
        let stated = stated.ok_or(SignatureError::DigestMalformed)?;
        if stated != digest(algorithm, body).as_ref() {
            return Err(SignatureError::DigestMismatch);
        }
        fits = true;
    }
    if fits {
        Ok(())
    } else {
        Err(SignatureError::DigestMissing)
    }
}
