//! The address of the instance that ids are made of. Pure.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Scheme and host[:port], nothing else. Every id of this instance begins with it, so it never
/// changes in the life of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicUrl(Url);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    #[error("not a web address such as https://learn.example.org: {0}")]
    Syntax(url::ParseError),
    #[error("must begin with https:// (or http:// on this machine)")]
    Scheme,
    #[error("must be scheme and host[:port] only, as in https://learn.example.org")]
    MoreThanOrigin,
}

impl PublicUrl {
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let url = Url::parse(text.trim()).map_err(PublicUrlError::Syntax)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PublicUrlError::Scheme);
        }
        let only_origin = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.host_str().is_some_and(|host| !host.ends_with('.'));
        if only_origin {
            Ok(PublicUrl(url))
        } else {
            Err(PublicUrlError::MoreThanOrigin)
        }
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// What stands after the @ in addresses: `learn.example.org` or `localhost:8080`.
    pub fn host_port(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// The absolute URL of a path here, with its query if it has one. It never leaves this origin,
    /// whatever `path` is.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Whether the host is this machine by name or number.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            None => false,
        }
    }
}

/// Without a slash at the end: `https://learn.example.org`.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = PublicUrlError;
    fn try_from(text: String) -> Result<Self, PublicUrlError> {
        PublicUrl::parse(&text)
    }
}

impl From<PublicUrl> for String {
    fn from(url: PublicUrl) -> String {
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_scheme_host_and_port_only() {
        let local = PublicUrl::parse("http://localhost:8080").unwrap();
        assert_eq!(local.host_port(), "localhost:8080");
        assert!(local.is_loopback() && !local.is_https());
        let site = PublicUrl::parse("https://Learn.Example.org:443/").unwrap();
        assert_eq!(site.host_port(), "learn.example.org");
        assert_eq!(site.to_string(), "https://learn.example.org");
        assert!(site.is_https() && !site.is_loopback());
        for wrong in [
            "learn.example.org",
            "ftp://learn.example.org",
            "https://learn.example.org/forum",
            "https://learn.example.org/?a=b",
            "https://learn.example.org/#top",
            "https://ann:secret@learn.example.org",
            "https://learn.example.org.",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn joined_paths_stay_on_this_origin() {
        let site = PublicUrl::parse("https://learn.example.org").unwrap();
        assert_eq!(
            site.join("/c/fungi?page=2").as_str(),
            "https://learn.example.org/c/fungi?page=2"
        );
        for path in ["//evil.example/x", "https://evil.example/", "\\\\evil", ""] {
            assert_eq!(site.join(path).host_str(), Some("learn.example.org"));
        }
    }
}
