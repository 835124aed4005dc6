//! Where the database is. Pure; shows no passwords.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// `sqlite:PATH`, or `postgres://…` as libpq reads it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// A libpq connection URI, password included: show it only through `Display`.
    Postgres(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    #[error("must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE")]
    Kind,
    #[error("sqlite: needs the path of a file, without parameters")]
    Path,
    #[error("the database must be a file: one in memory is lost when the server stops")]
    Memory,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseUrlError::Kind)?;
        // sqlite:///var/lib/x and sqlite://x are common spellings elsewhere.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path == ":memory:" {
            return Err(DatabaseUrlError::Memory);
        }
        if path.is_empty() || path.contains(['?', '\0']) {
            return Err(DatabaseUrlError::Path);
        }
        Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = DatabaseUrlError;
    fn try_from(text: String) -> Result<Self, DatabaseUrlError> {
        text.parse()
    }
}

/// The address with `***` in place of a password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => f.write_str(&masked(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Works on the text, not on a parsed URL: a password with stray `/`, `@` or `?` in it would make
/// a parser cut at the wrong place and show its rest.
fn masked(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let rest = match rest.rsplit_once('@') {
        Some((login, place)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:***@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let mut shown = format!("{scheme}://");
    for (i, part) in rest.split_inclusive(['?', '&']).enumerate() {
        match part.split_once('=') {
            Some((key @ ("password" | "sslpassword"), value)) if i > 0 => {
                shown.push_str(key);
                shown.push_str("=***");
                if value.ends_with('&') {
                    shown.push('&');
                }
            }
            _ => shown.push_str(part),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_database_are_read_and_others_are_refused() {
        let sqlite = |path: &str| Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        assert_eq!("sqlite:data/a.db".parse(), sqlite("data/a.db"));
        assert_eq!("sqlite:/srv/a.db".parse(), sqlite("/srv/a.db"));
        assert_eq!("sqlite:///srv/a.db".parse(), sqlite("/srv/a.db"));
        let url = "postgresql://coppice@db/coppice";
        assert_eq!(url.parse(), Ok(DatabaseUrl::Postgres(url.to_owned())));
        let refusal = |text: &str| text.parse::<DatabaseUrl>().unwrap_err();
        assert_eq!(refusal("mysql://db"), DatabaseUrlError::Kind);
        assert_eq!(refusal("data/a.db"), DatabaseUrlError::Kind);
        assert_eq!(refusal("sqlite:"), DatabaseUrlError::Path);
        assert_eq!(refusal("sqlite:a.db?mode=rwc"), DatabaseUrlError::Path);
        assert_eq!(refusal("sqlite::memory:"), DatabaseUrlError::Memory);
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            (
                "postgres://ann:s3cret@db:5432/x",
                "postgres://ann:***@db:5432/x",
            ),
            ("postgres://ann:s3/cr@et?@db/x", "postgres://ann:***@db/x"),
            (
                "postgres://db/x?user=ann&password=s3cret&sslmode=require",
                "postgres://db/x?user=ann&password=***&sslmode=require",
            ),
            (
                "postgres:///x?host=/run/postgresql",
                "postgres:///x?host=/run/postgresql",
            ),
        ] {
            let url: DatabaseUrl = url.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
        }
    }
}
