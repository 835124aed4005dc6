//! The queues between us and other servers, in the hands of who runs this one.

use super::CommunityError;
use super::accounts::Viewer;
use crate::domain::ids::HostId;
use crate::domain::rules::Act;
use crate::store::{Tx, activities, hosts, intake};

/// Who asks: the operator at the command line, or somebody in the browser.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    Operator,
    Viewer(&'a Viewer),
}

impl By<'_> {
    pub(super) fn check(self) -> Result<(), CommunityError> {
        match self {
            By::Viewer(viewer) => Ok(viewer.may(Act::ChooseServers)?),
            By::Operator => Ok(()),
        }
    }
}

/// Tries a host again at once: what waits for it, and what it sent that was refused.
pub fn retry(tx: &mut Tx<'_>, by: By<'_>, host: HostId) -> Result<(), CommunityError> {
    by.check()?;
    hosts::retry_now(tx.conn, host, tx.now)?;
    intake::retry_failed(tx.conn, host, tx.now)?;
    tx.wake.delivery = true;
    tx.wake.intake = true;
    Ok(())
}

/// Gives up what waits for a host, and forgets what it sent that was refused.
/// What it sent and still waits to be applied is kept: it was acknowledged.
pub fn drop(tx: &mut Tx<'_>, by: By<'_>, host: HostId) -> Result<(), CommunityError> {
    by.check()?;
    activities::drop_queue(tx.conn, host)?;
    intake::drop_failed(tx.conn, host)?;
    Ok(())
}
