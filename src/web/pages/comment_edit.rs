//! Editing one's comment.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::Id;
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Denied, Missing, comments as own};
use crate::domain::ids::CommentId;
use crate::domain::limits::{COMMENT_MAX, CommentBody};
use crate::domain::rules::{Act, authorship};
use crate::limits::Door;
use crate::store::Tx;
use crate::store::comments::{self, CommentRow};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// Also a hidden one: what is typed for it is refused where it is saved, and kept.
async fn load(app: &App, viewer: &Viewer, id: CommentId) -> Result<CommentRow, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<CommentRow, CommunityError> {
        let comment = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
        authorship(viewer, comment.author_id).may(Act::ChangeOwn)?;
        Ok(comment)
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
) -> Result<Markup, Failure> {
    let comment = load(&app, &viewer, id).await?;
    if comment.is_hidden() {
        return Err(CommunityError::from(Denied::Deleted).into());
    }
    let draft = Draft::of([("body", comment.body_markdown.unwrap_or_default())]);
    Ok(page(&frame, id, &draft))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let comment = load(&app, &viewer, id).await?;
    match edit(&app, &viewer, id, &fields).await {
        Ok(()) => {
            let path = super::reply::place(comment.post_id, id);
            Ok(redirect(&app.settings.public_url, &path, Flash::Saved))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, id, &draft)).into_response())
        }
    }
}

async fn edit(app: &App, viewer: &Viewer, id: CommentId, fields: &Fields) -> Result<(), Failure> {
    let body = CommentBody::parse(fields.text("body")).map_err(at("body"))?;
    let author = viewer.id;
    app.store
        .write(move |tx| own::edit(tx, author, id, &body))
        .await?;
    Ok(())
}

fn page(frame: &Frame, id: CommentId, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Edit your reply" }
            form.card.stack method="post" data-guard {
                (token(&frame.csrf))
                (problem(draft))
                (Field::new("body", "Your reply").required().max(COMMENT_MAX).hint("Markdown works.").area(draft))
                div.row { button.main { "Save" } a href={ "/comment/" (id) } { "Cancel" } }
            }
        }
    };
    Page::new(frame, "Edit your reply").private().render(main)
}
