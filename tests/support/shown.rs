//! What a story reads from the store is what everybody finds by the other doors: page and API say the same of
//! each thread and comment, or both that there is none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use coppice::domain::ids::ActorId;
use coppice::store::audience::{self, Audience};
use coppice::store::comments::CommentRow;
use coppice::store::posts::PostRow;
use coppice::store::{StoreError, Tx, actors, comments, posts};
use serde_json::{Value, json};

use super::Instance;
use super::peer::http;

/// What was compared already, by its number.
#[derive(Default)]
pub struct Compared(Mutex<HashMap<i64, String>>);

impl Compared {
    fn is_new(&self, id: i64, facts: &Value) -> bool {
        let facts = facts.to_string();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id, facts.clone()) != Some(facts)
    }
}

/// As Lemmy's API names it.
fn of_thread(row: &PostRow) -> Value {
    json!({
        "post": {
            "name": row.title, "creator_id": row.author_id, "community_id": row.group_id, "removed": row.removed,
            "deleted": row.deleted, "locked": row.locked, "featured_community": row.featured, "nsfw": row.sensitive,
            "ap_id": row.ap_id, "local": row.local,
        },
        "counts": {
            "score": row.score, "upvotes": row.upvotes, "downvotes": row.downvotes, "comments": row.comment_count,
        },
    })
}

fn of_comment(row: &CommentRow) -> Value {
    json!({
        "comment": {
            "creator_id": row.author_id, "post_id": row.post_id, "removed": row.removed, "deleted": row.deleted,
            "path": row.path, "distinguished": row.distinguished, "ap_id": row.ap_id, "local": row.local,
        },
        "counts": {
            "score": row.score, "upvotes": row.upvotes, "downvotes": row.downvotes, "child_count": row.child_count,
        },
    })
}

/// Whether visitors find what is in this group.
fn is_open(tx: &mut Tx<'_>, group: ActorId) -> Result<bool, StoreError> {
    let row = actors::get(tx.conn, group)?;
    Ok(!row.suspended && !row.deleted && audience::may_read(tx.conn, Audience::Visitor, group)?)
}

pub async fn thread(at: &Instance, row: &PostRow) {
    let facts = of_thread(row);
    if !at.compared.is_new(row.id.0, &facts) {
        return;
    }
    let (id, group) = (row.id, row.group_id);
    let (status, answer) = ask(at, &format!("post?id={id}")).await;
    let (page_status, page) = page(at, &format!("post/{id}")).await;
    let now = at.read(move |tx| Ok((posts::find(tx.conn, id)?, is_open(tx, group)?)));
    let (now, open) = now.await;
    // It may have changed meanwhile.
    if now.is_none_or(|now| of_thread(&now) != facts) || status == StatusCode::TOO_MANY_REQUESTS {
        return;
    }
    if !open {
        assert_ne!(status, StatusCode::OK, "{answer}");
        assert!(!has(&page, &row.body_html), "{page}");
        return;
    }
    if row.is_hidden() {
        assert_eq!(answer["error"], "couldnt_find_post", "{facts}");
        assert_eq!(page_status, StatusCode::GONE, "{facts}");
        assert!(!has(&page, &row.body_html), "{page}");
        return;
    }
    agrees(&answer["post_view"], &facts);
    assert_eq!(page_status, StatusCode::OK, "{facts}");
    assert!(
        page.contains(&escaped(&row.title)),
        "{} on {page}",
        row.title
    );
    assert_eq!(page.contains("This thread is locked"), row.locked, "{page}");
}

pub async fn comment(at: &Instance, row: &CommentRow) {
    let facts = of_comment(row);
    if !at.compared.is_new(row.id.0, &facts) {
        return;
    }
    let (id, post) = (row.id, row.post_id);
    let (status, answer) = ask(at, &format!("comment?id={id}")).await;
    let (page_status, page) = page(at, &format!("comment/{id}")).await;
    let now = at.read(move |tx| {
        let post = posts::find(tx.conn, post)?.ok_or(StoreError::NotFound)?;
        let open = is_open(tx, post.group_id)? && !post.is_hidden();
        Ok((comments::find(tx.conn, id)?, open))
    });
    let (now, open) = now.await;
    if now.is_none_or(|now| of_comment(&now) != facts) || status == StatusCode::TOO_MANY_REQUESTS {
        return;
    }
    if !open {
        assert!(!has(&page, &row.body_html), "{page}");
        return;
    }
    agrees(&answer["comment_view"], &facts);
    if row.is_hidden() {
        assert_eq!(answer["comment_view"]["comment"]["content"], "", "{facts}");
        assert!(!has(&page, &row.body_html), "{page}");
        return;
    }
    assert_eq!(page_status, StatusCode::OK, "{facts}");
    assert_eq!(
        page.contains("Speaks for the group"),
        row.distinguished,
        "{page}"
    );
}

fn agrees(view: &Value, facts: &Value) {
    for (part, fields) in facts.as_object().unwrap() {
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&view[part][name], value, "{part}.{name} of {view}");
        }
    }
}

/// Whether a page has these words; few of them may be there by chance.
fn has(page: &str, html: &str) -> bool {
    html.len() > 20 && page.contains(html)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

async fn ask(at: &Instance, call: &str) -> (StatusCode, Value) {
    let url = format!("{}api/v3/{call}", at.url);
    let response = http().get(url).send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn page(at: &Instance, path: &str) -> (StatusCode, String) {
    let request = http().get(format!("{}{path}", at.url));
    let response = request.header("accept", "text/html").send().await.unwrap();
    let status = response.status();
    (status, response.text().await.unwrap())
}
