//! Lists of groups, each walked along the index of its order.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::domain::ids::ActorId;
use crate::domain::kinds::{GroupSort, Scope, Visibility};
use crate::domain::paging::{Cursor, Page};
use crate::store::audience::Audience;
use crate::store::schema::{actors, follows, groups, hidden_groups, moderators};
use crate::store::taste::Taste;
use crate::store::{Conn, StoreError};

/// Which groups, in which order.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub scope: Scope,
    pub sort: GroupSort,
}

impl From<Scope> for Wanted {
    /// Those most lately active first.
    fn from(scope: Scope) -> Self {
        Wanted {
            scope,
            sort: GroupSort::Active,
        }
    }
}

/// Restricts to what comes after the cursor in descending order of `$key`, and sorts so. At the beginning as
/// well: without a bound SQLite rather begins with the actors, of whom there are many more, and sorts.
macro_rules! falling {
    ($query:ident, $after:ident, $key:expr, $id:expr) => {{
        let Cursor { key, id } = $after.unwrap_or(Cursor::END);
        $query
            .filter($key.le(key).and($key.lt(key).or($id.lt(ActorId(id)))))
            .select((groups::actor_id, $key))
            .order(($key.desc(), $id.desc()))
    }};
}

/// Those of these groups that a list of all shows to this reader, in the order of the ids.
pub fn shown_of(
    conn: &mut Conn,
    viewer: Option<ActorId>,
    ids: &[ActorId],
) -> Result<Vec<ActorId>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let taste = Taste::of(conn, viewer)?;
    let hidden = hidden_groups::table.filter(hidden_groups::group_id.eq(groups::actor_id));
    let query = groups::table
        .inner_join(actors::table)
        .filter(groups::actor_id.eq_any(ids.to_vec()))
        .filter(not(exists(hidden)))
        .select((groups::actor_id, groups::last_activity))
        .into_boxed();
    let rows: Vec<(ActorId, i64)> = taste.of_groups(query).load(conn)?;
    let shown = |id: &ActorId| rows.iter().any(|(row, _)| row == id);
    Ok(ids.iter().copied().filter(shown).collect())
}

/// One page of ids of groups, for a reader of this taste.
pub fn page(
    conn: &mut Conn,
    viewer: Option<ActorId>,
    taste: &Taste,
    wanted: impl Into<Wanted>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<ActorId>, StoreError> {
    let Wanted { scope, sort } = wanted.into();
    let mut query = groups::table
        .inner_join(actors::table)
        .filter(actors::deleted.eq(false).and(actors::suspended.eq(false)))
        .select((groups::actor_id, groups::last_activity))
        .into_boxed();
    if !Audience::from(viewer).is_inside() {
        query = query.filter(groups::visibility.ne(Visibility::LocalOnly));
    }
    match (scope, viewer) {
        (Scope::Local, _) => query = taste.of_groups(query.filter(actors::local)),
        (Scope::All, _) => query = taste.of_groups(query),
        (Scope::Moderated, Some(viewer)) => {
            let looked_after = moderators::table
                .filter(moderators::person_id.eq(viewer))
                .filter(moderators::group_id.eq(groups::actor_id));
            query = query.filter(exists(looked_after));
        }
        (Scope::Subscribed, Some(viewer)) => {
            let followed = follows::table
                .filter(follows::follower_id.eq(viewer))
                .filter(follows::target_id.eq(groups::actor_id));
            query = query.filter(exists(followed));
        }
        // Visitors have no groups of their own.
        (Scope::Moderated | Scope::Subscribed, None) => {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
    }
    if scope != Scope::Subscribed {
        let hidden = hidden_groups::table.filter(hidden_groups::group_id.eq(groups::actor_id));
        query = query.filter(not(exists(hidden)));
    }
    if matches!(sort, GroupSort::New | GroupSort::Old) {
        // As the partial index says it.
        query = query.filter(sql::<Bool>("actors.kind = 'group'"));
    }
    let query = match sort {
        GroupSort::Active => falling!(query, after, groups::last_activity, groups::actor_id),
        GroupSort::Followed => falling!(query, after, groups::follower_count, groups::actor_id),
        GroupSort::Discussed => falling!(query, after, groups::comment_count, groups::actor_id),
        GroupSort::New => falling!(query, after, actors::published, actors::id),
        GroupSort::Old => {
            let Cursor { key, id } = after.unwrap_or(Cursor::BEGINNING);
            let later = actors::published.gt(key).or(actors::id.gt(ActorId(id)));
            query
                .filter(actors::published.ge(key).and(later))
                .select((groups::actor_id, actors::published))
                .order((actors::published.asc(), actors::id.asc()))
        }
    };
    let rows: Vec<(ActorId, i64)> = query.limit(limit as i64 + 1).load(conn)?;
    let page = Page::from_rows(rows, limit, |(id, key)| Cursor {
        key: *key,
        id: id.0,
    });
    Ok(page.map(|(id, _)| id))
}
