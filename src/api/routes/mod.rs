//! Handlers, one subject a file: each takes the call apart, calls one use-case or reads one view,
//! and answers.

pub mod account;
pub mod applications;
pub mod backup;
pub mod comment;
pub mod community;
pub mod instances;
mod links;
mod me;
pub mod media;
pub mod message_report;
pub mod metadata;
pub mod moderation;
pub mod modlog;
pub mod notifications;
pub mod person;
pub mod personal;
pub mod post;
pub mod private_message;
pub mod purge;
pub mod report;
pub mod roles;
pub mod search;
pub mod settings;
pub mod site;
pub mod site_edit;

use axum::http::StatusCode;
use url::Url;

use super::errors::ApiError;
use super::types::SortType;
use crate::api::auth::{Caller, count_at};
use crate::api::load;
use crate::app::App;
use crate::community::Missing;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Vote};
use crate::domain::limits::Reason;
use crate::federation::Resolved;
use crate::limits::Door;
use crate::store::Tx;
use crate::store::actors;
use crate::store::own_marks::Noted;
use crate::store::posts::Span;

/// A path or verb of Lemmy's that is not served here, or of nobody's.
pub async fn unknown() -> ApiError {
    ApiError::Unreadable(
        StatusCode::NOT_FOUND,
        "There is no such call of the API here.".to_owned(),
    )
}

/// A group by `name` or `name@host`. Members make this instance look for one it does not know.
async fn group_named<D>(app: &App, name: &str, caller: &Caller<D>) -> Result<ActorId, ApiError> {
    let found = match known(app, name, ActorKind::Group).await? {
        Some(id) => Some(id),
        None if name.contains('@') && may_look_elsewhere(app, caller.id())? => {
            match app.federation.resolve(&format!("!{name}")).await? {
                Resolved::Group(id) => Some(id),
                _ => None,
            }
        }
        None => None,
    };
    let group = found.ok_or(Missing::Group)?;
    let viewer = caller.id();
    // By name nobody finds what they may not know of.
    app.store
        .read(move |tx| load::community(tx.conn, group, viewer).map(|_| group))
        .await
}

/// A person, likewise.
async fn person_named(app: &App, name: &str, member: Option<ActorId>) -> Result<ActorId, ApiError> {
    if let Some(id) = known(app, name, ActorKind::Person).await? {
        return Ok(id);
    }
    if name.contains('@')
        && may_look_elsewhere(app, member)?
        && let Resolved::Person(id) = app.federation.resolve(&format!("@{name}")).await?
    {
        return Ok(id);
    }
    Err(Missing::Person.into())
}

/// Whether they are a member; then it counts as a search, whichever call makes us ask another server.
fn may_look_elsewhere(app: &App, member: Option<ActorId>) -> Result<bool, ApiError> {
    let Some(member) = member else {
        return Ok(false);
    };
    count_at(app, Door::Search, &member.to_string())?;
    Ok(true)
}

async fn known(app: &App, name: &str, kind: ActorKind) -> Result<Option<ActorId>, ApiError> {
    let name = name.trim_start_matches(['@', '!']).to_owned();
    let is_it = move |found: ActorKind| (found == ActorKind::Group) == (kind == ActorKind::Group);
    app.store
        .read(move |tx: &mut Tx<'_>| {
            let (name, host) = match name.split_once('@') {
                Some((name, host)) => (name, host.to_ascii_lowercase()),
                None => (name.as_str(), tx.house.address.host().to_owned()),
            };
            let found = if host == tx.house.address.host() {
                let name = name.to_lowercase();
                actors::local_by_name(tx.conn, &name)?.into_iter().collect()
            } else {
                actors::by_address(tx.conn, name, &host)?
            };
            // A closed group is there still, for those who look after it.
            let shown = found.iter().find(|actor| {
                is_it(actor.kind) && (!actor.deleted || actor.kind == ActorKind::Group)
            });
            Ok(shown.map(|actor| actor.id))
        })
        .await
}

/// Lemmy's `score`.
fn vote_of(score: i64) -> Result<Option<Vote>, ApiError> {
    Vote::from_value(score).ok_or(ApiError::Named("invalid_vote_value"))
}

/// A list made of what the caller did, if one is asked for.
fn noted(
    saved: Option<bool>,
    liked: Option<bool>,
    disliked: Option<bool>,
) -> Result<Option<Noted>, ApiError> {
    match (saved, liked, disliked) {
        (_, Some(true), Some(true)) => Err(ApiError::Named("contradicting_filters")),
        (Some(true), ..) => Ok(Some(Noted::Saved)),
        (_, Some(true), _) => Ok(Some(Noted::Voted(Vote::Up))),
        (.., Some(true)) => Ok(Some(Noted::Voted(Vote::Down))),
        _ => Ok(None),
    }
}

/// The time that an order of posts is about, up to now.
fn span(tx: &Tx<'_>, sort: SortType) -> Option<Span> {
    let millis = sort.span()?;
    Some(Span {
        now: tx.now,
        millis,
    })
}

/// Why a moderator does something, as far as they say.
fn reason(text: Option<&str>) -> Result<Option<Reason>, ApiError> {
    let refused = |_| ApiError::Named("report_too_long");
    Reason::parse(text.unwrap_or_default()).map_err(refused)
}

/// A picture's address; an empty text is none.
fn picture(text: Option<&str>) -> Result<Option<Url>, ApiError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let link = crate::domain::limits::WebLink::parse(text);
    let link = link.map_err(|_| ApiError::Named("invalid_url"))?;
    Url::parse(link.as_str())
        .map(Some)
        .map_err(|_| ApiError::Named("invalid_url"))
}
