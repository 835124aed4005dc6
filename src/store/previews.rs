//! What pages behind links say of themselves, which threads have which link, and when a server may be
//! asked for the next page.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use diesel::prelude::*;

use super::posts::PostRow;
use super::schema::{link_previews, link_slots, post_links};
use super::{Conn, StoreError};
use crate::domain::ids::PostId;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = link_previews)]
pub struct PreviewRow {
    pub link_key: String,
    pub link: String,
    pub wanted: bool,
    pub attempts: i32,
    pub next_attempt: Timestamp,
    pub looked_at: Option<Timestamp>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub content_type: Option<String>,
    pub image_url: Option<String>,
    pub video_url: Option<String>,
    /// A file of ours, and its address.
    pub thumbnail: Option<String>,
    pub thumbnail_url: Option<String>,
    pub thumbnail_bytes: i64,
    pub thumbnail_width: i32,
    pub thumbnail_height: i32,
}

/// What was found.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = link_previews, treat_none_as_null = true)]
pub struct Found {
    pub title: Option<String>,
    pub description: Option<String>,
    pub content_type: Option<String>,
    pub image_url: Option<String>,
    pub video_url: Option<String>,
    pub thumbnail: Option<String>,
    pub thumbnail_url: Option<String>,
    pub thumbnail_bytes: i64,
    pub thumbnail_width: i32,
    pub thumbnail_height: i32,
}

