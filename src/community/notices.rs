//! Telling members what is about no thread.

use crate::domain::ids::{ActorId, NoticeId};
use crate::domain::kinds::{FollowState, NoticeKind};
use crate::domain::roles::Role;
use crate::store::actors::{self, ActorRow};
use crate::store::notices::{self, NoticeRow};
use crate::store::{StoreError, Tx};

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

/// Tells somebody who asked to be let into a group, or was in it, what became of that. Only the latest word
/// holds.
pub(super) fn tell_of_entry(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    group: ActorId,
    kind: NoticeKind,
) -> Result<(), StoreError> {
    if !person.local || !person.kind.is_person() {
        return Ok(());
    }
    let kinds = [
        NoticeKind::LetIn,
        NoticeKind::TurnedAway,
        NoticeKind::TakenOut,
    ];
    notices::withdraw(tx.conn, person.id, &kinds, group)?;
    raise(tx, person.id, kind, group, group)
}

/// What somebody hears whose request, or place in a group, came to an end by another's will.
pub(super) fn ended(before: FollowState) -> NoticeKind {
    match before {
        FollowState::Pending => NoticeKind::TurnedAway,
        FollowState::Accepted => NoticeKind::TakenOut,
    }
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
