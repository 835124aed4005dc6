//! People, groups and sites elsewhere.

use url::Url;

use super::{Doc, Docs, WireError};
use crate::activitystreams::{ActorDoc, Thing};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Visibility};
use crate::domain::limits::DISPLAY_NAME_MAX;
use crate::domain::text::one_line;
use crate::domain::{html, markdown};
use crate::store::actors::{self, ActorDocument, ActorRow};
use crate::store::groups::GroupRow;
use crate::store::hosts::HostRow;
use crate::store::{StoreError, Tx, groups, hosts, people};

/// Names of peers may be longer than ours; this is where we stop.
const NAME_MAX: usize = 100;

/// The actor of this id, taken in from `docs` when it is not known yet. A group that was deleted elsewhere
/// and is heard of again may have been brought back, as Lemmy can: its host says.
pub fn ensure_actor(tx: &mut Tx<'_>, id: &Url, docs: &Docs) -> Result<ActorRow, WireError> {
    match actors::by_ap_id(tx.conn, id)? {
        Some(row) if !row.deleted => return Ok(row),
        Some(row) if row.local || row.kind != ActorKind::Group => {
            return Err(WireError::refused(format!("{id} was deleted")));
        }
        _ => {}
    }
    if tx.house.address.owns(id) {
        return Err(WireError::refused(format!("there is no {id} here")));
    }
    match docs.get(id) {
        None => Err(WireError::Need(id.clone())),
        Some(Doc::Found(Thing::Actor(doc))) if doc.id == *id => take_in_actor(tx, doc),
        Some(Doc::Found(_)) => Err(WireError::refused(format!("{id} is no actor"))),
        Some(Doc::Gone) => Err(WireError::refused(format!("{id} is gone"))),
        Some(Doc::Failed(why)) => Err(WireError::refused(format!("{id}: {why}"))),
    }
}

/// Stores an actor's document that came from its own host, or brings what we have of it up to date.
pub fn take_in_actor(tx: &mut Tx<'_>, doc: &ActorDoc) -> Result<ActorRow, WireError> {
    let host = host_of(&doc.id).ok_or_else(|| WireError::refused("an id without a host"))?;
    if tx.house.address.owns(&doc.id) {
        return Err(WireError::refused(
            "an actor of this instance, from elsewhere",
        ));
    }
    let host_row = open_host(tx, &host)?;
    let known = actors::by_ap_id(tx.conn, &doc.id)?;
    if let Some(row) = &known
        && row.kind != doc.kind
        // A person may say that they are a bot, or no longer.
        && !(row.kind.is_person() && doc.kind.is_person())
    {
        return Err(WireError::refused(format!(
            "{} was a {} and says now that it is a {}",
            doc.id, row.kind, doc.kind
        )));
    }
    let document = document(tx, doc, &host, &host_row)?;
    let id = match known {
        Some(row) => {
            actors::update_document(tx.conn, row.id, &document)?;
            if row.kind != doc.kind {
                actors::set_kind(tx.conn, row.id, doc.kind)?;
            }
            row.id
        }
        None => insert(tx, doc, host, &host_row, document)?,
    };
    if doc.kind == ActorKind::Group {
        let private =
            doc.manually_approves_followers && (means_private(&host_row) || holds_private(tx, id)?);
        let restricted = doc.posting_restricted_to_mods;
        groups::set_remote_flags(tx.conn, id, restricted, doc.sensitive, private)?;
    }
    Ok(actors::get(tx.conn, id)?)
}

/// With these, who lets people in one by one does not write for everybody. So it is taken of a server whose
/// software is not known yet; with others, only membership is asked for.
const APPROVAL_MEANS_PRIVATE: &[&str] = &["lemmy", "coppice"];

fn means_private(host: &HostRow) -> bool {
    let software = host.software.as_deref();
    software.is_none_or(|name| APPROVAL_MEANS_PRIVATE.contains(&name))
}

/// What was told behind closed doors stays there.
fn holds_private(tx: &mut Tx<'_>, group: ActorId) -> Result<bool, StoreError> {
    let row = groups::get(tx.conn, group)?;
    Ok(row.visibility == Visibility::Private && row.post_count > 0)
}

fn open_host(tx: &mut Tx<'_>, host: &str) -> Result<HostRow, WireError> {
    let house = tx.house;
    let row = hosts::ensure(tx.conn, host, || house.ids.next(), tx.now)?;
    if row.blocked {
        return Err(WireError::refused(format!("{host} is blocked here")));
    }
    if row.nodeinfo_at.millis() == 0 {
        tx.wake_errands();
    }
    Ok(row)
}

