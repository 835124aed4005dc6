//! Bans from a group or from this site, and what was removed with them. A place is a group, or the
//! site's own actor.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::schema::{actors, ban_removals, bans};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;
use crate::store::actors::ActorBrief;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = bans)]
pub struct BanRow {
    pub place_id: ActorId,
    pub person_id: ActorId,
    pub by_id: ActorId,
    pub reason: Option<String>,
    /// `None`: until it is lifted.
    pub expires: Option<Timestamp>,
    /// From a group, because of a ban from the site.
    pub with_site: bool,
    pub created: Timestamp,
}

/// Sets a ban, in place of one that there was.
pub fn set(conn: &mut Conn, row: &BanRow) -> Result<(), StoreError> {
    lift(conn, row.place_id, row.person_id)?;
    diesel::insert_into(bans::table).values(row).execute(conn)?;
    Ok(())
}

pub fn lift(conn: &mut Conn, place: ActorId, person: ActorId) -> Result<usize, StoreError> {
    Ok(diesel::delete(bans::table.find((place, person))).execute(conn)?)
}

/// The ban, over or not.
pub fn find(
    conn: &mut Conn,
    place: ActorId,
    person: ActorId,
) -> Result<Option<BanRow>, StoreError> {
    Ok(bans::table
        .find((place, person))
        .select(BanRow::as_select())
        .first(conn)
        .optional()?)
}

/// Whether somebody is banned from a place now.
pub fn holds(
    conn: &mut Conn,
    place: ActorId,
    person: ActorId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ban = find(conn, place, person)?;
    Ok(ban.is_some_and(|ban| ban.expires.is_none_or(|end| end > now)))
}

/// Which of these people are banned now from which of these places: (place, person).
pub fn among(
    conn: &mut Conn,
    places: &[ActorId],
    people: &[ActorId],
    now: Timestamp,
) -> Result<HashSet<(ActorId, ActorId)>, StoreError> {
    Ok(bans::table
        .filter(bans::place_id.eq_any(places.to_vec()))
        .filter(bans::person_id.eq_any(people.to_vec()))
        .filter(bans::expires.is_null().or(bans::expires.gt(now)))
        .select((bans::place_id, bans::person_id))
        .load::<(ActorId, ActorId)>(conn)?
        .into_iter()
        .collect())
}

/// Everybody who is banned from a place, newest first.
pub fn page(
    conn: &mut Conn,
    place: ActorId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(BanRow, ActorBrief)>, StoreError> {
    let mut query = bans::table
        .inner_join(actors::table.on(actors::id.eq(bans::person_id)))
        .filter(bans::place_id.eq(place))
        .select((BanRow::as_select(), ActorBrief::as_select()))
        .into_boxed();
    if let Some(Cursor { key, id }) = after {
        let key = Timestamp::from_micros(key);
        query = query.filter(
            bans::created
                .le(key)
                .and(bans::created.lt(key).or(bans::person_id.lt(ActorId(id)))),
        );
    }
    let rows = query
        .order((bans::created.desc(), bans::person_id.desc()))
        .limit(limit as i64 + 1)
        .load::<(BanRow, ActorBrief)>(conn)?;
    Ok(Page::from_rows(rows, limit, |(ban, _)| Cursor {
        key: ban.created.micros(),
        id: ban.person_id.0,
    }))
}

/// Bans whose time is over.
pub fn over(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<BanRow>, StoreError> {
    Ok(bans::table
        .filter(bans::expires.le(now))
        .order(bans::expires.asc())
        .limit(limit)
        .select(BanRow::as_select())
        .load(conn)?)
}

/// Bans from groups that came with the ban of this person from the site.
pub fn with_site(conn: &mut Conn, person: ActorId) -> Result<Vec<BanRow>, StoreError> {
    Ok(bans::table
        .filter(bans::person_id.eq(person).and(bans::with_site))
        .select(BanRow::as_select())
        .load(conn)?)
}

/// When the bans of these people from a place end, of those that do.
pub fn ends(
    conn: &mut Conn,
    place: ActorId,
    people: &[ActorId],
) -> Result<HashMap<ActorId, Timestamp>, StoreError> {
    let rows: Vec<(ActorId, Option<Timestamp>)> = bans::table
        .filter(bans::place_id.eq(place))
        .filter(bans::person_id.eq_any(people.to_vec()))
        .select((bans::person_id, bans::expires))
        .load(conn)?;
    let ending = |(person, end): (ActorId, Option<Timestamp>)| Some((person, end?));
    Ok(rows.into_iter().filter_map(ending).collect())
}

/// Remembers that a post or a comment (their ids are one sequence) went with a ban.
pub fn note_removal(
    conn: &mut Conn,
    place: ActorId,
    person: ActorId,
    target: i64,
) -> Result<(), StoreError> {
    let known: bool = diesel::select(diesel::dsl::exists(
        ban_removals::table.find((place, person, target)),
    ))
    .get_result(conn)?;
    if !known {
        diesel::insert_into(ban_removals::table)
            .values((
                ban_removals::place_id.eq(place),
                ban_removals::person_id.eq(person),
                ban_removals::target_id.eq(target),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether it went with any ban.
pub fn is_removal(conn: &mut Conn, target: i64) -> Result<bool, StoreError> {
    let noted = ban_removals::table.filter(ban_removals::target_id.eq(target));
    Ok(diesel::select(diesel::dsl::exists(noted)).get_result(conn)?)
}

/// Somebody decided about this one by itself: no ban's end changes that.
pub fn forget_removal(conn: &mut Conn, target: i64) -> Result<(), StoreError> {
    diesel::delete(ban_removals::table.filter(ban_removals::target_id.eq(target))).execute(conn)?;
    Ok(())
}

/// Some of what went with a ban, which is forgotten now.
pub fn take_removals(
    conn: &mut Conn,
    place: ActorId,
    person: ActorId,
    limit: usize,
) -> Result<Vec<(PostId, CommentId)>, StoreError> {
    let of_ban = ban_removals::place_id
        .eq(place)
        .and(ban_removals::person_id.eq(person));
    let targets: Vec<i64> = ban_removals::table
        .filter(of_ban)
        .order(ban_removals::target_id.asc())
        .limit(limit as i64)
        .select(ban_removals::target_id)
        .load(conn)?;
    let taken = ban_removals::target_id.eq_any(targets.clone());
    diesel::delete(ban_removals::table.filter(of_ban.and(taken))).execute(conn)?;
    let either = |id| (PostId(id), CommentId(id));
    Ok(targets.into_iter().map(either).collect())
}
