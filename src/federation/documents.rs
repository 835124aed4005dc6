//! Our actors, objects, activities and collections as AS2 documents, for servers that fetch them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, USER_AGENT, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use url::Url;

use super::Federation;
use super::activities::{announce_of, create_of};
use super::asker::Asker;
use super::threads::first_replies;
use crate::activitystreams::{self as wire, ACTIVITY_JSON, with_context};
use crate::community::special::Reader;
use crate::community::{describe, followers_url};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::{ActorKind, PostSort};
use crate::store::actors::{self, ActorRow};
use crate::store::audience::Audience;
use crate::store::posts::PostFilter;
use crate::store::{StoreError, Tx, audience, groups, posts, site};

/// So many of the newest threads stand in an outbox.
const OUTBOX: usize = 20;

/// Addresses that are pages for browsers as well: only requests that ask for AS2 come here.
pub fn negotiated() -> Router<Federation> {
    Router::new()
        .route("/", get(site_actor))
        .route("/u/{name}", get(person))
        .route("/c/{name}", get(group))
        .route("/post/{id}", get(post))
        .route("/comment/{id}", get(comment))
}

/// Addresses that are documents and nothing else.
pub fn router() -> Router<Federation> {
    Router::new()
        .route("/outbox", get(site_outbox))
        .route("/u/{name}/outbox", get(person_outbox))
        .route("/u/{name}/followers", get(person_followers))
        .route("/u/{name}/following", get(person_following))
        .route("/c/{name}/outbox", get(group_outbox))
        .route("/c/{name}/followers", get(group_followers))
        .route("/c/{name}/featured", get(group_featured))
        .route("/c/{name}/moderators", get(group_moderators))
        .route("/activities/{verb}/{id}", get(super::activities::activity))
        .merge(super::threads::router())
}

/// What a fetch leads to.
pub(super) enum Document {
    Here(Value),
    /// What there is for those who may not read more.
    ForOutsiders(Value),
    /// It was here; 410 with what is left of it.
    Gone(Value),
    /// It lives there.
    Elsewhere(String),
    Nowhere,
}

pub(super) type Answer = Result<Document, StoreError>;

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let json = |status: StatusCode, value: Value| {
            let body = with_context(value).to_string();
            // What stands at a thread's id depends on who reads it: see `Reader`.
            let headers = [(CONTENT_TYPE, ACTIVITY_JSON), (VARY, "Accept, User-Agent")];
            (status, headers, body).into_response()
        };
        match self {
            Document::Here(value) | Document::ForOutsiders(value) => json(StatusCode::OK, value),
            Document::Gone(value) => json(StatusCode::GONE, value),
            Document::Elsewhere(url) => (StatusCode::FOUND, [(LOCATION, url)], "").into_response(),
            Document::Nowhere => (StatusCode::NOT_FOUND, "There is nothing here.").into_response(),
        }
    }
}

pub(super) fn respond(answer: Answer) -> Response {
    match answer {
        Ok(document) => document.into_response(),
        Err(StoreError::NotFound) => Document::Nowhere.into_response(),
        Err(error) => {
            tracing::error!(%error, "a document could not be read");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The database is not available; please try again.",
            )
                .into_response()
        }
    }
}

