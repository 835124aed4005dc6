//! What the pages behind links say of themselves: wanted when a thread with a link appears, looked at in
//! the background by whoever can, and written down here.
//!
//! The same link stands on many servers at once, so that looking at it must not become an attack on where
//! it leads: each page is looked at once for all threads with it, after a while that differs from server
//! to server, and each server is asked for one page after the other.

use url::Url;

use super::links;
use crate::domain::hosts::HostRule;
use crate::domain::house::{Previews, host_of};
use crate::domain::html::PageInfo;
use crate::domain::kinds::Visibility;
use crate::domain::text::one_line;
use crate::domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use crate::store::actors::{self, ActorRow};
use crate::store::posts::PostRow;
use crate::store::previews::{self, Found, PreviewRow};
use crate::store::{StoreError, Tx, groups, host_rules, uploads};

/// Time between two pages of one server, for threads of our own members and for those from elsewhere.
const OUR_PACE: i64 = SECOND;
const THEIR_PACE: i64 = 10 * SECOND;
/// Who would have to wait longer gets no preview.
const LONGEST_WAIT: i64 = 6 * HOUR;
/// So long nobody looks again, whoever posts the link: what was found, and what could not be looked at.
const FRESH: i64 = 7 * DAY;
const FRESH_FAILURE: i64 = DAY;
const RETRY_AFTER: &[i64] = &[10 * MINUTE, 3 * HOUR];
/// Longer than a look takes: after a crash another process goes on.
const LEASE: i64 = 3 * MINUTE;
/// What the small pictures of all pages may take on disk.
const ROOM_BYTES: i64 = 1024 * 1024 * 1024;
const CONTENT_TYPE_MAX: usize = 100;

/// A page to be looked at, nobody else's until the lease ends.
#[derive(Clone, Debug)]
pub struct Due {
    pub link: Url,
    row: PreviewRow,
}

/// What was seen there.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub page: PageInfo,
    /// As its server says.
    pub content_type: Option<String>,
}

/// Its picture, made small, in the media store.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    pub file_name: String,
    pub bytes: i64,
    pub width: i32,
    pub height: i32,
}

/// Why a page was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may be seen later.
    Passing,
    Final,
}

/// A thread was begun or changed: its link is noted, and its page to be looked at.
pub(crate) fn follow_link(
    tx: &mut Tx<'_>,
    post: &PostRow,
    author: &ActorRow,
) -> Result<(), StoreError> {
    previews::set_link(tx.conn, post)?;
    let (Some(link), Previews::Within(spread)) = (&post.link, tx.house.previews) else {
        return Ok(());
    };
    // What members of a private group elsewhere link to, their own servers may look at.
    if !author.local && groups::visibility(tx.conn, post.group_id)? == Visibility::Private {
        return Ok(());
    }
    let Some(url) = Url::parse(link)
        .ok()
        .filter(|url| !tx.house.address.owns(url))
    else {
        return Ok(());
    };
    let Some(host) = host_of(&url) else {
        return Ok(());
    };
    if let Some(row) = previews::find(tx.conn, &previews::key_of(link))? {
        let early = author.local && row.attempts == 0 && row.next_attempt > tx.now;
        if is_fresh(&row, tx.now) || (row.wanted && !early) {
            return Ok(());
        }
    }
    let pace = match author.local {
        true => OUR_PACE,
        false => THEIR_PACE,
    };
    // What stands in a group of ours comes here first; other servers look when we have told them.
    let wait = match author.local || actors::get(tx.conn, post.group_id)?.local {
        true => 0,
        false => chance_below(spread)?,
    };
    let free = previews::next_slot(tx.conn, &host, author.local)?;
    let slot = free.unwrap_or(tx.now).max(tx.now.plus(wait));
    if slot.since(tx.now) > LONGEST_WAIT {
        return Ok(());
    }
    previews::take_slot(tx.conn, &host, author.local, slot.plus(pace))?;
    previews::want(tx.conn, link, slot)?;
    tx.wake.previews = true;
    Ok(())
}

fn is_fresh(row: &PreviewRow, now: Timestamp) -> bool {
    let keeps = match row.content_type {
        Some(_) => FRESH,
        None => FRESH_FAILURE,
    };
    row.looked_at.is_some_and(|at| now.since(at) < keeps)
}

fn chance_below(limit: i64) -> Result<i64, StoreError> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StoreError::Unavailable("no random numbers".to_owned()))?;
    Ok(i64::from(u32::from_le_bytes(bytes)) * limit.max(0) / i64::from(u32::MAX))
}

/// What is known of a page, if somebody looked not long ago.
pub fn known(tx: &mut Tx<'_>, link: &Url) -> Result<Option<PreviewRow>, StoreError> {
    let row = previews::find(tx.conn, &previews::key_of(link.as_str()))?;
    let seen = |row: &PreviewRow| row.content_type.is_some() && is_fresh(row, tx.now);
    Ok(row.filter(seen))
}

