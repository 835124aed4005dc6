//! Groups elsewhere that were last read long ago and that somebody looks at: what they are now, who looks
//! after them, what is pinned, how many follow. In the background; the page does not wait.

use url::Url;

use super::Federation;
use super::collections::skip_refusals;
use crate::activitystreams::Thing;
use crate::community::remote::{Doc, Docs, WireError, take_in_actor};
use crate::domain::ids::ActorId;
use crate::domain::time::DAY;
use crate::store::{StoreError, actors, conversations};

impl Federation {
    /// Somebody looks at a group: one elsewhere that was read more than a day ago is read anew.
    pub async fn group_looked_at(&self, id: ActorId) -> Result<(), StoreError> {
        // Where it cannot be reached, not every look knocks again.
        if self.caches.looked_at.contains_key(&id) {
            return Ok(());
        }
        let old = self.store.read(move |tx| {
            match actors::get(tx.conn, id) {
                Ok(row) => Ok(!row.local && tx.now.since(row.fetched) > DAY),
                // Not for us to say.
                Err(StoreError::NotFound) => Ok(false),
                Err(error) => Err(error),
            }
        });
        if !old.await? {
            return Ok(());
        }
        self.caches.looked_at.insert(id, ());
        self.store
            .write(move |tx| {
                conversations::want_refresh(tx.conn, id, tx.now)?;
                tx.wake_errands();
                Ok(())
            })
            .await
    }

    /// Reads the groups that are to be read anew. False when there was none.
    pub async fn refresh_groups(&self) -> Result<bool, StoreError> {
        let wanted = self
            .store
            .write(|tx| conversations::take_refreshes(tx.conn, tx.now, 10))
            .await?;
        let any = !wanted.is_empty();
        for (group, until) in wanted {
            self.refresh_group(group).await?;
            self.store
                .write(move |tx| conversations::refreshed(tx.conn, group, until))
                .await?;
        }
        Ok(any)
    }

    async fn refresh_group(&self, id: ActorId) -> Result<(), StoreError> {
        let group = self.store.read(move |tx| actors::get(tx.conn, id)).await?;
        let Ok(url) = group.ap_id.parse::<Url>() else {
            return Ok(());
        };
        if group.local || group.deleted {
            return Ok(());
        }
        // First: it is what a new member looks for.
        self.read_follower_count(&group).await?;
        let outcome = self
            .with_documents(Docs::default(), move |tx, docs| match docs.get(&url) {
                None => Err(WireError::Need(url.clone())),
                Some(Doc::Found(Thing::Actor(doc))) if doc.id == url => take_in_actor(tx, doc),
                Some(_) => Err(WireError::refused("it is no longer there")),
            })
            .await;
        let Some(group) = skip_refusals(outcome)? else {
            return Ok(());
        };
        self.read_moderators(&group, true).await?;
        self.read_pinned(&group, true).await
    }
}
