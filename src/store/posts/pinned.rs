//! Lists that begin with what is pinned: in its group, or by an administrator on the lists of this site.

use diesel::prelude::*;

use super::PostRow;
use super::lists::{Part, PostFilter, Reader, Wanted, cursor_at, page_of, place, rows};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::paging::{Cursor, Page};
use crate::store::audience::Audience;
use crate::store::schema::{posts, site_pins};
use crate::store::taste::Taste;
use crate::store::{Conn, StoreError};

/// So many stand at the top of a list: on those of this site the last pinned, in a group the newest.
/// Others that are pinned stand in their place.
const PINS: i64 = 50;

/// One page of a list in which pinned threads come before all others, each part in the order that was
/// asked for. What a reader may not see, or would not, is not there for being pinned.
pub fn page_pinned_first(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    taste: &Taste,
    wanted: Wanted,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<PostRow>, StoreError> {
    let reader = (audience.into(), taste);
    let pins = pins_of(conn, wanted.filter)?;
    let others = Part::Others(&pins);
    let (mut left, after) = match after {
        Some(cursor) if !is_among_pins(cursor) => (Vec::new(), Some(cursor)),
        after => (pinned(conn, reader, wanted, &pins, after)?, None),
    };
    if left.len() < limit {
        let mut page = page_of(conn, reader, wanted, others, after, limit - left.len())?;
        left.append(&mut page.items);
        page.items = left;
        return Ok(page);
    }
    let more = left.len() > limit
        || !page_of(conn, reader, wanted, others, None, 1)?
            .items
            .is_empty();
    left.truncate(limit);
    let last = left.last().filter(|_| more);
    Ok(Page {
        next: last.map(|row| among_pins(cursor_at(wanted.sort, row))),
        items: left,
    })
}

/// A place in the first part of such a list. It stays one, whatever is pinned or unpinned meanwhile.
fn among_pins(cursor: Cursor) -> Cursor {
    Cursor {
        id: -cursor.id,
        ..cursor
    }
}

fn is_among_pins(cursor: Cursor) -> bool {
    cursor.id < 0
}

/// What is pinned at the top of such a list.
fn pins_of(conn: &mut Conn, filter: PostFilter) -> Result<Vec<PostId>, StoreError> {
    Ok(match filter {
        PostFilter::All | PostFilter::Local | PostFilter::FollowedBy(_) => site_pins::table
            .order((site_pins::created.desc(), site_pins::post_id.desc()))
            .limit(PINS)
            .select(site_pins::post_id)
            .load(conn)?,
        PostFilter::InGroup(group) | PostFilter::ListedIn(group) => posts::table
            .filter(posts::group_id.eq(group).and(posts::featured))
            .order((posts::published.desc(), posts::id.desc()))
            .limit(PINS)
            .select(posts::id)
            .load(conn)?,
        PostFilter::ModeratedBy(_)
        | PostFilter::SharedIn { .. }
        | PostFilter::FewSharedIn { .. }
        | PostFilter::By(_)
        | PostFilter::ByIn { .. } => Vec::new(),
    })
}

/// Those of them that belong into the list, from a place among them on.
fn pinned(
    conn: &mut Conn,
    reader: Reader<'_>,
    wanted: Wanted,
    pins: &[PostId],
    after: Option<Cursor>,
) -> Result<Vec<PostRow>, StoreError> {
    if pins.is_empty() {
        return Ok(Vec::new());
    }
    let sort = wanted.sort;
    // Nothing that a group shares of others is pinned in it.
    let own = match wanted.filter {
        PostFilter::ListedIn(group) => PostFilter::InGroup(group),
        filter => filter,
    };
    let own = Wanted {
        filter: own,
        ..wanted
    };
    let mut rows = rows(conn, reader, own, Part::Only(pins), None, pins.len())?;
    rows.sort_by_key(|row| place(sort, cursor_at(sort, row)));
    if let Some(after) = after {
        let passed = place(sort, among_pins(after));
        rows.retain(|row| place(sort, cursor_at(sort, row)) > passed);
    }
    Ok(rows)
}

/// Pinned threads of a group, newest first.
pub fn featured(
    conn: &mut Conn,
    audience: impl Into<Audience>,
    group: ActorId,
) -> Result<Vec<PostRow>, StoreError> {
    let query = posts::table
        .filter(posts::group_id.eq(group).and(posts::featured))
        .filter(posts::deleted.eq(false).and(posts::removed.eq(false)))
        .select(PostRow::as_select())
        .into_boxed();
    let query = audience.into().of_posts(query);
    Ok(query
        .order((posts::published.desc(), posts::id.desc()))
        .limit(20)
        .load(conn)?)
}
