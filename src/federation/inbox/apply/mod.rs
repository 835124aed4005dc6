//! A received activity, verified and stored, becomes a use-case of `community`, or is refused with a reason.

mod acts;
mod announce;
mod approval;
mod banning;
mod contribution;
mod deletion;
mod following;
mod moderation;
mod moving;
mod polling;
mod private;
mod refusing;
mod reporting;
mod voting;

use acts::Undoing;
pub(super) use acts::{VOTE_UNDER_ONE_ID, has_boosted, has_voted};
use serde_json::Value;
use url::Url;

use crate::activitystreams::{Activity, Thing, Undone, Verb};
use crate::community::remote::{Coming, Docs, Entry, Moderates, WireError, ensure_actor};
use crate::community::{Via, groups};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::kinds::Vote;
use crate::domain::limits::Reason;
use crate::domain::rules::{Act, Reach, Refusal, Standing};
use crate::store::actors::ActorRow;
use crate::store::{Tx, actors, follows, hosts};

/// Why we believe what an activity says.
#[derive(Clone, Copy)]
enum Authority<'a> {
    /// Its actor signed it.
    Signed { raw: &'a Value },
    /// This group told its followers (FEP-1b12). It answers for votes, deletions and moderation among
    /// its own threads; what somebody of another host wrote is fetched from there.
    Announced { group: &'a ActorRow },
}

impl<'a> Authority<'a> {
    /// How the use-case hears of it: a group of ours passes on what came from its author.
    fn via(self) -> Via<'a> {
        match self {
            Authority::Signed { raw } => Via::Wire(raw),
            Authority::Announced { .. } => Via::Here,
        }
    }

    /// How something new comes: a group that tells of it is one that it is for.
    fn coming(self) -> Coming<'a> {
        match self {
            Authority::Signed { raw } => Coming::by(Via::Wire(raw)),
            Authority::Announced { group } => Coming::told(group),
        }
    }

    /// Whether an object of this id need not be fetched: its host is the one that signed.
    fn vouches_for(self, actor: &Url, object: &Url) -> bool {
        match self {
            Authority::Signed { .. } => host_of(actor) == host_of(object),
            Authority::Announced { group } => host_of(object).as_deref() == Some(&group.host),
        }
    }

    /// Whether it comes from the actor's own server: signed, or, as Mbin does, announced by a group there.
    fn is_of_home(self, actor: &ActorRow) -> bool {
        match self {
            Authority::Signed { .. } => true,
            Authority::Announced { group } => group.host == actor.host,
        }
    }

    /// An announced activity concerns the announcing group's own threads, or nothing.
    fn covers(self, group: ActorId) -> Result<(), WireError> {
        match self {
            Authority::Announced { group: announcer } if announcer.id != group => Err(
                WireError::refused("the announcing group does not own this thread"),
            ),
            _ => Ok(()),
        }
    }
}

/// Applies one activity whose signature is that of its actor.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    activity: &Activity,
    raw: &Value,
    docs: &Docs,
) -> Result<(), WireError> {
    perform(tx, activity, Authority::Signed { raw }, docs)
}

fn perform(
    tx: &mut Tx<'_>,
    activity: &Activity,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let actor = ensure_actor(tx, &activity.actor, docs)?;
    if let (Authority::Announced { .. }, Some(host)) = (authority, actor.host_id)
        && hosts::get(tx.conn, host)?.blocked
    {
        return Err(WireError::refused(format!(
            "{} is blocked here",
            actor.host
        )));
    }
    if !acts::was_undone(tx, &actor, activity)? {
        act(tx, &actor, activity, authority, docs)?;
        return acts::stands(tx, &actor, activity);
    }
    if let Some(other) = acts::stands_again(tx, &actor, activity)? {
        act(tx, &actor, &other, authority, docs)?;
        return acts::stands(tx, &actor, &other);
    }
    Ok(())
}

