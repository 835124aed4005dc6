//! What a thread carries beside its text (poll, event, warning, pictures, hashtags), in the words of the wire and from
//! the words of the wire.

use std::collections::HashSet;

use url::Url;

use super::text;
use crate::activitystreams::{
    Content, ContentKind, EventOut, Form, ImageRef, PollOut, Special, event_words, poll_words,
};
use crate::domain::event::{NewEvent, PLACE_MAX, Zone};
use crate::domain::extras::{
    ALT_MAX, ATTACHMENTS_MAX, Attachment, AttachmentKind, EMOJI_MAX, Extras, HASHTAG_MAX,
    HASHTAGS_MAX, WARNING_MAX, warning as warning_of,
};
use crate::domain::html;
use crate::domain::ids::PostId;
use crate::domain::markdown;
use crate::domain::text::one_line;
use crate::store::events::EventRow;
use crate::store::polls::Poll;
use crate::store::posts::PostRow;
use crate::store::views::More;
use crate::store::{StoreError, Tx, events, extras, polls};

/// Who asks for a thread's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Any,
    /// Shows title and `summary` of what is no note, and nothing of its content.
    Mastodon,
    /// Knows pages, and fails at a `Question` or at an `Event`.
    Pages,
    /// Knows articles and notes, and nothing else.
    Discourse,
    /// Shows no links beside the text, and reads what answers a post only by what is inside its document.
    GoToSocial,
    /// Knows polls, and of events its own alone: at any other it fails halfway.
    PieFed,
}

pub(crate) fn is_discourse(user_agent: &str) -> bool {
    user_agent.starts_with("Discourse-ActivityPub/")
}

impl Reader {
    /// By what a request says its sender is.
    pub fn of(user_agent: &str) -> Reader {
        if user_agent.contains("Mastodon/") {
            Reader::Mastodon
        } else if user_agent.starts_with("Lemmy/") || user_agent.starts_with("NodeBB/") {
            Reader::Pages
        } else if is_discourse(user_agent) {
            Reader::Discourse
        } else if user_agent.starts_with("gotosocial/") {
            Reader::GoToSocial
        } else if user_agent.starts_with("PieFed/") {
            Reader::PieFed
        } else {
            Reader::Any
        }
    }

    pub(super) fn form(self, carried: &Special) -> Form {
        match self {
            Reader::PieFed if carried.event.is_some() => Form::Page,
            Reader::Any | Reader::Mastodon | Reader::PieFed | Reader::GoToSocial => Form::Native,
            Reader::Pages => Form::Page,
            Reader::Discourse => Form::Article,
        }
    }
}

/// Characters of the text that Mastodon gets to show below the title.
const EXCERPT: usize = 500;

/// Whatever stands beside a thread's text.
pub(super) fn of(tx: &mut Tx<'_>, row: &PostRow, reader: Reader) -> Result<Special, StoreError> {
    let extras = extras::get(tx.conn, row.id.0)?;
    let poll = polls::get(tx.conn, row.id, None)?;
    let event = events::get(tx.conn, row.id)?;
    let event = event.as_ref().map(event_out);
    let first = row.image_url.as_deref();
    let pictures = extras.pictures().filter(|p| Some(p.url.as_str()) != first);
    let picture = |p: &Attachment| {
        Some(ImageRef {
            url: p.url.parse().ok()?,
            alt: p.alt.clone(),
        })
    };
    let excerpt = match reader == Reader::Mastodon {
        true => excerpt(row, event.as_ref()),
        false => None,
    };
    Ok(Special {
        warning: extras.warning.clone(),
        excerpt,
        pictures: pictures.filter_map(picture).collect(),
        hashtags: text::hashtags(&tx.house.address, row.body_markdown.as_deref()),
        poll: poll.map(|poll| poll_out(&poll, poll.is_closed(tx.now))),
        event,
    })
}

