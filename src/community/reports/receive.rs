//! A report from elsewhere: about what was written in our groups, by our people, or where our people moderate.

use serde_json::Value;
use url::Url;

use super::report::{keep, local_moderators};
use super::subject::Subject;
use super::tell;
use crate::community::remote::{WireError, find_content};
use crate::domain::ids::ActorId;
use crate::domain::limits::REASON_MAX;
use crate::domain::text::markdown_body;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, hosts, reports};

/// What one Flag may name. The rest of a longer one is not looked at.
const MAX_OBJECTS: usize = 50;
/// What servers say that report for all their people by one actor is put together, up to here.
const JOINED_MAX: usize = 4 * REASON_MAX;

/// A Flag as it came.
pub struct Flagged<'a> {
    pub id: Option<&'a Url>,
    /// Mastodon puts the person first, then what they wrote; Lemmy names one thing.
    pub objects: &'a [Url],
    pub reason: Option<&'a str>,
    /// The group that passed it on to its moderators, if one did: it speaks for its own threads alone.
    pub announcer: Option<ActorId>,
    /// As its sender signed it; none when it was passed on.
    pub raw: Option<&'a Value>,
}

/// Keeps what concerns us of a Flag. What was written counts before who wrote it: Mastodon always names
/// the person as well.
pub fn receive(tx: &mut Tx<'_>, reporter: &ActorRow, flag: &Flagged<'_>) -> Result<(), WireError> {
    let objects = &flag.objects[..flag.objects.len().min(MAX_OBJECTS)];
    let mut subjects = Vec::new();
    for object in objects {
        if let Some(entry) = find_content(tx, object)? {
            subjects.push(Subject::of_entry(tx, &entry)?);
        }
    }
    if subjects.is_empty() {
        for object in objects {
            if let Some(actor) = actors::by_ap_id(tx.conn, object)? {
                subjects.push(Subject::of_actor(actor));
            }
        }
    }
    let mut why_not = "what it reports is not known here";
    let mut kept = false;
    for subject in &subjects {
        match concern(tx, subject, flag.announcer)? {
            Ok(()) => {
                keep_one(tx, reporter, subject, flag)?;
                kept = true;
            }
            Err(why) => why_not = why,
        }
    }
    if kept {
        Ok(())
    } else {
        Err(WireError::refused(why_not))
    }
}

/// Whether anybody here has to look at it.
fn concern(
    tx: &mut Tx<'_>,
    subject: &Subject,
    announcer: Option<ActorId>,
) -> Result<Result<(), &'static str>, StoreError> {
    if subject.hidden {
        return Ok(Err("what it reports is deleted already"));
    }
    if announcer.is_some() && announcer != subject.group_id() {
        return Ok(Err("the announcing group does not own this thread"));
    }
    let ours = subject.author.local
        || match &subject.group {
            Some(group) => group.local || !local_moderators(tx, group.id)?.is_empty(),
            None => false,
        };
    Ok(if ours {
        Ok(())
    } else {
        Err("what it reports is neither of this server nor moderated here")
    })
}

fn keep_one(
    tx: &mut Tx<'_>,
    reporter: &ActorRow,
    subject: &Subject,
    flag: &Flagged<'_>,
) -> Result<(), StoreError> {
    let reason: String = markdown_body(flag.reason.unwrap_or_default().trim())
        .chars()
        .take(REASON_MAX)
        .collect();
    let id = match flag.id {
        Some(id) => id.clone(),
        None => tx.house.address.activity("flag", tx.next_id()),
    };
    let software = hosts::software_of(tx.conn, reporter.host_id)?;
    let anew = flag.raw.is_some() && software.as_deref() == Some("nodebb");
    let known = reports::of_reporter(tx.conn, reporter.id, subject.kind, subject.id)?;
    let reason = match &known {
        // The same one, by another way; of NodeBB, where all by one person have one id, rather a new one.
        Some(row) if row.ap_id == id.as_str() && !(row.resolved && anew) => return Ok(()),
        Some(row) if !row.resolved => joined(&row.reason, &reason),
        _ => reason,
    };
    keep(tx, reporter, subject, &reason, id.as_str(), known)?;
    match (flag.raw, &subject.group) {
        (Some(raw), Some(group)) if group.local => tell::pass_on(tx, reporter, group, raw),
        _ => Ok(()),
    }
}

/// Servers that hide who reports send all their reports by one actor: none is lost.
fn joined(earlier: &str, now: &str) -> String {
    if now.is_empty() || earlier.contains(now) {
        return earlier.to_owned();
    }
    let both = format!("{earlier}\n\n{now}");
    both.trim_start().chars().take(JOINED_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_people_say_through_one_actor_is_put_together_within_bounds() {
        assert_eq!(joined("spam", "spam"), "spam");
        assert_eq!(joined("", "spam"), "spam");
        assert_eq!(joined("spam", ""), "spam");
        assert_eq!(joined("spam", "rude, too"), "spam\n\nrude, too");
        let long = "ä".repeat(JOINED_MAX);
        assert_eq!(joined(&long, "more").chars().count(), JOINED_MAX);
    }
}
