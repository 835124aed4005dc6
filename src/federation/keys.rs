//! RSA keys of actors: made, parsed once, and then only used. May touch nothing but aws-lc-rs.
//!
//! activitypub_federation makes, signs and verifies with the `rsa` crate: several times slower,
//! with an open timing advisory (RUSTSEC-2023-0071), without a lower or upper bound on the size of
//! a peer's key, and parsing it again for every verification. Hence our own.

mod verifying;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

pub use verifying::{Algorithm, VerifyingKey};

/// The longest PEM looked at: an 8192-bit private key needs about 6500 characters.
const MAX_PEM: usize = 8 * 1024;
/// Sizes of a peer's key that are accepted: below is forgeable, above makes verifying costly.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
const PEM_LINE: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    #[error("not a PEM block: {0}")]
    Pem(&'static str),
    #[error("a PEM block of this kind holds no key used here: {0}")]
    Label(String),
    #[error("not an RSA key: {0}")]
    NotRsa(String),
    #[error("an RSA key of {0} bits; 2048 to 8192 are accepted")]
    Size(usize),
    #[error("not an Ed25519 key in multibase")]
    Multibase,
    #[error("the key could not be made")]
    Generation,
    #[error("the key could not sign")]
    Signing,
}

/// A new pair as it is stored: PKCS#8 `PRIVATE KEY` and SPKI `PUBLIC KEY`, both PEM.
#[derive(Clone)]
pub struct KeyPair {
    pub private_pem: String,
    pub public_pem: String,
}

/// Makes an RSA-2048 pair. Takes 0.1 s or more of CPU: never call it on an async thread.
pub fn generate_pair() -> Result<KeyPair, KeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Generation)?;
    let public: PublicKeyX509Der<'_> = pair
        .public_key()
        .as_der()
        .map_err(|_| KeyError::Generation)?;
    Ok(KeyPair {
        private_pem: armour("PRIVATE KEY", private.as_ref()),
        public_pem: armour("PUBLIC KEY", public.as_ref()),
    })
}

/// A private key, parsed and ready to sign. Cheap to clone; prints nothing of itself.
#[derive(Clone)]
pub struct SigningKey(Arc<RsaKeyPair>);

impl SigningKey {
    /// Reads PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), 2048 to 8192 bits.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, der) = disarm(pem)?;
        let pair = match label {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
            other => return Err(KeyError::Label(other.to_owned())),
        };
        let pair = pair.map_err(|e| KeyError::NotRsa(e.to_string()))?;
        Ok(SigningKey(Arc::new(pair)))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `data`, in base64. About a millisecond of CPU.
    pub fn sign(&self, data: &[u8]) -> Result<String, KeyError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                data,
                &mut signature,
            )
            .map_err(|_| KeyError::Signing)?;
        Ok(STANDARD.encode(signature))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

fn armour(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(PEM_LINE));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}

