//! Leaving for good: the account, the profile and, unless it is to stay, what the person wrote.

use super::sessions::confirm;
use super::{Viewer, profile};
use crate::activitystreams as wire;
use crate::community::outgoing::{record, url};
use crate::community::{CommunityError, Denied, groups, pictures, remote};
use crate::domain::kinds::Dialect;
use crate::domain::roles::Role;
use crate::store::{Store, Tx, accounts, actors, blocks, own_marks, people, preferences};

/// What becomes of what somebody wrote who leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writings {
    Stay,
    Go,
}

/// Closes the viewer's own account, once the password is confirmed.
pub async fn close(
    store: &Store,
    viewer: &Viewer,
    password: &str,
    writings: Writings,
) -> Result<(), CommunityError> {
    confirm(store, viewer, password, "password").await?;
    let viewer = viewer.clone();
    store
        .write(move |tx| close_confirmed(tx, &viewer, writings))
        .await
}

fn close_confirmed(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    writings: Writings,
) -> Result<(), CommunityError> {
    for group in actors::moderated_by(tx.conn, viewer.id)? {
        let coordinates = actors::role(tx.conn, group.id, viewer.id)? == Some(Role::Coordinator);
        if group.local && coordinates && !groups::has_other_coordinator(tx, group.id, viewer.id)? {
            return Err(Denied::LastCoordinator.into());
        }
        actors::set_role(tx.conn, group.id, viewer.id, None, tx.now)?;
    }
    // Whom the farewell concerns is known by the follows; it goes out after they have ended.
    let acquaintances = profile::acquaintances(tx, viewer.id)?;
    for group in actors::followed_by(tx.conn, viewer.id, 10_000)? {
        groups::unfollow(tx, viewer.id, group.id)?;
    }
    let row = actors::get(tx.conn, viewer.id)?;
    if row.public_key_pem.is_some() {
        let me = url(&row.ap_id)?;
        let (delete, _) = record(tx, row.id, "delete", |id| {
            wire::farewell(id, &me, writings == Writings::Go)
        })?;
        profile::queue_for(tx, &acquaintances, delete, Dialect::ALL)?;
        profile::queue_for_people(tx, row.id, delete)?;
    }
    match writings {
        Writings::Go => remote::erase_person(tx, viewer.id)?,
        Writings::Stay => remote::part_with(tx, viewer.id)?,
    }
    own_marks::forget_all_of(tx.conn, viewer.id)?;
    blocks::forget_all_of(tx.conn, viewer.id)?;
    preferences::forget(tx.conn, viewer.id)?;
    pictures::forget_all_of(tx, viewer.id)?;
    people::set_institution(tx.conn, viewer.id, None)?;
    accounts::delete(tx.conn, viewer.id)?;
    Ok(())
}
