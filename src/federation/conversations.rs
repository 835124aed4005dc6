//! Conversations read whole from where they live: by the collection of all their posts (`context`,
//! FEP-7888 and FEP-f228; of films `comments`), and from reply to reply (`replies`). In the background, within
//! bounds.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use url::Url;

use super::Federation;
use super::collections::{Items, Read, reference, skip_refusals, spend};
use crate::activitystreams::{self as wire, Content, FirstPage, Thing};
use crate::community::Via;
use crate::community::remote::{Doc, Docs, Entry, WireError, find_content, take_in};
use crate::domain::house::host_of;
use crate::domain::ids::PostId;
use crate::domain::time::{HOUR, MINUTE};
use crate::store::conversations::{self, ConversationRow};
use crate::store::{StoreError, Tx, actors, posts};

/// So many are read side by side, and of one server one at a time.
const AT_ONCE: usize = 4;
/// Documents asked for on account of one conversation, collections and authors among them.
const FETCHES: usize = 200;
/// Posts of one conversation that are looked at.
const POSTS: usize = 500;
const DEPTH: usize = 30;
const CONTEXTS: usize = 3;
const TIME: Duration = Duration::from_secs(120);
/// Longer than `TIME`: after a crash another process goes on.
const LEASE: i64 = 3 * MINUTE;
const RETRY_AFTER: &[i64] = &[5 * MINUTE, HOUR, 6 * HOUR];

impl Federation {
    /// Reads conversations whose time has come. False when there was none.
    pub async fn read_conversations(&self) -> Result<bool, StoreError> {
        let taken = self.store.write(take).await?;
        let any = !taken.is_empty();
        let mut reading = futures::stream::iter(taken)
            .map(|(row, thread)| self.read_one(row, thread))
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = reading.next().await {
            outcome?;
        }
        Ok(any)
    }

    async fn read_one(&self, row: ConversationRow, thread: Thread) -> Result<(), StoreError> {
        let mut walk = Walk::new(&row, thread);
        let read = match tokio::time::timeout(TIME, self.walk(&mut walk)).await {
            Ok(outcome) => outcome?,
            Err(_) => true,
        };
        self.store
            .write(move |tx| {
                let tried = usize::try_from(row.attempts - 1).unwrap_or(usize::MAX);
                match RETRY_AFTER.get(tried) {
                    _ if read => conversations::finish(tx.conn, row.post_id, Some(tx.now)),
                    Some(wait) => {
                        let next = tx.now.plus(*wait);
                        conversations::put_off(tx.conn, &row, row.attempts, next).map(|_| ())
                    }
                    None => conversations::finish(tx.conn, row.post_id, None),
                }
            })
            .await
    }

    /// False when the thread's own server could not be reached.
    async fn walk(&self, walk: &mut Walk) -> Result<bool, StoreError> {
        while let Some((next, depth)) = walk.queue.pop_front() {
            let id = match next {
                Next::Here(content) => {
                    self.visit(walk, content, depth).await?;
                    continue;
                }
                Next::There(id) => id,
            };
            if !spend(&mut walk.left) {
                return Ok(true);
            }
            match self.fetch(&id).await? {
                Ok(Doc::Found(Thing::Content(content))) => self.visit(walk, content, depth).await?,
                Err(_) if depth == 0 => return Ok(false),
                _ => {}
            }
        }
        Ok(true)
    }

    /// A post of the conversation, read from where it lives: takes it in, and goes on to the others.
    async fn visit(
        &self,
        walk: &mut Walk,
        content: Box<Content>,
        depth: usize,
    ) -> Result<(), StoreError> {
        let (id, replies) = (content.id.clone(), content.replies.clone());
        let comments = content.comments.clone().filter(|_| depth == 0);
        let context = walk.context_of(&content);
        if depth > 0 && !self.take_in_post(walk, content).await? {
            return Ok(());
        }
        if let Some(context) = context
            && let Read::Found(items) = self.items_at(&context, POSTS, &mut walk.left).await?
        {
            walk.whole |= !items.items.is_empty();
            self.go_through(walk, items, &context, depth).await?;
        }
        if let Some(items) = self.listed(walk, comments, &id).await? {
            walk.whole |= !items.items.is_empty();
            self.go_through(walk, items, &id, depth).await?;
        }
        // Whoever lists the whole has listed these as well; but for the thread both are read.
        if (depth == 0 || !walk.whole)
            && depth < DEPTH
            && let Some(items) = self.listed(walk, replies, &id).await?
        {
            self.go_through(walk, items, &id, depth).await?;
        }
        Ok(())
    }

    /// What a post's own server lists below it.
    async fn listed(
        &self,
        walk: &mut Walk,
        list: Option<FirstPage>,
        home: &Url,
    ) -> Result<Option<Items>, StoreError> {
        let left = &mut walk.left;
        Ok(match list {
            Some(FirstPage::Embedded(root)) => Some(self.items_of(*root, home, POSTS, left).await?),
            Some(FirstPage::Reference(url)) if url.origin() == home.origin() => {
                match self.items_at(&url, POSTS, left).await? {
                    Read::Found(items) => Some(items),
                    Read::Nothing | Read::NotNow => None,
                }
            }
            _ => None,
        })
    }

