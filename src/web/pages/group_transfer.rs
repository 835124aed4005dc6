//! Handing a group over to somebody else.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::group_roles::look_up;
use super::{Handle, group_edit};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Denied, Missing, groups};
use crate::domain::rules::Act;
use crate::limits::Door;
use crate::store::views::GroupView;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// The group, for those who may give it away.
async fn load(app: &App, viewer: &Viewer, handle: Handle) -> Result<GroupView, Failure> {
    let (view, keepers) = group_edit::load(app, viewer, handle).await?;
    if keepers.elsewhere {
        return Err(Failure::Denied(Denied::RemoteGroup));
    }
    let may = keepers.standing.may(Act::Appoint);
    may.map_err(|refusal| Failure::Denied(refusal.into()))?;
    Ok(view)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let view = load(&app, &viewer, handle).await?;
    Ok(page(&frame, &view, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let view = load(&app, &viewer, handle).await?;
    match transfer(&app, &viewer, &view, &fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            &view.actor.path(),
            Flash::HandedOver,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &view, &draft)).into_response())
        }
    }
}

async fn transfer(
    app: &App,
    viewer: &Viewer,
    view: &GroupView,
    fields: &Fields,
) -> Result<(), Failure> {
    limit(app, viewer, Door::Search)?;
    let question = "Whom do you want to give the group to?";
    let person = look_up(app, fields.text("who"), question).await?;
    let (by, group) = (viewer.id, view.actor.id);
    let done = app
        .store
        .write(move |tx| groups::transfer(tx, by, group, person))
        .await;
    match done {
        Err(CommunityError::Missing(Missing::Person)) => Err(at("who")(
            "Only a person with an active account can do this.",
        )),
        other => Ok(other?),
    }
}

fn page(frame: &Frame, view: &GroupView, draft: &Draft) -> Markup {
    let path = view.actor.path();
    let title = format!("Hand over {}", view.actor.title());
    let main = html! {
        div.narrow.stack {
            h1 dir="auto" { (title) }
            form.card.stack method="post" action={ (path) "/transfer" } {
                (token(&frame.csrf))
                (problem(draft))
                p { "Whom you name becomes its coordinator, and can edit, move and close it. If you coordinate it now, you stay as a moderator; only the new coordinator can give it back to you." }
                (Field::new("who", "To whom").required().max(300).autocomplete("off").hint("Their name here, or name@server.example from elsewhere.").input(draft))
                div.row { button.main { "Hand the group over" } a href={ (path) "/edit" } { "Cancel" } }
            }
        }
    };
    Page::new(frame, title).private().render(main)
}
