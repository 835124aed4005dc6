//! What an activity carries within it: what was written, what is announced, the Follow or the report that
//! is answered. Pure.

use serde_json::Value;
use url::Url;

use super::{Announced, FlagRef, FollowRef, NotTaken, Verb, activity_at};
use crate::activitystreams::read::content::Content;
use crate::activitystreams::read::error::{ReadError, shortened};
use crate::activitystreams::read::object::{Around, Thing, thing};
use crate::activitystreams::read::value::{
    Class, field, many, optional_url, required_url, text, type_words, url_of, urls,
};

/// More choices has no poll.
const CREATED_AT_ONCE: usize = 50;

/// The object of an activity that has one: the first, where several are given.
pub(super) fn single(value: &Value) -> Result<&Value, ReadError> {
    let mut objects = many(value, "object").iter().filter(|v| !v.is_null());
    objects.next().ok_or(ReadError::Missing { field: "object" })
}

/// Several things that were written; where only one of them can be read, that.
pub(super) fn created<'a>(
    value: &Value,
    around: impl Fn() -> Option<Around<'a>>,
) -> Result<Verb, ReadError> {
    let given = many(value, "object").iter().filter(|v| !v.is_null());
    let mut objects: Vec<Content> = given
        .take(CREATED_AT_ONCE)
        .filter_map(|object| match thing(object, around()) {
            Ok(Thing::Content(content)) => Some(*content),
            _ => None,
        })
        .collect();
    match objects.len() {
        0 => match thing(single(value)?, around())? {
            Thing::Reference(object) => Ok(Verb::CreateReference { object }),
            _ => Err(nothing_written(single(value)?)),
        },
        1 => Ok(Verb::Create {
            object: Box::new(objects.remove(0)),
        }),
        _ => Ok(Verb::CreateMany { objects }),
    }
}

pub(super) fn nothing_written(object: &Value) -> ReadError {
    ReadError::WrongType {
        field: "object",
        expected: "something written",
        found: type_words(object),
    }
}

/// `None` when something other than a Flag is resolved.
pub(super) fn resolved_flag(value: &Value) -> Result<Option<FlagRef>, ReadError> {
    let flag = single(value)?;
    match Class::of(flag) {
        None => Ok(Some(FlagRef {
            id: Some(required_url(value, "object")?),
            ..FlagRef::default()
        })),
        Some(Class::Activity(kind)) if kind == "Flag" => Ok(Some(FlagRef {
            id: url_of(flag),
            actor: optional_url(flag, "actor"),
            objects: urls(flag, "object"),
        })),
        Some(_) => Ok(None),
    }
}

/// What NodeBB says in place of a status when it will not have an activity: its type, whose it was, as
/// `target`, and what it was about.
pub(super) fn not_taken(value: &Value) -> Option<NotTaken> {
    let refused = single(value).ok()?;
    if field(refused, "actor").is_some() {
        return None;
    }
    Some(NotTaken {
        kind: text(refused, "type")?,
        actor: optional_url(refused, "target")?,
        object: optional_url(refused, "object")?,
    })
}

/// `None` when something other than a Follow is answered, such as a Join or an Offer.
pub(super) fn answered_follow(value: &Value) -> Result<Option<FollowRef>, ReadError> {
    let follow = single(value)?;
    match Class::of(follow) {
        None => Ok(Some(FollowRef {
            id: Some(required_url(value, "object")?),
            actor: optional_url(follow, "actor"),
            object: optional_url(follow, "object"),
        })),
        Some(Class::Activity(kind)) if kind == "Follow" => {
            let followed = FollowRef {
                id: url_of(follow),
                actor: optional_url(follow, "actor"),
                object: optional_url(follow, "object"),
            };
            if followed.id.is_none() && (followed.actor.is_none() || followed.object.is_none()) {
                return Err(ReadError::WrongType {
                    field: "object",
                    expected: "a Follow with its id, or its actor and object",
                    found: shortened(&follow.to_string()),
                });
            }
            Ok(Some(followed))
        }
        Some(_) => Ok(None),
    }
}

pub(super) fn all_announced(value: &Value, level: usize) -> Result<Announced, ReadError> {
    let first = single(value)?;
    let given = many(value, "object").iter().filter(|v| !v.is_null());
    let mut read: Vec<Announced> = given
        .filter_map(|inner| announced(inner, level).ok())
        .collect();
    match read.len() {
        0 => match numbered_post(value, first) {
            Some(post) => Ok(Announced::Reference(post)),
            None => announced(first, level),
        },
        1 => Ok(read.remove(0)),
        _ => Ok(Announced::Many(read)),
    }
}

/// Taking back a boost, NodeBB names a post of its own by its number alone; the boost's id begins with the
/// post's.
fn numbered_post(announce: &Value, object: &Value) -> Option<Url> {
    let number = object.as_u64()?;
    let mut post = url_of(announce)?;
    post.set_fragment(None);
    Some(post).filter(|post| post.path().ends_with(&format!("/post/{number}")))
}

fn announced(inner: &Value, level: usize) -> Result<Announced, ReadError> {
    let is_activity = match Class::of(inner) {
        Some(Class::Activity(_)) => true,
        // Of a verb we do not know, these two members tell that it is one.
        Some(Class::Unknown(_)) => {
            field(inner, "actor").is_some() && field(inner, "object").is_some()
        }
        _ => false,
    };
    if is_activity {
        let activity = activity_at(inner, None, level + 1)?;
        return Ok(Announced::Activity(Box::new(activity), inner.clone()));
    }
    match thing(inner, None) {
        Ok(Thing::Reference(id)) => Ok(Announced::Reference(id)),
        Ok(object) => Ok(Announced::Object(Box::new(object))),
        // A sketch of an object is still a boost of what its id leads to.
        Err(error) => url_of(inner).map(Announced::Reference).ok_or(error),
    }
}