fn act(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    activity: &Activity,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    match &activity.verb {
        Verb::Follow { object } => following::follow(tx, actor, activity, object, authority),
        Verb::Accept { follow } => following::answer(tx, actor, follow, true, authority),
        Verb::Reject { follow } => following::answer(tx, actor, follow, false, authority),
        Verb::NotTaken(refused) => refusing::not_taken(tx, actor, refused, authority),
        Verb::Create { object } => contribution::create(tx, actor, object, authority, docs),
        Verb::CreateMany { objects } => announce::each(tx, objects, |tx, object| {
            contribution::create(tx, actor, object, authority, docs)
        }),
        Verb::CreateReference { object } => {
            contribution::create_by_reference(tx, actor, object, authority, docs)
        }
        Verb::Update { object } => contribution::update(tx, actor, object, authority, docs),
        Verb::Delete {
            object,
            remove_data: Some(false),
            ..
        } if *object == activity.actor => deletion::leave(tx, actor, authority),
        Verb::Delete { object, reason, .. } => {
            deletion::delete(tx, actor, object, reason.as_deref(), authority, docs)
        }
        Verb::Like { object } => voting::vote(tx, actor, object, Vote::Up, authority, docs),
        Verb::Dislike { object } => voting::vote(tx, actor, object, Vote::Down, authority, docs),
        Verb::Announce { object } => announce::announce(tx, actor, object, authority, docs),
        Verb::Undo { .. } => undo(tx, actor, &activity.verb, authority, docs),
        Verb::Add { object, target } => {
            moderation::collect(tx, actor, object, target, true, authority, docs)
        }
        Verb::Remove { object, target } => {
            moderation::collect(tx, actor, object, target, false, authority, docs)
        }
        Verb::Lock { object, reason } => {
            let reason = reason.as_deref().and_then(Reason::cut);
            moderation::lock(tx, actor, object, true, reason.as_ref(), authority, docs)
        }
        Verb::Block { .. } => banning::block(tx, actor, &activity.verb, authority, docs),
        Verb::Warn { object, reason } => {
            let reason = reason.as_deref().and_then(Reason::cut);
            moderation::warn(tx, actor, object, reason.as_ref(), authority, docs)
        }
        Verb::Flag { objects, reason } => {
            let (id, reason) = (activity.id.as_ref(), reason.as_deref());
            reporting::flag(tx, actor, id, objects, reason, authority)
        }
        Verb::Resolve { flag } => reporting::resolve(tx, actor, flag, authority, docs),
        Verb::Move {
            object,
            origin,
            target,
        } => {
            let way = moving::Way {
                origin: origin.as_ref(),
                target,
            };
            moving::moves(tx, actor, object, way, authority, docs)
        }
        Verb::PollVote { object, choice } => polling::choose(tx, actor, object, choice, authority),
        Verb::ApproveReply { object } => approval::approve(tx, actor, activity, object, authority),
        Verb::Other { kind } => Err(WireError::refused(format!(
            "an activity of type {kind} means nothing here"
        ))),
    }
}

