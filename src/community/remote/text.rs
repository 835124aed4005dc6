//! The text of a thread or comment from elsewhere, out of whichever form its server writes.

use url::Url;

use super::WireError;
use crate::activitystreams::{Content, ContentKind};
use crate::community::threads::Picture;
use crate::domain::extras::ALT_MAX;
use crate::domain::html::{self, GroupName, SafeHtml};
use crate::domain::limits::{BODY_MAX, TITLE_MAX};
use crate::domain::markdown;
use crate::domain::poll::OPTION_MAX;
use crate::domain::text::one_line;
use crate::store::actors::ActorRow;

pub(super) struct ThreadText {
    pub title: String,
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub link: Option<String>,
    pub image: Option<Picture>,
}

/// Title, text, link and picture of a thread, from whichever of the forms peers send. `groups`: those it is
/// put into, whose mentions only say so.
pub(super) fn thread_text(content: &Content, groups: &[ActorRow]) -> Result<ThreadText, WireError> {
    let (title, body) = match content
        .name
        .as_deref()
        .map(|name| one_line(&html::to_text(name, TITLE_MAX + 1), TITLE_MAX))
    {
        Some(title) if !title.is_empty() => (title, body(content)),
        _ => {
            let urls: Vec<(&str, Url)> = groups.iter().flat_map(named).collect();
            let names: Vec<GroupName<'_>> = urls
                .iter()
                .map(|(name, url)| GroupName {
                    name,
                    url: Some(url),
                })
                .collect();
            let html = content.html.clone().unwrap_or_default();
            // A content warning says best what a toot is about.
            match content
                .summary
                .as_deref()
                .map(|text| one_line(&html::to_text(text, TITLE_MAX + 1), TITLE_MAX))
            {
                Some(warning) if !warning.is_empty() => {
                    (warning, html::without_mentions(&html, &names))
                }
                _ => html::title_and_rest(&html, &names),
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
    let image = content.images.first().or(content.image.as_ref());
    // Videos, events and articles are read where they live.
    let page = content.url.as_ref().filter(|_| !speaks_of_itself(content));
    let page = page.filter(|page| image.is_none_or(|image| image.url != **page));
    Ok(ThreadText {
        title,
        body_markdown: markdown_source(content),
        body_html: body.into_string(),
        link: content.link.as_ref().or(page).map(Url::to_string),
        image: image.map(|image| Picture {
            url: image.url.clone(),
            alt: image.alt.as_deref().map(|alt| one_line(alt, ALT_MAX)),
        }),
    })
}

/// A group by its id and by its page: texts link to either.
fn named(group: &ActorRow) -> impl Iterator<Item = (&str, Url)> {
    let urls = [&group.ap_id, &group.url];
    urls.into_iter()
        .filter_map(|url| Some((group.name.as_str(), url.parse().ok()?)))
}

pub(super) fn markdown_source(content: &Content) -> Option<String> {
    content
        .source_markdown
        .clone()
        .filter(|source| !source.is_empty() && source.chars().count() <= BODY_MAX)
}

fn body(content: &Content) -> SafeHtml {
    // Ours say more in the content of a poll or event than their author wrote.
    if let (ContentKind::Question | ContentKind::Event, Some(source)) =
        (content.kind, &content.source_markdown)
    {
        return markdown::render(source);
    }
    let is_html = !matches!(
        content.media_type.as_deref(),
        Some("text/markdown" | "text/plain")
    );
    match (&content.html, &content.source_markdown) {
        (Some(html), _) if is_html => html::sanitise(html),
        (_, Some(source)) => markdown::render(source),
        (Some(text), None) => markdown::render(text),
        (None, None) => excerpt(content),
    }
}

/// Some events and articles say in a summary all that they say.
fn excerpt(content: &Content) -> SafeHtml {
    let summary = content.summary.as_deref();
    let summary = summary.filter(|_| !speaks_of_itself(content));
    summary.map(html::sanitise).unwrap_or_default()
}

/// It is read where it is shown, and its summary is no excerpt of it.
fn speaks_of_itself(content: &Content) -> bool {
    matches!(
        content.kind,
        ContentKind::Page | ContentKind::Note | ContentKind::Question
    )
}

pub(super) fn comment_html(content: &Content) -> Result<String, WireError> {
    let mut html = body(content);
    if content.source_markdown.is_none() {
        html = html::strip_leading_mentions(&html);
    }
    let mut text = html.into_string();
    // A poll within a conversation is told in words: its author's server has the votes.
    if let Some(poll) = &content.poll {
        for option in &poll.options {
            let line = one_line(&option.name, OPTION_MAX);
            text.push_str(html::sanitise(&format!("<ul><li>{}</li></ul>", escape(&line))).as_str());
        }
    }
    let carries = !(content.images.is_empty() && content.media.is_empty());
    if carries && (text.is_empty() || names_only(&text)) {
        return Ok(String::new());
    }
    if text.is_empty() {
        return Err(WireError::refused("it has no text"));
    }
    Ok(text)
}

/// Whom it is for, and nothing else, as microblogs write above a picture without words.
fn names_only(html: &str) -> bool {
    let text = html::to_text(html, BODY_MAX);
    text.split_whitespace().all(|word| word.starts_with('@'))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Markdown and HTML of a private message. That it names whom it is for goes without saying.
pub fn private_text(content: &Content) -> Result<(Option<String>, String), WireError> {
    Ok((markdown_source(content), comment_html(content)?))
}
