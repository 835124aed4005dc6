//! Telling members what is about no thread.

use crate::domain::ids::{ActorId, NoticeId};
use crate::domain::kinds::NoticeKind;
use crate::domain::roles::Role;
use crate::store::notices::{self, NoticeRow};
use crate::store::{StoreError, Tx, actors};

pub(super) fn raise(
    tx: &mut Tx<'_>,
    recipient: ActorId,
    kind: NoticeKind,
    actor: ActorId,
    other: ActorId,
) -> Result<(), StoreError> {
    let row = NoticeRow {
        id: NoticeId(tx.next_id()),
        recipient_id: recipient,
        kind,
        actor_id: actor,
        other_id: other,
        read: false,
        created: tx.now,
    };
    notices::raise(tx.conn, &row)
}

/// Tells those members of ours who coordinate a group.
pub(super) fn tell_coordinators(
    tx: &mut Tx<'_>,
    group: ActorId,
    kind: NoticeKind,
    about: ActorId,
) -> Result<(), StoreError> {
    for (person, role) in actors::moderators(tx.conn, group)? {
        if person.local && role == Role::Coordinator {
            raise(tx, person.id, kind, about, group)?;
        }
    }
    Ok(())
}
