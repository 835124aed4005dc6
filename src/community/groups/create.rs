//! A new group: whoever makes it coordinates and follows it.

use url::Url;

use super::edit::{EditGroup, write};
use super::follow;
use crate::community::accounts::new_local_actor;
use crate::community::{CommunityError, Denied};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Visibility};
use crate::domain::limits::{DisplayName, Statement};
use crate::domain::names::Name;
use crate::domain::roles::Role;
use crate::store::groups::{self, GroupRow};
use crate::store::{Tx, actors};

#[derive(Clone, Debug)]
pub struct NewGroup {
    pub name: Name,
    pub title: DisplayName,
    /// The domain statement: what the group cares about.
    pub domain: Statement,
    pub rules: Option<Statement>,
    pub icon: Option<Url>,
    pub image: Option<Url>,
    pub posting_restricted: bool,
    pub sensitive: bool,
    pub visibility: Visibility,
}

pub fn create(tx: &mut Tx<'_>, by: ActorId, new: &NewGroup) -> Result<ActorId, CommunityError> {
    let founder = actors::get(tx.conn, by)?;
    if !founder.local || founder.suspended || founder.deleted {
        return Err(Denied::Suspended.into());
    }
    if new.title.as_str().is_empty() {
        return Err(CommunityError::invalid("title", "The group needs a title."));
    }
    let group = new_local_actor(tx, ActorKind::Group, &new.name)?;
    groups::insert(tx.conn, &GroupRow::new(group, tx.now))?;
    actors::set_role(tx.conn, group, by, Some(Role::Coordinator), tx.now)?;
    write(
        tx,
        group,
        &EditGroup {
            title: new.title.clone(),
            domain: new.domain.clone(),
            rules: new.rules.clone(),
            icon: new.icon.clone(),
            image: new.image.clone(),
            posting_restricted: new.posting_restricted,
            sensitive: new.sensitive,
            visibility: new.visibility,
        },
        None,
    )?;
    follow(tx, by, group)?;
    Ok(group)
}
