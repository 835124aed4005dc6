//! Names of servers as rules about them are written: no port, and a subdomain follows its domain. Pure.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;
use url::{Host, Url};

use super::kinds::words;

words! {
    /// What an administrator says about a domain.
    HostRule { Blocked = "blocked", Allowed = "allowed" }
}

words! {
    /// The standard by which a request is signed.
    SignatureForm {
        /// draft-cavage-http-signatures-12, which everybody reads.
        Cavage = "cavage",
        Rfc9421 = "rfc9421",
    }
}

impl SignatureForm {
    pub fn other(self) -> SignatureForm {
        match self {
            SignatureForm::Cavage => SignatureForm::Rfc9421,
            SignatureForm::Rfc9421 => SignatureForm::Cavage,
        }
    }
}

/// The part of a server's name that somebody had to register, as well as it can be told without a list
/// of the public suffixes: who owns a domain has as many names under it as they like.
pub fn registered(host: &str) -> &str {
    if host.starts_with('[') {
        return host.split_inclusive(']').next().unwrap_or(host);
    }
    let name = host.split(':').next().unwrap_or(host);
    if name.parse::<std::net::Ipv4Addr>().is_ok() {
        return name;
    }
    let dots: Vec<usize> = name.rmatch_indices('.').map(|(at, _)| at).collect();
    let end = name.len();
    let second = match dots[..] {
        [last, before, ..] => last - before - 1,
        _ => return name,
    };
    // `co.uk` and the like are nobody's own.
    let is_shared = end - dots[0] == 3 && second <= 3;
    match (is_shared, dots.get(2)) {
        (false, _) => &name[dots[1] + 1..],
        (true, Some(third)) => &name[third + 1..],
        (true, None) => name,
    }
}

/// RFC 1035, 2.3.4.
const DOMAIN_MAX: usize = 253;

/// A domain or an address: lower case, ASCII (punycode), without port or final dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(String);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not the name of a server, such as example.org.")]
pub struct NotADomain(String);

impl Domain {
    /// Reads what people paste: `Example.ORG`, `https://example.org/about`, `@example.org`,
    /// `*.example.org`, `example.org:8443`, `bücher.example`.
    pub fn parse(text: &str) -> Result<Domain, NotADomain> {
        let wrong = || NotADomain(text.chars().take(80).collect());
        let rest = text.trim();
        let rest = match rest.split_once("://") {
            Some(("https" | "http" | "HTTPS" | "HTTP", rest)) => rest,
            Some(_) => return Err(wrong()),
            None => rest,
        };
        let rest = rest.trim_start_matches('@').trim_start_matches("*.");
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if rest.is_empty() || rest.contains(['@', '\\', '*', ' ']) {
            return Err(wrong());
        }
        let url = Url::parse(&format!("https://{rest}/")).map_err(|_| wrong())?;
        let host = url.host().ok_or_else(wrong)?;
        let name = host.to_string().trim_end_matches('.').to_owned();
        let sound = match host {
            Host::Domain(_) => name.len() <= DOMAIN_MAX && name.split('.').all(|l| !l.is_empty()),
            Host::Ipv4(_) | Host::Ipv6(_) => true,
        };
        if sound {
            Ok(Domain(name))
        } else {
            Err(wrong())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a rule about this domain is one about that `host[:port]`.
    pub fn covers(&self, host: &str) -> bool {
        covering(host).any(|name| name == self.0)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host itself and every domain above it; an address has none.
pub fn covering(host: &str) -> impl Iterator<Item = &str> {
    let name = without_port(host);
    let is_address = name.starts_with('[') || name.parse::<std::net::Ipv4Addr>().is_ok();
    let mut next = Some(name).filter(|name| !name.is_empty());
    std::iter::from_fn(move || {
        let this = next?;
        next = match this.split_once('.') {
            Some((_, above)) if !is_address && !above.is_empty() => Some(above),
            _ => None,
        };
        Some(this)
    })
}

/// `host[:port]` without the port.
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') && port.bytes().all(|b| b.is_ascii_digit()) => {
            name
        }
        _ => host,
    }
}

/// All rules at once, to judge many hosts by.
#[derive(Debug, Default)]
pub struct HostPolicy {
    blocked: HashSet<String>,
    allowed: HashSet<String>,
}

impl HostPolicy {
    pub fn new(rules: impl IntoIterator<Item = (HostRule, String)>) -> Self {
        let mut policy = HostPolicy::default();
        for (rule, domain) in rules {
            match rule {
                HostRule::Blocked => policy.blocked.insert(domain),
                HostRule::Allowed => policy.allowed.insert(domain),
            };
        }
        policy
    }

