//! Replying to a thread or to a comment.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Asked, Id, thread};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Missing, comments as own};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::limits::{COMMENT_MAX, CommentBody};
use crate::limits::Door;
use crate::store::views::{self, CommentView};
use crate::store::{Tx, audience};
use crate::web::components::comments::{Powers, one};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::posts::title;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// A comment on the page of its thread, or at its own address where that page may not show it.
pub fn place(post: PostId, comment: CommentId) -> String {
    format!("/post/{post}?sort=new#comment-{comment}")
}

pub async fn to_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(post): Id<PostId>,
    asked: Asked,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    match publish(&app, &viewer, post, None, &fields).await {
        Ok(id) => Ok(redirect(
            &app.settings.public_url,
            &place(post, id),
            Flash::Replied,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            let shown = thread::load(&app, &frame, post, &asked).await?;
            Ok(thread::page(&frame, &shown, &draft))
        }
    }
}

pub async fn show(
    State(app): State<App>,
    _: Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    asked: Asked,
) -> Result<Markup, Failure> {
    let parent = load(&app, &frame, id).await?;
    // Perhaps written on another server, and brought along from there.
    let draft = Draft::of([("body", asked.text("reply").to_owned())]);
    Ok(page(&frame, &parent, &draft))
}

pub async fn to_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let parent = load(&app, &frame, id).await?;
    let post = parent.comment.post_id;
    match publish(&app, &viewer, post, Some(id), &fields).await {
        Ok(_) => {
            // Deep answers are not all on the thread's page; their parent's always shows them.
            let path = if parent.comment.depth < 3 {
                format!("/post/{post}#comment-{id}")
            } else {
                format!("/comment/{id}")
            };
            Ok(redirect(&app.settings.public_url, &path, Flash::Replied))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &parent, &draft)).into_response())
        }
    }
}

async fn load(app: &App, frame: &Frame, id: CommentId) -> Result<CommentView, Failure> {
    let viewer = frame.viewer_id();
    let load = move |tx: &mut Tx<'_>| -> Result<CommentView, CommunityError> {
        let (row, _) = audience::comment(tx.conn, viewer, id)?.ok_or(Missing::Comment)?;
        Ok(views::comment(tx.conn, row, viewer)?)
    };
    Ok(app.store.read(load).await?)
}

async fn publish(
    app: &App,
    viewer: &Viewer,
    post: PostId,
    parent: Option<CommentId>,
    fields: &Fields,
) -> Result<CommentId, Failure> {
    let reply = own::Reply {
        post,
        parent,
        body: CommentBody::parse(fields.text("body")).map_err(at("body"))?,
        language: None,
    };
    let author = viewer.id;
    let publishing = move |tx: &mut Tx<'_>| own::reply(tx, author, &reply);
    Ok(app.store.write(publishing).await?)
}

/// The form under a thread or a comment.
pub fn form(frame: &Frame, action: &str, draft: &Draft) -> Markup {
    html! {
        form.card.stack.reply method="post" action=(action) data-guard {
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("body", "Your reply").required().max(COMMENT_MAX).area(draft))
            div.apart {
                button.main { "Reply" }
                p.hint { "Markdown works." }
            }
        }
    }
}

fn page(frame: &Frame, parent: &CommentView, draft: &Draft) -> Markup {
    let nothing = Powers::default();
    let id = parent.comment.id;
    let main = html! {
        div.reading.stack {
            h1 { "Reply to " (parent.author.title()) }
            p.meta { "in " a href={ "/post/" (parent.post.id) } { (title(&parent.post)) } }
            div.card { (one(frame, parent, nothing, false)) }
            (form(frame, &format!("/comment/{id}/reply"), draft))
        }
    };
    Page::new(frame, "Reply").private().render(main)
}
