//! The queues between us and other servers, in the hands of who runs this one.

use super::CommunityError;
use super::accounts::Viewer;
use crate::domain::ids::HostId;
use crate::domain::rules::Act;
use crate::domain::time::DAY;
use crate::store::{StoreError, Tx, activities, hosts, intake};

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

/// A host that fails for so long is given up: its queue would grow for ever.
const GIVEN_UP_AFTER: i64 = 30 * DAY;
/// So long anything is tried.
const TRIED_FOR: i64 = 7 * DAY;
const AT_ONCE: i64 = 50;

/// Drops what waits for hosts that do not come back. Nothing is queued for them until they speak to us, show
/// us a document, or somebody lets them be tried again.
pub fn give_up(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let (failing, queued) = (tx.now.minus(GIVEN_UP_AFTER), tx.now.minus(TRIED_FOR));
    for host in hosts::to_give_up(tx.conn, failing, queued, AT_ONCE)? {
        let dropped = activities::drop_queue(tx.conn, host)?;
        hosts::give_up(tx.conn, host, tx.now)?;
        tracing::warn!(%host, dropped, "a server that does not come back is given up");
    }
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
