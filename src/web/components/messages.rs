//! Private messages: as a line in the list of conversations, and each of them.

use maud::{Markup, html};

use super::extras;
use super::forms::token;
use super::{avatar, name_link, time};
use crate::domain::extras::{Attachment, AttachmentKind, Extras};
use crate::domain::html::to_text;
use crate::domain::markdown;
use crate::store::actors::ActorBrief;
use crate::store::private_messages::MessageRow;
use crate::store::shared_messages::Beside;
use crate::web::layout::Frame;

pub const GONE: &str = "This message was deleted.";

/// A message with what stands beside it.
pub struct Told {
    pub message: MessageRow,
    pub beside: Beside,
}

impl Told {
    /// What it carries. Members put pictures into the text.
    fn carries(&self) -> Extras {
        let mut extras = self.beside.extras.clone();
        if self.message.local {
            let text = self.message.body_markdown.as_deref().unwrap_or_default();
            let pictures = markdown::pictures(text).into_iter();
            extras
                .attachments
                .extend(pictures.map(|(url, alt)| Attachment {
                    kind: AttachmentKind::Picture,
                    url: url.into(),
                    alt,
                }));
        }
        extras
    }
}

/// Its beginning in plain words.
pub fn in_short(told: &Told) -> String {
    let (message, extras) = (&told.message, &told.beside.extras);
    if message.deleted {
        return GONE.to_owned();
    }
    if let Some(warning) = &extras.warning {
        return warning.clone();
    }
    let text = match extras.covered {
        true => String::new(),
        false => to_text(&message.body_html, 160),
    };
    match extras.attachments.first().map(|file| file.kind) {
        _ if !text.is_empty() => text,
        Some(AttachmentKind::Picture) => "A picture".to_owned(),
        Some(AttachmentKind::Video) => "A video".to_owned(),
        Some(AttachmentKind::Audio) => "A sound".to_owned(),
        _ => "A message".to_owned(),
    }
}

pub fn one(frame: &Frame, other: &ActorBrief, told: &Told) -> Markup {
    let message = &told.message;
    let mine = message.sender_id != other.id;
    let path = format!("/message/{}", message.id);
    html! {
        li.unread[!mine && !message.read] id={ "m" (message.id) } {
            article.item {
                @if mine { @if let Some(me) = &frame.viewer { (avatar::of(&me.actor, avatar::Size::Normal)) } }
                @else { (avatar::of(other, avatar::Size::Normal)) }
                div.message {
                    p.meta {
                        @if mine { strong { "You" } } @else { (name_link(other, "who")) }
                        span.dot { (time::ago(message.published, frame.now)) }
                        @if message.edited.is_some() && !message.deleted { span.dot { "edited" } }
                    }
                    @if message.deleted { p.quiet { (GONE) } } @else { (content(told)) (also_to(other, &told.beside)) }
                    @if mine {
                        div.row {
                            @if !message.deleted { a href={ (path) "/edit" } { "Edit" } }
                            form method="post" action={ (path) "/delete" } {
                                (token(&frame.csrf))
                                input type="hidden" name="on" value=(if message.deleted { "" } else { "on" });
                                button.small { @if message.deleted { "Restore" } @else { "Delete" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn content(told: &Told) -> Markup {
    let carries = told.carries();
    let body = html! {
        @if !told.message.body_html.is_empty() { div.prose dir="auto" { (extras::text(&told.message.body_html, &carries)) } }
        (extras::attachments(&carries))
    };
    extras::covered(&carries, false, body)
}

/// Who else got it: an answer goes to its writer alone.
fn also_to(writer: &ActorBrief, beside: &Beside) -> Markup {
    let others = beside.also_to();
    html! {
        @if !others.is_empty() {
            p.hint {
                "Also sent to "
                @for (place, person) in others.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href=(person.url) rel="nofollow noopener ugc" dir="auto" { (person.name) }
                }
                ". What you answer goes to " bdi { (writer.title()) } " alone."
            }
        }
    }
}
