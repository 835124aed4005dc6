//! Closing a group, asked once before; and opening it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Handle, group_edit};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, groups};
use crate::domain::rules::Act;
use crate::limits::Door;
use crate::store::Tx;
use crate::store::actors::ActorBrief;
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
                p { "Nobody finds the group here any more, nor what was written in it, and the servers that follow it are told. Its name stays taken, and threads stay on the servers they were copied to." }
                p { "You can open it again at its address, with all that is in it. Followers on Mastodon and its like are lost by then, and would have to follow anew." }
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
    let change = move |tx: &mut Tx<'_>| -> Result<String, CommunityError> {
        let group = handle.group(tx, Some(by))?;
        groups::delete(tx, by, group.id)?;
        Ok(ActorBrief::from(group).path())
    };
    let path = app.store.write(change).await?;
    Ok(redirect(
        &app.settings.public_url,
        &path,
        Flash::GroupClosed,
    ))
}

/// A closed group, for those who may open it again.
pub async fn closed(
    app: &App,
    viewer: &Viewer,
    handle: Handle,
) -> Result<Option<ActorBrief>, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<Option<ActorBrief>, CommunityError> {
        let row = match handle.closed_group(tx) {
            Err(CommunityError::Missing(_)) => return Ok(None),
            found => found?,
        };
        let may = groups::standing(tx, viewer, row.id)?.may(Act::CloseGroup);
        Ok(may.is_ok().then(|| ActorBrief::from(row)))
    };
    Ok(app.store.read(load).await?)
}

/// What stands at its address then.
pub fn page_of_closed(frame: &Frame, group: &ActorBrief) -> Response {
    let main = html! {
        div.narrow.stack {
            h1 dir="auto" { (group.title()) }
            p.handle { "!" (group.full_handle()) }
            form.card.stack method="post" action={ (group.path()) "/reopen" } {
                (token(&frame.csrf))
                h2 { "This group is closed" }
                p { "You see this page because you may open the group again; for all others there is nothing here. It comes back with its threads, its members and who looks after it, and the servers that followed it are told." }
                div.row { button.main { "Open the group again" } a href="/groups" { "All groups" } }
            }
        }
    };
    let page = Page::new(frame, group.title()).private().render(main);
    (StatusCode::GONE, page).into_response()
}

pub async fn reopen(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let by = viewer.id;
    let change = move |tx: &mut Tx<'_>| -> Result<String, CommunityError> {
        let row = handle.closed_group(tx)?;
        groups::restore(tx, by, row.id)?;
        Ok(ActorBrief::from(row).path())
    };
    let path = app.store.write(change).await?;
    Ok(redirect(
        &app.settings.public_url,
        &path,
        Flash::GroupReopened,
    ))
}
