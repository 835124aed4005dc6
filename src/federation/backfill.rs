//! What a group elsewhere held before somebody here came: its newest threads, its pinned ones, its
//! moderators. Read in the background, once.

use serde_json::Value;
use url::Url;

use super::Federation;
use super::fetch::FetchFailure;
use crate::activitystreams::{
    self as wire, Announced, Collection, Content, FirstPage, Thing, Verb,
};
use crate::community::Via;
use crate::community::remote::{Doc, Docs, Entry, ensure_actor, ensure_content, take_in};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::roles::Role;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, groups, posts};

const THREADS: usize = 50;
const PINNED: usize = 20;
const MODERATORS: usize = 50;

impl Federation {
    /// Reads the groups whose past is wanted. False when there was none.
    pub async fn backfill_groups(&self) -> Result<bool, StoreError> {
        let wanted = self
            .store
            .read(|tx| groups::to_backfill(tx.conn, 10))
            .await?;
        let any = !wanted.is_empty();
        for group in wanted {
            let read = self.backfill(group).await?;
            self.store
                .write(move |tx| {
                    if read {
                        groups::backfilled(tx.conn, group, tx.now)
                    } else {
                        // Wanted again when somebody next looks for the group or follows it.
                        groups::give_up_backfill(tx.conn, group)
                    }
                })
                .await?;
        }
        Ok(any)
    }

    /// False when the group's server could not be reached.
    async fn backfill(&self, id: ActorId) -> Result<bool, StoreError> {
        let group = self.store.read(move |tx| actors::get(tx.conn, id)).await?;
        // Moderators first: what they pinned is believed then.
        for item in self
            .items(group.moderators_url.as_deref(), MODERATORS)
            .await?
            .unwrap_or_default()
        {
            if let Some(person) = reference(&item) {
                self.add_moderator(&group, person).await?;
            }
        }
        let outbox = self.items(group.outbox_url.as_deref(), THREADS).await?;
        let Some(mut threads) = outbox else {
            return Ok(false);
        };
        threads.reverse();
        for item in threads {
            if let Some(found) = thread_in(&item) {
                self.take_in_thread(&group, found).await?;
            }
        }
        let pinned = self.items(group.featured_url.as_deref(), PINNED).await?;
        for item in pinned.unwrap_or_default() {
            if let Some(found) = thread_in(&item)
                && let Some(Entry::Post(post)) = self.take_in_thread(&group, found).await?
                && post.group_id == group.id
            {
                self.store
                    .write(move |tx| posts::set_featured(tx.conn, post.id, true))
                    .await?;
            }
        }
        let followers = self.collection(group.followers_url.as_deref()).await?;
        if let Read::Collection(followers) = followers
            && let Some(total) = followers.total
        {
            let total = i64::from(u32::try_from(total).unwrap_or(u32::MAX));
            self.store
                .write(move |tx| groups::set_follower_count(tx.conn, id, total))
                .await?;
        }
        Ok(true)
    }

