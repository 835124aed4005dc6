//! What comes from elsewhere, taken in: actors, threads and comments, with every origin checked.
//!
//! Nothing here fetches. A function that lacks a document says which one it [needs](WireError::Need);
//! the caller fetches it, outside of any transaction, adds it to the [`Docs`] and tries again.

mod actors;
mod content;
mod erase;
mod groups;
mod origin;
mod text;

use std::collections::{HashMap, HashSet};

use thiserror::Error;
use url::Url;

use super::CommunityError;
use super::outgoing::Via;
use crate::activitystreams::Thing;
use crate::domain::ids::ActorId;
use crate::store::actors::ActorRow;
use crate::store::{Rollback, StoreError, Tx, standing_acts, tombstones};

pub use actors::{ensure_actor, take_in_actor};
pub use content::{
    Entry, ensure_content, ensure_told, find_content, take_in, take_in_told, update,
    want_conversation,
};
pub use erase::{erase_person, erase_some, part_with};
pub use text::private_text;

/// How something came: as our followers elsewhere hear of it, and the group elsewhere that told us of it.
#[derive(Clone, Copy)]
pub struct Coming<'a> {
    pub via: Via<'a>,
    pub told_by: Option<&'a ActorRow>,
}

impl<'a> Coming<'a> {
    /// By itself, or fetched.
    pub fn by(via: Via<'a>) -> Self {
        Coming { via, told_by: None }
    }

    /// As a group told its followers.
    pub fn told(group: &'a ActorRow) -> Self {
        Coming {
            via: Via::Here,
            told_by: Some(group),
        }
    }
}

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

/// Whether something was deleted before it came: by who wrote it, or as its group said.
pub fn was_deleted(tx: &mut Tx<'_>, id: &Url, author: ActorId) -> Result<bool, StoreError> {
    let deleted = format!("delete {id}");
    Ok(tombstones::exists(tx.conn, id)? || standing_acts::any_by(tx.conn, &deleted, author)?)
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
