//! Log-ins of local people.

use diesel::prelude::*;

use super::schema::{accounts, actors, application_decisions};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;
use crate::store::actors::ActorBrief;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct AccountRow {
    pub person_id: ActorId,
    /// `None` for who joined through an app without saying one.
    pub email: Option<String>,
    /// Argon2id, PHC string.
    pub password_hash: String,
    pub admin: bool,
    pub state: AccountState,
    /// What they wrote when they asked to join.
    pub application: Option<String>,
    pub created: Timestamp,
    pub last_seen: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: &AccountRow) -> Result<(), StoreError> {
    diesel::insert_into(accounts::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn get(conn: &mut Conn, person: ActorId) -> Result<Option<AccountRow>, StoreError> {
    Ok(accounts::table
        .find(person)
        .select(AccountRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(accounts::table
        .filter(accounts::email.eq(email))
        .select(AccountRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_name(conn: &mut Conn, name: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(actors::local.and(actors::name.eq(name)))
        .select(AccountRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn any_admin(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(
        diesel::select(diesel::dsl::exists(accounts::table.filter(accounts::admin)))
            .get_result(conn)?,
    )
}

pub fn admins(conn: &mut Conn) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(accounts::admin)
        .order(accounts::person_id.asc())
        .limit(50)
        .select(ActorBrief::as_select())
        .load(conn)?)
}

pub fn set_password(conn: &mut Conn, person: ActorId, hash: &str) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(person))
        .set(accounts::password_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}

pub fn set_email(conn: &mut Conn, person: ActorId, email: Option<&str>) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(person))
        .set(accounts::email.eq(email))
        .execute(conn)?;
    Ok(())
}

pub fn set_state(conn: &mut Conn, person: ActorId, state: AccountState) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(person))
        .set(accounts::state.eq(state))
        .execute(conn)?;
    Ok(())
}

pub fn set_admin(conn: &mut Conn, person: ActorId, admin: bool) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(person))
        .set(accounts::admin.eq(admin))
        .execute(conn)?;
    Ok(())
}

pub fn touch(conn: &mut Conn, person: ActorId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(person))
        .set(accounts::last_seen.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Ends an account with all its sessions.
pub fn delete(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    super::sessions::delete_all_of(conn, person, None)?;
    diesel::delete(application_decisions::table.find(person)).execute(conn)?;
    diesel::delete(accounts::table.find(person)).execute(conn)?;
    Ok(())
}

/// Accounts in one state with their people, oldest first.
pub fn page_by_state(
    conn: &mut Conn,
    state: AccountState,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(AccountRow, ActorBrief)>, StoreError> {
    let from = after.map_or(ActorId(0), |cursor| ActorId(cursor.id));
    let rows = accounts::table
        .inner_join(actors::table)
        .filter(accounts::state.eq(state).and(accounts::person_id.gt(from)))
        .order(accounts::person_id.asc())
        .limit(limit as i64 + 1)
        .select((AccountRow::as_select(), ActorBrief::as_select()))
        .load::<(AccountRow, ActorBrief)>(conn)?;
    Ok(Page::from_rows(rows, limit, |(account, _)| Cursor {
        key: 0,
        id: account.person_id.0,
    }))
}

/// Everybody who ever applied, newest first.
pub fn page_of_applications(
    conn: &mut Conn,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<(AccountRow, ActorBrief)>, StoreError> {
    let before = after.map_or(ActorId(i64::MAX), |cursor| ActorId(cursor.id));
    let rows = accounts::table
        .inner_join(actors::table)
        .filter(accounts::application.is_not_null())
        .filter(accounts::person_id.lt(before))
        .order(accounts::person_id.desc())
        .limit(limit as i64 + 1)
        .select((AccountRow::as_select(), ActorBrief::as_select()))
        .load::<(AccountRow, ActorBrief)>(conn)?;
    Ok(Page::from_rows(rows, limit, |(account, _)| Cursor {
        key: 0,
        id: account.person_id.0,
    }))
}

/// How many applications wait.
pub fn count_waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(accounts::table
        .filter(accounts::state.eq(AccountState::Pending))
        .count()
        .get_result(conn)?)
}

/// Who decided on an application, and what was told to who applied.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_decisions)]
pub struct DecisionRow {
    pub person_id: ActorId,
    pub admin_id: ActorId,
    pub reason: Option<String>,
    pub decided: Timestamp,
}

/// The last word counts.
pub fn set_decision(conn: &mut Conn, row: &DecisionRow) -> Result<(), StoreError> {
    diesel::delete(application_decisions::table.find(row.person_id)).execute(conn)?;
    diesel::insert_into(application_decisions::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn decisions(conn: &mut Conn, people: &[ActorId]) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(application_decisions::table
        .filter(application_decisions::person_id.eq_any(people.to_vec()))
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// Accounts that are active, in all and seen since two moments: for NodeInfo.
pub fn usage(
    conn: &mut Conn,
    month: Timestamp,
    half_year: Timestamp,
) -> Result<(i64, i64, i64), StoreError> {
    let active = || accounts::table.filter(accounts::state.eq(AccountState::Active));
    let total = active().count().get_result(conn)?;
    let in_month = active()
        .filter(accounts::last_seen.ge(month))
        .count()
        .get_result(conn)?;
    let in_half_year = active()
        .filter(accounts::last_seen.ge(half_year))
        .count()
        .get_result(conn)?;
    Ok((total, in_month, in_half_year))
}
