//! Reports: somebody asks the moderators of a group, or the administrators, to look at something.
//! They stay between those who handle them: nothing of a report is ever public.

mod receive;
mod report;
mod resolve;
mod subject;
mod tell;

pub use receive::{Flagged, receive};
pub use report::report;
pub use resolve::{flagged, resolve, resolve_from, settle};
pub use subject::Target;

use super::CommunityError;
use super::accounts::Viewer;
use crate::domain::ids::ActorId;
use crate::store::reports::{self, ReportFilter, SeenBy};
use crate::store::{Tx, accounts, actors};

/// Whose reports somebody sees: administrators all, moderators those of their groups, others none.
pub fn seen_by(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Option<SeenBy>, CommunityError> {
    if viewer.admin {
        return Ok(Some(SeenBy::Administrator));
    }
    let moderates = reports::moderates_any(tx.conn, viewer.id)?;
    Ok(moderates.then_some(SeenBy::Moderator(viewer.id)))
}

/// How many open reports wait for somebody; `None` for who handles none.
pub fn waiting(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Option<i64>, CommunityError> {
    let open = ReportFilter {
        open_only: true,
        ..ReportFilter::default()
    };
    Ok(match seen_by(tx, viewer)? {
        Some(by) => Some(reports::count(tx.conn, by, open)?),
        None => None,
    })
}

/// Whether somebody may deal with a report for this group; without a group it is for administrators.
fn may_handle(
    tx: &mut Tx<'_>,
    person: ActorId,
    group: Option<ActorId>,
) -> Result<bool, CommunityError> {
    if accounts::get(tx.conn, person)?.is_some_and(|account| account.admin) {
        return Ok(true);
    }
    match group {
        Some(group) => Ok(actors::role(tx.conn, group, person)?.is_some()),
        None => Ok(false),
    }
}
