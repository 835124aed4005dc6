//! A report is dealt with, here or elsewhere.

use serde_json::Value;
use url::Url;

use super::{may_handle, tell};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::{ActorId, ReportId};
use crate::domain::kinds::ReportKind;
use crate::domain::rules::Reach;
use crate::store::actors::{self, ActorRow};
use crate::store::reports::{self, ReportRow};
use crate::store::{StoreError, Tx, comments, notifications, posts};

/// Marks a report as dealt with, or opens it again.
pub fn resolve(
    tx: &mut Tx<'_>,
    person: ActorId,
    report: ReportId,
    resolved: bool,
) -> Result<(), CommunityError> {
    let row = reports::find(tx.conn, report)?.ok_or(Missing::Report)?;
    let reach = may_handle(tx, person, &row)?;
    let person = actors::get(tx.conn, person)?;
    Ok(set(tx, &person, &row, resolved, reach)?)
}

fn set(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    row: &ReportRow,
    resolved: bool,
    reach: Reach,
) -> Result<(), StoreError> {
    if row.resolved == resolved {
        return Ok(());
    }
    reports::set_resolved(tx.conn, row.id, resolved, person.id, tx.now)?;
    if !resolved {
        return Ok(());
    }
    forget_notifications(tx, row)?;
    match reach {
        Reach::Everywhere => tell::resolution(tx, person, row),
        Reach::HereOnly | Reach::Asked => Ok(()),
    }
}

/// Nobody need be told any more when nothing about it is open.
fn forget_notifications(tx: &mut Tx<'_>, row: &ReportRow) -> Result<(), StoreError> {
    if reports::open_about(tx.conn, row.kind, row.target_id)?.is_empty() {
        notifications::forget_reports(tx.conn, row.target_id)?;
    }
    Ok(())
}

/// What was reported is removed by somebody who may: all that was said about it is dealt with.
/// Whoever hears of the removal knows that by it.
pub fn settle(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    kind: ReportKind,
    target: i64,
) -> Result<(), StoreError> {
    for row in reports::open_about(tx.conn, kind, target)? {
        set(tx, by, &row, true, Reach::HereOnly)?;
    }
    Ok(())
}

/// The reports that an activity from elsewhere means: by the Flag's id, or by who reported what (the
/// Flag that Lemmy puts into its resolutions has a new id each time).
pub fn flagged(
    tx: &mut Tx<'_>,
    id: Option<&Url>,
    reporter: Option<&Url>,
    objects: &[Url],
) -> Result<Vec<ReportRow>, StoreError> {
    let mut found = match id {
        Some(id) => reports::of_activity(tx.conn, id)?,
        None => Vec::new(),
    };
    let reporter = match reporter {
        Some(reporter) if found.is_empty() => actors::by_ap_id(tx.conn, reporter)?,
        _ => None,
    };
    let Some(reporter) = reporter else {
        return Ok(found);
    };
    for object in objects {
        if let Some((kind, target)) = meant(tx, object)? {
            found.extend(reports::of_reporter(tx.conn, reporter.id, kind, target)?);
        }
    }
    Ok(found)
}

fn meant(tx: &mut Tx<'_>, object: &Url) -> Result<Option<(ReportKind, i64)>, StoreError> {
    if let Some(post) = posts::by_ap_id(tx.conn, object)? {
        return Ok(Some((ReportKind::Post, post.id.0)));
    }
    let comment = comments::by_ap_id(tx.conn, object)?;
    Ok(comment.map(|comment| (ReportKind::Comment, comment.id.0)))
}

/// A moderator elsewhere dealt with a report; the caller has checked that they are one.
/// A group of ours tells its other moderators.
pub fn resolve_from(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &ReportRow,
    raw: Option<&Value>,
) -> Result<(), StoreError> {
    if row.resolved {
        return Ok(());
    }
    reports::set_resolved(tx.conn, row.id, true, moderator.id, tx.now)?;
    forget_notifications(tx, row)?;
    match (raw, row.group_id) {
        (Some(raw), Some(group)) => tell::pass_on_resolution(tx, moderator, row, group, raw),
        _ => Ok(()),
    }
}