    async fn collection(&self, url: Option<&str>) -> Result<Read, StoreError> {
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return Ok(Read::Nothing);
        };
        let fetched = match self.fetch_raw(&url).await? {
            Ok(fetched) => fetched,
            Err(error) => {
                tracing::debug!(%url, %error, "a collection could not be read");
                return Ok(if error.is_passing() {
                    Read::NotNow
                } else {
                    Read::Nothing
                });
            }
        };
        let read = wire::parse_json(&fetched.body).and_then(|value| wire::read_collection(&value));
        Ok(read.map_or(Read::Nothing, |collection| {
            Read::Collection(Box::new(collection))
        }))
    }

    /// The first items of a collection, or of its first page; `None` when its server is out of reach.
    async fn items(
        &self,
        url: Option<&str>,
        limit: usize,
    ) -> Result<Option<Vec<Value>>, StoreError> {
        let collection = match self.collection(url).await? {
            Read::Collection(collection) => *collection,
            Read::Nothing => return Ok(Some(Vec::new())),
            Read::NotNow => return Ok(None),
        };
        let mut items = collection.items;
        if items.is_empty() {
            items = match collection.first {
                Some(FirstPage::Embedded(page)) => page.items,
                // Of the same server only: a collection is not to send us round the world.
                Some(FirstPage::Reference(page)) if same_host(url, &page) => {
                    self.collection(Some(page.as_str())).await?.into_items()
                }
                _ => Vec::new(),
            };
        }
        items.truncate(limit);
        Ok(Some(items))
    }

    async fn add_moderator(&self, group: &ActorRow, person: Url) -> Result<(), StoreError> {
        let group = group.id;
        let outcome = self
            .with_documents(Docs::default(), move |tx, docs| {
                let person = ensure_actor(tx, &person, docs)?;
                if actors::role(tx.conn, group, person.id)?.is_none() {
                    let role = Some(Role::Moderator);
                    actors::set_role(tx.conn, group, person.id, role, tx.now)?;
                }
                Ok(())
            })
            .await;
        skip_refusals(outcome).map(|_| ())
    }

    async fn take_in_thread(
        &self,
        group: &ActorRow,
        found: Found,
    ) -> Result<Option<Entry>, StoreError> {
        let mut docs = Docs::default();
        let id = match found {
            // What lives on the group's own server came from there just now.
            Found::Embedded(content) if host_of(&content.id).as_deref() == Some(&group.host) => {
                let id = content.id.clone();
                docs.insert(id.clone(), Doc::Found(Thing::Content(content)));
                id
            }
            Found::Embedded(content) => content.id,
            Found::Reference(id) => id,
        };
        let outcome = self
            .with_documents(docs, move |tx, docs| match docs.get(&id) {
                Some(Doc::Found(Thing::Content(content))) => take_in(tx, content, docs, Via::Here),
                _ => ensure_content(tx, &id, docs),
            })
            .await;
        skip_refusals(outcome)
    }
}

fn same_host(url: Option<&str>, other: &Url) -> bool {
    url.and_then(|url| Url::parse(url).ok())
        .is_some_and(|url| url.origin() == other.origin())
}

/// One item that will not do does not end the reading of a group.
fn skip_refusals<T>(outcome: Result<T, FetchFailure>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(FetchFailure::Store(error @ StoreError::Unavailable(_))) => Err(error),
        Err(other) => {
            tracing::debug!(reason = %other, "not taken in while reading a group's past");
            Ok(None)
        }
    }
}

/// What became of reading a collection.
enum Read {
    Collection(Box<Collection>),
    /// There is none, or none that we may read.
    Nothing,
    NotNow,
}

impl Read {
    fn into_items(self) -> Vec<Value> {
        match self {
            Read::Collection(collection) => collection.items,
            Read::Nothing | Read::NotNow => Vec::new(),
        }
    }
}

enum Found {
    Embedded(Box<Content>),
    Reference(Url),
}

fn reference(item: &Value) -> Option<Url> {
    let text = item.as_str().or_else(|| item["id"].as_str())?;
    wire::parse_url(text).ok()
}

/// The thread in an item of an outbox: announced, created, or there as it is.
fn thread_in(item: &Value) -> Option<Found> {
    if item.is_string() {
        return reference(item).map(Found::Reference);
    }
    if let Ok(activity) = wire::read_activity(item) {
        return match activity.verb {
            Verb::Create { object } => Some(Found::Embedded(object)),
            Verb::CreateReference { object } => Some(Found::Reference(object)),
            Verb::Announce { object } => match object {
                Announced::Reference(id) => Some(Found::Reference(id)),
                Announced::Object(thing) => thread_of(*thing),
                Announced::Activity(inner, _) => match inner.verb {
                    Verb::Create { object } => Some(Found::Embedded(object)),
                    Verb::Update { object } => thread_of(*object),
                    Verb::CreateReference { object } => Some(Found::Reference(object)),
                    _ => None,
                },
            },
            _ => None,
        };
    }
    thread_of(wire::read_object(item).ok()?)
}

fn thread_of(thing: Thing) -> Option<Found> {
    match thing {
        Thing::Content(content) => Some(Found::Embedded(content)),
        Thing::Reference(id) => Some(Found::Reference(id)),
        Thing::Actor(_) | Thing::Tombstone(_) => None,
    }
}