fn undo(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    undo: &Verb,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    let Verb::Undo {
        activity: undone,
        reason: why,
        restore_data,
    } = undo
    else {
        return Err(WireError::refused("it undoes nothing"));
    };
    let why = why.as_deref();
    let inner = match undone {
        Undone::Activity(inner) => inner,
        Undone::Reference(id) if following::undo_by_id(tx, actor, id, authority)? => return Ok(()),
        Undone::Reference(id) => match acts::by_id(tx, actor, id)? {
            Some(inner) => &Box::new(inner),
            None => return following::undo_unknown(tx, actor, id, authority),
        },
    };
    if inner.actor.as_str() != actor.ap_id {
        return Err(WireError::refused("it undoes what another did"));
    }
    if let Verb::Follow { object } = &inner.verb {
        return following::unfollow(tx, actor, inner.id.as_ref(), object, authority);
    }
    if let Verb::Flag { objects, .. } = &inner.verb {
        return reporting::withdraw(tx, actor, inner.id.as_ref(), objects, authority);
    }
    if let Undoing::ChangesNothing = acts::undone(tx, actor, inner, authority)? {
        return Ok(());
    }
    match &inner.verb {
        Verb::Like { object } | Verb::Dislike { object } => {
            voting::withdraw(tx, actor, object, authority)
        }
        Verb::Delete { object, reason, .. } => {
            deletion::restore(tx, actor, object, reason.as_deref(), authority, docs)
        }
        Verb::Lock { object, .. } => {
            let reason = why.and_then(Reason::cut);
            moderation::lock(tx, actor, object, false, reason.as_ref(), authority, docs)
        }
        Verb::Block { .. } => {
            banning::unblock(tx, actor, &inner.verb, why, *restore_data, authority, docs)
        }
        Verb::Announce { object } => announce::take_back(tx, actor, object, authority),
        _ => Err(WireError::refused("what it undoes cannot be undone here")),
    }
}

/// The group an entry is in.
fn group_of(tx: &mut Tx<'_>, entry: &Entry) -> Result<ActorRow, WireError> {
    let group = match entry {
        Entry::Post(post) => post.group_id,
        Entry::Comment(comment) => comment.group_id,
    };
    Ok(actors::get(tx.conn, group)?)
}

/// What `actor` is in `group`: by a role there that we know of, or because the group itself says so.
fn standing(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    group: &ActorRow,
    authority: Authority<'_>,
) -> Result<Standing, WireError> {
    let vouched = match authority {
        Authority::Announced { group: announcer } => announcer.id == group.id,
        // What it tells its followers it may say itself.
        Authority::Signed { .. } => actor.id == group.id,
    };
    Ok(Standing {
        vouched,
        ..groups::standing(tx, actor.id, group.id)?
    })
}

/// Whether `actor` may do this in `group`. What one of our administrators may only do here came from here.
fn may(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    group: &ActorRow,
    act: Act,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    standing_to(tx, actor, group, act, authority, docs).map(|_| ())
}

/// What `actor` is in `group`, if that is enough for this. Moderators of a group elsewhere may act before we
/// have heard of them: its server is asked then.
fn standing_to(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    group: &ActorRow,
    act: Act,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<Standing, WireError> {
    let standing = standing(tx, actor, group, authority)?;
    let answer = standing.may(act);
    let question = Moderates {
        person: actor.id,
        group: group.id,
    };
    let unheard = matches!(authority, Authority::Signed { .. })
        && answer == Err(Refusal::NotModerator)
        && !(group.local || actor.local || docs.has_asked(question));
    // A group that nobody here follows concerns nobody here.
    if unheard && follows::has_local_follower(tx.conn, group.id)? {
        return Err(WireError::Ask(question));
    }
    allowed(answer).map(|()| standing)
}

fn allowed(answer: Result<Reach, Refusal>) -> Result<(), WireError> {
    let refused = |refusal| {
        WireError::refused(match refusal {
            Refusal::NotModerator => "its actor does not moderate this group".to_owned(),
            Refusal::NotCoordinator => {
                "its actor does not moderate this group as its coordinator".to_owned()
            }
            other => other.to_string(),
        })
    };
    answer.map(|_| ()).map_err(refused)
}

/// What an embedded object stands for once it was fetched from where it lives.
fn fetched<'d>(docs: &'d Docs, id: &Url) -> Result<&'d Thing, WireError> {
    use crate::community::remote::Doc;
    match docs.get(id) {
        None => Err(WireError::Need(id.clone())),
        Some(Doc::Found(thing)) => Ok(thing),
        Some(Doc::Gone) => Err(WireError::refused(format!("{id} is gone"))),
        Some(Doc::Failed(why)) => Err(WireError::refused(format!("{id}: {why}"))),
    }
}
