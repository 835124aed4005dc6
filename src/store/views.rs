//! What pages and API answers show: rows with the people, groups and votes around them,
//! put together from a handful of queries however long the list.

mod reports;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;

use super::actors::{self, ActorBrief};
use super::comments::{self, CommentRow};
use super::extras;
use super::groups::{self, GroupRow};
use super::moderation::{Asked, Moderated, Moderation};
use super::more;
pub use super::more::More;
use super::notifications::NotificationRow;
use super::people::{self, PersonRow};
use super::posts::{self, PostRow};
use super::schema::{accounts, moderators};
use super::{Conn, StoreError, follows, votes};
use crate::domain::extras::Extras;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{FollowState, Vote};
use crate::domain::roles::Role;
pub use reports::{ReportView, reports};

#[derive(Clone, Debug)]
pub struct PostView {
    pub post: PostRow,
    pub author: Arc<ActorBrief>,
    pub group: Arc<ActorBrief>,
    /// The viewer's.
    pub my_vote: Option<Vote>,
    pub my_follow: Option<FollowState>,
    pub author_role: Option<Role>,
    pub author_is_admin: bool,
    pub moderation: Moderation,
    pub more: More,
}

#[derive(Clone, Debug)]
pub struct CommentView {
    pub comment: CommentRow,
    pub author: Arc<ActorBrief>,
    pub post: Arc<PostRow>,
    pub group: Arc<ActorBrief>,
    pub my_vote: Option<Vote>,
    pub my_follow: Option<FollowState>,
    pub author_role: Option<Role>,
    pub author_is_admin: bool,
    pub extras: Extras,
    pub moderation: Moderation,
}

#[derive(Clone, Debug)]
pub struct GroupView {
    pub actor: ActorBrief,
    pub group: GroupRow,
    pub my_follow: Option<FollowState>,
    pub my_role: Option<Role>,
    pub moderation: Moderation,
}

#[derive(Clone, Debug)]
pub struct PersonView {
    pub actor: ActorBrief,
    pub person: PersonRow,
    pub is_admin: bool,
}

#[derive(Clone, Debug)]
pub struct NotificationView {
    pub notification: NotificationRow,
    pub actor: Arc<ActorBrief>,
    pub post: PostView,
    pub comment: Option<CommentView>,
}

type Actors = HashMap<ActorId, Arc<ActorBrief>>;

fn actors_of(conn: &mut Conn, ids: impl Iterator<Item = ActorId>) -> Result<Actors, StoreError> {
    let ids: Vec<ActorId> = ids.collect::<HashSet<_>>().into_iter().collect();
    Ok(actors::briefs(conn, &ids)?
        .into_iter()
        .map(|actor| (actor.id, Arc::new(actor)))
        .collect())
}

fn actor(actors: &Actors, id: ActorId) -> Result<Arc<ActorBrief>, StoreError> {
    actors.get(&id).cloned().ok_or(StoreError::NotFound)
}

/// Who of these people moderates which of these groups, and who administers the site.
struct Standings {
    roles: HashMap<(ActorId, ActorId), Role>,
    admins: HashSet<ActorId>,
}

impl Standings {
    fn load(
        conn: &mut Conn,
        groups: &HashSet<ActorId>,
        people: &HashSet<ActorId>,
    ) -> Result<Self, StoreError> {
        let people: Vec<ActorId> = people.iter().copied().collect();
        let roles = moderators::table
            .filter(moderators::group_id.eq_any(groups.iter().copied().collect::<Vec<_>>()))
            .filter(moderators::person_id.eq_any(people.clone()))
            .select((
                moderators::group_id,
                moderators::person_id,
                moderators::role,
            ))
            .load::<(ActorId, ActorId, Role)>(conn)?
            .into_iter()
            .map(|(group, person, role)| ((group, person), role))
            .collect();
        let admins = accounts::table
            .filter(accounts::admin.and(accounts::person_id.eq_any(people)))
            .select(accounts::person_id)
            .load::<ActorId>(conn)?
            .into_iter()
            .collect();
        Ok(Standings { roles, admins })
    }
}

/// What the viewer did: votes on these targets, follows of these groups.
struct Mine {
    votes: HashMap<i64, i16>,
    follows: HashMap<ActorId, FollowState>,
}

