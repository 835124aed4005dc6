//! Who reads, and what is kept from them: the one seam through which every list, search and single
//! read of threads, comments and groups goes. What else somebody is not to see is added here.

use std::collections::HashSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::actors::{ActorBrief, ActorRow};
use super::comments::CommentRow;
use super::posts::PostRow;
use super::schema::{accounts, actors, comments, follows, groups, moderators, posts};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, HostId, PostId};
use crate::domain::kinds::{AccountState, ActorKind, FollowState, Visibility};

type Db = <Conn as diesel::Connection>::Backend;

/// For whom something is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody who is not logged in, a search engine, a server that did not say who it is.
    Visitor,
    /// A member of this instance.
    Member(ActorId),
    /// Another server, known by its signature: it reads what one of its people may read.
    Host(HostId),
    /// This instance itself, at work that shows nothing to anybody.
    House,
}

impl From<Option<ActorId>> for Audience {
    fn from(viewer: Option<ActorId>) -> Self {
        viewer.map_or(Audience::Visitor, Audience::Member)
    }
}

/// Groups that are not open to an audience by what their coordinators chose, as a query. It is not
/// correlated with the query it stands in, so that it is read once and the list is walked in its own
/// order. A macro, since no type of Diesel's names it for both databases.
macro_rules! unshared_groups {
    ($audience:expr) => {{
        let audience: $crate::store::audience::Audience = $audience;
        let member = audience.member_or_nobody();
        let follows_it = follows::table
            .filter(follows::follower_id.eq(member))
            .filter(follows::target_id.eq(groups::actor_id))
            .filter(follows::state.eq(FollowState::Accepted));
        let keeps_it = moderators::table
            .filter(moderators::group_id.eq(groups::actor_id))
            .filter(moderators::person_id.eq(member));
        // Of everybody there, asked only where there is a host.
        let is_host = audience.host().is_some();
        let is_house = audience == $crate::store::audience::Audience::House;
        let host_follows_it = follows::table
            .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
            .filter(follows::target_id.eq(groups::actor_id))
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(actors::host_id.eq(audience.host()));
        let host_keeps_it = moderators::table
            .inner_join(actors::table.on(actors::id.eq(moderators::person_id)))
            .filter(moderators::group_id.eq(groups::actor_id))
            .filter(actors::host_id.eq(audience.host()));
        let lives_there = actors::table
            .filter(actors::id.eq(groups::actor_id))
            .filter(actors::host_id.eq(audience.host()));
        groups::table
            .filter(
                groups::visibility
                    .eq(Visibility::LocalOnly)
                    .and((!audience.is_inside()).into_sql::<diesel::sql_types::Bool>())
                    .or(groups::visibility
                        .eq(Visibility::Private)
                        .and((!is_house).into_sql::<diesel::sql_types::Bool>())
                        .and(not(exists(follows_it)))
                        .and(not(exists(keeps_it)))
                        .and(not(is_host.into_sql::<diesel::sql_types::Bool>().and(
                            exists(host_follows_it)
                                .or(exists(host_keeps_it))
                                .or(exists(lives_there)),
                        )))),
            )
            .select(groups::actor_id)
    }};
}

/// Groups whose threads and comments are kept from an audience, likewise: those, and what an administrator
/// took off this site, which is there for those who look after it and for administrators alone.
macro_rules! closed_groups {
    ($audience:expr) => {{
        let audience: $crate::store::audience::Audience = $audience;
        let member = audience.member_or_nobody();
        let is_house = audience == $crate::store::audience::Audience::House;
        let removed = actors::table.filter(actors::suspended).select(actors::id);
        let keeps_it = moderators::table
            .filter(moderators::group_id.eq(groups::actor_id))
            .filter(moderators::person_id.eq(member));
        let administers = accounts::table
            .filter(accounts::person_id.eq(member))
            .filter(accounts::admin);
        $crate::store::audience::unshared_groups!(audience).or_filter(
            groups::actor_id
                .eq_any(removed)
                .and((!is_house).into_sql::<diesel::sql_types::Bool>())
                .and(not(exists(keeps_it)))
                .and(not(exists(administers))),
        )
    }};
}

pub(super) use closed_groups;
pub(super) use unshared_groups;

impl Audience {
    pub fn member(self) -> Option<ActorId> {
        match self {
            Audience::Member(member) => Some(member),
            Audience::Visitor | Audience::Host(_) | Audience::House => None,
        }
    }

    pub(super) fn host(self) -> Option<HostId> {
        match self {
            Audience::Host(host) => Some(host),
            Audience::Visitor | Audience::Member(_) | Audience::House => None,
        }
    }

    /// Of this instance: what is for its members alone is for them.
    pub fn is_inside(self) -> bool {
        matches!(self, Audience::Member(_) | Audience::House)
    }

    /// As the database is asked: 0 is nobody's number.
    pub(super) fn member_or_nobody(self) -> ActorId {
        self.member().unwrap_or(ActorId(0))
    }

    /// A list of threads, without those that are kept from them.
    pub fn of_posts<'a, ST>(
        self,
        query: posts::BoxedQuery<'a, Db, ST>,
    ) -> posts::BoxedQuery<'a, Db, ST> {
        query.filter(posts::group_id.ne_all(closed_groups!(self)))
    }

    /// A list of comments, likewise.
    pub fn of_comments<'a, ST>(
        self,
        query: comments::BoxedQuery<'a, Db, ST>,
    ) -> comments::BoxedQuery<'a, Db, ST> {
        query.filter(comments::group_id.ne_all(closed_groups!(self)))
    }
}

