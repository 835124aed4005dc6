//! Argon2id for passwords. Slow on purpose: call it off the async threads.

use std::sync::LazyLock;

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHash as Phc, PasswordHasher, PasswordVerifier};

use crate::community::CommunityError;
use crate::domain::limits::Password;
use crate::store::StoreError;

/// A PHC string. Only this module makes one of a password.
#[derive(Clone, Debug)]
pub struct PasswordHash(pub(super) String);

/// For names that nobody has: checking it takes as long as checking a real one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_text("nobody's password").ok());

/// Argon2id with the crate's defaults (19 MiB, two passes: OWASP's first choice) and a random salt.
pub fn hash(password: &Password) -> Result<PasswordHash, CommunityError> {
    hash_text(password.as_str()).map(PasswordHash)
}

fn hash_text(password: &str) -> Result<String, CommunityError> {
    let failed = |what: String| CommunityError::Store(StoreError::Unavailable(what));
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| failed("no random numbers".to_owned()))?;
    let salt = SaltString::encode_b64(&salt).map_err(|e| failed(e.to_string()))?;
    let hash = Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map_err(|e| failed(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password fits; `None` for the hash of somebody who does not exist.
pub fn verify(hash: Option<&str>, password: &str) -> bool {
    let known = hash.is_some();
    let Some(text) = hash.or(NOBODY.as_deref()) else {
        return false;
    };
    let Ok(parsed) = Phc::new(text) else {
        return false;
    };
    // Longer input than any password may have would only burn time.
    let password = password.as_bytes();
    let fits =
        password.len() <= 1_024 && Argon2::default().verify_password(password, &parsed).is_ok();
    fits && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits_and_nobody_has_one() {
        let hash = hash(&Password::parse("correct horse battery").unwrap()).unwrap();
        assert!(hash.0.starts_with("$argon2id$"));
        assert!(verify(Some(&hash.0), "correct horse battery"));
        assert!(!verify(Some(&hash.0), "correct horse"));
        assert!(!verify(None, "nobody's password"));
    }
}
