//! People, sites, groups and who follows what.

use std::collections::HashMap;

use super::super::people::{GROUPS, PEOPLE, site};
use super::super::stage::{Stage, until};
use super::super::story::{Applicant, PASSWORD, Person, Side};
use crate::cli::Failure;
use crate::community::accounts::{
    self, EditProfile, NewAccount, Register, Viewer, passwords, passwords::PasswordHash,
};
use crate::community::groups::{self, NewGroup};
use crate::community::site::{self as sites, EditSite};
use crate::community::{CommunityError, Denied};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, FollowState, RegistrationMode, SessionKind};
use crate::domain::limits::{Bio, DisplayName, Email, Password, Statement};
use crate::domain::names::Name;
use crate::store::{self, StoreError, Tx};

/// Somebody of the story, or a group, where they live.
#[derive(Clone, Copy)]
pub struct Member {
    pub side: Side,
    pub id: ActorId,
}

/// A group by its numbers on both sides.
pub struct Circle {
    pub home: Side,
    pub coordinator: ActorId,
    pub ids: [ActorId; 2],
}

impl Circle {
    pub fn at(&self, side: Side) -> ActorId {
        self.ids[side as usize]
    }
}

#[derive(Default)]
pub struct Cast {
    members: HashMap<&'static str, Member>,
    circles: HashMap<&'static str, Circle>,
}

impl Cast {
    pub fn member(&self, name: &str) -> Result<Member, Failure> {
        let member = self.members.get(name).copied();
        member.ok_or_else(|| Failure::Demo(format!("nobody in the story is called {name}")))
    }

    pub fn circle(&self, name: &str) -> Result<&Circle, Failure> {
        let circle = self.circles.get(name);
        circle.ok_or_else(|| Failure::Demo(format!("no group of the story is called {name}")))
    }

    pub async fn people_join(&mut self, stage: &Stage) -> Result<(), Failure> {
        let hash = password().await?;
        for person in PEOPLE {
            let password = hash.clone();
            let id = stage
                .at(person.side)
                .act(move |tx| join(tx, person, &password))
                .await?;
            let side = person.side;
            self.members.insert(person.name, Member { side, id });
        }
        Ok(())
    }

    pub async fn sites_are_named(&self, stage: &Stage) -> Result<(), Failure> {
        for person in PEOPLE.iter().filter(|person| person.admin) {
            let Member { side, id } = self.member(person.name)?;
            let about = site(side);
            let edit = EditSite {
                name: side.title().to_owned(),
                tagline: about.tagline.to_owned(),
                sidebar: Statement::parse(about.sidebar)
                    .map_err(CommunityError::text("sidebar"))?,
                registration: Some(match about.question {
                    None => RegistrationMode::Open,
                    Some(_) => RegistrationMode::Approval,
                }),
                application_question: about.question.map(str::to_owned),
            };
            stage
                .at(side)
                .act(move |tx| as_viewer(tx, id, |tx, viewer| sites::edit(tx, viewer, &edit)))
                .await?;
        }
        Ok(())
    }

    pub async fn somebody_applies(
        &self,
        stage: &Stage,
        who: &'static Applicant,
    ) -> Result<(), Failure> {
        let register = Register {
            name: Name::parse(who.name).map_err(CommunityError::name("name"))?,
            email: Some(email(who.name)?),
            password: password().await?,
            display_name: DisplayName::parse(who.display_name)
                .map_err(CommunityError::text("display_name"))?,
            application: Some(who.application.to_owned()),
        };
        stage
            .at(who.side)
            .act(move |tx| accounts::register(tx, &register))
            .await?;
        Ok(())
    }

    pub async fn groups_are_made(&mut self, stage: &Stage) -> Result<(), Failure> {
        for group in GROUPS {
            let founder = self.member(group.by)?;
            let rules = group.rules.map(Statement::parse).transpose();
            let new = NewGroup {
                name: Name::parse(group.name).map_err(CommunityError::name("name"))?,
                title: DisplayName::parse(group.title).map_err(CommunityError::text("title"))?,
                domain: Statement::parse(group.domain).map_err(CommunityError::text("domain"))?,
                rules: rules.map_err(CommunityError::text("rules"))?,
                icon: None,
                image: None,
                posting_restricted: false,
                sensitive: false,
                visibility: crate::domain::kinds::Visibility::Public,
            };
            let here = stage.at(founder.side);
            let id = here
                .act(move |tx| groups::create(tx, founder.id, &new))
                .await?;
            let handle = format!("!{}@{}", group.name, here.host());
            let elsewhere = stage.at(founder.side.other()).find_group(&handle).await?;
            let mut ids = [id; 2];
            ids[founder.side.other() as usize] = elsewhere;
            let circle = Circle {
                home: founder.side,
                coordinator: founder.id,
                ids,
            };
            self.circles.insert(group.name, circle);
        }
        Ok(())
    }

    pub async fn groups_are_followed(&self, stage: &Stage) -> Result<(), Failure> {
        for group in GROUPS {
            let circle = self.circle(group.name)?;
            for name in group.followers {
                let Member { side, id } = self.member(name)?;
                let (here, there) = (stage.at(side), circle.at(side));
                here.act(move |tx| groups::follow(tx, id, there)).await?;
                let what = format!("{name} to be let into {}", group.name);
                until(&what, || async {
                    let row = here
                        .read(move |tx| store::follows::find(tx.conn, id, there))
                        .await?;
                    Ok(row.filter(|row| row.state == FollowState::Accepted))
                })
                .await?;
            }
        }
        Ok(())
    }
}

/// Slow on purpose: made once for all of them.
async fn password() -> Result<PasswordHash, Failure> {
    let password = Password::parse(PASSWORD).map_err(CommunityError::text("password"))?;
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
    Ok(hash.map_err(|error| StoreError::Unavailable(error.to_string()))??)
}

fn email(name: &str) -> Result<Email, CommunityError> {
    Email::parse(&format!("{name}@example.org")).map_err(CommunityError::text("email"))
}

fn join(
    tx: &mut Tx<'_>,
    person: &Person,
    password: &PasswordHash,
) -> Result<ActorId, CommunityError> {
    let display_name =
        DisplayName::parse(person.display_name).map_err(CommunityError::text("display_name"))?;
    let id = accounts::create(
        tx,
        &NewAccount {
            name: &Name::parse(person.name).map_err(CommunityError::name("name"))?,
            email: Some(&email(person.name)?),
            password,
            display_name: Some(&display_name),
            admin: person.admin,
            state: AccountState::Active,
            application: None,
        },
    )?;
    let edit = EditProfile {
        bot: false,
        display_name,
        bio: Bio::parse(person.bio).map_err(CommunityError::text("bio"))?,
        institution: Some(person.side.title().to_owned()),
        icon: None,
        image: None,
    };
    as_viewer(tx, id, |tx, viewer| {
        accounts::edit_profile(tx, viewer, &edit)
    })?;
    Ok(id)
}

/// Does something that takes somebody who is logged in.
fn as_viewer<T>(
    tx: &mut Tx<'_>,
    person: ActorId,
    act: impl FnOnce(&mut Tx<'_>, &Viewer) -> Result<T, CommunityError>,
) -> Result<T, CommunityError> {
    let token = accounts::open_session(tx, person, SessionKind::Web)?;
    let viewer = accounts::viewer(tx, &token, SessionKind::Web)?.ok_or(Denied::WrongCredentials)?;
    let done = act(tx, &viewer)?;
    accounts::log_out(tx, &viewer)?;
    Ok(done)
}