fn document(
    tx: &mut Tx<'_>,
    doc: &ActorDoc,
    host: &str,
    host_row: &HostRow,
) -> Result<ActorDocument, WireError> {
    let name = one_line(&doc.preferred_username, NAME_MAX);
    if name.is_empty() || name.contains(['@', '/', ' ']) {
        return Err(WireError::refused(format!("{} has no usable name", doc.id)));
    }
    // What would go to another host's queue in this actor's name could fill or stop it.
    let own = |url: &&Url| host_of(url).as_deref() == Some(host);
    if !own(&&doc.inbox) {
        return Err(WireError::refused(format!(
            "{} has its inbox on another host",
            doc.id
        )));
    }
    let delivery = doc.shared_inbox.as_ref().filter(own).unwrap_or(&doc.inbox);
    let ours = |url: &Url| tx.house.address.owns(url);
    if doc.shared_inbox.as_ref().is_some_and(ours) {
        return Err(WireError::refused(format!(
            "{} claims an inbox of ours",
            doc.id
        )));
    }
    let key = match &doc.public_key {
        None => None,
        // The groups of GNU social show the key of another actor there: nothing they say can be verified.
        Some(key) if key.owner != doc.id && own(&&key.owner) && own(&&key.id) => None,
        Some(key) => {
            if key.owner != doc.id || host_of(&key.id).as_deref() != Some(host) {
                return Err(WireError::refused(format!(
                    "the key of {} is another's",
                    doc.id
                )));
            }
            Some(key)
        }
    };
    let house = tx.house;
    hosts::take_up(tx.conn, host_row)?;
    let inbox = hosts::ensure_inbox(tx.conn, host_row.id, delivery, || house.ids.next())?;
    let summary_html = match (&doc.summary_html, &doc.source_markdown) {
        (Some(summary), _) => html::sanitise(summary),
        (None, Some(source)) => markdown::render(source),
        (None, None) => html::SafeHtml::default(),
    };
    // Many say their short name for want of another.
    let display_name = doc.name.as_deref();
    let display_name = display_name
        .map(|shown| one_line(shown, DISPLAY_NAME_MAX))
        .filter(|shown| !shown.is_empty() && *shown != name);
    Ok(ActorDocument {
        name,
        url: doc.url.as_ref().unwrap_or(&doc.id).to_string(),
        display_name,
        summary_markdown: doc.source_markdown.clone(),
        summary_html: summary_html.into_string(),
        icon_url: doc.icon.as_ref().map(Url::to_string),
        image_url: doc.image.as_ref().map(Url::to_string),
        inbox_url: doc.inbox.to_string(),
        outbox_url: Some(&doc.outbox).filter(own).map(Url::to_string),
        followers_url: doc.followers.as_ref().filter(own).map(Url::to_string),
        featured_url: doc.featured.as_ref().filter(own).map(Url::to_string),
        moderators_url: doc.moderators.as_ref().filter(own).map(Url::to_string),
        public_key_id: key.map_or_else(|| format!("{}#main-key", doc.id), |key| key.id.to_string()),
        public_key_pem: key.map(|key| key.pem.clone()),
        inbox_id: Some(inbox),
        updated: doc.updated,
        fetched: tx.now,
        deleted: false,
    })
}

fn insert(
    tx: &mut Tx<'_>,
    doc: &ActorDoc,
    host: String,
    host_row: &HostRow,
    document: ActorDocument,
) -> Result<ActorId, StoreError> {
    let id = ActorId(tx.next_id());
    actors::insert(
        tx.conn,
        &ActorRow {
            id,
            kind: doc.kind,
            local: false,
            name: document.name,
            host,
            ap_id: doc.id.to_string(),
            url: document.url,
            display_name: document.display_name,
            summary_markdown: document.summary_markdown,
            summary_html: document.summary_html,
            icon_url: document.icon_url,
            image_url: document.image_url,
            inbox_url: document.inbox_url,
            outbox_url: document.outbox_url,
            followers_url: document.followers_url,
            featured_url: document.featured_url,
            moderators_url: document.moderators_url,
            public_key_id: document.public_key_id,
            public_key_pem: document.public_key_pem,
            private_key_pem: None,
            inbox_id: document.inbox_id,
            host_id: Some(host_row.id),
            published: doc.published.unwrap_or(tx.now),
            updated: document.updated,
            fetched: tx.now,
            deleted: false,
            suspended: false,
        },
    )?;
    if doc.kind == ActorKind::Group {
        groups::insert(tx.conn, &GroupRow::new(id, tx.now))?;
    } else {
        people::insert(tx.conn, id)?;
    }
    Ok(id)
}
