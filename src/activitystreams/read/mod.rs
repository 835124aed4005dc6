//! Reading: from JSON of unknown origin to words we understand, or a refusal that names the field.
//! Nothing here judges origin or permission; it only guarantees shapes and bounds.

mod activity;
mod actor;
mod attached;
mod bounds;
mod collection;
mod content;
mod error;
mod event;
mod object;
mod poll;
mod value;

pub use activity::{
    Activity, Addressing, Announced, FlagRef, FollowRef, NotTaken, Undone, Verb, read_activity,
    read_addressing,
};
pub use actor::{ActorDoc, MultikeyDoc, PublicKeyDoc, read_key};
pub use bounds::{MAX_DEPTH, MAX_ENTRIES, MAX_STRING, parse_json};
pub use collection::{Collection, FirstPage, read_collection};
pub use content::{Content, ContentKind};
pub use error::ReadError;
pub use event::EventDoc;
pub use object::{Thing, read_object};
pub use poll::{AnswerDoc, PollDoc};
pub use value::{MAX_URL, parse_url};
