//! Between this instance and the others: the inbox that takes in, the delivery that sends out, the
//! fetches in between. Verifies, stores, translates into use-cases of `community`; no rule lives here.

mod activities;
mod asker;
pub mod backfill;
pub mod client;
mod collections;
mod conversations;
pub mod delivery;
pub mod documents;
mod fetch;
mod handle;
pub mod inbox;
pub mod keys;
mod knocking;
mod moving;
pub mod nodeinfo;
mod refresh;
mod resolve;
pub mod secure;
pub mod signatures;
mod signers;
mod threads;
mod verify;
pub mod webfinger;

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use url::Url;

use crate::config;
use crate::domain::hosts::SignatureForm;
use crate::domain::ids::{ActorId, HostId};
use crate::limits::Limits;
use crate::store::Store;
use client::{Client, ClientOptions, FetchError, Signer};

pub use fetch::FetchFailure;
use knocking::Known;
pub use resolve::{ResolveError, Resolved};
use verify::KnownKey;
pub use webfinger::Wish;

/// The way to the other servers. Cheap to clone.
#[derive(Clone)]
pub struct Federation {
    pub store: Store,
    pub client: Client,
    pub limits: Arc<Limits>,
    caches: Arc<Caches>,
    /// Names this process in leases.
    pub holder: Arc<str>,
    secure_mode: bool,
}

struct Caches {
    /// Keys of others, by key id.
    known_keys: Cache<Url, Arc<KnownKey>>,
    /// Keys looked up anew lately: a forged signature must not make us fetch again and again.
    refetched: Cache<Url, ()>,
    /// Hosts that did not answer lately: what needs them is put off without waiting for them again,
    /// or one dead server would hold up all that a group announces.
    silent: Cache<String, ()>,
    /// Groups somebody looked at lately.
    looked_at: Cache<ActorId, ()>,
    /// Our own keys, parsed once.
    signers: Cache<ActorId, Signer>,
    /// By which standard each host is signed for.
    forms: Cache<String, Known>,
    /// Hosts that lately refused signatures of either standard.
    unmoved: Cache<String, ()>,
    /// By which standard each host signs, as far as it is written down.
    heard_forms: Cache<HostId, SignatureForm>,
}

impl Federation {
    pub fn new(
        store: Store,
        limits: Arc<Limits>,
        holder: &str,
        settings: &config::Federation,
    ) -> Result<Self, FetchError> {
        let mut options = ClientOptions::new(format!(
            "Coppice/{} (+{})",
            env!("CARGO_PKG_VERSION"),
            store.house().address.site()
        ));
        options.allow_private_addresses = settings.allow_private_addresses;
        Ok(Federation {
            client: Client::new(&options)?,
            limits,
            caches: Arc::new(Caches {
                known_keys: Cache::builder()
                    .max_capacity(20_000)
                    .time_to_live(Duration::from_secs(3_600))
                    .build(),
                refetched: Cache::builder()
                    .max_capacity(20_000)
                    .time_to_live(Duration::from_secs(300))
                    .build(),
                silent: Cache::builder()
                    .max_capacity(10_000)
                    .time_to_live(Duration::from_secs(30))
                    .build(),
                forms: Cache::builder()
                    .max_capacity(20_000)
                    .time_to_live(Duration::from_secs(3_600))
                    .build(),
                unmoved: Cache::builder()
                    .max_capacity(20_000)
                    .time_to_live(Duration::from_secs(600))
                    .build(),
                heard_forms: Cache::builder()
                    .max_capacity(20_000)
                    .time_to_live(Duration::from_secs(24 * 3_600))
                    .build(),
                looked_at: Cache::builder()
                    .max_capacity(10_000)
                    .time_to_live(Duration::from_secs(3_600))
                    .build(),
                signers: Cache::builder()
                    .max_capacity(2_000)
                    .time_to_idle(Duration::from_secs(3_600))
                    .build(),
            }),
            store,
            holder: holder.into(),
            secure_mode: settings.secure_mode,
        })
    }
}
