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

use super::accounts::Viewer;
use super::groups::standing;
use super::{CommunityError, Denied};
use crate::domain::ids::ActorId;
use crate::domain::kinds::ReportKind;
use crate::domain::rules::{Act, Reach, on_site};
use crate::store::reports::{self, ReportFilter, ReportRow, SeenBy};
use crate::store::{Tx, accounts};

/// Whose reports somebody sees: administrators all, moderators those of their groups, others none.
pub fn seen_by(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<Option<SeenBy>, CommunityError> {
    if viewer.may(Act::HandleSiteReports).is_ok() {
        return Ok(Some(SeenBy::Administrator));
    }
    let moderates = reports::moderates_any(tx.conn, viewer.id)?;
    Ok(moderates.then_some(SeenBy::Moderator(viewer.id)))
}

/// Likewise of one kind, for who may see it: what is said in messages is for administrators alone.
pub fn seen_of_kind(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    kind: ReportKind,
) -> Result<SeenBy, CommunityError> {
    if kind == ReportKind::Message {
        viewer.may(Act::HandleSiteReports)?;
    }
    Ok(seen_by(tx, viewer)?.ok_or(Denied::NotModerator)?)
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

/// How far it goes what somebody does about a report: one about a person or a group is for the
/// administrators here alone.
fn may_handle(
    tx: &mut Tx<'_>,
    person: ActorId,
    report: &ReportRow,
) -> Result<Reach, CommunityError> {
    match report.group_id {
        Some(group) => Ok(standing(tx, person, group)?.may(Act::HandleReports)?),
        None => {
            let account = accounts::get(tx.conn, person)?;
            on_site(account.is_some_and(|account| account.admin)).may(Act::HandleSiteReports)?;
            Ok(Reach::HereOnly)
        }
    }
}
