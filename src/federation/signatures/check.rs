//! Judges a signature that was read: what it binds, when it was made, for whom, over which body.

use std::time::UNIX_EPOCH;

use axum::http::header::{DATE, HOST};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::{
    Cavage, EXPIRES_GRACE, Form, MAX_AGE, MAX_AHEAD, ParsedSignature, RequestParts, SignatureError,
    digest,
};
use crate::domain::time::{SECOND, Timestamp};
use crate::federation::keys::VerifyingKey;

const REQUEST_TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";

impl ParsedSignature {
    /// Checks all but the cryptography: that method, path, host, time and (where there is a body,
    /// or the method is neither GET nor HEAD) a digest are signed, that the host is ours, the time
    /// within the window, and the digest that of `body`. Returns the signing string.
    ///
    /// A request over HTTP/2 has no `Host`: put its `:authority` there first.
    pub fn check(
        &self,
        parts: &RequestParts<'_>,
        body: Option<&[u8]>,
    ) -> Result<Vec<u8>, SignatureError> {
        let Form::Cavage(cavage) = &self.form;
        let host = single(parts.headers, "host")?;
        let date = single(parts.headers, "date")?;
        let stated_digest = single(parts.headers, "digest")?;

        cavage.require(REQUEST_TARGET)?;
        cavage.require(HOST.as_str())?;
        if !cavage.signs(CREATED) {
            cavage.require(DATE.as_str())?;
        }
        let host = host.ok_or(SignatureError::AbsentHeader(HOST.to_string()))?;
        if !same_host(host, parts.expected_host) {
            return Err(SignatureError::WrongHost);
        }
        cavage.check_time(date, parts.now)?;
        if body.is_some() || !matches!(*parts.method, Method::GET | Method::HEAD) {
            digest::check(stated_digest, body.unwrap_or_default())?;
            cavage.require("digest")?;
        }
        cavage.signing_string(parts)
    }

    /// Whether `key` signed `signing_string`, as [`ParsedSignature::check`] gave it.
    pub fn verify(&self, signing_string: &[u8], key: &VerifyingKey) -> Result<(), SignatureError> {
        if key.verify(signing_string, &self.signature) {
            Ok(())
        } else {
            Err(SignatureError::BadSignature)
        }
    }
}

impl Cavage {
    fn signs(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header == name)
    }

    fn require(&self, name: &'static str) -> Result<(), SignatureError> {
        if self.signs(name) {
            Ok(())
        } else {
            Err(SignatureError::MissingHeader(name))
        }
    }

    /// Every time that is signed must lie in the window; an `expires` counts signed or not, since
    /// it can only shorten it.
    fn check_time(&self, date: Option<&HeaderValue>, now: Timestamp) -> Result<(), SignatureError> {
        if self.signs(CREATED) {
            let created = self
                .created
                .ok_or(SignatureError::MissingParameter("created"))?;
            in_window(from_seconds(created), now)?;
        }
        if self.signs(DATE.as_str()) {
            let date = date.ok_or(SignatureError::AbsentHeader(DATE.to_string()))?;
            in_window(read_date(date)?, now)?;
        }
        match self.expires {
            Some(expires) if now.since(from_seconds(expires)) > EXPIRES_GRACE => {
                Err(SignatureError::Stale)
            }
            None if self.signs(EXPIRES) => Err(SignatureError::MissingParameter("expires")),
            _ => Ok(()),
        }
    }

    fn signing_string(&self, parts: &RequestParts<'_>) -> Result<Vec<u8>, SignatureError> {
        let mut out = Vec::with_capacity(512);
        for name in &self.headers {
            if !out.is_empty() {
                out.push(b'\n');
            }
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            match name.as_str() {
                REQUEST_TARGET => {
                    let method = parts.method.as_str().to_ascii_lowercase();
                    out.extend_from_slice(method.as_bytes());
                    out.push(b' ');
                    out.extend_from_slice(parts.path_and_query.as_bytes());
                }
                CREATED => push_seconds(&mut out, self.created),
                EXPIRES => push_seconds(&mut out, self.expires),
                name => push_header(&mut out, parts.headers, name)?,
            }
        }
        Ok(out)
    }
}

fn push_seconds(out: &mut Vec<u8>, seconds: Option<i64>) {
    out.extend_from_slice(seconds.unwrap_or_default().to_string().as_bytes());
}

/// All values of a header, joined as the draft says (2.3).
fn push_header(out: &mut Vec<u8>, headers: &HeaderMap, name: &str) -> Result<(), SignatureError> {
    let mut values = headers.get_all(name).iter();
    let first = values
        .next()
        .ok_or_else(|| SignatureError::AbsentHeader(name.chars().take(40).collect()))?;
    out.extend_from_slice(first.as_bytes().trim_ascii());
    for value in values {
        out.extend_from_slice(b", ");
        out.extend_from_slice(value.as_bytes().trim_ascii());
    }
    Ok(())
}

fn single<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Option<&'a HeaderValue>, SignatureError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(SignatureError::DuplicateHeader(name));
    }
    Ok(first)
}

/// Case does not matter, and a default port is as good as none.
fn same_host(sent: &HeaderValue, expected: &str) -> bool {
    fn bare(host: &str) -> &str {
        host.strip_suffix(":443")
            .or_else(|| host.strip_suffix(":80"))
            .unwrap_or(host)
    }
    sent.to_str()
        .is_ok_and(|sent| bare(sent.trim()).eq_ignore_ascii_case(bare(expected)))
}

fn from_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(SECOND))
}

fn read_date(value: &HeaderValue) -> Result<Timestamp, SignatureError> {
    let text = value.to_str().map_err(|_| SignatureError::BadDate)?;
    let time = httpdate::parse_http_date(text.trim()).map_err(|_| SignatureError::BadDate)?;
    let since_1970 = time
        .duration_since(UNIX_EPOCH)
        .map_err(|_| SignatureError::BadDate)?;
    let seconds = i64::try_from(since_1970.as_secs()).map_err(|_| SignatureError::BadDate)?;
    Ok(from_seconds(seconds))
}

fn in_window(made: Timestamp, now: Timestamp) -> Result<(), SignatureError> {
    let age = now.since(made);
    if age > MAX_AGE {
        Err(SignatureError::Stale)
    } else if -age > MAX_AHEAD {
        Err(SignatureError::FromFuture)
    } else {
        Ok(())
    }
}
