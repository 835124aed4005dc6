//! What is read out of safe HTML: its plain text, a reply without its address, a title and the rest.

use url::Url;

use super::scan::{Tag, Token, scan};
use super::{SafeHtml, sanitise};
use crate::domain::limits::TITLE_MAX;
use crate::domain::text::one_line;

/// Plain text of any HTML, safe or not. See [`SafeHtml::to_text`].
pub fn to_text(html: &str, max_chars: usize) -> String {
    sanitise(html).to_text(max_chars)
}

/// What somebody changes a text from: the Markdown it was written in, or else what its HTML says.
pub fn source_of(markdown: Option<&str>, html: &str, max_chars: usize) -> String {
    match markdown {
        Some(markdown) => markdown.to_owned(),
        None => to_text(html, max_chars),
    }
}

/// Reads sanitised HTML, in which only the five entities of `decode` occur.
pub(super) fn text_of(html: &str, max_chars: usize) -> String {
    let mut text = String::new();
    let mut count = 0;
    let mut preformatted = false;
    let (mut space, mut newline) = (false, false);
    for token in scan(html) {
        match &token {
            Token::Text(_) => {}
            Token::Open(Tag { name, .. }) | Token::Close { name, .. } => {
                match name.as_str() {
                    "td" | "th" => space = true,
                    name if is_inline(name) => {}
                    _ => newline = true,
                }
                if name == "pre" {
                    preformatted = token.opens("pre");
                }
                continue;
            }
        }
        for c in decode(token.source()).chars() {
            if c == '\n' && preformatted {
                newline = true;
            } else if c.is_whitespace() && !(preformatted && c == ' ' && !newline) {
                space = true;
            } else {
                let gap = match (text.is_empty(), newline, space) {
                    (true, ..) | (_, false, false) => None,
                    (_, true, _) => Some('\n'),
                    _ => Some(' '),
                };
                for c in gap.into_iter().chain([c]) {
                    text.push(c);
                    count += 1;
                }
                (space, newline) = (false, false);
                if count > max_chars {
                    return shorten(&text, max_chars);
                }
            }
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn shorten(text: &str, max_chars: usize) -> String {
    let Some(kept) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let mut short: String = text.chars().take(kept).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "code" | "del" | "em" | "i" | "s" | "span" | "strong" | "sub" | "sup"
    )
}

/// The entities that sanitised HTML is written with.
fn decode(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{A0}")
        .replace("&amp;", "&")
}

/// Drops the mentions a reply begins with: Mastodon and its kind put the people addressed in
/// front of the text, where the thread already shows whom it answers. A text that is nothing but
/// mentions stays as it is.
pub fn strip_leading_mentions(html: &SafeHtml) -> SafeHtml {
    let tokens: Vec<Token<'_>> = scan(html.as_str()).collect();
    let mut at = skip_space(&tokens, 0);
    let mut head = "";
    if let Some(token) = tokens.get(at).filter(|token| token.opens("p")) {
        head = token.source();
        at = skip_space(&tokens, at + 1);
    }
    let start = at;
    while let Some(mention) = mention_at(&tokens, at) {
        at = skip_space(&tokens, mention.end);
    }
    if at == start {
        return html.clone();
    }
    if !head.is_empty() && tokens.get(at).is_some_and(|token| token.closes("p")) {
        (head, at) = ("", at + 1);
    }
    while tokens.get(at).is_some_and(|token| token.opens("br")) {
        at = skip_space(&tokens, at + 1);
    }
    let mut rest = head.to_owned();
    for (index, token) in tokens[at..].iter().enumerate() {
        let source = token.source();
        rest.push_str(if index == 0 {
            source.trim_start()
        } else {
            source
        });
    }
    // Whole elements were cut out of safe HTML: what is left is still safe.
    let rest = SafeHtml(rest);
    if rest.to_text(1).is_empty() {
        html.clone()
    } else {
        rest
    }
}

/// A group as texts name it.
#[derive(Clone, Copy, Debug)]
pub struct GroupName<'a> {
    pub name: &'a str,
    /// Its page or id; with it, an equal name on another host is left.
    pub url: Option<&'a Url>,
}

/// Takes the mentions of these groups out of a text, wherever they stand; others stay.
pub fn without_mentions(html: &str, groups: &[GroupName<'_>]) -> SafeHtml {
    let safe = sanitise(html);
    without_edges(&cut_mentions(safe.as_str(), groups))
}

fn cut_mentions(html: &str, groups: &[GroupName<'_>]) -> String {
    let all: Vec<Token<'_>> = scan(html).collect();
    let of_group = |mention: &Mention| groups.iter().any(|g| mention.is_of(g.name, g.url));
    let mut kept = String::with_capacity(html.len());
    let mut at = 0;
    while let Some(token) = all.get(at) {
        match mention_at(&all, at).or_else(|| plain_link(&all, at)) {
            Some(mention) if of_group(&mention) => {
                // Friendica writes the `@` or `!` before the link.
                if kept.ends_with(['@', '!']) {
                    kept.pop();
                }
                at = mention.end;
            }
            _ => {
                match token {
                    Token::Text(text) => kept.push_str(&cut_written(text, groups)),
                    other => kept.push_str(other.source()),
                }
                at += 1;
            }
        }
    }
    kept
}

/// A link without a class that names a mention, as Misskey and plain clients write it.
fn plain_link(tokens: &[Token<'_>], at: usize) -> Option<Mention> {
    let mention = any_link(tokens, at)?;
    mention
        .text
        .trim()
        .starts_with(['@', '!'])
        .then_some(mention)
}

/// `@name@host` and `!name@host` of these groups out of plain text.
fn cut_written(text: &str, groups: &[GroupName<'_>]) -> String {
    let mut kept = text.to_owned();
    for group in groups {
        let Some(host) = group.url.and_then(Url::host_str) else {
            continue;
        };
        let port = group.url.and_then(Url::port);
        let host = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        for sigil in ['@', '!'] {
            let written = format!("{sigil}{}@{host}", group.name).to_lowercase();
            while let Some(start) = kept.to_ascii_lowercase().find(&written) {
                let end = start + written.len();
                let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '@');
                if kept[..start].ends_with(inside) || kept[end..].starts_with(inside) {
                    break;
                }
                kept.replace_range(start..end, "");
            }
        }
    }
    kept
}

/// Makes a thread of a microblog post that mentions groups: its title (at most `TITLE_MAX` characters,
/// plain text) and the text that remains.
///
/// The groups' mentions are taken out wherever they stand. The title is the first line; when that is too
/// long, its first sentence, or what fits of it up to the end of a word, and then the whole text remains
/// so that nothing is lost. Without any text the title is empty.
pub fn title_and_rest(html: &str, groups: &[GroupName<'_>]) -> (String, SafeHtml) {
    let safe = sanitise(html);
    let cut = cut_mentions(safe.as_str(), groups);
    let all: Vec<Token<'_>> = scan(&cut).collect();
    let tokens: Vec<&Token<'_>> = all.iter().collect();
    let sources = |tokens: &[&Token<'_>]| tokens.iter().map(|t| t.source()).collect::<String>();
    let (open, end) = first_line(&tokens);
    let line = one_line(&text_of(&sources(&tokens[..end]), usize::MAX), usize::MAX);
    if line.chars().count() > TITLE_MAX {
        return (headline(&line), without_edges(&cut));
    }
    let rest = open + &sources(&tokens[end..]);
    (line, without_edges(&rest))
}

/// The start tags that are open after the first line, and the index of the token after it.
fn first_line(tokens: &[&Token<'_>]) -> (String, usize) {
    let mut open: Vec<&Tag<'_>> = Vec::new();
    let mut has_text = false;
    for (at, token) in tokens.iter().enumerate() {
        let sources = |open: &[&Tag<'_>]| open.iter().map(|tag| tag.source).collect::<String>();
        match token {
            Token::Text(text) => has_text |= !decode(text).trim().is_empty(),
            Token::Open(tag) if is_inline(&tag.name) => open.push(tag),
            Token::Open(tag) => {
                if has_text {
                    let skip = usize::from(tag.name == "br");
                    return (sources(&open), at + skip);
                }
                if tag.name != "br" && tag.name != "hr" {
                    open.push(tag);
                }
            }
            Token::Close { name, .. } => {
                open.pop();
                if has_text && !is_inline(name) {
                    return (sources(&open), at + 1);
                }
            }
        }
    }
    (String::new(), tokens.len())
}

/// A first sentence that makes a title by itself, or the words that fit.
fn headline(line: &str) -> String {
    const SHORTEST_SENTENCE: usize = 20;
    let fits: String = line.chars().take(TITLE_MAX).collect();
    let sentence = fits
        .match_indices(['.', '!', '?', '。'])
        .map(|(at, stop)| at + stop.len())
        .find(|end| {
            let ends = fits[*end..].starts_with(' ') || fits[..*end].ends_with('。');
            ends && fits[..*end].chars().count() >= SHORTEST_SENTENCE
        });
    if let Some(end) = sentence {
        return fits[..end].to_owned();
    }
    let room: String = line.chars().take(TITLE_MAX - 1).collect();
    let whole_words = room.rfind(' ').filter(|at| *at > room.len() / 2);
    let words = &room[..whole_words.unwrap_or(room.len())];
    format!("{}…", words.trim_end_matches([' ', ',', ';', ':']))
}

/// Without the empty elements and line breaks that taking something out leaves at the beginning
/// and without empty paragraphs at the end.
fn without_edges(html: &str) -> SafeHtml {
    let safe = sanitise(html);
    let tokens: Vec<Token<'_>> = scan(safe.as_str()).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut begun = false;
    for token in &tokens {
        match token {
            Token::Text(text) if decode(text).trim().is_empty() && !begun => {}
            Token::Text(text) if !begun => {
                begun = true;
                kept.push(text.trim_start());
            }
            Token::Open(tag) if matches!(tag.name.as_str(), "br" | "hr") && !begun => {}
            Token::Close { .. } if !begun => {
                kept.pop();
            }
            other => kept.push(other.source()),
        }
    }
    let mut html = kept.concat();
    loop {
        let trimmed = html.trim_end();
        let trimmed = trimmed.strip_suffix("<p></p>").unwrap_or(trimmed);
        if trimmed.len() == html.len() {
            return SafeHtml(html);
        }
        html.truncate(trimmed.len());
    }
}

struct Mention {
    /// Index of the token after it.
    end: usize,
    href: Option<Url>,
    /// As shown: `@name` or `@name@host`.
    text: String,
}

impl Mention {
    fn is_of(&self, group: &str, url: Option<&Url>) -> bool {
        if let (Some(href), Some(url)) = (&self.href, url)
            && href == url
        {
            return true;
        }
        let shown = self.text.trim().trim_start_matches(['@', '!']);
        let (name, host) = match shown.split_once('@') {
            Some((name, host)) => (name, Some(host)),
            None => (shown, None),
        };
        let there = url.and_then(Url::host_str);
        let same_host = |host: Option<&str>| match (host, there) {
            (Some(host), Some(there)) => host.eq_ignore_ascii_case(there),
            _ => true,
        };
        name.eq_ignore_ascii_case(group)
            && same_host(host.and_then(|host| host.split(':').next()))
            && same_host(self.href.as_ref().and_then(Url::host_str))
    }
}

/// The mention that begins at this token: `<a class="mention">`, alone or in `<span class="h-card">`.
fn mention_at(tokens: &[Token<'_>], at: usize) -> Option<Mention> {
    match tokens.get(at)? {
        Token::Open(tag) if tag.name == "span" && tag.has_class("h-card") => {
            let mut mention = link_mention(tokens, skip_space(tokens, at + 1))?;
            mention.end = skip_space(tokens, mention.end);
            tokens.get(mention.end).filter(|t| t.closes("span"))?;
            mention.end += 1;
            Some(mention)
        }
        _ => link_mention(tokens, at),
    }
}

fn link_mention(tokens: &[Token<'_>], at: usize) -> Option<Mention> {
    let Token::Open(tag) = tokens.get(at)? else {
        return None;
    };
    if !tag.has_class("mention") || tag.has_class("hashtag") {
        return None;
    }
    any_link(tokens, at)
}

fn any_link(tokens: &[Token<'_>], at: usize) -> Option<Mention> {
    let Token::Open(tag) = tokens.get(at)? else {
        return None;
    };
    if tag.name != "a" {
        return None;
    }
    let length = tokens[at..].iter().position(|token| token.closes("a"))?;
    let inside = &tokens[at + 1..at + length];
    let text = inside.iter().map(|token| match token {
        Token::Text(text) => decode(text),
        _ => String::new(),
    });
    let href = tag.attribute("href");
    Some(Mention {
        end: at + length + 1,
        href: href.and_then(|href| Url::parse(&decode(href)).ok()),
        text: text.collect(),
    })
}

fn skip_space(tokens: &[Token<'_>], from: usize) -> usize {
    let blank = |token: &&Token<'_>| matches!(token, Token::Text(t) if decode(t).trim().is_empty());
    from + tokens
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(blank)
        .count()
}
