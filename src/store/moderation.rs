//! What moderators have to do with the items of a list: who is banned from where, what is pinned on the
//! front page, locked or hidden, and who removed what, why. A fixed number of queries a list.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;

use super::actors::{self, ActorBrief};
use super::modlog::{self, ModlogRow};
use super::schema::{accounts, moderators};
use super::{Conn, StoreError, bans, marks};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::time::Timestamp;

/// Who removed something, and why.
#[derive(Clone, Debug)]
pub struct Removal {
    pub by: Arc<ActorBrief>,
    pub reason: Option<String>,
}

/// Of one thread, comment or group in a list.
#[derive(Clone, Debug, Default)]
pub struct Moderation {
    /// From the group.
    pub author_banned: bool,
    pub viewer_banned: bool,
    /// Looks after the group, or administers this site: sees what was removed.
    pub viewer_moderates: bool,
    pub group_hidden: bool,
    /// A thread on the front page; of a comment, its thread.
    pub pinned_on_site: bool,
    /// A comment that nobody can answer.
    pub locked: bool,
    pub removal: Option<Removal>,
}

/// Read for a whole list.
pub struct Moderated {
    banned: HashSet<(ActorId, ActorId)>,
    hidden: HashSet<ActorId>,
    pins: HashSet<PostId>,
    locks: HashSet<CommentId>,
    posts: HashMap<PostId, ModlogRow>,
    comments: HashMap<CommentId, ModlogRow>,
    moderators: HashMap<ActorId, Arc<ActorBrief>>,
    viewer: Option<ActorId>,
    viewer_is_admin: bool,
    viewer_looks_after: HashSet<ActorId>,
}

/// What a list is of.
#[derive(Default)]
pub struct Asked {
    pub groups: Vec<ActorId>,
    pub people: Vec<ActorId>,
    pub posts: Vec<PostId>,
    pub comments: Vec<CommentId>,
    /// Of those, what is removed.
    pub removed_posts: Vec<PostId>,
    pub removed_comments: Vec<CommentId>,
    pub viewer: Option<ActorId>,
}

/// Whether somebody administers this site, and which of these groups they look after.
fn powers(
    conn: &mut Conn,
    person: ActorId,
    groups: &[ActorId],
) -> Result<(bool, HashSet<ActorId>), StoreError> {
    let admin = accounts::table
        .find(person)
        .select(accounts::admin)
        .first(conn)
        .optional()?;
    let looks_after = moderators::table
        .filter(moderators::group_id.eq_any(groups.to_vec()))
        .filter(moderators::person_id.eq(person))
        .select(moderators::group_id)
        .load::<ActorId>(conn)?;
    Ok((admin.unwrap_or(false), looks_after.into_iter().collect()))
}

impl Moderated {
    pub fn load(conn: &mut Conn, asked: Asked) -> Result<Self, StoreError> {
        let mut people = asked.people;
        people.extend(asked.viewer);
        let posts = modlog::last_of_posts(conn, &asked.removed_posts)?;
        let comments = modlog::last_of_comments(conn, &asked.removed_comments)?;
        let entries = posts.values().chain(comments.values());
        let by: Vec<ActorId> = entries.map(|row| row.moderator_id).collect();
        let (viewer_is_admin, viewer_looks_after) = match asked.viewer {
            Some(viewer) => powers(conn, viewer, &asked.groups)?,
            None => (false, HashSet::new()),
        };
        let moderators = if by.is_empty() {
            Vec::new()
        } else {
            actors::briefs(conn, &by)?
        };
        Ok(Moderated {
            banned: bans::among(conn, &asked.groups, &people, Timestamp::now())?,
            hidden: marks::hidden_groups(conn, &asked.groups)?,
            pins: marks::pinned_on_site(conn, &asked.posts)?,
            locks: marks::locked_comments(conn, &asked.comments)?,
            posts,
            comments,
            moderators: moderators
                .into_iter()
                .map(|actor| (actor.id, Arc::new(actor)))
                .collect(),
            viewer: asked.viewer,
            viewer_is_admin,
            viewer_looks_after,
        })
    }

    pub fn of_group(&self, group: ActorId) -> Moderation {
        let viewer = self.viewer.map(|viewer| (group, viewer));
        Moderation {
            viewer_banned: viewer.is_some_and(|pair| self.banned.contains(&pair)),
            viewer_moderates: self.viewer_is_admin || self.viewer_looks_after.contains(&group),
            group_hidden: self.hidden.contains(&group),
            ..Moderation::default()
        }
    }

    pub fn of_post(&self, group: ActorId, author: ActorId, post: PostId) -> Moderation {
        Moderation {
            author_banned: self.banned.contains(&(group, author)),
            pinned_on_site: self.pins.contains(&post),
            removal: self.removal(self.posts.get(&post)),
            ..self.of_group(group)
        }
    }

    pub fn of_comment(
        &self,
        group: ActorId,
        author: ActorId,
        post: PostId,
        comment: CommentId,
    ) -> Moderation {
        Moderation {
            locked: self.locks.contains(&comment),
            removal: self.removal(self.comments.get(&comment)),
            ..self.of_post(group, author, post)
        }
    }

    fn removal(&self, entry: Option<&ModlogRow>) -> Option<Removal> {
        let entry = entry.filter(|entry| !entry.undone)?;
        Some(Removal {
            by: self.moderators.get(&entry.moderator_id)?.clone(),
            reason: entry.reason.clone(),
        })
    }
}
