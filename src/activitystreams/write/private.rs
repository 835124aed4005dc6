//! A word from one person to another, in the two forms that peers take.

use serde_json::Value;
use url::Url;

use super::activity::undo;
use super::fields::{Document, mention};
use crate::activitystreams::Mention;
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateForm {
    /// What Lemmy before 1.0, and Pleroma, take.
    ChatMessage,
    /// A note to the one who is mentioned, as Mastodon's kind and Lemmy 1.0 take it.
    Note,
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
    /// What was said before, so that microblogs keep the conversation together.
    pub in_reply_to: Option<Url>,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
}

pub fn private_message(message: &PrivateOut) -> Value {
    let kind = match message.form {
        PrivateForm::ChatMessage => "ChatMessage",
        PrivateForm::Note => "Note",
    };
    let document = Document::identified(kind, &message.id)
        .with("attributedTo", message.author.as_str())
        .with("to", vec![Value::from(message.recipient.href.as_str())])
        .with_body("content", Some(&message.html), message.markdown.as_deref())
        .with("mediaType", "text/html")
        .with_time("published", Some(message.published))
        .with_time("updated", message.updated);
    match message.form {
        PrivateForm::ChatMessage => document,
        PrivateForm::Note => document
            .with("cc", Vec::<Value>::new())
            .with_some("inReplyTo", message.in_reply_to.as_ref().map(Url::as_str))
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
