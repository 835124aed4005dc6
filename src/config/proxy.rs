//! Whose word on the client's address is taken. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "list_or_commas")]
    pub trusted: Vec<AddressRange>,
}

/// One address, or a range in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressRange {
    first: IpAddr,
    bits: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a range such as 10.0.0.0/8")]
pub struct AddressRangeError(String);

impl Proxy {
    /// The address limits are counted on: the connection's own, or, as long as that is a trusted
    /// proxy, the one it forwards for, read from the right (what a client wrote itself stands left).
    ///
    /// `forwarded_for`: the values of all `X-Forwarded-For` headers, in order.
    pub fn client_address<'a>(
        &self,
        connection: IpAddr,
        forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut client = connection.to_canonical();
        for hop in forwarded_for.rev().flat_map(|value| value.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        network(client)
    }

    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|range| range.contains(address))
    }
}

/// An address as limits count it: who has one of IPv6 has the whole /64 it is in.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
    }
}

/// A proxy on the same machine, as Caddy or nginx usually is.
impl Default for Proxy {
    fn default() -> Self {
        let loopback4 = AddressRange {
            first: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)),
            bits: 8,
        };
        let loopback6 = AddressRange {
            first: IpAddr::V6(Ipv6Addr::LOCALHOST),
            bits: 128,
        };
        Proxy {
            trusted: vec![loopback4, loopback6],
        }
    }
}

impl AddressRange {
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                first.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                first.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, AddressRangeError> {
        let wrong = || AddressRangeError(text.chars().take(60).collect());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let first: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(wrong());
        }
        Ok(AddressRange { first, bits })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.bits) {
            (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => self.first.fmt(f),
            (first, bits) => write!(f, "{first}/{bits}"),
        }
    }
}

impl TryFrom<String> for AddressRange {
    type Error = AddressRangeError;
    fn try_from(text: String) -> Result<Self, AddressRangeError> {
        text.parse()
    }
}

impl From<AddressRange> for String {
    fn from(range: AddressRange) -> String {
        range.to_string()
    }
}

/// A list in the file; in an environment variable, the same separated by commas.
fn list_or_commas<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<AddressRange>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a list of IP addresses or ranges")]
    enum Either {
        List(Vec<String>),
        Commas(String),
    }
    let texts = match Either::deserialize(d)? {
        Either::List(texts) => texts,
        Either::Commas(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
    };
    texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_forwarded_address_is_believed_from_trusted_proxies_only() {
        let proxy = Proxy::default();
        let client =
            |from: &str, headers: &[&str]| proxy.client_address(ip(from), headers.iter().copied());
        let stranger = ip("203.0.113.9");
        assert_eq!(client("127.0.0.1", &["203.0.113.9"]), stranger);
        assert_eq!(client("::ffff:127.0.0.1", &["203.0.113.9"]), stranger);
        assert_eq!(client("::1", &["10.9.9.9, 203.0.113.9"]), stranger);
        assert_eq!(client("::1", &["10.9.9.9", "203.0.113.9, ::1"]), stranger);
        assert_eq!(client("203.0.113.9", &["10.9.9.9"]), stranger);
        assert_eq!(client("127.0.0.1", &[]), ip("127.0.0.1"));
        assert_eq!(client("127.0.0.1", &["unknown"]), ip("127.0.0.1"));
    }

    #[test]
    fn all_addresses_of_one_network_of_ipv6_are_one_to_the_limits() {
        let proxy = Proxy::default();
        let client = |header: &str| proxy.client_address(ip("::1"), std::iter::once(header));
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:3:4:5:6"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("198.51.100.1"), client("198.51.100.2"));
    }

    #[test]
    fn ranges_contain_what_their_prefix_says() {
        let range = |text: &str| text.parse::<AddressRange>().unwrap();
        assert!(range("10.0.0.0/8").contains(ip("10.200.1.1")));
        assert!(!range("10.0.0.0/8").contains(ip("11.0.0.1")));
        assert!(range("0.0.0.0/0").contains(ip("198.51.100.1")));
        assert!(!range("0.0.0.0/0").contains(ip("2001:db8::1")));
        assert!(range("2001:db8::/32").contains(ip("2001:db8:1::1")));
        assert!(range("192.0.2.7").contains(ip("::ffff:192.0.2.7")));
        for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0.0/", "::/129"] {
            assert!(wrong.parse::<AddressRange>().is_err(), "{wrong}");
        }
    }
}