/// Whether a page may be asked for: neither its server nor the link is blocked here. That a list of allowed
/// servers leaves it out says nothing: no page of the web is on it.
pub fn may_look(tx: &mut Tx<'_>, url: &Url) -> Result<bool, StoreError> {
    let host = host_of(url).unwrap_or_default();
    let rules = host_rules::about(tx.conn, &host)?;
    let blocked = rules.iter().any(|rule| rule.kind == HostRule::Blocked);
    Ok(!blocked && !links::is_blocked(tx, url)?)
}

pub fn is_anything_due(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(!previews::due(tx.conn, tx.now, 1)?.is_empty())
}

/// Takes pages whose time has come, of each server one.
pub fn take(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Due>, StoreError> {
    let mut taken: Vec<Due> = Vec::new();
    for row in previews::due(tx.conn, tx.now, 10 * limit as i64)? {
        let Ok(link) = Url::parse(&row.link) else {
            previews::finish(tx.conn, &row.link_key, None, tx.now)?;
            continue;
        };
        let busy = taken.iter().any(|due| host_of(&due.link) == host_of(&link));
        if taken.len() == limit || busy {
            continue;
        }
        let (attempts, until) = (row.attempts + 1, tx.now.plus(LEASE));
        if previews::put_off(tx.conn, &row, attempts, until)? {
            let row = PreviewRow {
                attempts,
                next_attempt: until,
                ..row
            };
            taken.push(Due { link, row });
        }
    }
    Ok(taken)
}

/// Whether there is room for another small picture.
pub fn has_room(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(previews::thumbnail_bytes(tx.conn)? < ROOM_BYTES)
}

/// Writes down what was seen.
pub fn keep(
    tx: &mut Tx<'_>,
    due: &Due,
    seen: &Seen,
    thumbnail: Option<&Thumbnail>,
) -> Result<(), StoreError> {
    let address = |file: &str| tx.house.address.at(&format!("/pictrs/image/{file}"));
    let content_type = seen.content_type.as_deref().unwrap_or_default();
    let found = Found {
        title: seen.page.title.clone(),
        description: seen.page.description.clone(),
        content_type: Some(one_line(content_type, CONTENT_TYPE_MAX)),
        image_url: seen.page.image.as_ref().map(Url::to_string),
        video_url: seen.page.video.as_ref().map(Url::to_string),
        thumbnail: thumbnail.map(|picture| picture.file_name.clone()),
        thumbnail_url: thumbnail.map(|picture| address(&picture.file_name).to_string()),
        thumbnail_bytes: thumbnail.map_or(0, |picture| picture.bytes),
        thumbnail_width: thumbnail.map_or(0, |picture| picture.width),
        thumbnail_height: thumbnail.map_or(0, |picture| picture.height),
    };
    let key = &due.row.link_key;
    previews::finish(tx.conn, key, Some(&found), tx.now)?;
    let old = due.row.thumbnail.as_deref();
    drop_file(
        tx,
        old.filter(|old| found.thumbnail.as_deref() != Some(*old)),
    )
}

/// The page could not be seen: it is tried again a few times, unless that is of no use.
pub fn fail(tx: &mut Tx<'_>, due: &Due, failure: Failure) -> Result<(), StoreError> {
    let tried = usize::try_from(due.row.attempts - 1).unwrap_or(usize::MAX);
    match RETRY_AFTER.get(tried) {
        Some(wait) if failure == Failure::Passing => {
            let next = tx.now.plus(*wait);
            previews::put_off(tx.conn, &due.row, due.row.attempts, next).map(|_| ())
        }
        _ => previews::finish(tx.conn, &due.row.link_key, None, tx.now),
    }
}

/// Forgets pages that no thread leads to any more, and their pictures. False when there are none left.
pub fn forget_unused(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    const AT_ONCE: i64 = 100;
    previews::prune_slots(tx.conn, tx.now)?;
    let rows = previews::unused(tx.conn, tx.now.minus(DAY), AT_ONCE)?;
    for row in &rows {
        forget(tx, row)?;
    }
    Ok(rows.len() as i64 == AT_ONCE)
}

/// A thread is erased: what its link led to goes with it, unless another leads there.
pub(crate) fn part_with(tx: &mut Tx<'_>, post: &PostRow) -> Result<(), StoreError> {
    let others = previews::with_same_link(tx.conn, post, 1)?;
    previews::forget_link(tx.conn, post.id)?;
    let Some(link) = post.link.as_deref().filter(|_| others.is_empty()) else {
        return Ok(());
    };
    match previews::find(tx.conn, &previews::key_of(link))? {
        Some(row) => forget(tx, &row),
        None => Ok(()),
    }
}

fn forget(tx: &mut Tx<'_>, row: &PreviewRow) -> Result<(), StoreError> {
    previews::delete(tx.conn, &row.link_key)?;
    drop_file(tx, row.thumbnail.as_deref())
}

/// Whether somebody else has the same picture is looked at before it is removed from the disk.
fn drop_file(tx: &mut Tx<'_>, file: Option<&str>) -> Result<(), StoreError> {
    if let Some(file) = file {
        uploads::discard(tx.conn, file, tx.now)?;
        tx.wake.pictures = true;
    }
    Ok(())
}
