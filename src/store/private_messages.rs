//! What two people write to each other: messages, and for each of the two the conversations they have.

use std::collections::HashMap;

use diesel::prelude::*;
use url::Url;

use super::schema::{correspondence, message_settings, private_messages};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, MessageId};
use crate::domain::kinds::MessagesFrom;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = private_messages)]
pub struct MessageRow {
    pub id: MessageId,
    pub ap_id: String,
    pub local: bool,
    /// The two people, the lower id first.
    pub first_id: ActorId,
    pub second_id: ActorId,
    pub sender_id: ActorId,
    pub recipient_id: ActorId,
    pub body_markdown: Option<String>,
    /// Sanitised.
    pub body_html: String,
    pub published: Timestamp,
    pub edited: Option<Timestamp>,
    /// By its sender.
    pub deleted: bool,
    /// By its recipient.
    pub read: bool,
}

impl MessageRow {
    pub fn is_between(&self, person: ActorId) -> bool {
        self.sender_id == person || self.recipient_id == person
    }

    pub fn other(&self, person: ActorId) -> ActorId {
        if self.sender_id == person {
            self.recipient_id
        } else {
            self.sender_id
        }
    }
}

/// Two people, in the order in which rows have them.
pub fn pair(one: ActorId, other: ActorId) -> (ActorId, ActorId) {
    if one < other {
        (one, other)
    } else {
        (other, one)
    }
}

