//! Activities: who does what to which object, for whom.

mod within;

use serde_json::Value;
use url::Url;

use super::content::Content;
use super::error::ReadError;
use super::object::{Around, Thing, is_about_another, thing};
use super::value::{
    Class, boolean, field, many, optional_url, required_url, text, time, type_words, urls,
};
use crate::activitystreams::PUBLIC;
use crate::domain::time::Timestamp;
use within::{
    all_announced, answered_follow, created, not_taken, nothing_written, resolved_flag, single,
};

/// Activities within activities: an announced undo of a lock is three, nobody needs more than four.
const MAX_NESTING: usize = 4;

/// Whom something is for. Public is always spelled as [`PUBLIC`]; unusable entries are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    pub to: Vec<Url>,
    pub cc: Vec<Url>,
    pub audience: Vec<Url>,
    /// Neither `to` nor `cc` is there at all.
    pub unstated: bool,
}

impl Addressing {
    /// Whether everybody may see it: Public in `to` or `cc`.
    pub fn is_public(&self) -> bool {
        let mut seen_by = self.to.iter().chain(&self.cc);
        seen_by.any(|url| matches!(url.as_str(), PUBLIC | "as:Public"))
    }

    pub fn all(&self) -> impl Iterator<Item = &Url> {
        self.to.iter().chain(&self.cc).chain(&self.audience)
    }
}

/// The addressing of an activity or an object.
pub fn read_addressing(value: &Value) -> Addressing {
    Addressing {
        to: urls(value, "to"),
        cc: urls(value, "cc"),
        audience: urls(value, "audience"),
        unstated: value.get("to").is_none() && value.get("cc").is_none(),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Nested activities, and transient ones, may have none.
    pub id: Option<Url>,
    pub actor: Url,
    pub addressing: Addressing,
    pub published: Option<Timestamp>,
    pub verb: Verb,
}

/// What is done. `reason` is what a moderator wrote for others to read.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    Follow {
        object: Url,
    },
    Accept {
        follow: FollowRef,
    },
    Reject {
        follow: FollowRef,
    },
    /// An activity of ours is refused, which others say by a status (NodeBB).
    NotTaken(NotTaken),
    Undo {
        activity: Undone,
        reason: Option<String>,
        /// Lemmy: whether what was removed with a ban comes back with its end.
        restore_data: bool,
    },
    Create {
        object: Box<Content>,
    },
    /// One Create of several things (the votes of GoToSocial before 0.18); those that can be read.
    CreateMany {
        objects: Vec<Content>,
    },
    /// A Create whose object is only an id.
    CreateReference {
        object: Url,
    },
    Update {
        object: Box<Thing>,
    },
    Delete {
        object: Url,
        reason: Option<String>,
        /// Lemmy: whether a deleted person's contributions go as well.
        remove_data: Option<bool>,
    },
    Like {
        object: Url,
    },
    Dislike {
        object: Url,
    },
    Announce {
        object: Announced,
    },
    Add {
        object: Url,
        target: Url,
    },
    Remove {
        object: Url,
        target: Url,
    },
    Lock {
        object: Url,
        reason: Option<String>,
    },
    /// A ban from a group or a site, `target` (Lemmy). A person's own Block has no target and is `Other`.
    Block {
        object: Url,
        target: Url,
        reason: Option<String>,
        remove_data: bool,
        expires: Option<Timestamp>,
    },
    /// A moderator's word to an author about what they wrote (Lemmy).
    Warn {
        object: Url,
        reason: Option<String>,
    },
    /// Never without an object; Mastodon puts the person first, then what they wrote.
    Flag {
        objects: Vec<Url>,
        reason: Option<String>,
    },
    /// A moderator has dealt with a report (Lemmy 1.0).
    Resolve {
        flag: FlagRef,
    },
    /// An actor goes on under another address; or a thread, or its `context`, goes from one group to
    /// another (FEP-f15d, PieFed, NodeBB).
    Move {
        object: Url,
        origin: Option<Url>,
        target: Url,
    },
    /// One answer of a poll is chosen (PieFed).
    PollVote {
        object: Url,
        choice: String,
    },
    /// A comment that was held back is let through (PeerTube).
    ApproveReply {
        object: Url,
    },
    /// An activity we have no use for, by its type.
    Other {
        kind: String,
    },
}

/// The Follow that is answered: its id, or as much of it as was embedded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowRef {
    pub id: Option<Url>,
    pub actor: Option<Url>,
    pub object: Option<Url>,
}

/// As much of a refused activity as its refusal tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    pub kind: String,
    pub actor: Url,
    pub object: Url,
}

