//! Names of local people and groups: one name space, so `@name@host` is never ambiguous.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// A local name: 3 to 30 letters of one script (Latin `a-z`, Arabic or Cyrillic), digits and `_`, stored
/// in lower case. Of one script, so that no name passes for another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("A name has 3 to 30 characters.")]
    Length,
    #[error(
        "A name is made of the letters a to z, digits and the underscore. It may be all in Arabic or all in Cyrillic letters instead."
    )]
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
        let length = text.chars().count();
        if !(3..=30).contains(&length) {
            return Err(NameError::Length);
        }
        if !is_of_one_script(text) {
            return Err(NameError::Characters);
        }
        let lower = text.to_lowercase();
        if RESERVED.contains(&lower.as_str()) {
            return Err(NameError::Reserved);
        }
        Ok(Name(lower))
    }

    /// For the operator at the command line, who may take reserved names too.
    pub fn parse_as_operator(text: &str) -> Result<Self, NameError> {
        match Name::parse(text) {
            Err(NameError::Reserved) => Ok(Name(text.trim().to_lowercase())),
            other => other,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_of_one_script(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || c == '_';
    let all = |fits: fn(char) -> bool| text.chars().all(|c| plain(c) || fits(c));
    let cyrillic = |c| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | '\u{450}'..='\u{45f}' | '\u{400}'..='\u{40f}' | '\u{490}'..='\u{4ff}');
    // Letters, without marks and digits: two ways to write one name would be two names.
    let arabic = |c| matches!(c, '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}');
    if all(|c| c.is_ascii_alphabetic()) || all(arabic) {
        return true;
    }
    // What is made of look-alikes alone could be taken for a Latin name.
    let looks_latin = |c: char| plain(c) || "аеіїјоресухѕҺһԁԛԝъАВЕЅІЈКМНОРСТУХ".contains(c);
    all(cyrillic) && !text.chars().all(looks_latin)
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
        assert_eq!(Name::parse("تجريب12").unwrap().as_str(), "تجريب12");
        assert_eq!(Name::parse("Жанна_2").unwrap().as_str(), "жанна_2");
        for mixed in ["жanna", "تجريب_a", "сосо", "na me", "añb"] {
            assert_eq!(Name::parse(mixed), Err(NameError::Characters), "{mixed}");
        }
        assert_eq!(Name::parse_as_operator("admin").unwrap().as_str(), "admin");
    }
}
