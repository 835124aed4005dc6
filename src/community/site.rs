//! This instance itself: made at first start, named and opened by its administrators.

use url::Url;

use super::accounts::Viewer;
use super::accounts::preferences::check_languages;
use super::{CommunityError, pictures};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, RegistrationMode};
use crate::domain::limits::Statement;
use crate::domain::markdown;
use crate::domain::rules::Act;
use crate::domain::text::one_line;
use crate::store::actors::{self, ActorProfile, ActorRow};
use crate::store::site::{self, SiteChanges, SiteRow};
use crate::store::{Tx, preferences};

/// Name of the site actor. `@site@host` leads to it: peers that take the signer of a fetch for an
/// account (GoToSocial) look it up.
pub const SITE_ACTOR_NAME: &str = "site";

/// Makes the site and its actor, at the first start.
pub fn ensure(tx: &mut Tx<'_>) -> Result<SiteRow, CommunityError> {
    if let Some(row) = site::find(tx.conn)? {
        return Ok(row);
    }
    let id = ActorId(tx.next_id());
    let address = &tx.house.address;
    actors::insert(
        tx.conn,
        &ActorRow {
            id,
            kind: ActorKind::Application,
            local: true,
            name: SITE_ACTOR_NAME.to_owned(),
            host: address.host().to_owned(),
            ap_id: address.site().to_string(),
            url: address.site().to_string(),
            display_name: None,
            summary_markdown: None,
            summary_html: String::new(),
            icon_url: None,
            image_url: None,
            inbox_url: address.shared_inbox().into(),
            outbox_url: Some(address.at("/outbox").into()),
            followers_url: None,
            featured_url: None,
            moderators_url: None,
            public_key_id: format!("{}#main-key", address.site()),
            public_key_pem: None,
            private_key_pem: None,
            inbox_id: None,
            host_id: None,
            published: tx.now,
            updated: None,
            fetched: tx.now,
            deleted: false,
            suspended: false,
        },
    )?;
    site::insert(tx.conn, address.host(), id, tx.now)?;
    tx.wake_errands();
    Ok(site::get(tx.conn)?)
}

/// How people join: as an administrator set it, else as configured.
pub fn registration(tx: &mut Tx<'_>) -> Result<RegistrationMode, CommunityError> {
    Ok(site::get(tx.conn)?
        .registration
        .unwrap_or(tx.house.registration))
}

/// Gives the site's actor its pictures; `None` leaves one as it is, `Some(None)` takes it away.
pub fn set_pictures(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    icon: Option<&Option<Url>>,
    image: Option<&Option<Url>>,
) -> Result<(), CommunityError> {
    viewer.may(Act::EditSite)?;
    if icon.is_none() && image.is_none() {
        return Ok(());
    }
    let row = site::get(tx.conn)?;
    let actor = actors::get(tx.conn, row.actor_id)?;
    for (new, old) in [(icon, &actor.icon_url), (image, &actor.image_url)] {
        if let Some(new) = new {
            pictures::replace(tx, &actor, old.as_deref(), new.as_ref())?;
        }
    }
    let text = |new: Option<&Option<Url>>, old: Option<String>| match new {
        Some(url) => url.as_ref().map(Url::to_string),
        None => old,
    };
    let profile = ActorProfile {
        display_name: actor.display_name,
        summary_markdown: actor.summary_markdown,
        summary_html: actor.summary_html,
        icon_url: text(icon, actor.icon_url),
        image_url: text(image, actor.image_url),
        updated: Some(tx.now),
    };
    Ok(actors::update_profile(tx.conn, actor.id, &profile)?)
}

/// What an administrator changes about the site.
#[derive(Clone, Debug)]
pub struct EditSite {
    pub name: String,
    pub tagline: String,
    pub sidebar: Statement,
    /// `None`: as configured.
    pub registration: Option<RegistrationMode>,
    pub application_question: Option<String>,
}

/// The languages that the site is about, by their codes; none: all. New members read these.
pub fn set_languages(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    codes: &[String],
) -> Result<(), CommunityError> {
    viewer.may(Act::EditSite)?;
    let mut codes = check_languages(codes)?;
    codes.sort_unstable();
    codes.dedup();
    Ok(preferences::set_site_languages(tx.conn, &codes)?)
}

pub fn edit(tx: &mut Tx<'_>, viewer: &Viewer, edit: &EditSite) -> Result<(), CommunityError> {
    viewer.may(Act::EditSite)?;
    let name = one_line(&edit.name, 60);
    if name.is_empty() {
        return Err(CommunityError::invalid("name", "The site needs a name."));
    }
    let question = edit
        .application_question
        .as_deref()
        .map(|text| one_line(text, 300))
        .filter(|text| !text.is_empty());
    site::update(
        tx.conn,
        &SiteChanges {
            name,
            tagline: one_line(&edit.tagline, 160),
            sidebar_html: markdown::render(edit.sidebar.as_str()).into_string(),
            sidebar_markdown: edit.sidebar.as_str().to_owned(),
            registration: edit.registration,
            application_question: question,
        },
    )?;
    Ok(())
}
