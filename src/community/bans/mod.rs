//! Bans: from a group by those who look after it, from the site by its administrators; with a reason,
//! for a time or for good, with or without what the person wrote.

mod content;
mod group;
mod lift;
mod site;

use serde_json::Value;
use url::Url;

use crate::activitystreams::{self as wire, BlockOut};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::kinds::Visibility;
use crate::domain::limits::Reason;
use crate::domain::time::Timestamp;
use crate::store::actors::ActorRow;
use crate::store::{Tx, audience, bans};

pub use content::sweep_some;
pub(super) use content::{Sweep, begin};
pub use group::{ban_from_group, unban_from_group};
pub(crate) use group::{banned_from_group, unbanned_from_group};
pub(super) use lift::lift_if_over;
pub use lift::lift_over;
pub use site::{ban_from_site, banned_from_site, unban_from_site};
pub(crate) use site::{banned_by_home, unbanned_by_home};

#[derive(Clone, Debug, Default)]
pub struct Ban {
    pub reason: Option<Reason>,
    /// `None`: until somebody lifts it.
    pub until: Option<Timestamp>,
    /// Removes what the person wrote there as well.
    pub content: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Lift {
    pub reason: Option<Reason>,
    /// Puts back what was removed with the ban.
    pub content: bool,
}

/// What is told of a ban.
enum Told<'a> {
    Banned(&'a Ban),
    Lifted(&'a Lift),
}

/// The parties of a ban, as the wire names them: who bans whom from where.
struct Parties<'a> {
    by: &'a Url,
    person: &'a Url,
    place: &'a Url,
    place_is_group: bool,
}

impl Told<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Told::Banned(_) => "block",
            Told::Lifted(_) => "undo",
        }
    }

    /// `begun`: the id of the ban that a lifting ends.
    fn activity(&self, id: &Url, parties: &Parties<'_>, begun: &Url) -> Value {
        let block = |remove_data, reason, expires| BlockOut {
            person: parties.person,
            place: parties.place,
            place_is_group: parties.place_is_group,
            remove_data,
            reason,
            expires,
        };
        match self {
            Told::Banned(ban) => {
                let block = block(
                    Some(ban.content),
                    ban.reason.as_ref().map(Reason::as_str),
                    ban.until,
                );
                wire::block(id, parties.by, &block)
            }
            Told::Lifted(lift) => {
                let block = block(None, lift.reason.as_ref().map(Reason::as_str), None);
                let block = wire::block(begun, parties.by, &block);
                wire::unblock(id, parties.by, block, lift.content)
            }
        }
    }
}

/// Whether somebody may write or vote in a group. Whom it is for comes back, for telling them.
pub(crate) fn may_take_part(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<Visibility, CommunityError> {
    may_come(tx, person, group)?;
    if group.suspended {
        return Err(Missing::Group.into());
    }
    // Whoever may not read a group does not write or vote in it either.
    audience::takes_part(tx.conn, person, group)?.ok_or(Denied::NotMember.into())
}

/// Whether an author may bring back what they took away: not while they may not write there. What a group
/// elsewhere tells of people elsewhere, it has checked.
pub(crate) fn may_bring_back(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if group.local || author.local {
        may_take_part(tx, author, group)?;
    }
    Ok(())
}

/// Whether somebody may follow a group, or ask to.
pub(crate) fn may_come(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if person.suspended || person.deleted {
        return Err(Denied::Suspended.into());
    }
    if bans::holds(tx.conn, group.id, person.id, tx.now)? {
        return Err(Denied::Banned.into());
    }
    Ok(())
}

/// A ban that ends before it begins is none.
fn must_lie_ahead(tx: &Tx<'_>, until: Option<Timestamp>) -> Result<(), CommunityError> {
    match until {
        Some(until) if until <= tx.now => Err(CommunityError::invalid(
            "until",
            "The end of the ban has passed already.",
        )),
        _ => Ok(()),
    }
}
