//! What members set for themselves, and the end of an account.

use axum::Json;
use axum::extract::State;
use url::Url;

use super::picture;
use crate::api::auth::{Acts, Body, Caller, LogsIn, Member, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::languages;
use crate::api::types::account::{LoginResponse, SuccessResponse};
use crate::api::types::personal::{
    ChangePassword, DeleteAccount, ForApps, LoginToken, SaveUserSettings,
};
use crate::app::App;
use crate::community::CommunityError;
use crate::community::accounts::{self, EditProfile, Viewer, Writings, preferences as use_cases};
use crate::domain::kinds::{ActorKind, SessionKind};
use crate::domain::limits::{Bio, DisplayName, Email, Password};
use crate::store::preferences::{self, PreferencesRow};
use crate::store::{Tx, people, sessions};

/// As long as Lemmy keeps them.
const APP_WORD_MAX: usize = 20;

pub async fn save(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<SaveUserSettings>,
) -> ApiResult<SuccessResponse> {
    app.store
        .write(move |tx| save_all(tx, &member.viewer, &form))
        .await?;
    Ok(Json(SuccessResponse { success: true }))
}

pub(super) fn save_all(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    form: &SaveUserSettings,
) -> Result<(), ApiError> {
    if let Some(profile) = profile(tx, viewer, form)? {
        accounts::edit_profile(tx, viewer, &profile)?;
    }
    if let Some(text) = &form.email {
        save_email(tx, viewer, text)?;
    }
    let mut row = preferences::of(tx.conn, viewer.id)?;
    let before = row.clone();
    lay_over(&mut row, form)?;
    if row != before {
        use_cases::set(tx, viewer.id, &row).map_err(named_after_lemmy)?;
    }
    Ok(())
}

/// What the form says of the profile over what stands; nothing if it says nothing new.
fn profile(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    form: &SaveUserSettings,
) -> Result<Option<EditProfile>, ApiError> {
    let actor = &viewer.actor;
    let standing_bot = actor.kind == ActorKind::Service;
    let differs = |new: &Option<String>, old: &Option<String>| {
        new.as_deref()
            .is_some_and(|new| new != old.as_deref().unwrap_or_default())
    };
    let news = differs(&form.display_name, &actor.display_name)
        || differs(&form.bio, &actor.summary_markdown)
        || differs(&form.avatar, &actor.icon_url)
        || differs(&form.banner, &actor.image_url)
        || form.bot_account.is_some_and(|bot| bot != standing_bot);
    if !news {
        return Ok(None);
    }
    let over = |new: &Option<String>, old: &Option<String>| {
        new.clone().or_else(|| old.clone()).unwrap_or_default()
    };
    let picture_over =
        |new: &Option<String>, old: &Option<String>| -> Result<Option<Url>, ApiError> {
            picture(Some(over(new, old).as_str()))
        };
    Ok(Some(EditProfile {
        display_name: DisplayName::parse(&over(&form.display_name, &actor.display_name))
            .map_err(|_| ApiError::Named("invalid_display_name"))?,
        bio: Bio::parse(&over(&form.bio, &actor.summary_markdown))
            .map_err(|_| ApiError::Named("bio_length_overflow"))?,
        institution: people::get(tx.conn, viewer.id)?.institution,
        icon: picture_over(&form.avatar, &actor.icon_url)?,
        image: picture_over(&form.banner, &actor.image_url)?,
        bot: form.bot_account.unwrap_or(standing_bot),
    }))
}

fn save_email(tx: &mut Tx<'_>, viewer: &Viewer, text: &str) -> Result<(), ApiError> {
    let email = match text.trim() {
        "" => None,
        _ => Some(Email::parse(text).map_err(|_| ApiError::Named("invalid_email_address"))?),
    };
    accounts::change_email(tx, viewer, email.as_ref()).map_err(|error| match error {
        CommunityError::Invalid { field: "email", .. } => ApiError::Named("email_already_exists"),
        other => other.into(),
    })
}

fn lay_over(row: &mut PreferencesRow, form: &SaveUserSettings) -> Result<(), ApiError> {
    row.show_sensitive = form.show_nsfw.unwrap_or(row.show_sensitive);
    row.show_read = form.show_read_posts.unwrap_or(row.show_read);
    row.show_bots = form.show_bot_accounts.unwrap_or(row.show_bots);
    row.show_scores = form.show_scores.unwrap_or(row.show_scores);
    row.sort = form.default_sort_type.or(row.sort);
    row.listing = form.default_listing_type.or(row.listing);
    if let Some(id) = &form.matrix_user_id {
        row.matrix_id = Some(id.trim().to_owned());
    }
    if let Some(ids) = &form.discussion_languages {
        row.languages = languages::chosen(ids)?.join(",");
    }
    let mut apps = for_apps(row);
    let word = |text: &Option<String>, old: String| match text {
        Some(text) => text.chars().take(APP_WORD_MAX).collect(),
        None => old,
    };
    apps.theme = word(&form.theme, apps.theme);
    apps.interface_language = word(&form.interface_language, apps.interface_language);
    macro_rules! over {
        ($($field:ident),+) => {$( apps.$field = form.$field.unwrap_or(apps.$field); )+};
    }
    over!(
        blur_nsfw,
        auto_expand,
        show_avatars,
        open_links_in_new_tab,
        infinite_scroll_enabled,
        post_listing_mode,
        enable_keyboard_navigation,
        enable_animated_images,
        collapse_bot_comments,
        show_upvotes,
        show_downvotes,
        show_upvote_percentage
    );
    keep_for_apps(row, &apps)
}

/// What apps keep with an account. What cannot be read is as if it had not been set.
pub(super) fn for_apps(row: &PreferencesRow) -> ForApps {
    serde_json::from_str(&row.for_apps).unwrap_or_default()
}

pub(super) fn keep_for_apps(row: &mut PreferencesRow, apps: &ForApps) -> Result<(), ApiError> {
    row.for_apps =
        serde_json::to_string(apps).map_err(|_| ApiError::Named("couldnt_update_user"))?;
    Ok(())
}

fn named_after_lemmy(error: CommunityError) -> ApiError {
    match error {
        CommunityError::Invalid {
            field: "matrix_id", ..
        } => ApiError::Named("invalid_matrix_id"),
        other => other.into(),
    }
}

/// A password that does not fit is a log-in that does not.
fn wrong_password(error: CommunityError) -> ApiError {
    match error {
        CommunityError::Invalid {
            field: "password" | "old_password",
            ..
        } => ApiError::Named("incorrect_login"),
        other => other.into(),
    }
}

pub async fn change_password(
    State(app): State<App>,
    member: Member<LogsIn>,
    Body(form): Body<ChangePassword>,
) -> ApiResult<LoginResponse> {
    if form.new_password != form.new_password_verify {
        return Err(ApiError::Named("passwords_do_not_match"));
    }
    let new = Password::parse(&form.new_password);
    let new = new.map_err(|_| ApiError::Named("invalid_password"))?;
    accounts::change_password(&app.store, &member.viewer, &form.old_password, new)
        .await
        .map_err(wrong_password)?;
    let person = member.id();
    let token = app
        .store
        .write(move |tx| accounts::open_session(tx, person, SessionKind::Api))
        .await?;
    Ok(Json(LoginResponse {
        jwt: Some(token),
        registration_created: false,
        verify_email_sent: false,
    }))
}

pub async fn delete_account(
    State(app): State<App>,
    member: Member<LogsIn>,
    Body(form): Body<DeleteAccount>,
) -> ApiResult<SuccessResponse> {
    let writings = if form.delete_content {
        Writings::Go
    } else {
        Writings::Stay
    };
    accounts::close(&app.store, &member.viewer, &form.password, writings)
        .await
        .map_err(wrong_password)?;
    Ok(Json(SuccessResponse { success: true }))
}

/// Nothing is mailed from here: an administrator sets a new password.
pub async fn no_mail(_: Caller<LogsIn>) -> ApiError {
    ApiError::Named("no_email_setup")
}

/// What a link in a mail would lead to.
pub async fn no_such_token(_: Caller<LogsIn>) -> ApiError {
    ApiError::Named("token_not_found")
}

pub async fn no_second_factor(_: Member<Reads>) -> ApiError {
    ApiError::Unreadable(
        axum::http::StatusCode::BAD_REQUEST,
        "Accounts have no second factor here.".to_owned(),
    )
}

/// There is no such dialog here to be shown, and so nothing to be kept.
pub async fn donation_dialog_shown(_: Member<Acts>) -> ApiResult<SuccessResponse> {
    Ok(Json(SuccessResponse { success: true }))
}

/// Where somebody is logged in, the latest first.
pub async fn logins(State(app): State<App>, member: Member<Reads>) -> ApiResult<Vec<LoginToken>> {
    let rows = app
        .store
        .read(move |tx| sessions::all_of(tx.conn, member.id(), tx.now))
        .await?;
    Ok(Json(
        rows.into_iter()
            .map(|row| LoginToken {
                user_id: row.person_id,
                published: row.created,
            })
            .collect(),
    ))
}