pub fn insert(conn: &mut Conn, row: &MessageRow) -> Result<(), StoreError> {
    diesel::insert_into(private_messages::table)
        .values(row)
        .execute(conn)?;
    for (person, other) in [
        (row.sender_id, row.recipient_id),
        (row.recipient_id, row.sender_id),
    ] {
        let known = diesel::update(correspondence::table.find((person, other)))
            .set(correspondence::latest_id.eq(row.id))
            .execute(conn)?;
        if known == 0 {
            diesel::insert_into(correspondence::table)
                .values((
                    correspondence::person_id.eq(person),
                    correspondence::other_id.eq(other),
                    correspondence::latest_id.eq(row.id),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

pub fn find(conn: &mut Conn, id: MessageId) -> Result<Option<MessageRow>, StoreError> {
    Ok(private_messages::table
        .find(id)
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_ap_id(conn: &mut Conn, ap_id: &Url) -> Result<Option<MessageRow>, StoreError> {
    Ok(private_messages::table
        .filter(private_messages::ap_id.eq(ap_id.as_str()))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?)
}

fn by_id(row: &MessageRow) -> Cursor {
    Cursor {
        key: 0,
        id: row.id.0,
    }
}

/// Newest first, what two people wrote to each other.
pub fn between(
    conn: &mut Conn,
    one: ActorId,
    other: ActorId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<MessageRow>, StoreError> {
    let (first, second) = pair(one, other);
    let below = MessageId(after.map_or(i64::MAX, |cursor| cursor.id));
    let rows = private_messages::table
        .filter(private_messages::first_id.eq(first))
        .filter(private_messages::second_id.eq(second))
        .filter(private_messages::id.lt(below))
        .order(private_messages::id.desc())
        .limit(limit as i64 + 1)
        .select(MessageRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, by_id))
}

/// Newest first, what somebody got (`unread`: and has not read) or sent, and is not deleted.
pub fn of(
    conn: &mut Conn,
    person: ActorId,
    unread: bool,
    from: Option<ActorId>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<MessageRow>, StoreError> {
    let below = MessageId(after.map_or(i64::MAX, |cursor| cursor.id));
    let list = || {
        private_messages::table
            .filter(private_messages::id.lt(below))
            .filter(private_messages::deleted.eq(false))
            .order(private_messages::id.desc())
            .limit(limit as i64 + 1)
            .select(MessageRow::as_select())
            .into_boxed()
    };
    let mut got = list().filter(private_messages::recipient_id.eq(person));
    if unread {
        got = got.filter(private_messages::read.eq(false));
    }
    if let Some(from) = from {
        got = got.filter(private_messages::sender_id.eq(from));
    }
    let mut rows: Vec<MessageRow> = got.load(conn)?;
    if !unread {
        let mut sent = list().filter(private_messages::sender_id.eq(person));
        if let Some(from) = from {
            sent = sent.filter(private_messages::recipient_id.eq(from));
        }
        rows.extend(sent.load(conn)?);
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    }
    Ok(Page::from_rows(rows, limit, by_id))
}

/// The latest message of each of somebody's conversations, the liveliest first.
pub fn conversations(
    conn: &mut Conn,
    person: ActorId,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<MessageRow>, StoreError> {
    let below = MessageId(after.map_or(i64::MAX, |cursor| cursor.id));
    let rows = correspondence::table
        .inner_join(private_messages::table.on(private_messages::id.eq(correspondence::latest_id)))
        .filter(correspondence::person_id.eq(person))
        .filter(correspondence::latest_id.lt(below))
        .order(correspondence::latest_id.desc())
        .limit(limit as i64 + 1)
        .select(MessageRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, by_id))
}

/// How many messages wait for somebody.
pub fn unread(conn: &mut Conn, person: ActorId) -> Result<i64, StoreError> {
    Ok(private_messages::table
        .filter(private_messages::recipient_id.eq(person))
        .filter(private_messages::read.eq(false))
        .filter(private_messages::deleted.eq(false))
        .count()
        .get_result(conn)?)
}

/// Likewise, by whom they are.
pub fn unread_by_sender(
    conn: &mut Conn,
    person: ActorId,
    senders: &[ActorId],
) -> Result<HashMap<ActorId, i64>, StoreError> {
    Ok(private_messages::table
        .filter(private_messages::recipient_id.eq(person))
        .filter(private_messages::read.eq(false))
        .filter(private_messages::deleted.eq(false))
        .filter(private_messages::sender_id.eq_any(senders.to_vec()))
        .group_by(private_messages::sender_id)
        .select((private_messages::sender_id, diesel::dsl::count_star()))
        .load::<(ActorId, i64)>(conn)?
        .into_iter()
        .collect())
}

pub fn set_read(conn: &mut Conn, id: MessageId, read: bool) -> Result<(), StoreError> {
    diesel::update(private_messages::table.find(id))
        .set(private_messages::read.eq(read))
        .execute(conn)?;
    Ok(())
}

/// All that one person wrote to somebody is read.
pub fn read_all_from(
    conn: &mut Conn,
    person: ActorId,
    sender: Option<ActorId>,
) -> Result<(), StoreError> {
    let unread = private_messages::recipient_id
        .eq(person)
        .and(private_messages::read.eq(false));
    match sender {
        Some(sender) => diesel::update(
            private_messages::table
                .filter(unread)
                .filter(private_messages::sender_id.eq(sender)),
        )
        .set(private_messages::read.eq(true))
        .execute(conn)?,
        None => diesel::update(private_messages::table.filter(unread))
            .set(private_messages::read.eq(true))
            .execute(conn)?,
    };
    Ok(())
}

pub fn set_deleted(conn: &mut Conn, id: MessageId, deleted: bool) -> Result<(), StoreError> {
    diesel::update(private_messages::table.find(id))
        .set(private_messages::deleted.eq(deleted))
        .execute(conn)?;
    Ok(())
}

/// Who leaves for good takes along what they wrote.
pub fn delete_all_from(conn: &mut Conn, sender: ActorId) -> Result<(), StoreError> {
    diesel::update(private_messages::table.filter(private_messages::sender_id.eq(sender)))
        .set((
            private_messages::deleted.eq(true),
            private_messages::body_html.eq(""),
            private_messages::body_markdown.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn edit(
    conn: &mut Conn,
    id: MessageId,
    markdown: Option<&str>,
    html: &str,
    edited: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(private_messages::table.find(id))
        .set((
            private_messages::body_markdown.eq(markdown),
            private_messages::body_html.eq(html),
            private_messages::edited.eq(edited),
        ))
        .execute(conn)?;
    Ok(())
}

/// From whom somebody takes messages.
pub fn accepts(conn: &mut Conn, person: ActorId) -> Result<MessagesFrom, StoreError> {
    let chosen = message_settings::table
        .find(person)
        .select(message_settings::accepts)
        .first(conn)
        .optional()?;
    Ok(chosen.unwrap_or(MessagesFrom::Everybody))
}

pub fn set_accepts(
    conn: &mut Conn,
    person: ActorId,
    accepts: MessagesFrom,
) -> Result<(), StoreError> {
    let known = diesel::update(message_settings::table.find(person))
        .set(message_settings::accepts.eq(accepts))
        .execute(conn)?;
    if known == 0 {
        diesel::insert_into(message_settings::table)
            .values((
                message_settings::person_id.eq(person),
                message_settings::accepts.eq(accepts),
            ))
            .execute(conn)?;
    }
    Ok(())
}
