//! Who signed a request: the signature, the key, and the actor that both belong to.

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use thiserror::Error;
use url::Url;

use super::Federation;
use super::fetch::FetchFailure;
use super::keys::VerifyingKey;
use super::signatures::{self, ParsedSignature, RequestParts, SignatureError, Signed};
use super::signers::without_fragment;
use crate::activitystreams as wire;
use crate::community::remote::{Doc, Docs, WireError, ensure_actor, take_in_actor};
use crate::domain::house::{House, host_of};
use crate::domain::ids::{ActorId, HostId};
use crate::domain::kinds::ActorKind;
use crate::domain::time::{DAY, Timestamp};
use crate::limits::Door;
use crate::store::StoreError;
use crate::store::actors::{self, ActorRow};

/// A key of somebody elsewhere, parsed, and whose it is.
pub(super) struct KnownKey {
    pub actor_id: ActorId,
    pub actor: Url,
    pub host_id: HostId,
    key: VerifyingKey,
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
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let house = self.store.house().clone();
        let parts = parts(&house, method, path_and_query, headers);
        let mut fault = None;
        for parsed in signatures::parse(&parts)? {
            match self.verify_one(&parsed, &parts, body).await {
                Ok(known) => {
                    self.heard_in(&known, parsed.form());
                    return Ok(known);
                }
                Err(error @ VerifyError::Store(_)) => return Err(error),
                // What may go better later counts more than what will not.
                Err(error @ VerifyError::KeyUnreachable { .. }) => fault = Some(error),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        Err(fault.unwrap_or(SignatureError::Missing.into()))
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
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let signed = parsed.check(parts, body)?;
        let known = match self.caches.known_keys.get(&parsed.key_id) {
            Some(known) => known,
            None => self.find_key(&parsed.key_id).await?,
        };
        self.check_with(parsed, &signed, known).await
    }

    /// A key that does not fit may have been replaced: it is looked up anew, once in a while.
    async fn check_with(
        &self,
        parsed: &ParsedSignature,
        signed: &Signed,
        known: Arc<KnownKey>,
    ) -> Result<Arc<KnownKey>, VerifyError> {
        let error = match parsed.verify(signed, &known.key) {
            Ok(()) => return Ok(known),
            Err(error) => error,
        };
        if self.caches.refetched.contains_key(&parsed.key_id) {
            return Err(error.into());
        }
        let newer = self.fetch_key_once(&parsed.key_id).await?;
        parsed.verify(signed, &newer.key)?;
        Ok(newer)
    }

    async fn find_key(&self, key_id: &Url) -> Result<Arc<KnownKey>, VerifyError> {
        let wanted = key_id.clone();
        let row = self
            .store
            .read(move |tx| actors::by_key_id(tx.conn, &wanted))
            .await?;
        match row {
            Some(row) if !row.local && !row.deleted => {
                if Timestamp::now().since(row.fetched) > DAY {
                    self.refresh_later(key_id.clone());
                }
                self.remember(key_id, &row)
            }
            Some(row) if row.local || row.kind != ActorKind::Group => {
                Err(no_key(key_id, "its actor is deleted, or is ours"))
            }
            // Unknown; or a deleted group, which Lemmy can bring back: its host says.
            _ => {
                if self.caches.refetched.contains_key(key_id) {
                    return Err(no_key(key_id, "it was asked for a moment ago"));
                }
                // Made-up keys of a host must not make us ask it without end.
                let host = host_of(key_id).unwrap_or_default();
                let asked = self.limits.check(Door::Page, &format!("keys of {host}"));
                if asked.is_err() {
                    return Err(no_key(key_id, "too many keys of its host were asked for"));
                }
                let found = self.fetch_key_once(key_id).await;
                if found.is_ok() {
                    // Should it be replaced soon, it may be looked up once more.
                    self.caches.refetched.invalidate(key_id);
                }
                found
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
    async fn fetch_key_once(&self, key_id: &Url) -> Result<Arc<KnownKey>, VerifyError> {
        self.caches.refetched.insert(key_id.clone(), ());
        let found = self.fetch_key(key_id).await;
        if let Err(VerifyError::KeyUnreachable { .. }) = found {
            self.caches.refetched.invalidate(key_id);
        }
        found
    }

    /// Fetches the actor whose key this is. The key's document may be the actor's own, or one that names it.
    async fn fetch_key(&self, key_id: &Url) -> Result<Arc<KnownKey>, VerifyError> {
        let owner = self.key_owner(key_id).await?;
        let doc = match self.fetch(&owner).await? {
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
            return self.remember_key(key_id, &row, key);
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
            Err(error) if error.is_passing() => {
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
        self.remember_key(key_id, row, key)
    }

    fn remember_key(
        &self,
        key_id: &Url,
        row: &ActorRow,
        key: VerifyingKey,
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
