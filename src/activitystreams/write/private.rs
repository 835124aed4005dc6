//! A word from one person to another, in the two forms that peers take.

use serde_json::Value;
use url::Url;

use super::activity::undo;
use super::fields::{Document, image, mention};
use super::thread::strong;
use crate::activitystreams::{ImageRef, Mention, image_media_type};
use crate::domain::markdown;
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateForm {
    /// What Lemmy before 1.0, and Pleroma, take.
    ChatMessage,
    /// A note to the one who is mentioned, as Mastodon's kind and Lemmy 1.0 take it.
    Note,
    /// Likewise, for NodeBB, which fails at a picture that does not say its media type.
    NoteWithKinds,
}

/// A private message. HTML is already sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateOut {
    pub form: PrivateForm,
    pub id: Url,
    pub author: Url,
    pub recipient: Mention,
    pub html: String,
    pub markdown: Option<String>,
    /// What it is about, said before it is read. Plain text.
    pub warning: Option<String>,
    /// Those in the text: Mastodon's kind shows what is attached, and no picture within a text.
    pub pictures: Vec<ImageRef>,
    /// What was said before, so that microblogs keep the conversation together.
    pub in_reply_to: Option<Url>,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
}

pub fn private_message(message: &PrivateOut) -> Value {
    let kind = match message.form {
        PrivateForm::ChatMessage => "ChatMessage",
        PrivateForm::Note | PrivateForm::NoteWithKinds => "Note",
    };
    // Who takes chat messages knows no warning: they read it first.
    let told = match (message.form, &message.warning) {
        (PrivateForm::ChatMessage, Some(warning)) => Some(strong(warning)),
        _ => None,
    };
    let (before_html, before) = match &told {
        Some(words) => (
            markdown::render(words).into_string(),
            format!("{words}\n\n"),
        ),
        None => Default::default(),
    };
    let html = format!("{before_html}{}", message.html);
    let text = message
        .markdown
        .as_ref()
        .map(|text| format!("{before}{text}"));
    let document = Document::identified(kind, &message.id)
        .with("attributedTo", message.author.as_str())
        .with("to", vec![Value::from(message.recipient.href.as_str())])
        .with_body("content", Some(&html), text.as_deref())
        .with("mediaType", "text/html")
        .with_time("published", Some(message.published))
        .with_time("updated", message.updated);
    // What is left out is a link in the text still.
    let of_known_kind = |picture: &&ImageRef| {
        message.form != PrivateForm::NoteWithKinds || image_media_type(&picture.url).is_some()
    };
    let pictures = message.pictures.iter().filter(of_known_kind);
    match message.form {
        PrivateForm::ChatMessage => document,
        PrivateForm::Note | PrivateForm::NoteWithKinds => document
            .with("cc", Vec::<Value>::new())
            .with_some("inReplyTo", message.in_reply_to.as_ref().map(Url::as_str))
            .with_some("summary", message.warning.as_deref())
            .with("sensitive", message.warning.is_some())
            .with("attachment", pictures.map(image).collect::<Vec<_>>())
            .with("tag", vec![mention(&message.recipient)]),
    }
    .done()
}

/// The deletion of a private message, for nobody but the other.
pub fn delete_private(id: &Url, actor: &Url, object: &Url, recipient: &Url) -> Value {
    Document::identified("Delete", id)
        .with("actor", actor.as_str())
        .with("to", vec![Value::from(recipient.as_str())])
        .with("object", object.as_str())
        .done()
}

pub fn restore_private(
    id: &Url,
    deletion: &Url,
    actor: &Url,
    object: &Url,
    recipient: &Url,
) -> Value {
    undo(
        id,
        actor,
        delete_private(deletion, actor, object, recipient),
    )
}