impl Mine {
    fn load(
        conn: &mut Conn,
        viewer: Option<ActorId>,
        targets: &[i64],
        groups: &HashSet<ActorId>,
    ) -> Result<Self, StoreError> {
        let Some(viewer) = viewer else {
            return Ok(Mine {
                votes: HashMap::new(),
                follows: HashMap::new(),
            });
        };
        let groups: Vec<ActorId> = groups.iter().copied().collect();
        Ok(Mine {
            votes: votes::of_actor(conn, viewer, targets)?,
            follows: follows::states(conn, viewer, &groups)?,
        })
    }

    fn vote(&self, target: i64) -> Option<Vote> {
        match self.votes.get(&target) {
            Some(value) if *value > 0 => Some(Vote::Up),
            Some(_) => Some(Vote::Down),
            None => None,
        }
    }
}

pub fn posts(
    conn: &mut Conn,
    rows: Vec<PostRow>,
    viewer: Option<ActorId>,
) -> Result<Vec<PostView>, StoreError> {
    let groups: HashSet<ActorId> = rows.iter().map(|row| row.group_id).collect();
    let authors: HashSet<ActorId> = rows.iter().map(|row| row.author_id).collect();
    let targets: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let known = actors_of(conn, groups.iter().chain(&authors).copied())?;
    let mine = Mine::load(conn, viewer, &targets, &groups)?;
    let standings = Standings::load(conn, &groups, &authors)?;
    let mut more = more::of(conn, &rows, viewer)?;
    let moderated = Moderated::load(
        conn,
        Asked {
            groups: groups.iter().copied().collect(),
            people: authors.iter().copied().collect(),
            posts: rows.iter().map(|row| row.id).collect(),
            removed_posts: rows.iter().filter(|r| r.removed).map(|r| r.id).collect(),
            viewer,
            ..Asked::default()
        },
    )?;
    rows.into_iter()
        .map(|post| {
            Ok(PostView {
                moderation: moderated.of_post(post.group_id, post.author_id, post.id),
                author: actor(&known, post.author_id)?,
                group: actor(&known, post.group_id)?,
                my_vote: mine.vote(post.id.0),
                my_follow: mine.follows.get(&post.group_id).copied(),
                author_role: standings
                    .roles
                    .get(&(post.group_id, post.author_id))
                    .copied(),
                author_is_admin: standings.admins.contains(&post.author_id),
                more: more.remove(&post.id).unwrap_or_default(),
                post,
            })
        })
        .collect()
}

pub fn post(
    conn: &mut Conn,
    row: PostRow,
    viewer: Option<ActorId>,
) -> Result<PostView, StoreError> {
    posts(conn, vec![row], viewer)?
        .pop()
        .ok_or(StoreError::NotFound)
}

pub fn comments(
    conn: &mut Conn,
    rows: Vec<CommentRow>,
    viewer: Option<ActorId>,
) -> Result<Vec<CommentView>, StoreError> {
    let post_ids: Vec<PostId> = rows
        .iter()
        .map(|row| row.post_id)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let threads: HashMap<PostId, Arc<PostRow>> = posts::many(conn, &post_ids)?
        .into_iter()
        .map(|post| (post.id, Arc::new(post)))
        .collect();
    let groups: HashSet<ActorId> = threads.values().map(|post| post.group_id).collect();
    let authors: HashSet<ActorId> = rows.iter().map(|row| row.author_id).collect();
    let targets: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let known = actors_of(conn, groups.iter().chain(&authors).copied())?;
    let mine = Mine::load(conn, viewer, &targets, &groups)?;
    let standings = Standings::load(conn, &groups, &authors)?;
    let mut extras = extras::of(conn, &targets)?;
    let moderated = Moderated::load(
        conn,
        Asked {
            groups: groups.iter().copied().collect(),
            people: authors.iter().copied().collect(),
            posts: post_ids,
            comments: rows.iter().map(|row| row.id).collect(),
            removed_comments: rows.iter().filter(|r| r.removed).map(|r| r.id).collect(),
            viewer,
            ..Asked::default()
        },
    )?;
    rows.into_iter()
        .map(|comment| {
            let post = threads
                .get(&comment.post_id)
                .cloned()
                .ok_or(StoreError::NotFound)?;
            Ok(CommentView {
                moderation: moderated.of_comment(
                    post.group_id,
                    comment.author_id,
                    post.id,
                    comment.id,
                ),
                author: actor(&known, comment.author_id)?,
                group: actor(&known, post.group_id)?,
                my_vote: mine.vote(comment.id.0),
                my_follow: mine.follows.get(&post.group_id).copied(),
                author_role: standings
                    .roles
                    .get(&(post.group_id, comment.author_id))
                    .copied(),
                author_is_admin: standings.admins.contains(&comment.author_id),
                extras: extras.remove(&comment.id.0).unwrap_or_default(),
                post,
                comment,
            })
        })
        .collect()
}