/// By which a link is known; links may be longer than an index takes.
pub fn key_of(link: &str) -> String {
    let hash = digest(&SHA256, link.as_bytes());
    hash.as_ref().iter().fold(String::new(), |mut key, byte| {
        // Writing into a String cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}

/// The one link of a thread that apps see.
fn link_of(post: &PostRow) -> Option<&str> {
    post.link.as_deref().or(post.image_url.as_deref())
}

pub fn find(conn: &mut Conn, key: &str) -> Result<Option<PreviewRow>, StoreError> {
    Ok(link_previews::table
        .find(key)
        .select(PreviewRow::as_select())
        .first(conn)
        .optional()?)
}

/// Of those threads whose link was looked at.
pub fn of<'a>(
    conn: &mut Conn,
    rows: impl Iterator<Item = &'a PostRow>,
) -> Result<HashMap<PostId, Arc<PreviewRow>>, StoreError> {
    let keys: HashMap<PostId, String> = rows
        .filter_map(|row| Some((row.id, key_of(row.link.as_deref()?))))
        .collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<&String> = keys.values().collect();
    let known: HashMap<String, Arc<PreviewRow>> = link_previews::table
        .filter(link_previews::link_key.eq_any(wanted))
        .filter(link_previews::looked_at.is_not_null())
        .select(PreviewRow::as_select())
        .load(conn)?
        .into_iter()
        .map(|row| (row.link_key.clone(), Arc::new(row)))
        .collect();
    let of_post = |(post, key): (PostId, String)| Some((post, known.get(&key)?.clone()));
    Ok(keys.into_iter().filter_map(of_post).collect())
}

/// Notes which link a thread has now, if any.
pub fn set_link(conn: &mut Conn, post: &PostRow) -> Result<(), StoreError> {
    forget_link(conn, post.id)?;
    if let Some(link) = link_of(post) {
        diesel::insert_into(post_links::table)
            .values((
                post_links::post_id.eq(post.id),
                post_links::link_key.eq(key_of(link)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Nobody is told of this link by that thread any more.
pub fn forget_link(conn: &mut Conn, post: PostId) -> Result<(), StoreError> {
    diesel::delete(post_links::table.find(post)).execute(conn)?;
    Ok(())
}

/// Other threads with the same link, the newest first.
pub fn with_same_link(
    conn: &mut Conn,
    post: &PostRow,
    limit: i64,
) -> Result<Vec<PostId>, StoreError> {
    let Some(link) = link_of(post) else {
        return Ok(Vec::new());
    };
    Ok(post_links::table
        .filter(post_links::link_key.eq(key_of(link)))
        .filter(post_links::post_id.ne(post.id))
        .order(post_links::post_id.desc())
        .limit(limit)
        .select(post_links::post_id)
        .load(conn)?)
}

/// Threads with one of these links, the newest first.
pub fn with_link(conn: &mut Conn, links: &[&str], limit: i64) -> Result<Vec<PostId>, StoreError> {
    let keys: Vec<String> = links.iter().map(|link| key_of(link)).collect();
    Ok(post_links::table
        .filter(post_links::link_key.eq_any(keys))
        .order(post_links::post_id.desc())
        .limit(limit)
        .select(post_links::post_id)
        .load(conn)?)
}

/// Asks for a page to be looked at, not before a time.
pub fn want(conn: &mut Conn, link: &str, at: Timestamp) -> Result<(), StoreError> {
    let key = key_of(link);
    let changed = diesel::update(link_previews::table.find(&key))
        .set((
            link_previews::wanted.eq(true),
            link_previews::attempts.eq(0),
            link_previews::next_attempt.eq(at),
        ))
        .execute(conn)?;
    if changed == 0 {
        let row = PreviewRow {
            link_key: key,
            link: link.to_owned(),
            wanted: true,
            attempts: 0,
            next_attempt: at,
            looked_at: None,
            title: None,
            description: None,
            content_type: None,
            image_url: None,
            video_url: None,
            thumbnail: None,
            thumbnail_url: None,
            thumbnail_bytes: 0,
            thumbnail_width: 0,
            thumbnail_height: 0,
        };
        diesel::insert_into(link_previews::table)
            .values(&row)
            .execute(conn)?;
    }
    Ok(())
}

/// From when on a server may be asked for the next page, on account of threads from here or from elsewhere.
pub fn next_slot(conn: &mut Conn, host: &str, ours: bool) -> Result<Option<Timestamp>, StoreError> {
    Ok(link_slots::table
        .find((host, ours))
        .select(link_slots::next_slot)
        .first(conn)
        .optional()?)
}

pub fn take_slot(
    conn: &mut Conn,
    host: &str,
    ours: bool,
    next: Timestamp,
) -> Result<(), StoreError> {
    let changed = diesel::update(link_slots::table.find((host, ours)))
        .set(link_slots::next_slot.eq(next))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(link_slots::table)
            .values((
                link_slots::host.eq(host),
                link_slots::ours.eq(ours),
                link_slots::next_slot.eq(next),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Those whose time has come, who wait longest first.
pub fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<PreviewRow>, StoreError> {
    Ok(link_previews::table
        .filter(link_previews::wanted)
        .filter(link_previews::next_attempt.le(now))
        .order((
            link_previews::next_attempt.asc(),
            link_previews::link_key.asc(),
        ))
        .limit(limit)
        .select(PreviewRow::as_select())
        .load(conn)?)
}

/// Puts one off until `next`, if nobody has done so since it was read: whoever does may work on it
/// until then. After a crash it is due again.
pub fn put_off(
    conn: &mut Conn,
    row: &PreviewRow,
    attempts: i32,
    next: Timestamp,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        link_previews::table
            .find(&row.link_key)
            .filter(link_previews::wanted)
            .filter(link_previews::next_attempt.eq(row.next_attempt)),
    )
    .set((
        link_previews::attempts.eq(attempts),
        link_previews::next_attempt.eq(next),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// The page was looked at. Without `found` it could not be, and what was known of it stays.
pub fn finish(
    conn: &mut Conn,
    key: &str,
    found: Option<&Found>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(found) = found {
        diesel::update(link_previews::table.find(key))
            .set(found)
            .execute(conn)?;
    }
    diesel::update(link_previews::table.find(key))
        .set((
            link_previews::wanted.eq(false),
            link_previews::looked_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether a file of ours is the picture of some page.
pub fn shows_file(conn: &mut Conn, file: &str) -> Result<bool, StoreError> {
    let shown = link_previews::table.filter(link_previews::thumbnail.eq(file));
    Ok(diesel::select(diesel::dsl::exists(shown)).get_result(conn)?)
}

/// Bytes that all of these pictures take.
pub fn thumbnail_bytes(conn: &mut Conn) -> Result<i64, StoreError> {
    let sizes: Vec<i64> = link_previews::table
        .filter(link_previews::thumbnail.is_not_null())
        .select(link_previews::thumbnail_bytes)
        .load(conn)?;
    Ok(sizes.iter().sum())
}

/// Those looked at before a time whose link no thread has any more.
pub fn unused(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<PreviewRow>, StoreError> {
    let used = post_links::table.filter(post_links::link_key.eq(link_previews::link_key));
    Ok(link_previews::table
        .filter(link_previews::looked_at.lt(before))
        .filter(diesel::dsl::not(diesel::dsl::exists(used)))
        .limit(limit)
        .select(PreviewRow::as_select())
        .load(conn)?)
}

pub fn delete(conn: &mut Conn, key: &str) -> Result<(), StoreError> {
    diesel::delete(link_previews::table.find(key)).execute(conn)?;
    Ok(())
}

/// Slots that lie in the past keep nobody waiting.
pub fn prune_slots(conn: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    diesel::delete(link_slots::table.filter(link_slots::next_slot.lt(now))).execute(conn)?;
    Ok(())
}
