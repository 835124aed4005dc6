//! Rewrites HTML so that parsing it is cheap: known elements only, well nested, never deep.
//!
//! A browser's parser does quadratic work on hostile nesting and can multiply unclosed formatting
//! elements; after this pass it cannot. Safety does not rest here: the allow-list runs afterwards.

use super::scan::{Tag, Token, scan};
use super::{ATTRIBUTES, ELEMENTS};

/// Deeper nesting than any readable text has; further start tags are dropped, their text stays.
const MAX_DEPTH: usize = 40;

/// Longer attribute values are dropped: no class or address needs them.
const MAX_VALUE_BYTES: usize = 4_096;

const COSTLY_PER_NODE: usize = 256;

/// Known elements that end an open paragraph.
const BLOCKS: &[&str] = &[
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
];

/// Unknown elements that stand for a paragraph or hold some.
const CONTAINERS: &[&str] = &[
    "address",
    "article",
    "aside",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "main",
    "nav",
    "section",
    "summary",
];

pub(super) fn tidy(html: &str) -> String {
    let mut tidy = Tidy {
        out: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::new(),
        paragraph_due: false,
    };
    for token in scan(html) {
        match token {
            Token::Text(text) => tidy.text(text),
            Token::Open(tag) => tidy.start(&tag),
            Token::Close { name, .. } => tidy.end(&name),
        }
    }
    tidy.close_from(0);
    tidy.out
}

struct Tidy {
    out: String,
    open: Vec<&'static str>,
    /// A container began or ended: loose text that follows becomes a paragraph of its own.
    paragraph_due: bool,
}

impl Tidy {
    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.begin_due_paragraph();
        }
        self.write_text(text);
    }

    /// The serialiser's work on one text node grows with its length times the number of its
    /// `&` and of characters from U+0080 to U+00BF: an empty comment now and then, which the
    /// allow-list drops, divides long texts into several nodes.
    fn write_text(&mut self, text: &str) {
        let mut costly = 0;
        for c in text.chars() {
            if matches!(c, '&' | '<' | '\u{80}'..='\u{BF}') {
                costly += 1;
                if costly % COSTLY_PER_NODE == 0 {
                    self.out.push_str("<!---->");
                }
            }
            match c {
                '<' => self.out.push_str("&lt;"),
                c => self.out.push(c),
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if tag.name == "img" {
            return self.picture(tag);
        }
        let known = ELEMENTS.iter().copied().find(|known| *known == tag.name);
        let Some(name) = known else {
            if CONTAINERS.contains(&tag.name.as_str()) {
                self.close_innermost(&["p"], &["blockquote", "li", "table", "td", "th"]);
                self.paragraph_due = true;
            }
            return;
        };
        match name {
            _ if BLOCKS.contains(&name) => {
                self.paragraph_due = false;
                self.close_innermost(&["p"], &["blockquote", "li", "table", "td", "th"]);
                if name == "li" {
                    self.close_innermost(&["li"], &["ul", "ol", "table"]);
                }
            }
            "td" | "th" => self.close_innermost(&["td", "th"], &["tr", "table"]),
            "tr" => self.close_innermost(&["tr"], &["table"]),
            "thead" | "tbody" => self.close_innermost(&["thead", "tbody"], &["table"]),
            "a" => {
                self.begin_due_paragraph();
                self.close_innermost(&["a"], &[]);
            }
            _ => self.begin_due_paragraph(),
        }
        if matches!(name, "br" | "hr") {
            self.write(name, tag);
        } else if self.open.len() < MAX_DEPTH {
            self.write(name, tag);
            self.open.push(name);
        }
    }

    fn end(&mut self, name: &str) {
        if CONTAINERS.contains(&name) {
            self.close_innermost(&["p"], &["blockquote", "li", "table", "td", "th"]);
            self.paragraph_due = true;
        } else if name != "br" && name != "hr" {
            if BLOCKS.contains(&name) {
                self.paragraph_due = false;
            }
            self.close_innermost(&[name], &[]);
        }
    }

    /// Pictures of other hosts are never loaded by readers' browsers: a link takes their place.
    fn picture(&mut self, tag: &Tag<'_>) {
        self.begin_due_paragraph();
        let alt = tag.attribute("alt").unwrap_or_default().trim();
        let text = if alt.is_empty() { "image" } else { alt };
        let src = tag.attribute("src").unwrap_or_default().trim();
        let lower = src.get(..8).unwrap_or_default().to_ascii_lowercase();
        let web = lower.starts_with("https://") || lower.starts_with("http://");
        let linked = web && src.len() <= MAX_VALUE_BYTES;
        if linked && !self.open.contains(&"a") {
            let href = src.replace('"', "&quot;");
            self.out.push_str(&format!("<a href=\"{href}\">"));
            self.write_text(text);
            self.out.push_str("</a>");
        } else {
            self.write_text(text);
        }
    }

    fn begin_due_paragraph(&mut self) {
        if std::mem::take(&mut self.paragraph_due) && self.open.len() < MAX_DEPTH {
            self.out.push_str("<p>");
            self.open.push("p");
        }
    }

    /// Closes the innermost open element of these names, unless one of `fences` is nearer.
    fn close_innermost(&mut self, names: &[&str], fences: &[&str]) {
        for at in (0..self.open.len()).rev() {
            if names.contains(&self.open[at]) {
                return self.close_from(at);
            }
            if fences.contains(&self.open[at]) {
                return;
            }
        }
    }

    fn close_from(&mut self, at: usize) {
        while self.open.len() > at {
            if let Some(name) = self.open.pop() {
                self.out.push_str(&format!("</{name}>"));
            }
        }
    }

    fn write(&mut self, name: &str, tag: &Tag<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in &tag.attributes {
            if ATTRIBUTES.contains(&key.as_str()) && value.len() <= MAX_VALUE_BYTES {
                let value = value.replace('"', "&quot;");
                self.out.push_str(&format!(" {key}=\"{value}\""));
            }
        }
        self.out.push('>');
    }
}
