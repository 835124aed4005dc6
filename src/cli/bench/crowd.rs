//! The other servers: small ones on loopback ports, with actors that the server under test can look up,
//! and inboxes that take what it sends.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::{Failure, failed};
use crate::activitystreams::{self as wire, ACTIVITY_JSON, ActorOut};
use crate::domain::house::Address;
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;
use crate::federation::keys::{self, KeyPair, SigningKey};

pub struct Crowd {
    pub hosts: Vec<Arc<Host>>,
    /// One pair for everybody: the server under test cannot tell, and pairs take long to make.
    pub key: SigningKey,
    servers: Vec<JoinHandle<()>>,
}

pub struct Host {
    pub address: Address,
    public_pem: String,
    /// Deliveries taken.
    pub taken: AtomicUsize,
    /// How often each announced object came, by its id; counted only where somebody asks.
    pub announced: Option<Mutex<HashMap<String, usize>>>,
}

impl Crowd {
    pub async fn open(hosts: usize, count_objects: bool) -> Result<Crowd, Failure> {
        let pair: KeyPair = tokio::task::spawn_blocking(keys::generate_pair)
            .await
            .map_err(|e| failed("a key", e))?
            .map_err(|e| failed("a key", e))?;
        let mut crowd = Crowd {
            hosts: Vec::new(),
            key: SigningKey::from_pem(&pair.private_pem).map_err(|e| failed("a key", e))?,
            servers: Vec::new(),
        };
        for _ in 0..hosts {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = listener.local_addr()?.port();
            let origin = Url::parse(&format!("http://localhost:{port}"))
                .map_err(|e| failed("an address", e))?;
            let host = Arc::new(Host {
                address: Address::new(&origin),
                public_pem: pair.public_pem.clone(),
                taken: AtomicUsize::new(0),
                announced: count_objects.then(Mutex::default),
            });
            let router = router(host.clone());
            crowd.hosts.push(host);
            crowd.servers.push(tokio::spawn(async move {
                drop(axum::serve(listener, router).await);
            }));
        }
        Ok(crowd)
    }

    /// The ids of `count` actors, spread evenly over the hosts.
    pub fn actors(&self, count: usize) -> Vec<Url> {
        let hosts = self.hosts.iter().cycle().take(count).enumerate();
        hosts
            .map(|(n, host)| host.address.person(&format!("member{n}")))
            .collect()
    }

    pub fn taken(&self) -> usize {
        let taken = |host: &Arc<Host>| host.taken.load(Ordering::Relaxed);
        self.hosts.iter().map(taken).sum()
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

fn router(host: Arc<Host>) -> Router {
    Router::new()
        .route("/u/{name}", get(actor))
        .route("/inbox", post(take))
        .route("/u/{name}/inbox", post(take))
        .route("/.well-known/nodeinfo", get(nodeinfo_index))
        .route("/nodeinfo/2.1", get(nodeinfo))
        .with_state(host)
}

async fn actor(State(host): State<Arc<Host>>, Path(name): Path<String>) -> Response {
    let document = wire::actor(&ActorOut {
        id: host.address.person(&name),
        kind: ActorKind::Person,
        name,
        display_name: None,
        summary_html: None,
        summary_markdown: None,
        icon: None,
        image: None,
        public_key_pem: host.public_pem.clone(),
        published: Timestamp::now(),
        updated: None,
        posting_restricted_to_mods: false,
        sensitive: false,
        private: false,
        tagline: None,
        shared_inbox: host.address.shared_inbox(),
        also_known_as: Vec::new(),
        moved_to: None,
        institution: None,
    });
    let body = wire::with_context(document).to_string();
    ([(CONTENT_TYPE, ACTIVITY_JSON)], body).into_response()
}

async fn take(State(host): State<Arc<Host>>, body: Bytes) -> StatusCode {
    host.taken.fetch_add(1, Ordering::Relaxed);
    if let Some(announced) = &host.announced
        && let Some(object) = announced_object(&body)
    {
        let mut announced = announced.lock().unwrap_or_else(|e| e.into_inner());
        *announced.entry(object).or_default() += 1;
    }
    StatusCode::ACCEPTED
}

/// The id of the thread in an announced `Create`, or of a boosted one.
fn announced_object(body: &[u8]) -> Option<String> {
    let activity: Value = serde_json::from_slice(body).ok()?;
    let inner = activity.get("object")?;
    let object = inner.get("object").unwrap_or(inner);
    Some(object.get("id").unwrap_or(object).as_str()?.to_owned())
}

async fn nodeinfo_index(State(host): State<Arc<Host>>) -> Json<Value> {
    Json(json!({ "links": [{
        "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1",
        "href": host.address.at("/nodeinfo/2.1"),
    }] }))
}

/// Lemmy, as far as anybody can tell: it gets announced activities.
async fn nodeinfo() -> Json<Value> {
    Json(json!({
        "version": "2.1",
        "software": { "name": "lemmy", "version": "0.19.20" },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": { "total": 10 } },
        "metadata": {},
    }))
}
