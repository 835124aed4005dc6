//! What leaves this instance. Every change is recorded here, in its own transaction, with whom it is for.
//!
//! In a group of ours the group announces what its members do (FEP-1b12) to hosts that understand it,
//! and the object alone, a boost, to hosts that show boosts. To a group elsewhere we send the
//! activity itself, and it announces.

use serde_json::Value;
use url::Url;

use super::groups::sharing::hands_on;
use super::polls;
use super::remote::Entry;
use crate::activitystreams::{self as wire, with_context};
use crate::domain::ids::{ActivityId, ActorId};
use crate::domain::kinds::{Dialect, Visibility};
use crate::domain::rules::Reach;
use crate::store::activities::{self, ActivityRow};
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, audience, cross_posts, groups, posts};

/// Where an action came from: a door of ours, or another server, as this activity.
#[derive(Clone, Copy, Debug)]
pub enum Via<'a> {
    Here,
    Wire(&'a Value),
    /// An administrator's act upon what is at home elsewhere: it has its effect here, and nobody is told.
    Quietly,
}

impl From<Reach> for Via<'_> {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Everywhere | Reach::Asked => Via::Here,
            Reach::HereOnly => Via::Quietly,
        }
    }
}

/// What hosts get that show boosts and ignore announced activities.
pub(super) enum ForMicroblogs<'a> {
    /// A new thread, or one that is back: the group boosts it.
    Boost(&'a Url),
    /// A thread taken away by a moderator: the group takes its boost back.
    Unboost(&'a Url),
    /// The author's own activity: an edit or a deletion of something they hold a copy of.
    AuthorsActivity,
    /// The author's activity with the object as what it is, a poll or an event: others get a page.
    Native(&'a dyn Fn(&Url) -> Value),
    Nothing,
}

/// One thing somebody did in a group.
pub(super) struct Action<'a> {
    pub actor: &'a ActorRow,
    pub group: &'a ActorRow,
    pub via: Via<'a>,
    /// As in the activity's id: `create`, `like`, ...
    pub verb: &'static str,
    /// The activity, without `@context`, given its id: only asked for when the actor is ours.
    pub activity: &'a dyn Fn(&Url) -> Value,
    /// What it does to what, as [`undone`] asks for it later.
    pub about: Option<&'a str>,
    pub for_microblogs: ForMicroblogs<'a>,
    /// People who are told wherever they are: whom it answers and mentions.
    pub also_to: &'a [ActorId],
}

const UNDERSTAND_ANNOUNCED_ACTIVITIES: &[Dialect] = &[Dialect::Threadiverse, Dialect::Unknown];
const UNDERSTAND_BOOSTS: &[Dialect] = &[Dialect::Microblog, Dialect::Unknown];

/// An id from a row of ours, as a URL.
pub(super) fn url(text: &str) -> Result<Url, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Corrupt(format!("{text:?} is stored as an id and is no URL")))
}

/// A group's collection at the very address it states: peers find the group by it.
pub(crate) fn collection_url(
    group: &ActorRow,
    stated: Option<&String>,
    name: &str,
) -> Result<Url, StoreError> {
    match stated {
        Some(stated) => url(stated),
        None => url(&format!("{}/{name}", group.ap_id)),
    }
}

pub(crate) fn followers_url(group: &ActorRow) -> Result<Url, StoreError> {
    collection_url(group, group.followers_url.as_ref(), "followers")
}

/// Writes an activity of a local actor into the log. It goes nowhere until it is queued.
pub(super) fn record(
    tx: &mut Tx<'_>,
    sender: ActorId,
    verb: &str,
    build: impl FnOnce(&Url) -> Value,
) -> Result<(ActivityId, Value), StoreError> {
    record_about(tx, sender, verb, None, build)
}

pub(super) fn record_about(
    tx: &mut Tx<'_>,
    sender: ActorId,
    verb: &str,
    about: Option<&str>,
    build: impl FnOnce(&Url) -> Value,
) -> Result<(ActivityId, Value), StoreError> {
    let id = tx.next_id();
    let ap_id = tx.house.address.activity(verb, id);
    let activity = build(&ap_id);
    activities::insert(
        tx.conn,
        &ActivityRow {
            id: ActivityId(id),
            ap_id: ap_id.into(),
            actor_id: sender,
            json: with_context(activity.clone()).to_string(),
            about: about.map(str::to_owned),
            created: tx.now,
        },
    )?;
    tx.wake.delivery = true;
    Ok((ActivityId(id), activity))
}

/// The id of the activity that did what is undone now. Activities are forgotten after a while: then an
/// id that was never sent, which peers that match by actor and object do not mind.
pub(super) fn undone(tx: &mut Tx<'_>, verb: &str, about: &str) -> Result<Url, StoreError> {
    match activities::latest_about(tx.conn, about)? {
        Some(id) => url(&id),
        None => {
            let id = tx.next_id();
            Ok(tx.house.address.activity(verb, id))
        }
    }
}

