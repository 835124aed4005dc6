//! One file a page, or a thing done on pages: extract, call one use-case, render.

pub mod about;
pub mod admin;
pub mod bans;
pub mod blocks;
mod carried;
pub mod comment;
pub mod comment_edit;
pub mod compose;
pub mod confirm;
pub mod error;
pub mod follow;
pub mod group;
pub mod group_close;
pub mod group_edit;
pub mod group_members;
pub mod group_new;
pub mod group_remove;
pub mod group_roles;
pub mod group_transfer;
pub mod groups;
pub mod home;
pub mod interact;
pub mod log_in;
pub mod marks;
pub mod messages;
pub mod moderation;
pub mod modlog;
pub mod moving;
mod notices;
pub mod notifications;
pub mod oembed;
pub mod poll;
pub mod profile;
pub mod purge;
pub mod register;
pub mod relocate;
pub mod reply;
pub mod report;
pub mod reports;
pub mod search;
pub mod settings;
pub mod settings_reading;
pub mod setup;
pub mod sharing;
pub mod thread;
pub mod vote;
pub mod votes;
pub mod whole;

use std::collections::HashMap;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::errors::Failure;
use super::forms::{Fields, at, without_nul};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::ActorKind;
use crate::domain::limits::Reason;
use crate::domain::paging::Cursor;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, audience};

/// Items on one page of a list.
const PAGE: usize = 25;

/// What follows the `?`. A word that is not known is as if it were not there.
#[derive(Default)]
pub struct Asked(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Asked(
            url::form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.into_owned(), without_nul(&value)))
                .collect(),
        ))
    }
}

impl Asked {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    fn word<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// Where a list goes on.
    fn after(&self) -> Result<Option<Cursor>, Failure> {
        self.cursor("after")
    }

    /// None at the beginning of a list. Another address than our own links have is refused: its first
    /// page in place of the one meant would be taken for it.
    fn cursor(&self, name: &str) -> Result<Option<Cursor>, Failure> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Failure::BadAddress),
        }
    }
}

/// What a moderator wrote into the field `reason`.
fn reason(fields: &Fields) -> Result<Option<Reason>, Failure> {
    Reason::parse(fields.text("reason")).map_err(at("reason"))
}

/// The `{id}` of the path; another one is a page that does not exist.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Id(path_part(parts, state, "id").await?))
    }
}

/// The `{act}` of the path.
pub struct Act<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Act<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Act(path_part(parts, state, "act").await?))
    }
}

async fn path_part<S: Send + Sync, T: FromStr>(
    parts: &mut Parts,
    state: &S,
    name: &str,
) -> Result<T, Failure> {
    let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
        .await
        .map_err(|_| Failure::NoSuchPage)?;
    path.get(name)
        .filter(|text| !text.contains('\0'))
        .and_then(|text| text.parse().ok())
        .ok_or(Failure::NoSuchPage)
}

/// The `{handle}` of the path: `name`, or `name@host` elsewhere.
#[derive(Clone)]
pub struct Handle {
    name: String,
    host: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Handle {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text: String = path_part(parts, state, "handle").await?;
        Ok(match text.split_once('@') {
            None => Handle {
                name: text.to_lowercase(),
                host: None,
            },
            Some((name, host)) => Handle {
                name: name.to_owned(),
                host: Some(host.to_ascii_lowercase()),
            },
        })
    }
}

impl Handle {
    fn group(&self, tx: &mut Tx<'_>, viewer: Option<ActorId>) -> Result<ActorRow, CommunityError> {
        match self.find(tx, |kind| kind == ActorKind::Group)? {
            Some(row) if audience::may_know(tx.conn, viewer, row.id)? => Ok(row),
            _ => Err(Missing::Group.into()),
        }
    }

    /// A group of ours that its coordinator closed.
    fn closed_group(&self, tx: &mut Tx<'_>) -> Result<ActorRow, CommunityError> {
        self.any_group(tx, |actor| actor.local && actor.deleted && !actor.suspended)
    }

    /// A group, also a removed one: of an administrator who may put it back.
    fn group_even_removed(&self, tx: &mut Tx<'_>) -> Result<ActorRow, CommunityError> {
        self.any_group(tx, |actor| !actor.deleted)
    }

    /// A group, for who would not see it, whatever became of it.
    fn group_in_any_state(&self, tx: &mut Tx<'_>) -> Result<ActorRow, CommunityError> {
        self.any_group(tx, |_| true)
    }

    fn any_group(
        &self,
        tx: &mut Tx<'_>,
        is_it: impl Fn(&ActorRow) -> bool,
    ) -> Result<ActorRow, CommunityError> {
        let mut all = self.all(tx)?.into_iter();
        let found = all.find(|actor| actor.kind == ActorKind::Group && is_it(actor));
        found.ok_or(Missing::Group.into())
    }

    fn person(&self, tx: &mut Tx<'_>, viewer: Option<ActorId>) -> Result<ActorRow, CommunityError> {
        let found = self.find(tx, |kind| {
            !matches!(kind, ActorKind::Group | ActorKind::Application)
        })?;
        match found {
            Some(row) if audience::may_meet(tx.conn, viewer, row.id)? => Ok(row),
            _ => Err(Missing::Person.into()),
        }
    }

    fn find(
        &self,
        tx: &mut Tx<'_>,
        fits: impl Fn(ActorKind) -> bool,
    ) -> Result<Option<ActorRow>, StoreError> {
        let found = self.all(tx)?;
        Ok(found.into_iter().find(|actor| {
            let removed = actor.kind == ActorKind::Group && actor.suspended;
            fits(actor.kind) && !actor.deleted && !removed
        }))
    }

    fn all(&self, tx: &mut Tx<'_>) -> Result<Vec<ActorRow>, StoreError> {
        Ok(match &self.host {
            Some(host) if host != tx.house.address.host() => {
                actors::by_address(tx.conn, &self.name, host)?
            }
            _ => actors::local_by_name(tx.conn, &self.name.to_lowercase())?
                .into_iter()
                .collect(),
        })
    }
}
