//! What hangs on a text beside it: what covers it, pictures and sounds, custom emoji, hashtags. Pure.

use serde::{Deserialize, Serialize};

use super::text::one_line;

/// More is not shown: nobody sends more in good faith.
pub const ATTACHMENTS_MAX: usize = 16;
pub const EMOJI_MAX: usize = 60;
pub const HASHTAGS_MAX: usize = 40;
pub const HASHTAG_MAX: usize = 100;
/// As long as Mastodon takes descriptions of pictures.
pub const ALT_MAX: usize = 1_500;
pub const WARNING_MAX: usize = 500;

/// What covers a text, as somebody wrote it; none, if they wrote nothing.
pub fn warning(text: &str) -> Option<String> {
    Some(one_line(text, WARNING_MAX)).filter(|line| !line.is_empty())
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// What the text is about, said before it is read.
    pub warning: Option<String>,
    /// The text is covered until somebody asks for it.
    pub covered: bool,
    pub attachments: Vec<Attachment>,
    pub emoji: Vec<Emoji>,
    /// Without `#`, of what came from elsewhere: members write theirs into the text.
    pub hashtags: Vec<String>,
}

impl Extras {
    pub fn is_empty(&self) -> bool {
        *self == Extras::default()
    }

    pub fn pictures(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments
            .iter()
            .filter(|attachment| attachment.kind == AttachmentKind::Picture)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentKind {
    Picture,
    Video,
    Audio,
    Other,
}

/// Something attached, at its address elsewhere, with its description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub kind: AttachmentKind,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// More people in one private note are a list of people, not a conversation.
pub const ADDRESSEES_MAX: usize = 100;

/// Somebody who got a private note, too: `@name@host`, and their page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    pub name: String,
    pub url: String,
}

/// A picture that its sender means by `:shortcode:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Without its colons.
    pub shortcode: String,
    pub url: String,
}

impl Emoji {
    /// Shortcodes of other shapes would be found where nobody wrote one.
    pub fn is_shortcode(text: &str) -> bool {
        (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+'))
    }
}
