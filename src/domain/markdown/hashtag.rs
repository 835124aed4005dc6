//! Finds `#words` in plain text.

use std::ops::Range;

use url::Url;

use crate::domain::extras::HASHTAG_MAX;
use crate::domain::html::escape;

/// More of them in one text are noise.
pub const MAX: usize = 20;

/// The link for a hashtag, given without its `#`, marked as Mastodon marks them.
pub(super) fn link(tag: &str, url: &Url) -> String {
    let (href, tag) = (escape(url.as_str()), escape(tag));
    format!("<a href=\"{href}\" class=\"mention hashtag\">#<span>{tag}</span></a>")
}

/// Without their `#`, and where they stand with it. A number alone (`#1`) is none, nor is what stands within a word or an address.
pub(super) fn find(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    text.match_indices('#').filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "/&#._-=?".contains(c)) {
            return None;
        }
        let rest = &text[at + 1..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let is_tag = word.chars().any(char::is_alphabetic) && word.chars().count() <= HASHTAG_MAX;
        is_tag.then_some((word, at..at + 1 + end))
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::markdown::hashtags;

    #[test]
    fn hashtags_are_words_and_no_headings_numbers_or_addresses() {
        let text = "# Heading\n\n#Wolle und (#Garn), Nr. #1, #wolle, a#b, `#code`, https://a.example/#part";
        assert_eq!(hashtags(text), ["Wolle", "Garn"]);
    }
}
