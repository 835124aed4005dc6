//! Logging in and out, registering.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};

use super::settings::{for_apps, keep_for_apps};
use crate::api::auth::{Body, Caller, LogsIn, Reads, Registers, count_at};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::languages;
use crate::api::types::account::{
    GetCaptchaResponse, Login, LoginResponse, Register as Form, SuccessResponse,
};
use crate::app::App;
use crate::community::accounts::{self, Register, passwords};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, SessionKind};
use crate::domain::limits::{DisplayName, Email, Password};
use crate::domain::names::Name;
use crate::limits::Door;
use crate::store::preferences::{self, PreferencesRow};
use crate::store::{StoreError, Tx, accounts as account_store, actors};

pub async fn login(
    State(app): State<App>,
    _: Caller<LogsIn>,
    Body(form): Body<Login>,
) -> ApiResult<LoginResponse> {
    // Also per account: guesses at one password may come from many addresses.
    let account: String = form.username_or_email.trim().chars().take(254).collect();
    let account = format!("account {}", account.to_lowercase());
    count_at(&app, Door::Login, &account)?;
    let session = accounts::log_in(
        &app.store,
        &form.username_or_email,
        &form.password,
        SessionKind::Api,
    )
    .await?;
    Ok(Json(LoginResponse {
        jwt: Some(session.token),
        registration_created: false,
        verify_email_sent: false,
    }))
}

pub async fn register(
    State(app): State<App>,
    _: Caller<Registers>,
    headers: HeaderMap,
    Body(form): Body<Form>,
) -> ApiResult<LoginResponse> {
    let accepts = headers.get(header::ACCEPT_LANGUAGE);
    let accepts = accepts.and_then(|value| value.to_str().ok());
    let wishes = Wishes {
        languages: languages::accepted(accepts.unwrap_or_default()),
        show_nsfw: form.show_nsfw.unwrap_or(false),
    };
    let command = read(form).await?;
    let jwt = app
        .store
        .write(move |tx| register_and_log_in(tx, &command, &wishes))
        .await?;
    Ok(Json(LoginResponse {
        registration_created: jwt.is_none(),
        verify_email_sent: false,
        jwt,
    }))
}

async fn read(form: Form) -> Result<Register, ApiError> {
    if form.honeypot.is_some_and(|text| !text.is_empty()) {
        return Err(ApiError::Named("honeypot_failed"));
    }
    if form.password != form.password_verify {
        return Err(ApiError::Named("passwords_do_not_match"));
    }
    let name = Name::parse(&form.username).map_err(|_| ApiError::Named("invalid_name"))?;
    let email = form.email.filter(|text| !text.trim().is_empty());
    let email = email.as_deref().map(Email::parse).transpose();
    let email = email.map_err(|_| ApiError::Named("email_required"))?;
    let password = Password::parse(&form.password);
    let password = password.map_err(|_| ApiError::Named("invalid_password"))?;
    let nothing = DisplayName::parse("").map_err(|_| ApiError::Named("invalid_display_name"))?;
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&password));
    Ok(Register {
        name,
        email,
        password: hash
            .await
            .map_err(|e| StoreError::Unavailable(e.to_string()))??,
        display_name: nothing,
        application: form.answer,
    })
}

/// What a new member's app says of how they read.
struct Wishes {
    languages: Vec<&'static str>,
    show_nsfw: bool,
}

impl Wishes {
    fn keep(&self, tx: &mut Tx<'_>, person: ActorId) -> Result<(), ApiError> {
        let mut row = PreferencesRow::new(person);
        row.show_sensitive = self.show_nsfw;
        let site = preferences::site_languages(tx.conn)?;
        // Where the site names none, everything is read: a browser's languages alone would hide most.
        if !site.is_empty() {
            let mut codes = self.languages.clone();
            codes.extend(site.iter().map(String::as_str));
            row.languages = codes.join(",");
        }
        if let Some(language) = self.languages.first() {
            let mut apps = for_apps(&row);
            apps.interface_language = (*language).to_owned();
            keep_for_apps(&mut row, &apps)?;
        }
        Ok(accounts::preferences::set(tx, person, &row)?)
    }
}

/// A token, unless the account waits for approval.
fn register_and_log_in(
    tx: &mut Tx<'_>,
    command: &Register,
    wishes: &Wishes,
) -> Result<Option<String>, ApiError> {
    if actors::local_by_name(tx.conn, command.name.as_str())?.is_some() {
        return Err(ApiError::Named("user_already_exists"));
    }
    if let Some(email) = &command.email
        && account_store::by_email(tx.conn, email.as_str())?.is_some()
    {
        return Err(ApiError::Named("email_already_exists"));
    }
    let registered = accounts::register(tx, command)?;
    wishes.keep(tx, registered.person)?;
    match registered.state {
        AccountState::Active => {
            let token = accounts::open_session(tx, registered.person, SessionKind::Api)?;
            Ok(Some(token))
        }
        _ => Ok(None),
    }
}

/// What these two calls say, and no other, to those who are not logged in.
const NOT_LOGGED_IN: ApiError = ApiError::Named("not_logged_in");

pub async fn logout(State(app): State<App>, caller: Caller<Reads>) -> ApiResult<SuccessResponse> {
    let viewer = caller.viewer.ok_or(NOT_LOGGED_IN)?;
    app.store
        .write(move |tx| accounts::log_out(tx, &viewer))
        .await?;
    Ok(Json(SuccessResponse { success: true }))
}

pub async fn validate(caller: Caller<Reads>) -> ApiResult<SuccessResponse> {
    caller.viewer.ok_or(NOT_LOGGED_IN)?;
    Ok(Json(SuccessResponse { success: true }))
}

pub async fn captcha(_: Caller<Reads>) -> ApiResult<GetCaptchaResponse> {
    Ok(Json(GetCaptchaResponse {}))
}
