//! Joining: by the form, as the site's mode of registration says, or made by the operator.

use super::passwords::PasswordHash;
use crate::community::{CommunityError, Denied, site};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, ActorKind, RegistrationMode};
use crate::domain::limits::{DisplayName, Email};
use crate::domain::names::Name;
use crate::domain::text::one_line;
use crate::store::accounts::{self, AccountRow};
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, people};

#[derive(Clone, Debug)]
pub struct Register {
    pub name: Name,
    /// Our forms ask for one; Lemmy's API lets people join without.
    pub email: Option<Email>,
    pub password: PasswordHash,
    pub display_name: DisplayName,
    /// Why they want to join, where an administrator decides.
    pub application: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    pub person: ActorId,
    pub state: AccountState,
}

pub fn register(tx: &mut Tx<'_>, register: &Register) -> Result<Registered, CommunityError> {
    let state = match site::registration(tx)? {
        RegistrationMode::Open => AccountState::Active,
        RegistrationMode::Approval => AccountState::Pending,
        RegistrationMode::Closed => return Err(Denied::RegistrationClosed.into()),
    };
    let application = register
        .application
        .as_deref()
        .map(|text| text.trim().chars().take(2_000).collect::<String>())
        .filter(|text| !text.is_empty());
    if state == AccountState::Pending && application.is_none() {
        return Err(CommunityError::invalid(
            "application",
            "Please say a few words about why you would like to join.",
        ));
    }
    let person = create(
        tx,
        &NewAccount {
            name: &register.name,
            email: register.email.as_ref(),
            password: &register.password,
            display_name: Some(&register.display_name),
            admin: false,
            state,
            application,
        },
    )?;
    Ok(Registered { person, state })
}

/// An account as the operator makes it, past the mode of registration.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    pub name: &'a Name,
    pub email: Option<&'a Email>,
    pub password: &'a PasswordHash,
    pub display_name: Option<&'a DisplayName>,
    pub admin: bool,
    pub state: AccountState,
    pub application: Option<String>,
}

pub fn create(tx: &mut Tx<'_>, new: &NewAccount<'_>) -> Result<ActorId, CommunityError> {
    if let Some(email) = new.email
        && accounts::by_email(tx.conn, email.as_str())?.is_some()
    {
        return Err(CommunityError::invalid(
            "email",
            "There is an account with this e-mail address already.",
        ));
    }
    let person = new_local_actor(tx, ActorKind::Person, new.name)?;
    if let Some(name) = new.display_name {
        let name = one_line(name.as_str(), crate::domain::limits::DISPLAY_NAME_MAX);
        if !name.is_empty() {
            let profile = actors::ActorProfile {
                display_name: Some(name),
                summary_markdown: None,
                summary_html: String::new(),
                icon_url: None,
                image_url: None,
                updated: None,
            };
            actors::update_profile(tx.conn, person, &profile)?;
        }
    }
    people::insert(tx.conn, person)?;
    accounts::insert(
        tx.conn,
        &AccountRow {
            person_id: person,
            email: new.email.map(|email| email.as_str().to_owned()),
            password_hash: new.password.0.clone(),
            admin: new.admin,
            state: new.state,
            application: new.application.clone(),
            created: tx.now,
            last_seen: None,
        },
    )?;
    Ok(person)
}

/// A person or group of this instance, its name taken once and for all. The key follows in the background.
pub(crate) fn new_local_actor(
    tx: &mut Tx<'_>,
    kind: ActorKind,
    name: &Name,
) -> Result<ActorId, CommunityError> {
    if actors::local_by_name(tx.conn, name.as_str())?.is_some() {
        return Err(CommunityError::invalid("name", "This name is taken."));
    }
    let address = &tx.house.address;
    let ap_id = match kind {
        ActorKind::Group => address.group(name.as_str()),
        _ => address.person(name.as_str()),
    };
    let row = ActorRow {
        id: ActorId(tx.next_id()),
        kind,
        local: true,
        name: name.as_str().to_owned(),
        host: address.host().to_owned(),
        url: ap_id.to_string(),
        display_name: None,
        summary_markdown: None,
        summary_html: String::new(),
        icon_url: None,
        image_url: None,
        inbox_url: format!("{ap_id}/inbox"),
        outbox_url: Some(format!("{ap_id}/outbox")),
        followers_url: Some(format!("{ap_id}/followers")),
        featured_url: Some(format!("{ap_id}/featured")).filter(|_| kind == ActorKind::Group),
        moderators_url: Some(format!("{ap_id}/moderators")).filter(|_| kind == ActorKind::Group),
        public_key_id: format!("{ap_id}#main-key"),
        public_key_pem: None,
        private_key_pem: None,
        inbox_id: None,
        host_id: None,
        published: tx.now,
        updated: None,
        fetched: tx.now,
        deleted: false,
        suspended: false,
        ap_id: ap_id.into(),
    };
    match actors::insert(tx.conn, &row) {
        Err(StoreError::Conflict) => {
            return Err(CommunityError::invalid("name", "This name is taken."));
        }
        other => other?,
    }
    tx.wake_errands();
    Ok(row.id)
}
