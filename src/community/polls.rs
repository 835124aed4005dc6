//! Polls: voting here and from elsewhere, telling the results, and closing by the clock.

use super::describe;
use super::notifications::{Place, notify};
use super::outgoing::{Action, ForMicroblogs, SHOW_BOOSTS, Via, record, send_to, tell, url};
use super::special::{Reader, poll_out};
use super::{CommunityError, Denied, Missing};
use crate::activitystreams::{self as wire, PollDoc};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{NotificationKind, Visibility};
use crate::domain::poll::{NewPoll, OPTION_MAX, choose};
use crate::domain::text::one_line;
use crate::domain::time::MINUTE;
use crate::store::actors::{self, ActorRow};
use crate::store::polls::{self, OptionRow, Poll, PollRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, activities, audience, groups};

/// The others are told of new votes no more often than this.
const TELL_EVERY: i64 = 3 * MINUTE;
/// So many polls are closed or told of in one go.
const BATCH: i64 = 50;
/// Software that knows a poll for what it is when a group announces it, and takes its results from its author.
pub(super) const KNOW_POLLS: &[&str] = &["coppice", "piefed"];

/// And that which sends choices to the group of a poll, which passes them on.
pub(super) const CHOOSE_BY_GROUP: &[&str] = &["piefed"];

/// A member votes, here or in a poll elsewhere; all their choices at once.
pub fn vote(
    tx: &mut Tx<'_>,
    voter: ActorId,
    post: PostId,
    choice: &[usize],
) -> Result<(), CommunityError> {
    let voter = actors::get(tx.conn, voter)?;
    let post = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    let new = cast(tx, &voter, &post, choice, false)?;
    if post.local || new.is_empty() {
        return Ok(());
    }
    let author = actors::get(tx.conn, post.author_id)?;
    let poll = polls::get(tx.conn, post.id, None)?.ok_or(Missing::Post)?;
    let (me, them, question) = (url(&voter.ap_id)?, url(&author.ap_id)?, url(&post.ap_id)?);
    for position in new {
        let Some(option) = poll.options.get(position) else {
            continue;
        };
        send_to(tx, voter.id, author.id, "vote", |id| {
            wire::ballot(id, &me, &them, &question, &option.name)
        })?;
    }
    Ok(())
}

/// A vote that came by the wire, one answer of it, for a poll of ours.
pub(crate) fn ballot(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    post: &PostRow,
    answer: &str,
) -> Result<(), CommunityError> {
    let poll = polls::get(tx.conn, post.id, None)?.ok_or(Missing::Post)?;
    let answer = one_line(answer, OPTION_MAX);
    let position = poll.options.iter().position(|option| option.name == answer);
    let position = position.unwrap_or(usize::MAX);
    cast(tx, voter, post, &[position], true)?;
    Ok(())
}

fn cast(
    tx: &mut Tx<'_>,
    voter: &ActorRow,
    post: &PostRow,
    choice: &[usize],
    piecemeal: bool,
) -> Result<Vec<usize>, CommunityError> {
    let group = actors::get(tx.conn, post.group_id)?;
    super::bans::may_take_part(tx, voter, &group)?;
    if post.is_hidden() {
        return Err(Denied::Deleted.into());
    }
    polls::hold(tx.conn, post.id)?;
    let poll = polls::get(tx.conn, post.id, Some(voter.id))?.ok_or(Missing::Post)?;
    let closed = poll.is_closed(tx.now);
    let new = choose(
        poll.row.multiple,
        poll.options.len(),
        closed,
        &poll.mine,
        choice,
        piecemeal,
    )
    .map_err(|error| CommunityError::invalid("choice", error))?;
    if !new.is_empty() {
        let first = poll.mine.is_empty();
        polls::vote(tx.conn, post.id, voter.id, &new, first, tx.now)?;
    }
    Ok(new)
}

/// Puts a member's poll under their new thread.
pub(super) fn ask(tx: &mut Tx<'_>, post: PostId, new: &NewPoll) -> Result<(), StoreError> {
    let row = PollRow {
        post_id: post,
        multiple: new.multiple,
        hides_results: false,
        ends: Some(new.ends),
        closed: false,
        voters: 0,
        changed: false,
        told: tx.now,
    };
    let options = new.options.iter().map(|name| (name.clone(), 0));
    polls::insert(tx.conn, &row, &numbered(post, options))
}

fn numbered(post: PostId, options: impl Iterator<Item = (String, i64)>) -> Vec<OptionRow> {
    options
        .enumerate()
        .map(|(position, (name, votes))| OptionRow {
            post_id: post,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            name,
            votes,
        })
        .collect()
}

