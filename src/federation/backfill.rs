//! What a group elsewhere held before somebody here came: its newest threads, its pinned ones, its
//! moderators. Read in the background, once.

use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use url::Url;

use super::Federation;
use super::collections::{Items, Read, reference, skip_refusals, spend};
use crate::activitystreams::{self as wire, Announced, Content, Thing, Verb};
use crate::community::remote::{
    Coming, Doc, Docs, Entry, ensure_actor, ensure_told, take_in_told, want_conversation,
};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::roles::Role;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::Audience;
use crate::store::{StoreError, groups, posts};

const THREADS: usize = 50;
const PINNED: usize = 20;
const MODERATORS: usize = 50;
/// Pages of one collection asked for.
const FETCHES: usize = 10;
/// Groups read side by side.
const AT_ONCE: usize = 4;
/// For one group.
const TIME: Duration = Duration::from_secs(90);

impl Federation {
    /// Reads the groups whose past is wanted. False when there was none.
    pub async fn backfill_groups(&self) -> Result<bool, StoreError> {
        let wanted = self
            .store
            .read(|tx| groups::to_backfill(tx.conn, 10))
            .await?;
        let any = !wanted.is_empty();
        let mut reading = futures::stream::iter(wanted)
            .map(|group| self.backfill_one(group))
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = reading.next().await {
            outcome?;
        }
        Ok(any)
    }

    async fn backfill_one(&self, group: ActorId) -> Result<(), StoreError> {
        let read = match tokio::time::timeout(TIME, self.backfill(group)).await {
            Ok(outcome) => outcome?,
            // What was read until then is what there is.
            Err(_) => true,
        };
        self.store
            .write(move |tx| {
                if read {
                    groups::backfilled(tx.conn, group, tx.now)
                } else {
                    // Wanted again when somebody next looks for the group or follows it.
                    groups::give_up_backfill(tx.conn, group)
                }
            })
            .await
    }

    /// False when the group's server could not be reached.
    async fn backfill(&self, id: ActorId) -> Result<bool, StoreError> {
        let group = self.store.read(move |tx| actors::get(tx.conn, id)).await?;
        // Moderators first: what they pinned is believed then.
        self.read_moderators(&group, false).await?;
        self.read_follower_count(&group).await?;
        let outbox = group.outbox_url.as_deref().map(Url::parse);
        let mut threads = match outbox {
            Some(Ok(url)) => match self.newest(&url).await? {
                Read::Found(items) => items,
                Read::Nothing => Vec::new(),
                Read::NotNow => return Ok(false),
            },
            _ => Vec::new(),
        };
        threads.reverse();
        for item in threads {
            if let Some(found) = thread_in(&item) {
                self.take_in_thread(&group, found).await?;
            }
        }
        self.read_pinned(&group, false).await?;
        Ok(true)
    }

    /// What an outbox says last, newest first: as most write it, while NodeBB begins with the oldest.
    async fn newest(&self, url: &Url) -> Result<Read<Vec<Value>>, StoreError> {
        let left = &mut FETCHES.clone();
        let root = match self.collection(url).await? {
            Read::Found(root) => root,
            Read::Nothing => return Ok(Read::Nothing),
            Read::NotNow => return Ok(Read::NotNow),
        };
        spend(left);
        let ascending = is_ascending(&root.items);
        let items = match root.last.clone().filter(|_| ascending) {
            Some(last) => self.items_before(last, url, THREADS, left).await?,
            None => Vec::new(),
        };
        if !items.is_empty() {
            return Ok(Read::Found(items));
        }
        // There is no end to begin with, or it cannot be had.
        let mut items = self.items_of(root, url, THREADS, left).await?.items;
        if ascending {
            items.reverse();
        }
        Ok(Read::Found(items))
    }

    /// Items of a collection that an actor names.
    async fn items(&self, url: Option<&str>, limit: usize) -> Result<Read<Items>, StoreError> {
        match url.and_then(|url| Url::parse(url).ok()) {
            Some(url) => self.items_at(&url, limit, &mut FETCHES.clone()).await,
            None => Ok(Read::Nothing),
        }
    }

