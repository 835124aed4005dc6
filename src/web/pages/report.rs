//! Reporting a thread, a reply, a person or a group to those who moderate it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Handle, Id};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::reports::{self, Target};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::limits::{REASON_MAX, ReportReason};
use crate::limits::Door;
use crate::store::{Tx, audience};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// What the page shows of it, and where to return.
struct Reported {
    target: Target,
    what: &'static str,
    text: String,
    /// Who gets the report.
    who: String,
    back: String,
}

fn post(tx: &mut Tx<'_>, viewer: ActorId, id: PostId) -> Result<Reported, CommunityError> {
    let post = audience::post(tx.conn, Some(viewer), id)?.ok_or(Missing::Post)?;
    if post.is_hidden() {
        return Err(Denied::Deleted.into());
    }
    Ok(Reported {
        target: Target::Post(id),
        what: "this thread",
        text: post.title,
        who: moderators(false),
        back: format!("/post/{id}"),
    })
}

fn comment(tx: &mut Tx<'_>, viewer: ActorId, id: CommentId) -> Result<Reported, CommunityError> {
    let found = audience::comment(tx.conn, Some(viewer), id)?;
    let (comment, _) = found.ok_or(Missing::Comment)?;
    if comment.is_hidden() {
        return Err(Denied::Deleted.into());
    }
    Ok(Reported {
        target: Target::Comment(id),
        what: "this reply",
        text: to_text(&comment.body_html, 300),
        who: moderators(false),
        back: format!("/comment/{id}"),
    })
}

fn moderators(of_site: bool) -> String {
    let who = if of_site {
        "the administrators of this site"
    } else {
        "the moderators of the group and the administrators of this site"
    };
    format!("Your report goes to {who}. Nobody else sees it here.")
}

fn person(tx: &mut Tx<'_>, handle: &Handle) -> Result<Reported, CommunityError> {
    let row = handle.person(tx, None)?;
    Ok(actor(Target::Actor(row.id), "this person", row.into()))
}

fn group(tx: &mut Tx<'_>, viewer: ActorId, handle: &Handle) -> Result<Reported, CommunityError> {
    let row = handle.group(tx, Some(viewer))?;
    Ok(actor(Target::Actor(row.id), "this group", row.into()))
}

fn actor(target: Target, what: &'static str, row: crate::store::actors::ActorBrief) -> Reported {
    let mut who = moderators(true);
    if !row.local {
        who.push_str(&format!(
            " Those of {} are told what you write, too, but not who you are.",
            row.host
        ));
    }
    Reported {
        target,
        what,
        text: format!("{} (@{})", row.title(), row.full_handle()),
        who,
        back: row.path(),
    }
}

async fn ask(
    app: App,
    frame: Frame,
    load: impl Fn(&mut Tx<'_>) -> Result<Reported, CommunityError> + Send + 'static,
) -> Result<Markup, Failure> {
    let reported = app.store.read(load).await?;
    Ok(page(&frame, &reported, &Draft::default()))
}

async fn send(
    app: App,
    viewer: Viewer,
    frame: Frame,
    fields: Fields,
    load: impl Fn(&mut Tx<'_>) -> Result<Reported, CommunityError> + Send + 'static,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let reported = app.store.read(load).await?;
    match file(&app, &viewer, &reported, &fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            &reported.back,
            Flash::Reported,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &reported, &draft)).into_response())
        }
    }
}

async fn file(
    app: &App,
    viewer: &Viewer,
    reported: &Reported,
    fields: &Fields,
) -> Result<(), Failure> {
    let reason = ReportReason::parse(fields.text("reason")).map_err(at("reason"))?;
    let (me, target) = (viewer.id, reported.target);
    app.store
        .write(move |tx| reports::report(tx, me, target, &reason))
        .await?;
    Ok(())
}

pub async fn ask_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
) -> Result<Markup, Failure> {
    ask(app, frame, move |tx| post(tx, viewer.id, id)).await
}

pub async fn send_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let me = viewer.id;
    send(app, viewer, frame, fields, move |tx| post(tx, me, id)).await
}

pub async fn ask_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
) -> Result<Markup, Failure> {
    ask(app, frame, move |tx| comment(tx, viewer.id, id)).await
}

pub async fn send_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let me = viewer.id;
    send(app, viewer, frame, fields, move |tx| comment(tx, me, id)).await
}

pub async fn ask_person(
    State(app): State<App>,
    _: Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    ask(app, frame, move |tx| person(tx, &handle)).await
}

pub async fn send_person(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    send(app, viewer, frame, fields, move |tx| person(tx, &handle)).await
}

pub async fn ask_group(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    ask(app, frame, move |tx| group(tx, viewer.id, &handle)).await
}

pub async fn send_group(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let me = viewer.id;
    send(app, viewer, frame, fields, move |tx| group(tx, me, &handle)).await
}

fn page(frame: &Frame, reported: &Reported, draft: &Draft) -> Markup {
    let title = format!("Report {}", reported.what);
    let main = html! {
        div.narrow.stack {
            h1 { (title) }
            form.card.stack method="post" {
                (token(&frame.csrf))
                (problem(draft))
                blockquote.prose dir="auto" { (reported.text) }
                (Field::new("reason", "What is wrong with it?").required().max(REASON_MAX).tall().hint(&reported.who).area(draft))
                div.row {
                    button.main { "Send report" }
                    a href=(reported.back) { "Cancel" }
                }
            }
        }
    };
    Page::new(frame, title).private().render(main)
}
