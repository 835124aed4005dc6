//! Who may do what to what: one table, which pages, API and wire ask alike.

use thiserror::Error;

use super::ids::ActorId;
use super::kinds::words;
use super::roles::Role;

words! {
    /// What somebody would do. What they do it to is in a group, is a group, or is a person.
    Act {
        /// Edit, delete or bring back what one wrote oneself.
        ChangeOwn = "change-own",
        /// Take somebody's thread or comment away, or put it back.
        Remove = "remove",
        /// Close a thread or a comment for answers, or open it.
        Lock = "lock",
        /// Put a thread, with all that answers it, into another group: out of the one it is in.
        MoveThread = "move-thread",
        /// Pin a thread in its group.
        Feature = "feature",
        /// Mark one's own comment as spoken for the group.
        Distinguish = "distinguish",
        /// Begin a thread where only moderators may.
        BeginRestricted = "begin-restricted",
        BanFromGroup = "ban-from-group",
        /// Title, domain statement, rules, pictures of the group.
        EditGroup = "edit-group",
        /// Say who looks after the group. Servers elsewhere know of no ranks, so that of those who are at
        /// home there moderators do.
        Appoint = "appoint",
        /// Close the group, or open it again.
        CloseGroup = "close-group",
        /// Say with which groups it shares threads.
        ShareThreads = "share-threads",
        /// Send its followers after it to another address.
        MoveGroup = "move-group",
        /// Say who administers this site.
        AppointAdmin = "appoint-admin",
        /// Take a group off this site, or put it back.
        RemoveGroup = "remove-group",
        /// Keep a group out of the lists of this site.
        HideGroup = "hide-group",
        /// Pin a thread on the front page of this site.
        FeatureOnSite = "feature-on-site",
        BanFromSite = "ban-from-site",
        /// Erase for good.
        Purge = "purge",
        /// See who voted how on what is in the group.
        SeeVotes = "see-votes",
        /// See what was reported in the group and why, and say that it is dealt with.
        HandleReports = "handle-reports",
        /// See what was reported outside of any group: people, groups, messages.
        HandleSiteReports = "handle-site-reports",
        /// Open the pages for administrators.
        SeeAdministration = "see-administration",
        /// Name, look, languages and rules of this site, and which links it takes.
        EditSite = "edit-site",
        /// Say with which servers this one talks, and what becomes of its queues.
        ChooseServers = "choose-servers",
        /// Let people who apply join this site.
        DecideApplications = "decide-applications",
        /// See what everybody uploaded.
        SeeUploads = "see-uploads",
        /// Let people into a private group, and take them out.
        LetIn = "let-in",
    }
}

/// Where the group, or the person, that is acted on is at home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    #[default]
    Here,
    Elsewhere,
}

/// What somebody is to the thing they would act on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Wrote it.
    pub author: bool,
    /// In the group it is in.
    pub role: Option<Role>,
    /// Administers this site.
    pub admin: bool,
    /// Of what is at home elsewhere: its own group, or its own site, says that they may.
    pub vouched: bool,
    /// Of what is acted on.
    pub home: Home,
    /// Of who acts.
    pub lives: Home,
}

/// How far an act goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// An administrator keeps this site clean of what is not theirs: nobody else is told.
    HereOnly,
    /// Nothing changes here before its own server says so, which may know more than we do.
    Asked,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("only its author may do that")]
    NotAuthor,
    #[error("only the group's coordinator and moderators may do that")]
    NotModerator,
    #[error("only the group's coordinator may do that")]
    NotCoordinator,
    #[error("only administrators may do that")]
    NotAdmin,
    #[error("it can only be changed where it lives")]
    NotHere,
    #[error("whom it concerns has as much say")]
    Outranked,
}

/// Who may at least; each may what those before may.
#[derive(Clone, Copy)]
enum Least {
    Author,
    AuthorWhoModerates,
    AuthorOrModerator,
    Moderator,
    /// A coordinator, or a moderator whose server knows of no coordinators.
    Appointer,
    Coordinator,
    Admin,
}

/// What this site's administrators may do to what is at home elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Abroad {
    HereOnly,
    Asked,
    Nothing,
}

