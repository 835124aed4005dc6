//! What a page of the web says of itself to those who link to it: title, description, picture, film.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use url::Url;

use super::scan::{Token, scan_with_titles};
use super::to_text;
use crate::domain::limits::LINK_MAX;
use crate::domain::text::one_line;

const TITLE_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 400;
/// Of a value so much is read, as it is written.
const VALUE_BYTES: usize = 8 * 1024;
/// Pieces of a page looked at: more than any head has.
const MAX_TOKENS: usize = 20_000;
/// A page names its encoding within so many bytes, says the HTML standard.
const PRESCAN: usize = 1_024;

/// Each one line of plain text, and addresses of the web.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageInfo {
    pub title: Option<String>,
    pub description: Option<String>,
    pub image: Option<Url>,
    pub video: Option<Url>,
}

/// The text of a page: a byte order mark tells its encoding, or the header, or the page itself; or else
/// it is UTF-8, or what came before that. What fits no encoding becomes `�`; nothing is refused.
pub fn decode_page(bytes: &[u8], content_type: &str) -> String {
    // A mark at the beginning goes before all of them: `decode` sees to that.
    let encoding = charset_parameter(content_type)
        .and_then(encoding_named)
        .or_else(|| named_within(bytes))
        .unwrap_or_else(|| guess(bytes));
    encoding.decode(bytes).0.into_owned()
}

/// What is cut off at its end may end within a character.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let utf_8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if utf_8 { UTF_8 } else { WINDOWS_1252 }
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let charset = name.trim().eq_ignore_ascii_case("charset");
        charset.then(|| value.trim().trim_matches(['"', '\'']))
    })
}

fn encoding_named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes())
}

fn named_within(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(PRESCAN)];
    // Tags are ASCII in every encoding in which this can be read at all.
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(start);
    let named = scan_with_titles(&text).find_map(|token| match token {
        Token::Open(tag) if tag.name == "meta" => {
            let label = tag.attribute("charset").map(str::to_owned);
            let kind = tag.attribute("http-equiv").unwrap_or_default();
            let content_type = kind.eq_ignore_ascii_case("content-type");
            let content = tag.attribute("content").filter(|_| content_type);
            label
                .or_else(|| content.and_then(charset_parameter).map(str::to_owned))
                .and_then(|label| encoding_named(&label))
        }
        _ => None,
    })?;
    // Were it in two bytes a character, this could not have been read.
    Some(match named {
        named if named == UTF_16LE || named == UTF_16BE => UTF_8,
        named => named,
    })
}

