//! Changing the site: its name and look, how people join, which servers and links are welcome.

use axum::Json;
use axum::extract::State;

use super::picture;
use super::site::site_view;
use crate::api::auth::{Acts, Body, Caller, Member};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::languages;
use crate::api::types::site::{EditSite, RegistrationMode, SiteResponse};
use crate::app::App;
use crate::community::{hosts, links, site as use_cases};
use crate::domain::hosts::Domain;
use crate::domain::kinds;
use crate::domain::limits::Statement;
use crate::domain::links::LinkPattern;
use crate::domain::rules::Act;
use crate::store::{StoreError, site};

/// Setting up is done on the page that the first start tells of, so there is nothing to do here.
pub async fn set_up(State(app): State<App>, _: Caller<Acts>) -> ApiResult<SiteResponse> {
    let row = app.store.read(|tx| site::get(tx.conn)).await?;
    Err(match row.setup_token_hash {
        None => ApiError::Named("site_already_exists"),
        Some(_) => ApiError::Named("incorrect_login"),
    })
}

pub async fn edit(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<EditSite>,
) -> ApiResult<SiteResponse> {
    let viewer = member.viewer;
    // Before anything in the form is called wrong.
    viewer.may(Act::EditSite)?;
    let allowed = form.allowed_instances.as_deref().map(domains).transpose()?;
    let blocked = form.blocked_instances.as_deref().map(domains).transpose()?;
    let links = form.blocked_urls.as_deref().map(patterns).transpose()?;
    let sidebar = form.sidebar.as_deref().map(Statement::parse).transpose();
    let sidebar = sidebar.map_err(|_| ApiError::Named("invalid_body_field"))?;
    // An empty text takes a picture away, as in Lemmy.
    let icon = form.icon.as_deref().map(|text| picture(Some(text)));
    let banner = form.banner.as_deref().map(|text| picture(Some(text)));
    let (icon, banner) = (icon.transpose()?, banner.transpose()?);
    let languages = form.discussion_languages.as_deref();
    let languages = languages.map(languages::chosen).transpose()?;
    let settings = app.settings.clone();
    let answer = app.store.write(move |tx| {
        let row = site::get(tx.conn)?;
        let sidebar = match &sidebar {
            Some(sidebar) => sidebar.clone(),
            None => Statement::parse(&row.sidebar_markdown)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
        };
        let edit = use_cases::EditSite {
            name: form.name.clone().unwrap_or(row.name),
            tagline: form.description.clone().unwrap_or(row.tagline),
            sidebar,
            registration: match form.registration_mode {
                Some(mode) => Some(registration(mode)),
                None => row.registration,
            },
            application_question: form
                .application_question
                .clone()
                .or(row.application_question),
        };
        use_cases::edit(tx, &viewer, &edit)?;
        use_cases::set_pictures(tx, &viewer, icon.as_ref(), banner.as_ref())?;
        hosts::replace(tx, &viewer, allowed.as_deref(), blocked.as_deref())?;
        if let Some(languages) = &languages {
            use_cases::set_languages(tx, &viewer, languages)?;
        }
        if let Some(links) = &links {
            links::replace_blocked(tx, &viewer, links)?;
        }
        Ok::<_, ApiError>(SiteResponse {
            site_view: site_view(tx, &settings)?,
            taglines: [],
        })
    });
    Ok(Json(answer.await?))
}

fn registration(mode: RegistrationMode) -> kinds::RegistrationMode {
    match mode {
        RegistrationMode::Open => kinds::RegistrationMode::Open,
        RegistrationMode::RequireApplication => kinds::RegistrationMode::Approval,
        RegistrationMode::Closed => kinds::RegistrationMode::Closed,
    }
}

fn domains(list: &[String]) -> Result<Vec<Domain>, ApiError> {
    let read = |text: &String| {
        Domain::parse(text).map_err(|error| ApiError::refused("server", error.to_string()))
    };
    list.iter()
        .filter(|text| !text.trim().is_empty())
        .map(read)
        .collect()
}

fn patterns(list: &[String]) -> Result<Vec<LinkPattern>, ApiError> {
    let read = |text: &String| {
        LinkPattern::parse(text).map_err(|error| ApiError::refused("link", error.to_string()))
    };
    list.iter().map(read).collect()
}