    /// `home`: where the items were listed.
    async fn go_through(
        &self,
        walk: &mut Walk,
        items: Items,
        home: &Url,
        depth: usize,
    ) -> Result<(), StoreError> {
        for item in items.items {
            let Some(id) = reference(&item) else { continue };
            let ours = self.store.house().address.owns(&id);
            if ours || walk.seen.len() >= POSTS || !walk.seen.insert(id.clone()) {
                continue;
            }
            let asked = id.clone();
            let known = self
                .store
                .read(move |tx| find_content(tx, &asked))
                .await
                .map_err(store_error)?;
            if known.is_some() {
                // Something new may hang below it; a list of the whole says so by itself.
                if !walk.whole && depth < DEPTH {
                    walk.queue.push_back((Next::There(id), depth + 1));
                }
            } else if let Some(content) = embedded(&item, &id, home) {
                // At once: what is listed with it by id may answer it.
                if self.take_in_post(walk, content.clone()).await? && !walk.whole {
                    walk.queue.push_back((Next::Here(content), depth + 1));
                }
            } else {
                walk.queue.push_back((Next::There(id), depth + 1));
            }
        }
        Ok(())
    }

    /// False when it is no reply of this conversation, or not to be shown here.
    async fn take_in_post(
        &self,
        walk: &mut Walk,
        content: Box<Content>,
    ) -> Result<bool, StoreError> {
        let (id, thread) = (content.id.clone(), walk.post);
        let mut docs = Docs::default();
        docs.insert(id.clone(), Doc::Found(Thing::Content(content)));
        let outcome = self
            .with_documents_within(docs, &mut walk.left, move |tx, docs| {
                let Some(Doc::Found(Thing::Content(content))) = docs.get(&id) else {
                    return Err(WireError::Need(id.clone()));
                };
                if content.in_reply_to.is_none() {
                    return Err(WireError::refused("a thread of its own"));
                }
                match take_in(tx, content, docs, Via::Here)? {
                    Entry::Comment(comment) if comment.post_id == thread => Ok(()),
                    _ => Err(WireError::refused("of another conversation")),
                }
            })
            .await;
        Ok(skip_refusals(outcome)?.is_some())
    }
}

/// The thread a conversation is about.
struct Thread {
    id: Url,
    group: Option<Url>,
}

/// Takes conversations that are due, of each server one; they are nobody else's until the lease ends.
fn take(tx: &mut Tx<'_>) -> Result<Vec<(ConversationRow, Thread)>, StoreError> {
    let mut taken = Vec::new();
    let mut hosts = HashSet::new();
    for row in conversations::due(tx.conn, tx.now, 40)? {
        let thread = match posts::find(tx.conn, row.post_id)? {
            Some(post) if !post.local && !post.is_hidden() => {
                let group = actors::get(tx.conn, post.group_id)?;
                let group = Some(group).filter(|group| !group.local);
                post.ap_id.parse().ok().map(|id| Thread {
                    id,
                    group: group.and_then(|group| group.ap_id.parse().ok()),
                })
            }
            _ => None,
        };
        let Some(thread) = thread else {
            conversations::finish(tx.conn, row.post_id, None)?;
            continue;
        };
        if taken.len() == AT_ONCE || !hosts.insert(host_of(&thread.id)) {
            continue;
        }
        let (attempts, until) = (row.attempts + 1, tx.now.plus(LEASE));
        if conversations::put_off(tx.conn, &row, attempts, until)? {
            let row = ConversationRow {
                attempts,
                next_attempt: until,
                ..row
            };
            taken.push((row, thread));
        }
    }
    Ok(taken)
}

/// A post to look at.
enum Next {
    Here(Box<Content>),
    There(Url),
}

/// How far the reading of one conversation has come.
struct Walk {
    post: PostId,
    group: Option<Url>,
    thread: Url,
    /// Fetches left.
    left: usize,
    seen: HashSet<Url>,
    /// To be looked at, with how far below the thread they were found.
    queue: VecDeque<(Next, usize)>,
    contexts: Vec<Url>,
    /// A list of the whole was found.
    whole: bool,
}

impl Walk {
    fn new(row: &ConversationRow, thread: Thread) -> Self {
        Walk {
            post: row.post_id,
            group: thread.group,
            left: FETCHES,
            seen: HashSet::from([thread.id.clone()]),
            queue: VecDeque::from([(Next::There(thread.id.clone()), 0)]),
            thread: thread.id,
            contexts: Vec::new(),
            whole: false,
        }
    }

    /// The collection of the whole, if it is new, and told of by the post's own server, the thread's or
    /// the group's: nobody else has a say in it.
    fn context_of(&mut self, content: &Content) -> Option<Url> {
        let context = content.context.clone()?;
        let homes = [Some(&content.id), Some(&self.thread), self.group.as_ref()];
        let at_home = homes
            .into_iter()
            .flatten()
            .any(|home| home.origin() == context.origin());
        let new = !self.contexts.contains(&context) && self.contexts.len() < CONTEXTS;
        if !at_home || !new {
            return None;
        }
        self.contexts.push(context.clone());
        Some(context)
    }
}

/// An item with its text, from the server that it lives on.
fn embedded(item: &Value, id: &Url, home: &Url) -> Option<Box<Content>> {
    if item.is_string() || host_of(id) != host_of(home) {
        return None;
    }
    match wire::read_object(item).ok()? {
        Thing::Content(content) if content.id == *id => Some(content),
        _ => None,
    }
}

fn store_error(error: WireError) -> StoreError {
    match error {
        WireError::Store(error) => error,
        other => StoreError::Corrupt(other.to_string()),
    }
}
