//! One thread from its beginning to its end: comments, votes, second thoughts.

use url::Url;

use super::super::stage::{Stage, until};
use super::super::story::{Comment, Later, Side, Thread};
use super::cast::{Cast, Member};
use crate::cli::Failure;
use crate::community::comments::{self, Reply};
use crate::community::threads::{self, EditThread, Publish};
use crate::community::votes::{self, Target};
use crate::community::{CommunityError, Via};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::{Contribution, Vote};
use crate::domain::limits::{Body, CommentBody, Title, WebLink};
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;
use crate::store::{self, StoreError};

/// Something by its numbers on both sides.
#[derive(Clone, Copy)]
struct Known<T>([T; 2]);

impl<T: Copy> Known<T> {
    fn new(side: Side, here: T, there: T) -> Known<T> {
        let mut both = [here; 2];
        both[side.other() as usize] = there;
        Known(both)
    }

    fn at(&self, side: Side) -> T {
        self.0[side as usize]
    }
}

pub async fn hold(stage: &Stage, cast: &Cast, thread: &Thread) -> Result<(), Failure> {
    let post = begin(stage, cast, thread).await?;
    let mut said = Vec::new();
    // From the top down, as it is read.
    let mut next: Vec<(&Comment, Option<Known<CommentId>>)> =
        thread.comments.iter().rev().map(|c| (c, None)).collect();
    while let Some((comment, parent)) = next.pop() {
        let known = say(stage, cast, post, parent, comment).await?;
        said.push((comment, known));
        let replies = comment.replies.iter().rev();
        next.extend(replies.map(|reply| (reply, Some(known))));
    }
    vote(stage, cast, post, thread, &said).await?;
    for (comment, known) in said {
        reconsider(stage, cast.member(comment.by)?, comment, known).await?;
    }
    amend(stage, cast, post, thread).await
}

async fn begin(stage: &Stage, cast: &Cast, thread: &Thread) -> Result<Known<PostId>, Failure> {
    let author = cast.member(thread.by)?;
    let link = thread.link.map(WebLink::parse).transpose();
    let publish = Publish {
        group: cast.circle(thread.group)?.at(author.side),
        title: title(thread)?,
        body: body(&stage.written(thread.body))?,
        link: link.map_err(CommunityError::text("link"))?,
        image: None,
        kind: Contribution::Discussion,
        language: Some("en".to_owned()),
        sensitive: false,
    };
    let here = stage.at(author.side);
    let id = here
        .act(move |tx| threads::publish(tx, author.id, &publish))
        .await?;
    let ap_id = here.read(move |tx| Ok(post(tx, id)?.ap_id)).await?;
    let ap_id = parsed(&ap_id)?;
    let there = stage.at(author.side.other());
    let seen = until(&format!("the thread {:?}", thread.title), || {
        let ap_id = ap_id.clone();
        there.read(move |tx| store::posts::by_ap_id(tx.conn, &ap_id))
    })
    .await?;
    Ok(Known::new(author.side, id, seen.id))
}

async fn say(
    stage: &Stage,
    cast: &Cast,
    thread: Known<PostId>,
    parent: Option<Known<CommentId>>,
    said: &Comment,
) -> Result<Known<CommentId>, Failure> {
    let author = cast.member(said.by)?;
    let reply = Reply {
        post: thread.at(author.side),
        parent: parent.map(|parent| parent.at(author.side)),
        body: comment_body(&stage.written(said.body))?,
        language: Some("en".to_owned()),
    };
    let here = stage.at(author.side);
    let id = here
        .act(move |tx| comments::reply(tx, author.id, &reply))
        .await?;
    let ap_id = here.read(move |tx| Ok(comment(tx, id)?.ap_id)).await?;
    let ap_id = parsed(&ap_id)?;
    let there = stage.at(author.side.other());
    let seen = until(&format!("the comment {:?}", said.body), || {
        let ap_id = ap_id.clone();
        there.read(move |tx| store::comments::by_ap_id(tx.conn, &ap_id))
    })
    .await?;
    Ok(Known::new(author.side, id, seen.id))
}

async fn vote(
    stage: &Stage,
    cast: &Cast,
    post_id: Known<PostId>,
    thread: &Thread,
    said: &[(&Comment, Known<CommentId>)],
) -> Result<(), Failure> {
    let up = thread.up.iter().map(|by| (by, Vote::Up));
    for (by, vote) in up.chain(thread.down.iter().map(|by| (by, Vote::Down))) {
        let voter = cast.member(by)?;
        cast_vote(stage, voter, Target::Post(post_id.at(voter.side)), vote).await?;
    }
    for (comment, known) in said {
        for by in comment.up {
            let voter = cast.member(by)?;
            let target = Target::Comment(known.at(voter.side));
            cast_vote(stage, voter, target, Vote::Up).await?;
        }
    }
    for side in Side::BOTH {
        let (here, id) = (stage.at(side), post_id.at(side));
        let expected = (upvotes(thread.by, thread.up), count(thread.down));
        until(&format!("the votes on {:?}", thread.title), || async move {
            let row = here.read(move |tx| post(tx, id)).await?;
            Ok(((row.upvotes, row.downvotes) == expected).then_some(()))
        })
        .await?;
        for (said, known) in said {
            let (id, expected) = (known.at(side), upvotes(said.by, said.up));
            until(&format!("the votes on {:?}", said.body), || async move {
                let row = here.read(move |tx| comment(tx, id)).await?;
                Ok((row.upvotes == expected).then_some(()))
            })
            .await?;
        }
    }
    Ok(())
}

