//! Links that a site does not want: a host, perhaps with a path; what lies below follows. Pure.

use thiserror::Error;
use url::Url;

use super::hosts::covering;

const PATTERN_MAX: usize = 500;

/// `evil.example` or `news.example/spam`: no scheme, no final slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkPattern(String);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a web address, such as example.org or example.org/page.")]
pub struct NotALinkPattern(String);

impl LinkPattern {
    /// With or without a scheme, and any final slash.
    pub fn parse(text: &str) -> Result<LinkPattern, NotALinkPattern> {
        let wrong = || NotALinkPattern(text.chars().take(80).collect());
        let trimmed = text.trim();
        let address = match trimmed.split_once("://") {
            Some(_) => trimmed.to_owned(),
            None => format!("https://{trimmed}"),
        };
        let url = Url::parse(&address).map_err(|_| wrong())?;
        let pattern = without_scheme(&url).ok_or_else(wrong)?;
        if pattern.len() > PATTERN_MAX || !url.username().is_empty() || pattern.contains(' ') {
            return Err(wrong());
        }
        Ok(LinkPattern(pattern.trim_end_matches('/').to_owned()))
    }

    /// One that was stored.
    pub fn stored(text: String) -> LinkPattern {
        LinkPattern(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a link leads there, or below: to a subdomain, or a path within.
    pub fn covers(&self, link: &Url) -> bool {
        let (host, path) = self.0.split_once('/').unwrap_or((&self.0, ""));
        let Some(of_link) = without_scheme(link) else {
            return false;
        };
        let (link_host, link_path) = of_link.split_once('/').unwrap_or((&of_link, ""));
        let host_fits = link_host == host || covering(link_host).any(|name| name == host);
        let rest = link_path.strip_prefix(path);
        host_fits
            && rest.is_some_and(|rest| {
                path.is_empty() || rest.is_empty() || rest.starts_with(['/', '?', '#'])
            })
    }
}

fn without_scheme(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let rest = &url[url::Position::BeforePath..];
    Some(format!("{host}{port}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, link: &str) -> bool {
        let pattern = LinkPattern::parse(pattern).unwrap();
        pattern.covers(&Url::parse(link).unwrap())
    }

    #[test]
    fn a_blocked_address_covers_what_lies_below_it_and_nothing_beside() {
        for link in [
            "https://evil.com",
            "http://EVIL.com/x?y",
            "https://www.evil.com./",
        ] {
            assert!(covers("https://evil.com/", link), "{link}");
        }
        for link in [
            "https://notevil.com",
            "https://evil.com.example/",
            "https://x.example/evil.com",
        ] {
            assert!(!covers("evil.com", link), "{link}");
        }
        let page = "example.com/spam.jpg";
        assert!(
            covers(page, "https://example.com/spam.jpg?x")
                && covers(page, "http://example.com/spam.jpg")
        );
        assert!(
            !covers(page, "https://example.com/spam.jpgs") && !covers(page, "https://example.com/")
        );
        assert!(covers("a.example:8080", "http://a.example:8080/x"));
    }

    #[test]
    fn nonsense_is_no_pattern() {
        for text in [
            "",
            "ftp://x.example",
            "https://",
            "a b.example",
            "https://u@x.example",
        ] {
            assert!(LinkPattern::parse(text).is_err(), "{text}");
        }
    }
}
