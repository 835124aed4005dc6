//! Moving a thread to another group.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Id, reason};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Missing, threads};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::limits::{REASON_MAX, Reason};
use crate::limits::Door;
use crate::store::actors::ActorBrief;
use crate::store::posts::PostRow;
use crate::store::{Tx, audience};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// The thread, and where it may go.
struct Shown {
    post: PostRow,
    groups: Vec<ActorBrief>,
}

async fn load(app: &App, viewer: &Viewer, id: PostId) -> Result<Shown, Failure> {
    let by = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let post = audience::post(tx.conn, Some(by), id)?.ok_or(Missing::Post)?;
        let groups = threads::destinations(tx, by, &post)?;
        Ok(Shown { post, groups })
    };
    Ok(app.store.read(load).await?)
}

pub async fn ask(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
) -> Result<Markup, Failure> {
    let shown = load(&app, &viewer, id).await?;
    Ok(page(&frame, &shown, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    if let Err(failure) = relocate(&app, &viewer, id, &fields).await {
        let draft = fields.refused(failure)?;
        let shown = load(&app, &viewer, id).await?;
        return Ok((draft.status(), page(&frame, &shown, &draft)).into_response());
    }
    let path = format!("/post/{id}");
    Ok(redirect(&app.settings.public_url, &path, Flash::Relocated))
}

async fn relocate(app: &App, viewer: &Viewer, id: PostId, fields: &Fields) -> Result<(), Failure> {
    let reason: Option<Reason> = reason(fields)?;
    let target: ActorId = fields
        .text("group")
        .parse()
        .map_err(|_| at("group")("Choose a group."))?;
    let by = viewer.id;
    let change = move |tx: &mut Tx<'_>| threads::relocate(tx, by, id, target, reason.as_ref());
    Ok(app.store.write(change).await?)
}

fn page(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    let path = format!("/post/{}", shown.post.id);
    let options: Vec<(String, String)> = shown
        .groups
        .iter()
        .map(|group| (group.id.to_string(), group.title().to_owned()))
        .collect();
    let options: Vec<(&str, &str)> = options
        .iter()
        .map(|(id, title)| (id.as_str(), title.as_str()))
        .collect();
    let title = "Move this thread to another group";
    let main = html! {
        div.narrow.stack {
            h1 { (title) }
            @if options.is_empty() {
                p.notice { "There is no other group here that you could move it to: you moderate none that is for the same people." }
                p { a href=(path) { "Back to the thread" } }
            } @else {
                form.card.stack method="post" {
                    (token(&frame.csrf))
                    (problem(draft))
                    blockquote.prose dir="auto" { (shown.post.title) }
                    p { "Its replies and votes go with it, and links to it still work. Who follows one of the two groups is told." }
                    (Field::new("group", "Group").required().select(draft, &options))
                    (Field::new("reason", "Reason").max(REASON_MAX).hint("Stands in the public log of moderation.").input(draft))
                    div.row { button.main { "Move" } a href=(path) { "Cancel" } }
                }
            }
        }
    };
    Page::new(frame, title).private().render(main)
}