/// Keeps the poll of a thread from elsewhere as its origin states it, or that it has none any more.
/// Other answers than before make it another poll: who voted may vote again.
pub(super) fn keep(tx: &mut Tx<'_>, post: PostId, doc: Option<&PollDoc>) -> Result<(), StoreError> {
    let known = polls::get(tx.conn, post, None)?;
    let Some(doc) = doc else {
        if known.is_some() {
            polls::delete(tx.conn, post)?;
        }
        return Ok(());
    };
    let count = |votes: u64| i64::try_from(votes).unwrap_or(i64::MAX);
    let given = doc.options.iter().map(|option| {
        let name = one_line(&option.name, OPTION_MAX);
        (name, count(option.votes.unwrap_or(0)))
    });
    let options = numbered(post, given);
    let row = PollRow {
        post_id: post,
        multiple: doc.multiple,
        hides_results: doc.options.iter().all(|option| option.votes.is_none()),
        ends: doc.ends,
        closed: doc.closed,
        voters: doc.voters.map_or_else(
            || options.iter().map(|option| option.votes).max().unwrap_or(0),
            count,
        ),
        changed: false,
        told: tx.now,
    };
    match known {
        Some(poll) if same_question(&poll, &row, &options) => {
            let closes = row.closed && !poll.row.closed;
            polls::update_results(tx.conn, &row, &options)?;
            if closes {
                tell_voters(tx, post)?;
            }
        }
        Some(_) => {
            polls::delete(tx.conn, post)?;
            polls::insert(tx.conn, &row, &options)?;
        }
        None => polls::insert(tx.conn, &row, &options)?,
    }
    Ok(())
}

fn same_question(poll: &Poll, row: &PollRow, options: &[OptionRow]) -> bool {
    let names = |options: &[OptionRow]| -> Vec<String> {
        options.iter().map(|option| option.name.clone()).collect()
    };
    poll.row.multiple == row.multiple && names(&poll.options) == names(options)
}

/// Whether [`tend`] has anything to do.
pub fn is_anything_due(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(!polls::to_close(tx.conn, tx.now, 1)?.is_empty()
        || !polls::to_tell(tx.conn, tx.now.minus(TELL_EVERY), 1)?.is_empty())
}

/// Closes what is over and tells of new votes; how many polls that were.
pub fn tend(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let over = polls::to_close(tx.conn, tx.now, BATCH)?;
    for post in &over {
        polls::close(tx.conn, *post)?;
        tell_voters(tx, *post)?;
        tell_results(tx, *post, true)?;
        polls::told(tx.conn, *post, tx.now)?;
    }
    let changed = polls::to_tell(tx.conn, tx.now.minus(TELL_EVERY), BATCH)?;
    for post in &changed {
        tell_results(tx, *post, false)?;
        polls::told(tx.conn, *post, tx.now)?;
    }
    Ok(over.len() + changed.len())
}

/// Members who voted, and the author, learn that a poll is over.
fn tell_voters(tx: &mut Tx<'_>, post: PostId) -> Result<(), StoreError> {
    let Some(row) = posts::find(tx.conn, post)?.filter(|row| !row.is_hidden()) else {
        return Ok(());
    };
    let group = actors::get(tx.conn, row.group_id)?;
    let mut people = polls::voters(tx.conn, post)?;
    if !people.contains(&row.author_id) {
        people.push(row.author_id);
    }
    let place = Place::thread(post);
    for person in people {
        let person = actors::get(tx.conn, person)?;
        if person.local && !person.deleted {
            notify(tx, person.id, &group, NotificationKind::Poll, place)?;
        }
    }
    Ok(())
}

/// The numbers of a poll of ours, to those who show them: servers of people who voted, followers that
/// know polls and, at the end, everybody.
fn tell_results(tx: &mut Tx<'_>, post: PostId, at_the_end: bool) -> Result<(), StoreError> {
    let Some(row) = posts::find(tx.conn, post)?.filter(|row| row.local && !row.is_hidden()) else {
        return Ok(());
    };
    let author = actors::get(tx.conn, row.author_id)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let visibility = groups::visibility(tx.conn, group.id)?;
    // What is for the members of this site alone is told to nobody else.
    if author.deleted || !author.local || visibility == Visibility::LocalOnly {
        return Ok(());
    }
    let me = url(&author.ap_id)?;
    let question = describe::post_for(tx, &row, Reader::Any)?;
    let (update, _) = record(tx, author.id, "update", |id| {
        wire::update(id, &me, question.clone())
    })?;
    for voter in polls::voters(tx.conn, post)? {
        // Who had to leave the group since is told no more of it.
        if audience::may_read(tx.conn, Some(voter), group.id)? {
            activities::queue_for_actor(tx.conn, update, voter)?;
        }
    }
    if group.local {
        activities::queue_for_followers(tx.conn, update, group.id, SHOW_BOOSTS)?;
        if !at_the_end {
            activities::queue_for_followers_running(tx.conn, update, group.id, KNOW_POLLS)?;
        }
    } else {
        activities::queue_for_actor(tx.conn, update, group.id)?;
    }
    if at_the_end && group.local {
        let page = describe::post_for(tx, &row, Reader::Pages)?;
        tell(
            tx,
            &Action {
                actor: &author,
                group: &group,
                via: Via::Here,
                verb: "update",
                activity: &|id| wire::update(id, &me, page.clone()),
                about: None,
                for_microblogs: ForMicroblogs::Told(&|id| wire::update(id, &me, question.clone())),
                also_to: &[],
            },
        )?;
    }
    Ok(())
}

/// How the answers stand, for a translation of a poll from elsewhere.
pub(super) fn as_told(tx: &mut Tx<'_>, post: PostId) -> Result<Option<wire::PollOut>, StoreError> {
    let now = tx.now;
    let poll = polls::get(tx.conn, post, None)?;
    Ok(poll.map(|poll| poll_out(&poll, poll.is_closed(now))))
}
