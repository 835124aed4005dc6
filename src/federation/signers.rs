//! Our own actors' keys: made when first needed, parsed once.

use url::Url;

use super::Federation;
use super::client::Signer;
use super::keys::{self, KeyError, SigningKey};
use crate::domain::ids::ActorId;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, site};

impl Federation {
    /// Whoever signs for a local actor. Makes the key, off the async threads, if there is none yet.
    pub async fn signer(&self, actor: ActorId) -> Result<Signer, StoreError> {
        if let Some(signer) = self.caches.signers.get(&actor) {
            return Ok(signer);
        }
        let row = self.with_key(actor).await?;
        let pem = row.private_key_pem.clone().unwrap_or_default();
        let key = tokio::task::spawn_blocking(move || SigningKey::from_pem(&pem))
            .await
            .map_err(|e| StoreError::Unavailable(e.to_string()))?
            .map_err(|e| StoreError::Corrupt(format!("the key of {}: {e}", row.ap_id)))?;
        let signer = Signer {
            key_id: row.public_key_id,
            key,
        };
        self.caches.signers.insert(actor, signer.clone());
        Ok(signer)
    }

    /// A local actor with its key pair.
    pub async fn with_key(&self, actor: ActorId) -> Result<ActorRow, StoreError> {
        let row = self
            .store
            .read(move |tx| actors::get(tx.conn, actor))
            .await?;
        if row.private_key_pem.is_some() {
            return Ok(row);
        }
        let pair = tokio::task::spawn_blocking(keys::generate_pair)
            .await
            .map_err(|e| StoreError::Unavailable(e.to_string()))?
            .map_err(|e: KeyError| StoreError::Unavailable(e.to_string()))?;
        self.store
            .write(move |tx| {
                actors::set_key_pair(tx.conn, actor, &pair.public_pem, &pair.private_pem)?;
                actors::get(tx.conn, actor)
            })
            .await
    }

    /// The site actor signs what we fetch.
    pub(super) async fn site_signer(&self) -> Result<Signer, StoreError> {
        let id = self
            .store
            .read(|tx| site::get(tx.conn).map(|site| site.actor_id))
            .await?;
        self.signer(id).await
    }

    /// Makes keys for local actors that lack one.
    pub async fn make_missing_keys(&self) -> Result<(), StoreError> {
        loop {
            let missing = self
                .store
                .read(|tx| actors::without_key(tx.conn, 20))
                .await?;
            if missing.is_empty() {
                return Ok(());
            }
            for actor in missing {
                self.with_key(actor).await?;
            }
        }
    }
}

/// The URL without what stands behind `#`: where a key or an actor is fetched.
pub(super) fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}
