//! Activities of ours, addressed as Lemmy addresses them.

use serde_json::{Value, json};
use url::Url;

use super::fields::{Document, list, public};
use crate::activitystreams::PUBLIC;
use crate::domain::time::Timestamp;

const AUDIENCE: [&str; 3] = ["to", "cc", "audience"];

fn activity(kind: &str, id: &Url, actor: &Url) -> Document {
    Document::identified(kind, id).with("actor", actor.as_str())
}

/// To everybody, with the group in copy and as audience.
fn in_group(document: Document, group: &Url) -> Document {
    document
        .with("to", vec![public()])
        .with("cc", vec![Value::from(group.as_str())])
        .with("audience", group.as_str())
}

/// A document that goes into another one leaves its context behind.
fn embedded(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        // Not `remove`, which would shuffle the others.
        members.shift_remove("@context");
    }
    value
}

pub fn follow(id: &Url, actor: &Url, object: &Url) -> Value {
    activity("Follow", id, actor)
        .with("to", vec![Value::from(object.as_str())])
        .with("object", object.as_str())
        .done()
}

/// `follow` is embedded whole, as it was received: Lemmy matches its id, Mastodon its actor and object.
pub fn accept(id: &Url, actor: &Url, follow: Value) -> Value {
    answer("Accept", id, actor, follow)
}

pub fn reject(id: &Url, actor: &Url, follow: Value) -> Value {
    answer("Reject", id, actor, follow)
}

fn answer(kind: &str, id: &Url, actor: &Url, follow: Value) -> Value {
    let follower = follow.get("actor");
    let follower = follower.and_then(|a| a.as_str().or_else(|| a.get("id")?.as_str()));
    let to: Vec<Value> = follower.into_iter().map(Value::from).collect();
    activity(kind, id, actor)
        .with("to", to)
        .with("object", embedded(follow))
        .done()
}

/// Addressing and time are the object's.
pub fn create(id: &Url, actor: &Url, object: Value) -> Value {
    activity("Create", id, actor)
        .copying(&object, &AUDIENCE)
        .copying(&object, &["published"])
        .with("object", embedded(object))
        .done()
}

/// As [`create`]; an actor, which has no addressing of its own, goes to everybody and its followers.
pub fn update(id: &Url, actor: &Url, object: Value) -> Value {
    let is_actor = object.get("inbox").is_some();
    let document = activity("Update", id, actor);
    let document = if is_actor {
        let followers: Vec<Value> = object.get("followers").into_iter().cloned().collect();
        document.with("to", vec![public()]).with("cc", followers)
    } else {
        document
            .copying(&object, &AUDIENCE)
            .copying(&object, &["published"])
    };
    document.with("object", embedded(object)).done()
}

/// A moderator's change of a group: to everybody, with the group in copy, as Lemmy reads it.
pub fn update_group(id: &Url, actor: &Url, group: &Url, document: Value) -> Value {
    in_group(activity("Update", id, actor), group)
        .with("object", embedded(document))
        .done()
}

/// With a `group` the deletion of a contribution there; with a `reason` its removal by a moderator.
/// Without a group, of an actor.
pub fn delete(
    id: &Url,
    actor: &Url,
    object: &Url,
    group: Option<&Url>,
    reason: Option<&str>,
) -> Value {
    let document = activity("Delete", id, actor);
    let document = match group {
        Some(group) => in_group(document, group),
        None => document.with("to", vec![public()]),
    };
    document
        .with("object", object.as_str())
        .with_some("summary", reason)
        .done()
}

/// Of a deletion, what it deletes as what that is by now; not of one who deletes themselves, and nothing else.
pub fn with_tombstone(mut activity: Value) -> Value {
    if activity["type"] != "Delete" || activity["object"] == activity["actor"] {
        return activity;
    }
    if let Some(object) = activity
        .get_mut("object")
        .filter(|object| object.is_string())
    {
        *object = json!({"id": object.take(), "type": "Tombstone"});
    }
    activity
}

