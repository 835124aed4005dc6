//! Requests signed by hand, to be wrong in one thing at a time.

use axum::http::header::{CONTENT_TYPE, DATE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use coppice::domain::time::Timestamp;
use coppice::federation::signatures::digest_header;
use serde_json::Value;
use url::Url;

use crate::support::PeerActor;
use crate::support::peer::post;

/// A POST in the making; change what should be wrong, then send.
pub struct Raw {
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// What the signing string names, in order.
    pub names: Vec<&'static str>,
    /// As the signing string has them.
    pub method: &'static str,
    pub path: String,
    pub algorithm: &'static str,
    pub key_id: String,
}

impl Raw {
    pub fn of(sender: &PeerActor, activity: &Value) -> Raw {
        let url = sender.inbox.clone();
        let body = activity.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        headers.insert(HOST, HeaderValue::try_from(host).unwrap());
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/activity+json"),
        );
        let digest = digest_header(&body);
        headers.insert(
            HeaderName::from_static("digest"),
            HeaderValue::try_from(digest).unwrap(),
        );
        let mut raw = Raw {
            path: url.path().to_owned(),
            url,
            headers,
            body,
            names: vec!["(request-target)", "host", "date", "digest"],
            method: "post",
            algorithm: "rsa-sha256",
            key_id: sender.key_id.clone(),
        };
        raw.dated(Timestamp::now());
        raw
    }

    pub fn dated(&mut self, at: Timestamp) {
        let since = std::time::Duration::from_millis(u64::try_from(at.millis()).unwrap());
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since);
        self.set("date", &date);
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        let value = HeaderValue::try_from(value).unwrap();
        self.headers.insert(HeaderName::from_static(name), value);
    }

    pub fn signs(&mut self, names: &[&'static str]) {
        self.names = names.to_vec();
    }

    /// The `Signature` header over what is named.
    pub fn signature(&self, sender: &PeerActor) -> String {
        let lines: Vec<String> = self
            .names
            .iter()
            .map(|name| match *name {
                "(request-target)" => format!("{name}: {} {}", self.method, self.path),
                name => {
                    let value = self.headers.get(name).map_or("", |v| v.to_str().unwrap());
                    format!("{name}: {value}")
                }
            })
            .collect();
        format!(
            r#"keyId="{}",algorithm="{}",headers="{}",signature="{}""#,
            self.key_id,
            self.algorithm,
            self.names.join(" "),
            sender.signature_over(&lines.join("\n")),
        )
    }

    pub async fn send(mut self, sender: &PeerActor) -> StatusCode {
        let signature = self.signature(sender);
        self.set("signature", &signature);
        self.go().await
    }

    /// With whatever headers there are.
    pub async fn go(self) -> StatusCode {
        debug_assert!(self.headers.contains_key(DATE) || self.headers.contains_key(CONTENT_TYPE));
        post(&self.url, self.headers, self.body).await
    }
}