    pub fn blocks(&self, host: &str) -> bool {
        covering(host).any(|name| self.blocked.contains(name))
    }

    /// A block counts more than an allowance; where any domain is allowed, no other is.
    pub fn shuts_out(&self, host: &str) -> bool {
        self.blocks(host)
            || (!self.allowed.is_empty() && !covering(host).any(|name| self.allowed.contains(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_the_domain_that_somebody_registered() {
        for (host, domain) in [
            ("example.org", "example.org"),
            ("a1.b.example.org:8443", "example.org"),
            ("shop.example.co.uk", "example.co.uk"),
            ("example.co.uk", "example.co.uk"),
            ("social.example.de", "example.de"),
            ("localhost:3000", "localhost"),
            ("192.0.2.7:80", "192.0.2.7"),
            ("[2001:db8::1]:80", "[2001:db8::1]"),
        ] {
            assert_eq!(registered(host), domain, "{host}");
        }
    }

    #[test]
    fn names_of_servers_are_read_as_people_paste_them() {
        for text in [
            "example.org",
            " Example.ORG. ",
            "https://example.org/about?x",
            "@example.org",
            "*.example.org",
            "example.org:8443",
        ] {
            assert_eq!(
                Domain::parse(text).unwrap().as_str(),
                "example.org",
                "{text}"
            );
        }
        let idn = Domain::parse("Bücher.example").unwrap();
        assert_eq!(idn.as_str(), "xn--bcher-kva.example");
        assert_eq!(Domain::parse("[::1]:80").unwrap().as_str(), "[::1]");
        assert_eq!(
            Domain::parse("lemmy-alpha").unwrap().as_str(),
            "lemmy-alpha"
        );
        for text in [
            "",
            "  ",
            "a b",
            "user@example.org",
            "ftp://x",
            "a..b",
            "ex*mple.org",
            "a\\b",
        ] {
            assert!(Domain::parse(text).is_err(), "{text}");
        }
        assert!(Domain::parse(&"a.".repeat(200)).is_err());
    }

    #[test]
    fn a_subdomain_follows_its_domain_and_a_port_does_not_matter() {
        let rule = Domain::parse("example.org").unwrap();
        for host in [
            "example.org",
            "example.org:8443",
            "a.example.org",
            "b.a.example.org:1",
        ] {
            assert!(rule.covers(host), "{host}");
        }
        for host in ["badexample.org", "org", "example.org.evil.net", ""] {
            assert!(!rule.covers(host), "{host}");
        }
        let address = Domain::parse("0.0.1").unwrap();
        assert!(!address.covers("127.0.0.1:80"));
        assert!(Domain::parse("127.0.0.1").unwrap().covers("127.0.0.1:80"));
        assert!(Domain::parse("[::1]").unwrap().covers("[::1]:8080"));
    }

    #[test]
    fn a_block_counts_more_than_an_allowance() {
        let policy = |rules: &[(HostRule, &str)]| {
            HostPolicy::new(rules.iter().map(|(rule, name)| (*rule, (*name).to_owned())))
        };
        let open = policy(&[(HostRule::Blocked, "bad.example")]);
        assert!(open.shuts_out("bad.example") && open.shuts_out("x.bad.example:99"));
        assert!(!open.shuts_out("good.example"));
        let closed = policy(&[
            (HostRule::Allowed, "good.example"),
            (HostRule::Blocked, "not.good.example"),
        ]);
        assert!(!closed.shuts_out("good.example") && !closed.shuts_out("a.good.example"));
        assert!(closed.shuts_out("not.good.example") && closed.shuts_out("other.example"));
    }
}
