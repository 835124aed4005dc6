//! The one row about this instance: its name and how people join. Its actor is in `actors`.

use diesel::prelude::*;

use super::schema::site;
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::RegistrationMode;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = site)]
pub struct SiteRow {
    pub id: i32,
    pub name: String,
    pub tagline: String,
    pub sidebar_markdown: String,
    pub sidebar_html: String,
    /// `None`: as configured.
    pub registration: Option<RegistrationMode>,
    pub application_question: Option<String>,
    /// Set until the first administrator is made.
    pub setup_token_hash: Option<String>,
    pub actor_id: ActorId,
    pub created: Timestamp,
}

/// What an administrator changes in the browser.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = site, treat_none_as_null = true)]
pub struct SiteChanges {
    pub name: String,
    pub tagline: String,
    pub sidebar_markdown: String,
    pub sidebar_html: String,
    pub registration: Option<RegistrationMode>,
    pub application_question: Option<String>,
}

const THE_SITE: i32 = 1;

pub fn find(conn: &mut Conn) -> Result<Option<SiteRow>, StoreError> {
    Ok(site::table
        .find(THE_SITE)
        .select(SiteRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn get(conn: &mut Conn) -> Result<SiteRow, StoreError> {
    find(conn)?.ok_or(StoreError::NotFound)
}

/// Lets who changes the administrators wait until this transaction is over, and then see what it did.
pub fn hold(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::update(site::table.find(THE_SITE))
        .set(site::created.eq(site::created))
        .execute(conn)?;
    Ok(())
}

pub fn insert(
    conn: &mut Conn,
    name: &str,
    actor: ActorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(site::table)
        .values(SiteRow {
            id: THE_SITE,
            name: name.to_owned(),
            tagline: String::new(),
            sidebar_markdown: String::new(),
            sidebar_html: String::new(),
            registration: None,
            application_question: None,
            setup_token_hash: None,
            actor_id: actor,
            created: now,
        })
        .execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut Conn, changes: &SiteChanges) -> Result<(), StoreError> {
    diesel::update(site::table.find(THE_SITE))
        .set(changes)
        .execute(conn)?;
    Ok(())
}

pub fn set_setup_token(conn: &mut Conn, hash: Option<&str>) -> Result<(), StoreError> {
    diesel::update(site::table.find(THE_SITE))
        .set(site::setup_token_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}
