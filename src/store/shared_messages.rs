//! What stands beside private messages: what they carry, and of notes to several people who else got them.

use std::collections::HashMap;

use diesel::prelude::*;
use url::Url;

use super::extras;
use super::private_messages::MessageRow;
use super::schema::{private_messages, shared_messages};
use super::{Conn, StoreError};
use crate::domain::extras::{Addressee, Extras};
use crate::domain::ids::{ActorId, MessageId};

#[derive(Clone, Debug, Default)]
pub struct Beside {
    pub extras: Extras,
    pub shared: Option<Shared>,
}

/// A note to several people is a message to each of them who lives here.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The note they all got.
    pub note: String,
    /// Who else did.
    pub also_to: Vec<Addressee>,
}

impl Beside {
    pub fn also_to(&self) -> &[Addressee] {
        let shared = self.shared.as_ref();
        shared.map_or(&[], |shared| shared.also_to.as_slice())
    }
}

/// Keeps this in place of what was there.
pub fn set(conn: &mut Conn, message: MessageId, new: &Shared) -> Result<(), StoreError> {
    let also_to = extras::json(&new.also_to)?;
    diesel::delete(shared_messages::table.find(message)).execute(conn)?;
    diesel::insert_into(shared_messages::table)
        .values((
            shared_messages::message_id.eq(message),
            shared_messages::note_ap_id.eq(&new.note),
            shared_messages::also_to.eq(also_to),
        ))
        .execute(conn)?;
    Ok(())
}

fn shared(
    conn: &mut Conn,
    messages: &[MessageId],
) -> Result<HashMap<MessageId, Shared>, StoreError> {
    let rows: Vec<(MessageId, String, String)> = shared_messages::table
        .filter(shared_messages::message_id.eq_any(messages.to_vec()))
        .load(conn)?;
    rows.into_iter()
        .map(|(message, note, also_to)| {
            let also_to = extras::list(&also_to)?;
            Ok((message, Shared { note, also_to }))
        })
        .collect()
}

/// Of those that have any.
pub fn of(
    conn: &mut Conn,
    messages: &[MessageId],
) -> Result<HashMap<MessageId, Beside>, StoreError> {
    let mut all: HashMap<MessageId, Beside> = HashMap::new();
    let contents: Vec<i64> = messages.iter().map(|id| id.0).collect();
    for (content, extras) in extras::of(conn, &contents)? {
        all.entry(MessageId(content)).or_default().extras = extras;
    }
    for (message, shared) in shared(conn, messages)? {
        all.entry(message).or_default().shared = Some(shared);
    }
    Ok(all)
}

/// What a message is called where it came from: all who got a note know it by one address.
pub fn address_of(conn: &mut Conn, row: &MessageRow) -> Result<String, StoreError> {
    let shared = shared(conn, &[row.id])?.remove(&row.id);
    Ok(shared.map_or_else(|| row.ap_id.clone(), |shared| shared.note))
}

/// The messages that a note became here: one for each who got it.
pub fn copies(conn: &mut Conn, note: &Url) -> Result<Vec<MessageRow>, StoreError> {
    let mut rows: Vec<MessageRow> = shared_messages::table
        .inner_join(
            private_messages::table.on(private_messages::id.eq(shared_messages::message_id)),
        )
        .filter(shared_messages::note_ap_id.eq(note.as_str()))
        .order(shared_messages::message_id)
        .select(MessageRow::as_select())
        .load(conn)?;
    if rows.is_empty() {
        rows.extend(super::private_messages::by_ap_id(conn, note)?);
    }
    Ok(rows)
}

/// Takes away what stands beside all that somebody wrote.
pub fn delete_all_from(conn: &mut Conn, sender: ActorId) -> Result<(), StoreError> {
    let theirs = private_messages::table
        .filter(private_messages::sender_id.eq(sender))
        .select(private_messages::id);
    let ids: Vec<MessageId> = theirs.load(conn)?;
    for some in ids.chunks(500) {
        let contents: Vec<i64> = some.iter().map(|id| id.0).collect();
        extras::delete(conn, &contents)?;
        diesel::delete(
            shared_messages::table.filter(shared_messages::message_id.eq_any(some.to_vec())),
        )
        .execute(conn)?;
    }
    Ok(())
}
