//! HTML of strangers made safe to show: an allow-list, and a type that proves it was applied. Pure.

mod emoji;
mod excerpt;
mod links;
mod page;
mod scan;
mod tidy;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::limits::HTML_MAX_BYTES;

pub(in crate::domain) use emoji::escape;
pub use emoji::{text_with_emoji, with_emoji};
pub use excerpt::{
    GroupName, source_of, strip_leading_mentions, title_and_rest, to_text, without_mentions,
};
pub use links::activity_alternate;
pub use page::{PageInfo, decode_page, page_info};

/// HTML that passed the allow-list and may stand in a page as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Plain text with entities decoded and blocks on lines of their own, at most `max_chars`
    /// characters (an over-long one ends in `…`).
    pub fn to_text(&self, max_chars: usize) -> String {
        excerpt::text_of(&self.0, max_chars)
    }
}

impl maud::Render for SafeHtml {
    fn render_to(&self, buffer: &mut String) {
        maud::PreEscaped(&self.0).render_to(buffer);
    }
}

/// Every element that survives. Pictures become links, containers become paragraphs (`tidy`).
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Attributes that are looked at; the allow-list says on which elements and with which values.
const ATTRIBUTES: &[&str] = &["align", "class", "href", "start"];

/// The classes by which Mastodon and its kind mark mentions, hashtags and shortened links.
const CLASSES: &[&str] = &[
    "ellipsis",
    "h-card",
    "hashtag",
    "invisible",
    "mention",
    "u-url",
];

static ALLOW_LIST: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |words: &[&'static str]| words.iter().copied().collect::<HashSet<_>>();
    let align = HashMap::from([("align", set(&["left", "center", "right"]))]);
    let mut builder = Builder::empty();
    builder
        .tags(set(ELEMENTS))
        .clean_content_tags(set(&["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", set(&["href"])),
            ("ol", set(&["start"])),
        ]))
        .tag_attribute_values(HashMap::from([("td", align.clone()), ("th", align)]))
        .allowed_classes(HashMap::from([("a", set(CLASSES)), ("span", set(CLASSES))]))
        .url_schemes(set(&["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener ugc"))
        .attribute_filter(|_, attribute, value| match attribute {
            "start" if value.parse::<u32>().is_err() => None,
            "class" if value.trim().is_empty() => None,
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// Keeps what text needs (paragraphs, headings, lists, tables, quotes, code, emphasis, http(s)
/// and mailto links) and drops everything else: scripts, styles, ids, forms, frames, SVG, MathML.
/// A picture becomes a link to it. Input beyond `HTML_MAX_BYTES` is cut off; the work is linear.
pub fn sanitise(html: &str) -> SafeHtml {
    let cut = html.floor_char_boundary(HTML_MAX_BYTES);
    SafeHtml(ALLOW_LIST.clean(&tidy::tidy(&html[..cut])).to_string())
}

/// Where the links in a text lead, as far as they are written in it.
pub fn links(html: &str) -> Vec<String> {
    let href = |token| match token {
        scan::Token::Open(tag) if tag.name == "a" => {
            tag.attribute("href").map(|href| href.replace("&amp;", "&"))
        }
        _ => None,
    };
    scan::scan(html).filter_map(href).collect()
}

#[cfg(test)]
mod tests;
