//! What comes from elsewhere, taken in: actors, threads and comments, with every origin checked.
//!
//! Nothing here fetches. A function that lacks a document says which one it [needs](WireError::Need);
//! the caller fetches it, outside of any transaction, adds it to the [`Docs`] and tries again.

mod actors;
mod content;
mod erase;
mod groups;
mod text;

use std::collections::{HashMap, HashSet};

use thiserror::Error;
use url::Url;

use super::CommunityError;
use crate::activitystreams::Thing;
use crate::domain::ids::ActorId;
use crate::store::{Rollback, StoreError};

pub use actors::{ensure_actor, take_in_actor};
pub use content::{Entry, ensure_content, find_content, take_in, update, want_conversation};
pub use erase::{erase_person, erase_some, part_with};
pub use text::private_text;

/// Why something from elsewhere is not taken in, or not yet.
#[derive(Debug, Error)]
pub enum WireError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not without this document.
    #[error("{0} is needed first")]
    Need(Url),
    /// Not before the group's own server was asked whether this person moderates it.
    #[error("whether they moderate that group is asked first")]
    Ask(Moderates),
    /// Never.
    #[error("{0}")]
    Refused(String),
}

/// Whether somebody moderates a group elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moderates {
    pub person: ActorId,
    pub group: ActorId,
}

impl WireError {
    pub fn refused(reason: impl Into<String>) -> Self {
        WireError::Refused(reason.into())
    }
}

impl From<CommunityError> for WireError {
    fn from(error: CommunityError) -> Self {
        match error {
            CommunityError::Store(error) => WireError::Store(error),
            other => WireError::Refused(other.to_string()),
        }
    }
}

impl Rollback for WireError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            WireError::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// What a fetch brought. Whoever fills this in has checked that the document's id is the address
/// it was fetched from.
#[derive(Clone, Debug)]
pub enum Doc {
    Found(Thing),
    /// The origin says that it is no more (404, 410, a Tombstone).
    Gone,
    /// It could not be had, for this reason.
    Failed(String),
}

/// Documents fetched so far for one piece of work, and what was asked for it.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    found: HashMap<Url, Doc>,
    asked: HashSet<Moderates>,
}

impl Docs {
    pub fn get(&self, url: &Url) -> Option<&Doc> {
        self.found.get(url)
    }

    pub fn insert(&mut self, url: Url, doc: Doc) {
        self.found.insert(url, doc);
    }

    /// Whether its server was asked already: what is known by now is what there is.
    pub fn has_asked(&self, question: Moderates) -> bool {
        self.asked.contains(&question)
    }

    pub fn note_asked(&mut self, question: Moderates) {
        self.asked.insert(question);
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}
