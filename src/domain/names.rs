//! Names of local people and groups: one name space, so `@name@host` is never ambiguous.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// A local name: 3 to 30 of `a-z 0-9 _`, stored in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("A name has 3 to 30 characters.")]
    Length,
    #[error("A name is made of the letters a to z, digits and the underscore.")]
    Characters,
    #[error("This name is reserved.")]
    Reserved,
}

/// Names that would let somebody pass for the institution, or that stand for a path or the site actor.
const RESERVED: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "api",
    "coppice",
    "everyone",
    "help",
    "hostmaster",
    "instance",
    "mod",
    "moderator",
    "moderators",
    "official",
    "postmaster",
    "root",
    "security",
    "site",
    "staff",
    "support",
    "system",
    "webmaster",
];

impl Name {
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.len() < 3 || text.len() > 30 {
            return Err(NameError::Length);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(NameError::Characters);
        }
        let lower = text.to_ascii_lowercase();
        if RESERVED.contains(&lower.as_str()) {
            return Err(NameError::Reserved);
        }
        Ok(Name(lower))
    }

    /// For the operator at the command line, who may take reserved names too.
    pub fn parse_as_operator(text: &str) -> Result<Self, NameError> {
        match Name::parse(text) {
            Err(NameError::Reserved) => Ok(Name(text.trim().to_ascii_lowercase())),
            other => other,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_ascii_and_not_reserved() {
        assert_eq!(Name::parse(" Ann_1 ").unwrap().as_str(), "ann_1");
        assert_eq!(Name::parse("ab"), Err(NameError::Length));
        assert_eq!(Name::parse("аnna"), Err(NameError::Characters)); // Cyrillic а
        assert_eq!(Name::parse("Admin"), Err(NameError::Reserved));
        assert_eq!(Name::parse_as_operator("admin").unwrap().as_str(), "admin");
    }
}
