//! Fetching what a piece of work turns out to need, and doing the work again with it.

use thiserror::Error;
use url::Url;

use super::Federation;
use super::client::{FetchError, Fetched, Refusal};
use crate::activitystreams::{self as wire, Thing};
use crate::community::remote::{Doc, Docs, Moderates, WireError};
use crate::domain::house::host_of;
use crate::store::{StoreError, Tx, hosts};

/// One activity, or one look-up, may make us fetch so many documents.
const MAX_FETCHES: usize = 60;

/// Why work with fetched documents came to nothing.
#[derive(Debug, Error)]
pub enum FetchFailure {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It may go better later.
    #[error("{0}")]
    Passing(String),
    #[error("{0}")]
    Refused(String),
}

/// What a piece of work cannot go on without.
enum Lacking {
    Document(Url),
    Answer(Moderates),
}

impl Federation {
    /// Runs `work` in a transaction; when it needs a document, fetches that and runs it again.
    pub async fn with_documents<T, F>(&self, docs: Docs, work: F) -> Result<T, FetchFailure>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Docs) -> Result<T, WireError> + Clone + Send + 'static,
    {
        self.with_documents_within(docs, &mut MAX_FETCHES.clone(), work)
            .await
    }

    /// The same with so many fetches left, of which it takes what it uses.
    pub(super) async fn with_documents_within<T, F>(
        &self,
        mut docs: Docs,
        left: &mut usize,
        work: F,
    ) -> Result<T, FetchFailure>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Docs) -> Result<T, WireError> + Clone + Send + 'static,
    {
        let mut passing = None;
        loop {
            let (attempt, have) = (work.clone(), docs.clone());
            let outcome = self.store.write(move |tx| attempt(tx, &have)).await;
            let lacking = match outcome {
                Ok(value) => return Ok(value),
                Err(WireError::Need(url)) => Lacking::Document(url),
                Err(WireError::Ask(question)) => Lacking::Answer(question),
                Err(WireError::Store(error)) => return Err(error.into()),
                Err(WireError::Refused(reason)) => {
                    return Err(match passing {
                        Some(reason) => FetchFailure::Passing(reason),
                        None => FetchFailure::Refused(reason),
                    });
                }
            };
            if *left == 0 {
                return Err(FetchFailure::Refused(
                    "it leads to too many documents".to_owned(),
                ));
            }
            *left -= 1;
            match lacking {
                Lacking::Document(needed) => {
                    let doc = self.fetch(&needed).await?.unwrap_or_else(|reason| {
                        passing = Some(reason.clone());
                        Doc::Failed(reason)
                    });
                    docs.insert(needed, doc);
                }
                Lacking::Answer(question) => {
                    passing = self.ask_whether_moderates(question).await?.or(passing);
                    docs.note_asked(question);
                }
            }
        }
    }

    /// One document; `Err` with the reason where the fetch failed in a way that may pass.
    pub(super) async fn fetch(&self, url: &Url) -> Result<Result<Doc, String>, StoreError> {
        self.fetch_unless(url, FetchError::is_passing).await
    }

    /// The same, for who judges otherwise which failures may pass.
    pub(super) async fn fetch_unless(
        &self,
        url: &Url,
        passing: fn(&FetchError) -> bool,
    ) -> Result<Result<Doc, String>, StoreError> {
        let failure = |url: &Url, error: &FetchError| failure(url, error, passing(error));
        let fetched = match self.fetch_raw(url).await? {
            Ok(fetched) => fetched,
            Err(error) if error.is_gone() => return Ok(Ok(Doc::Gone)),
            Err(error) => return Ok(failure(url, &error)),
        };
        let thing = match read(&fetched.body) {
            Ok(thing) => thing,
            Err(reason) => return Ok(Ok(Doc::Failed(reason))),
        };
        match id_of(&thing) {
            Some(id) if *id == *url => Ok(Ok(as_doc(thing))),
            // Found under another address, as a page's or an alias: what counts is what stands at its id.
            Some(id) if id.origin() == fetched.url.origin() => {
                let id = id.clone();
                let again = match self.fetch_raw(&id).await? {
                    Ok(again) => again,
                    Err(error) => return Ok(failure(&id, &error)),
                };
                Ok(Ok(match read(&again.body) {
                    Ok(thing) if id_of(&thing) == Some(&id) => as_doc(thing),
                    Ok(_) => Doc::Failed("the document at its id has another id".to_owned()),
                    Err(reason) => Doc::Failed(reason),
                }))
            }
            _ => Ok(Ok(Doc::Failed(
                "the document claims an id of another server".to_owned(),
            ))),
        }
    }
}

impl Federation {
    /// Whether we do not talk with that host, known or not.
    pub(super) async fn is_shut_out(&self, host: &str) -> Result<bool, StoreError> {
        let host = host.to_owned();
        self.store
            .read(move |tx| hosts::is_shut_out(tx.conn, &host))
            .await
    }

    /// One answer, from a server that is not ours, not blocked, and was not silent a moment ago.
    pub(super) async fn fetch_raw(
        &self,
        url: &Url,
    ) -> Result<Result<Fetched, FetchError>, StoreError> {
        let Some(host) = host_of(url) else {
            return Ok(Err(FetchError::Refused(Refusal::NoHost)));
        };
        if host == self.store.house().address.host() {
            return Ok(Err(FetchError::Refused(Refusal::Ourselves)));
        }
        if self.is_shut_out(&host).await? {
            return Ok(Err(FetchError::Refused(Refusal::Blocked)));
        }
        if self.caches.silent.contains_key(&host) {
            return Ok(Err(FetchError::Timeout));
        }
        let signer = self.site_signer().await?;
        let answer = self.signed_get(url, &host, &signer).await?;
        if let Err(FetchError::Timeout | FetchError::Network(_)) = answer {
            self.caches.silent.insert(host, ());
        }
        Ok(answer)
    }
}

fn failure(url: &Url, error: &FetchError, passing: bool) -> Result<Doc, String> {
    tracing::debug!(%url, %error, "fetch failed");
    if passing {
        Err(format!("{url}: {error}"))
    } else {
        Ok(Doc::Failed(error.to_string()))
    }
}

fn read(body: &[u8]) -> Result<Thing, String> {
    let value = wire::parse_json(body).map_err(|e| e.to_string())?;
    wire::read_object(&value).map_err(|e| e.to_string())
}

fn id_of(thing: &Thing) -> Option<&Url> {
    match thing {
        Thing::Actor(actor) => Some(&actor.id),
        Thing::Content(content) => Some(&content.id),
        Thing::Tombstone(id) => Some(id),
        Thing::Reference(_) => None,
    }
}

fn as_doc(thing: Thing) -> Doc {
    match thing {
        Thing::Tombstone(_) => Doc::Gone,
        other => Doc::Found(other),
    }
}
