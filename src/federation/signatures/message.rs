//! Signatures of RFC 9421: `Signature-Input` says what is signed and how, `Signature` holds it.

use axum::http::{HeaderMap, HeaderName, Method};
use sfv::{BareItem, Dictionary, FieldType, InnerList, ListEntry, Parser};

use super::check::{self, Host};
use super::parse::{MAX_LENGTH, key_id};
use super::{Form, ParsedSignature, RequestParts, SignatureError, digest};
use crate::federation::keys::Algorithm;

/// So many labels of one request are looked at: each may cost the fetch of a key.
const MAX_LABELS: usize = 3;
const MAX_COMPONENTS: usize = 32;

const DERIVED: &[&str] = &[
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "@query",
];

/// What RFC 9421 puts beside key and signature.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Derived components and names of headers, in the order of the signature base.
    components: Vec<String>,
    /// The value of `@signature-params`.
    parameters: String,
    /// Seconds since 1970.
    created: Option<i64>,
    expires: Option<i64>,
    /// As stated; else as the key has it.
    algorithm: Option<Algorithm>,
}

pub(super) fn parse(headers: &HeaderMap) -> Result<Vec<ParsedSignature>, SignatureError> {
    let inputs = dictionary(headers, "signature-input")?;
    let signatures = dictionary(headers, "signature")?;
    let mut found = Vec::new();
    let mut fault = SignatureError::Missing;
    for (label, input) in &inputs {
        let ListEntry::InnerList(input) = input else {
            return Err(SignatureError::Malformed(
                "a label has no list of components",
            ));
        };
        let signature = match signatures.get(label) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            _ => None,
        };
        let read = match signature {
            Some(signature) => read(input, signature),
            None => Err(SignatureError::Malformed("a label has no signature")),
        };
        match read {
            Ok(signature) if found.len() < MAX_LABELS => found.push(signature),
            Ok(_) => break,
            Err(error) => fault = error,
        }
    }
    if found.is_empty() {
        return Err(fault);
    }
    Ok(found)
}

fn dictionary(headers: &HeaderMap, name: &'static str) -> Result<Dictionary, SignatureError> {
    let mut text = String::new();
    for value in headers.get_all(name) {
        let value = value
            .to_str()
            .map_err(|_| SignatureError::Malformed("not ASCII"))?;
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(value);
        if text.len() > MAX_LENGTH {
            return Err(SignatureError::Malformed("too long"));
        }
    }
    Parser::new(&text)
        .parse()
        .map_err(|_| SignatureError::Malformed("no structured field"))
}

fn read(input: &InnerList, signature: &[u8]) -> Result<ParsedSignature, SignatureError> {
    let text = |name: &'static str| match input.params.get(name) {
        None => Ok(None),
        Some(BareItem::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(SignatureError::Malformed("a parameter is no text")),
    };
    let seconds = |name: &'static str| match input.params.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(number)) if i64::from(*number) >= 0 => Ok(Some((*number).into())),
        Some(_) => Err(SignatureError::Malformed("a time is no whole number")),
    };
    let algorithm = match text("alg")? {
        None => None,
        Some(name) => Some(Algorithm::parse(name).ok_or_else(|| {
            SignatureError::UnsupportedAlgorithm(name.chars().take(40).collect())
        })?),
    };
    let key = text("keyid")?.ok_or(SignatureError::MissingParameter("keyid"))?;
    Ok(ParsedSignature {
        key_id: key_id(key)?,
        signature: signature.to_vec(),
        form: Form::Message(Message {
            components: components(input)?,
            parameters: vec![ListEntry::InnerList(input.clone())]
                .serialize()
                .unwrap_or_default(),
            created: seconds("created")?,
            expires: seconds("expires")?,
            algorithm,
        }),
    })
}

