//! Whether somebody moderates a group elsewhere, as its own server says when it is asked.
//!
//! Whoever can sign can make us ask, so that a group's list is read once in a while, a page or two of
//! it, and nobody who stands in it is fetched.

use std::sync::Arc;

use url::Url;

use super::Federation;
use super::collections::{Read, reference};
use crate::activitystreams::Thing;
use crate::community::remote::{Doc, Moderates};
use crate::domain::ids::ActorId;
use crate::domain::roles::Role;
use crate::store::{StoreError, actors};

const MODERATORS: usize = 100;
const FETCHES: usize = 2;

impl Federation {
    /// Asks, and writes down what is answered; the reason where that has to wait.
    pub(super) async fn ask_whether_moderates(
        &self,
        question: Moderates,
    ) -> Result<Option<String>, StoreError> {
        let Moderates { person, group } = question;
        let listed = match self.caches.moderators.get(&group) {
            Some(listed) => listed,
            None => {
                let listed = self.list_of_moderators(group).await?.map(Arc::new);
                self.caches.moderators.insert(group, listed.clone());
                listed
            }
        };
        let Some(listed) = listed else {
            let reason = "the group's server does not say just now who moderates it";
            return Ok(Some(reason.to_owned()));
        };
        self.store
            .write(move |tx| {
                let id = actors::get(tx.conn, person)?.ap_id;
                let known = actors::role(tx.conn, group, person)?.is_some();
                if !known && listed.iter().any(|listed| listed.as_str() == id) {
                    actors::set_role(tx.conn, group, person, Some(Role::Moderator), tx.now)?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        Ok(None)
    }

    async fn list_of_moderators(&self, group: ActorId) -> Result<Option<Vec<Url>>, StoreError> {
        let row = self
            .store
            .read(move |tx| actors::get(tx.conn, group))
            .await?;
        let url = row.moderators_url.as_deref();
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return self.owners_of(&row.ap_id).await;
        };
        let read = self
            .items_at(&url, MODERATORS, &mut FETCHES.clone())
            .await?;
        Ok(match read {
            Read::Found(found) => Some(found.items.iter().filter_map(reference).collect()),
            Read::Nothing => Some(Vec::new()),
            Read::NotNow => None,
        })
    }

    /// Whom a group without such a list names as its own people.
    async fn owners_of(&self, group: &str) -> Result<Option<Vec<Url>>, StoreError> {
        let Ok(id) = Url::parse(group) else {
            return Ok(Some(Vec::new()));
        };
        Ok(match self.fetch(&id).await? {
            Ok(Doc::Found(Thing::Actor(doc))) => Some(doc.owners),
            Ok(_) => Some(Vec::new()),
            Err(_) => None,
        })
    }
}