pub fn comment(
    conn: &mut Conn,
    row: CommentRow,
    viewer: Option<ActorId>,
) -> Result<CommentView, StoreError> {
    comments(conn, vec![row], viewer)?
        .pop()
        .ok_or(StoreError::NotFound)
}

/// In the order of the ids.
pub fn groups(
    conn: &mut Conn,
    ids: &[ActorId],
    viewer: Option<ActorId>,
) -> Result<Vec<GroupView>, StoreError> {
    let known = actors_of(conn, ids.iter().copied())?;
    let rows: HashMap<ActorId, GroupRow> = groups::many(conn, ids)?
        .into_iter()
        .map(|row| (row.actor_id, row))
        .collect();
    let set: HashSet<ActorId> = ids.iter().copied().collect();
    let mine = Mine::load(conn, viewer, &[], &set)?;
    let standings = Standings::load(conn, &set, &viewer.into_iter().collect())?;
    let moderated = Moderated::load(
        conn,
        Asked {
            groups: ids.to_vec(),
            viewer,
            ..Asked::default()
        },
    )?;
    ids.iter()
        .map(|id| {
            Ok(GroupView {
                moderation: moderated.of_group(*id),
                actor: ActorBrief::clone(&*actor(&known, *id)?),
                group: rows.get(id).cloned().ok_or(StoreError::NotFound)?,
                my_follow: mine.follows.get(id).copied(),
                my_role: viewer.and_then(|v| standings.roles.get(&(*id, v)).copied()),
            })
        })
        .collect()
}

pub fn group(
    conn: &mut Conn,
    id: ActorId,
    viewer: Option<ActorId>,
) -> Result<GroupView, StoreError> {
    groups(conn, &[id], viewer)?
        .pop()
        .ok_or(StoreError::NotFound)
}

/// In the order of the ids.
pub fn people(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<PersonView>, StoreError> {
    let known = actors_of(conn, ids.iter().copied())?;
    let rows: HashMap<ActorId, PersonRow> = people::many(conn, ids)?
        .into_iter()
        .map(|row| (row.actor_id, row))
        .collect();
    let standings = Standings::load(conn, &HashSet::new(), &ids.iter().copied().collect())?;
    ids.iter()
        .map(|id| {
            Ok(PersonView {
                actor: ActorBrief::clone(&*actor(&known, *id)?),
                person: rows.get(id).cloned().ok_or(StoreError::NotFound)?,
                is_admin: standings.admins.contains(id),
            })
        })
        .collect()
}

pub fn person(conn: &mut Conn, id: ActorId) -> Result<PersonView, StoreError> {
    people(conn, &[id])?.pop().ok_or(StoreError::NotFound)
}

pub fn notifications(
    conn: &mut Conn,
    rows: Vec<NotificationRow>,
) -> Result<Vec<NotificationView>, StoreError> {
    let viewer = rows.first().map(|row| row.recipient_id);
    let known = actors_of(conn, rows.iter().map(|row| row.actor_id))?;
    let post_ids: Vec<PostId> = rows.iter().map(|row| row.post_id).collect();
    let comment_ids: Vec<_> = rows.iter().filter_map(|row| row.comment_id).collect();
    let thread_rows = posts::many(conn, &post_ids)?;
    let threads: HashMap<_, _> = posts(conn, thread_rows, viewer)?
        .into_iter()
        .map(|view| (view.post.id, view))
        .collect();
    let reply_rows = comments::many(conn, &comment_ids)?;
    let replies: HashMap<_, _> = comments(conn, reply_rows, viewer)?
        .into_iter()
        .map(|view| (view.comment.id, view))
        .collect();
    rows.into_iter()
        .map(|notification| {
            Ok(NotificationView {
                actor: actor(&known, notification.actor_id)?,
                post: threads
                    .get(&notification.post_id)
                    .cloned()
                    .ok_or(StoreError::NotFound)?,
                comment: notification
                    .comment_id
                    .and_then(|id| replies.get(&id).cloned()),
                notification,
            })
        })
        .collect()
}
