//! What members set for themselves: profile, e-mail address, password, and leaving.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};
use url::Url;

use crate::app::App;
use crate::community::accounts::{self, EditProfile, Viewer, Writings};
use crate::community::{CommunityError, Missing};
use crate::domain::kinds::ActorKind;
use crate::domain::limits::{
    BIO_MAX, Bio, DISPLAY_NAME_MAX, DisplayName, Email, INSTITUTION_MAX, PASSWORD_MAX, Password,
};
use crate::limits::Door;
use crate::media::Purpose;
use crate::store::views::{self, PersonView};
use crate::store::{Tx, accounts as account_rows};
use crate::web::components::avatar;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Client, Signed, ended_session_cookie, limit};
use crate::web::uploads;

/// The forms of the page, of which one may have been sent.
#[derive(Default)]
struct Drafts {
    profile: Option<Draft>,
    email: Option<Draft>,
    password: Option<Draft>,
    close: Option<Draft>,
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
) -> Result<Response, Failure> {
    page(&app, &viewer, &frame, Drafts::default()).await
}

pub async fn profile(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    match save_profile(&app, &viewer, &mut fields).await {
        Ok(()) => Ok(saved(&app)),
        Err(failure) => {
            let drafts = Drafts {
                profile: Some(fields.refused(failure)?),
                ..Drafts::default()
            };
            page(&app, &viewer, &frame, drafts).await
        }
    }
}

fn saved(app: &App) -> Response {
    redirect(&app.settings.public_url, "/settings", Flash::Saved)
}

async fn save_profile(app: &App, viewer: &Viewer, fields: &mut Fields) -> Result<(), Failure> {
    let display_name =
        DisplayName::parse(fields.text("display_name")).map_err(at("display_name"))?;
    let bio = Bio::parse(fields.text("bio")).map_err(at("bio"))?;
    let standing = |url: &Option<String>| url.as_deref().and_then(|url| url.parse::<Url>().ok());
    let icon = match fields.take_file("icon") {
        Some(bytes) => Some(uploads::keep(app, viewer, bytes, Purpose::Avatar, "icon").await?),
        None if fields.ticked("no_icon") => None,
        None => standing(&viewer.actor.icon_url),
    };
    let edit = EditProfile {
        display_name,
        bio,
        institution: fields.optional("institution").map(str::to_owned),
        icon,
        image: standing(&viewer.actor.image_url),
        bot: fields.ticked("bot"),
    };
    let viewer = viewer.clone();
    Ok(app
        .store
        .write(move |tx| accounts::edit_profile(tx, &viewer, &edit))
        .await?)
}

pub async fn email(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    match save_email(&app, &viewer, &fields).await {
        Ok(()) => Ok(saved(&app)),
        Err(failure) => {
            let drafts = Drafts {
                email: Some(fields.refused(failure)?),
                ..Drafts::default()
            };
            page(&app, &viewer, &frame, drafts).await
        }
    }
}

async fn save_email(app: &App, viewer: &Viewer, fields: &Fields) -> Result<(), Failure> {
    let email = Email::parse(fields.text("email")).map_err(at("email"))?;
    let viewer = viewer.clone();
    Ok(app
        .store
        .write(move |tx| accounts::change_email(tx, &viewer, Some(&email)))
        .await?)
}

pub async fn password(
    State(app): State<App>,
    client: Client,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Login)?;
    match save_password(&app, &viewer, &fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            "/settings",
            Flash::PasswordChanged,
        )),
        Err(failure) => {
            let drafts = Drafts {
                password: Some(fields.refused(failure)?),
                ..Drafts::default()
            };
            page(&app, &viewer, &frame, drafts).await
        }
    }
}

async fn save_password(app: &App, viewer: &Viewer, fields: &Fields) -> Result<(), Failure> {
    let new = Password::parse(fields.text("new_password")).map_err(at("new_password"))?;
    let old = fields.text("old_password");
    Ok(accounts::change_password(&app.store, viewer, old, new).await?)
}

pub async fn close(
    State(app): State<App>,
    client: Client,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Login)?;
    let writings = if fields.ticked("keep") {
        Writings::Stay
    } else {
        Writings::Go
    };
    match accounts::close(&app.store, &viewer, fields.text("password"), writings).await {
        Ok(()) => {
            let public_url = &app.settings.public_url;
            let gone = CookieJar::new().add(ended_session_cookie(public_url));
            Ok((gone, redirect(public_url, "/", Flash::Closed)).into_response())
        }
        Err(error) => {
            let drafts = Drafts {
                close: Some(fields.refused(error.into())?),
                ..Drafts::default()
            };
            page(&app, &viewer, &frame, drafts).await
        }
    }
}

