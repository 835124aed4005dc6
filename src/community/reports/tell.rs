//! Who elsewhere hears of a report: the group's server and its moderators', and the author's. Nobody else.
//!
//! Servers with groups take a Flag as Lemmy sends it: one thing, by the reporter. Microblogs take the
//! person first and then what they wrote, and for them the site reports, so that who did stays here.

use serde_json::Value;
use url::Url;

use super::subject::Subject;
use crate::activitystreams as wire;
use crate::community::outgoing::{record, url};
use crate::domain::ids::{ActivityId, ActorId};
use crate::domain::kinds::{Dialect, ReportKind};
use crate::store::actors::{self, ActorRow};
use crate::store::reports::ReportRow;
use crate::store::{StoreError, Tx, activities, comments, hosts, posts, site};

/// Sends a member's report out. The id of the Flag, if there was anybody to tell.
pub(super) fn report(
    tx: &mut Tx<'_>,
    reporter: &ActorRow,
    subject: &Subject,
    reason: &str,
) -> Result<Option<Url>, StoreError> {
    let mut flag = Outgoing::default();
    // What was said in private is for the administrators here: no other server hears of it.
    if subject.kind == ReportKind::Message {
        return Ok(None);
    }
    if let Some(group) = &subject.group {
        for recipient in keepers(tx, group)? {
            flag.as_lemmy(tx, reporter, subject, reason, recipient)?;
        }
    }
    if !subject.author.local {
        let groups_are_known = dialect(tx, &subject.author)? == Dialect::Threadiverse;
        if groups_are_known && subject.kind != ReportKind::Person {
            flag.as_lemmy(tx, reporter, subject, reason, subject.author.id)?;
        } else {
            flag.as_mastodon(tx, subject, reason)?;
        }
    }
    Ok(flag.id)
}

/// The actors elsewhere through whom the moderators of a group are told.
fn keepers(tx: &mut Tx<'_>, group: &ActorRow) -> Result<Vec<ActorId>, StoreError> {
    if !group.local {
        return Ok(vec![group.id]);
    }
    let all = actors::moderators(tx.conn, group.id)?;
    let elsewhere = all.into_iter().filter(|(person, _)| !person.local);
    Ok(elsewhere.map(|(person, _)| person.id).collect())
}

fn dialect(tx: &mut Tx<'_>, actor: &ActorRow) -> Result<Dialect, StoreError> {
    match actor.host_id {
        Some(host) => Ok(hosts::get(tx.conn, host)?.dialect),
        None => Ok(Dialect::Unknown),
    }
}

/// The Flags of one report, each written once.
#[derive(Default)]
struct Outgoing {
    id: Option<Url>,
    lemmys: Option<ActivityId>,
}

impl Outgoing {
    fn as_lemmy(
        &mut self,
        tx: &mut Tx<'_>,
        reporter: &ActorRow,
        subject: &Subject,
        reason: &str,
        recipient: ActorId,
    ) -> Result<(), StoreError> {
        let activity = match self.lemmys {
            Some(id) => id,
            None => {
                let (me, object) = (url(&reporter.ap_id)?, url(&subject.ap_id)?);
                // A reported group hears of it itself.
                let group = subject.group.as_ref().unwrap_or(&subject.author);
                let to = url(&group.ap_id)?;
                let (id, value) = record(tx, reporter.id, "flag", |id| {
                    wire::flag(id, &me, &object, &to, Some(reason))
                })?;
                self.id = id_of(&value);
                *self.lemmys.insert(id)
            }
        };
        activities::queue_for_actor(tx.conn, activity, recipient)?;
        Ok(())
    }

    fn as_mastodon(
        &mut self,
        tx: &mut Tx<'_>,
        subject: &Subject,
        reason: &str,
    ) -> Result<(), StoreError> {
        let site = site::get(tx.conn)?.actor_id;
        let me = url(&actors::get(tx.conn, site)?.ap_id)?;
        let person = url(&subject.author.ap_id)?;
        let written = match subject.kind {
            ReportKind::Person | ReportKind::Group => None,
            _ => Some(url(&subject.ap_id)?),
        };
        let (activity, value) = record(tx, site, "flag", |id| {
            wire::flag_person(id, &me, &person, written.as_ref(), reason)
        })?;
        activities::queue_for_actor(tx.conn, activity, subject.author.id)?;
        if self.id.is_none() {
            self.id = id_of(&value);
        }
        Ok(())
    }
}

