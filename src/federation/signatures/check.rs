//! Judges a signature that was read: what it binds, when it was made, for whom, over which body.

use std::borrow::Cow;
use std::time::UNIX_EPOCH;

use axum::http::header::{DATE, FORWARDED, HOST};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::{
    Cavage, EXPIRES_GRACE, Form, MAX_AGE, MAX_AHEAD, ParsedSignature, RequestParts, SignatureError,
    Signed, digest,
};
use crate::domain::time::{SECOND, Timestamp};
use crate::federation::keys::VerifyingKey;

const REQUEST_TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";

impl ParsedSignature {
    /// Checks all but the cryptography: that method, path, host, time and (where there is a body,
    /// or the method is neither GET nor HEAD) a digest are signed, that the host is ours, the time
    /// within the window, and the digest that of `body`.
    ///
    /// A request over HTTP/2 has no `Host`: put its `:authority` there first.
    pub fn check(
        &self,
        parts: &RequestParts<'_>,
        body: Option<&[u8]>,
    ) -> Result<Signed, SignatureError> {
        match &self.form {
            Form::Cavage(cavage) => cavage.check(parts, body).map(Signed),
            Form::Message(message) => message.check(parts, body).map(Signed),
        }
    }

    /// Whether `key` signed what [`ParsedSignature::check`] gave.
    pub fn verify(&self, signed: &Signed, key: &VerifyingKey) -> Result<(), SignatureError> {
        let algorithm = match &self.form {
            Form::Cavage(_) => None,
            Form::Message(message) => message.algorithm(),
        };
        let fits = |text: &Vec<u8>| match algorithm {
            Some(algorithm) => key.verify_as(algorithm, text, &self.signature),
            None => key.verify(text, &self.signature),
        };
        match signed.0.iter().any(fits) {
            true => Ok(()),
            false => Err(SignatureError::BadSignature),
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

    fn check(
        &self,
        parts: &RequestParts<'_>,
        body: Option<&[u8]>,
    ) -> Result<Vec<Vec<u8>>, SignatureError> {
        single(parts.headers, "host")?;
        single(parts.headers, "date")?;
        let stated_digest = single(parts.headers, "digest")?;

        self.require(REQUEST_TARGET)?;
        self.require(HOST.as_str())?;
        if !self.signs(CREATED) {
            self.require(DATE.as_str())?;
        }
        let hosts = hosts(parts)?;
        self.check_time(parts)?;
        let mut targets = vec![parts.path_and_query];
        if body.is_some() || !matches!(*parts.method, Method::GET | Method::HEAD) {
            digest::check(stated_digest, body.unwrap_or_default())?;
            self.require("digest")?;
        } else if let Some((path, _)) = parts.path_and_query.split_once('?') {
            // Older versions of Mastodon sign fetches without their query.
            targets.push(path);
        }
        let mut all = Vec::new();
        for target in targets {
            for host in &hosts {
                all.push(self.signing_string(parts, target, *host)?);
            }
        }
        Ok(all)
    }

    /// Every time that is signed must lie in the window; an `expires` counts signed or not, since
    /// it can only shorten it.
    fn check_time(&self, parts: &RequestParts<'_>) -> Result<(), SignatureError> {
        if self.signs(CREATED) {
            let created = self
                .created
                .ok_or(SignatureError::MissingParameter("created"))?;
            in_window(from_seconds(created), parts.now)?;
        }
        if self.signs(DATE.as_str()) {
            date_in_window(parts)?;
        }
        if self.expires.is_none() && self.signs(EXPIRES) {
            return Err(SignatureError::MissingParameter("expires"));
        }
        not_expired(self.expires, parts.now)
    }

    fn signing_string(
        &self,
        parts: &RequestParts<'_>,
        target: &str,
        host: Host<'_>,
    ) -> Result<Vec<u8>, SignatureError> {
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
                    out.extend_from_slice(format!("{method} {target}").as_bytes());
                }
                CREATED => push_seconds(&mut out, self.created),
                EXPIRES => push_seconds(&mut out, self.expires),
                "host" => out.extend_from_slice(&host.value(parts)),
                name => out.extend_from_slice(&joined(parts.headers, name)?),
            }
        }
        Ok(out)
    }
}

fn push_seconds(out: &mut Vec<u8>, seconds: Option<i64>) {
    out.extend_from_slice(seconds.unwrap_or_default().to_string().as_bytes());
}

