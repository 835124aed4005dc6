//! What leaves this instance. Every change is recorded here, in its own transaction, with whom it is for.
//!
//! In a group of ours the group announces what its members do (FEP-1b12) to hosts that understand it,
//! and the object alone, a boost, to hosts that show boosts. To a group elsewhere we send the
//! activity itself, and it announces.

mod boosts;
mod translated;

use serde_json::Value;
use url::Url;

use super::groups::sharing::hands_on;
use super::polls;
use super::remote::Entry;
use crate::activitystreams::{self as wire, with_context};
use crate::domain::ids::{ActivityId, ActorId, PostId};
use crate::domain::kinds::{Dialect, Visibility};
use crate::domain::rules::Reach;
use crate::store::activities::{self, ActivityRow};
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, audience, cross_posts, groups, hosts};

use translated::{as_a_poll, for_groups};
pub(crate) use translated::{pass_choice_on, pass_results_on};

pub(super) use boosts::{announce_answer, announce_share, goes_with_its_author, take_back_share};

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
    /// A new thread that is one: boosted, and so told to people who are named in it.
    BoostOf(&'a Url, &'a dyn Fn(&Url) -> Value),
    /// Nothing: what it is they were told already.
    Told(&'a dyn Fn(&Url) -> Value),
    Nothing,
}

impl<'a> ForMicroblogs<'a> {
    fn native(&self) -> Option<&'a dyn Fn(&Url) -> Value> {
        match self {
            ForMicroblogs::Native(build)
            | ForMicroblogs::BoostOf(_, build)
            | ForMicroblogs::Told(build) => Some(*build),
            ForMicroblogs::Boost(_)
            | ForMicroblogs::Unboost(_)
            | ForMicroblogs::AuthorsActivity
            | ForMicroblogs::Nothing => None,
        }
    }
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
/// And those who may know no more than boosts, what is boosted, and what becomes of it.
pub(super) const SHOW_BOOSTS: &[Dialect] = &[Dialect::Microblog, Dialect::Unknown];

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
    let visibility = groups::visibility(tx.conn, action.group.id)?;
    tell_in(tx, action, visibility)
}

/// The same, for who has read whom the group is for.
pub(super) fn tell_in(
    tx: &mut Tx<'_>,
    action: &Action<'_>,
    visibility: Visibility,
) -> Result<(), StoreError> {
    let quietly = matches!(action.via, Via::Quietly);
    if quietly || visibility == Visibility::LocalOnly {
        return Ok(());
    }
    let private = only_readers(action.group, visibility)?;
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
        let mut native = None;
        for person in action.also_to {
            // Into a private group nobody is called from outside.
            if private.is_some() && !audience::may_read(tx.conn, Some(*person), action.group.id)? {
                continue;
            }
            if activities::is_told_through_group(tx.conn, *person, action.group.id)? {
                continue;
            }
            let told = match action.for_microblogs.native() {
                Some(build) if !takes_pages(tx, *person)? => match native {
                    Some(native) => native,
                    None => {
                        let (actor, verb) = (action.actor.id, action.verb);
                        let (it, _) = record(tx, actor, verb, |id| addressed(build(id)))?;
                        *native.insert(it)
                    }
                },
                _ => id,
            };
            activities::queue_for_actor(tx.conn, told, *person)?;
        }
    }
    Ok(())
}

/// The followers to whom alone goes what is said in a private group.
fn only_readers(group: &ActorRow, visibility: Visibility) -> Result<Option<Url>, StoreError> {
    Ok(match visibility {
        Visibility::Private => Some(followers_url(group)?),
        Visibility::Public | Visibility::LocalOnly => None,
    })
}