    /// `anew`: who is no longer listed is no longer a moderator.
    pub(super) async fn read_moderators(
        &self,
        group: &ActorRow,
        anew: bool,
    ) -> Result<(), StoreError> {
        let url = group.moderators_url.as_deref();
        let Read::Found(listed) = self.items(url, MODERATORS).await? else {
            return Ok(());
        };
        let mut people: Vec<Url> = Vec::new();
        for item in &listed.items {
            if let Some(person) = reference(item) {
                self.add_moderator(group, person.clone()).await?;
                people.push(person);
            }
        }
        // A list without anybody is rather a server's fault than a group's wish.
        if !anew || !listed.complete || people.is_empty() {
            return Ok(());
        }
        let id = group.id;
        self.store
            .write(move |tx| {
                for (person, _) in actors::moderators(tx.conn, id)? {
                    if !people.iter().any(|listed| listed.as_str() == person.ap_id) {
                        actors::set_role(tx.conn, id, person.id, None, tx.now)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// `anew`: what is no longer listed is no longer pinned.
    pub(super) async fn read_pinned(&self, group: &ActorRow, anew: bool) -> Result<(), StoreError> {
        let url = group.featured_url.as_deref();
        let Read::Found(listed) = self.items(url, PINNED).await? else {
            return Ok(());
        };
        let mut pinned = Vec::new();
        for item in &listed.items {
            if let Some(found) = thread_in(item)
                && let Some(Entry::Post(post)) = self.take_in_thread(group, found).await?
                && post.group_id == group.id
            {
                pinned.push(post.id);
            }
        }
        let (id, unpin) = (group.id, anew && listed.complete);
        self.store
            .write(move |tx| {
                for post in posts::featured(tx.conn, Audience::House, id)? {
                    if unpin && !pinned.contains(&post.id) {
                        posts::set_featured(tx.conn, post.id, false)?;
                    }
                }
                for post in &pinned {
                    posts::set_featured(tx.conn, *post, true)?;
                }
                Ok(())
            })
            .await
    }

    pub(super) async fn read_follower_count(&self, group: &ActorRow) -> Result<(), StoreError> {
        let url = group.followers_url.as_deref();
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return Ok(());
        };
        let Read::Found(followers) = self.collection(&url).await? else {
            return Ok(());
        };
        let Some(total) = followers.total else {
            return Ok(());
        };
        let (id, total) = (
            group.id,
            i64::from(u32::try_from(total).unwrap_or(u32::MAX)),
        );
        self.store
            .write(move |tx| {
                // Ours are among them, whatever it says.
                let ours = groups::get(tx.conn, id)?.local_follower_count;
                groups::set_follower_count(tx.conn, id, total.max(ours))
            })
            .await
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
            // What lives on the group's own server came from there just now; a poll or event told as a page is
            // read where it stands as what it is.
            Found::Embedded(content)
                if host_of(&content.id).as_deref() == Some(&group.host)
                    && !content.is_translation() =>
            {
                let id = content.id.clone();
                docs.insert(id.clone(), Doc::Found(Thing::Content(content)));
                id
            }
            Found::Embedded(content) => content.id,
            Found::Reference(id) => id,
        };
        let teller = group.clone();
        let outcome = self
            .with_documents(docs, move |tx, docs| match docs.get(&id) {
                Some(Doc::Found(Thing::Content(content))) => {
                    let entry = take_in_told(tx, content, docs, Coming::told(&teller))?;
                    want_conversation(tx, &entry, content)?;
                    Ok(entry)
                }
                _ => ensure_told(tx, &id, docs, &teller),
            })
            .await;
        skip_refusals(outcome)
    }
}

/// Whether the times that items tell go upwards, from the first that tells one to the last.
fn is_ascending(items: &[Value]) -> bool {
    let time = |item: &Value| {
        let mut within = Some(item);
        while let Some(value) = within {
            if let Some(text) = value["published"].as_str() {
                return Timestamp::parse(text);
            }
            within = value.get("object");
        }
        None
    };
    let mut times = items.iter().filter_map(time);
    match (times.next(), times.next_back()) {
        (Some(first), Some(last)) => first < last,
        _ => false,
    }
}

enum Found {
    Embedded(Box<Content>),
    Reference(Url),
}

/// The thread in an item of an outbox: announced, created, edited (Ibis says nothing else), or there as it is.
fn thread_in(item: &Value) -> Option<Found> {
    if item.is_string() {
        return reference(item).map(Found::Reference);
    }
    if let Ok(activity) = wire::read_activity(item) {
        return match activity.verb {
            Verb::Create { object } => Some(Found::Embedded(object)),
            Verb::Update { object } => thread_of(*object),
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
                Announced::Many(_) => None,
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
