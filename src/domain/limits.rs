//! How long things people write may be, and the types that prove it was checked. Pure.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

use super::text::{markdown_body, one_line};

/// Lemmy refuses shorter names of posts, so they would not federate.
pub const TITLE_MIN: usize = 3;
/// Lemmy's limit; longer names are refused there.
pub const TITLE_MAX: usize = 200;
/// About twenty printed pages, and Lemmy's limit for a post.
pub const BODY_MAX: usize = 50_000;
/// Lemmy's limit for a comment.
pub const COMMENT_MAX: usize = 10_000;
/// Twice Mastodon's 30: academic names with titles are long.
pub const DISPLAY_NAME_MAX: usize = 60;
/// A page about oneself.
pub const BIO_MAX: usize = 2_000;
/// Lemmy's limit for what a group or a site says of itself.
pub const STATEMENT_MAX: usize = 10_000;
/// Where somebody teaches, works or learns: cut, not refused.
pub const INSTITUTION_MAX: usize = 120;
/// NIST SP 800-63B asks for 8 at least; length is the only rule.
pub const PASSWORD_MIN: usize = 10;
/// Bounds what is hashed.
pub const PASSWORD_MAX: usize = 128;
/// RFC 5321 4.5.3.1.3: 256 with the angle brackets.
pub const EMAIL_MAX: usize = 254;
/// Lemmy's limit for the reason of a report; ours for whatever reason somebody gives for an act.
pub const REASON_MAX: usize = 1_000;
/// Browsers and servers begin to differ above.
pub const LINK_MAX: usize = 2_000;
/// Remote HTML is cut here: more than a body of `BODY_MAX` characters needs with its mark-up.
pub const HTML_MAX_BYTES: usize = 512 * 1024;

/// Why a text was refused, as a sentence for the person who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("{what} is missing.")]
    Missing { what: &'static str },
    #[error("{what} needs at least {min} characters.")]
    TooShort { what: &'static str, min: usize },
    #[error("{what} may have at most {max} characters.")]
    TooLong { what: &'static str, max: usize },
    #[error("This does not look like an e-mail address.")]
    NotAnEmail,
    #[error("A link begins with https:// or http:// and names a site.")]
    NotALink,
}

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}

text! {
    /// A thread's title: one line of `TITLE_MIN` to `TITLE_MAX` characters.
    Title,
    /// A thread's Markdown, perhaps empty.
    Body,
    /// A comment's Markdown, never empty.
    CommentBody,
    /// What somebody calls themselves or their group: one line, perhaps empty (then the name is shown).
    DisplayName,
    /// A person's Markdown about themselves, perhaps empty.
    Bio,
    /// A group's or the site's Markdown about itself, perhaps empty.
    Statement,
    /// Why something is reported: plain text, never empty.
    ReportReason,
    /// Why a moderator or administrator does something: one line, never empty.
    Reason,
    /// An e-mail address with its host in lower case and ASCII (punycode).
    Email,
    /// An http or https address without user name or password, as the URL standard writes it.
    WebLink,
}

impl Title {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let title = line(text, "The title", TITLE_MAX)?;
        match title.chars().count() {
            0 => Err(TextError::Missing { what: "The title" }),
            n if n < TITLE_MIN => Err(TextError::TooShort {
                what: "The title",
                min: TITLE_MIN,
            }),
            _ => Ok(Title(title)),
        }
    }
}

impl Body {
    pub fn parse(markdown: &str) -> Result<Self, TextError> {
        lines(markdown, "The text", BODY_MAX).map(Body)
    }
}

impl CommentBody {
    pub fn parse(markdown: &str) -> Result<Self, TextError> {
        let text = lines(markdown, "The comment", COMMENT_MAX)?;
        if one_line(&text, 1).is_empty() {
            return Err(TextError::Missing {
                what: "The comment",
            });
        }
        Ok(CommentBody(text))
    }
}

impl DisplayName {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, "The display name", DISPLAY_NAME_MAX).map(DisplayName)
    }
}

impl Bio {
    pub fn parse(markdown: &str) -> Result<Self, TextError> {
        lines(markdown, "The description", BIO_MAX).map(Bio)
    }
}

impl Statement {
    pub fn parse(markdown: &str) -> Result<Self, TextError> {
        lines(markdown, "The description", STATEMENT_MAX).map(Statement)
    }
}

impl Reason {
    /// `None` where nothing was written: nobody has to give a reason.
    pub fn parse(text: &str) -> Result<Option<Self>, TextError> {
        let text = line(text, "The reason", REASON_MAX)?;
        Ok(Some(text).filter(|text| !text.is_empty()).map(Reason))
    }

    /// As much of it as there is room for: what another server did is not refused for its many words.
    pub fn cut(text: &str) -> Option<Self> {
        let text = one_line(text, REASON_MAX);
        Some(text).filter(|text| !text.is_empty()).map(Reason)
    }
}

impl ReportReason {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = lines(text.trim(), "The reason", REASON_MAX)?;
        if one_line(&text, 1).is_empty() {
            return Err(TextError::Missing { what: "The reason" });
        }
        Ok(ReportReason(text))
    }
}

impl Email {
    /// Checks the shape only (whether it reaches somebody, a letter tells): the characters of an
    /// RFC 5322 dot-atom before the `@`, a host name after it. Nothing that could break a header.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let (local, host) = text.trim().rsplit_once('@').ok_or(TextError::NotAnEmail)?;
        let atom = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        };
        if local.len() > 64 || !local.split('.').all(atom) {
            return Err(TextError::NotAnEmail);
        }
        let Ok(Host::Domain(host)) = Host::parse(host) else {
            return Err(TextError::NotAnEmail);
        };
        let labels = host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if !labels || !(host.contains('.') || host == "localhost") {
            return Err(TextError::NotAnEmail);
        }
        let email = format!("{local}@{host}");
        if email.len() > EMAIL_MAX {
            return Err(TextError::TooLong {
                what: "The e-mail address",
                max: EMAIL_MAX,
            });
        }
        Ok(Email(email))
    }
}