async fn page(
    app: &App,
    viewer: &Viewer,
    frame: &Frame,
    drafts: Drafts,
) -> Result<Response, Failure> {
    let id = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<(PersonView, String), CommunityError> {
        let account = account_rows::get(tx.conn, id)?.ok_or(Missing::Person)?;
        Ok((
            views::person(tx.conn, id)?,
            account.email.unwrap_or_default(),
        ))
    };
    let (view, address) = app.store.read(load).await?;
    let actor = &view.actor;
    let Drafts {
        profile,
        email,
        password,
        close,
    } = drafts;
    let status = [&profile, &email, &password, &close]
        .into_iter()
        .flatten()
        .next()
        .map(Draft::status)
        .unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let bot = match actor.kind {
        ActorKind::Service => "on".to_owned(),
        _ => String::new(),
    };
    let profile = profile.unwrap_or_else(|| {
        Draft::of([
            ("display_name", text(&actor.display_name)),
            ("institution", text(&view.person.institution)),
            ("bio", text(&actor.summary_markdown)),
            ("bot", bot),
        ])
    });
    let email = email.unwrap_or_else(|| Draft::of([("email", address)]));
    let main = html! {
        div.reading.stack {
            h1 { "Settings" }
            nav.row aria-label="More settings" {
                a.button href="/settings/reading" { "Reading" }
                a.button href="/settings/blocks" { "Blocked" }
            }
            (profile_form(frame, &view, &profile))
            (email_form(frame, &email))
            (password_form(frame, &password.unwrap_or_default()))
            section.card.stack {
                h2 { "Move" }
                p.quiet { "To another server, or from one to here." }
                div.row { a.button href="/settings/move" { "Move your account" } }
            }
            (close_form(frame, &close.unwrap_or_default()))
        }
    };
    let page = Page::new(frame, "Settings").private().render(main);
    Ok((status, page).into_response())
}

fn profile_form(frame: &Frame, view: &PersonView, draft: &Draft) -> Markup {
    html! {
        form.card.stack method="post" action="/settings/profile" enctype="multipart/form-data" {
            h2 { "Profile" }
            (token(&frame.csrf))
            (problem(draft))
            div.row { (avatar::of(&view.actor, avatar::Size::Large)) p.handle { "@" (view.actor.full_handle()) } }
            (Field::new("icon", "Your picture").hint("PNG, JPEG, GIF or WebP; its middle square is shown.").picture(draft))
            @if view.actor.icon_url.is_some() { (Field::new("no_icon", "Take my picture away").tick(draft)) }
            (Field::new("display_name", "Your name").max(DISPLAY_NAME_MAX).autocomplete("name").input(draft))
            (Field::new("institution", "Institution").max(INSTITUTION_MAX).autocomplete("organization").hint("Where you teach, work or learn.").input(draft))
            (Field::new("bio", "About you").max(BIO_MAX).hint("Your field, what you can help with, what you want to learn. Markdown works.").area(draft))
            (Field::new("bot", "This account is automated").hint("What it writes is written by a program. Others see that, and may keep it out of their lists.").tick(draft))
            div { button.main { "Save profile" } }
        }
    }
}

fn email_form(frame: &Frame, draft: &Draft) -> Markup {
    html! {
        form.card.stack method="post" action="/settings/email" {
            h2 { "E-mail address" }
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("email", "E-mail address").kind("email").required().max(254).autocomplete("email").hint("Only the administrators can see it.").input(draft))
            div { button { "Save address" } }
        }
    }
}

fn password_form(frame: &Frame, draft: &Draft) -> Markup {
    html! {
        form.card.stack method="post" action="/settings/password" {
            h2 { "Password" }
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("old_password", "Present password").kind("password").required().autocomplete("current-password").input(draft))
            (Field::new("new_password", "New password").kind("password").required().max(PASSWORD_MAX).autocomplete("new-password").hint("At least 10 characters. You stay logged in here, and are logged out everywhere else.").input(draft))
            div { button { "Change password" } }
        }
    }
}

fn close_form(frame: &Frame, draft: &Draft) -> Markup {
    html! {
        details.card open[draft.problem.is_some()] {
            summary { strong { "Close your account" } }
            form.stack method="post" action="/settings/close" {
                (token(&frame.csrf))
                p { "This deletes your profile and what you wrote, here and on the servers it was sent to. It cannot be undone, and your name cannot be taken again." }
                (Field::new("keep", "Leave what I wrote where it is").hint("Your threads and replies stay, under a name that says nothing.").tick(draft))
                (problem(draft))
                (Field::new("password", "Your password, to be sure").kind("password").required().autocomplete("current-password").input(draft))
                div { button.danger { "Close my account for good" } }
            }
        }
    }
}
