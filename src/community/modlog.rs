//! The log of moderation: every act of a moderator or administrator writes an entry, whatever the door.

use crate::domain::ids::{ActorId, CommentId, ModlogId, PostId};
use crate::domain::kinds::LoggedAct;
use crate::domain::limits::Reason;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::Audience;
use crate::store::comments::CommentRow;
use crate::store::modlog::{self, ModlogFilter, ModlogRow};
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx};

/// An entry in the making.
#[derive(Clone, Debug)]
pub struct Entry {
    moderator: ActorId,
    act: LoggedAct,
    undone: bool,
    group: Option<ActorId>,
    post: Option<PostId>,
    comment: Option<CommentId>,
    person: Option<ActorId>,
    reason: Option<String>,
    expires: Option<Timestamp>,
}

impl Entry {
    /// `done`: whether the act was done, or taken back.
    pub fn new(moderator: ActorId, act: LoggedAct, done: bool) -> Self {
        Entry {
            moderator,
            act,
            undone: !done,
            group: None,
            post: None,
            comment: None,
            person: None,
            reason: None,
            expires: None,
        }
    }

    pub fn group(mut self, group: ActorId) -> Self {
        self.group = Some(group);
        self
    }

    /// The thread, its group and its author.
    pub fn post(mut self, post: &PostRow) -> Self {
        (self.post, self.group) = (Some(post.id), Some(post.group_id));
        self.person(post.author_id)
    }

    /// The comment, its thread's group and its author.
    pub fn comment(mut self, comment: &CommentRow) -> Self {
        (self.comment, self.group) = (Some(comment.id), Some(comment.group_id));
        self.person(comment.author_id)
    }

    /// Of what was in a thread and is named no more.
    pub fn in_thread(mut self, post: &PostRow) -> Self {
        (self.post, self.group) = (Some(post.id), Some(post.group_id));
        self
    }

    pub fn person(mut self, person: ActorId) -> Self {
        self.person = Some(person);
        self
    }

    pub fn because(mut self, reason: Option<&Reason>) -> Self {
        self.reason = reason.map(|reason| reason.as_str().to_owned());
        self
    }

    /// What a rule about servers is about: it names no person, group or thread.
    pub(super) fn about(mut self, words: String) -> Self {
        self.reason = Some(words);
        self
    }

    pub fn until(mut self, expires: Option<Timestamp>) -> Self {
        self.expires = expires;
        self
    }
}

pub fn note(tx: &mut Tx<'_>, entry: Entry) -> Result<(), StoreError> {
    let row = ModlogRow {
        id: ModlogId(tx.next_id()),
        moderator_id: entry.moderator,
        act: entry.act,
        undone: entry.undone,
        group_id: entry.group,
        post_id: entry.post,
        comment_id: entry.comment,
        person_id: entry.person,
        reason: entry.reason,
        expires: entry.expires,
        created: tx.now,
    };
    modlog::insert(tx.conn, &row)
}

/// Who did last what is asked for, or took it back.
pub(super) fn last(tx: &mut Tx<'_>, asked: ModlogFilter) -> Result<Option<ActorRow>, StoreError> {
    let entry = last_entry(tx, asked)?;
    entry
        .map(|entry| actors::get(tx.conn, entry.moderator_id))
        .transpose()
}

fn last_entry(tx: &mut Tx<'_>, asked: ModlogFilter) -> Result<Option<ModlogRow>, StoreError> {
    let page = modlog::page(tx.conn, Audience::House, asked, None, 1)?;
    Ok(page.items.into_iter().next())
}

/// Whether it was `who` that did last what is asked for, and nobody took it back.
pub(crate) fn is_done_by(
    tx: &mut Tx<'_>,
    who: &ActorRow,
    asked: ModlogFilter,
) -> Result<bool, StoreError> {
    let last = last_entry(tx, asked)?;
    Ok(last.is_some_and(|last| last.moderator_id == who.id && !last.undone))
}

/// Whether an administrator of ours took a thread or comment of a group elsewhere away for this site alone:
/// then who looks after that group does not bring it back here.
pub(crate) fn is_removed_for_us_alone(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    asked: ModlogFilter,
) -> Result<bool, StoreError> {
    if group.local {
        return Ok(false);
    }
    match last(tx, asked)? {
        Some(who) if who.local => Ok(actors::role(tx.conn, group.id, who.id)?.is_none()),
        _ => Ok(false),
    }
}
