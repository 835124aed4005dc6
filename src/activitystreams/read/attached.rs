//! What hangs on an object: pictures, links, the page for people, mentions and hashtags.

use serde_json::Value;
use url::Url;

use super::event::online_attachment;
use super::value::{field, many, optional_url, parse_url, text, url_of};
use crate::activitystreams::{ImageRef, Mention, image_media_type};
use crate::domain::extras::{Attachment, AttachmentKind, Emoji};

/// A picture from a bare address or an object with a `url` (or `href`), itself of any shape.
fn image_ref(value: &Value) -> Option<ImageRef> {
    let from_object = || {
        let urls = many(value, "url").iter();
        urls.chain(many(value, "href")).find_map(media_url)
    };
    let url = if value.is_string() {
        media_url(value)
    } else {
        from_object()
    };
    Some(ImageRef {
        url: url?,
        alt: text(value, "name").or_else(|| text(value, "summary")),
    })
}

/// The address of a media file. WordPress escapes it as if it stood in HTML.
fn media_url(value: &Value) -> Option<Url> {
    let text = value.as_str().or_else(|| value.get("href")?.as_str())?;
    let plain = text.replace("&#038;", "&").replace("&amp;", "&");
    parse_url(&plain).ok()
}

/// The widest picture of a member that may hold several sizes; the first of equals.
pub(super) fn widest_image(object: &Value, name: &str) -> Option<ImageRef> {
    let mut best: Option<(u64, ImageRef)> = None;
    for entry in many(object, name) {
        let width = entry.get("width").and_then(Value::as_u64).unwrap_or(0);
        if best.as_ref().is_none_or(|(widest, _)| width > *widest)
            && let Some(image) = image_ref(entry)
        {
            best = Some((width, image));
        }
    }
    best.map(|(_, image)| image)
}

/// Attached pictures: `Image`, or `Document` (Mastodon, Pleroma, Mobilizon) of an image type.
pub(super) fn images(object: &Value) -> Vec<ImageRef> {
    let attachments = many(object, "attachment").iter();
    let image = |attachment: &Value| {
        let media_type = text(attachment, "mediaType");
        let image = image_ref(attachment)?;
        let is_image = match attachment.get("type")?.as_str()? {
            "Image" => true,
            "Document" => match media_type {
                Some(media_type) => media_type.starts_with("image/"),
                None => image_media_type(&image.url).is_some(),
            },
            _ => false,
        };
        is_image.then_some(image)
    };
    attachments.filter_map(image).collect()
}

/// Attached sounds, films and other files: what is neither picture nor link.
pub(super) fn media(object: &Value) -> Vec<Attachment> {
    let attachments = many(object, "attachment").iter();
    let read = |attachment: &Value| {
        let media_type = text(attachment, "mediaType").unwrap_or_default();
        let kind = match (
            attachment.get("type")?.as_str()?,
            media_type.split('/').next(),
        ) {
            ("Video", _) | ("Document", Some("video")) => AttachmentKind::Video,
            ("Audio", _) | ("Document", Some("audio")) => AttachmentKind::Audio,
            ("Document", Some("image")) => return None,
            ("Document", _) => AttachmentKind::Other,
            _ => return None,
        };
        let file = image_ref(attachment)?;
        let is_picture = kind == AttachmentKind::Other && image_media_type(&file.url).is_some();
        (!is_picture).then_some(Attachment {
            kind,
            url: file.url.into(),
            alt: file.alt,
        })
    };
    attachments.filter_map(read).collect()
}

/// Custom emoji with the pictures they stand for.
pub(super) fn emoji(object: &Value) -> Vec<Emoji> {
    let tags = many(object, "tag").iter();
    let read = |tag: &Value| {
        let name = text(tag, "name")?;
        let shortcode = name.trim().trim_matches(':').to_owned();
        let url = widest_image(tag, "icon")?.url;
        Emoji::is_shortcode(&shortcode).then(|| Emoji {
            shortcode,
            url: url.into(),
        })
    };
    tags.filter(|tag| is_type(tag, "Emoji"))
        .filter_map(read)
        .collect()
}

/// What the thread links to: its first `Link` attachment (Lemmy, PieFed, Mbin).
pub(super) fn link(object: &Value) -> Option<Url> {
    let attachments = many(object, "attachment").iter();
    // The address of an event is no link of its thread.
    let of_event = online_attachment(object).filter(|_| field(object, "startTime").is_some());
    let mut links = attachments
        .filter(|a| is_type(a, "Link") && !of_event.is_some_and(|one| std::ptr::eq(one, *a)));
    links.find_map(|a| optional_url(a, "href").or_else(|| optional_url(a, "url")))
}

/// The page for people: the `text/html` link, else a bare address, else a link of unstated type.
/// PeerTube lists streams and trackers beside it, which never count. Funkwhale says `mimeType`.
pub(super) fn page_url(object: &Value) -> Option<Url> {
    let entries = many(object, "url");
    let media_type = |v: &Value| {
        let stated = text(v, "mediaType").or_else(|| text(v, "mimeType"))?;
        Some(stated.to_ascii_lowercase())
    };
    let is_html = |v: &&Value| media_type(v).is_some_and(|t| t.starts_with("text/html"));
    let unstated =
        |v: &&Value| v.is_object() && media_type(v).is_none() && field(v, "rel").is_none();
    let html = entries.iter().filter(is_html).find_map(url_of);
    html.or_else(|| entries.iter().filter(|v| v.is_string()).find_map(url_of))
        .or_else(|| entries.iter().filter(unstated).find_map(url_of))
}

pub(super) fn mentions(object: &Value) -> Vec<Mention> {
    let tags = many(object, "tag").iter();
    let mentions = tags.filter(|tag| is_type(tag, "Mention"));
    let read = |tag: &Value| {
        Some(Mention {
            href: optional_url(tag, "href")?,
            name: text(tag, "name"),
        })
    };
    mentions.filter_map(read).collect()
}

/// The names of mentions that say no address.
pub(super) fn mentioned_names(object: &Value) -> Vec<String> {
    let tags = many(object, "tag").iter();
    tags.filter(|tag| is_type(tag, "Mention") && optional_url(tag, "href").is_none())
        .filter_map(|tag| text(tag, "name"))
        .collect()
}

/// Hashtags without their `#`, as written. What leads to the object itself is none: so Lemmy names the group
/// that a thread is in.
pub(super) fn hashtags(object: &Value) -> Vec<String> {
    let tags = many(object, "tag").iter();
    let id = optional_url(object, "id");
    let leads_here = |tag: &Value| id.is_some() && optional_url(tag, "href") == id;
    let names = tags.filter(|tag| is_type(tag, "Hashtag") && !leads_here(tag));
    let read = |tag: &Value| {
        let name = text(tag, "name")?;
        let bare = name.trim().trim_start_matches('#');
        (!bare.is_empty()).then(|| bare.to_owned())
    };
    names.filter_map(read).collect()
}

fn is_type(object: &Value, word: &str) -> bool {
    many(object, "type")
        .iter()
        .any(|t| t.as_str() == Some(word))
}
