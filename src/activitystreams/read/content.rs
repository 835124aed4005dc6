//! Contributions: pages, notes, articles, polls, events, videos, as far as a forum shows them.

use serde_json::Value;
use url::Url;

use super::activity::{Addressing, read_addressing};
use super::attached;
use super::collection::{FirstPage, read_first};
use super::error::ReadError;
use super::event::{EventDoc, event};
use super::object::Around;
use super::poll::{PollDoc, poll};
use super::value::{
    Class, boolean, field, many, optional_url, required_url, text, text_in, time, url_of,
};
use crate::activitystreams::{ImageRef, Mention};
use crate::domain::extras::{Attachment, Emoji};
use crate::domain::house::host_of;
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
    /// The collection of all that stands under it, answers to answers among it (PeerTube's films).
    pub comments: Option<FirstPage>,
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
    /// Attached sounds, films and files.
    pub media: Vec<Attachment>,
    pub emoji: Vec<Emoji>,
    pub poll: Option<PollDoc>,
    pub event: Option<EventDoc>,
    pub sensitive: bool,
    /// As far as it says.
    pub comments_enabled: Option<bool>,
    /// A language tag (BCP 47).
    pub language: Option<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub mentions: Vec<Mention>,
    /// Whom it mentions by `@name@host` alone.
    pub mentioned_names: Vec<String>,
    /// Without `#`.
    pub hashtags: Vec<String>,
    /// Spoken as a moderator (Lemmy).
    pub distinguished: bool,
}

impl Content {
    /// A vote in a poll, as Mastodon's kind sends it: a note that has a name and no text. Gives the
    /// poll's id and the answer.
    pub fn ballot(&self) -> Option<(&Url, &str)> {
        let poll = self.in_reply_to.as_ref()?;
        let answer = self.name.as_deref()?;
        let wordless = self.html.is_none() && self.source_markdown.is_none();
        (self.kind == ContentKind::Note && wordless && self.images.is_empty())
            .then_some((poll, answer))
    }

    /// A translation for those who know pages only, of a poll or event that stands at its id
    /// (Coppice sends these).
    pub fn is_translation(&self) -> bool {
        self.kind == ContentKind::Page && (self.poll.is_some() || self.event.is_some())
    }
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
        addressing.unstated = false;
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
    let language = language(value);
    let said = |name: &str, map: &str| text_in(value, name, map, language.as_deref());
    let html = said("content", "contentMap");
    let media_type = text(value, "mediaType").map(|t| bare_media_type(&t));
    // Of polls and events the source is all that their author wrote, even when that is nothing: the content
    // of ours also tells the title, or date and place.
    let says_more = matches!(kind, ContentKind::Question | ContentKind::Event);
    let own_words = says_more.then(|| source_as_written(value)).flatten();
    let source_markdown = own_words.or_else(|| source_markdown(value));
    let source_markdown = source_markdown.or_else(|| match media_type.as_deref() {
        Some("text/markdown") => html.clone(),
        _ => None,
    });
    let page = attached::page_url(value);
    let link = attached::link(value);
    // Lotide and Friendica write what a page links to where others write the page itself.
    let (url, link) = match (page, link) {
        (Some(page), None) if kind == ContentKind::Page && !same_site(&page, &id) => {
            (None, Some(page))
        }
        found => found,
    };
    Ok(Content {
        id,
        kind,
        attributed_to,
        addressing,
        in_reply_to: parent(value)?,
        context: optional_url(value, "context"),
        replies: read_first(value, "replies"),
        comments: read_first(value, "comments"),
        name: said("name", "nameMap"),
        summary: said("summary", "summaryMap"),
        html,
        media_type,
        source_markdown,
        url,
        link,
        image: attached::widest_image(value, "image")
            .or_else(|| attached::widest_image(value, "icon"))
            // A picture that was posted by itself.
            .or_else(|| {
                (kind == ContentKind::Image).then(|| attached::widest_image(value, "url"))?
            }),
        images: attached::images(value),
        media: attached::media(value),
        emoji: attached::emoji(value),
        poll: match kind {
            ContentKind::Question | ContentKind::Page => poll(value),
            _ => None,
        },
        event: match kind {
            ContentKind::Event | ContentKind::Page => event(value),
            _ => None,
        },
        sensitive: boolean(value, "sensitive").unwrap_or(false),
        // Mobilizon says of comments that are only moderated that they are not enabled.
        comments_enabled: match text(value, "repliesModerationOption") {
            Some(option) => Some(option != "closed"),
            None => boolean(value, "commentsEnabled"),
        },
        language,
        published: time(value, "published"),
        updated: time(value, "updated"),
        mentions: attached::mentions(value),
        mentioned_names: attached::mentioned_names(value),
        hashtags: attached::hashtags(value),
        distinguished: boolean(value, "distinguished").unwrap_or(false),
    })
}

/// What it answers. An answer to what has no usable address is none that we could place: without its parent
/// it would begin a thread.
fn parent(value: &Value) -> Result<Option<Url>, ReadError> {
    let stated = many(value, "inReplyTo").iter().any(|parent| match parent {
        Value::String(text) => !text.trim().is_empty(),
        Value::Bool(_) | Value::Null => false,
        _ => true,
    });
    match optional_url(value, "inReplyTo") {
        None if stated => required_url(value, "inReplyTo").map(Some),
        parent => Ok(parent),
    }
}

/// Whether two addresses are of one host, or one host is within the other's domain.
fn same_site(one: &Url, other: &Url) -> bool {
    let (Some(a), Some(b)) = (host_of(one), host_of(other)) else {
        return false;
    };
    let within = |inner: &str, outer: &str| {
        inner
            .strip_suffix(outer)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    a == b || within(&a, &b) || within(&b, &a)
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

/// As [`source_markdown`], though it be empty.
fn source_as_written(value: &Value) -> Option<String> {
    let source = field(value, "source")?;
    let media_type = bare_media_type(&text(source, "mediaType")?);
    let markdown = field(source, "content")?.as_str()?;
    (media_type == "text/markdown").then(|| markdown.to_owned())
}

fn bare_media_type(text: &str) -> String {
    let bare = text.split(';').next().unwrap_or(text);
    bare.trim().to_ascii_lowercase()
}

/// From Lemmy's and PeerTube's `language`, Mobilizon's `inLanguage`, or the entry of `contentMap` (else
/// of `nameMap` or `summaryMap`) that is the only one, or is what the plain member says.
fn language(value: &Value) -> Option<String> {
    let named = field(value, "language").and_then(|l| text(l, "identifier"));
    let mapped = |name: &str, map: &str| {
        let languages = field(value, map)?.as_object()?;
        if languages.len() == 1 {
            return languages.keys().next().cloned();
        }
        let plain = text(value, name)?;
        let same = |said: &Value| said.as_str() == Some(&plain);
        languages
            .iter()
            .find(|(_, said)| same(said))
            .map(|(tag, _)| tag.clone())
    };
    let tag = named
        .or_else(|| text(value, "language"))
        .or_else(|| text(value, "inLanguage"))
        .or_else(|| mapped("content", "contentMap"))
        .or_else(|| mapped("name", "nameMap"))
        .or_else(|| mapped("summary", "summaryMap"))?;
    let is_tag = tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (is_tag && !tag.is_empty() && tag != "und").then_some(tag)
}