/// Whether threads and comments of this group are open to them.
pub fn may_read(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    group: ActorId,
) -> Result<bool, StoreError> {
    let audience = audience.into();
    let closed = closed_groups!(audience).filter(groups::actor_id.eq(group));
    let closed: bool = diesel::select(exists(closed)).get_result(conn)?;
    Ok(!closed)
}

/// Whether this thread is open to them, be it hidden or not.
pub fn may_read_thread(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    post: PostId,
) -> Result<bool, StoreError> {
    let open = posts::table
        .filter(posts::id.eq(post))
        .filter(posts::group_id.ne_all(closed_groups!(audience.into())));
    Ok(diesel::select(exists(open)).get_result(conn)?)
}

/// Those of these groups whose threads and comments are kept from them.
pub fn closed_among(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    among: &HashSet<ActorId>,
) -> Result<HashSet<ActorId>, StoreError> {
    if among.is_empty() {
        return Ok(HashSet::new());
    }
    let among: Vec<ActorId> = among.iter().copied().collect();
    let closed = closed_groups!(audience.into()).filter(groups::actor_id.eq_any(among));
    Ok(closed.load::<ActorId>(conn)?.into_iter().collect())
}

/// Those of these groups that they may not know of.
pub fn secret_among(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    among: &[ActorId],
) -> Result<HashSet<ActorId>, StoreError> {
    if among.is_empty() || audience.into().is_inside() {
        return Ok(HashSet::new());
    }
    let secret = groups::table
        .filter(groups::actor_id.eq_any(among.to_vec()))
        .filter(groups::visibility.eq(Visibility::LocalOnly))
        .select(groups::actor_id);
    Ok(secret.load::<ActorId>(conn)?.into_iter().collect())
}

/// Groups that somebody looks after, as far as the audience may know of them.
pub fn moderated_by(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    person: ActorId,
) -> Result<Vec<ActorBrief>, StoreError> {
    let mut groups = super::actors::moderated_by(conn, person)?;
    let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
    let secret = secret_among(conn, audience, &ids)?;
    groups.retain(|group| !secret.contains(&group.id));
    Ok(groups)
}

/// Whether they may know that this group is there.
pub fn may_know(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    group: ActorId,
) -> Result<bool, StoreError> {
    Ok(secret_among(conn, audience, &[group])?.is_empty())
}

/// Whether they find somebody by their address.
pub fn may_find(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    row: &ActorRow,
) -> Result<bool, StoreError> {
    match row.kind {
        ActorKind::Group => may_know(conn, audience, row.id),
        _ => may_meet(conn, audience, row.id),
    }
}

/// Whether they may meet this person: who asked to join and was not let in is there for nobody but
/// themselves and administrators.
pub fn may_meet(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    person: ActorId,
) -> Result<bool, StoreError> {
    let audience = audience.into();
    let outside = accounts::table
        .find(person)
        .filter(accounts::state.ne(AccountState::Active));
    let outside: bool = diesel::select(exists(outside)).get_result(conn)?;
    if !outside || audience == Audience::House || audience.member() == Some(person) {
        return Ok(true);
    }
    let administers = accounts::table
        .find(audience.member_or_nobody())
        .filter(accounts::admin);
    Ok(diesel::select(exists(administers)).get_result(conn)?)
}

/// Whom a group is for, if a person may write and vote in it. Of people elsewhere in groups elsewhere that is
/// for the group's own host to say.
pub fn takes_part(
    conn: &mut Conn,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<Option<Visibility>, StoreError> {
    let visibility = super::groups::visibility(conn, group.id)?;
    let ours_to_judge = person.local || group.local;
    let may = match visibility {
        Visibility::Public => true,
        _ if !ours_to_judge => true,
        Visibility::LocalOnly => person.local,
        // For those of its people whom the group knows.
        Visibility::Private => may_read(conn, Audience::Member(person.id), group.id)?,
    };
    Ok(may.then_some(visibility))
}

/// A thread, if there is one that they may read. Hidden ones are among them: what becomes of those
/// is for the caller to say.
pub fn post(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    id: PostId,
) -> Result<Option<PostRow>, StoreError> {
    match super::posts::find(conn, id)? {
        Some(row) if may_read(conn, audience, row.group_id)? => Ok(Some(row)),
        _ => Ok(None),
    }
}

/// A comment with its thread, likewise.
pub fn comment(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    id: CommentId,
) -> Result<Option<(CommentRow, PostRow)>, StoreError> {
    let Some(row) = super::comments::find(conn, id)? else {
        return Ok(None);
    };
    Ok(post(conn, audience, row.post_id)?.map(|post| (row, post)))
}

/// In SQL that is written by hand: groups not open to the member with the number in the given bind,
/// or to visitors where it is 0.
macro_rules! groups_not_open {
    ($member:literal) => {
        concat!(
            "(SELECT actor_id FROM groups WHERE (visibility = 'local_only' AND ",
            $member,
            " = 0) OR (visibility = 'private' \
              AND NOT EXISTS (SELECT 1 FROM follows WHERE follower_id = ",
            $member,
            " AND target_id = groups.actor_id AND state = 'accepted') \
              AND NOT EXISTS (SELECT 1 FROM moderators WHERE group_id = groups.actor_id AND person_id = ",
            $member,
            ")) OR (actor_id IN (SELECT id FROM actors WHERE suspended) \
              AND NOT EXISTS (SELECT 1 FROM moderators WHERE group_id = groups.actor_id AND person_id = ",
            $member,
            ") AND NOT EXISTS (SELECT 1 FROM accounts WHERE person_id = ",
            $member,
            " AND admin)))"
        )
    };
}

pub(super) use groups_not_open;
