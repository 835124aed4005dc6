//! What hangs on a text: what covers it, pictures in a gallery, films and sounds by link, custom emoji, hashtags.

use maud::{Markup, PreEscaped, html};

use crate::domain::extras::{Attachment, AttachmentKind, Extras};
use crate::domain::html::{text_with_emoji, with_emoji};

/// A text from its stored, safe HTML, with the emoji that its sender means.
pub fn text(html: &str, extras: &Extras) -> Markup {
    PreEscaped(with_emoji(html, &extras.emoji))
}

/// A line of plain text with its emoji.
pub fn line(words: &str, extras: &Extras) -> Markup {
    PreEscaped(text_with_emoji(words, &extras.emoji))
}

/// What is shown only to who asks for it, under the words that say why. Works without JavaScript.
pub fn covered(extras: &Extras, sensitive: bool, body: Markup) -> Markup {
    match &extras.warning {
        Some(warning) if sensitive || extras.covered => html! {
            details.cover { summary { strong dir="auto" { (line(warning, extras)) } span.hint { " — show it" } } div.stack { (body) } }
        },
        // A subject, as Pleroma has them: said before the text, which is not covered.
        Some(subject) => html! { p { strong dir="auto" { (line(subject, extras)) } } (body) },
        None if sensitive || extras.covered => html! {
            details.cover { summary { "Sensitive content: show it" } div.stack { (body) } }
        },
        None => body,
    }
}

/// Pictures side by side, each with its description; other files as links.
pub fn attachments(extras: &Extras) -> Markup {
    let files = extras.attachments.iter();
    let files = files.filter(|file| file.kind != AttachmentKind::Picture);
    html! {
        @if extras.pictures().next().is_some() {
            ul.gallery { @for picture in extras.pictures() { li { (figure(&picture.url, picture.alt.as_deref())) } } }
        }
        @for file in files { p { (file_link(file)) } }
    }
}

/// Each leads to what else carries it here.
pub fn hashtags(extras: &Extras) -> Markup {
    html! {
        @if !extras.hashtags.is_empty() {
            ul.hashtags aria-label="Hashtags" {
                @for tag in &extras.hashtags { li { a href=(search_for(tag)) rel="tag" dir="auto" { "#" (tag) } } }
            }
        }
    }
}

fn search_for(tag: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", &format!("#{tag}"));
    format!("/search?{}", query.finish())
}

/// A picture that leads to itself in full, described for those who cannot see it.
pub fn figure(url: &str, alt: Option<&str>) -> Markup {
    html! {
        figure {
            a href=(url) { img src=(url) alt=(alt.unwrap_or_default()) loading="lazy" decoding="async" referrerpolicy="no-referrer"; }
            @if let Some(alt) = alt { figcaption.hint dir="auto" { (alt) } }
        }
    }
}

fn file_link(file: &Attachment) -> Markup {
    let word = match file.kind {
        AttachmentKind::Video => "Video",
        AttachmentKind::Audio => "Sound",
        AttachmentKind::Picture | AttachmentKind::Other => "File",
    };
    html! {
        a href=(file.url) rel="nofollow noopener ugc" referrerpolicy="no-referrer" {
            (word) @if let Some(alt) = &file.alt { ": " span dir="auto" { (alt) } }
        }
    }
}