pub(super) async fn answer(
    federation: &Federation,
    read: impl Fn(&mut Tx<'_>) -> Answer + Send + 'static,
) -> Response {
    respond(federation.store.read(read).await)
}

pub(super) fn here(url: &str) -> Result<Url, StoreError> {
    url.parse()
        .map_err(|_| StoreError::Corrupt(format!("{url:?} is no URL")))
}

fn local(tx: &mut Tx<'_>, name: &str, kind: ActorKind) -> Result<ActorRow, StoreError> {
    let row = actors::local_by_name(tx.conn, &name.to_lowercase())?
        // Somebody who is banned is still who they are; a group that is removed is not there.
        .filter(|row| {
            let sort = row.kind == kind || row.kind.is_person() && kind.is_person();
            sort && (kind != ActorKind::Group || !row.suspended)
        })
        .ok_or(StoreError::NotFound)?;
    // A group for this instance alone is not there for others, nor is who has yet to be let in.
    if !audience::may_find(tx.conn, Audience::Visitor, &row)? {
        return Err(StoreError::NotFound);
    }
    Ok(row)
}

/// An actor's document; its key is made now if nobody needed it before.
async fn actor(federation: &Federation, row: ActorRow) -> Answer {
    if row.deleted {
        return Ok(Document::Gone(wire::tombstone(&here(&row.ap_id)?, None)));
    }
    let row = federation.with_key(row.id).await?;
    federation
        .store
        .read(move |tx| Ok(Document::Here(describe::actor(tx, &row)?)))
        .await
}

async fn named(federation: &Federation, name: String, kind: ActorKind) -> Response {
    let found = federation
        .store
        .read(move |tx| local(tx, &name, kind))
        .await;
    respond(match found {
        Ok(row) => actor(federation, row).await,
        Err(error) => Err(error),
    })
}

async fn site_actor(State(federation): State<Federation>) -> Response {
    let found = federation
        .store
        .read(|tx| {
            let site = site::get(tx.conn)?;
            actors::get(tx.conn, site.actor_id)
        })
        .await;
    respond(match found {
        Ok(row) => actor(&federation, row).await,
        Err(error) => Err(error),
    })
}

async fn person(State(federation): State<Federation>, Path(name): Path<String>) -> Response {
    named(&federation, name, ActorKind::Person).await
}

async fn group(State(federation): State<Federation>, Path(name): Path<String>) -> Response {
    named(&federation, name, ActorKind::Group).await
}

fn reader(headers: &HeaderMap) -> Reader {
    let user_agent = headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
    Reader::of(user_agent.unwrap_or_default())
}

/// A post for a reader that looks for its replies inside, or follows the address.
fn with_replies(said: Value, reader: Reader) -> Document {
    Document::Here(match reader {
        Reader::GoToSocial => wire::replies_inside(said, first_replies),
        _ => said,
    })
}

async fn post(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    asker: Asker,
    headers: HeaderMap,
) -> Response {
    let reader = reader(&headers);
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let Ok(id) = id.parse::<PostId>() else {
            return Ok(Document::Nowhere);
        };
        let row = audience::post(tx.conn, audience, id)?.ok_or(StoreError::NotFound)?;
        if !row.local {
            return Ok(Document::Elsewhere(row.ap_id));
        }
        if row.is_hidden() {
            return Ok(Document::Gone(wire::tombstone(&here(&row.ap_id)?, None)));
        }
        Ok(with_replies(describe::post_for(tx, &row, reader)?, reader))
    };
    asker.answer(&federation, read).await
}

async fn comment(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    asker: Asker,
    headers: HeaderMap,
) -> Response {
    let reader = reader(&headers);
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let Ok(id) = id.parse::<CommentId>() else {
            return Ok(Document::Nowhere);
        };
        let found = audience::comment(tx.conn, audience, id)?;
        let (row, _) = found.ok_or(StoreError::NotFound)?;
        if !row.local {
            return Ok(Document::Elsewhere(row.ap_id));
        }
        if row.is_hidden() {
            return Ok(Document::Gone(wire::tombstone(&here(&row.ap_id)?, None)));
        }
        Ok(with_replies(describe::stored_comment(tx, &row)?, reader))
    };
    asker.answer(&federation, read).await
}

async fn site_outbox(State(federation): State<Federation>) -> Response {
    answer(&federation, |tx| {
        let id = tx.house.address.at("/outbox");
        Ok(Document::Here(wire::ordered_collection(&id, 0, Vec::new())))
    })
    .await
}