async fn cast_vote(
    stage: &Stage,
    voter: Member,
    target: Target,
    vote: Vote,
) -> Result<(), Failure> {
    stage
        .at(voter.side)
        .act(move |tx| votes::vote(tx, voter.id, target, Some(vote), Via::Here))
        .await
}

/// What the author of a comment does with it in the end.
async fn reconsider(
    stage: &Stage,
    author: Member,
    said: &Comment,
    known: Known<CommentId>,
) -> Result<(), Failure> {
    let (here, id) = (stage.at(author.side), known.at(author.side));
    match said.later {
        Later::Stays | Later::Pinned => return Ok(()),
        Later::Deleted => {
            here.act(move |tx| comments::delete(tx, author.id, id))
                .await?
        }
        Later::Amended(more) | Later::AmendedAndPinned(more) => {
            let text = comment_body(&stage.written(&format!("{}\n\n{more}", said.body)))?;
            here.act(move |tx| comments::edit(tx, author.id, id, &text))
                .await?;
        }
    }
    let (there, id) = (stage.at(author.side.other()), known.at(author.side.other()));
    until(&format!("the change of {:?}", said.body), || async move {
        let row = there.read(move |tx| comment(tx, id)).await?;
        Ok((row.deleted || row.edited.is_some()).then_some(()))
    })
    .await
}

/// What the author of a thread, and the coordinator of its group, do with it in the end.
async fn amend(
    stage: &Stage,
    cast: &Cast,
    known: Known<PostId>,
    thread: &Thread,
) -> Result<(), Failure> {
    let author = cast.member(thread.by)?;
    let (more, pinned, deleted) = match thread.later {
        Later::Stays => return Ok(()),
        Later::Amended(more) => (Some(more), false, false),
        Later::AmendedAndPinned(more) => (Some(more), true, false),
        Later::Pinned => (None, true, false),
        Later::Deleted => (None, false, true),
    };
    let (here, id) = (stage.at(author.side), known.at(author.side));
    if let Some(more) = more {
        let link = thread.link.map(WebLink::parse).transpose();
        let edit = EditThread {
            title: title(thread)?,
            body: body(&stage.written(&format!("{}\n\n{more}", thread.body)))?,
            link: link.map_err(CommunityError::text("link"))?,
            image: None,
            language: Some("en".to_owned()),
            sensitive: false,
        };
        here.act(move |tx| threads::edit(tx, author.id, id, &edit))
            .await?;
    }
    if deleted {
        here.act(move |tx| threads::delete(tx, author.id, id))
            .await?;
    }
    if pinned {
        let circle = cast.circle(thread.group)?;
        let (by, id) = (circle.coordinator, known.at(circle.home));
        let home = stage.at(circle.home);
        home.act(move |tx| threads::feature(tx, by, id, true))
            .await?;
    }
    let edited = more.is_some();
    for side in Side::BOTH {
        let (there, id) = (stage.at(side), known.at(side));
        until(
            &format!("the change of {:?}", thread.title),
            || async move {
                let row = there.read(move |tx| post(tx, id)).await?;
                let arrived = row.edited.is_some() == edited
                    && row.featured == pinned
                    && row.deleted == deleted;
                Ok(arrived.then_some(()))
            },
        )
        .await?;
    }
    Ok(())
}

fn post(tx: &mut store::Tx<'_>, id: PostId) -> Result<PostRow, StoreError> {
    store::posts::find(tx.conn, id)?.ok_or(StoreError::NotFound)
}

fn comment(tx: &mut store::Tx<'_>, id: CommentId) -> Result<CommentRow, StoreError> {
    store::comments::find(tx.conn, id)?.ok_or(StoreError::NotFound)
}

fn title(thread: &Thread) -> Result<Title, CommunityError> {
    Title::parse(thread.title).map_err(CommunityError::text("title"))
}

fn body(text: &str) -> Result<Body, CommunityError> {
    Body::parse(text).map_err(CommunityError::text("body"))
}

fn comment_body(text: &str) -> Result<CommentBody, CommunityError> {
    CommentBody::parse(text).map_err(CommunityError::text("body"))
}

/// With the author's own vote, which is there from the beginning.
fn upvotes(by: &str, names: &[&str]) -> i64 {
    count(names) + i64::from(!names.contains(&by))
}

fn count(names: &[&str]) -> i64 {
    i64::try_from(names.len()).unwrap_or(i64::MAX)
}

fn parsed(ap_id: &str) -> Result<Url, Failure> {
    ap_id
        .parse()
        .map_err(|_| StoreError::Corrupt(format!("{ap_id:?} is no URL")).into())
}
