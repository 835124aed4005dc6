//! How a member wants to read, checked before it is kept.

use crate::community::CommunityError;
use crate::domain::ids::ActorId;
use crate::store::Tx;
use crate::store::preferences::{self, PreferencesRow};

/// Stands for texts that name no language. Most do not, so that whoever chooses languages reads them, too.
pub const UNDETERMINED: &str = "und";
const MATRIX_ID_MAX: usize = 255;
/// There are fewer languages with a code of two letters.
const LANGUAGES_MAX: usize = 200;
const FOR_APPS_MAX: usize = 4_000;

pub fn set(
    tx: &mut Tx<'_>,
    person: ActorId,
    wanted: &PreferencesRow,
) -> Result<(), CommunityError> {
    let mut row = wanted.clone();
    row.person_id = person;
    row.languages = languages(&wanted.languages())?;
    row.matrix_id = row.matrix_id.filter(|id| !id.is_empty());
    if row.matrix_id.as_deref().is_some_and(|id| !is_matrix_id(id)) {
        return Err(CommunityError::invalid(
            "matrix_id",
            "A Matrix address looks like @name:server.example.",
        ));
    }
    if row.for_apps.len() > FOR_APPS_MAX {
        return Err(CommunityError::invalid(
            "for_apps",
            "This is too much to keep.",
        ));
    }
    Ok(preferences::set(tx.conn, &row)?)
}

/// The same codes, if that is what they are.
pub(crate) fn check_languages<T: AsRef<str> + Clone>(
    codes: &[T],
) -> Result<Vec<T>, CommunityError> {
    let fits = |code: &T| {
        let code = code.as_ref();
        matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase())
    };
    if codes.len() > LANGUAGES_MAX || !codes.iter().all(fits) {
        return Err(CommunityError::invalid(
            "languages",
            "Languages are chosen by their codes, such as en or de.",
        ));
    }
    Ok(codes.to_vec())
}

fn languages(codes: &[&str]) -> Result<String, CommunityError> {
    let mut codes = check_languages(codes)?;
    if !codes.is_empty() {
        codes.push(UNDETERMINED);
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(codes.join(","))
}

fn is_matrix_id(text: &str) -> bool {
    let Some((name, server)) = text.strip_prefix('@').and_then(|id| id.split_once(':')) else {
        return false;
    };
    text.len() <= MATRIX_ID_MAX
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_graphic())
        && !server.is_empty()
        && server
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_chooses_languages_reads_what_names_none() {
        assert_eq!(languages(&[]).unwrap(), "");
        assert_eq!(languages(&["fr", "de", "fr"]).unwrap(), "de,fr,und");
        assert!(languages(&["English"]).is_err());
        assert!(languages(&["e,"]).is_err());
    }

    #[test]
    fn a_matrix_address_names_somebody_on_a_server() {
        assert!(is_matrix_id("@ann:matrix.example"));
        assert!(is_matrix_id("@ann:matrix.example:8448"));
        for text in [
            "ann:matrix.example",
            "@ann",
            "@:x",
            "@a n:x.example",
            "@ann:x/y",
        ] {
            assert!(!is_matrix_id(text), "{text}");
        }
    }
}
