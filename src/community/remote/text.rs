//! The text of a thread or comment from elsewhere, out of whichever form its server writes.

use url::Url;

use super::WireError;
use crate::activitystreams::{Content, ContentKind};
use crate::community::threads::Picture;
use crate::domain::html::{self, SafeHtml};
use crate::domain::limits::{BODY_MAX, TITLE_MAX};
use crate::domain::markdown;
use crate::domain::text::one_line;
use crate::store::actors::ActorRow;

pub(super) struct ThreadText {
    pub title: String,
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub link: Option<String>,
    pub image: Option<Picture>,
}

/// Title, text, link and picture of a thread, from whichever of the forms peers send.
pub(super) fn thread_text(content: &Content, group: &ActorRow) -> Result<ThreadText, WireError> {
    let (title, body) = match content
        .name
        .as_deref()
        .map(|name| one_line(name, TITLE_MAX))
    {
        Some(title) if !title.is_empty() => (title, body(content)),
        _ => {
            let html = content.html.clone().unwrap_or_default();
            let group_url = group.ap_id.parse().ok();
            let (first, rest) = html::title_and_rest(&html, &group.name, group_url.as_ref());
            // A content warning says best what a toot is about.
            match content
                .summary
                .as_deref()
                .map(|text| one_line(text, TITLE_MAX))
            {
                Some(warning) if !warning.is_empty() => (warning, body(content)),
                _ => (first, rest),
            }
        }
    };
    let title = if title.is_empty() {
        match content.image.as_ref().or(content.images.first()) {
            Some(picture) => picture
                .alt
                .as_deref()
                .map(|alt| one_line(alt, TITLE_MAX))
                .filter(|alt| !alt.is_empty())
                .unwrap_or_else(|| "A picture".to_owned()),
            None => return Err(WireError::refused("it has neither title nor text")),
        }
    } else {
        title
    };
    let is_page = matches!(
        content.kind,
        ContentKind::Page | ContentKind::Note | ContentKind::Question
    );
    // Videos, events and articles are read where they live.
    let page = content.url.as_ref().filter(|_| !is_page);
    let image = content.images.first().or(content.image.as_ref());
    Ok(ThreadText {
        title,
        body_markdown: markdown_source(content),
        body_html: body.into_string(),
        link: content.link.as_ref().or(page).map(Url::to_string),
        image: image.map(|image| Picture {
            url: image.url.clone(),
            alt: image.alt.as_deref().map(|alt| one_line(alt, 1_500)),
        }),
    })
}

pub(super) fn markdown_source(content: &Content) -> Option<String> {
    content
        .source_markdown
        .clone()
        .filter(|source| !source.is_empty() && source.chars().count() <= BODY_MAX)
}

fn body(content: &Content) -> SafeHtml {
    let is_html = !matches!(
        content.media_type.as_deref(),
        Some("text/markdown" | "text/plain")
    );
    match (&content.html, &content.source_markdown) {
        (Some(html), _) if is_html => html::sanitise(html),
        (_, Some(source)) => markdown::render(source),
        (Some(text), None) => markdown::render(text),
        (None, None) => SafeHtml::default(),
    }
}

pub(super) fn comment_html(content: &Content) -> Result<String, WireError> {
    let mut html = body(content);
    if content.source_markdown.is_none() {
        html = html::strip_leading_mentions(&html);
    }
    let mut text = html.into_string();
    for image in content.image.iter().chain(&content.images).take(8) {
        let alt = image.alt.as_deref().unwrap_or("Picture");
        let label: String = one_line(alt, 200).replace(['[', ']'], "");
        text.push_str(markdown::render(&format!("[{label}](<{}>)", image.url)).as_str());
    }
    if text.is_empty() {
        return Err(WireError::refused("it has no text"));
    }
    Ok(text)
}

/// Markdown and HTML of a private message. That it names whom it is for goes without saying.
pub fn private_text(content: &Content) -> Result<(Option<String>, String), WireError> {
    Ok((markdown_source(content), comment_html(content)?))
}