impl Act {
    /// The table.
    fn row(self) -> (Least, Abroad) {
        match self {
            Act::ChangeOwn => (Least::Author, Abroad::Nothing),
            Act::Remove => (Least::Moderator, Abroad::HereOnly),
            Act::Lock => (Least::Moderator, Abroad::HereOnly),
            Act::MoveThread => (Least::AuthorOrModerator, Abroad::Nothing),
            Act::Feature => (Least::Moderator, Abroad::HereOnly),
            Act::Distinguish => (Least::AuthorWhoModerates, Abroad::Nothing),
            Act::BeginRestricted => (Least::Moderator, Abroad::Nothing),
            Act::BanFromGroup => (Least::Moderator, Abroad::HereOnly),
            Act::EditGroup => (Least::Moderator, Abroad::Asked),
            Act::Appoint => (Least::Appointer, Abroad::Asked),
            Act::CloseGroup => (Least::Coordinator, Abroad::Nothing),
            Act::ShareThreads => (Least::Coordinator, Abroad::Nothing),
            Act::MoveGroup => (Least::Coordinator, Abroad::Nothing),
            Act::AppointAdmin => (Least::Admin, Abroad::Nothing),
            Act::RemoveGroup => (Least::Admin, Abroad::HereOnly),
            Act::HideGroup => (Least::Admin, Abroad::HereOnly),
            Act::FeatureOnSite => (Least::Admin, Abroad::HereOnly),
            Act::BanFromSite => (Least::Admin, Abroad::HereOnly),
            Act::Purge => (Least::Admin, Abroad::HereOnly),
            Act::SeeVotes => (Least::Moderator, Abroad::HereOnly),
            Act::HandleReports => (Least::Moderator, Abroad::HereOnly),
            Act::LetIn => (Least::Moderator, Abroad::Nothing),
            Act::HandleSiteReports
            | Act::SeeAdministration
            | Act::EditSite
            | Act::ChooseServers
            | Act::DecideApplications
            | Act::SeeUploads => (Least::Admin, Abroad::Nothing),
        }
    }

    /// Whether it may not be done to who has as much say.
    fn minds_rank(self) -> bool {
        matches!(self, Act::BanFromGroup | Act::BanFromSite | Act::Purge)
    }
}

/// What somebody is to what this author wrote, apart from the group it is in.
pub fn authorship(person: ActorId, author: ActorId) -> Standing {
    Standing {
        author: person == author,
        ..Standing::default()
    }
}

/// What an administrator, or who is none, is to this site itself.
pub fn on_site(admin: bool) -> Standing {
    Standing {
        admin,
        ..Standing::default()
    }
}

impl Standing {
    pub fn may(self, act: Act) -> Result<Reach, Refusal> {
        let (least, abroad) = act.row();
        if self.is_at_least(least) {
            return Ok(Reach::Everywhere);
        }
        match (self.home, abroad) {
            (Home::Elsewhere, Abroad::HereOnly) if self.admin => Ok(Reach::HereOnly),
            (Home::Elsewhere, Abroad::Asked) if self.admin => Ok(Reach::Asked),
            (Home::Elsewhere, Abroad::Nothing)
                if self.admin && !matches!(least, Least::Author | Least::AuthorWhoModerates) =>
            {
                Err(Refusal::NotHere)
            }
            _ => Err(match least {
                Least::Author => Refusal::NotAuthor,
                Least::AuthorWhoModerates if !self.author => Refusal::NotAuthor,
                Least::AuthorWhoModerates | Least::AuthorOrModerator | Least::Moderator => {
                    Refusal::NotModerator
                }
                Least::Appointer if !self.has_ranks() => Refusal::NotModerator,
                Least::Appointer | Least::Coordinator => Refusal::NotCoordinator,
                Least::Admin => Refusal::NotAdmin,
            }),
        }
    }

    /// Likewise, of what is done to a person: `them` is what that person is to the same group or site.
    pub fn may_to(self, act: Act, them: Standing) -> Result<Reach, Refusal> {
        let reach = self.may(act)?;
        if act.minds_rank() && self.rank(act, reach) <= them.rank(act, reach) {
            return Err(Refusal::Outranked);
        }
        Ok(reach)
    }

    /// Whether the tools of a moderator are shown.
    pub fn may_moderate(self) -> bool {
        self.may(Act::Remove).is_ok()
    }

    /// Whether the tools of a coordinator are shown.
    pub fn may_coordinate(self) -> bool {
        self.may(Act::CloseGroup).is_ok()
    }

    fn is_at_least(self, least: Least) -> bool {
        // The say of a whole site over what is its own.
        let site = match self.home {
            Home::Here => self.admin,
            Home::Elsewhere => self.vouched,
        };
        let moderates = site || self.role.is_some();
        // Elsewhere there are moderators only, as far as the wire tells: its own server has the last word.
        let coordinates = site
            || match self.home {
                Home::Here => self.role == Some(Role::Coordinator),
                Home::Elsewhere => self.role.is_some(),
            };
        match least {
            Least::Author => self.author,
            Least::AuthorWhoModerates => self.author && moderates,
            Least::AuthorOrModerator => self.author || moderates,
            Least::Moderator => moderates,
            Least::Appointer if !self.has_ranks() => moderates,
            Least::Appointer | Least::Coordinator => coordinates,
            Least::Admin => site,
        }
    }

    /// Whether who acts and what they act on both know of more than moderators.
    fn has_ranks(self) -> bool {
        self.home == Home::Here && self.lives == Home::Here
    }

    fn rank(self, act: Act, reach: Reach) -> u8 {
        let site = match (self.home, reach) {
            (Home::Elsewhere, Reach::Everywhere) => self.vouched,
            _ => self.admin,
        };
        match self.role {
            _ if site => 3,
            Some(Role::Coordinator) if act == Act::BanFromGroup => 2,
            Some(Role::Moderator) if act == Act::BanFromGroup => 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