/// Sends one activity of a local actor to one remote actor.
pub(super) fn send_to(
    tx: &mut Tx<'_>,
    sender: ActorId,
    recipient: ActorId,
    verb: &str,
    build: impl FnOnce(&Url) -> Value,
) -> Result<(), StoreError> {
    let (activity, _) = record(tx, sender, verb, build)?;
    activities::queue_for_actor(tx.conn, activity, recipient)?;
    Ok(())
}

/// Tells everybody whom an action in a group concerns.
pub(super) fn tell(tx: &mut Tx<'_>, action: &Action<'_>) -> Result<(), StoreError> {
    if let Via::Quietly = action.via {
        return Ok(());
    }
    let visibility = groups::get(tx.conn, action.group.id)?.visibility;
    if visibility == Visibility::LocalOnly {
        return Ok(());
    }
    let private = match visibility {
        Visibility::Private => Some(followers_url(action.group)?),
        Visibility::Public | Visibility::LocalOnly => None,
    };
    let addressed = |said: Value| match &private {
        Some(followers) => wire::only_for(said, followers),
        None => said,
    };
    let authored = if action.actor.local {
        let (actor, verb) = (action.actor.id, action.verb);
        Some(record_about(tx, actor, verb, action.about, |id| {
            addressed((action.activity)(id))
        })?)
    } else {
        None
    };
    if action.group.local {
        announce(tx, action, authored.as_ref(), &addressed)?;
    } else if let Some((id, _)) = &authored {
        activities::queue_for_actor(tx.conn, *id, action.group.id)?;
    }
    if let Some((id, _)) = authored {
        for person in action.also_to {
            // Into a private group nobody is called from outside.
            if private.is_some() && !audience::may_read(tx.conn, Some(*person), action.group.id)? {
                continue;
            }
            if !activities::is_told_through_group(tx.conn, *person, action.group.id)? {
                activities::queue_for_actor(tx.conn, id, *person)?;
            }
        }
    }
    Ok(())
}

fn announce(
    tx: &mut Tx<'_>,
    action: &Action<'_>,
    authored: Option<&(ActivityId, Value)>,
    addressed: &dyn Fn(Value) -> Value,
) -> Result<(), StoreError> {
    if !activities::has_remote_follower(tx.conn, action.group.id)? {
        return Ok(());
    }
    let group = url(&action.group.ap_id)?;
    let followers = followers_url(action.group)?;
    let inner = match (authored, action.via) {
        (Some((_, activity)), _) => activity.clone(),
        (None, Via::Wire(received)) => for_groups(tx, received)?,
        // Fetched and not sent: it is passed on when its author's own activity comes.
        (None, Via::Here | Via::Quietly) => return Ok(()),
    };
    let now = Some(tx.now);
    let (announced, _) = record(tx, action.group.id, "announce", |id| {
        addressed(wire::announce(id, &group, &followers, inner, now))
    })?;
    activities::queue_for_followers(
        tx.conn,
        announced,
        action.group.id,
        UNDERSTAND_ANNOUNCED_ACTIVITIES,
    )?;
    match action.for_microblogs {
        ForMicroblogs::Boost(object) => {
            let about = about_boost(object);
            let (boost, _) = record_about(tx, action.group.id, "announce", Some(&about), |id| {
                addressed(wire::announce(
                    id,
                    &group,
                    &followers,
                    object.as_str().into(),
                    now,
                ))
            })?;
            activities::queue_for_followers(tx.conn, boost, action.group.id, UNDERSTAND_BOOSTS)?;
        }
        ForMicroblogs::Unboost(object) => {
            let boost = undone(tx, "announce", &about_boost(object))?;
            let (undo, _) = record(tx, action.group.id, "undo", |id| {
                let boost =
                    wire::announce(&boost, &group, &followers, object.as_str().into(), None);
                addressed(wire::undo(id, &group, boost))
            })?;
            activities::queue_for_followers(tx.conn, undo, action.group.id, UNDERSTAND_BOOSTS)?;
        }
        ForMicroblogs::AuthorsActivity => {
            if let Some((id, _)) = authored {
                activities::queue_for_followers(
                    tx.conn,
                    *id,
                    action.group.id,
                    &[Dialect::Microblog],
                )?;
            }
        }
        ForMicroblogs::Native(build) => {
            if authored.is_some() {
                let (id, _) = record(tx, action.actor.id, action.verb, |id| addressed(build(id)))?;
                activities::queue_for_followers(
                    tx.conn,
                    id,
                    action.group.id,
                    &[Dialect::Microblog],
                )?;
            }
        }
        ForMicroblogs::Nothing => {}
    }
    Ok(())
}

