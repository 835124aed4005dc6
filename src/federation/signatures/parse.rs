//! Reads the `Signature` header of draft-cavage. Tolerant of spaces, of nothing else.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::{Cavage, Form, ParsedSignature, SignatureError};

pub(super) const MAX_LENGTH: usize = 8 * 1024;
const MAX_PARAMETERS: usize = 16;
const MAX_SIGNED_HEADERS: usize = 32;
const SCHEME: &str = "signature";

pub(super) fn parse(headers: &HeaderMap) -> Result<ParsedSignature, SignatureError> {
    let text = the_only_signature(headers)?;
    if text.len() > MAX_LENGTH {
        return Err(SignatureError::Malformed("too long"));
    }
    let parameters = parameters(text)?;
    let quoted = |name: &'static str| match parameters.get(&name.to_ascii_lowercase()) {
        Some(Value::Quoted(text)) => Ok(Some(*text)),
        Some(Value::Number(_)) => Err(SignatureError::Malformed("a value lacks its quotes")),
        None => Ok(None),
    };
    let required = |name: &'static str| quoted(name)?.ok_or(SignatureError::MissingParameter(name));

    let key_id = key_id(required("keyId")?)?;
    let signature = STANDARD
        .decode(required("signature")?)
        .map_err(|_| SignatureError::Malformed("the signature is not base64"))?;
    let algorithm = quoted("algorithm")?;
    if !matches!(algorithm, None | Some("rsa-sha256" | "hs2019")) {
        let name = algorithm.unwrap_or_default().chars().take(40).collect();
        return Err(SignatureError::UnsupportedAlgorithm(name));
    }
    // Draft, 2.1.6: without the parameter, `(created)` alone is signed.
    let headers = signed_headers(quoted("headers")?.unwrap_or("(created)"))?;
    // Draft, 2.3: `(created)` and `(expires)` do not go with the old names of algorithms.
    let has_time = |h: &String| h == "(created)" || h == "(expires)";
    if algorithm == Some("rsa-sha256") && headers.iter().any(has_time) {
        return Err(SignatureError::Malformed(
            "(created) and (expires) need the algorithm hs2019",
        ));
    }
    Ok(ParsedSignature {
        key_id,
        signature,
        form: Form::Cavage(Cavage {
            headers,
            created: seconds(parameters.get("created"))?,
            expires: seconds(parameters.get("expires"))?,
        }),
    })
}

fn the_only_signature(headers: &HeaderMap) -> Result<&str, SignatureError> {
    let own = headers.get_all("signature").iter().map(|value| {
        value
            .to_str()
            .map_err(|_| SignatureError::Malformed("not ASCII"))
    });
    let mut all = own.chain(authorizations(headers).map(Ok));
    let first = all.next().ok_or(SignatureError::Missing)?;
    if all.next().is_some() {
        return Err(SignatureError::Several);
    }
    first
}

pub(super) fn is_signed(headers: &HeaderMap) -> bool {
    headers.contains_key("signature") || authorizations(headers).next().is_some()
}

/// What stands in `Authorization: Signature`.
fn authorizations(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(AUTHORIZATION)
        .iter()
        .filter_map(|value| value.to_str().ok()?.trim_start().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
        .map(|(_, value)| value)
}

enum Value<'a> {
    Quoted(&'a str),
    Number(&'a str),
}

/// `name="value"` or `name=123`, separated by commas; names are kept in lower case, so that one in
/// another spelling counts as the same.
fn parameters(text: &str) -> Result<BTreeMap<String, Value<'_>>, SignatureError> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    loop {
        let (name, after) = rest
            .split_once('=')
            .ok_or(SignatureError::Malformed("a parameter has no value"))?;
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(SignatureError::Malformed("a parameter has no proper name"));
        }
        let after = after.trim_start();
        let (value, after) = if let Some(after) = after.strip_prefix('"') {
            let (value, after) = after
                .split_once('"')
                .ok_or(SignatureError::Malformed("a quote is not closed"))?;
            if value.contains('\\') {
                return Err(SignatureError::Malformed("a backslash in a quoted value"));
            }
            (Value::Quoted(value), after)
        } else {
            let end = after
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(after.len());
            let (value, after) = after.split_at(end);
            if value.is_empty() {
                return Err(SignatureError::Malformed("a value lacks its quotes"));
            }
            (Value::Number(value), after)
        };
        let name = name.to_ascii_lowercase();
        if found.contains_key(&name) {
            return Err(SignatureError::DuplicateParameter(name));
        }
        if found.len() == MAX_PARAMETERS {
            return Err(SignatureError::Malformed("too many parameters"));
        }
        found.insert(name, value);
        let after = after.trim_start();
        if after.is_empty() {
            return Ok(found);
        }
        rest = after
            .strip_prefix(',')
            .ok_or(SignatureError::Malformed("a comma is missing"))?
            .trim_start();
    }
}

pub(super) fn key_id(text: &str) -> Result<Url, SignatureError> {
    let url = Url::parse(text).map_err(|_| SignatureError::Malformed("keyId is no address"))?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() || !plain {
        return Err(SignatureError::Malformed("keyId is no http(s) address"));
    }
    Ok(url)
}

fn signed_headers(text: &str) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split_ascii_whitespace() {
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return Err(SignatureError::Malformed("a header is listed twice"));
        }
        if names.len() == MAX_SIGNED_HEADERS {
            return Err(SignatureError::Malformed("too many headers are listed"));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(SignatureError::Malformed("no header is signed"));
    }
    Ok(names)
}

/// Whole seconds since 1970, bare as in the draft or quoted as Lemmy sends them. Only the canonical
/// spelling is taken, as the number is written into the signing string again.
fn seconds(value: Option<&Value<'_>>) -> Result<Option<i64>, SignatureError> {
    let Some(Value::Quoted(text) | Value::Number(text)) = value else {
        return Ok(None);
    };
    match text.parse::<i64>() {
        Ok(seconds) if seconds >= 0 && seconds.to_string() == *text => Ok(Some(seconds)),
        _ => Err(SignatureError::Malformed("a time is no whole number")),
    }
}
