//! Which addresses may be asked: judged by the text of the URL, and again when a name is resolved.
//!
//! activitypub_federation's `ValidatingDnsResolver` is the base. Its answer is judged once more
//! because it can be switched off by an environment variable and lets benchmarking, IETF-protocol
//! and Teredo ranges pass; and because literal addresses never reach any resolver.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use activitypub_federation::resolver::ValidatingDnsResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

use super::Refusal;

#[derive(Debug, Error)]
#[error("the name leads to the private address {0}")]
pub(super) struct PrivateAddress(IpAddr);

/// Resolves names, and refuses those with any address of a private network. As it is asked at
/// connecting, no second look-up can give another answer (rebinding).
pub(super) struct Guard {
    resolver: ValidatingDnsResolver,
    allow_private: bool,
}

impl Guard {
    pub(super) fn new(allow_private: bool) -> Self {
        Guard {
            resolver: ValidatingDnsResolver::new(Vec::new(), !allow_private),
            allow_private,
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let resolving = self.resolver.resolve(name);
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = resolving.await?.collect();
            let private = found.iter().find(|address| !is_public(address.ip()));
            if let Some(address) = private
                && !allow_private
            {
                return Err(PrivateAddress(address.ip()).into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// The `url` crate has already turned every spelling of an IPv4 address (decimal, octal, hex, short
/// or full-width) into the address itself.
pub(super) fn check_url(url: &Url, allow_private: bool) -> Result<(), Refusal> {
    let scheme_fits = match url.scheme() {
        "https" => true,
        "http" => allow_private,
        _ => false,
    };
    if !scheme_fits {
        return Err(Refusal::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if !allow_private && url.port().is_some() {
        return Err(Refusal::Port);
    }
    let literal = match url.host().ok_or(Refusal::NoHost)? {
        Host::Domain(_) => return Ok(()),
        Host::Ipv4(v4) => IpAddr::V4(v4),
        Host::Ipv6(v6) => IpAddr::V6(v6),
    };
    if allow_private || is_public(literal) {
        Ok(())
    } else {
        Err(Refusal::PrivateAddress)
    }
}

/// Whether an address belongs to the open net (IANA special-purpose registries).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    !matches!(
        v4.octets(),
        [0 | 10 | 127, ..]             // this host, private, loopback
            | [100, 64..=127, ..]      // shared by carriers (CGNAT)
            | [169, 254, ..]           // link-local, cloud metadata
            | [172, 16..=31, ..]       // private
            | [192, 0, 0 | 2, _]       // IETF protocols, documentation
            | [192, 88, 99, _]         // 6to4 relays
            | [192, 168, ..]           // private
            | [198, 18 | 19, ..]       // benchmarking
            | [198, 51, 100, _]        // documentation
            | [203, 0, 113, _]         // documentation
            | [224..=255, ..] // multicast, reserved, broadcast
    )
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    match v6.segments() {
        // NAT64: hosts that speak only IPv6 reach IPv4 through it; the address inside counts.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0..=0x1ff, ..] => false,  // IETF protocols, Teredo
        [0x2001, 0x0db8, ..] => false,     // documentation
        [0x2002, ..] => false,             // 6to4
        [0x3fff, 0..=0x0fff, ..] => false, // documentation
        // Only 2000::/3 is given out as global unicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 41.
    #[test]
    fn only_addresses_of_the_open_net_are_public_41() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::10.1.1.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "193.0.0.1",
            "2606:4700::1",
            "2a01:4f8::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    /// SECURITY 41, 43, 44.
    #[test]
    fn addresses_are_judged_by_their_text_41_43_44() {
        for (text, refusal) in [
            ("http://a.example/", Refusal::Scheme),
            ("file:///etc/passwd", Refusal::Scheme),
            ("gopher://a.example/", Refusal::Scheme),
            ("https://a.example:22/", Refusal::Port),
            ("https://a.example:8443/", Refusal::Port),
            ("https://a.example:80/", Refusal::Port),
            ("https://user@a.example/", Refusal::UserInfo),
            ("https://:secret@a.example/", Refusal::UserInfo),
            ("https://a.example@127.0.0.1/", Refusal::UserInfo),
            ("https://127.0.0.1/", Refusal::PrivateAddress),
            ("https://2130706433/", Refusal::PrivateAddress),
            ("https://017700000001/", Refusal::PrivateAddress),
            ("https://0x7f.1/", Refusal::PrivateAddress),
            ("https://127.1/", Refusal::PrivateAddress),
            ("https://127.0.0.1./", Refusal::PrivateAddress),
            ("https://\u{ff11}27.0.0.1/", Refusal::PrivateAddress),
            ("https://0/", Refusal::PrivateAddress),
            ("https://[::1]/", Refusal::PrivateAddress),
            ("https://[::ffff:127.0.0.1]/", Refusal::PrivateAddress),
            ("https://[64:ff9b::7f00:1]/", Refusal::PrivateAddress),
            ("https://[fd00::1]/", Refusal::PrivateAddress),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(check_url(&url, false), Err(refusal), "{text}");
        }
        for text in [
            "https://a.example/x",
            "https://a.example:443/",
            "https://1.1.1.1/",
        ] {
            assert_eq!(
                check_url(&Url::parse(text).unwrap(), false),
                Ok(()),
                "{text}"
            );
        }
        for text in ["http://127.0.0.1:8080/", "https://[::1]:1/"] {
            assert_eq!(
                check_url(&Url::parse(text).unwrap(), true),
                Ok(()),
                "{text}"
            );
        }
        let file = Url::parse("file:///etc/passwd").unwrap();
        assert_eq!(check_url(&file, true), Err(Refusal::Scheme));
    }
}
