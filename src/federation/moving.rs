//! Moving: the two addresses are looked at, and followers are led after groups.

use url::Url;

use super::{Federation, FetchFailure};
use crate::community::remote::Docs;
use crate::community::{CommunityError, moves};
use crate::domain::ids::ActorId;
use crate::store::StoreError;

impl Federation {
    /// One of ours moves to an address, as that is today.
    pub async fn move_away(
        &self,
        by: ActorId,
        actor: ActorId,
        target: Url,
    ) -> Result<(), CommunityError> {
        let moved = self
            .with_documents(Docs::default(), move |tx, docs| {
                moves::leave(tx, by, actor, &target, docs)
            })
            .await;
        match moved {
            Ok(done) => done,
            Err(FetchFailure::Store(error)) => Err(error.into()),
            Err(FetchFailure::Passing(reason) | FetchFailure::Refused(reason)) => Err(
                CommunityError::invalid("target", format!("That server cannot be asked: {reason}")),
            ),
        }
    }

    /// Leads followers after the groups that moved, some at a time. False when there was none.
    pub async fn lead_followers(&self) -> Result<bool, StoreError> {
        let led = self.store.write(moves::lead_some).await;
        match led {
            Ok(any) => Ok(any),
            Err(CommunityError::Store(error)) => Err(error),
            Err(other) => {
                tracing::warn!(reason = %other, "followers of a group that moved stay where they are");
                Ok(false)
            }
        }
    }
}
