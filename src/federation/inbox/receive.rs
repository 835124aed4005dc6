//! The door: what is not well-formed, signed by its actor and welcome is refused; the rest is stored
//! before anybody hears a 202.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use thiserror::Error;
use url::Url;

use super::forwarded::{self, HandedOn};
use super::repetition::{deletion_named_by_its_object, is_known_by_its_id_alone, known_as};
use crate::activitystreams::{self as wire, Activity, Verb};
use crate::domain::house::host_of;
use crate::domain::ids::IntakeId;
use crate::domain::kinds::{ActorKind, IntakeState};
use crate::federation::nodeinfo::note_agent;
use crate::federation::verify::{KnownKey, VerifyError};
use crate::federation::{ClientKey, Federation};
use crate::limits::Door;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::{self, Audience};
use crate::store::intake::{self, IntakeRow};
use crate::store::{Rollback, StoreError, Tx, hosts};

/// Bytes of one activity; Mastodon's own limit.
pub const MAX_BODY: usize = 1024 * 1024;

pub fn router() -> Router<Federation> {
    Router::new()
        .route("/inbox", post(receive))
        .route("/u/{name}/inbox", post(receive_for))
        .route("/c/{name}/inbox", post(receive_for))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

#[derive(Debug, Error)]
enum Refusal {
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Unsigned(String),
    #[error("its actor replaced the key that it is signed with")]
    Replaced,
    #[error("{0}")]
    Forbidden(String),
    #[error("this is no ActivityPub document; say application/activity+json")]
    WrongType,
    /// A peer tries again later what a 401 would make it drop.
    #[error("{0}")]
    NotNow(String),
    #[error("nobody of that name has an inbox here")]
    Nobody,
    #[error("too many activities from there")]
    TooMany(u64),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Rollback for Refusal {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Refusal::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<VerifyError> for Refusal {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Store(error) => Refusal::Store(error),
            unreachable @ VerifyError::KeyUnreachable { .. } => {
                Refusal::NotNow(unreachable.to_string())
            }
            VerifyError::TooMany(after) => Refusal::TooMany(after.seconds()),
            other => Refusal::Unsigned(other.to_string()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
            Refusal::Unsigned(_) | Refusal::Replaced => StatusCode::UNAUTHORIZED,
            Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
            Refusal::Nobody => StatusCode::NOT_FOUND,
            Refusal::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::NotNow(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Store(error) => {
                tracing::error!(%error, "an activity could not be stored");
                return (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The database is not available; please try again.",
                )
                    .into_response();
            }
        };
        tracing::info!(%status, reason = %self, "activity refused");
        let message = self.to_string();
        if let Refusal::TooMany(seconds) = self {
            return (status, [(RETRY_AFTER, seconds.to_string())], message).into_response();
        }
        (status, message).into_response()
    }
}

/// A personal inbox: the same door, where somebody of that name lives.
async fn receive_for(
    federation: State<Federation>,
    Path(name): Path<String>,
    method: Method,
    uri: OriginalUri,
    client: ClientKey,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let wanted = name.to_lowercase();
    let found = federation
        .store
        .read(move |tx| match actors::local_by_name(tx.conn, &wanted)? {
            // A group for this instance alone is not there for others.
            Some(row) => audience::may_know(tx.conn, Audience::Visitor, row.id),
            None => Ok(false),
        })
        .await?;
    match found {
        true => receive(federation, method, uri, client, headers, body).await,
        false => Err(Refusal::Nobody),
    }
}

async fn receive(
    State(federation): State<Federation>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    client: ClientKey,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if !content_type.is_some_and(wire::is_activity_content_type) {
        return Err(Refusal::WrongType);
    }
    let (activity, id) = read(&federation, &body)?;
    if is_farewell_of_a_stranger(&federation, &activity).await? {
        return Ok(StatusCode::ACCEPTED);
    }
    let host = host_of(&activity.actor).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let agent = headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
    let arrived = Arc::new(Arrived {
        activity,
        id,
        body,
        agent: agent.unwrap_or_default().to_owned(),
    });
    for _ in 0..2 {
        let key = federation
            .verify(&method, path, &headers, Some(&arrived.body), &client)
            .await;
        let key = match key {
            Ok(key) => key,
            Err(error) => {
                is_welcome(&federation, &host).await?;
                return Err(error.into());
            }
        };
        let signer = host_of(&key.actor).unwrap_or_default();
        federation
            .limits
            .check(Door::Inbox, &signer)
            .map_err(|after| Refusal::TooMany(after.seconds()))?;
        let (by, what) = (key.clone(), arrived.clone());
        let stored = federation
            .store
            .write(move |tx| store(tx, &by, &what))
            .await;
        match stored {
            Err(Refusal::Replaced) => federation.forget_key(&key),
            other => return other.map(|()| StatusCode::ACCEPTED),
        }
    }
    Err(Refusal::Replaced)
}

/// An activity that came, read.
struct Arrived {
    activity: Activity,
    id: Url,
    body: Bytes,
    /// What its sender says it is.
    agent: String,
}

/// A blocked host is told so, rather than that its key cannot be had: it is not asked for it.
async fn is_welcome(federation: &Federation, host: &str) -> Result<(), Refusal> {
    if federation.is_shut_out(host).await? {
        return Err(Refusal::Forbidden(format!("{host} is blocked here")));
    }
    Ok(())
}

fn read(federation: &Federation, body: &[u8]) -> Result<(Activity, Url), Refusal> {
    let malformed = |error: wire::ReadError| Refusal::Malformed(error.to_string());
    let value = wire::parse_json(body).map_err(malformed)?;
    let activity = wire::read_activity(&value).map_err(malformed)?;
    let id = activity
        .id
        .clone()
        .ok_or_else(|| Refusal::Malformed("an activity has an id".to_owned()))?;
    let id = deletion_named_by_its_object(&activity, &id).unwrap_or(id);
    let address = &federation.store.house().address;
    if address.owns(&id) || address.owns(&activity.actor) {
        return Err(Refusal::Forbidden(
            "an activity of this instance does not come from elsewhere".to_owned(),
        ));
    }
    if host_of(&id) != host_of(&activity.actor) {
        return Err(Refusal::Forbidden(
            "the activity's id and its actor are of different hosts".to_owned(),
        ));
    }
    Ok((activity, id))
}

/// Mastodon tells everybody when an account is deleted, and its key is gone by then. Whom we never
/// knew we need not forget.
async fn is_farewell_of_a_stranger(
    federation: &Federation,
    activity: &Activity,
) -> Result<bool, Refusal> {
    let Verb::Delete { object, .. } = &activity.verb else {
        return Ok(false);
    };
    if *object != activity.actor {
        return Ok(false);
    }
    let actor = activity.actor.clone();
    let known = federation
        .store
        .read(move |tx| actors::by_ap_id(tx.conn, &actor))
        .await?;
    Ok(known.is_none_or(|actor| actor.deleted))
}

/// Whoever is banned may still delete their account.
fn says_farewell(activity: &Activity) -> bool {
    matches!(&activity.verb, Verb::Delete { object, .. } if *object == activity.actor)
}

fn store(tx: &mut Tx<'_>, key: &KnownKey, arrived: &Arrived) -> Result<(), Refusal> {
    let Arrived { activity, id, .. } = arrived;
    let host = hosts::get(tx.conn, key.host_id)?;
    if host.blocked {
        return Err(Refusal::Forbidden(format!("{} is blocked here", host.host)));
    }
    note_agent(tx, &host, &arrived.agent)?;
    // A group that was removed here may be put back by its own server: it is heard.
    let sender = actors::get(tx.conn, key.actor_id)?;
    if !key.still_holds(&sender) {
        return Err(Refusal::Replaced);
    }
    let banned = sender.suspended && sender.kind != ActorKind::Group;
    if banned && !says_farewell(activity) {
        return Err(Refusal::Forbidden(
            "this actor is suspended here".to_owned(),
        ));
    }
    let Some(said) = said(tx, key, &sender, host.software.as_deref(), arrived)? else {
        return Ok(());
    };
    let row = IntakeRow {
        id: IntakeId(tx.next_id()),
        host_id: host.id,
        activity_ap_id: said.id,
        actor_ap_id: said.actor,
        body: said.body,
        state: IntakeState::Pending,
        attempts: 0,
        next_attempt: tx.now,
        error: None,
        received: tx.now,
    };
    if key.actor == activity.actor
        && is_known_by_its_id_alone(tx, host.software.as_deref(), &sender, activity)?
    {
        intake::forget_applied(tx.conn, id)?;
    }
    if intake::receive(tx.conn, &row)? {
        tx.wake_intake();
    }
    if hosts::heard(tx.conn, &host, tx.now)? {
        tx.wake_delivery();
    }
    Ok(())
}

/// What is put into the queue.
struct Said {
    id: String,
    actor: String,
    body: String,
}

/// What its actor says by what came, or a group whose server hands it on; none, if that means nothing here.
fn said(
    tx: &mut Tx<'_>,
    key: &KnownKey,
    signer: &ActorRow,
    software: Option<&str>,
    arrived: &Arrived,
) -> Result<Option<Said>, Refusal> {
    let Arrived {
        activity, id, body, ..
    } = arrived;
    if key.actor == activity.actor {
        let text = std::str::from_utf8(body)
            .map_err(|_| Refusal::Malformed("the body is not UTF-8".to_owned()))?;
        return Ok(Some(Said {
            id: known_as(tx, software, activity, id, body)?,
            actor: activity.actor.to_string(),
            body: text.to_owned(),
        }));
    }
    match forwarded::handed_on(tx, signer, activity)? {
        HandedOn::By(group) => {
            let malformed = |error: wire::ReadError| Refusal::Malformed(error.to_string());
            let value = wire::parse_json(body).map_err(malformed)?;
            Ok(Some(Said {
                id: forwarded::name(id, &group),
                body: forwarded::announcement(&group, &value).to_string(),
                actor: group.ap_id,
            }))
        }
        HandedOn::ForNothing => {
            tracing::debug!(%id, by = %key.actor, "what was handed on means nothing here");
            Ok(None)
        }
        HandedOn::Unsigned => Err(Refusal::Unsigned(format!(
            "the key is of {} and the activity of {}",
            key.actor, activity.actor
        ))),
    }
}
