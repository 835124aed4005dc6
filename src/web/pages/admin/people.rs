//! Who administers the site: the list, and the form to choose another.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::community::accounts::{self, Viewer};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::limits::Door;
use crate::store;
use crate::store::actors::ActorBrief;
use crate::web::components;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::Frame;
use crate::web::pages::group_roles::look_up;
use crate::web::session::{AdminViewer, limit};

const PATH: &str = "/admin/people";

async fn load(app: &App) -> Result<Vec<ActorBrief>, Failure> {
    Ok(app
        .store
        .read(|tx| store::accounts::admins(tx.conn))
        .await?)
}

pub async fn show(State(app): State<App>, _: AdminViewer, frame: Frame) -> Result<Markup, Failure> {
    Ok(page(&frame, &load(&app).await?, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let me = viewer.id;
    match change(&app, viewer, &fields).await {
        Ok((person, true)) => Ok(redirect(
            &app.settings.public_url,
            PATH,
            if person == me {
                Flash::Saved
            } else {
                Flash::AdminMade
            },
        )),
        Ok((person, false)) => {
            // Who gave it up themselves meets a closed door here.
            let path = if person == me { "/" } else { PATH };
            Ok(redirect(&app.settings.public_url, path, Flash::AdminUnmade))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            let page = page(&frame, &load(&app).await?, &draft);
            Ok((draft.status(), page).into_response())
        }
    }
}

/// Whom it concerned, and whether they administer the site now.
async fn change(app: &App, viewer: Viewer, fields: &Fields) -> Result<(ActorId, bool), Failure> {
    let (person, admin) = match fields.optional("dismiss") {
        Some(id) => (id.parse().map_err(|_| Failure::BadForm)?, false),
        None => {
            limit(app, &viewer, Door::Search)?;
            let question = "Whom do you want to make an administrator?";
            (look_up(app, fields.text("who"), question).await?, true)
        }
    };
    let done = app
        .store
        .write(move |tx| accounts::set_admin(tx, &viewer, person, admin))
        .await;
    match done {
        Ok(()) => Ok((person, admin)),
        Err(CommunityError::Missing(Missing::Person)) => Err(at("who")(
            "Only a member of this site with an active account can administer it.",
        )),
        Err(error) => Err(error.into()),
    }
}

fn page(frame: &Frame, admins: &[ActorBrief], draft: &Draft) -> Markup {
    let main = html! {
        section.card.stack {
            h2 { "Who administers this site" }
            p.quiet { "Administrators change everything on these pages, moderate in all groups, and see what is reported. Each of them can take the role from each other." }
            ul.people { @for admin in admins { (one(frame, admin)) } }
        }
        form.card.stack method="post" action=(PATH) {
            (token(&frame.csrf))
            h2 { "Make somebody an administrator" }
            (problem(draft))
            (Field::new("who", "Whom").required().max(200).autocomplete("off").hint("The name of a member of this site.").input(draft))
            div.row { button.main { "Make administrator" } }
        }
    };
    super::page(frame, "Administrators", PATH, main)
}

fn one(frame: &Frame, admin: &ActorBrief) -> Markup {
    let me = frame.viewer_id() == Some(admin.id);
    html! {
        li.apart {
            span.row { (components::person(admin)) }
            form method="post" action=(PATH) {
                (token(&frame.csrf))
                button.small name="dismiss" value=(admin.id) {
                    @if me { "Step down" } @else { "Take the role away" }
                    span.hidden { ": " (admin.title()) }
                }
            }
        }
    }
}
