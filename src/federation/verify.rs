//! Who signed a request: the signature, the key, and the actor that both belong to.

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use thiserror::Error;
use url::Url;

use super::client::FetchError;
use super::fetch::FetchFailure;
use super::keys::VerifyingKey;
use super::signatures::{self, ParsedSignature, RequestParts, SignatureError, Signed};
use super::signers::without_fragment;
use super::{ClientKey, Federation};
use crate::activitystreams as wire;
use crate::community::remote::{Doc, Docs, WireError, ensure_actor, take_in_actor};
use crate::domain::hosts::registered;
use crate::domain::house::{House, host_of};
use crate::domain::ids::{ActorId, HostId};
use crate::domain::kinds::ActorKind;
use crate::domain::time::{DAY, Timestamp};
use crate::limits::{Door, Lookup, RetryAfter};
use crate::store::StoreError;
use crate::store::actors::{self, ActorRow};
use crate::store::hosts::{self, HostRow};

/// A key of somebody elsewhere, parsed, and whose it is.
pub(super) struct KnownKey {
    pub actor_id: ActorId,
    pub actor: Url,
    pub host_id: HostId,
    key: VerifyingKey,
    id: Url,
    held: Held,
}

/// How we came by a key, to tell when it is its actor's no more.
enum Held {
    /// The actor's row has it, as this text.
    Main(String),
    /// It stood in the actor's document when that was fetched then.
    Multikey(Timestamp),
}

impl KnownKey {
    /// Whether it still is the key of its actor, whose row was read just now.
    pub fn still_holds(&self, row: &ActorRow) -> bool {
        match &self.held {
            Held::Main(pem) => {
                row.public_key_id == self.id.as_str() && row.public_key_pem.as_ref() == Some(pem)
            }
            Held::Multikey(fetched) => row.fetched <= *fetched,
        }
    }
}

/// A key, and what is to be done once the signature turns out to be made with it.
struct Found {
    key: Arc<KnownKey>,
    /// It was asked for just now.
    lookup: Option<Lookup>,
    /// Its actor was not looked at for long.
    stale: bool,
}

impl From<Arc<KnownKey>> for Found {
    fn from(key: Arc<KnownKey>) -> Self {
        Found {
            key,
            lookup: None,
            stale: false,
        }
    }
}