/// Values of one thing, the best at the front.
struct Best<const N: usize> {
    names: [&'static str; N],
    found: [Option<String>; N],
}

impl<const N: usize> Best<N> {
    fn new(names: [&'static str; N]) -> Self {
        Best {
            names,
            found: std::array::from_fn(|_| None),
        }
    }

    /// The first of each name counts.
    fn offer(&mut self, name: &str, value: &str) {
        let place = self.names.iter().position(|known| *known == name);
        if let Some(slot) = place.and_then(|place| self.found.get_mut(place))
            && slot.is_none()
            && !value.trim().is_empty()
        {
            let end = value.floor_char_boundary(VALUE_BYTES);
            *slot = Some(value[..end].to_owned());
        }
    }

    fn all(self) -> impl Iterator<Item = String> {
        self.found.into_iter().flatten()
    }
}

/// Open Graph first, then what others say; `base`: where the page lies. Tags below the head count as
/// well, as some pages have them there.
pub fn page_info(page: &str, base: &Url) -> PageInfo {
    let mut title = Best::new(["og:title", "twitter:title", "title"]);
    let mut description = Best::new(["og:description", "description", "twitter:description"]);
    let mut image = Best::new([
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ]);
    let mut video = Best::new(["og:video:secure_url", "og:video", "og:video:url"]);
    let mut titled = false;
    for token in scan_with_titles(page).take(MAX_TOKENS) {
        match token {
            Token::Open(tag) if tag.name == "meta" => {
                let name = tag.attribute("property").or_else(|| tag.attribute("name"));
                let content = tag.attribute("content");
                let (Some(name), Some(content)) = (name, content) else {
                    continue;
                };
                let name = name.trim().to_ascii_lowercase();
                title.offer(&name, content);
                description.offer(&name, content);
                image.offer(&name, content);
                video.offer(&name, content);
            }
            Token::Open(tag) => titled = tag.name == "title",
            Token::Text(text) if titled => title.offer("title", text),
            Token::Close { .. } => titled = false,
            Token::Text(_) => {}
        }
    }
    let address = |value: String| address(&value, base);
    PageInfo {
        title: title.all().find_map(|value| line(&value, TITLE_MAX)),
        description: description
            .all()
            .find_map(|value| line(&value, DESCRIPTION_MAX)),
        image: image.all().find_map(address),
        video: video.all().find_map(address),
    }
}

fn line(value: &str, max: usize) -> Option<String> {
    let text = one_line(&to_text(value, VALUE_BYTES), max);
    Some(text).filter(|text| !text.is_empty())
}

fn address(value: &str, base: &Url) -> Option<Url> {
    let text = to_text(value, VALUE_BYTES);
    let url = base.join(text.trim()).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let plain = url.username().is_empty() && url.password().is_none();
    (web && plain && url.as_str().len() <= LINK_MAX).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(page: &str) -> PageInfo {
        let base = Url::parse("https://news.example/2026/looms.html").unwrap();
        page_info(page, &base)
    }

    #[test]
    fn open_graph_goes_before_the_plain_tags_and_these_before_nothing() {
        let page = r#"<!doctype html><html><head>
            <TITLE>Looms &amp; <b>more</b></TITLE>
            <meta name=description content='Plain words'>
            <meta property="og:title" content="Looms &quot;in use&quot;">
            <meta property="og:description" content="  Two
                lines &lt;3 ">
            <meta property="og:image" content="/a.png?x=1&amp;y=2">
            <meta property="og:video:url" content="//film.example/v.mp4">
            </head><body><title>Not this</title><p>text</body></html>"#;
        let found = info(page);
        assert_eq!(found.title.as_deref(), Some("Looms \"in use\""));
        assert_eq!(found.description.as_deref(), Some("Two lines <3"));
        assert_eq!(
            found.image.unwrap().as_str(),
            "https://news.example/a.png?x=1&y=2"
        );
        assert_eq!(found.video.unwrap().as_str(), "https://film.example/v.mp4");
        let plain = info("<title>Looms &amp; <i>more</title><meta name=description content=Words>");
        assert_eq!(plain.title.as_deref(), Some("Looms & more"));
        assert_eq!(plain.description.as_deref(), Some("Words"));
        assert_eq!(info("<p>nothing"), PageInfo::default());
    }

    #[test]
    fn what_is_empty_or_no_address_of_the_web_is_left_out() {
        let page = r#"<meta property="og:title" content=" "><title>  </title>
            <meta property="og:image" content="data:image/png;base64,AAAA">
            <meta property="og:video" content="javascript:alert(1)">
            <script>document.write('<meta property="og:description" content="x">')</script>
            <!-- <meta property="og:description" content="y"> -->"#;
        assert_eq!(info(page), PageInfo::default());
        let login = r#"<meta property="og:image" content="https://a:b@x.example/1.png">"#;
        assert_eq!(info(login), PageInfo::default());
    }

    #[test]
    fn long_and_tricky_words_are_cut_to_one_harmless_line() {
        let long = format!("<title>{}</title>", "x".repeat(1_000_000));
        assert_eq!(info(&long).title.unwrap().chars().count(), TITLE_MAX);
        let tricky = "<title>a\u{202E}b\u{0}c\r\n\td</title>";
        assert_eq!(info(tricky).title.as_deref(), Some("abc d"));
        assert_eq!(
            info("<title>never ends").title.as_deref(),
            Some("never ends")
        );
    }

    /// Every byte is looked at a bounded number of times.
    #[test]
    fn pages_made_to_be_slow_are_not() {
        let started = std::time::Instant::now();
        for page in [
            format!("<meta {}", "a b c d ".repeat(130_000)),
            "<title></".repeat(100_000),
            "<!--".repeat(250_000),
            "<meta property=og:title content='".repeat(30_000),
            format!(
                "<meta name=description content='{}'>",
                "<b>&amp;".repeat(120_000)
            ),
        ] {
            info(&page);
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(10));
    }

    #[test]
    fn the_encoding_is_told_by_mark_header_or_page_and_guessed_otherwise() {
        let german = |page: &[u8], header: &str| decode_page(page, header);
        let latin = b"<title>Webst\xFChle</title>";
        assert!(german(latin, "text/html; charset=iso-8859-1").contains("Webstühle"));
        assert!(german(latin, "text/html").contains("Webstühle"));
        assert!(
            german("<title>Webstühle".as_bytes(), "text/html; charset=nonsense")
                .contains("Webstühle")
        );
        let cyrillic = b"<meta charset='windows-1251'><title>\xD1\xF2\xE0\xED\xEE\xEA</title>";
        assert!(german(cyrillic, "text/html").contains("Станок"));
        let old = b"<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>\xF3";
        assert!(german(old, "").ends_with('С'));
        let marked = b"\xFF\xFEa\0b\0";
        assert_eq!(german(marked, "text/html; charset=utf-8"), "ab");
        let lies = b"<meta charset=utf-16><title>plain</title>";
        assert!(german(lies, "text/html").contains("plain"));
        // Cut within a character.
        assert!(german(&"ü".as_bytes()[..1], "text/html").ends_with('\u{FFFD}'));
    }
}
