//! Why a use-case said no, in words for the person who asked; each door adds its own status.

use thiserror::Error;

use crate::domain::limits::TextError;
use crate::domain::names::NameError;
use crate::domain::rules::Refusal;
use crate::store::{Rollback, StoreError};

#[derive(Debug, Error)]
pub enum CommunityError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Missing(Missing),
    #[error("{0}")]
    Denied(Denied),
    /// Who applied to join is told why that was declined.
    #[error("This application to join was declined: {reason}")]
    Declined { reason: String },
    /// One field of what was sent; the message is shown next to it.
    #[error("{message}")]
    Invalid {
        field: &'static str,
        message: String,
    },
}

/// What was asked for and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Missing {
    #[error("There is no such thread here.")]
    Post,
    #[error("There is no such comment here.")]
    Comment,
    #[error("There is no such group here.")]
    Group,
    #[error("There is no such person here.")]
    Person,
    #[error("There is no such notification.")]
    Notification,
    #[error(
        "Nobody by that name waits to be let in; perhaps they withdrew, or another moderator was faster."
    )]
    Request,
    #[error("There is no such message.")]
    Message,
    #[error("This set-up link is not valid, or was used already.")]
    SetupLink,
    #[error("There is no such application.")]
    Application,
    #[error("This server does not know such a server.")]
    Host,
    #[error("There is no such picture.")]
    Picture,
    #[error("There is no such report.")]
    Report,
}

/// What somebody may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denied {
    #[error("Only its author may do that.")]
    NotAuthor,
    #[error("Only the group's coordinator and moderators may do that.")]
    NotModerator,
    #[error("Only the group's coordinator may do that.")]
    NotCoordinator,
    #[error("Only administrators may do that.")]
    NotAdmin,
    #[error("This thread is locked.")]
    Locked,
    #[error("This was deleted.")]
    Deleted,
    #[error("You have reported this already. Its moderators will look at it.")]
    AlreadyReported,
    #[error("You wrote this yourself: there is nobody to report.")]
    ReportsOwn,
    #[error("Only moderators may begin threads in this group.")]
    PostingRestricted,
    #[error("Only members whom its moderators let in may do that in this group.")]
    NotMember,
    #[error("The threads of a group that is not for everybody are not shared with another.")]
    NotShared,
    #[error("This person takes no messages from you.")]
    TakesNoMessages,
    #[error("This account is suspended.")]
    Suspended,
    #[error("You are banned from this group.")]
    Banned,
    #[error("This group is not here: it can only be changed where it lives.")]
    RemoteGroup,
    #[error("Registration is closed here.")]
    RegistrationClosed,
    #[error("The name or the password is wrong.")]
    WrongCredentials,
    #[error("This account waits for approval by an administrator.")]
    NotYetApproved,
    #[error("This application to join was declined.")]
    Rejected,
    #[error("Whom this concerns has as much say there.")]
    Outranked,
    #[error("This site does not talk with that group's server.")]
    ShutOut,
    #[error("This site does not want links to that address.")]
    BlockedLink,
    #[error("The last coordinator cannot leave the role before somebody else takes it.")]
    LastCoordinator,
    #[error("You cannot block yourself.")]
    BlocksSelf,
    #[error("Administrators cannot be blocked.")]
    BlocksAdmin,
    #[error("The last administrator stays one: somebody must look after the site.")]
    LastAdmin,
    #[error("This group has moved to another address: threads begin there.")]
    Moved,
    #[error("This group has too many requests to look through.")]
    TooManyRequests,
}

impl From<Missing> for CommunityError {
    fn from(missing: Missing) -> Self {
        CommunityError::Missing(missing)
    }
}

impl From<Denied> for CommunityError {
    fn from(denied: Denied) -> Self {
        CommunityError::Denied(denied)
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAuthor => Denied::NotAuthor,
            Refusal::NotModerator => Denied::NotModerator,
            Refusal::NotCoordinator => Denied::NotCoordinator,
            Refusal::NotAdmin => Denied::NotAdmin,
            Refusal::NotHere => Denied::RemoteGroup,
            Refusal::Outranked => Denied::Outranked,
        }
    }
}

impl From<Refusal> for CommunityError {
    fn from(refusal: Refusal) -> Self {
        CommunityError::Denied(refusal.into())
    }
}

impl CommunityError {
    pub fn invalid(field: &'static str, message: impl ToString) -> Self {
        CommunityError::Invalid {
            field,
            message: message.to_string(),
        }
    }

    pub fn text(field: &'static str) -> impl Fn(TextError) -> CommunityError {
        move |error| CommunityError::invalid(field, error)
    }

    pub fn name(field: &'static str) -> impl Fn(NameError) -> CommunityError {
        move |error| CommunityError::invalid(field, error)
    }
}

impl Rollback for CommunityError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            CommunityError::Store(error) => Some(error),
            _ => None,
        }
    }
}
