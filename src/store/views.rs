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
use super::notices::{self, NoticeRow};
use super::notifications::NotificationRow;
use super::own_marks::{self, Marks, Reading};
use super::people::{self, PersonRow};
use super::posts::{self, PostRow};
use super::previews::{self, PreviewRow};
use super::schema::{accounts, moderators};
use super::{Conn, StoreError, blocks, follows, votes};
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
    pub mine: MyMarks,
    pub moderation: Moderation,
    pub more: More,
}

/// What the viewer noted about a thread or comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MyMarks {
    pub saved: bool,
    pub author_blocked: bool,
    /// Of threads alone, as the rest.
    pub hidden: bool,
    pub reading: Option<Reading>,
}

impl MyMarks {
    pub fn is_read(&self) -> bool {
        self.reading.is_some_and(|reading| reading.marked)
    }

    /// Of so many comments, those that came since the viewer looked.
    pub fn unread_comments(&self, comments: i64) -> i64 {
        let seen = self.reading.map_or(0, |reading| reading.comments);
        (comments - seen).max(0)
    }
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
    /// Of the thread's link.
    pub preview: Option<Arc<PreviewRow>>,
    pub mine: MyMarks,
    pub moderation: Moderation,
}

#[derive(Clone, Debug)]
pub struct GroupView {
    pub actor: ActorBrief,
    pub group: GroupRow,
    pub my_follow: Option<FollowState>,
    pub my_role: Option<Role>,
    /// By the viewer.
    pub blocked: bool,
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

/// What the viewer did: votes on these targets, follows of these groups, blocks and marks.
#[derive(Default)]
struct Mine {
    votes: HashMap<i64, i16>,
    follows: HashMap<ActorId, FollowState>,
    blocked: HashSet<ActorId>,
    marks: Marks,
}

impl Mine {
    fn load(
        conn: &mut Conn,
        viewer: Option<ActorId>,
        targets: &[i64],
        groups: &HashSet<ActorId>,
        actors: impl Iterator<Item = ActorId>,
    ) -> Result<Self, StoreError> {
        let Some(viewer) = viewer else {
            return Ok(Mine::default());
        };
        let groups: Vec<ActorId> = groups.iter().copied().collect();
        let actors: Vec<ActorId> = actors.collect();
        Ok(Mine {
            votes: votes::of_actor(conn, viewer, targets)?,
            follows: follows::states(conn, viewer, &groups)?,
            blocked: blocks::of(conn, viewer, &actors)?,
            marks: Marks::default(),
        })
    }

    fn marks(&self, target: i64, author: ActorId) -> MyMarks {
        let post = PostId(target);
        MyMarks {
            saved: self.marks.saved.contains(&target),
            author_blocked: self.blocked.contains(&author),
            hidden: self.marks.hidden.contains(&post),
            reading: self.marks.readings.get(&post).copied(),
        }
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
    let mut mine = Mine::load(conn, viewer, &targets, &groups, authors.iter().copied())?;
    if let Some(viewer) = viewer {
        let ids: Vec<PostId> = rows.iter().map(|row| row.id).collect();
        mine.marks = own_marks::of_posts(conn, viewer, &ids)?;
    }
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
                mine: mine.marks(post.id.0, post.author_id),
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
    let previews = previews::of(conn, threads.values().map(Arc::as_ref))?;
    let groups: HashSet<ActorId> = threads.values().map(|post| post.group_id).collect();
    let authors: HashSet<ActorId> = rows.iter().map(|row| row.author_id).collect();
    let targets: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let known = actors_of(conn, groups.iter().chain(&authors).copied())?;
    let mut mine = Mine::load(conn, viewer, &targets, &groups, authors.iter().copied())?;
    if let Some(viewer) = viewer {
        mine.marks.saved = own_marks::saved_of(conn, viewer, &targets)?;
    }
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
                mine: mine.marks(comment.id.0, comment.author_id),
                my_follow: mine.follows.get(&post.group_id).copied(),
                author_role: standings
                    .roles
                    .get(&(post.group_id, comment.author_id))
                    .copied(),
                author_is_admin: standings.admins.contains(&comment.author_id),
                extras: extras.remove(&comment.id.0).unwrap_or_default(),
                preview: previews.get(&post.id).cloned(),
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
    let mine = Mine::load(conn, viewer, &[], &set, set.iter().copied())?;
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
                blocked: mine.blocked.contains(id),
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

#[derive(Clone, Debug)]
pub struct NoticeView {
    pub notice: NoticeRow,
    pub actor: Arc<ActorBrief>,
    pub other: Arc<ActorBrief>,
}

/// What waits for a member and is about no thread, newest first.
pub fn notices(
    conn: &mut Conn,
    recipient: ActorId,
    limit: i64,
) -> Result<Vec<NoticeView>, StoreError> {
    let rows = notices::latest(conn, recipient, limit)?;
    let ids = rows.iter().flat_map(|row| [row.actor_id, row.other_id]);
    let known = actors_of(conn, ids)?;
    rows.into_iter()
        .map(|notice| {
            Ok(NoticeView {
                actor: actor(&known, notice.actor_id)?,
                other: actor(&known, notice.other_id)?,
                notice,
            })
        })
        .collect()
}