fn id_of(activity: &Value) -> Option<Url> {
    activity["id"].as_str()?.parse().ok()
}

/// A group of ours passes a Flag on to its moderators elsewhere, but not back to where it came from.
pub(super) fn pass_on(
    tx: &mut Tx<'_>,
    reporter: &ActorRow,
    group: &ActorRow,
    raw: &Value,
) -> Result<(), StoreError> {
    let told = keepers(tx, group)?;
    announce_to(tx, group, &told, reporter, raw)
}

fn announce_to(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    recipients: &[ActorId],
    sender: &ActorRow,
    raw: &Value,
) -> Result<(), StoreError> {
    let people = actors::briefs(tx.conn, recipients)?;
    let people: Vec<_> = people
        .into_iter()
        .filter(|person| !person.local && person.host_id != sender.host_id)
        .collect();
    if people.is_empty() {
        return Ok(());
    }
    let there = url(&group.ap_id)?;
    let to = people
        .iter()
        .map(|person| url(&person.ap_id))
        .collect::<Result<Vec<_>, _>>()?;
    let (activity, _) = record(tx, group.id, "forward", |id| {
        wire::forward(id, &there, &to, raw.clone())
    })?;
    for person in people {
        activities::queue_for_actor(tx.conn, activity, person.id)?;
    }
    Ok(())
}

/// A member of ours dealt with a report in a group they moderate: who heard of the report hears of that.
pub(super) fn resolution(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    row: &ReportRow,
) -> Result<(), StoreError> {
    let (Some(group), Some(object)) = (row.group_id, object_of(tx, row)?) else {
        return Ok(());
    };
    let group = actors::get(tx.conn, group)?;
    let mut told = keepers(tx, &group)?;
    if group.local {
        told.extend([row.reporter_id, row.author_id]);
    }
    let mut understand = Vec::new();
    for actor in actors::briefs(tx.conn, &told)? {
        let row = actors::get(tx.conn, actor.id)?;
        if row.local {
            continue;
        }
        match dialect(tx, &row)? {
            Dialect::Threadiverse | Dialect::Unknown => understand.push(row.id),
            Dialect::Microblog | Dialect::Discourse => {}
        }
    }
    if understand.is_empty() {
        return Ok(());
    }
    let reporter = url(&actors::get(tx.conn, row.reporter_id)?.ap_id)?;
    let (me, there, flag) = (url(&person.ap_id)?, url(&group.ap_id)?, url(&row.ap_id)?);
    let (activity, _) = record(tx, person.id, "resolve", |id| {
        let flag = wire::flag(&flag, &reporter, &object, &there, None);
        wire::resolve(id, &me, &there, flag)
    })?;
    for actor in understand {
        activities::queue_for_actor(tx.conn, activity, actor)?;
    }
    Ok(())
}

fn object_of(tx: &mut Tx<'_>, row: &ReportRow) -> Result<Option<Url>, StoreError> {
    use crate::domain::ids::{CommentId, PostId};
    let ap_id = match row.kind {
        ReportKind::Post => posts::find(tx.conn, PostId(row.target_id))?.map(|post| post.ap_id),
        ReportKind::Comment => {
            comments::find(tx.conn, CommentId(row.target_id))?.map(|comment| comment.ap_id)
        }
        ReportKind::Person | ReportKind::Group | ReportKind::Message => None,
    };
    ap_id.map(|id| url(&id)).transpose()
}

/// A group of ours passes on what one of its moderators elsewhere resolved.
pub(super) fn pass_on_resolution(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &ReportRow,
    group: ActorId,
    raw: &Value,
) -> Result<(), StoreError> {
    let group = actors::get(tx.conn, group)?;
    if !group.local {
        return Ok(());
    }
    let mut told = keepers(tx, &group)?;
    told.push(row.reporter_id);
    announce_to(tx, &group, &told, moderator, raw)
}
