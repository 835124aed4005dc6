//! Public keys of peers, parsed once, and what they verify.

use std::sync::Arc;

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::{
    ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA512,
};

use super::{BITS, KeyError, disarm};

/// How a signature is made, in the words of RFC 9421 (6.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// What every peer's RSA key is used with, whatever a request calls it.
    RsaV15Sha256,
    RsaPssSha512,
    Ed25519,
}

impl Algorithm {
    pub fn parse(name: &str) -> Option<Algorithm> {
        match name {
            "rsa-v1_5-sha256" => Some(Algorithm::RsaV15Sha256),
            "rsa-pss-sha512" => Some(Algorithm::RsaPssSha512),
            "ed25519" => Some(Algorithm::Ed25519),
            _ => None,
        }
    }
}

/// A peer's public key, parsed once and checked for kind and size. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VerifyingKey(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Rsa {
        v1_5: Arc<ParsedPublicKey>,
        pss: Arc<ParsedPublicKey>,
    },
    Ed25519(Arc<ParsedPublicKey>),
}

/// Multicodec's mark of an Ed25519 public key, in front of its 32 bytes.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const ED25519_LENGTH: usize = 32;
/// 34 bytes make 47 digits at most.
const MULTIBASE_MAX: usize = 64;

impl VerifyingKey {
    /// Reads SPKI (`PUBLIC KEY`) or PKCS#1 (`RSA PUBLIC KEY`, as Mobilizon writes it).
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, der) = disarm(pem)?;
        if !matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY") {
            return Err(KeyError::Label(label.to_owned()));
        }
        let rejected = |e: KeyRejected| KeyError::NotRsa(e.to_string());
        let public = PublicKey::from_der(&der).map_err(rejected)?;
        let modulus = public.modulus();
        let modulus = modulus.big_endian_without_leading_zero();
        let bits = modulus.len() * 8 - modulus.first().map_or(0, |b| b.leading_zeros() as usize);
        if !BITS.contains(&bits) {
            return Err(KeyError::Size(bits));
        }
        let bytes = public.as_ref();
        let v1_5 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bytes).map_err(rejected)?;
        let pss = ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA512, bytes).map_err(rejected)?;
        Ok(VerifyingKey(Kind::Rsa {
            v1_5: Arc::new(v1_5),
            pss: Arc::new(pss),
        }))
    }

    /// Reads a Multikey's `publicKeyMultibase` (FEP-521a): `z`, and an Ed25519 key in base 58.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let digits = text
            .strip_prefix('z')
            .filter(|digits| digits.len() <= MULTIBASE_MAX)
            .ok_or(KeyError::Multibase)?;
        let bytes = base58(digits).ok_or(KeyError::Multibase)?;
        let key = bytes
            .strip_prefix(&ED25519_PUB)
            .filter(|key| key.len() == ED25519_LENGTH)
            .ok_or(KeyError::Multibase)?;
        let key = ParsedPublicKey::new(&ED25519, key).map_err(|_| KeyError::Multibase)?;
        Ok(VerifyingKey(Kind::Ed25519(Arc::new(key))))
    }

    /// Whether `signature` (raw bytes) is this key's over `data`, made in the way that keys of its
    /// kind are used with: PKCS1-v1_5 with SHA-256, or Ed25519.
    pub fn verify(&self, data: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Rsa { v1_5: key, .. } | Kind::Ed25519(key) => {
                key.verify_sig(data, signature).is_ok()
            }
        }
    }

    /// The same for a signature that says how it was made; never true for a key of another kind.
    pub fn verify_as(&self, algorithm: Algorithm, data: &[u8], signature: &[u8]) -> bool {
        let key = match (&self.0, algorithm) {
            (Kind::Rsa { v1_5, .. }, Algorithm::RsaV15Sha256) => v1_5,
            (Kind::Rsa { pss, .. }, Algorithm::RsaPssSha512) => pss,
            (Kind::Ed25519(key), Algorithm::Ed25519) => key,
            _ => return false,
        };
        key.verify_sig(data, signature).is_ok()
    }
}

/// Bitcoin's alphabet, as multibase's `z` has it.
fn base58(digits: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    // Least significant byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in digits.bytes() {
        let mut carry = ALPHABET.iter().position(|c| *c == digit)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = digits.bytes().take_while(|digit| *digit == b'1').count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multikey_is_read_and_no_other_multibase() {
        // The example of FEP-521a.
        let key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4sHLAnpX";
        assert!(VerifyingKey::from_multibase(key).is_ok());
        for wrong in [
            "",
            "z",
            "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4sHLAnpX",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4sHLAnp0",
            "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
            "z111111111111111111111111111111111111111111111111",
        ] {
            assert!(VerifyingKey::from_multibase(wrong).is_err(), "{wrong}");
        }
        assert!(VerifyingKey::from_multibase(&format!("z{}", "z".repeat(500))).is_err());
        assert_eq!(base58("11").unwrap(), [0, 0]);
        assert_eq!(base58("2NEpo7TZRRrLZSi2U").unwrap(), b"Hello World!");
    }
}
