//! What becomes of a private message, told to the other where they live: in the form their server takes.

use url::Url;

use crate::activitystreams::{self as wire, ImageRef, Mention, PrivateForm, PrivateOut};
use crate::community::outgoing::{record_about, undone, url};
use crate::domain::kinds::Dialect;
use crate::domain::markdown;
use crate::store::actors::ActorRow;
use crate::store::private_messages::MessageRow;
use crate::store::{StoreError, Tx, activities, extras, hosts};

fn form(tx: &mut Tx<'_>, recipient: &ActorRow) -> Result<PrivateForm, StoreError> {
    let Some(host) = recipient.host_id else {
        return Ok(PrivateForm::Note);
    };
    let host = hosts::get(tx.conn, host)?;
    Ok(match host.dialect {
        // By what a note answers it knows the conversation, and opens a new one for each that says nothing of it.
        _ if host.software.as_deref() == Some("nodebb") => PrivateForm::NoteWithKinds,
        Dialect::Threadiverse => PrivateForm::ChatMessage,
        Dialect::Microblog | Dialect::Discourse | Dialect::Unknown => PrivateForm::Note,
    })
}

fn document(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    row: &MessageRow,
    in_reply_to: Option<Url>,
) -> Result<serde_json::Value, StoreError> {
    let text = row.body_markdown.as_deref().unwrap_or_default();
    let pictures = markdown::pictures(text).into_iter();
    Ok(wire::private_message(&PrivateOut {
        form: form(tx, recipient)?,
        id: url(&row.ap_id)?,
        author: url(&sender.ap_id)?,
        recipient: Mention {
            href: url(&recipient.ap_id)?,
            name: Some(format!("@{}@{}", recipient.name, recipient.host)),
        },
        html: row.body_html.clone(),
        markdown: row.body_markdown.clone(),
        warning: extras::get(tx.conn, row.id.0)?.warning,
        pictures: pictures.map(|(url, alt)| ImageRef { url, alt }).collect(),
        in_reply_to,
        published: row.published,
        updated: row.edited,
    }))
}

/// To nobody else, and nothing at all where the other lives here.
fn send(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    verb: &str,
    about: Option<&str>,
    build: impl FnOnce(&Url) -> serde_json::Value,
) -> Result<(), StoreError> {
    if recipient.local {
        return Ok(());
    }
    let (activity, _) = record_about(tx, sender.id, verb, about, build)?;
    activities::queue_for_actor(tx.conn, activity, recipient.id)?;
    Ok(())
}

pub(super) fn created(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    row: &MessageRow,
    in_reply_to: Option<Url>,
) -> Result<(), StoreError> {
    let message = document(tx, sender, recipient, row, in_reply_to)?;
    let me = url(&sender.ap_id)?;
    send(tx, sender, recipient, "create", None, |id| {
        wire::create(id, &me, message)
    })
}

pub(super) fn edited(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    row: &MessageRow,
) -> Result<(), StoreError> {
    let message = document(tx, sender, recipient, row, None)?;
    let me = url(&sender.ap_id)?;
    send(tx, sender, recipient, "update", None, |id| {
        wire::update(id, &me, message)
    })
}

pub(super) fn deleted(
    tx: &mut Tx<'_>,
    sender: &ActorRow,
    recipient: &ActorRow,
    row: &MessageRow,
    deleted: bool,
) -> Result<(), StoreError> {
    let (me, there) = (url(&sender.ap_id)?, url(&recipient.ap_id)?);
    let object = url(&row.ap_id)?;
    let about = format!("delete {object}");
    if deleted {
        return send(tx, sender, recipient, "delete", Some(&about), |id| {
            wire::delete_private(id, &me, &object, &there)
        });
    }
    let deletion = undone(tx, "delete", &about)?;
    send(tx, sender, recipient, "undo", None, |id| {
        wire::restore_private(id, &deletion, &me, &object, &there)
    })
}
