//! Finds `@name`, `@name@host` and `!name@host` in plain text.

use std::ops::Range;

use url::Url;

use crate::domain::html::escape;

/// Longer names are not found on any server.
const NAME_MAX: usize = 64;
/// RFC 1035, and a port.
const HOST_MAX: usize = 253 + 6;

/// Somebody addressed in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// As typed; compare without regard to case.
    pub name: String,
    /// In lower case, with a port if one was typed; none stands for this server.
    pub host: Option<String>,
    /// Written with `!`, as Lemmy writes groups (`@` may address a group as well).
    pub group: bool,
}

impl Mention {
    pub(super) fn key(&self) -> (String, Option<String>) {
        (self.name.to_lowercase(), self.host.clone())
    }
}

pub(super) struct Found {
    pub mention: Mention,
    pub range: Range<usize>,
}

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for (at, sigil) in text.match_indices(['@', '!']) {
        let done = all.last().map_or(0, |found| found.range.end);
        if at >= done && may_precede(&text[..at]) {
            all.extend(mention_at(text, at, sigil == "!"));
        }
    }
    all
}

/// Whether a text ends in an `@` or `!` that may begin a mention.
pub(super) fn is_sigil_at_end(text: &str) -> bool {
    text.strip_suffix(['@', '!']).is_some_and(may_precede)
}

/// The link for a mention as typed.
pub(super) fn link(typed: &str, url: &Url) -> String {
    let (sigil, name) = typed.split_at(1);
    let href = escape(url.as_str());
    format!(
        "<span class=\"h-card\"><a href=\"{href}\" class=\"u-url mention\">{sigil}<span>{}</span></a></span>",
        escape(name)
    )
}

/// Not inside an address, a path or a word.
fn may_precede(before: &str) -> bool {
    let last = before.chars().next_back();
    !last.is_some_and(|c| c.is_alphanumeric() || "@!/\\._-=&?#%+".contains(c))
}

fn mention_at(text: &str, at: usize, group: bool) -> Option<Found> {
    let rest = &text[at + 1..];
    let word = word(rest, NAME_MAX, |c| {
        c.is_ascii_alphanumeric() || "_.-".contains(c)
    });
    if word.starts_with(['.', '-']) {
        return None;
    }
    let host = rest[word.len()..]
        .strip_prefix('@')
        .map(host)
        .filter(|host| !host.is_empty());
    let (name, length) = match host {
        Some(host) => (word, word.len() + 1 + host.len()),
        None => {
            let name = word.trim_end_matches(['.', '-']);
            (name, name.len())
        }
    };
    let end = at + 1 + length;
    // `@scope/package` and names that go on in other letters address nobody.
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '/' | '@' | '_');
    let local_only = host.is_none() && (group || text[end..].starts_with(goes_on));
    if name.is_empty() || local_only {
        return None;
    }
    Some(Found {
        mention: Mention {
            name: name.to_owned(),
            host: host.map(str::to_lowercase),
            group,
        },
        range: at..end,
    })
}

fn host(text: &str) -> &str {
    let name = word(text, HOST_MAX, |c| c.is_alphanumeric() || ".-".contains(c))
        .trim_end_matches(['.', '-']);
    if name.is_empty() || name.starts_with(['.', '-']) || name.contains("..") {
        return "";
    }
    let port = text[name.len()..].strip_prefix(':').map(|port| {
        let digits = word(port, 5, |c| c.is_ascii_digit());
        if digits.is_empty() {
            0
        } else {
            1 + digits.len()
        }
    });
    &text[..name.len() + port.unwrap_or(0)]
}

/// The characters at the start of `text` that fit; nothing if there are more than `max` of them.
fn word(text: &str, max: usize, fits: impl Fn(char) -> bool) -> &str {
    let mut length = 0;
    for (count, c) in text.chars().take_while(|c| fits(*c)).enumerate() {
        if count == max {
            return "";
        }
        length += c.len_utf8();
    }
    &text[..length]
}
