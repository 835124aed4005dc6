//! What the head of a page says about other forms of itself.

use super::scan::{Token, scan};
use super::to_text;

/// Elements of a head looked at; no honest one has more.
const MAX_TOKENS: usize = 2_000;

/// The address of a page's ActivityStreams document, as its head names it.
pub fn activity_alternate(page: &str) -> Option<String> {
    let tokens = scan(page).take(MAX_TOKENS);
    let head = tokens.take_while(|token| !token.opens("body") && !token.closes("head"));
    head.filter_map(|token| match token {
        Token::Open(tag) if tag.name == "link" => Some(tag),
        _ => None,
    })
    .find(|tag| {
        let rel = tag.attribute("rel").unwrap_or_default();
        let kind = tag.attribute("type").unwrap_or_default().to_lowercase();
        let as2 = kind.starts_with("application/activity+json")
            || (kind.starts_with("application/ld+json")
                && kind.contains("www.w3.org/ns/activitystreams"));
        as2 && rel
            .split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("alternate"))
    })
    .and_then(|tag| tag.attribute("href"))
    // Entities are decoded as in a text.
    .map(|href| to_text(href, 2_048))
    .filter(|href| !href.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_page_is_found_in_its_head_and_nowhere_else() {
        let page = |head: &str, body: &str| {
            format!("<!doctype html><html><head>{head}</head><body>{body}</body></html>")
        };
        let link = r#"<LINK href="https://a.example/1?x=1&amp;y=2" type='application/activity+json' rel="nofollow Alternate">"#;
        assert_eq!(
            activity_alternate(&page(&format!("<title>x</title>{link}"), "")).as_deref(),
            Some("https://a.example/1?x=1&y=2")
        );
        assert_eq!(activity_alternate(&page("", link)), None);
        let feed = r#"<link rel="alternate" type="application/rss+xml" href="/feed">"#;
        assert_eq!(activity_alternate(&page(feed, "")), None);
        let hidden = format!("<script>{link}</script><!-- {link} -->");
        assert_eq!(activity_alternate(&page(&hidden, "")), None);
        let ld = r#"<link rel=alternate type='application/ld+json; profile="https://www.w3.org/ns/activitystreams"' href=/1>"#;
        assert_eq!(activity_alternate(&page(ld, "")).as_deref(), Some("/1"));
    }
}