/// A person leaves for good. What they wrote goes as well if `removeData` is true, and Lemmy keeps it else.
pub fn farewell(id: &Url, person: &Url, with_writings: bool) -> Value {
    activity("Delete", id, person)
        .with("to", vec![public()])
        .with("object", person.as_str())
        .with("removeData", with_writings)
        .done()
}

/// `inner` is embedded whole; its addressing becomes that of the undoing.
pub fn undo(id: &Url, actor: &Url, inner: Value) -> Value {
    activity("Undo", id, actor)
        .copying(&inner, &AUDIENCE)
        .with("object", embedded(inner))
        .done()
}

pub fn like(id: &Url, actor: &Url, object: &Url, group: &Url) -> Value {
    vote("Like", id, actor, object, group)
}

pub fn dislike(id: &Url, actor: &Url, object: &Url, group: &Url) -> Value {
    vote("Dislike", id, actor, object, group)
}

/// Votes are addressed to nobody: they concern the group, which tells its followers.
fn vote(kind: &str, id: &Url, actor: &Url, object: &Url, group: &Url) -> Value {
    activity(kind, id, actor)
        .with("object", object.as_str())
        .with("audience", group.as_str())
        .done()
}

/// What a group tells its followers: a whole activity (FEP-1b12), or an object's id as a string, which
/// Mastodon's kind shows as a boost.
pub fn announce(
    id: &Url,
    group: &Url,
    followers: &Url,
    object: Value,
    published: Option<Timestamp>,
) -> Value {
    activity("Announce", id, group)
        .with("to", vec![public()])
        .with("cc", vec![Value::from(followers.as_str())])
        .with("object", embedded(object))
        .with_time("published", published)
        .done()
}

/// A report about one thing in a group, as Lemmy and its kind take it. Lemmy looks for the reason in
/// `summary`, others in `content`.
pub fn flag(id: &Url, actor: &Url, object: &Url, group: &Url, reason: Option<&str>) -> Value {
    activity("Flag", id, actor)
        .with("to", vec![Value::from(group.as_str())])
        .with("audience", group.as_str())
        .with("object", object.as_str())
        .with_some("summary", reason)
        .with_some("content", reason)
        .done()
}

/// A report as Mastodon and its kind take it: the person first, then what they wrote.
pub fn flag_person(
    id: &Url,
    actor: &Url,
    person: &Url,
    written: Option<&Url>,
    reason: &str,
) -> Value {
    let objects = [Some(person), written].into_iter().flatten();
    let objects: Vec<Value> = objects.map(|url| Value::from(url.as_str())).collect();
    activity("Flag", id, actor)
        .with("to", person.as_str())
        .with("object", objects)
        .with("content", reason)
        .done()
}

/// A moderator has dealt with a report (Lemmy 1.0).
pub fn resolve(id: &Url, actor: &Url, group: &Url, flag: Value) -> Value {
    activity("Resolve", id, actor)
        .with("to", vec![Value::from(group.as_str())])
        .with("audience", group.as_str())
        .with("object", embedded(flag))
        .done()
}

/// What a group passes on to some people alone, and to nobody else.
pub fn forward(id: &Url, group: &Url, to: &[Url], object: Value) -> Value {
    activity("Announce", id, group)
        .with("to", list(to))
        .with("object", embedded(object))
        .done()
}

/// As [`undo`], with a moderator's reason for it.
pub fn undo_because(id: &Url, actor: &Url, inner: Value, reason: Option<&str>) -> Value {
    let mut undo = undo(id, actor, inner);
    if let (Some(members), Some(reason)) = (undo.as_object_mut(), reason) {
        members.insert("summary".to_owned(), reason.into());
    }
    undo
}

/// Closes a thread, or what answers a comment, for further comments (Lemmy).
pub fn lock(id: &Url, actor: &Url, object: &Url, group: &Url, reason: Option<&str>) -> Value {
    in_group(activity("Lock", id, actor), group)
        .with("object", object.as_str())
        .with_some("summary", reason)
        .done()
}