async fn person_outbox(State(federation): State<Federation>, Path(name): Path<String>) -> Response {
    answer(&federation, move |tx| {
        let row = local(tx, &name, ActorKind::Person)?;
        let newest = posts::page(
            tx.conn,
            Audience::Visitor,
            PostFilter::By(row.id),
            PostSort::New,
            None,
            OUTBOX,
        )?;
        let total = crate::store::people::get(tx.conn, row.id)?.post_count;
        let mut items = Vec::new();
        for post in &newest.items {
            items.push(create_of(tx, post)?);
        }
        let id = here(&format!("{}/outbox", row.ap_id))?;
        let total = u64::try_from(total).unwrap_or(0);
        Ok(Document::Here(wire::ordered_collection(&id, total, items)))
    })
    .await
}

async fn person_followers(
    State(federation): State<Federation>,
    Path(name): Path<String>,
) -> Response {
    answer(&federation, move |tx| counted(tx, &name, "followers")).await
}

async fn person_following(
    State(federation): State<Federation>,
    Path(name): Path<String>,
) -> Response {
    answer(&federation, move |tx| counted(tx, &name, "following")).await
}

/// People are not followed here, and whom they follow is theirs to tell.
fn counted(tx: &mut Tx<'_>, name: &str, collection: &str) -> Answer {
    let row = local(tx, name, ActorKind::Person)?;
    let id = here(&format!("{}/{collection}", row.ap_id))?;
    Ok(Document::Here(wire::counted_collection(&id, 0)))
}

/// What the group announced last, as Lemmy reads it when somebody begins to follow.
async fn group_outbox(
    State(federation): State<Federation>,
    Path(name): Path<String>,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let row = local(tx, &name, ActorKind::Group)?;
        let filter = PostFilter::InGroup(row.id);
        let newest = posts::page(tx.conn, audience, filter, PostSort::New, None, OUTBOX)?;
        let mut items = Vec::new();
        for post in &newest.items {
            items.push(announce_of(tx, &row, post)?);
        }
        let id = here(&format!("{}/outbox", row.ap_id))?;
        if !audience::may_read(tx.conn, audience, row.id)? {
            return Ok(nothing_for_outsiders(&id));
        }
        let total = u64::try_from(groups::get(tx.conn, row.id)?.post_count).unwrap_or(0);
        Ok(Document::Here(wire::ordered_collection(&id, total, items)))
    };
    asker.answer(&federation, read).await
}

fn nothing_for_outsiders(id: &Url) -> Document {
    Document::ForOutsiders(wire::ordered_collection(id, 0, Vec::new()))
}

async fn group_followers(
    State(federation): State<Federation>,
    Path(name): Path<String>,
) -> Response {
    answer(&federation, move |tx| {
        let row = local(tx, &name, ActorKind::Group)?;
        let count = groups::get(tx.conn, row.id)?.follower_count;
        let id = followers_url(&row)?;
        let count = u64::try_from(count).unwrap_or(0);
        Ok(Document::Here(wire::counted_collection(&id, count)))
    })
    .await
}

async fn group_featured(
    State(federation): State<Federation>,
    Path(name): Path<String>,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let row = local(tx, &name, ActorKind::Group)?;
        let mut items = Vec::new();
        for post in posts::featured(tx.conn, audience, row.id)? {
            items.push(describe::stored_post(tx, &post)?);
        }
        let id = here(&format!("{}/featured", row.ap_id))?;
        if !audience::may_read(tx.conn, audience, row.id)? {
            return Ok(nothing_for_outsiders(&id));
        }
        let total = items.len() as u64;
        Ok(Document::Here(wire::ordered_collection(&id, total, items)))
    };
    asker.answer(&federation, read).await
}

async fn group_moderators(
    State(federation): State<Federation>,
    Path(name): Path<String>,
) -> Response {
    answer(&federation, move |tx| {
        let row = local(tx, &name, ActorKind::Group)?;
        let items: Vec<Value> = actors::moderators(tx.conn, row.id)?
            .into_iter()
            .map(|(person, _)| Value::from(person.ap_id))
            .collect();
        let id = here(&format!("{}/moderators", row.ap_id))?;
        let total = items.len() as u64;
        Ok(Document::Here(wire::ordered_collection(&id, total, items)))
    })
    .await
}
