//! What can go wrong on the way out, and whether it is worth another try.

use std::error::Error;

use thiserror::Error;
use url::Url;

use super::addresses::PrivateAddress;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    #[error("refused: {0}")]
    Refused(Refusal),
    #[error("answered with status {0}")]
    Status(u16),
    #[error("did not take the signature of the request (status {0})")]
    Signature(u16),
    #[error("no answer in time")]
    Timeout,
    #[error("the answer is too large")]
    TooLarge,
    /// With what the answer called itself, cut to 100 characters.
    #[error("the answer is of an unexpected kind: {0:?}")]
    ContentType(String),
    #[error("the answer is compressed, which was not asked for")]
    Encoded,
    #[error("redirect: {0}")]
    Redirect(RedirectFault),
    #[error("could not be reached: {0}")]
    Network(String),
    #[error("could not be signed: {0}")]
    Signing(String),
}

/// Why an address is not even asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("the address is not https")]
    Scheme,
    #[error("the address names a port other than 443")]
    Port,
    #[error("the address carries a user name or password")]
    UserInfo,
    #[error("the address has no host")]
    NoHost,
    #[error("the address lies in a private network")]
    PrivateAddress,
    #[error("the address is our own, and nothing of the kind is here")]
    Ourselves,
    #[error("its server is blocked here")]
    Blocked,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RedirectFault {
    #[error("too many in a row")]
    TooMany,
    /// Not followed. Whoever wants what is there asks for it anew, with all checks.
    #[error("to another host")]
    OtherHost(Box<Url>),
    #[error("without a readable target")]
    Nowhere,
}

impl FetchError {
    /// Whether the same request may well succeed later: time-outs, network faults, 5xx, 408, 425,
    /// 429.
    pub fn is_passing(&self) -> bool {
        match self {
            FetchError::Timeout | FetchError::Network(_) => true,
            FetchError::Status(status) => passing_status(*status),
            _ => false,
        }
    }

    /// As [`is_passing`](Self::is_passing), and a refusal of our signature, of somebody who may have failed
    /// to fetch our key just now.
    pub fn is_passing_or_of_signature(&self) -> bool {
        self.is_passing() || matches!(self, FetchError::Signature(_))
    }

    /// Whether the other side says that there is nothing (any more): 404 or 410.
    pub fn is_gone(&self) -> bool {
        matches!(self, FetchError::Status(404 | 410))
    }

    pub(super) fn from_reqwest(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return FetchError::Timeout;
        }
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        let mut last = String::new();
        while let Some(current) = cause {
            if is_private_address(current) {
                return FetchError::Refused(Refusal::PrivateAddress);
            }
            last = current.to_string();
            cause = current.source();
        }
        FetchError::Network(last)
    }
}

pub(super) fn passing_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

fn is_private_address(error: &(dyn Error + 'static)) -> bool {
    use activitypub_federation::error::Error as Library;
    error.is::<PrivateAddress>()
        || matches!(
            error.downcast_ref::<Library>(),
            Some(Library::ResolveInternalIpError(..))
        )
}
