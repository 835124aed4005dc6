//! What a category of NodeBB boosts stands in it. Of threads by people of other servers it says nothing else:
//! its moderators take one away, and all that comes is that the boost is taken back.

use super::{relocated, set_removed};
use crate::community::modlog;
use crate::community::{CommunityError, Via};
use crate::domain::kinds::LoggedAct;
use crate::store::actors::{self, ActorRow};
use crate::store::modlog::ModlogFilter;
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, hosts, shares};

fn tells_by_boosts(tx: &mut Tx<'_>, group: &ActorRow) -> Result<bool, StoreError> {
    let software = hosts::software_of(tx.conn, group.host_id)?;
    Ok(!group.local && software.as_deref() == Some("nodebb"))
}

/// A group elsewhere took its boost back. What its own people wrote they delete themselves.
pub(crate) fn unboosted(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    row: &PostRow,
) -> Result<(), CommunityError> {
    if row.group_id != group.id || row.is_hidden() || !tells_by_boosts(tx, group)? {
        return Ok(());
    }
    let author = actors::get(tx.conn, row.author_id)?;
    if author.host == group.host {
        return Ok(());
    }
    match on_its_way(tx, group, row)? {
        Some(other) => relocated(tx, group, row, &other, None, Via::Here),
        None => set_removed(tx, group, row, true, None, Via::Here),
    }
}

/// The other group of that server that boosted it already: it moved there, and is not removed.
fn on_its_way(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    row: &PostRow,
) -> Result<Option<ActorRow>, StoreError> {
    for other in shares::listing(tx.conn, row.id)? {
        let other = actors::get(tx.conn, other)?;
        if other.id != group.id && other.host == group.host {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// A group elsewhere boosts it: it stands there again, or moved there from another group of that server, if
/// it was taken away by that and not here.
pub(crate) fn boosted(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    row: &PostRow,
) -> Result<(), CommunityError> {
    if !row.removed || !tells_by_boosts(tx, group)? {
        return Ok(());
    }
    let home = actors::get(tx.conn, row.group_id)?;
    let removal = ModlogFilter {
        act: Some(LoggedAct::RemovePost),
        post: Some(row.id),
        ..ModlogFilter::default()
    };
    let by = modlog::last(tx, removal)?;
    if home.host != group.host || by.is_none_or(|by| by.host != group.host) {
        return Ok(());
    }
    set_removed(tx, group, row, false, None, Via::Here)?;
    let back = PostRow {
        removed: false,
        ..row.clone()
    };
    relocated(tx, group, &back, group, None, Via::Here)
}
