//! A group of ours tells of something by its address: its own threads to those who show boosts, and what it
//! shares (FEP-d36d) to all but those who take no address.

use serde_json::Value;
use url::Url;

use super::{followers_url, only_readers, record, url};
use crate::activitystreams as wire;
use crate::domain::ids::ActivityId;
use crate::domain::kinds::{Dialect, Visibility};
use crate::store::actors::{self, ActorRow};
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, activities, group_boosts, groups};

/// Those who are told of its threads by their address.
const TAKE_BOOSTS: &[Dialect] = &[Dialect::Microblog, Dialect::Discourse, Dialect::Unknown];

/// Among its followers.
enum To<'a> {
    All(&'a [Dialect]),
    /// Those that are no groups.
    People(&'a [Dialect]),
}

fn queue(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    activity: ActivityId,
    to: &To<'_>,
) -> Result<(), StoreError> {
    match to {
        To::All(dialects) => activities::queue_for_followers(tx.conn, activity, group.id, dialects),
        To::People(dialects) => activities::queue_for_people(tx.conn, activity, group.id, dialects),
    }?;
    Ok(())
}

type Addressed<'a> = &'a dyn Fn(Value) -> Value;

fn give(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    object: &Url,
    to: &To<'_>,
    addressed: Addressed<'_>,
) -> Result<(), StoreError> {
    let (me, followers, now) = (url(&group.ap_id)?, followers_url(group)?, Some(tx.now));
    let (boost, _) = record(tx, group.id, "announce", |id| {
        let object = object.as_str().into();
        addressed(wire::announce(id, &me, &followers, object, now))
    })?;
    group_boosts::set(tx.conn, group.id, object, boost)?;
    queue(tx, group, boost, to)
}

/// By the id it was given with: peers look for that and nothing else.
fn take_back(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    object: &Url,
    to: &To<'_>,
    addressed: Addressed<'_>,
) -> Result<(), StoreError> {
    let (me, followers) = (url(&group.ap_id)?, followers_url(group)?);
    let given = match group_boosts::of(tx.conn, group.id, object)? {
        Some(given) => given.0,
        // From a time when it was not kept for long.
        None => tx.next_id(),
    };
    let boost = tx.house.address.activity("announce", given);
    let (undo, _) = record(tx, group.id, "undo", |id| {
        let boost = wire::announce(&boost, &me, &followers, object.as_str().into(), None);
        addressed(wire::undo(id, &me, boost))
    })?;
    queue(tx, group, undo, to)
}

/// A thread of the group itself, new or back.
pub(super) fn boost(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &Url,
    addressed: Addressed<'_>,
) -> Result<(), StoreError> {
    give(tx, group, thread, &To::All(TAKE_BOOSTS), addressed)
}

/// What somebody elsewhere answers, to those who take nothing of what others did from a group but objects.
pub(super) fn boost_answer(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    answer: &Url,
    addressed: Addressed<'_>,
) -> Result<(), StoreError> {
    give(
        tx,
        group,
        answer,
        &To::All(&[Dialect::Discourse]),
        addressed,
    )
}

/// It is gone.
pub(super) fn unboost(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &Url,
    addressed: Addressed<'_>,
) -> Result<(), StoreError> {
    take_back(tx, group, thread, &To::All(TAKE_BOOSTS), addressed)
}

/// A thread goes with its author, who is banned, or is back with them. Others know by the ban, which means
/// nothing to those who show boosts.
pub(in crate::community) fn goes_with_its_author(
    tx: &mut Tx<'_>,
    post: &PostRow,
    gone: bool,
) -> Result<(), StoreError> {
    let group = actors::get(tx.conn, post.group_id)?;
    if post.deleted || !group.local || !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    let visibility = groups::visibility(tx.conn, group.id)?;
    if visibility == Visibility::LocalOnly {
        return Ok(());
    }
    let followers = only_readers(&group, visibility)?;
    let addressed = |said: Value| match &followers {
        Some(followers) => wire::only_for(said, followers),
        None => said,
    };
    let thread = url(&post.ap_id)?;
    match gone {
        true => unboost(tx, &group, &thread, &addressed),
        false => boost(tx, &group, &thread, &addressed),
    }
}

/// A group of ours tells its followers of a thread of another group, by its address: who knows such
/// sharing fetches it, and to the others it is a boost.
pub(in crate::community) fn announce_share(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &str,
) -> Result<(), StoreError> {
    share(tx, group, thread, Dialect::ALL)
}

/// Of an answer in such a thread. Microblogs find it by its thread.
pub(in crate::community) fn announce_answer(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    answer: &str,
) -> Result<(), StoreError> {
    share(tx, group, answer, &[Dialect::Threadiverse])
}

fn share(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    object: &str,
    dialects: &[Dialect],
) -> Result<(), StoreError> {
    if !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    give(tx, group, &url(object)?, &To::People(dialects), &|said| {
        said
    })
}

/// Takes back what [`announce_share`] told.
pub(in crate::community) fn take_back_share(
    tx: &mut Tx<'_>,
    group: &ActorRow,
    thread: &str,
) -> Result<(), StoreError> {
    if !activities::has_remote_follower(tx.conn, group.id)? {
        return Ok(());
    }
    let everybody = To::People(Dialect::ALL);
    take_back(tx, group, &url(thread)?, &everybody, &|said| said)
}
