//! Markdown of members turned into safe HTML, and the mentions and hashtags in it. Pure.

mod bounds;
mod hashtag;
mod mention;

use std::collections::HashSet;
use std::ops::Range;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Node, Options, format_html, parse_document};
use url::Url;

use super::extras::{ALT_MAX, ATTACHMENTS_MAX};
use super::html::{SafeHtml, sanitise};
use super::text::one_line;

pub use mention::Mention;

/// More mentions in one text are spam: the rest stays plain text and notifies nobody.
pub const MAX_MENTIONS: usize = 20;

/// comrak's search for bare e-mail addresses calls itself once per address and exhausts the stack
/// at some thousands; a text with more `@` than this has no bare links.
const MAX_AT_SIGNS: usize = 100;

/// CommonMark with tables, strikethrough and bare links. HTML in it is shown as it was typed.
/// Input beyond `BODY_MAX` characters is cut off, and hostile nesting is flattened first.
pub fn render(markdown: &str) -> SafeHtml {
    render_with_mentions(markdown, &|_| None)
}

/// Like [`render`]; each mention for which `resolve` knows a page becomes a link to it, marked
/// as Mastodon marks them: `<span class="h-card"><a class="u-url mention">@<span>name</span></a></span>`.
pub fn render_with_mentions(markdown: &str, resolve: &dyn Fn(&Mention) -> Option<Url>) -> SafeHtml {
    render_linked(markdown, &|word| match word {
        Word::Mention(mention) => resolve(mention),
        Word::Hashtag(_) => None,
    })
}

/// What may be a link though it was not written as one.
#[derive(Clone, Copy, Debug)]
pub enum Word<'a> {
    Mention(&'a Mention),
    /// Without its `#`.
    Hashtag(&'a str),
}

/// Like [`render_with_mentions`], with hashtags as well: `<a class="mention hashtag">#<span>tag</span></a>`.
pub fn render_linked(markdown: &str, resolve: &dyn Fn(Word<'_>) -> Option<Url>) -> SafeHtml {
    let arena = Arena::new();
    let options = options(markdown);
    let root = parse(&arena, markdown, &options);
    let mut budget = Budget {
        mentions: MAX_MENTIONS,
        hashtags: hashtag::MAX,
    };
    for node in texts(root) {
        let text = text_of(node);
        let mut done = 0;
        for (range, link) in words_linked(&text, resolve, &mut budget) {
            let before = NodeValue::Text(text[done..range.start].to_owned().into());
            node.insert_before(arena.alloc(AstNode::from(before)));
            node.insert_before(arena.alloc(AstNode::from(NodeValue::Raw(link))));
            done = range.end;
        }
        if done > 0 {
            node.data_mut().value = NodeValue::Text(text[done..].to_owned().into());
        }
    }
    let mut html = String::new();
    match format_html(root, &options, &mut html) {
        Ok(()) => sanitise(&html),
        // Writing into a String cannot fail; were it to, nothing is shown rather than something unsafe.
        Err(std::fmt::Error) => SafeHtml::default(),
    }
}

/// How many more become links.
struct Budget {
    mentions: usize,
    hashtags: usize,
}

/// Where links go into a text, in order, and their HTML.
fn words_linked(
    text: &str,
    resolve: &dyn Fn(Word<'_>) -> Option<Url>,
    budget: &mut Budget,
) -> Vec<(Range<usize>, String)> {
    let mut links = Vec::new();
    for found in mention::find(text) {
        if budget.mentions == 0 {
            break;
        }
        if let Some(url) = resolve(Word::Mention(&found.mention)) {
            budget.mentions -= 1;
            let link = mention::link(&text[found.range.clone()], &url);
            links.push((found.range, link));
        }
    }
    for (tag, range) in hashtag::find(text) {
        if budget.hashtags == 0 {
            break;
        }
        if let Some(url) = resolve(Word::Hashtag(tag)) {
            budget.hashtags -= 1;
            links.push((range, hashtag::link(tag, &url)));
        }
    }
    // Neither begins within the other.
    links.sort_unstable_by_key(|(range, _)| range.start);
    links
}

/// Whom a text addresses, in order and each once, at most `MAX_MENTIONS`; nothing in code or in
/// the text of links counts.
pub fn mentions(markdown: &str) -> Vec<Mention> {
    let arena = Arena::new();
    let root = parse(&arena, markdown, &options(markdown));
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for node in texts(root) {
        for found in mention::find(&text_of(node)) {
            if all.len() == MAX_MENTIONS {
                return all;
            }
            if seen.insert(found.mention.key()) {
                all.push(found.mention);
            }
        }
    }
    all
}

/// The pictures of a text that lie on the web, with what is said of them.
pub fn pictures(markdown: &str) -> Vec<(Url, Option<String>)> {
    if !markdown.contains("![") {
        return Vec::new();
    }
    let arena = Arena::new();
    let root = parse(&arena, markdown, &options(markdown));
    let picture = |node: Node<'_>| {
        let url: Url = match &node.data().value {
            NodeValue::Image(link) => link.url.parse().ok()?,
            _ => return None,
        };
        let words: String = node.descendants().map(text_of).collect();
        let alt = Some(one_line(&words, ALT_MAX)).filter(|alt| !alt.is_empty());
        matches!(url.scheme(), "http" | "https").then_some((url, alt))
    };
    root.descendants()
        .filter_map(picture)
        .take(ATTACHMENTS_MAX)
        .collect()
}

/// The hashtags of a text without their `#`, in order and each once, as first written.
pub fn hashtags(markdown: &str) -> Vec<String> {
    if !markdown.contains('#') {
        return Vec::new();
    }
    let arena = Arena::new();
    let root = parse(&arena, markdown, &options(markdown));
    let mut all: Vec<String> = Vec::new();
    for node in texts(root) {
        for (tag, _) in hashtag::find(&text_of(node)) {
            if all.len() == hashtag::MAX {
                return all;
            }
            if !all
                .iter()
                .any(|known| known.to_lowercase() == tag.to_lowercase())
            {
                all.push(tag.to_owned());
            }
        }
    }
    all
}

/// The beginning of a text in one plain line, for lists, notifications and page descriptions.
pub fn preview_text(markdown: &str, max_chars: usize) -> String {
    one_line(
        &render(markdown).to_text(max_chars.saturating_add(1)),
        max_chars,
    )
}

fn options(markdown: &str) -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = markdown.matches('@').count() <= MAX_AT_SIGNS;
    options.render.escape = true;
    options
}

fn parse<'a>(arena: &'a Arena<'a>, markdown: &str, options: &Options<'_>) -> Node<'a> {
    let root = parse_document(arena, &bounds::flatten(markdown), options);
    undo_email_links(root);
    root
}

