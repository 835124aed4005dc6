//! Conversations as collections, for servers that want the whole: `context` (FEP-7888, FEP-f228) of a
//! thread, `replies` of each post in it. Ids only: each is read where it lives.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use url::Url;

use super::Federation;
use super::asker::Asker;
use super::documents::{Answer, Document, here};
use crate::activitystreams as wire;
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::{Cursor, Page};
use crate::store::audience::Audience;
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;
use crate::store::{StoreError, Tx, actors, audience, comments};

/// Ids on one page.
const PAGE: usize = 50;

pub(super) fn router() -> Router<Federation> {
    Router::new()
        .route("/post/{id}/context", get(context))
        .route("/post/{id}/replies", get(replies_to_post))
        .route("/comment/{id}/replies", get(replies_to_comment))
}

type Asked = Query<HashMap<String, String>>;

/// A thread that is shown, and told of by this instance: its author or its group is at home here.
fn told_here(tx: &mut Tx<'_>, audience: Audience, id: &str) -> Result<PostRow, StoreError> {
    let id = id.parse::<PostId>().map_err(|_| StoreError::NotFound)?;
    let post = audience::post(tx.conn, audience, id)?.ok_or(StoreError::NotFound)?;
    let group = actors::get(tx.conn, post.group_id)?;
    let ours = post.local || group.local;
    if ours && !post.is_hidden() && !group.deleted {
        Ok(post)
    } else {
        Err(StoreError::NotFound)
    }
}

/// The thread itself, then all that was said in it, in the order in which it came here.
async fn context(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    Query(asked): Asked,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let post = told_here(tx, audience, &id)?;
        let all = tx.house.address.at(&format!("/post/{}/context", post.id));
        match asked.get("after") {
            None => whole(tx, &post, &all),
            Some(after) => {
                let after = after.parse().map_err(|_| StoreError::NotFound)?;
                page_of_whole(tx, &post, &all, CommentId(after))
            }
        }
    };
    asker.answer(&federation, read).await
}

fn whole(tx: &mut Tx<'_>, post: &PostRow, all: &Url) -> Answer {
    let group = actors::get(tx.conn, post.group_id)?;
    // Whoever tells of the whole: a group elsewhere has a collection of its own, if any.
    let owner = if group.local {
        group.ap_id
    } else {
        actors::get(tx.conn, post.author_id)?.ap_id
    };
    let total = u64::try_from(post.comment_count).unwrap_or(0) + 1;
    let first = after(all, "0");
    Ok(Document::Here(wire::conversation(
        all,
        &here(&owner)?,
        total,
        &first,
    )))
}

fn after(collection: &Url, place: &str) -> Url {
    let mut page = collection.clone();
    page.set_query(Some(&format!("after={place}")));
    page
}

fn page_of_whole(tx: &mut Tx<'_>, post: &PostRow, all: &Url, from: CommentId) -> Answer {
    let rows = comments::whole(tx.conn, post.id, from, PAGE + 1)?;
    let next = rows
        .get(PAGE)
        .and_then(|_| rows.get(PAGE - 1))
        .map(|last| after(all, &last.id.to_string()));
    let thread = (from == CommentId(0)).then(|| post.ap_id.clone());
    let said = rows.into_iter().take(PAGE).map(|row| row.ap_id);
    let items = thread.into_iter().chain(said).map(Value::from).collect();
    let id = after(all, &from.to_string());
    Ok(Document::Here(wire::collection_page(
        &id,
        all,
        items,
        next.as_ref(),
    )))
}

async fn replies_to_post(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    Query(asked): Asked,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let post = told_here(tx, audience, &id)?;
        if !post.local {
            return Ok(Document::Nowhere);
        }
        let from = place(&asked)?;
        let page = comments::roots(tx.conn, audience, post.id, CommentSort::Old, from, PAGE)?;
        let all = tx.house.address.at(&format!("/post/{}/replies", post.id));
        Ok(replies(&all, page, from))
    };
    asker.answer(&federation, read).await
}

async fn replies_to_comment(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    Query(asked): Asked,
    asker: Asker,
) -> Response {
    let read = move |tx: &mut Tx<'_>, audience: Audience| {
        let id = id.parse::<CommentId>().map_err(|_| StoreError::NotFound)?;
        let found = audience::comment(tx.conn, audience, id)?;
        let (comment, post) = found.ok_or(StoreError::NotFound)?;
        if !comment.local || comment.is_hidden() || post.is_hidden() {
            return Ok(Document::Nowhere);
        }
        let from = place(&asked)?;
        let page = comments::answers(tx.conn, comment.id, from, PAGE)?;
        let all = tx.house.address.at(&format!("/comment/{id}/replies"));
        Ok(replies(&all, page, from))
    };
    asker.answer(&federation, read).await
}

/// The first page of a collection of replies.
pub(super) fn first_replies(all: &Url) -> Url {
    after(all, "0.0")
}

fn place(asked: &HashMap<String, String>) -> Result<Option<Cursor>, StoreError> {
    let cursor = asked.get("after").map(|text| text.parse());
    cursor.transpose().map_err(|_| StoreError::NotFound)
}

/// The collection, or one of its pages. What is hidden is left out; a page may be the shorter for it.
fn replies(all: &Url, page: Page<CommentRow>, from: Option<Cursor>) -> Document {
    let items = page.items.into_iter().filter(|row| !row.is_hidden());
    let items = items.map(|row| Value::from(row.ap_id)).collect();
    let next = page.next.map(|cursor| after(all, &cursor.to_string()));
    let id = match from {
        Some(cursor) => after(all, &cursor.to_string()),
        None => first_replies(all),
    };
    let shown = wire::replies_page(Some(&id), all, items, next.as_ref());
    Document::Here(match from {
        None => wire::replies(all, shown),
        Some(_) => shown,
    })
}