/// What came from its author, as followers that understand announced activities can take it: Lemmy refuses
/// a poll, so that goes as a page with the answers in words.
fn for_groups(tx: &mut Tx<'_>, received: &Value) -> Result<Value, StoreError> {
    let object = &received["object"];
    if object["type"] != "Question" {
        return Ok(received.clone());
    }
    let id = object["id"].as_str().and_then(|id| id.parse::<Url>().ok());
    let post = match id {
        Some(id) => posts::by_ap_id(tx.conn, &id)?,
        None => None,
    };
    let Some(post) = post else {
        return Ok(received.clone());
    };
    Ok(match polls::as_told(tx, post.id)? {
        Some(poll) => wire::translated(received, &post.title, &poll, &url(&post.url)?),
        None => received.clone(),
    })
}

fn about_boost(object: &Url) -> String {
    format!("boost {object}")
}

/// Announces how a poll from elsewhere stands to those of a group of ours that know polls; microblogs look
/// for themselves.
pub(crate) fn pass_results_on(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    group: &ActorRow,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let Via::Wire(received) = via else {
        return Ok(());
    };
    if author.local || !group.local || !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    if groups::get(tx.conn, group.id)?.visibility != Visibility::Public {
        return Ok(());
    }
    let (there, followers, now) = (url(&group.ap_id)?, followers_url(group)?, Some(tx.now));
    let (announced, _) = record(tx, group.id, "announce", |id| {
        wire::announce(id, &there, &followers, received.clone(), now)
    })?;
    activities::queue_for_followers_running(tx.conn, announced, group.id, polls::KNOW_POLLS)?;
    Ok(())
}

/// A group of ours tells its followers of a thread of another group, by its address: who knows such
/// sharing fetches it, and to the others it is a boost.
pub(super) fn announce_share(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &str,
) -> Result<(), StoreError> {
    boost_among_people(tx, group, thread, Dialect::ALL)
}

/// Of an answer in such a thread. Microblogs find it by its thread.
pub(super) fn announce_answer(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    answer: &str,
) -> Result<(), StoreError> {
    boost_among_people(tx, group, answer, &[Dialect::Threadiverse])
}

fn boost_among_people(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    object: &str,
    dialects: &[Dialect],
) -> Result<(), StoreError> {
    if !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    let (me, followers, object) = (url(&group.ap_id)?, followers_url(group)?, url(object)?);
    let (about, now) = (about_share(group, &object), Some(tx.now));
    let (boost, _) = record_about(tx, group.id, "announce", Some(&about), |id| {
        wire::announce(id, &me, &followers, object.as_str().into(), now)
    })?;
    activities::queue_for_people(tx.conn, boost, group.id, dialects)?;
    Ok(())
}

/// Takes back what [`announce_share`] told.
pub(super) fn take_back_share(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &str,
) -> Result<(), StoreError> {
    if !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    let (me, followers, object) = (url(&group.ap_id)?, followers_url(group)?, url(thread)?);
    let boost = undone(tx, "announce", &about_share(group, &object))?;
    let (undo, _) = record(tx, group.id, "undo", |id| {
        let boost = wire::announce(&boost, &me, &followers, object.as_str().into(), None);
        wire::undo(id, &me, boost)
    })?;
    activities::queue_for_people(tx.conn, undo, group.id, Dialect::ALL)?;
    Ok(())
}

/// Several groups of ours may share one thread.
fn about_share(group: &ActorRow, object: &Url) -> String {
    format!("share {object} in {}", group.id)
}

/// Announces a Create that came after its object was here already. A second announcement does no harm.
pub(crate) fn pass_on(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    group: &ActorRow,
    entry: &Entry,
    raw: &Value,
) -> Result<(), StoreError> {
    let thread = match entry {
        Entry::Post(post) => Some(url(&post.ap_id)?),
        Entry::Comment(_) => None,
    };
    let mut groups = vec![group.clone()];
    if let Entry::Post(post) = entry {
        let others = cross_posts::groups_of(tx.conn, post.id)?;
        if !others.is_empty() && hands_on(tx, group.id)? {
            for other in others {
                groups.push(actors::get(tx.conn, other)?);
            }
        }
    }
    for group in &groups {
        tell(
            tx,
            &Action {
                actor: author,
                group,
                via: Via::Wire(raw),
                verb: "create",
                // Only asked for when the author is ours, who sends no Create through the wire.
                activity: &|_| Value::Null,
                about: None,
                for_microblogs: thread
                    .as_ref()
                    .map_or(ForMicroblogs::Nothing, ForMicroblogs::Boost),
                also_to: &[],
            },
        )?;
    }
    Ok(())
}
