//! How a member wants to read: what lists show, and in which order. Who set nothing has no row.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::schema::{preferences, site_languages};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{Listing, Order};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = preferences, treat_none_as_null = true)]
pub struct PreferencesRow {
    pub person_id: ActorId,
    /// Sensitive threads in lists that mix groups.
    pub show_sensitive: bool,
    /// Threads that are marked as read, likewise.
    pub show_read: bool,
    /// What bots write, and that they did.
    pub show_bots: bool,
    pub show_scores: bool,
    /// What lists begin with when nothing else is asked for.
    pub sort: Option<Order>,
    pub listing: Option<Listing>,
    /// Codes with a comma between them; empty: all.
    pub languages: String,
    pub matrix_id: Option<String>,
    /// JSON that apps keep here for themselves: their theme, and the like.
    pub for_apps: String,
}

impl PreferencesRow {
    /// Of somebody who set nothing.
    pub fn new(person: ActorId) -> Self {
        PreferencesRow {
            person_id: person,
            show_sensitive: false,
            show_read: true,
            show_bots: true,
            show_scores: true,
            sort: None,
            listing: None,
            languages: String::new(),
            matrix_id: None,
            for_apps: "{}".to_owned(),
        }
    }

    /// The languages that are read; empty: all. `und` stands for texts that name none.
    pub fn languages(&self) -> Vec<&str> {
        self.languages
            .split(',')
            .filter(|code| !code.is_empty())
            .collect()
    }
}

pub fn of(conn: &mut Conn, person: ActorId) -> Result<PreferencesRow, StoreError> {
    let row = preferences::table
        .find(person)
        .select(PreferencesRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.unwrap_or_else(|| PreferencesRow::new(person)))
}

pub fn set(conn: &mut Conn, row: &PreferencesRow) -> Result<(), StoreError> {
    let standing = preferences::table.find(row.person_id);
    let known: bool = diesel::select(exists(standing)).get_result(conn)?;
    if known {
        diesel::update(standing).set(row).execute(conn)?;
    } else {
        diesel::insert_into(preferences::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}

pub fn forget(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    diesel::delete(preferences::table.find(person)).execute(conn)?;
    Ok(())
}

/// The languages that the site is about; none: all.
pub fn site_languages(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(site_languages::table
        .order(site_languages::code.asc())
        .select(site_languages::code)
        .load(conn)?)
}

pub fn set_site_languages(conn: &mut Conn, codes: &[String]) -> Result<(), StoreError> {
    diesel::delete(site_languages::table).execute(conn)?;
    for code in codes {
        diesel::insert_into(site_languages::table)
            .values(site_languages::code.eq(code))
            .execute(conn)?;
    }
    Ok(())
}
