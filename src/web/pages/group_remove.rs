//! Administrators remove a group from the site or hide it from its lists, and take either back.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Handle, bans, reason};
use crate::app::App;
use crate::community::{CommunityError, groups};
use crate::domain::limits::REASON_MAX;
use crate::limits::Door;
use crate::store::actors::ActorBrief;
use crate::store::{Tx, marks};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{AdminViewer, limit};

async fn load(app: &App, handle: Handle) -> Result<(ActorBrief, bool), Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let group = bans::any_group(tx, &handle)?;
        let hidden = marks::hidden_groups(tx.conn, &[group.id])?.contains(&group.id);
        Ok((group, hidden))
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    _: AdminViewer,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let (group, hidden) = load(&app, handle).await?;
    Ok(page(&frame, &group, hidden, &Draft::default()))
}

fn page(frame: &Frame, group: &ActorBrief, hidden: bool, draft: &Draft) -> Markup {
    let action = format!("{}/remove", group.path());
    let reason = || {
        Field::new("reason", "Reason")
            .max(REASON_MAX)
            .hint("Kept in the public log of moderation.")
            .input(draft)
    };
    let main = html! {
        div.narrow.stack {
            h1 dir="auto" { (group.title()) }
            p.handle { "!" (group.full_handle()) }
            form.card.stack method="post" action=(action) {
                (token(&frame.csrf))
                (problem(draft))
                @if group.suspended {
                    h2 { "Put back" }
                    p { "The group was removed from this site. Put back, it and all that is in it can be seen again." }
                    (reason())
                    div.row { button.main name="act" value="put-back" { "Put the group back" } }
                } @else {
                    h2 { "Remove" }
                    p {
                        "Nobody will see the group here any more, and nobody can write in it. "
                        @if group.local { "The servers that follow it are told. " } @else { "Elsewhere it stays. " }
                        "You can put it back later."
                    }
                    (reason())
                    div.row { button.danger name="act" value="remove" { "Remove the group" } a href=(group.path()) { "Cancel" } }
                }
            }
            @if !group.suspended {
                form.card.stack method="post" action=(action) {
                    (token(&frame.csrf))
                    @if hidden {
                        h2 { "Hidden" }
                        p { "The group is kept out of the lists of this site, for all but those who follow it." }
                        div.row { button name="act" value="show" { "Show it again" } }
                    } @else {
                        h2 { "Hide" }
                        p { "Keeps the group out of the lists of this site, for all but those who follow it." }
                        div.row { button name="act" value="hide" { "Hide the group" } }
                    }
                }
            }
        }
    };
    Page::new(frame, group.title()).private().render(main)
}

pub async fn submit(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let (group, hidden) = load(&app, handle).await?;
    let (by, id) = (viewer.id, group.id);
    let reason = match reason(&fields) {
        Ok(reason) => reason,
        Err(failure) => {
            let draft = fields.refused(failure)?;
            let page = page(&frame, &group, hidden, &draft);
            return Ok((draft.status(), page).into_response());
        }
    };
    let (remove, on) = match fields.text("act") {
        "remove" => (true, true),
        "put-back" => (true, false),
        "hide" => (false, true),
        "show" => (false, false),
        _ => return Err(Failure::BadForm),
    };
    let work = move |tx: &mut Tx<'_>| {
        if remove {
            groups::remove(tx, by, id, on, reason.as_ref())
        } else {
            groups::hide(tx, by, id, on, reason.as_ref())
        }
    };
    app.store.write(work).await?;
    let (path, flash) = match (remove, on) {
        (true, true) => ("/modlog".to_owned(), Flash::Removed),
        (true, false) => (group.path(), Flash::Restored),
        _ => (group.path(), Flash::Saved),
    };
    Ok(redirect(&app.settings.public_url, &path, flash))
}
