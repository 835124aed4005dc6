//! Name and look of the site, and how people join.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::Url;

use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::accounts::preferences::UNDETERMINED;
use crate::community::site::{self, EditSite};
use crate::domain::kinds::RegistrationMode;
use crate::domain::limits::{STATEMENT_MAX, Statement};
use crate::media::Purpose;
use crate::store::{Tx, preferences};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, banner};
use crate::web::session::AdminViewer;
use crate::web::uploads;

/// The choice that leaves registration to the configuration file.
const AS_CONFIGURED: &str = "configured";

pub async fn show(State(app): State<App>, _: AdminViewer, frame: Frame) -> Result<Markup, Failure> {
    let site = &frame.site;
    let codes = app.store.read(|tx| preferences::site_languages(tx.conn));
    let mut codes = codes.await?;
    codes.retain(|code| code != UNDETERMINED);
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
        ("languages", codes.join(", ")),
    ]);
    Ok(page(&app, &frame, &draft))
}

pub async fn submit(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    match save(&app, viewer, &mut fields).await {
        Ok(()) => Ok(redirect(&app.settings.public_url, "/admin", Flash::Saved)),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&app, &frame, &draft)).into_response())
        }
    }
}

async fn save(app: &App, viewer: Viewer, fields: &mut Fields) -> Result<(), Failure> {
    let registration = match fields.text("registration") {
        AS_CONFIGURED => None,
        word => Some(word.parse().map_err(at("registration"))?),
    };
    let edit = EditSite {
        name: fields.text("name").to_owned(),
        tagline: fields.text("tagline").to_owned(),
        sidebar: Statement::parse(fields.text("sidebar")).map_err(at("sidebar"))?,
        registration,
        application_question: fields.optional("application_question").map(str::to_owned),
    };
    let codes = languages(fields.text("languages"));
    let icon = picture(app, &viewer, fields, Purpose::Icon, "icon").await?;
    let banner = picture(app, &viewer, fields, Purpose::Banner, "banner").await?;
    let change = move |tx: &mut Tx<'_>| {
        site::edit(tx, &viewer, &edit)?;
        site::set_languages(tx, &viewer, &codes)?;
        site::set_pictures(tx, &viewer, icon.as_ref(), banner.as_ref())
    };
    Ok(app.store.write(change).await?)
}

/// Codes as typed, separated by whatever people take for it.
fn languages(typed: &str) -> Vec<String> {
    let mut codes: Vec<String> = typed
        .to_lowercase()
        .split([',', ' ', ';'])
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect();
    if !codes.is_empty() {
        codes.push(UNDETERMINED.to_owned());
    }
    codes
}

/// A new picture, none any more (`Some(None)`), or the one that is there.
async fn picture(
    app: &App,
    viewer: &Viewer,
    fields: &mut Fields,
    purpose: Purpose,
    field: &'static str,
) -> Result<Option<Option<Url>>, Failure> {
    Ok(match fields.take_file(field) {
        Some(bytes) => Some(Some(
            uploads::keep(app, viewer, bytes, purpose, field).await?,
        )),
        None => fields.ticked(&format!("no_{field}")).then_some(None),
    })
}

fn page(app: &App, frame: &Frame, draft: &Draft) -> Markup {
    let configured = format!("As the configuration says ({})", app.settings.registration);
    let main = html! {
        form.card.stack method="post" action="/admin" enctype="multipart/form-data" {
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("name", "Name of the site").required().max(60).hint("Your institution or community, as in “Riverside College”.").input(draft))
            (Field::new("tagline", "In one sentence").max(160).hint("Stands on the start page, and in link cards.").input(draft))
            (Field::new("sidebar", "About the site").max(STATEMENT_MAX).tall().hint("Who runs it, for whom, what is expected. Markdown works.").area(draft))
            (Field::new("registration", "How people join").choice(draft, &[
                (RegistrationMode::Open.as_str(), "Open: anybody, at once"),
                (RegistrationMode::Approval.as_str(), "By application: an administrator approves"),
                (RegistrationMode::Closed.as_str(), "Closed"),
                (AS_CONFIGURED, &configured),
            ]))
            (Field::new("application_question", "Question to those who apply").max(300).input(draft))
            (Field::new("languages", "Languages of the site").max(400).hint("Their codes, such as: en, de. New members read these. Empty: all.").input(draft))
            (Field::new("icon", "Icon").hint("Stands in the bar of every page, and for the site on other servers. PNG, JPEG, GIF or WebP.").picture(draft))
            @if let Some(url) = &frame.icon {
                div.row {
                    img.avatar.square src=(url) alt="The present icon" width="48" height="48";
                    (Field::new("no_icon", "Take the present icon away").tick(draft))
                }
            }
            (Field::new("banner", "Banner").hint("A wide picture across the start page. Four times as wide as high is best.").picture(draft))
            @if frame.banner.is_some() {
                (banner(frame))
                (Field::new("no_banner", "Take the present banner away").tick(draft))
            }
            div { button.main { "Save" } }
        }
    };
    super::page(frame, "Site", "/admin", main)
}
