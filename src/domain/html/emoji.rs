//! Custom emoji: `:shortcode:` in a text shown as the picture its sender means by it.

use std::collections::HashMap;

use super::scan::{Token, scan};
use crate::domain::extras::Emoji;

/// Safe HTML, with the pictures of these emoji in its text (not within code).
pub fn with_emoji(html: &str, emoji: &[Emoji]) -> String {
    if emoji.is_empty() {
        return html.to_owned();
    }
    let known = known(emoji);
    let mut shown = String::with_capacity(html.len());
    let mut verbatim = 0_usize;
    for token in scan(html) {
        match &token {
            Token::Open(tag) if is_verbatim(&tag.name) => verbatim += 1,
            Token::Close { name, .. } if is_verbatim(name) => {
                verbatim = verbatim.saturating_sub(1);
            }
            Token::Text(text) if verbatim == 0 => {
                replace(text, &known, &mut shown);
                continue;
            }
            _ => {}
        }
        shown.push_str(token.source());
    }
    shown
}

/// Plain text as HTML, with the pictures of these emoji.
pub fn text_with_emoji(text: &str, emoji: &[Emoji]) -> String {
    let mut shown = String::new();
    replace(&escape(text), &known(emoji), &mut shown);
    shown
}

fn known(emoji: &[Emoji]) -> HashMap<&str, &str> {
    let pairs = emoji
        .iter()
        .map(|one| (one.shortcode.as_str(), one.url.as_str()));
    pairs.collect()
}

fn is_verbatim(name: &str) -> bool {
    matches!(name, "code" | "pre")
}

fn replace(text: &str, known: &HashMap<&str, &str>, shown: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let code = from[1..].split(':').next().unwrap_or_default();
        let closed = from[1 + code.len()..].starts_with(':');
        match known.get(code).filter(|_| closed) {
            Some(url) => {
                let (code, url) = (escape(code), escape(url));
                shown.push_str(&format!(
                    "<img class=\"emoji\" src=\"{url}\" alt=\":{code}:\" title=\":{code}:\" width=\"20\" height=\"20\" loading=\"lazy\" decoding=\"async\" referrerpolicy=\"no-referrer\">"
                ));
                rest = &from[code.len() + 2..];
            }
            None => {
                shown.push(':');
                rest = &from[1..];
            }
        }
    }
    shown.push_str(rest);
}

pub(in crate::domain) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_in_text_become_pictures_and_nothing_else_does() {
        let emoji = [Emoji {
            shortcode: "blob_cat".into(),
            url: "https://a.example/cat.png?a=1&b=\"2".into(),
        }];
        let html = "<p>Hi :blob_cat: at 10:30:15 :other: <a href=\"https://a.example/:blob_cat:\">x</a></p><pre><code>:blob_cat:</code></pre>";
        let shown = with_emoji(html, &emoji);
        assert_eq!(shown.matches("<img ").count(), 1, "{shown}");
        assert!(shown.contains("alt=\":blob_cat:\""));
        assert!(shown.contains("src=\"https://a.example/cat.png?a=1&amp;b=&quot;2\""));
        assert!(shown.contains("10:30:15 :other:") && shown.contains("<code>:blob_cat:</code>"));
        assert_eq!(
            text_with_emoji("<b> :blob_cat:", &emoji)
                .matches("<img ")
                .count(),
            1
        );
        assert!(text_with_emoji("<b> :blob_cat:", &emoji).starts_with("&lt;b&gt; <img"));
        assert_eq!(with_emoji(html, &[]), html);
    }
}