/// A password as typed. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        match text.chars().take(PASSWORD_MAX + 1).count() {
            n if n < PASSWORD_MIN => Err(TextError::TooShort {
                what: "The password",
                min: PASSWORD_MIN,
            }),
            n if n > PASSWORD_MAX => Err(TextError::TooLong {
                what: "The password",
                max: PASSWORD_MAX,
            }),
            _ => Ok(Password(text.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl WebLink {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.chars().take(LINK_MAX + 1).count() > LINK_MAX {
            return Err(too_long_link());
        }
        // The URL standard drops tabs and newlines and reads `\` as `/`; people do not.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(TextError::NotALink);
        }
        let url = Url::parse(text).map_err(|_| TextError::NotALink)?;
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !web || !url.username().is_empty() || url.password().is_some() {
            return Err(TextError::NotALink);
        }
        // Percent-encoding makes an address with other letters longer.
        if url.as_str().len() > LINK_MAX {
            return Err(too_long_link());
        }
        Ok(WebLink(url.into()))
    }
}

fn too_long_link() -> TextError {
    TextError::TooLong {
        what: "The link",
        max: LINK_MAX,
    }
}

fn line(text: &str, what: &'static str, max: usize) -> Result<String, TextError> {
    let line = one_line(text, max + 1);
    if line.chars().count() > max {
        return Err(TextError::TooLong { what, max });
    }
    Ok(line)
}

fn lines(markdown: &str, what: &'static str, max: usize) -> Result<String, TextError> {
    let text = markdown_body(markdown);
    if text.chars().count() > max {
        return Err(TextError::TooLong { what, max });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_typed_here_are_refused_when_too_long_and_those_from_elsewhere_cut() {
        let long = "x".repeat(REASON_MAX + 1);
        let fits = &long[..REASON_MAX];
        assert_eq!(Reason::parse(fits).unwrap().unwrap().as_str(), fits);
        assert!(Reason::parse(&long).is_err());
        let cut = Reason::cut(&long).unwrap();
        assert_eq!(cut.as_str().chars().count(), REASON_MAX);
        assert_eq!(Reason::parse(" \n"), Ok(None));
        assert_eq!(Reason::cut("\u{200b} "), None);
        assert_eq!(Reason::cut("off\ntopic").unwrap().as_str(), "off topic");
    }

    #[test]
    fn titles_are_one_line_of_3_to_200_characters() {
        assert_eq!(Title::parse(" Two\nlines ").unwrap().as_str(), "Two lines");
        assert!(Title::parse(&"é".repeat(200)).is_ok());
        let long = Title::parse(&"é".repeat(201)).unwrap_err();
        assert_eq!(
            long.to_string(),
            "The title may have at most 200 characters."
        );
        assert!(Title::parse("ab").is_err());
        assert_eq!(
            Title::parse("\u{202E}\u{200B} ").unwrap_err().to_string(),
            "The title is missing."
        );
    }

    #[test]
    fn a_body_may_be_empty_a_comment_may_not() {
        assert_eq!(Body::parse(" \r\n").unwrap().as_str(), "");
        assert!(CommentBody::parse("\n\u{200B}\n").is_err());
        assert!(CommentBody::parse(&"x".repeat(COMMENT_MAX)).is_ok());
        assert!(CommentBody::parse(&"x".repeat(COMMENT_MAX + 1)).is_err());
        assert!(Body::parse(&"x".repeat(BODY_MAX + 1)).is_err());
        assert!(Bio::parse(&"x".repeat(BIO_MAX + 1)).is_err());
        assert_eq!(
            DisplayName::parse("Ann \u{202E}B").unwrap().as_str(),
            "Ann B"
        );
    }

    #[test]
    fn email_addresses_are_sane_and_their_host_is_lower_case() {
        for (text, stored) in [
            (" Ann.B+x@Example.ORG ", "Ann.B+x@example.org"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("dev@localhost", "dev@localhost"),
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), stored);
        }
        for bad in [
            "",
            "ann",
            "@x.org",
            "ann@",
            "ann@host",
            "a@b@c.org",
            "a b@c.org",
            ".a@c.org",
            "a..b@c.org",
            "a@-c.org",
            "a@c..org",
            "a@c.org.",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@c.org\r\nBcc: b@c.org",
            "<a@c.org>",
            "a,b@c.org",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_have_10_to_128_characters_and_are_never_printed() {
        let password = Password::parse("correct horse").unwrap();
        assert!(!format!("{password:?}").contains("horse"));
        assert!(Password::parse("123456789").is_err());
        assert!(Password::parse(&"é".repeat(128)).is_ok());
        assert!(Password::parse(&"x".repeat(129)).is_err());
    }

    #[test]
    fn links_are_http_with_a_host_and_without_credentials() {
        assert_eq!(
            WebLink::parse(" HTTPS://Example.org/ä?q#f ")
                .unwrap()
                .as_str(),
            "https://example.org/%C3%A4?q#f"
        );
        for bad in [
            "",
            "example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://x.org",
            "mailto:a@b.org",
            "https://a:b@x.org/",
            "https://a@x.org/",
            "https://",
            "https://x.org/a b",
            "java\nscript:x",
            "https:\\\\x.org",
        ] {
            assert_eq!(WebLink::parse(bad), Err(TextError::NotALink), "{bad:?}");
        }
        let long = format!("https://x.org/{}", "ä".repeat(400));
        assert!(WebLink::parse(&long).is_err());
    }
}
