//! Closing a group: asked once, then done for good.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{Handle, group_edit};
use crate::app::App;
use crate::community::{CommunityError, groups};
use crate::limits::Door;
use crate::store::Tx;
use crate::web::components::forms::token;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let (view, _) = group_edit::load(&app, &viewer, handle).await?;
    let path = view.actor.path();
    let title = format!("Close {}?", view.actor.title());
    let main = html! {
        div.narrow.stack {
            h1 dir="auto" { (title) }
            form.card.stack method="post" action={ (path) "/close" } {
                (token(&frame.csrf))
                p { "Nobody will find the group here any more, and the servers that follow it are told. Its name stays taken. This cannot be undone." }
                p { "Threads stay on the servers they were copied to." }
                div.row { button.danger { "Close the group" } a href={ (path) "/edit" } { "Cancel" } }
            }
        }
    };
    Ok(Page::new(&frame, title).private().render(main))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let by = viewer.id;
    let change = move |tx: &mut Tx<'_>| -> Result<(), CommunityError> {
        let group = handle.group(tx, Some(by))?.id;
        groups::delete(tx, by, group)
    };
    app.store.write(change).await?;
    Ok(redirect(&app.settings.public_url, "/", Flash::GroupClosed))
}
