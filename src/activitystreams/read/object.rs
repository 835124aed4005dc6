//! Objects and actors: what a fetched document, or the object of an activity, turns out to be.

use serde_json::Value;
use url::Url;

use super::activity::Addressing;
use super::actor::{ActorDoc, actor_doc};
use super::content::{Content, content};
use super::error::ReadError;
use super::value::{Class, field, required_url, type_words};

#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Actor(Box<ActorDoc>),
    Content(Box<Content>),
    /// Something deleted, by its id.
    Tombstone(Url),
    /// Only an id: the thing itself has to be fetched.
    Reference(Url),
}

/// What an embedded object may leave to the activity around it (ActivityPub, 6.2).
pub(super) struct Around<'a> {
    pub actor: &'a Url,
    pub addressing: &'a Addressing,
}

/// Reads an object or an actor. Activities and collections are refused as the wrong type.
pub fn read_object(value: &Value) -> Result<Thing, ReadError> {
    thing(value, None)
}

pub(super) fn thing(value: &Value, around: Option<Around<'_>>) -> Result<Thing, ReadError> {
    match Class::of(value) {
        None => {
            let wrapped = serde_json::json!({ "id": value });
            let holder = if value.is_object() { value } else { &wrapped };
            Ok(Thing::Reference(required_url(holder, "id")?))
        }
        Some(Class::Actor(kind)) => Ok(Thing::Actor(Box::new(actor_doc(value, kind)?))),
        Some(Class::Content(kind)) => Ok(Thing::Content(Box::new(content(value, kind, around)?))),
        // An actor of a kind that we have no use for, as the feeds of PieFed are.
        Some(Class::Unknown(_)) if field(value, "inbox").is_some() => Err(ReadError::WrongType {
            field: "type",
            expected: "an object, a person or a group",
            found: type_words(value),
        }),
        Some(Class::Unknown(_)) if is_about_another(value) => Err(ReadError::WrongType {
            field: "type",
            expected: "an object or an actor",
            found: type_words(value),
        }),
        Some(Class::Unknown(_)) => {
            let kind = super::ContentKind::Other;
            Ok(Thing::Content(Box::new(content(value, kind, around)?)))
        }
        Some(Class::Tombstone) => Ok(Thing::Tombstone(required_url(value, "id")?)),
        Some(Class::Activity(_) | Class::Collection) => Err(ReadError::WrongType {
            field: "type",
            expected: "an object or an actor",
            found: type_words(value),
        }),
    }
}

/// Something of a type that we do not know which is about another object: an edit of Ibis, a copy of a film
/// of PeerTube. It is not to be read as if somebody had written it.
pub(super) fn is_about_another(value: &Value) -> bool {
    matches!(Class::of(value), Some(Class::Unknown(_))) && field(value, "object").is_some()
}
