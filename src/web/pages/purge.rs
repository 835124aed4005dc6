//! Erasing for good: an administrator is told what is lost, and then it is done.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Handle, Id, reason};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Missing, groups, purge};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::limits::{REASON_MAX, Reason};
use crate::domain::rules::Act;
use crate::limits::Door;
use crate::pictures;
use crate::store::views;
use crate::store::{Tx, audience, purge as rows};
use crate::web::components::count;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{AdminViewer, limit};

/// What is to be erased, as its page is addressed.
#[derive(Clone)]
enum Target {
    Post(PostId),
    Comment(CommentId),
    Person(Handle),
    Group(Handle),
}

/// The same, found.
#[derive(Clone, Copy)]
enum What {
    Post(PostId),
    Comment(CommentId),
    Person(ActorId),
    Group(ActorId),
}

/// What the page says of it.
struct Doomed {
    what: What,
    /// As in "Erase this thread for good?"
    name: String,
    quote: Option<String>,
    losses: Vec<String>,
    /// What is not lost, or not everywhere.
    stays: &'static str,
    /// What can be taken back.
    instead: &'static str,
    path: String,
}

const REMOVE: &str = "To take something away and be able to put it back, remove it instead.";
const ELSEWHERE: &str =
    "Other servers are told that it was removed. What copies they keep is for them to say.";

pub async fn ask_post(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Id(id): Id<PostId>,
) -> Result<Markup, Failure> {
    ask(&app, &viewer, &frame, Target::Post(id)).await
}

pub async fn do_post(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    erase(&app, &viewer, &frame, Target::Post(id), fields).await
}

pub async fn ask_comment(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Id(id): Id<CommentId>,
) -> Result<Markup, Failure> {
    ask(&app, &viewer, &frame, Target::Comment(id)).await
}

pub async fn do_comment(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    erase(&app, &viewer, &frame, Target::Comment(id), fields).await
}

pub async fn ask_person(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    ask(&app, &viewer, &frame, Target::Person(handle)).await
}

pub async fn do_person(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    erase(&app, &viewer, &frame, Target::Person(handle), fields).await
}

pub async fn ask_group(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    ask(&app, &viewer, &frame, Target::Group(handle)).await
}

pub async fn do_group(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    erase(&app, &viewer, &frame, Target::Group(handle), fields).await
}

async fn ask(app: &App, viewer: &Viewer, frame: &Frame, target: Target) -> Result<Markup, Failure> {
    Ok(page(
        frame,
        &load(app, viewer, target).await?,
        &Draft::default(),
    ))
}

async fn erase(
    app: &App,
    viewer: &Viewer,
    frame: &Frame,
    target: Target,
    fields: Fields,
) -> Result<Response, Failure> {
    limit(app, viewer, Door::Act)?;
    let doomed = load(app, viewer, target).await?;
    let done = match reason(&fields) {
        Ok(reason) => carry_out(app, viewer.id, doomed.what, reason).await,
        Err(failure) => Err(failure),
    };
    match done {
        Ok(()) => Ok(redirect(&app.settings.public_url, "/modlog", Flash::Purged)),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(frame, &doomed, &draft)).into_response())
        }
    }
}

async fn carry_out(
    app: &App,
    by: ActorId,
    what: What,
    reason: Option<Reason>,
) -> Result<(), Failure> {
    let work = move |tx: &mut Tx<'_>| {
        let reason = reason.as_ref();
        match what {
            What::Post(id) => purge::post(tx, by, id, reason),
            What::Comment(id) => purge::comment(tx, by, id, reason),
            What::Person(id) => purge::person(tx, by, id, reason),
            What::Group(id) => purge::group(tx, by, id, reason),
        }
    };
    app.store.write(work).await?;
    // Their pictures are gone when this is answered, and not a moment later.
    Ok(pictures::sweep(app).await?)
}

async fn load(app: &App, viewer: &Viewer, target: Target) -> Result<Doomed, Failure> {
    let me = viewer.id;
    let load = move |tx: &mut Tx<'_>| match &target {
        Target::Post(id) => thread(tx, me, *id),
        Target::Comment(id) => reply(tx, me, *id),
        Target::Person(handle) => person(tx, me, handle),
        Target::Group(handle) => group(tx, me, handle),
    };
    Ok(app.store.read(load).await?)
}