/// `@name@host.org` reads as `@` and an e-mail address to the link finder: puts it together again.
fn undo_email_links(root: Node<'_>) {
    let links: Vec<Node<'_>> = root
        .descendants()
        .filter(|node| matches!(node.data().value, NodeValue::Link(_)))
        .collect();
    for link in links {
        let Some(before) = link.previous_sibling() else {
            continue;
        };
        let Some(address) = bare_email(link) else {
            continue;
        };
        if !mention::is_sigil_at_end(&text_of(before)) {
            continue;
        }
        let mut address = address;
        link.detach();
        if let Some(after) = before.next_sibling()
            && matches!(after.data().value, NodeValue::Text(_))
        {
            address.push_str(&text_of(after));
            after.detach();
        }
        if let Some(text) = before.data_mut().value.text_mut() {
            text.to_mut().push_str(&address);
        }
    }
}

/// The address, when a link is a bare e-mail address as typed.
fn bare_email(link: Node<'_>) -> Option<String> {
    let data = link.data();
    let NodeValue::Link(target) = &data.value else {
        return None;
    };
    let address = target.url.strip_prefix("mailto:")?;
    let child = link.first_child().filter(|c| c.next_sibling().is_none())?;
    (text_of(child) == address).then(|| address.to_owned())
}

/// The text nodes outside links and pictures, in order.
fn texts<'a>(root: Node<'a>) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        match node.data().value {
            NodeValue::Text(_) => found.push(node),
            NodeValue::Link(_) | NodeValue::Image(_) => {}
            _ => stack.extend(node.reverse_children()),
        }
    }
    found
}

fn text_of(node: Node<'_>) -> String {
    let data = node.data();
    data.value
        .text()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
