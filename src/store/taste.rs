//! What one reader would rather not find in lists: whom and what they blocked, hid, have read, or did
//! not ask for. What somebody goes to on purpose, a group's or a person's own page, shows more of it.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::comments::CommentFilter;
use super::posts::PostFilter;
use super::preferences::{self, PreferencesRow};
use super::schema::{actors, blocks, comments, groups, hidden_posts, host_blocks, posts, readings};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::ActorKind;

type Db = <Conn as diesel::Connection>::Backend;

/// Loaded once for a list.
#[derive(Clone, Debug)]
pub struct Taste {
    /// Nobody has no number.
    reader: ActorId,
    pub show_sensitive: bool,
    pub show_read: bool,
    pub show_bots: bool,
    pub show_hidden: bool,
    /// Of two letters, and `und` for what names none; empty: all.
    languages: Vec<String>,
}

const NOBODY: ActorId = ActorId(0);

/// A list of groups with their actors beside them.
type GroupsOfActors<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::helper_types::Select<
        diesel::helper_types::InnerJoin<groups::table, actors::table>,
        (groups::actor_id, groups::last_activity),
    >,
    Db,
>;

#[declare_sql_function]
extern "SQL" {
    /// The first letters of a text.
    fn substr(
        text: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        from: diesel::sql_types::Integer,
        letters: diesel::sql_types::Integer,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// What a list is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// Everything, of whatever group.
    Everything,
    /// The groups that the reader follows.
    Followed,
    OneGroup,
    OnePerson,
    /// What the reader looks after: all of it.
    Moderated,
}

impl About {
    fn of_posts(filter: PostFilter) -> Self {
        match filter {
            PostFilter::All | PostFilter::Local => About::Everything,
            PostFilter::FollowedBy(_) => About::Followed,
            PostFilter::InGroup(_)
            | PostFilter::ListedIn(_)
            | PostFilter::SharedIn { .. }
            | PostFilter::FewSharedIn { .. } => About::OneGroup,
            PostFilter::ModeratedBy(_) => About::Moderated,
            PostFilter::By(_) | PostFilter::ByIn { .. } => About::OnePerson,
        }
    }

    fn of_comments(filter: CommentFilter) -> Self {
        match filter {
            CommentFilter::All | CommentFilter::Local => About::Everything,
            CommentFilter::FollowedBy(_) => About::Followed,
            CommentFilter::InGroup(_) => About::OneGroup,
            CommentFilter::ModeratedBy(_) => About::Moderated,
            CommentFilter::By(_) | CommentFilter::ByIn { .. } => About::OnePerson,
        }
    }
}

/// Actors of servers that the reader blocked, by the given column.
macro_rules! on_blocked_server {
    ($reader:expr, $column:expr) => {
        exists(
            actors::table.filter(actors::id.eq($column)).filter(exists(
                host_blocks::table
                    .filter(host_blocks::person_id.eq($reader))
                    .filter(host_blocks::host_id.nullable().eq(actors::host_id)),
            )),
        )
    };
}

macro_rules! is_blocked {
    ($reader:expr, $column:expr) => {
        exists(
            blocks::table
                .filter(blocks::person_id.eq($reader))
                .filter(blocks::actor_id.eq($column)),
        )
    };
}

macro_rules! is_bot {
    ($column:expr) => {
        exists(
            actors::table
                .filter(actors::id.eq($column))
                .filter(actors::kind.eq(ActorKind::Service)),
        )
    };
}

impl Taste {
    pub fn of(conn: &mut Conn, reader: Option<ActorId>) -> Result<Taste, StoreError> {
        let row = match reader {
            Some(reader) => preferences::of(conn, reader)?,
            None => PreferencesRow::new(NOBODY),
        };
        Ok(Taste::from_row(&row))
    }

    pub(super) fn from_row(row: &PreferencesRow) -> Taste {
        Taste {
            reader: row.person_id,
            show_sensitive: row.show_sensitive,
            show_read: row.show_read,
            show_bots: row.show_bots,
            show_hidden: false,
            languages: row.languages().into_iter().map(str::to_owned).collect(),
        }
    }

    fn is_nobody(&self) -> bool {
        self.reader == NOBODY
    }

    fn reads_undetermined(&self) -> bool {
        self.languages.iter().any(|code| code == "und")
    }

    pub(super) fn of_posts<'a, ST>(
        &self,
        mut query: posts::BoxedQuery<'a, Db, ST>,
        filter: PostFilter,
    ) -> posts::BoxedQuery<'a, Db, ST> {
        let about = About::of_posts(filter);
        let me = self.reader;
        if about == About::Everything && !self.show_sensitive {
            let sensitive = groups::table
                .filter(groups::actor_id.eq(posts::group_id))
                .filter(groups::sensitive);
            let open = posts::sensitive.eq(false).and(not(exists(sensitive)));
            query = query.filter(open.or(posts::author_id.eq(me)));
        }
        if self.is_nobody() || matches!(about, About::OnePerson | About::Moderated) {
            return query;
        }
        query = query.filter(not(is_blocked!(me, posts::author_id)));
        if !self.show_bots {
            query = query.filter(not(is_bot!(posts::author_id)));
        }
        if !self.show_hidden {
            let hidden = hidden_posts::table
                .filter(hidden_posts::person_id.eq(me))
                .filter(hidden_posts::post_id.eq(posts::id));
            query = query.filter(not(exists(hidden)));
        }
        if !self.show_read {
            let read = readings::table
                .filter(readings::person_id.eq(me))
                .filter(readings::post_id.eq(posts::id))
                .filter(readings::marked);
            query = query.filter(not(exists(read)));
        }
        if about == About::OneGroup {
            return query;
        }
        query = query
            .filter(not(is_blocked!(me, posts::group_id)))
            .filter(not(on_blocked_server!(me, posts::group_id)));
        if !self.languages.is_empty() {
            let spoken = substr(posts::language, 1, 2).eq_any(self.languages.clone());
            let named = posts::language.is_not_null().and(spoken);
            query = if self.reads_undetermined() {
                query.filter(posts::language.is_null().or(named))
            } else {
                query.filter(named)
            };
        }
        query
    }

    pub(super) fn of_comments<'a, ST>(
        &self,
        mut query: comments::BoxedQuery<'a, Db, ST>,
        filter: CommentFilter,
    ) -> comments::BoxedQuery<'a, Db, ST> {
        let about = About::of_comments(filter);
        if self.is_nobody() || matches!(about, About::OnePerson | About::Moderated) {
            return query;
        }
        let me = self.reader;
        query = query.filter(not(is_blocked!(me, comments::author_id)));
        if !self.show_bots {
            query = query.filter(not(is_bot!(comments::author_id)));
        }
        if about == About::OneGroup {
            return query;
        }
        query = query
            .filter(not(is_blocked!(me, comments::group_id)))
            .filter(not(on_blocked_server!(me, comments::group_id)));
        if !self.languages.is_empty() {
            let spoken = substr(comments::language, 1, 2).eq_any(self.languages.clone());
            let named = comments::language.is_not_null().and(spoken);
            query = if self.reads_undetermined() {
                query.filter(comments::language.is_null().or(named))
            } else {
                query.filter(named)
            };
        }
        query
    }

    /// Groups, in a list of all or of this site's.
    pub(super) fn of_groups<'a>(&self, mut query: GroupsOfActors<'a>) -> GroupsOfActors<'a> {
        let me = self.reader;
        if !self.show_sensitive {
            query = query.filter(groups::sensitive.eq(false));
        }
        if self.is_nobody() {
            return query;
        }
        let server = host_blocks::table
            .filter(host_blocks::person_id.eq(me))
            .filter(host_blocks::host_id.nullable().eq(actors::host_id));
        query
            .filter(not(is_blocked!(me, groups::actor_id)))
            .filter(not(exists(server)))
    }
}
