//! A report is made, and those who handle it are told.

use super::subject::{Subject, Target};
use super::tell;
use crate::community::notifications::notify;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::{ActorId, ReportId};
use crate::domain::kinds::NotificationKind;
use crate::domain::limits::ReportReason;
use crate::store::actors::{self, ActorBrief, ActorRow};
use crate::store::reports::{self, ReportRow, ReportText};
use crate::store::{StoreError, Tx, accounts, audience};

/// A member reports something. Once at a time: while the report is open, a second one is refused.
pub fn report(
    tx: &mut Tx<'_>,
    reporter: ActorId,
    target: Target,
    reason: &ReportReason,
) -> Result<ReportId, CommunityError> {
    let reporter = actors::get(tx.conn, reporter)?;
    if reporter.suspended || reporter.deleted {
        return Err(Denied::Suspended.into());
    }
    let subject = Subject::find(tx, target, reporter.id)?;
    if let Some(group) = subject.group_id()
        && !audience::may_read(tx.conn, Some(reporter.id), group)?
    {
        return Err(Missing::Post.into());
    }
    if subject.hidden {
        return Err(Denied::Deleted.into());
    }
    let known = reports::of_reporter(tx.conn, reporter.id, subject.kind, subject.id)?;
    if known.as_ref().is_some_and(|row| !row.resolved) {
        return Err(Denied::AlreadyReported.into());
    }
    let flag = tell::report(tx, &reporter, &subject, reason.as_str())?;
    let flag = flag.unwrap_or_else(|| tx.house.address.activity("flag", tx.next_id()));
    Ok(keep(
        tx,
        &reporter,
        &subject,
        reason.as_str(),
        flag.as_str(),
        known,
    )?)
}

/// Writes a report down, over an earlier one of the same person about the same thing.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    reporter: &ActorRow,
    subject: &Subject,
    reason: &str,
    flag: &str,
    known: Option<ReportRow>,
) -> Result<ReportId, StoreError> {
    let id = match known {
        Some(row) => {
            let text = ReportText {
                ap_id: flag.to_owned(),
                reason: reason.to_owned(),
                original_title: subject.title.clone(),
                original_text: subject.text.clone(),
                original_link: subject.link.clone(),
                resolved: false,
                resolver_id: None,
                updated: Some(tx.now),
            };
            reports::rewrite(tx.conn, row.id, &text)?;
            row.id
        }
        None => {
            let row = ReportRow {
                id: ReportId(tx.next_id()),
                ap_id: flag.to_owned(),
                reporter_id: reporter.id,
                kind: subject.kind,
                target_id: subject.id,
                group_id: subject.group_id(),
                author_id: subject.author.id,
                reason: reason.to_owned(),
                original_title: subject.title.clone(),
                original_text: subject.text.clone(),
                original_link: subject.link.clone(),
                resolved: false,
                resolver_id: None,
                created: tx.now,
                updated: None,
            };
            reports::insert(tx.conn, &row)?;
            row.id
        }
    };
    notify_moderators(tx, reporter, subject)?;
    Ok(id)
}

/// Tells the group's moderators who are at home here; where there are none, the administrators.
/// Reports about people are counted for administrators on every page, and stand in their queue.
fn notify_moderators(
    tx: &mut Tx<'_>,
    reporter: &ActorRow,
    subject: &Subject,
) -> Result<(), StoreError> {
    let Some(place) = subject.place else {
        return Ok(());
    };
    let mut told = match subject.group_id() {
        Some(group) => local_moderators(tx, group)?,
        None => Vec::new(),
    };
    if told.is_empty() {
        told = accounts::admins(tx.conn)?;
    }
    for person in told {
        notify(tx, person.id, reporter, NotificationKind::Report, place)?;
    }
    Ok(())
}

pub(super) fn local_moderators(
    tx: &mut Tx<'_>,
    group: ActorId,
) -> Result<Vec<ActorBrief>, StoreError> {
    let all = actors::moderators(tx.conn, group)?;
    let people = all.into_iter().map(|(person, _)| person);
    Ok(people.filter(|person| person.local).collect())
}
