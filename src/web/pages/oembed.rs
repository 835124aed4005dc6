//! oEmbed: a thread or a reply as a quotation that other sites show, without any script.

use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Serialize;
use url::Url;

use super::Asked;
use crate::app::App;
use crate::community::{CommunityError, Missing};
use crate::domain::html::to_text;
use crate::store::actors::ActorBrief;
use crate::store::audience::{self, Audience};
use crate::store::views;
use crate::store::{Tx, site};
use crate::web::errors::Failure;

/// Pixels; a narrower one is made where `maxwidth` asks for it.
const WIDTH: u32 = 600;
const EXCERPT: usize = 500;
/// Seconds.
const CACHE: u32 = 3_600;

/// The members of an answer of type `rich`, in the order of the specification.
#[derive(Serialize)]
struct Embed {
    version: &'static str,
    r#type: &'static str,
    title: String,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    /// As high as its text makes it.
    height: Option<u32>,
}

pub async fn show(State(app): State<App>, asked: Asked) -> Result<Response, Failure> {
    let format = asked.text("format");
    if !matches!(format, "" | "json" | "xml") {
        return Ok(plain(
            StatusCode::NOT_IMPLEMENTED,
            "There are JSON and XML only.",
        ));
    }
    if asked.text("url").is_empty() {
        return Ok(plain(
            StatusCode::BAD_REQUEST,
            "Say which page: url is missing.",
        ));
    }
    let nowhere = || plain(StatusCode::NOT_FOUND, "There is no such thread here.");
    let Some(page) = Url::parse(asked.text("url"))
        .ok()
        .filter(|url| url.origin() == app.settings.public_url.url().origin())
    else {
        return Ok(nowhere());
    };
    let width = match asked.text("maxwidth").parse::<u32>() {
        Ok(max) => WIDTH.min(max.max(1)),
        Err(_) => WIDTH,
    };
    let found = app.store.read(move |tx| embed(tx, &page, width)).await;
    let embed = match found {
        Ok(embed) => embed,
        Err(CommunityError::Missing(_)) => return Ok(nowhere()),
        Err(error) => return Err(error.into()),
    };
    let (kind, body) = if format == "xml" {
        ("text/xml; charset=utf-8", as_xml(&embed))
    } else {
        let json = serde_json::to_string(&embed).map_err(|e| Failure::broken(&e))?;
        ("application/json; charset=utf-8", json)
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    Ok((headers, body).into_response())
}

fn plain(status: StatusCode, words: &'static str) -> Response {
    (status, words).into_response()
}

/// Asked for by another site, which may see what every visitor sees and nothing more.
fn embed(tx: &mut Tx<'_>, page: &Url, width: u32) -> Result<Embed, CommunityError> {
    let path: Vec<&str> = page.path().trim_matches('/').split('/').collect();
    let (post, comment) = match path.as_slice() {
        ["post", id] => (id.parse().map_err(|_| Missing::Post)?, None),
        ["comment", id] => {
            let id = id.parse().map_err(|_| Missing::Comment)?;
            let found = audience::comment(tx.conn, Audience::Visitor, id)?;
            let (row, _) = found.ok_or(Missing::Comment)?;
            if row.is_hidden() {
                return Err(Missing::Comment.into());
            }
            (row.post_id, Some(row))
        }
        _ => return Err(Missing::Post.into()),
    };
    let row = audience::post(tx.conn, Audience::Visitor, post)?.filter(|row| !row.is_hidden());
    let thread = views::post(tx.conn, row.ok_or(Missing::Post)?, None)?;
    let (title, sensitive) = (thread.post.title.clone(), thread.post.sensitive);
    let (author, body, path) = match comment {
        None => (
            thread.author,
            thread.post.body_html,
            format!("/post/{post}"),
        ),
        Some(row) => {
            let view = views::comment(tx.conn, row, None)?;
            let path = format!("/comment/{}", view.comment.id);
            (view.author, view.comment.body_html, path)
        }
    };
    let words = if sensitive {
        String::new()
    } else {
        to_text(&body, EXCERPT)
    };
    let here = tx.house.address.at(&path);
    Ok(Embed {
        version: "1.0",
        r#type: "rich",
        html: quotation(&here, &title, &words, &author, &thread.group),
        title,
        author_name: author.title().to_owned(),
        author_url: author.url.clone(),
        provider_name: site::get(tx.conn)?.name,
        provider_url: tx.house.address.site().to_string(),
        cache_age: CACHE,
        width,
        height: None,
    })
}

fn quotation(
    here: &Url,
    title: &str,
    words: &str,
    author: &ActorBrief,
    group: &ActorBrief,
) -> String {
    html! {
        blockquote cite=(here) {
            p { strong { a href=(here) { (title) } } }
            @if !words.is_empty() { p { (words) } }
            p { "— " (author.title()) " (@" (author.full_handle()) ") in " (group.title()) }
        }
    }
    .into_string()
}

fn as_xml(embed: &Embed) -> String {
    let fields = [
        ("version", embed.version.to_owned()),
        ("type", embed.r#type.to_owned()),
        ("title", embed.title.clone()),
        ("author_name", embed.author_name.clone()),
        ("author_url", embed.author_url.clone()),
        ("provider_name", embed.provider_name.clone()),
        ("provider_url", embed.provider_url.clone()),
        ("cache_age", embed.cache_age.to_string()),
        ("html", embed.html.clone()),
        ("width", embed.width.to_string()),
    ];
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<oembed>\n");
    for (name, value) in fields {
        // Escaped as HTML is, which XML reads alike.
        let value = html! { (value) }.into_string();
        xml.push_str(&format!("  <{name}>{value}</{name}>\n"));
    }
    xml.push_str("</oembed>\n");
    xml
}