/// Whether somebody's server knows a thread from the page it is told as. On a microblog a poll told so
/// stays a page.
fn takes_pages(tx: &mut Tx<'_>, person: ActorId) -> Result<bool, StoreError> {
    match actors::get(tx.conn, person)?.host_id {
        Some(host) => Ok(hosts::get(tx.conn, host)?.dialect == Dialect::Threadiverse),
        None => Ok(true),
    }
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
    by_its_author(tx, action, authored, &inner, addressed)?;
    if authored.is_some() || !is_outsized(&inner) {
        let poll = as_a_poll(action, authored)?;
        let (announced, _) = record(tx, action.group.id, "announce", |id| {
            addressed(wire::announce(id, &group, &followers, inner, now))
        })?;
        let (to, takers) = (action.group.id, UNDERSTAND_ANNOUNCED_ACTIVITIES);
        if let Some(poll) = poll {
            let known = polls::KNOW_POLLS;
            activities::queue_for_followers_not_running(tx.conn, announced, to, takers, known)?;
            let (announced, _) = record(tx, action.group.id, "announce", |id| {
                addressed(wire::announce(id, &group, &followers, poll, now))
            })?;
            activities::queue_for_followers_running(tx.conn, announced, to, known)?;
        } else {
            activities::queue_for_followers(tx.conn, announced, to, takers)?;
        }
    }
    match action.for_microblogs {
        ForMicroblogs::Boost(object) | ForMicroblogs::BoostOf(object, _) => {
            boosts::boost(tx, action.group, object, addressed)?;
        }
        ForMicroblogs::Unboost(object) => boosts::unboost(tx, action.group, object, addressed)?,
        ForMicroblogs::AuthorsActivity => {
            if let Some((id, _)) = authored {
                activities::queue_for_followers(tx.conn, *id, action.group.id, SHOW_BOOSTS)?;
            }
        }
        ForMicroblogs::Native(build) => {
            if authored.is_some() {
                let (id, _) = record(tx, action.actor.id, action.verb, |id| addressed(build(id)))?;
                activities::queue_for_followers(tx.conn, id, action.group.id, SHOW_BOOSTS)?;
            }
        }
        ForMicroblogs::Told(_) | ForMicroblogs::Nothing => {}
    }
    Ok(())
}

/// Discourse takes of what a group announces objects alone, and of what somebody does what they sign. A new
/// thread it has by its boost.
fn by_its_author(
    tx: &mut Tx<'_>,
    action: &Action<'_>,
    authored: Option<&(ActivityId, Value)>,
    inner: &Value,
    addressed: &dyn Fn(Value) -> Value,
) -> Result<(), StoreError> {
    let told_by_address = match action.for_microblogs {
        ForMicroblogs::Boost(_) | ForMicroblogs::BoostOf(..) | ForMicroblogs::Unboost(_) => true,
        ForMicroblogs::AuthorsActivity
        | ForMicroblogs::Native(_)
        | ForMicroblogs::Told(_)
        | ForMicroblogs::Nothing => false,
    };
    let readers = &[Dialect::Discourse];
    if told_by_address || !activities::has_follower_speaking(tx.conn, action.group.id, readers)? {
        return Ok(());
    }
    let said = match authored {
        Some((_, activity)) if activity["object"]["type"] == "Page" => {
            let (said, _) = record(tx, action.actor.id, action.verb, |id| {
                addressed(wire::about_article((action.activity)(id)))
            })?;
            said
        }
        Some((id, _)) => *id,
        None => {
            let answer = &inner["object"];
            let id = answer["id"].as_str().and_then(|id| id.parse().ok());
            return match id {
                Some(id) if inner["type"] == "Create" && answer["inReplyTo"].is_string() => {
                    boosts::boost_answer(tx, action.group, &id, addressed)
                }
                _ => Ok(()),
            };
        }
    };
    activities::queue_for_followers(tx.conn, said, action.group.id, readers)?;
    Ok(())
}

/// The longest text we take makes a fraction of this. Who sends more could let us send it to everybody.
const MAX_PASSED_ON: usize = 256 * 1024;

fn is_outsized(received: &Value) -> bool {
    let outsized = received.to_string().len() > MAX_PASSED_ON;
    if outsized {
        tracing::warn!(id = %received["id"], "too large an activity to be announced");
    }
    outsized
}

/// The other groups of ours that a thread's author put it into, as long as its own is for everybody.
pub(super) fn also_in(
    tx: &mut Tx<'_>,
    home: ActorId,
    post: PostId,
) -> Result<Vec<ActorRow>, StoreError> {
    let mut groups = Vec::new();
    let others = cross_posts::groups_of(tx.conn, post)?;
    if others.is_empty() || !hands_on(tx, home)? {
        return Ok(groups);
    }
    for other in others {
        let group = actors::get(tx.conn, other)?;
        groups.extend(Some(group).filter(|group| group.local));
    }
    Ok(groups)
}

/// [`tell`], of what its author does to a thread: each group of ours that it stands in tells its followers.
pub(super) fn tell_in_each(
    tx: &mut Tx<'_>,
    post: PostId,
    action: &Action<'_>,
) -> Result<(), StoreError> {
    tell(tx, action)?;
    for group in also_in(tx, action.group.id, post)? {
        // Boosts are taken back and given again with what the group shares.
        let native = action.for_microblogs.native();
        tell(
            tx,
            &Action {
                group: &group,
                about: None,
                for_microblogs: native.map_or(ForMicroblogs::Nothing, ForMicroblogs::Told),
                also_to: &[],
                ..*action
            },
        )?;
    }
    Ok(())
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
        groups.extend(also_in(tx, group.id, post.id)?);
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
