//! Why a document was refused, in a sentence an admin can read.

use super::bounds::MAX_DEPTH;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("this is not JSON: {0}")]
    NotJson(String),
    #[error(
        "this is nested too deeply (more than {MAX_DEPTH} levels, or activities within activities)"
    )]
    TooDeep,
    /// `limit` counts entries of a list or bytes of a text.
    #[error("{field:?} is larger than the limit of {limit}")]
    TooLarge { field: String, limit: usize },
    #[error("the key {key:?} stands twice in one object")]
    DuplicateKey { key: String },
    #[error("{field:?} is missing")]
    Missing { field: &'static str },
    #[error("{field:?} is no address to accept: {reason} ({url:?})")]
    BadUrl {
        field: &'static str,
        reason: &'static str,
        /// As received, shortened.
        url: String,
    },
    #[error("{field:?} is {found:?} where {expected} is needed")]
    WrongType {
        field: &'static str,
        expected: &'static str,
        found: String,
    },
}

/// What a stranger wrote, cut to a length fit for a message.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}
