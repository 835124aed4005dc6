//! What hangs on threads, comments and private messages beside their text, and who shared the former (ids of
//! all come from one sequence).

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::{boosts, extras};
use super::{Conn, StoreError};
use crate::domain::extras::{Attachment, Emoji, Extras};
use crate::domain::ids::ActorId;
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = extras)]
struct ExtrasRow {
    content_id: i64,
    warning: Option<String>,
    covered: bool,
    attachments: String,
    emoji: String,
    hashtags: String,
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn list<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// Keeps these in place of what was there.
pub fn set(conn: &mut Conn, content: i64, new: &Extras) -> Result<(), StoreError> {
    diesel::delete(extras::table.find(content)).execute(conn)?;
    if new.is_empty() {
        return Ok(());
    }
    diesel::insert_into(extras::table)
        .values(ExtrasRow {
            content_id: content,
            warning: new.warning.clone(),
            covered: new.covered,
            attachments: json(&new.attachments)?,
            emoji: json(&new.emoji)?,
            hashtags: json(&new.hashtags)?,
        })
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut Conn, contents: &[i64]) -> Result<(), StoreError> {
    diesel::delete(extras::table.filter(extras::content_id.eq_any(contents.to_vec())))
        .execute(conn)?;
    Ok(())
}

/// Of those that have any.
pub fn of(conn: &mut Conn, contents: &[i64]) -> Result<HashMap<i64, Extras>, StoreError> {
    let rows: Vec<ExtrasRow> = extras::table
        .filter(extras::content_id.eq_any(contents.to_vec()))
        .select(ExtrasRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let attachments: Vec<Attachment> = list(&row.attachments)?;
            let emoji: Vec<Emoji> = list(&row.emoji)?;
            let hashtags: Vec<String> = list(&row.hashtags)?;
            Ok((
                row.content_id,
                Extras {
                    warning: row.warning,
                    covered: row.covered,
                    attachments,
                    emoji,
                    hashtags,
                },
            ))
        })
        .collect()
}

pub fn get(conn: &mut Conn, content: i64) -> Result<Extras, StoreError> {
    Ok(of(conn, &[content])?.remove(&content).unwrap_or_default())
}

/// Notes that somebody shared this; once, however often they do.
pub fn boost(
    conn: &mut Conn,
    target: i64,
    actor: ActorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !has_boosted(conn, target, actor)? {
        diesel::insert_into(boosts::table)
            .values((
                boosts::target_id.eq(target),
                boosts::actor_id.eq(actor),
                boosts::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn has_boosted(conn: &mut Conn, target: i64, actor: ActorId) -> Result<bool, StoreError> {
    let one = boosts::table.find((target, actor));
    Ok(diesel::select(diesel::dsl::exists(one)).get_result(conn)?)
}

pub fn unboost(conn: &mut Conn, target: i64, actor: ActorId) -> Result<(), StoreError> {
    diesel::delete(boosts::table.find((target, actor))).execute(conn)?;
    Ok(())
}

/// How many shared these, of those that somebody did.
pub fn boosts(conn: &mut Conn, targets: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    Ok(boosts::table
        .filter(boosts::target_id.eq_any(targets.to_vec()))
        .group_by(boosts::target_id)
        .select((boosts::target_id, count_star()))
        .load::<(i64, i64)>(conn)?
        .into_iter()
        .collect())
}
