//! Newtype ids: time-ordered integers below 2^53, made by the application (why: ARCHITECTURE.md, "Decisions").

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

id! {
    /// Any actor: person, group or site, local or remote.
    ActorId,
    PostId,
    CommentId,
    ActivityId,
    HostId,
    InboxId,
    NotificationId,
    /// A word to a member that is about no thread.
    NoticeId,
    /// One received activity waiting in, or kept by, the durable inbox.
    IntakeId,
    UploadId,
    /// A private message.
    MessageId,
    /// One entry of the log of moderation.
    ModlogId,
    ReportId,
}

/// Milliseconds between 1970 and 2024-01-01T00:00:00Z, where ids begin to count.
const EPOCH_MS: i64 = 1_704_067_200_000;
const NODE_BITS: u32 = 5;
const SEQUENCE_BITS: u32 = 7;

/// Highest node number: that many processes plus one may share a database.
pub const MAX_NODE: u16 = (1 << NODE_BITS) - 1;

/// Makes ids: 41 bits of milliseconds, 5 bits of node number, 7 bits of sequence.
/// When a millisecond is used up it borrows from the next one, so it never waits.
#[derive(Debug)]
pub struct IdMaker {
    node: i64,
    last: Mutex<(i64, i64)>,
}

impl IdMaker {
    pub fn new(node: u16) -> Self {
        IdMaker {
            node: i64::from(node.min(MAX_NODE)),
            last: Mutex::new((0, 0)),
        }
    }

    pub fn next(&self) -> i64 {
        let now = Timestamp::now().millis() - EPOCH_MS;
        let mut last = self.last.lock().unwrap_or_else(|e| e.into_inner());
        let (mut ms, mut sequence) = *last;
        if now > ms {
            (ms, sequence) = (now, 0);
        } else {
            sequence += 1;
            if sequence >= 1 << SEQUENCE_BITS {
                (ms, sequence) = (ms + 1, 0);
            }
        }
        *last = (ms, sequence);
        (ms << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_fit_json_numbers_and_differ_between_nodes() {
        let (a, b) = (IdMaker::new(1), IdMaker::new(2));
        let mut seen = std::collections::HashSet::new();
        let mut previous = 0;
        for _ in 0..2_000 {
            let id = a.next();
            assert!(id > previous && id < 1 << 53);
            previous = id;
            assert!(seen.insert(id) && seen.insert(b.next()));
        }
    }
}
