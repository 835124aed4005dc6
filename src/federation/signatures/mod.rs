//! HTTP signatures, of draft-cavage-http-signatures-12 and of RFC 9421: read, checked, verified and
//! made. Pure: the caller brings the headers, the clock and the key.
//!
//! activitypub_federation checks less than its inbox needs: not which headers are signed, no age of
//! a `Date`, not the host, and it takes the last of doubled headers. Here a signature that does not
//! bind method, path, host, body and time is refused before its key is even looked for.

mod check;
mod digest;
mod message;
mod parse;
mod sign;
#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, Method};
use message::Message;
use thiserror::Error;
use url::Url;

use crate::domain::hosts::SignatureForm;
use crate::domain::time::{HOUR, MINUTE, Timestamp};

pub use digest::{content_digest_header, digest_header};
pub use sign::{SignError, sign_request, sign_request_as};

/// How old a signature may be: what Mastodon allows.
pub const MAX_AGE: i64 = 12 * HOUR;
/// How far a peer's clock may run ahead of ours: what Mastodon allows.
pub const MAX_AHEAD: i64 = HOUR;
/// How long after `expires` a signature is still taken, for clocks that differ a little.
pub const EXPIRES_GRACE: i64 = MINUTE;

/// What a signature is judged against: the request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
    pub method: &'a Method,
    /// As in the request line: `/inbox?x=y`.
    pub path_and_query: &'a str,
    pub headers: &'a HeaderMap,
    pub now: Timestamp,
    /// `host` or `host:port` of our own public address.
    pub expected_host: &'a str,
    /// `https`, or on a test bench `http`.
    pub expected_scheme: &'a str,
}

/// A signature that could be read. Nothing about it is proven before [`ParsedSignature::verify`].
#[derive(Clone, Debug)]
pub struct ParsedSignature {
    /// The `keyId`: an http(s) address, usually `<actor>#main-key`, not yet compared with anything.
    pub key_id: Url,
    signature: Vec<u8>,
    form: Form,
}

impl ParsedSignature {
    /// The standard it follows.
    pub fn form(&self) -> SignatureForm {
        match &self.form {
            Form::Cavage(_) => SignatureForm::Cavage,
            Form::Message(_) => SignatureForm::Rfc9421,
        }
    }
}

#[derive(Clone, Debug)]
enum Form {
    Cavage(Cavage),
    Message(Message),
}

/// What must have been signed: one text, or a few that differ in what a proxy may have changed.
#[derive(Clone, Debug)]
pub struct Signed(Vec<Vec<u8>>);

/// What draft-cavage-12 puts beside key and signature.
#[derive(Clone, Debug)]
struct Cavage {
    /// Lower case, in the order of the signing string, each once.
    headers: Vec<String>,
    /// Seconds since 1970.
    created: Option<i64>,
    expires: Option<i64>,
}

/// Why a signature is refused; every one of them is a 401. The text is meant for the peer's admin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    #[error("the request is not signed")]
    Missing,
    #[error("more than one signature")]
    Several,
    #[error("malformed signature: {0}")]
    Malformed(&'static str),
    #[error("the parameter {0} appears twice in the signature")]
    DuplicateParameter(String),
    #[error("the signature lacks the parameter {0}")]
    MissingParameter(&'static str),
    #[error("signatures with the algorithm {0:?} are not accepted")]
    UnsupportedAlgorithm(String),
    #[error("{0} must be signed")]
    MissingHeader(&'static str),
    #[error("the header {0} is signed but not sent")]
    AbsentHeader(String),
    #[error("the header {0} is sent more than once")]
    DuplicateHeader(&'static str),
    #[error("the component {0} is not known here")]
    UnknownComponent(String),
    #[error("a digest of the body is missing, or none of SHA-256")]
    DigestMissing,
    #[error("malformed digest of the body")]
    DigestMalformed,
    #[error("the digest is not that of the body")]
    DigestMismatch,
    #[error("the date cannot be read")]
    BadDate,
    #[error("the signature is too old or has expired")]
    Stale,
    #[error("the signature is dated in the future")]
    FromFuture,
    #[error("the request is signed for another host")]
    WrongHost,
    #[error("the signature does not fit the request and the key")]
    BadSignature,
}

/// Whether a request carries a signature, of whatever worth: in any place where [`parse`] looks for one.
pub fn is_signed(headers: &HeaderMap) -> bool {
    headers.contains_key("signature-input") || parse::is_signed(headers)
}

/// Finds and reads the signatures of a request, one at least: those of RFC 9421, each with its own
/// label, or the one of draft-cavage in `Signature` or `Authorization: Signature`. Any that verifies
/// will do.
pub fn parse(parts: &RequestParts<'_>) -> Result<Vec<ParsedSignature>, SignatureError> {
    if parts.headers.contains_key("signature-input") {
        message::parse(parts.headers)
    } else {
        Ok(vec![parse::parse(parts.headers)?])
    }
}
