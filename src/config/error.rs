//! What can be wrong with settings, said so that the operator finds the place.

use std::path::PathBuf;

use figment::error::Kind;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: cannot read this file: {cause}", path.display())]
    Unreadable {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("{}: not valid TOML: {problem}", path.display())]
    Syntax { path: PathBuf, problem: String },
    #[error("{origin}: there is no setting `{key}`{}", known_list(known))]
    UnknownKey {
        /// The file, the environment variable or the flag.
        origin: String,
        /// With dots: `federation.allow_private_addresses`.
        key: String,
        known: &'static [&'static str],
    },
    #[error("{origin}: `{key}`: {problem}")]
    BadValue {
        origin: String,
        key: String,
        problem: String,
    },
}

fn known_list(known: &[&str]) -> String {
    if known.is_empty() {
        return String::new();
    }
    format!(" (known here: {})", known.join(", "))
}

impl ConfigError {
    pub(super) fn bad(
        origin: impl Into<String>,
        key: &str,
        problem: impl std::fmt::Display,
    ) -> Self {
        ConfigError::BadValue {
            origin: origin.into(),
            key: key.to_owned(),
            problem: problem.to_string(),
        }
    }

    pub(super) fn from_figment(origin: &str, error: &figment::Error) -> Self {
        let key = error.path.join(".");
        match &error.kind {
            Kind::UnknownField(_, known) => ConfigError::UnknownKey {
                origin: origin.to_owned(),
                key,
                known,
            },
            kind => ConfigError::bad(origin, &key, kind),
        }
    }
}