#[derive(Debug, Error)]
pub(super) enum VerifyError {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error("the key {key_id} is not to be had: {reason}")]
    NoKey { key_id: Url, reason: String },
    /// Its server cannot be asked just now: the same request may be fine later.
    #[error("the key {key_id} cannot be had at the moment: {reason}")]
    KeyUnreachable { key_id: Url, reason: String },
    #[error("too many signatures from this address did not hold")]
    TooMany(RetryAfter),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Federation {
    /// Verifies the signature over a request and says whose key made it.
    pub(super) async fn verify(
        &self,
        method: &Method,
        path_and_query: &str,
        headers: &HeaderMap,
        body: Option<&[u8]>,
        client: &ClientKey,
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let house = self.store.house().clone();
        let parts = parts(&house, method, path_and_query, headers);
        let mut fault = None;
        for parsed in signatures::parse(&parts)? {
            match self.verify_one(&parsed, &parts, body, client).await {
                Ok(known) => {
                    self.heard_in(&known, parsed.form());
                    return Ok(known);
                }
                Err(error @ VerifyError::Store(_)) => return Err(error),
                // What may go better later counts more than what will not.
                Err(error @ (VerifyError::KeyUnreachable { .. } | VerifyError::TooMany(_))) => {
                    fault = Some(error);
                }
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        Err(fault.unwrap_or(SignatureError::Missing.into()))
    }

    /// Likewise, of somebody who reads: with their host, and by a key that was not replaced meanwhile.
    pub(super) async fn verify_reader(
        &self,
        method: &Method,
        path_and_query: &str,
        headers: &HeaderMap,
        client: &ClientKey,
    ) -> Result<HostRow, VerifyError> {
        for _ in 0..2 {
            let known = self
                .verify(method, path_and_query, headers, None, client)
                .await?;
            let (actor, host) = (known.actor_id, known.host_id);
            let (row, host) = self
                .store
                .read(move |tx| {
                    Ok::<_, StoreError>((actors::get(tx.conn, actor)?, hosts::get(tx.conn, host)?))
                })
                .await?;
            if known.still_holds(&row) {
                return Ok(host);
            }
            self.forget_key(&known);
        }
        Err(SignatureError::Missing.into())
    }

    /// A key that its actor replaced is looked up anew.
    pub(super) fn forget_key(&self, known: &KnownKey) {
        self.caches.known_keys.invalidate(&known.id);
    }

    /// The signatures of a request as they claim to be, nothing proven.
    pub(super) fn parse_signatures(
        &self,
        method: &Method,
        path_and_query: &str,
        headers: &HeaderMap,
    ) -> Result<Vec<ParsedSignature>, SignatureError> {
        let house = self.store.house();
        signatures::parse(&parts(house, method, path_and_query, headers))
    }

    async fn verify_one(
        &self,
        parsed: &ParsedSignature,
        parts: &RequestParts<'_>,
        body: Option<&[u8]>,
        client: &ClientKey,
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let signed = parsed.check(parts, body)?;
        let found = match self.caches.known_keys.get(&parsed.key_id) {
            Some(known) => known.into(),
            None => self.find_key(&parsed.key_id, client).await?,
        };
        let known = self.check_with(parsed, &signed, found.key, client).await?;
        if let Some(lookup) = found.lookup {
            lookup.was_right();
        }
        // Only now: whoever merely names a key makes us ask for nothing.
        if found.stale {
            self.refresh_later(parsed.key_id.clone());
        }
        Ok(known)
    }

    /// A key that does not fit may have been replaced: it is looked up anew, once in a while.
    async fn check_with(
        &self,
        parsed: &ParsedSignature,
        signed: &Signed,
        known: Arc<KnownKey>,
        client: &ClientKey,
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let error = match parsed.verify(signed, &known.key) {
            Ok(()) => return Ok(known),
            Err(error) => error,
        };
        if self.caches.refetched.contains_key(&parsed.key_id) {
            return Err(error.into());
        }
        let (newer, lookup) = self.fetch_key_once(&parsed.key_id, client).await?;
        parsed.verify(signed, &newer.key)?;
        lookup.was_right();
        Ok(newer)
    }

    async fn find_key(&self, key_id: &Url, client: &ClientKey) -> Result<Found, VerifyError> {
        let wanted = key_id.clone();
        let row = self
            .store
            .read(move |tx| actors::by_key_id(tx.conn, &wanted))
            .await?;
        match row {
            Some(row) if !row.local && !row.deleted => Ok(Found {
                key: self.remember(key_id, &row)?,
                lookup: None,
                stale: Timestamp::now().since(row.fetched) > DAY,
            }),
            Some(row) if row.local || row.kind != ActorKind::Group => {
                Err(no_key(key_id, "its actor is deleted, or is ours"))
            }
            // Unknown; or a deleted group, which Lemmy can bring back: its host says.
            _ => {
                if self.caches.refetched.contains_key(key_id) {
                    return Err(no_key(key_id, "it was asked for a moment ago"));
                }
                let (key, lookup) = self.fetch_key_once(key_id, client).await?;
                // Should it be replaced soon, it may be looked up once more.
                self.caches.refetched.invalidate(key_id);
                Ok(Found {
                    key,
                    lookup: Some(lookup),
                    stale: false,
                })
            }
        }
    }

    /// Somebody we hear from after long: their document may say something new by now.
    fn refresh_later(&self, key_id: Url) {
        if self.caches.refetched.contains_key(&key_id) {
            return;
        }
        self.caches.refetched.insert(key_id.clone(), ());
        let federation = self.clone();
        tokio::spawn(async move {
            if let Err(error) = federation.fetch_key(&key_id).await {
                tracing::debug!(%key_id, %error, "an actor could not be refreshed");
            }
        });
    }

    /// Fetches a key, not to be tried again for a while unless its server was merely out of reach.
    /// Neither made-up keys of one domain nor a flood from one address make us ask without end.
    async fn fetch_key_once(
        &self,
        key_id: &Url,
        client: &ClientKey,
    ) -> Result<(Arc<KnownKey>, Lookup), VerifyError> {
        let lookup = self
            .limits
            .look_up(&client.0)
            .map_err(VerifyError::TooMany)?;
        let host = host_of(key_id).unwrap_or_default();
        let keys = format!("keys of {}", registered(&host));
        if self.limits.check(Door::Page, &keys).is_err() {
            return Err(no_key(key_id, "too many keys of its domain were asked for"));
        }
        self.caches.refetched.insert(key_id.clone(), ());
        let found = self.fetch_key(key_id).await;
        if let Err(VerifyError::KeyUnreachable { .. }) = found {
            self.caches.refetched.invalidate(key_id);
        }
        Ok((found?, lookup))
    }

    /// Fetches the actor whose key this is. The key's document may be the actor's own, or one that names it.
    async fn fetch_key(&self, key_id: &Url) -> Result<Arc<KnownKey>, VerifyError> {
        let owner = self.key_owner(key_id).await?;
        // A server that shows itself to nobody it does not know may have failed to fetch our key.
        let passing = FetchError::is_passing_or_of_signature;
        let doc = match self.fetch_unless(&owner, passing).await? {
            Ok(doc) => doc,
            Err(reason) => return Err(unreachable(key_id, reason)),
        };
        let multikey = listed_multikey(&doc, key_id);
        let mut docs = Docs::default();
        docs.insert(owner.clone(), doc);
        let id = owner.clone();
        let row = self
            .with_documents(docs, move |tx, docs| match docs.get(&id) {
                // Known or not: the document just fetched counts.
                Some(Doc::Found(wire::Thing::Actor(doc))) => take_in_actor(tx, doc),
                _ => ensure_actor(tx, &id, docs)
                    .and_then(|_| Err(WireError::refused("the actor could not be fetched again"))),
            })
            .await
            .map_err(|failure| match failure {
                FetchFailure::Store(error) => VerifyError::Store(error),
                FetchFailure::Passing(reason) => unreachable(key_id, reason),
                other => no_key(key_id, &other.to_string()),
            })?;
        if let Some(text) = multikey {
            let key = VerifyingKey::from_multibase(&text);
            let key = key.map_err(|e| no_key(key_id, &e.to_string()))?;
            let held = Held::Multikey(row.fetched);
            return self.remember_key(key_id, &row, key, held);
        }
        if row.public_key_id != key_id.as_str() {
            return Err(no_key(key_id, "its actor does not list it"));
        }
        self.remember(key_id, &row)
    }

    async fn key_owner(&self, key_id: &Url) -> Result<Url, VerifyError> {
        // Most keys are a fragment of their actor's document.
        if key_id.fragment().is_some() {
            let mut owner = without_fragment(key_id);
            // Lotide's have a slash too many.
            if let Some(path) = owner
                .path()
                .strip_prefix("//")
                .map(|rest| format!("/{rest}"))
            {
                owner.set_path(&path);
            }
            return Ok(owner);
        }
        let body = match self.fetch_raw(key_id).await? {
            Ok(fetched) => fetched.body,
            Err(error) if error.is_passing_or_of_signature() => {
                return Err(unreachable(key_id, error.to_string()));
            }
            Err(error) => return Err(no_key(key_id, &error.to_string())),
        };
        let value = wire::parse_json(&body).map_err(|e| no_key(key_id, &e.to_string()))?;
        let key = wire::read_key(&value).map_err(|e| no_key(key_id, &e.to_string()))?;
        if key.owner.origin() != key_id.origin() {
            return Err(no_key(key_id, "its owner is of another server"));
        }
        Ok(key.owner)
    }

    fn remember(&self, key_id: &Url, row: &ActorRow) -> Result<Arc<KnownKey>, VerifyError> {
        let pem = row
            .public_key_pem
            .as_deref()
            .ok_or_else(|| no_key(key_id, "its actor has no key"))?;
        let key = VerifyingKey::from_pem(pem).map_err(|e| no_key(key_id, &e.to_string()))?;
        self.remember_key(key_id, row, key, Held::Main(pem.to_owned()))
    }

    fn remember_key(
        &self,
        key_id: &Url,
        row: &ActorRow,
        key: VerifyingKey,
        held: Held,
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let host_id = row
            .host_id
            .ok_or_else(|| no_key(key_id, "its actor is of no host"))?;
        let actor = row
            .ap_id
            .parse()
            .map_err(|_| no_key(key_id, "its actor's id is no URL"))?;
        let known = Arc::new(KnownKey {
            actor_id: row.id,
            actor,
            host_id,
            key,
            id: key_id.clone(),
            held,
        });
        self.caches.known_keys.insert(key_id.clone(), known.clone());
        Ok(known)
    }
}

/// The Multikey of this id in an actor's document, if it lists one of its own host. It is kept in
/// memory only, and looked up again after a while.
fn listed_multikey(doc: &Doc, key_id: &Url) -> Option<String> {
    let Doc::Found(wire::Thing::Actor(actor)) = doc else {
        return None;
    };
    let mut keys = actor.multikeys.iter();
    let key = keys.find(|key| key.id == *key_id && key.id.origin() == actor.id.origin())?;
    Some(key.multibase.clone())
}

fn parts<'a>(
    house: &'a House,
    method: &'a Method,
    path_and_query: &'a str,
    headers: &'a HeaderMap,
) -> RequestParts<'a> {
    RequestParts {
        method,
        path_and_query,
        headers,
        now: Timestamp::now(),
        expected_host: house.address.host(),
        expected_scheme: house.address.site().scheme(),
    }
}

fn unreachable(key_id: &Url, reason: String) -> VerifyError {
    VerifyError::KeyUnreachable {
        key_id: key_id.clone(),
        reason,
    }
}

fn no_key(key_id: &Url, reason: &str) -> VerifyError {
    VerifyError::NoKey {
        key_id: key_id.clone(),
        reason: reason.to_owned(),
    }
}