fn thread(tx: &mut Tx<'_>, me: ActorId, id: PostId) -> Result<Doomed, CommunityError> {
    let post = audience::post(tx.conn, Some(me), id)?.ok_or(Missing::Post)?;
    groups::standing(tx, me, post.group_id)?.may(Act::Purge)?;
    if rows::is_purged(tx.conn, id.0)? {
        return Err(Missing::Post.into());
    }
    Ok(Doomed {
        what: What::Post(id),
        name: "this thread".to_owned(),
        quote: Some(post.title),
        losses: vec![
            "its title, text and pictures".to_owned(),
            format!(
                "{} to it, whoever wrote them",
                count(post.comment_count, "reply", "replies")
            ),
            "all votes on them, and what was reported about them".to_owned(),
        ],
        stays: ELSEWHERE,
        instead: REMOVE,
        path: format!("/post/{id}"),
    })
}

fn reply(tx: &mut Tx<'_>, me: ActorId, id: CommentId) -> Result<Doomed, CommunityError> {
    let found = audience::comment(tx.conn, Some(me), id)?;
    let (comment, post) = found.ok_or(Missing::Comment)?;
    groups::standing(tx, me, post.group_id)?.may(Act::Purge)?;
    if rows::is_purged(tx.conn, id.0)? {
        return Err(Missing::Comment.into());
    }
    Ok(Doomed {
        what: What::Comment(id),
        name: "this reply".to_owned(),
        quote: Some(to_text(&comment.body_html, 300)),
        losses: vec![
            "its text".to_owned(),
            "all votes on it, and what was reported about it".to_owned(),
        ],
        stays: "What others answered to it stays. Other servers are told that it was removed; what copies they keep is for them to say.",
        instead: REMOVE,
        path: format!("/comment/{id}"),
    })
}

fn person(tx: &mut Tx<'_>, me: ActorId, handle: &Handle) -> Result<Doomed, CommunityError> {
    let row = handle.person(tx, Some(me))?;
    groups::toward(tx, me, row.id)?.may(Act::Purge)?;
    let view = views::person(tx.conn, row.id)?;
    let mut losses = vec![
        format!(
            "{}, with all that was replied",
            count(view.person.post_count, "thread", "threads")
        ),
        format!(
            "{} in threads of others",
            count(view.person.comment_count, "reply", "replies")
        ),
        "what they say of themselves, and their pictures".to_owned(),
    ];
    losses.push(if row.local {
        "their account: they can no longer log in, and the name stays taken".to_owned()
    } else {
        "their way back: they are banned from this site".to_owned()
    });
    Ok(Doomed {
        what: What::Person(row.id),
        name: format!("all of {}", view.actor.title()),
        quote: Some(format!("@{}", view.actor.full_handle())),
        losses,
        stays: "Other servers are told of a ban. What copies they keep is for them to say.",
        instead: "To keep somebody out and be able to let them in again, ban them instead.",
        path: view.actor.path(),
    })
}

fn group(tx: &mut Tx<'_>, me: ActorId, handle: &Handle) -> Result<Doomed, CommunityError> {
    let id = handle.group_even_removed(tx)?.id;
    groups::standing(tx, me, id)?.may(Act::Purge)?;
    let view = views::group(tx.conn, id, None)?;
    let followers = count(view.group.follower_count, "follower", "followers");
    Ok(Doomed {
        what: What::Group(id),
        name: format!("the group {}", view.actor.title()),
        quote: Some(format!("!{}", view.actor.full_handle())),
        losses: vec![
            format!(
                "{} and {}, whoever wrote them",
                count(view.group.post_count, "thread", "threads"),
                count(view.group.comment_count, "reply", "replies")
            ),
            "its description, rules and pictures".to_owned(),
            format!("its {followers}: nobody follows it any more"),
        ],
        stays: if view.actor.local {
            "Its name stays taken. Other servers are told that it was removed; what copies they keep is for them to say."
        } else {
            "On its own server it stays as it is."
        },
        instead: REMOVE,
        path: view.actor.path(),
    })
}

fn page(frame: &Frame, doomed: &Doomed, draft: &Draft) -> Markup {
    let title = format!("Erase {} for good?", doomed.name);
    let main = html! {
        div.narrow.stack {
            h1 dir="auto" { (title) }
            form.card.stack method="post" action={ (doomed.path) "/purge" } {
                (token(&frame.csrf))
                (problem(draft))
                @if let Some(quote) = &doomed.quote { blockquote.prose dir="auto" { (quote) } }
                div.prose {
                    p { "This is lost, and nobody can bring it back:" }
                    ul { @for loss in &doomed.losses { li { (loss) } } }
                }
                p.quiet { (doomed.stays) }
                p.quiet { (doomed.instead) }
                (Field::new("reason", "Reason").max(REASON_MAX).hint("Stands in the public log of moderation, which does not say what was erased.").input(draft))
                div.row { button.danger { "Erase for good" } a href=(doomed.path) { "Cancel" } }
            }
        }
    };
    Page::new(frame, title).private().render(main)
}