/// The label and the DER of the only block in `pem`. Line breaks of any kind and length are taken
/// (peers write LF, CRLF, or one long line); headers inside the block and text around it are not.
fn disarm(pem: &str) -> Result<(&str, Vec<u8>), KeyError> {
    if pem.len() > MAX_PEM {
        return Err(KeyError::Pem("too long"));
    }
    let (label, rest) = pem
        .trim()
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
        .ok_or(KeyError::Pem("no BEGIN line"))?;
    let (body, end) = rest
        .split_once("-----END ")
        .ok_or(KeyError::Pem("no END line"))?;
    if end.strip_suffix("-----") != Some(label) {
        return Err(KeyError::Pem("END does not match BEGIN"));
    }
    let body: String = body.split_ascii_whitespace().collect();
    let der = STANDARD
        .decode(body)
        .map_err(|_| KeyError::Pem("not base64"))?;
    Ok((label, der))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PKCS#1 `SEQUENCE { modulus of all ones, exponent }`: parses as a key without making one.
    fn public_key_of(bits: usize, exponent: u8) -> String {
        let length = |n: usize| match n {
            0..=127 => vec![n as u8],
            128..=255 => vec![0x81, n as u8],
            _ => vec![0x82, (n >> 8) as u8, n as u8],
        };
        let mut numbers = vec![0x02];
        numbers.extend(length(bits / 8 + 1));
        numbers.push(0);
        numbers.extend(vec![0xff; bits / 8]);
        numbers.extend([0x02, 0x01, exponent]);
        let mut der = vec![0x30];
        der.extend(length(numbers.len()));
        der.extend(numbers);
        armour("RSA PUBLIC KEY", &der)
    }

    #[test]
    fn a_new_pair_signs_what_it_verifies_and_nothing_else() {
        let pair = generate_pair().unwrap();
        let other = generate_pair().unwrap();
        let signature = SigningKey::from_pem(&pair.private_pem)
            .unwrap()
            .sign(b"an oak")
            .unwrap();
        let signature = STANDARD.decode(signature).unwrap();
        let key = VerifyingKey::from_pem(&pair.public_pem).unwrap();
        assert!(key.verify(b"an oak", &signature));
        assert!(!key.verify(b"an ash", &signature));
        assert!(!key.verify(b"an oak", &signature[1..]));
        assert!(!key.verify(b"an oak", b""));
        let stranger = VerifyingKey::from_pem(&other.public_pem).unwrap();
        assert!(!stranger.verify(b"an oak", &signature));
    }

    #[test]
    fn a_pkcs1_private_key_signs_like_its_pkcs8_twin() {
        let pair = generate_pair().unwrap();
        let (_, pkcs8) = disarm(&pair.private_pem).unwrap();
        // The PKCS#8 wrapping of a 2048-bit key is 26 bytes in front of the PKCS#1 structure.
        let pkcs1 = SigningKey::from_pem(&armour("RSA PRIVATE KEY", &pkcs8[26..])).unwrap();
        let twin = SigningKey::from_pem(&pair.private_pem).unwrap();
        assert_eq!(pkcs1.sign(b"x").unwrap(), twin.sign(b"x").unwrap());
    }

    #[test]
    fn a_signing_key_prints_nothing_of_itself() {
        let pair = generate_pair().unwrap();
        let key = SigningKey::from_pem(&pair.private_pem).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey");
    }

    #[test]
    fn public_keys_are_read_in_every_layout_peers_write() {
        let pair = generate_pair().unwrap();
        let long_line: String = pair
            .public_pem
            .replace("KEY-----\n", "KEY-----@")
            .replace('\n', "")
            .replace('@', "\n")
            .replace("-----END", "\n-----END");
        let pkcs1 = public_key_of(4096, 3);
        let crlf = pair.public_pem.replace('\n', "\r\n");
        let blank = format!("\n {}\n\n", pair.public_pem);
        for pem in [&pair.public_pem, &long_line, &pkcs1, &crlf, &blank] {
            assert!(VerifyingKey::from_pem(pem).is_ok(), "{pem}");
        }
    }

    /// SECURITY 15: keys too small, too large or of the wrong kind are refused, and quickly.
    #[test]
    fn keys_too_small_too_large_or_not_rsa_are_refused_15() {
        let started = std::time::Instant::now();
        assert!(VerifyingKey::from_pem(&public_key_of(2048, 3)).is_ok());
        assert!(VerifyingKey::from_pem(&public_key_of(8192, 3)).is_ok());
        for bits in [512, 1024, 2040, 8200] {
            let refused = VerifyingKey::from_pem(&public_key_of(bits, 3)).unwrap_err();
            assert_eq!(refused, KeyError::Size(bits));
        }
        assert!(VerifyingKey::from_pem(&public_key_of(16384, 3)).is_err());
        assert!(VerifyingKey::from_pem(&public_key_of(2048, 1)).is_err());
        assert!(VerifyingKey::from_pem(&public_key_of(2048, 2)).is_err());
        let mut ed25519 = vec![
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0,
        ];
        ed25519.extend([7; 32]);
        let refused = VerifyingKey::from_pem(&armour("PUBLIC KEY", &ed25519)).unwrap_err();
        assert!(matches!(refused, KeyError::NotRsa(_)));
        assert!(started.elapsed() < std::time::Duration::from_secs(1));
    }

    /// SECURITY 15: malformed PEM is refused.
    #[test]
    fn malformed_pem_is_refused_15() {
        let good = generate_pair().unwrap();
        let body = good.public_pem.lines().nth(1).unwrap().to_owned();
        for pem in [
            String::new(),
            "-----BEGIN PUBLIC KEY-----".to_owned(),
            body.clone(),
            good.public_pem.replace("END PUBLIC", "END RSA PUBLIC"),
            good.public_pem.replace("PUBLIC KEY", "CERTIFICATE"),
            good.public_pem.replace(&body, ""),
            good.public_pem.replace(&body, "====="),
            good.public_pem.replace(&body, "Proc-Type: 4,ENCRYPTED"),
            format!("{0}{0}", good.public_pem),
            format!("{}x", good.public_pem),
            good.private_pem.clone(),
            format!(
                "-----BEGIN PUBLIC KEY-----{}-----END PUBLIC KEY-----",
                "A".repeat(9000)
            ),
        ] {
            assert!(VerifyingKey::from_pem(&pem).is_err(), "{pem}");
        }
        assert!(SigningKey::from_pem(&good.public_pem).is_err());
    }
}
