//! What members say of themselves, and who is told when it changes.

use url::Url;

use super::Viewer;
use crate::activitystreams as wire;
use crate::community::CommunityError;
use crate::community::outgoing::{record, url};
use crate::community::{describe, pictures};
use crate::domain::ids::{ActivityId, ActorId};
use crate::domain::kinds::{ActorKind, Dialect};
use crate::domain::limits::{Bio, DisplayName, Email, INSTITUTION_MAX};
use crate::domain::markdown;
use crate::domain::text::one_line;
use crate::store::actors::{self, ActorBrief, ActorProfile};
use crate::store::{StoreError, Tx, accounts, activities, holders, people, posts};

#[derive(Clone, Debug)]
pub struct EditProfile {
    pub display_name: DisplayName,
    pub bio: Bio,
    pub institution: Option<String>,
    pub icon: Option<Url>,
    pub image: Option<Url>,
    /// What they write is written by a program.
    pub bot: bool,
}

pub fn edit_profile(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    edit: &EditProfile,
) -> Result<(), CommunityError> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let before = actors::get(tx.conn, viewer.id)?;
    let (icon, image) = (before.icon_url.as_deref(), before.image_url.as_deref());
    pictures::replace(tx, &before, icon, edit.icon.as_ref())?;
    pictures::replace(tx, &before, image, edit.image.as_ref())?;
    actors::update_profile(
        tx.conn,
        viewer.id,
        &ActorProfile {
            display_name: some(edit.display_name.as_str()),
            summary_markdown: some(edit.bio.as_str()),
            summary_html: markdown::render(edit.bio.as_str()).into_string(),
            icon_url: edit.icon.as_ref().map(Url::to_string),
            image_url: edit.image.as_ref().map(Url::to_string),
            updated: Some(tx.now),
        },
    )?;
    let kind = if edit.bot {
        ActorKind::Service
    } else {
        ActorKind::Person
    };
    if viewer.actor.kind != kind {
        actors::set_kind(tx.conn, viewer.id, kind)?;
    }
    let institution = edit
        .institution
        .as_deref()
        .map(|text| one_line(text, INSTITUTION_MAX))
        .filter(|text| !text.is_empty());
    people::set_institution(tx.conn, viewer.id, institution.as_deref())?;
    let row = actors::get(tx.conn, viewer.id)?;
    // Without a key there is nobody yet who has seen this actor.
    if row.public_key_pem.is_some() {
        let me = url(&row.ap_id)?;
        let document = describe::actor(tx, &row)?;
        let (update, _) = record(tx, row.id, "update", |id| wire::update(id, &me, document))?;
        queue_for_acquaintances(tx, row.id, update)?;
    }
    Ok(())
}

/// Groups through which a copy of a person came to other hosts: those they follow, and those they wrote in.
pub(in crate::community) fn acquaintances(
    tx: &mut Tx<'_>,
    person: ActorId,
) -> Result<Vec<ActorBrief>, StoreError> {
    let mut groups = actors::followed_by(tx.conn, person, 500)?;
    let wrote_in = posts::groups_written_in(tx.conn, person)?;
    let more: Vec<ActorId> = wrote_in
        .into_iter()
        .filter(|id| !groups.iter().any(|group| group.id == *id))
        .collect();
    groups.extend(actors::briefs(tx.conn, &more)?);
    Ok(groups)
}

/// Tells those groups, or the hosts that follow them and speak one of these dialects.
pub(in crate::community) fn queue_for(
    tx: &mut Tx<'_>,
    groups: &[ActorBrief],
    activity: ActivityId,
    dialects: &[Dialect],
) -> Result<(), StoreError> {
    for group in groups {
        if group.local {
            activities::queue_for_followers(tx.conn, activity, group.id, dialects)?;
        } else {
            activities::queue_for_actor(tx.conn, activity, group.id)?;
        }
    }
    Ok(())
}

/// Tells people elsewhere to whom the person spoke directly, and whose servers may follow no such group.
pub(super) fn queue_for_people(
    tx: &mut Tx<'_>,
    person: ActorId,
    activity: ActivityId,
) -> Result<(), StoreError> {
    for other in holders::of_person(tx.conn, person)? {
        activities::queue_for_actor(tx.conn, activity, other)?;
    }
    Ok(())
}

/// Tells whoever has a copy of a person.
pub(crate) fn queue_for_acquaintances(
    tx: &mut Tx<'_>,
    person: ActorId,
    activity: ActivityId,
) -> Result<(), StoreError> {
    let acquaintances = acquaintances(tx, person)?;
    queue_for(tx, &acquaintances, activity, Dialect::ALL)?;
    queue_for_people(tx, person, activity)
}

/// `None` takes it away: none is asked for to join.
pub fn change_email(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    email: Option<&Email>,
) -> Result<(), CommunityError> {
    if let Some(email) = email
        && let Some(other) = accounts::by_email(tx.conn, email.as_str())?
        && other.person_id != viewer.id
    {
        return Err(CommunityError::invalid(
            "email",
            "There is an account with this e-mail address already.",
        ));
    }
    let email = email.map(Email::as_str);
    Ok(accounts::set_email(tx.conn, viewer.id, email)?)
}
