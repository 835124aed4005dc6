//! Cuts HTML into tags and text in one pass. No judgement: what is safe is decided by the allow-list.

/// One piece of a document. Texts and attribute values are as written, entities not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open(Tag<'a>),
    Close { name: String, source: &'a str },
}

/// A start tag with its name and attribute names in lower case, and its own source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub name: String,
    pub attributes: Vec<(String, &'a str)>,
    pub source: &'a str,
}

impl<'a> Tag<'a> {
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| *value)
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class")
            .is_some_and(|all| all.split_ascii_whitespace().any(|one| one == class))
    }
}

impl<'a> Token<'a> {
    pub fn source(&self) -> &'a str {
        match self {
            Token::Text(source) | Token::Close { source, .. } => source,
            Token::Open(tag) => tag.source,
        }
    }

    pub fn opens(&self, name: &str) -> bool {
        matches!(self, Token::Open(tag) if tag.name == name)
    }

    pub fn closes(&self, name: &str) -> bool {
        matches!(self, Token::Close { name: found, .. } if found == name)
    }
}

/// Elements whose content is no part of a text: it is skipped together with them.
const SKIPPED: &[&str] = &[
    "audio",
    "canvas",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    "xmp",
];

/// More attributes than any honest tag has.
const MAX_ATTRIBUTES: usize = 32;

/// The pieces of `html` in order. Comments, declarations and skipped elements are left out, and
/// so is a tag that never ends, with all that follows it. Every byte is looked at a bounded
/// number of times.
pub(super) fn scan(html: &str) -> Scanner<'_> {
    Scanner {
        rest: html,
        titles: false,
        in_title: false,
    }
}

/// The same with the titles of a page, each a tag and its text.
pub(super) fn scan_with_titles(html: &str) -> Scanner<'_> {
    Scanner {
        titles: true,
        ..scan(html)
    }
}

pub(super) struct Scanner<'a> {
    rest: &'a str,
    titles: bool,
    /// What comes next is the text of a title, whatever it looks like.
    in_title: bool,
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if std::mem::take(&mut self.in_title) {
                let length = end_of_title(self.rest);
                if length > 0 {
                    return Some(Token::Text(self.take(length)));
                }
            }
            let Some(after) = self.rest.strip_prefix('<') else {
                return Some(Token::Text(self.take(text_length(self.rest, 0))));
            };
            let first = after.bytes().next().unwrap_or(b' ');
            if first.is_ascii_alphabetic() {
                if let Some(tag) = self.start_tag()? {
                    return Some(Token::Open(tag));
                }
            } else if after.starts_with("!--") {
                self.skip_comment();
            } else if let Some(close) = after.strip_prefix('/') {
                let source = self.take_through('>')?;
                if close.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    let name = tag_name(close).to_ascii_lowercase();
                    return Some(Token::Close { name, source });
                }
            } else if matches!(first, b'!' | b'?') {
                self.take_through('>')?;
            } else {
                return Some(Token::Text(self.take(text_length(self.rest, 1))));
            }
        }
    }
}

impl<'a> Scanner<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_through(&mut self, end: char) -> Option<&'a str> {
        let length = self.rest.find(end)? + end.len_utf8();
        Some(self.take(length))
    }

    /// `None`: the tag never ends. `Some(None)`: an element that was skipped with its content.
    fn start_tag(&mut self) -> Option<Option<Tag<'a>>> {
        let name = tag_name(&self.rest[1..]);
        let (attributes, length) = attributes(self.rest, 1 + name.len())?;
        let source = self.take(length);
        let name = name.to_ascii_lowercase();
        self.in_title = self.titles && name == "title";
        if !self.in_title && SKIPPED.contains(&name.as_str()) {
            self.skip_element(&name)?;
            return Some(None);
        }
        Some(Some(Tag {
            name,
            attributes,
            source,
        }))
    }

    fn skip_element(&mut self, name: &str) -> Option<()> {
        loop {
            let start = self.rest.find("</")?;
            self.take(start + 2);
            if tag_name(self.rest).eq_ignore_ascii_case(name) {
                self.take_through('>')?;
                return Some(());
            }
        }
    }

    fn skip_comment(&mut self) {
        // As browsers do: `<!-->` and `<!--->` are whole comments, and `--!>` ends one too.
        let body = &self.rest[2..];
        let ends = ["-->", "--!>"].map(|end| body.find(end).map(|at| 2 + at + end.len()));
        let short = ["<!-->", "<!--->"]
            .into_iter()
            .find(|short| self.rest.starts_with(short))
            .map(str::len);
        let end = short.or(ends.into_iter().flatten().min());
        self.take(end.unwrap_or(self.rest.len()));
    }
}

/// Where a title's end tag begins, or the whole ends.
fn end_of_title(rest: &str) -> usize {
    let mut tags = rest.match_indices("</");
    let end = tags.find(|(at, _)| tag_name(&rest[at + 2..]).eq_ignore_ascii_case("title"));
    end.map_or(rest.len(), |(at, _)| at)
}

/// Length of the text at the start of `rest`, of which the first `skip` bytes are text anyhow.
fn text_length(rest: &str, skip: usize) -> usize {
    rest[skip..].find('<').map_or(rest.len(), |at| skip + at)
}

fn tag_name(rest: &str) -> &str {
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
    &rest[..end.unwrap_or(rest.len())]
}

type Attributes<'a> = Vec<(String, &'a str)>;

/// The attributes from `start` on and the length of the whole tag; `None` when it never ends.
fn attributes(tag: &str, start: usize) -> Option<(Attributes<'_>, usize)> {
    let bytes = tag.as_bytes();
    let until = |from: usize, stop: &dyn Fn(u8) -> bool| {
        let length = bytes[from..].iter().position(|b| stop(*b))?;
        Some(from + length)
    };
    let no_space = |b: u8| !b.is_ascii_whitespace();
    let mut found: Attributes<'_> = Vec::new();
    let mut at = start;
    loop {
        at = until(at, &|b| no_space(b) && b != b'/')?;
        if bytes[at] == b'>' {
            return Some((found, at + 1));
        }
        let name_end = until(at + 1, &|b| {
            b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'=')
        })?;
        let name = tag[at..name_end].to_ascii_lowercase();
        at = until(name_end, &no_space)?;
        let mut value = "";
        if bytes[at] == b'=' {
            at = until(at + 1, &no_space)?;
            let quote = bytes[at];
            if matches!(quote, b'"' | b'\'') {
                let end = until(at + 1, &|b| b == quote)?;
                value = &tag[at + 1..end];
                at = end + 1;
            } else {
                let end = until(at, &|b| b.is_ascii_whitespace() || b == b'>')?;
                value = &tag[at..end];
                at = end;
            }
        }
        if found.len() < MAX_ATTRIBUTES && !found.iter().any(|(key, _)| *key == name) {
            found.push((name, value));
        }
    }
}