/// All values of a header, joined as draft (2.3) and RFC (2.1) say.
pub(super) fn joined(headers: &HeaderMap, name: &str) -> Result<Vec<u8>, SignatureError> {
    let mut out = Vec::new();
    let values = headers.get_all(name);
    if values.iter().next().is_none() {
        return Err(SignatureError::AbsentHeader(
            name.chars().take(40).collect(),
        ));
    }
    for (number, value) in values.iter().enumerate() {
        if number > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(value.as_bytes().trim_ascii());
    }
    Ok(out)
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

/// A spelling of our own host that the sender may have signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'a> {
    /// As it came in, or as a proxy says it came to it.
    AsSent(&'a str),
    Ours,
    /// Ours with the port that goes without saying.
    OursWithPort,
}

impl<'a> Host<'a> {
    pub(super) fn value(self, parts: &RequestParts<'a>) -> Cow<'a, [u8]> {
        match self {
            Host::AsSent(text) => Cow::Borrowed(text.as_bytes()),
            Host::Ours => Cow::Borrowed(parts.expected_host.as_bytes()),
            Host::OursWithPort => {
                let port = if parts.expected_scheme == "http" {
                    80
                } else {
                    443
                };
                Cow::Owned(format!("{}:{port}", parts.expected_host).into_bytes())
            }
        }
    }
}

/// The spellings to try. Proxies put a name of their own into `Host`, and then tell of the first
/// one; some add or take away the port. All of them name us, so it does not matter who says so: a
/// signature made for another host fits none.
pub(super) fn hosts<'a>(parts: &RequestParts<'a>) -> Result<Vec<Host<'a>>, SignatureError> {
    let host = single(parts.headers, "host")?;
    let host = host.ok_or(SignatureError::AbsentHeader(HOST.to_string()))?;
    let sent = host.to_str().ok().map(str::trim);
    let ours = |text: &&str| same_host(text, parts.expected_host);
    let as_sent = sent.filter(ours).or_else(|| forwarded(parts).filter(ours));
    let mut hosts = vec![Host::AsSent(as_sent.ok_or(SignatureError::WrongHost)?)];
    if as_sent != Some(parts.expected_host) {
        hosts.push(Host::Ours);
    }
    if without_default_port(parts.expected_host) == parts.expected_host
        && !parts.expected_host.contains(':')
    {
        hosts.push(Host::OursWithPort);
    }
    Ok(hosts)
}

/// The host that the first of the proxies was asked for.
fn forwarded<'a>(parts: &RequestParts<'a>) -> Option<&'a str> {
    let first = |value: &'a HeaderValue| value.to_str().ok()?.split(',').next().map(str::trim);
    if let Some(host) = parts.headers.get("x-forwarded-host").and_then(first) {
        return Some(host);
    }
    let pairs = parts.headers.get(FORWARDED).and_then(first)?;
    let host = pairs.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("host").then_some(value)
    })?;
    Some(host.trim().trim_matches('"'))
}

/// Case does not matter, and a default port is as good as none.
fn same_host(sent: &str, expected: &str) -> bool {
    without_default_port(sent).eq_ignore_ascii_case(without_default_port(expected))
}

fn without_default_port(host: &str) -> &str {
    host.strip_suffix(":443")
        .or_else(|| host.strip_suffix(":80"))
        .unwrap_or(host)
}

pub(super) fn from_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(SECOND))
}

pub(super) fn date_in_window(parts: &RequestParts<'_>) -> Result<(), SignatureError> {
    let date = single(parts.headers, "date")?;
    let date = date.ok_or(SignatureError::AbsentHeader(DATE.to_string()))?;
    in_window(read_date(date)?, parts.now)
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

pub(super) fn in_window(made: Timestamp, now: Timestamp) -> Result<(), SignatureError> {
    let age = now.since(made);
    if age > MAX_AGE {
        Err(SignatureError::Stale)
    } else if -age > MAX_AHEAD {
        Err(SignatureError::FromFuture)
    } else {
        Ok(())
    }
}

pub(super) fn not_expired(expires: Option<i64>, now: Timestamp) -> Result<(), SignatureError> {
    match expires {
        Some(expires) if now.since(from_seconds(expires)) > EXPIRES_GRACE => {
            Err(SignatureError::Stale)
        }
        _ => Ok(()),
    }
}