/// The Flag that is resolved: its id, or as much of it as was embedded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagRef {
    pub id: Option<Url>,
    pub actor: Option<Url>,
    pub objects: Vec<Url>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Undone {
    Activity(Box<Activity>),
    Reference(Url),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Announced {
    /// A boost, or something to fetch.
    Reference(Url),
    /// An activity a group passes on (FEP-1b12), read and as sent.
    Activity(Box<Activity>, Value),
    Object(Box<Thing>),
    /// Several at once (PieFed, FEP-4248); those that can be read.
    Many(Vec<Announced>),
}

/// Reads an activity. Types that are no activities are refused; unknown ones become [`Verb::Other`].
pub fn read_activity(value: &Value) -> Result<Activity, ReadError> {
    activity_at(value, None, 1)
}

fn activity_at(value: &Value, undoer: Option<&Url>, level: usize) -> Result<Activity, ReadError> {
    if level > MAX_NESTING {
        return Err(ReadError::TooDeep);
    }
    let kind = match Class::of(value) {
        None => return Err(ReadError::Missing { field: "type" }),
        Some(Class::Activity(kind) | Class::Unknown(kind)) => kind,
        Some(_) => {
            return Err(ReadError::WrongType {
                field: "type",
                expected: "an activity",
                found: type_words(value),
            });
        }
    };
    let id = match field(value, "id") {
        Some(_) => Some(required_url(value, "id")?),
        None => None,
    };
    let actor = match (field(value, "actor"), undoer) {
        // Who undoes something of their own may leave out that it was theirs.
        (None, Some(undoer)) => undoer.clone(),
        _ => required_url(value, "actor")?,
    };
    let addressing = read_addressing(value);
    let verb = verb(value, kind, &actor, &addressing, level)?;
    Ok(Activity {
        id,
        actor,
        addressing,
        published: time(value, "published"),
        verb,
    })
}

fn verb(
    value: &Value,
    kind: String,
    actor: &Url,
    addressing: &Addressing,
    level: usize,
) -> Result<Verb, ReadError> {
    let object = || required_url(value, "object");
    let target = || required_url(value, "target");
    let reason = || text(value, "summary");
    let around = || Some(Around { actor, addressing });
    Ok(match kind.as_str() {
        "Follow" => Verb::Follow { object: object()? },
        "Reject" if let Some(refused) = not_taken(value) => Verb::NotTaken(refused),
        "Accept" | "Reject" => match (answered_follow(value)?, kind.as_str()) {
            (Some(follow), "Accept") => Verb::Accept { follow },
            (Some(follow), _) => Verb::Reject { follow },
            (None, _) => Verb::Other { kind },
        },
        "Undo" => {
            let inner = single(value)?;
            let activity = match Class::of(inner) {
                None => Undone::Reference(object()?),
                Some(_) => Undone::Activity(Box::new(activity_at(inner, Some(actor), level + 1)?)),
            };
            Verb::Undo {
                activity,
                reason: reason(),
                restore_data: boolean(value, "restoreData").unwrap_or(false),
            }
        }
        // An edit or a copy of something else (Ibis, PeerTube) is no contribution by itself.
        "Create" | "Update" if is_about_another(single(value)?) => Verb::Other { kind },
        "Create" if many(value, "object").len() > 1 => created(value, around)?,
        "Create" => match thing(single(value)?, around())? {
            Thing::Content(object) => Verb::Create { object },
            Thing::Reference(object) => Verb::CreateReference { object },
            Thing::Actor(_) | Thing::Tombstone(_) => {
                return Err(nothing_written(single(value)?));
            }
        },
        "Update" => Verb::Update {
            object: Box::new(thing(single(value)?, around())?),
        },
        "Delete" => Verb::Delete {
            object: object()?,
            // If only empty: by it Lemmy tells a removal from a deletion.
            reason: reason().or_else(|| field(value, "summary")?.as_str().map(|_| String::new())),
            remove_data: boolean(value, "removeData"),
        },
        "Like" => Verb::Like { object: object()? },
        "Dislike" => Verb::Dislike { object: object()? },
        "Announce" => Verb::Announce {
            object: all_announced(value, level)?,
        },
        "Add" => Verb::Add {
            object: object()?,
            target: target()?,
        },
        "Remove" => Verb::Remove {
            object: object()?,
            target: target()?,
        },
        "Lock" => Verb::Lock {
            object: object()?,
            reason: reason(),
        },
        "Warn" => Verb::Warn {
            object: object()?,
            reason: reason(),
        },
        "Block" if field(value, "target").is_some() => Verb::Block {
            object: object()?,
            target: target()?,
            reason: reason(),
            remove_data: boolean(value, "removeData").unwrap_or(false),
            expires: time(value, "endTime").or_else(|| time(value, "expires")),
        },
        "Flag" => {
            // The first must be sound, so that a report about nothing names its fault.
            object()?;
            Verb::Flag {
                objects: urls(value, "object"),
                reason: reason().or_else(|| text(value, "content")),
            }
        }
        "Resolve" => match resolved_flag(value)? {
            Some(flag) => Verb::Resolve { flag },
            None => Verb::Other { kind },
        },
        "Move" => Verb::Move {
            object: object()?,
            origin: optional_url(value, "origin"),
            target: target()?,
        },
        "PollVote" => match text(value, "choice_text") {
            Some(choice) => Verb::PollVote {
                object: object()?,
                choice,
            },
            None => Verb::Other { kind },
        },
        "ApproveReply" => Verb::ApproveReply { object: object()? },
        _ => Verb::Other { kind },
    })
}
