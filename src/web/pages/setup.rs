//! The first page of a new site: the link printed at its first start leads here, and here the first
//! administrator is made.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Asked, register};
use crate::app::App;
use crate::community::{Missing, accounts};
use crate::limits::Door;
use crate::web::components::forms::{problem, token};
use crate::web::errors::Failure;
use crate::web::flash::Flash;
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::Client;

pub async fn show(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    client.limit(&app, Door::Login)?;
    let link = asked.text("token").to_owned();
    let draft = Draft::of([("token", link.clone())]);
    let valid = app
        .store
        .read(move |tx| accounts::setup_link_is_valid(tx, &link))
        .await?;
    if valid {
        Ok(page(&frame, &draft))
    } else {
        Err(Failure::Missing(Missing::SetupLink.to_string()))
    }
}

pub async fn submit(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Login)?;
    match set_up(&app, &fields).await {
        Ok(response) => Ok(response),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &draft)).into_response())
        }
    }
}

async fn set_up(app: &App, fields: &Fields) -> Result<Response, Failure> {
    let first = register::read(fields).await?;
    let link = fields.text("token").to_owned();
    let person = app
        .store
        .write(move |tx| accounts::set_up(tx, &link, &first))
        .await?;
    register::welcome(app, person, "/admin", Flash::SetUp).await
}

fn page(frame: &Frame, draft: &Draft) -> Markup {
    let main = html! {
        div.narrow.stack {
            h1 { "Welcome to your new site" }
            p.quiet { "It is running at " strong { (frame.public_url.host_port()) } ". Make the first account: yours, the administrator's. Afterwards you give the site its name and begin the first group." }
            form.card.stack method="post" action="/setup" {
                (token(&frame.csrf))
                input type="hidden" name="token" value=(draft.value("token"));
                (problem(draft))
                (register::account_fields(frame, draft))
                button.main { "Set up" }
            }
        }
    };
    Page::new(frame, "Set up").private().render(main)
}