/// Derived components and headers as they are; none of the variants that take a part of one.
fn components(input: &InnerList) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::new();
    for item in &input.items {
        let name = match &item.bare_item {
            BareItem::String(name) => name.as_str(),
            _ => return Err(SignatureError::Malformed("a component is no text")),
        };
        let known = match name.starts_with('@') {
            true => DERIVED.contains(&name),
            false => HeaderName::from_lowercase(name.as_bytes()).is_ok(),
        };
        if !known || !item.params.is_empty() {
            return Err(SignatureError::UnknownComponent(
                name.chars().take(40).collect(),
            ));
        }
        if names.iter().any(|known| known == name) {
            return Err(SignatureError::Malformed("a component is listed twice"));
        }
        if names.len() == MAX_COMPONENTS {
            return Err(SignatureError::Malformed("too many components are listed"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

impl Message {
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    fn signs(&self, name: &str) -> bool {
        self.components.iter().any(|component| component == name)
    }

    /// Checks all but the cryptography, as for draft-cavage: method, where to, time and body.
    pub(super) fn check(
        &self,
        parts: &RequestParts<'_>,
        body: Option<&[u8]>,
    ) -> Result<Vec<Vec<u8>>, SignatureError> {
        if !self.signs("@method") {
            return Err(SignatureError::MissingHeader("@method"));
        }
        self.check_target(parts)?;
        self.check_time(parts)?;
        if body.is_some() || !matches!(*parts.method, Method::GET | Method::HEAD) {
            let stated = check::joined(parts.headers, "content-digest")
                .map_err(|_| SignatureError::DigestMissing)?;
            let stated = std::str::from_utf8(&stated);
            let stated = stated.map_err(|_| SignatureError::DigestMalformed)?;
            digest::check_content(stated, body.unwrap_or_default())?;
            if !self.signs("content-digest") {
                return Err(SignatureError::MissingHeader("content-digest"));
            }
        }
        let hosts = match self.signs("host") {
            true => check::hosts(parts)?,
            false => vec![Host::Ours],
        };
        hosts
            .into_iter()
            .map(|host| self.base(parts, host))
            .collect()
    }

    /// The whole target, or the host and all of the path.
    fn check_target(&self, parts: &RequestParts<'_>) -> Result<(), SignatureError> {
        if self.signs("@target-uri") {
            return Ok(());
        }
        if !self.signs("@authority") && !self.signs("host") {
            return Err(SignatureError::MissingHeader("@authority"));
        }
        let has_query = parts.path_and_query.contains('?');
        let path = self.signs("@request-target")
            || (self.signs("@path") && (!has_query || self.signs("@query")));
        match path {
            true => Ok(()),
            false => Err(SignatureError::MissingHeader("@target-uri")),
        }
    }

    fn check_time(&self, parts: &RequestParts<'_>) -> Result<(), SignatureError> {
        let by_date = self.signs("date");
        match self.created {
            Some(created) => check::in_window(check::from_seconds(created), parts.now)?,
            None if by_date => {}
            None => return Err(SignatureError::MissingParameter("created")),
        }
        if by_date {
            check::date_in_window(parts)?;
        }
        check::not_expired(self.expires, parts.now)
    }

    /// RFC 9421, 2.5.
    fn base(&self, parts: &RequestParts<'_>, host: Host<'_>) -> Result<Vec<u8>, SignatureError> {
        let mut out = Vec::with_capacity(512);
        for name in &self.components {
            out.push(b'"');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\": ");
            out.extend_from_slice(&component(name, parts, host)?);
            out.push(b'\n');
        }
        out.extend_from_slice(b"\"@signature-params\": ");
        out.extend_from_slice(self.parameters.as_bytes());
        Ok(out)
    }
}

fn component(
    name: &str,
    parts: &RequestParts<'_>,
    host: Host<'_>,
) -> Result<Vec<u8>, SignatureError> {
    let target = parts.path_and_query;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let authority = parts.expected_host.to_ascii_lowercase();
    let text = match name {
        "@method" => parts.method.as_str().to_owned(),
        "@target-uri" => format!("{}://{authority}{target}", parts.expected_scheme),
        "@authority" => authority,
        "@scheme" => parts.expected_scheme.to_owned(),
        "@request-target" => target.to_owned(),
        "@path" => path.to_owned(),
        "@query" => format!("?{query}"),
        "host" => return Ok(host.value(parts).into_owned()),
        header => return check::joined(parts.headers, header),
    };
    Ok(text.into_bytes())
}
