//! Name and look of the site, and how people join.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::site::{self, EditSite};
use crate::domain::kinds::RegistrationMode;
use crate::domain::limits::{BIO_MAX, Bio};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::Frame;
use crate::web::session::AdminViewer;

/// The choice that leaves registration to the configuration file.
const AS_CONFIGURED: &str = "configured";

pub async fn show(State(app): State<App>, _: AdminViewer, frame: Frame) -> Markup {
    let site = &frame.site;
    let mode = site
        .registration
        .map_or(AS_CONFIGURED, RegistrationMode::as_str);
    let draft = Draft::of([
        ("name", site.name.clone()),
        ("tagline", site.tagline.clone()),
        ("sidebar", site.sidebar_markdown.clone()),
        ("registration", mode.to_owned()),
        (
            "application_question",
            site.application_question.clone().unwrap_or_default(),
        ),
    ]);
    page(&app, &frame, &draft)
}

pub async fn submit(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    match save(&app, viewer, &fields).await {
        Ok(()) => Ok(redirect(&app.settings.public_url, "/admin", Flash::Saved)),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&app, &frame, &draft)).into_response())
        }
    }
}

async fn save(app: &App, viewer: Viewer, fields: &Fields) -> Result<(), Failure> {
    let registration = match fields.text("registration") {
        AS_CONFIGURED => None,
        word => Some(word.parse().map_err(at("registration"))?),
    };
    let edit = EditSite {
        name: fields.text("name").to_owned(),
        tagline: fields.text("tagline").to_owned(),
        sidebar: Bio::parse(fields.text("sidebar")).map_err(at("sidebar"))?,
        registration,
        application_question: fields.optional("application_question").map(str::to_owned),
    };
    Ok(app
        .store
        .write(move |tx| site::edit(tx, &viewer, &edit))
        .await?)
}

fn page(app: &App, frame: &Frame, draft: &Draft) -> Markup {
    let configured = format!("As the configuration says ({})", app.settings.registration);
    let main = html! {
        form.card.stack method="post" action="/admin" {
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("name", "Name of the site").required().max(60).hint("Your institution or community, as in “Riverside College”.").input(draft))
            (Field::new("tagline", "In one sentence").max(160).hint("Stands on the start page, and in link cards.").input(draft))
            (Field::new("sidebar", "About the site").max(BIO_MAX).tall().hint("Who runs it, for whom, what is expected. Markdown works.").area(draft))
            (Field::new("registration", "How people join").choice(draft, &[
                (RegistrationMode::Open.as_str(), "Open: anybody, at once"),
                (RegistrationMode::Approval.as_str(), "By application: an administrator approves"),
                (RegistrationMode::Closed.as_str(), "Closed"),
                (AS_CONFIGURED, &configured),
            ]))
            (Field::new("application_question", "Question to those who apply").max(300).input(draft))
            div { button.main { "Save" } }
        }
    };
    super::page(frame, "Site", "/admin", main)
}
