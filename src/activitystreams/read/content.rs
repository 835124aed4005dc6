//! Contributions: pages, notes, articles, polls, events, videos, as far as a forum shows them.

use serde_json::Value;
use url::Url;

use super::activity::{Addressing, read_addressing};
use super::attached;
use super::collection::{FirstPage, read_first};
use super::error::ReadError;
use super::object::Around;
use super::value::{
    Class, boolean, field, many, optional_url, required_url, text, text_or_map, time, url_of,
};
use crate::activitystreams::{ImageRef, Mention};
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentKind {
    Page,
    Note,
    Article,
    Question,
    Event,
    Video,
    Audio,
    Image,
    Document,
    /// A private message of Pleroma and of Lemmy before 1.0.
    ChatMessage,
    /// A type we have no word for, with the members that every object has.
    Other,
}

/// An object somebody wrote. All of it is the sender's claim: origin is for the caller to check, HTML
/// is not yet sanitised, texts may hold anything but NUL.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    pub id: Url,
    pub kind: ContentKind,
    /// Never empty; persons stand before groups (PeerTube, Mobilizon).
    pub attributed_to: Vec<Url>,
    pub addressing: Addressing,
    pub in_reply_to: Option<Url>,
    /// The conversation: with some servers a collection of all of it (FEP-7888), with others just a mark.
    pub context: Option<Url>,
    /// The collection of what answers it.
    pub replies: Option<FirstPage>,
    pub name: Option<String>,
    /// A content warning on a Note, an excerpt on an Article.
    pub summary: Option<String>,
    /// The body: HTML, unless `media_type` says `text/markdown` (PeerTube) or `text/plain`.
    pub html: Option<String>,
    /// In lower case, without parameters.
    pub media_type: Option<String>,
    /// The Markdown the body was made from, or the body itself where that is Markdown.
    pub source_markdown: Option<String>,
    /// The page for people.
    pub url: Option<Url>,
    /// What a thread links to.
    pub link: Option<Url>,
    /// The thumbnail or preview picture.
    pub image: Option<ImageRef>,
    /// Attached pictures.
    pub images: Vec<ImageRef>,
    pub sensitive: bool,
    /// True unless the sender says otherwise.
    pub comments_enabled: bool,
    /// A language tag (BCP 47).
    pub language: Option<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub mentions: Vec<Mention>,
    /// Without `#`.
    pub hashtags: Vec<String>,
    /// Spoken as a moderator (Lemmy).
    pub distinguished: bool,
}

/// `around` lends its actor and audience to an object that states neither.
pub(super) fn content(
    value: &Value,
    kind: ContentKind,
    around: Option<Around<'_>>,
) -> Result<Content, ReadError> {
    let id = required_url(value, "id")?;
    let mut attributed_to = authors(value);
    let mut addressing = read_addressing(value);
    if let Some(around) = around {
        if attributed_to.is_empty() {
            attributed_to.push(around.actor.clone());
        }
        if addressing.to.is_empty() && addressing.cc.is_empty() {
            addressing.to.clone_from(&around.addressing.to);
            addressing.cc.clone_from(&around.addressing.cc);
        }
    }
    if attributed_to.is_empty() {
        return Err(ReadError::Missing {
            field: "attributedTo",
        });
    }
    let html = text_or_map(value, "content", "contentMap");
    let media_type = text(value, "mediaType").map(|t| bare_media_type(&t));
    let source_markdown = source_markdown(value).or_else(|| match media_type.as_deref() {
        Some("text/markdown") => html.clone(),
        _ => None,
    });
    Ok(Content {
        id,
        kind,
        attributed_to,
        addressing,
        in_reply_to: optional_url(value, "inReplyTo"),
        context: optional_url(value, "context"),
        replies: read_first(value, "replies"),
        name: text_or_map(value, "name", "nameMap"),
        summary: text_or_map(value, "summary", "summaryMap"),
        html,
        media_type,
        source_markdown,
        url: attached::page_url(value),
        link: attached::link(value),
        image: attached::widest_image(value, "image")
            .or_else(|| attached::widest_image(value, "icon")),
        images: attached::images(value),
        sensitive: boolean(value, "sensitive").unwrap_or(false),
        comments_enabled: boolean(value, "commentsEnabled").unwrap_or(true),
        language: language(value),
        published: time(value, "published"),
        updated: time(value, "updated"),
        mentions: attached::mentions(value),
        hashtags: attached::hashtags(value),
        distinguished: boolean(value, "distinguished").unwrap_or(false),
    })
}

/// Persons, then whoever has no type, then groups. Mobilizon writes the group into `attributedTo` and
/// the person into `actor`, so an `actor` comes first.
fn authors(value: &Value) -> Vec<Url> {
    let rank = |author: &Value| match Class::of(author) {
        Some(Class::Actor(ActorKind::Person)) => 0,
        Some(Class::Actor(ActorKind::Group)) => 2,
        _ => 1,
    };
    let authors = many(value, "attributedTo").iter();
    let mut ranked: Vec<_> = authors
        .filter_map(|author| Some((rank(author), url_of(author)?)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut authors: Vec<Url> = ranked.into_iter().map(|(_, url)| url).collect();
    if let Some(actor) = optional_url(value, "actor") {
        authors.retain(|author| *author != actor);
        authors.insert(0, actor);
    }
    authors
}

/// Only a `source` that says it is Markdown: Pleroma's bare strings may be in any markup.
pub(super) fn source_markdown(value: &Value) -> Option<String> {
    let source = field(value, "source")?;
    let media_type = bare_media_type(&text(source, "mediaType")?);
    let markdown = text(source, "content")?;
    (media_type == "text/markdown").then_some(markdown)
}

fn bare_media_type(text: &str) -> String {
    let bare = text.split(';').next().unwrap_or(text);
    bare.trim().to_ascii_lowercase()
}

/// From Lemmy's and PeerTube's `language`, Mobilizon's `inLanguage`, or a `contentMap` of one language.
fn language(value: &Value) -> Option<String> {
    let named = field(value, "language").and_then(|l| text(l, "identifier"));
    let only = || {
        let languages = field(value, "contentMap")?.as_object()?;
        let mut tags = languages.keys();
        tags.next().filter(|_| languages.len() == 1).cloned()
    };
    let tag = named
        .or_else(|| text(value, "language"))
        .or_else(|| text(value, "inLanguage"))
        .or_else(only)?;
    let is_tag = tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (is_tag && tag != "und").then_some(tag)
}