/// A ban as Lemmy tells it.
pub struct BlockOut<'a> {
    pub person: &'a Url,
    /// The group, or the site's actor.
    pub place: &'a Url,
    pub place_is_group: bool,
    /// `None` leaves the member out, as in a ban that is undone.
    pub remove_data: Option<bool>,
    pub reason: Option<&'a str>,
    pub expires: Option<Timestamp>,
}

pub fn block(id: &Url, actor: &Url, block: &BlockOut<'_>) -> Value {
    let document = activity("Block", id, actor);
    let document = if block.place_is_group {
        in_group(document, block.place)
    } else {
        let nobody: Vec<Value> = Vec::new();
        document.with("to", vec![public()]).with("cc", nobody)
    };
    document
        .with("object", block.person.as_str())
        .with("target", block.place.as_str())
        .with_some("removeData", block.remove_data)
        .with_some("summary", block.reason)
        // The older name and the newer one.
        .with_time("expires", block.expires)
        .with_time("endTime", block.expires)
        .done()
}

/// The end of a ban; `restored`: what was removed with it comes back.
pub fn unblock(id: &Url, actor: &Url, block: Value, restored: bool) -> Value {
    let mut undo = undo(id, actor, block);
    if let Some(members) = undo.as_object_mut()
        && restored
    {
        members.insert("restoreData".to_owned(), true.into());
    }
    undo
}

/// A moderator's word to an author about what they wrote.
pub fn warn(
    id: &Url,
    actor: &Url,
    author: &Url,
    object: &Url,
    group: &Url,
    reason: Option<&str>,
) -> Value {
    activity("Warn", id, actor)
        .with("to", vec![Value::from(author.as_str())])
        .with("object", object.as_str())
        .with_some("summary", reason)
        .with("audience", group.as_str())
        .done()
}

/// Into one of the group's collections: a post into `featured`, a person into `moderators`.
pub fn add(id: &Url, actor: &Url, object: &Url, target: &Url, group: &Url) -> Value {
    moved("Add", id, actor, object, target, group)
}

/// Out of one of the group's collections; see [`add`].
pub fn remove(id: &Url, actor: &Url, object: &Url, target: &Url, group: &Url) -> Value {
    moved("Remove", id, actor, object, target, group)
}

fn moved(kind: &str, id: &Url, actor: &Url, object: &Url, target: &Url, group: &Url) -> Value {
    in_group(activity(kind, id, actor), group)
        .with("object", object.as_str())
        .with("target", target.as_str())
        .done()
}

/// An actor goes on under another address; to its followers.
pub fn move_to(id: &Url, actor: &Url, target: &Url, followers: &Url) -> Value {
    activity("Move", id, actor)
        .with("to", vec![Value::from(followers.as_str())])
        .with("object", actor.as_str())
        .with("target", target.as_str())
        .done()
}

/// A thread goes from one group to another (FEP-f15d).
pub fn move_thread(id: &Url, actor: &Url, object: &Url, origin: &Url, target: &Url) -> Value {
    let groups = [origin, target].map(|group| Value::from(group.as_str()));
    activity("Move", id, actor)
        .with("to", vec![public()])
        .with("cc", groups.to_vec())
        .with("object", object.as_str())
        .with("origin", origin.as_str())
        .with("target", target.as_str())
        .done()
}

/// Everybody among those it is for becomes the followers of a group, in what is said and in all that it
/// carries.
pub fn only_for(mut said: Value, followers: &Url) -> Value {
    let everybody = |id: &Value| matches!(id.as_str(), Some(PUBLIC | "as:Public" | "Public"));
    for name in ["to", "cc"] {
        match said.get_mut(name) {
            Some(Value::Array(ids)) => {
                let had = ids.len();
                ids.retain(|id| !everybody(id));
                let followers = Value::from(followers.as_str());
                if ids.len() < had && !ids.contains(&followers) {
                    ids.push(followers);
                }
            }
            Some(id) if everybody(id) => *id = followers.as_str().into(),
            _ => {}
        }
    }
    if let Some(object) = said.get_mut("object").filter(|object| object.is_object()) {
        *object = only_for(object.take(), followers);
    }
    said
}
