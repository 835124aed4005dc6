//! Logging in and out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};

use super::Asked;
use crate::app::App;
use crate::community::accounts;
use crate::domain::kinds::{RegistrationMode, SessionKind};
use crate::limits::Door;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Client, LocalPath, Signed, ended_session_cookie, session_cookie};

pub async fn show(frame: Frame, asked: Asked) -> Markup {
    let next = LocalPath::parse(asked.text("next"));
    let draft = Draft::of([("next", next.as_str().to_owned())]);
    page(&frame, &draft)
}

pub async fn submit(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Login)?;
    let who = fields.text("who").to_owned();
    // Also per account: guesses at one password may come from many addresses.
    let account: String = who.trim().chars().take(254).collect();
    let account = format!("account {}", account.to_lowercase());
    app.limits
        .check(Door::Login, &account)
        .map_err(|wait| Failure::TooMany(wait.seconds()))?;
    let password = fields.text("password").to_owned();
    let next = LocalPath::parse(fields.text("next"));
    match accounts::log_in(&app.store, &who, &password, SessionKind::Web).await {
        Ok(session) => {
            let cookie = session_cookie(&app.settings.public_url, session.token);
            let response = redirect(&app.settings.public_url, next.as_str(), Flash::Welcome);
            Ok((CookieJar::new().add(cookie), response).into_response())
        }
        Err(error) => {
            let draft = fields.refused(error.into())?;
            Ok((draft.status(), page(&frame, &draft)).into_response())
        }
    }
}

pub async fn log_out(
    State(app): State<App>,
    Signed(viewer): Signed,
    _: Posted,
) -> Result<Response, Failure> {
    app.store
        .write(move |tx| accounts::log_out(tx, &viewer))
        .await?;
    let public_url = &app.settings.public_url;
    let gone = CookieJar::new().add(ended_session_cookie(public_url));
    Ok((gone, redirect(public_url, "/", Flash::LoggedOut)).into_response())
}

fn page(frame: &Frame, draft: &Draft) -> Markup {
    let main = html! {
        div.narrow.stack {
            h1 { "Log in" }
            form.card.stack method="post" action="/login" {
                (token(&frame.csrf))
                input type="hidden" name="next" value=(draft.value("next"));
                (problem(draft))
                (Field::new("who", "Name or e-mail address").required().autocomplete("username").max(254).input(draft))
                (Field::new("password", "Password").kind("password").required().autocomplete("current-password").input(draft))
                button.main { "Log in" }
            }
            @if frame.registration != RegistrationMode::Closed {
                p.quiet { "New here? " a href="/register" { "Join " (frame.site.name) } "." }
            }
        }
    };
    Page::new(frame, "Log in").private().render(main)
}