fn excerpt(row: &PostRow, event: Option<&EventOut>) -> Option<String> {
    let words = event.map(|event| {
        let html = markdown::render(&event_words(event));
        html.to_text(EXCERPT)
    });
    let text = Some(html::to_text(&row.body_html, EXCERPT)).filter(|text| !text.is_empty());
    // A link goes with the text: of a page Mastodon shows its own address alone.
    let parts = [words, text, row.link.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(parts.join("\n\n")).filter(|all| !all.is_empty())
}

pub(super) fn poll_out(poll: &Poll, closed: bool) -> PollOut {
    let shown = closed || !poll.row.hides_results;
    PollOut {
        multiple: poll.row.multiple,
        options: poll
            .options
            .iter()
            .map(|option| (option.name.clone(), Some(option.votes).filter(|_| shown)))
            .collect(),
        ends: poll.row.ends,
        closed,
        voters: Some(poll.row.voters).filter(|_| shown),
    }
}

pub(super) fn event_out(row: &EventRow) -> EventOut {
    EventOut {
        starts: row.starts,
        ends: row.ends,
        timezone: Zone::or_utc(row.timezone.as_deref()),
        place: row.place.clone(),
        address: row.address.clone(),
        online_url: row.online_url.as_deref().and_then(|url| url.parse().ok()),
        cancelled: row.cancelled,
    }
}

/// The warning, pictures, sounds, emoji and hashtags of something from elsewhere.
pub(super) fn extras_of(content: &Content) -> Extras {
    // The summary of an article is an excerpt of it, and so it is with the pages of Mbin.
    let warns = match content.kind {
        ContentKind::Note | ContentKind::Question => true,
        ContentKind::Page => content.sensitive,
        _ => false,
    };
    let warning = content.summary.as_deref().filter(|_| warns);
    let warning = warning
        .and_then(|text| warning_of(&html::to_text(text, WARNING_MAX)))
        // Lotide says the title there once more.
        .filter(|text| content.name.as_deref() != Some(text));
    let described = |alt: Option<&String>| {
        let line = one_line(alt?, ALT_MAX);
        Some(line).filter(|line| !line.is_empty())
    };
    let pictures = content.images.iter().map(|image| Attachment {
        kind: AttachmentKind::Picture,
        url: image.url.to_string(),
        alt: described(image.alt.as_ref()),
    });
    let others = content.media.iter().map(|media| Attachment {
        alt: described(media.alt.as_ref()),
        ..media.clone()
    });
    Extras {
        warning,
        covered: content.sensitive,
        attachments: pictures.chain(others).take(ATTACHMENTS_MAX).collect(),
        emoji: content.emoji.iter().take(EMOJI_MAX).cloned().collect(),
        hashtags: hashtags_of(content),
    }
}

/// Each once, whatever its case.
fn hashtags_of(content: &Content) -> Vec<String> {
    let mut seen = HashSet::new();
    let tags = content
        .hashtags
        .iter()
        .map(|tag| one_line(tag, HASHTAG_MAX));
    tags.filter(|tag| tag.chars().any(char::is_alphanumeric) && seen.insert(tag.to_lowercase()))
        .take(HASHTAGS_MAX)
        .collect()
}

/// Keeps the event of a thread from elsewhere, or that it is none any more.
fn keep_event(tx: &mut Tx<'_>, post: PostId, content: &Content) -> Result<(), StoreError> {
    let Some(event) = &content.event else {
        return events::delete(tx.conn, post);
    };
    let line = |text: Option<&String>| {
        let line = one_line(text?, PLACE_MAX);
        Some(line).filter(|line| !line.is_empty())
    };
    let known_zone = |name: &String| Zone::parse(name).ok().map(|zone| zone.name().to_owned());
    events::set(
        tx.conn,
        &EventRow {
            post_id: post,
            starts: event.starts,
            ends: event.ends,
            timezone: event.timezone.as_ref().and_then(known_zone),
            place: line(event.place.as_ref()),
            address: line(event.address.as_ref()),
            online_url: event.online_url.as_ref().map(Url::to_string),
            cancelled: event.cancelled,
        },
    )
}

/// What stands before and after a thread's text for those who see the text alone.
pub fn words(row: &PostRow, more: &More) -> (Option<String>, Option<String>) {
    let before = more
        .event
        .as_ref()
        .map(|event| event_words(&event_out(event)));
    let page: Option<Url> = row.url.parse().ok();
    let after = more.poll.as_ref().zip(page);
    let after = after.map(|(poll, page)| poll_words(&poll_out(poll, poll.row.closed), &page));
    (before, after)
}

/// Puts a member's event under their thread.
pub(super) fn plan(tx: &mut Tx<'_>, post: PostId, new: &NewEvent) -> Result<(), StoreError> {
    events::set(
        tx.conn,
        &EventRow {
            post_id: post,
            starts: new.starts,
            ends: new.ends,
            timezone: Some(new.timezone.name().to_owned()),
            place: new.place.clone(),
            address: new.address.clone(),
            online_url: new.online_url.as_ref().map(|url| url.as_str().to_owned()),
            cancelled: new.cancelled,
        },
    )
}

/// Keeps whatever a thread from elsewhere carries, as its origin says it now.
pub(super) fn keep(tx: &mut Tx<'_>, post: PostId, content: &Content) -> Result<(), StoreError> {
    let mut extras = extras_of(content);
    // A single picture stands in the thread's own row.
    if let [only] = extras.attachments.as_slice()
        && only.kind == AttachmentKind::Picture
    {
        extras.attachments.clear();
    }
    extras.covered &= extras.warning.is_some();
    extras::set(tx.conn, post.0, &extras)?;
    super::polls::keep(tx, post, content.poll.as_ref())?;
    keep_event(tx, post, content)
}
