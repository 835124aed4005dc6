//! Reports: what somebody thinks a moderator should look at, with a copy of it as it was then.

use diesel::prelude::*;
use url::Url;

use super::schema::{moderators, reports};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, ReportId};
use crate::domain::kinds::ReportKind;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports)]
pub struct ReportRow {
    pub id: ReportId,
    /// Of the Flag that made it, or that we sent.
    pub ap_id: String,
    pub reporter_id: ActorId,
    pub kind: ReportKind,
    /// Among its kind.
    pub target_id: i64,
    /// Whose moderators it is for; `None`: the administrators alone.
    pub group_id: Option<ActorId>,
    pub author_id: ActorId,
    pub reason: String,
    pub original_title: Option<String>,
    /// Markdown where there was any, else plain text.
    pub original_text: Option<String>,
    pub original_link: Option<String>,
    pub resolved: bool,
    pub resolver_id: Option<ActorId>,
    pub created: Timestamp,
    pub updated: Option<Timestamp>,
}

/// Whose reports are asked for.
#[derive(Clone, Copy, Debug)]
pub enum SeenBy {
    /// An administrator: all there are.
    Administrator,
    /// Those of the groups this person moderates.
    Moderator(ActorId),
}

/// Which of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportFilter {
    pub kind: Option<ReportKind>,
    pub group: Option<ActorId>,
    /// A thread or comment of that number; only with its kind.
    pub target: Option<i64>,
    /// Open ones, the oldest first; else all, the newest first.
    pub open_only: bool,
}

pub fn insert(conn: &mut Conn, row: &ReportRow) -> Result<(), StoreError> {
    diesel::insert_into(reports::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: ReportId) -> Result<Option<ReportRow>, StoreError> {
    Ok(reports::table
        .find(id)
        .select(ReportRow::as_select())
        .first(conn)
        .optional()?)
}

/// What this person said about that.
pub fn of_reporter(
    conn: &mut Conn,
    reporter: ActorId,
    kind: ReportKind,
    target: i64,
) -> Result<Option<ReportRow>, StoreError> {
    Ok(reports::table
        .filter(reports::reporter_id.eq(reporter))
        .filter(reports::kind.eq(kind).and(reports::target_id.eq(target)))
        .select(ReportRow::as_select())
        .first(conn)
        .optional()?)
}

/// What one Flag made: several reports, where it named several things.
pub fn of_activity(conn: &mut Conn, flag: &Url) -> Result<Vec<ReportRow>, StoreError> {
    Ok(reports::table
        .filter(reports::ap_id.eq(flag.as_str()))
        .order(reports::id.asc())
        .select(ReportRow::as_select())
        .load(conn)?)
}

/// Open reports about one thing.
pub fn open_about(
    conn: &mut Conn,
    kind: ReportKind,
    target: i64,
) -> Result<Vec<ReportRow>, StoreError> {
    Ok(reports::table
        .filter(reports::kind.eq(kind).and(reports::target_id.eq(target)))
        .filter(reports::resolved.eq(false))
        .order(reports::id.asc())
        .select(ReportRow::as_select())
        .load(conn)?)
}

/// What is said anew about the same thing, which is open again.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = reports, treat_none_as_null = true)]
pub struct ReportText {
    pub ap_id: String,
    pub reason: String,
    pub original_title: Option<String>,
    pub original_text: Option<String>,
    pub original_link: Option<String>,
    pub resolved: bool,
    pub resolver_id: Option<ActorId>,
    pub updated: Option<Timestamp>,
}

pub fn rewrite(conn: &mut Conn, id: ReportId, text: &ReportText) -> Result<(), StoreError> {
    diesel::update(reports::table.find(id))
        .set(text)
        .execute(conn)?;
    Ok(())
}

/// `by`: who resolved it, or opened it again.
pub fn set_resolved(
    conn: &mut Conn,
    id: ReportId,
    resolved: bool,
    by: ActorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(reports::table.find(id))
        .set((
            reports::resolved.eq(resolved),
            reports::resolver_id.eq(by),
            reports::updated.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// What was reported is purged, and what was said about it goes as well.
pub fn forget_target(conn: &mut Conn, kind: ReportKind, target: i64) -> Result<(), StoreError> {
    diesel::delete(
        reports::table.filter(reports::kind.eq(kind).and(reports::target_id.eq(target))),
    )
    .execute(conn)?;
    Ok(())
}

type Query<'a> = reports::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn seen_by<'a>(seen_by: SeenBy, filter: ReportFilter) -> Query<'a> {
    let mut query = reports::table.into_boxed();
    if let SeenBy::Moderator(person) = seen_by {
        query = query.filter(diesel::dsl::exists(
            moderators::table
                .filter(moderators::group_id.nullable().eq(reports::group_id))
                .filter(moderators::person_id.eq(person)),
        ));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(reports::kind.eq(kind));
    }
    if let Some(group) = filter.group {
        query = query.filter(reports::group_id.eq(group));
    }
    if let Some(target) = filter.target {
        query = query.filter(reports::target_id.eq(target));
    }
    if filter.open_only {
        query = query.filter(reports::resolved.eq(false));
    }
    query
}

pub fn page(
    conn: &mut Conn,
    by: SeenBy,
    filter: ReportFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<ReportRow>, StoreError> {
    let query = seen_by(by, filter);
    let after = after.map(|cursor| ReportId(cursor.id));
    let query = match (after, filter.open_only) {
        (Some(id), true) => query.filter(reports::id.gt(id)),
        (Some(id), false) => query.filter(reports::id.lt(id)),
        (None, _) => query,
    };
    let query = if filter.open_only {
        query.order(reports::id.asc())
    } else {
        query.order(reports::id.desc())
    };
    let rows = query
        .limit(limit as i64 + 1)
        .select(ReportRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row: &ReportRow| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

pub fn count(conn: &mut Conn, by: SeenBy, filter: ReportFilter) -> Result<i64, StoreError> {
    Ok(seen_by(by, filter).count().get_result(conn)?)
}

/// Whether this person moderates any group.
pub fn moderates_any(conn: &mut Conn, person: ActorId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        moderators::table.filter(moderators::person_id.eq(person)),
    ))
    .get_result(conn)?)
}
