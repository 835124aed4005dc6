//! Joining: at once, or with an application that an administrator reads.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};

use crate::app::App;
use crate::community::accounts::passwords::{self, PasswordHash};
use crate::community::accounts::{self, Register};
use crate::domain::kinds::{AccountState, RegistrationMode, SessionKind};
use crate::domain::limits::{DISPLAY_NAME_MAX, DisplayName, Email, PASSWORD_MAX, Password};
use crate::domain::names::Name;
use crate::limits::Door;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Client, session_cookie};

pub async fn show(frame: Frame) -> Markup {
    page(&frame, &Draft::default())
}

pub async fn submit(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Register)?;
    match join(&app, &fields).await {
        Ok(response) => Ok(response),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &draft)).into_response())
        }
    }
}

async fn join(app: &App, fields: &Fields) -> Result<Response, Failure> {
    let register = read(fields).await?;
    let registered = app
        .store
        .write(move |tx| accounts::register(tx, &register))
        .await?;
    if registered.state == AccountState::Active {
        welcome(app, registered.person, "/", Flash::Welcome).await
    } else {
        let public_url = &app.settings.public_url;
        Ok(redirect(public_url, "/login", Flash::WaitsForApproval))
    }
}

/// Opens a session for somebody whose account was just made.
pub async fn welcome(
    app: &App,
    person: crate::domain::ids::ActorId,
    path: &str,
    flash: Flash,
) -> Result<Response, Failure> {
    let session = app
        .store
        .write(move |tx| accounts::open_session(tx, person, SessionKind::Web))
        .await?;
    let public_url = &app.settings.public_url;
    let jar = CookieJar::new().add(session_cookie(public_url, session));
    Ok((jar, redirect(public_url, path, flash)).into_response())
}

/// The account that was asked for; the first field that is wrong, if one is.
pub async fn read(fields: &Fields) -> Result<Register, Failure> {
    let name = Name::parse(fields.text("name")).map_err(at("name"))?;
    let display_name =
        DisplayName::parse(fields.text("display_name")).map_err(at("display_name"))?;
    let email = Email::parse(fields.text("email")).map_err(at("email"))?;
    let password = hash(fields.text("password"), "password").await?;
    Ok(Register {
        name,
        email: Some(email),
        password,
        display_name,
        application: fields.optional("application").map(str::to_owned),
    })
}

async fn hash(password: &str, field: &'static str) -> Result<PasswordHash, Failure> {
    let password = Password::parse(password).map_err(at(field))?;
    let hashed = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
    Ok(hashed.map_err(|e| Failure::broken(&e))??)
}

/// The fields of a new account, shared with the set-up page.
pub fn account_fields(frame: &Frame, draft: &Draft) -> Markup {
    let address = format!(
        "3 to 30 letters, digits or _. It becomes your address, @name@{}, and cannot be changed.",
        frame.public_url.host_port()
    );
    html! {
        (Field::new("name", "User name").required().max(30).autocomplete("username").hint(&address).input(draft))
        (Field::new("display_name", "Your name, as others see it").max(DISPLAY_NAME_MAX).autocomplete("name").input(draft))
        (Field::new("email", "E-mail address").kind("email").required().max(254).autocomplete("email").hint("Only the administrators can see it.").input(draft))
        (Field::new("password", "Password").kind("password").required().max(PASSWORD_MAX).autocomplete("new-password").hint("At least 10 characters. A few random words are good.").input(draft))
    }
}

fn page(frame: &Frame, draft: &Draft) -> Markup {
    let mode = frame.registration;
    let question = frame
        .site
        .application_question
        .as_deref()
        .unwrap_or("Why would you like to join?");
    let main = html! {
        div.narrow.stack {
            h1 { "Join " (frame.site.name) }
            @if mode == RegistrationMode::Closed {
                div.card.stack {
                    p { "Registration is closed here: accounts are given by the administrators." }
                    p { "You can still read everything, and follow every group from an account on another server." }
                    p { a.button href="/groups" { "Look at the groups" } }
                }
            } @else {
                form.card.stack method="post" action="/register" {
                    (token(&frame.csrf))
                    (problem(draft))
                    (account_fields(frame, draft))
                    @if mode == RegistrationMode::Approval {
                        (Field::new("application", question).required().max(2_000).hint("An administrator reads this and approves your account.").area(draft))
                    }
                    button.main { @if mode == RegistrationMode::Approval { "Apply" } @else { "Join" } }
                }
                p.quiet { "Have an account? " a href="/login" { "Log in" } "." }
            }
        }
    };
    Page::new(frame, "Join")
        .canonical(frame.absolute("/register"))
        .render(main)
}
