//! Whether what somebody wrote elsewhere is theirs, and for whom it is.

use super::actors::ensure_actor;
use super::{Docs, WireError};
use crate::activitystreams::{Content, ContentKind};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::kinds::Visibility;
use crate::store::actors::{self, ActorRow};
use crate::store::{Tx, groups, hosts};

/// Rules of origin for an object: its id, its author and their hosts fit together, and it is for everybody.
pub(super) fn checked_author(
    tx: &mut Tx<'_>,
    content: &Content,
    docs: &Docs,
) -> Result<ActorRow, WireError> {
    if tx.house.address.owns(&content.id) {
        return Err(WireError::refused(
            "an object of this instance, from elsewhere",
        ));
    }
    if content.kind == ContentKind::ChatMessage {
        return Err(not_public());
    }
    let author = content
        .attributed_to
        .first()
        .ok_or_else(|| WireError::refused("it names no author"))?;
    let host = host_of(&content.id);
    if host.is_none() || host != host_of(author) {
        return Err(WireError::refused("its author is of another host"));
    }
    let host = host.unwrap_or_default();
    if hosts::is_shut_out(tx.conn, &host)? {
        return Err(WireError::refused(format!("{host} is blocked here")));
    }
    ensure_actor(tx, author, docs)
}

fn not_public() -> WireError {
    WireError::refused("it is not public")
}

/// What is not for everybody stands in private groups alone, where none but their members read it. What says
/// nothing but its audience (Discourse) is for everybody where that is an open group of its own host.
pub(super) fn fits(tx: &mut Tx<'_>, content: &Content, group: ActorId) -> Result<(), WireError> {
    if content.addressing.is_public() || groups::visibility(tx.conn, group)? == Visibility::Private
    {
        return Ok(());
    }
    if content.addressing.unstated {
        let group = actors::get(tx.conn, group)?;
        let named = content.addressing.audience.iter();
        let mut named = named.filter(|audience| audience.as_str() == group.ap_id);
        if named.next().is_some() && host_of(&content.id).as_deref() == Some(&group.host) {
            return Ok(());
        }
    }
    Err(not_public())
}
