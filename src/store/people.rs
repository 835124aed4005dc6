//! What we keep of people beside their actor: institution and counters.

use diesel::prelude::*;

use super::schema::people;
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = people)]
pub struct PersonRow {
    pub actor_id: ActorId,
    pub institution: Option<String>,
    pub post_count: i64,
    pub comment_count: i64,
}

pub fn insert(conn: &mut Conn, person: ActorId) -> Result<(), StoreError> {
    diesel::insert_into(people::table)
        .values(PersonRow {
            actor_id: person,
            institution: None,
            post_count: 0,
            comment_count: 0,
        })
        .execute(conn)?;
    Ok(())
}

pub fn get(conn: &mut Conn, person: ActorId) -> Result<PersonRow, StoreError> {
    Ok(people::table
        .find(person)
        .select(PersonRow::as_select())
        .first(conn)?)
}

pub fn many(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<PersonRow>, StoreError> {
    Ok(people::table
        .filter(people::actor_id.eq_any(ids.to_vec()))
        .select(PersonRow::as_select())
        .load(conn)?)
}

pub fn set_institution(
    conn: &mut Conn,
    person: ActorId,
    institution: Option<&str>,
) -> Result<(), StoreError> {
    diesel::update(people::table.find(person))
        .set(people::institution.eq(institution))
        .execute(conn)?;
    Ok(())
}

pub fn count_posts(conn: &mut Conn, person: ActorId, by: i64) -> Result<(), StoreError> {
    diesel::update(people::table.find(person))
        .set(people::post_count.eq(people::post_count + by))
        .execute(conn)?;
    Ok(())
}

pub fn count_comments(conn: &mut Conn, person: ActorId, by: i64) -> Result<(), StoreError> {
    diesel::update(people::table.find(person))
        .set(people::comment_count.eq(people::comment_count + by))
        .execute(conn)?;
    Ok(())
}
