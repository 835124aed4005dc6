//! A server of other software, simulated: it has people and groups with real keys, serves what it is
//! given, signs what it sends, and keeps what it gets, its signature verified.

use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use coppice::domain::hosts::SignatureForm;
use coppice::domain::time::Timestamp;
use coppice::federation::keys::{self, KeyPair, SigningKey, VerifyingKey};
use coppice::federation::signatures::{self, RequestParts, sign_request, sign_request_as};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use url::Url;

use super::{Instance, eventually_some};

pub const AS2: &str = "application/activity+json; charset=utf-8";
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// One simulated server; it ends with this value.
pub struct Peer {
    /// `localhost:PORT`.
    pub host: String,
    /// `http://localhost:PORT`, without a slash at the end.
    pub base: String,
    /// The shared inbox of the instance it talks to.
    inbox: Url,
    shop: Arc<Shop>,
    server: AbortHandle,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What it serves and what came in.
struct Shop {
    host: String,
    software: Option<(String, String)>,
    pages: Mutex<HashMap<String, Page>>,
    fingers: Mutex<HashMap<String, Value>>,
    received: Mutex<Vec<Received>>,
    asked: Mutex<HashMap<String, usize>>,
    /// Actors of others, by key id.
    keys: Mutex<HashMap<String, Value>>,
    /// Statuses the inbox answers next, instead of taking what comes.
    moods: Mutex<VecDeque<StatusCode>>,
    /// Seconds it asks to be left alone for, beside such a status.
    pause: AtomicU64,
    /// Types of activities that it takes without a word, and leaves the connection open.
    unanswered: Mutex<Vec<&'static str>>,
    /// Milliseconds it takes over each delivery.
    slowness: AtomicU64,
    /// The only standard of signing it knows, if it is not both.
    only: Mutex<Option<SignatureForm>>,
    /// It shows documents to nobody who does not sign.
    secure: AtomicBool,
    /// Requests it answered with a 401.
    refused: AtomicUsize,
}

/// What stands at an address.
#[derive(Clone)]
pub enum Page {
    Document(Value),
    Gone,
    Status(StatusCode),
    Text(&'static str, String),
    Bytes(&'static str, Vec<u8>),
    Redirect(String),
    /// A page of the web that never ends, after these words.
    EndlessHtml(&'static str),
    /// A body that never ends.
    Endless,
}

#[derive(Clone, Debug)]
pub struct Received {
    /// Path of the inbox.
    pub inbox: String,
    pub activity: Value,
    /// Why its signature does not hold, if so.
    pub fault: Option<String>,
}

impl Received {
    pub fn id(&self) -> &str {
        self.activity["id"].as_str().unwrap_or_default()
    }

    pub fn kind(&self) -> &str {
        self.activity["type"].as_str().unwrap_or_default()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

pub fn http() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Each test has a runtime of its own, and connections do not outlive theirs.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap()
    })
}

impl Peer {
    /// A server that says it runs `software`, or has no NodeInfo.
    pub async fn start(software: Option<(&str, &str)>, instance: &Url) -> Peer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Peer::start_on(listener, "localhost", software, instance)
    }

    /// Under a name of its own, which rules about hosts can tell from ours: `127.0.0.2` and the like.
    pub async fn start_at(address: &str, instance: &Url) -> Peer {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        Peer::start_on(listener, address, Some(("lemmy", "0.19.12")), instance)
    }

    fn start_on(
        listener: TcpListener,
        name: &str,
        software: Option<(&str, &str)>,
        instance: &Url,
    ) -> Peer {
        let port = listener.local_addr().unwrap().port();
        let shop = Arc::new(Shop {
            host: format!("{name}:{port}"),
            software: software.map(|(name, version)| (name.to_owned(), version.to_owned())),
            pages: Mutex::default(),
            fingers: Mutex::default(),
            received: Mutex::default(),
            asked: Mutex::default(),
            keys: Mutex::default(),
            moods: Mutex::default(),
            pause: AtomicU64::new(0),
            unanswered: Mutex::default(),
            slowness: AtomicU64::new(0),
            only: Mutex::default(),
            secure: AtomicBool::new(false),
            refused: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(serve).with_state(shop.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Peer {
            host: shop.host.clone(),
            base: format!("http://{}", shop.host),
            inbox: instance.join("/inbox").unwrap(),
            shop,
            server: server.abort_handle(),
        }
    }

    pub async fn mastodon(instance: &Instance) -> Peer {
        Peer::start(Some(("mastodon", "4.5.0")), &instance.url).await
    }

    pub async fn lemmy(instance: &Instance) -> Peer {
        Peer::start(Some(("lemmy", "0.19.20")), &instance.url).await
    }

    pub async fn nodebb(instance: &Instance) -> Peer {
        Peer::start(Some(("nodebb", "4.5.1")), &instance.url).await
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Somebody with an account there, as Mastodon describes people.
    pub fn person(&self, name: &str) -> PeerActor {
        let id = self.at(&format!("/users/{name}"));
        let document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": name, "name": name, "summary": "",
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"), "following": format!("{id}/following"),
            "featured": format!("{id}/collections/featured"),
            "url": self.at(&format!("/@{name}")),
            "manuallyApprovesFollowers": false, "discoverable": true,
            "published": "2022-10-03T00:00:00Z", "devices": format!("{id}/collections/devices"),
            "tag": [], "attachment": [],
            "endpoints": { "sharedInbox": self.at("/inbox") },
        });
        self.actor(name, document)
    }

    /// A community, as Lemmy describes it.
    pub fn group(&self, name: &str) -> PeerActor {
        let id = self.at(&format!("/c/{name}"));
        let document = json!({
            "@context": ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"],
            "id": id, "type": "Group", "preferredUsername": name, "name": name,
            "summary": "<p>A community.</p>",
            "source": { "content": "A community.", "mediaType": "text/markdown" },
            "sensitive": false, "postingRestrictedToMods": false,
            "attributedTo": format!("{id}/moderators"), "featured": format!("{id}/featured"),
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": self.at("/inbox") },
            "published": "2019-06-02T16:43:50.799554Z",
        });
        self.actor(name, document)
    }

    /// An actor of this document, which gets a key.
    pub fn actor(&self, name: &str, mut document: Value) -> PeerActor {
        let id = document["id"].as_str().unwrap().to_owned();
        let pair = new_pair();
        let key_id = format!("{id}#main-key");
        document["publicKey"] =
            json!({ "id": key_id, "owner": id, "publicKeyPem": pair.public_pem });
        let finger = json!({
            "subject": format!("acct:{name}@{}", self.host),
            "aliases": [id],
            "links": [{ "rel": "self", "type": "application/activity+json", "href": id }],
        });
        held(&self.shop.fingers).insert(name.to_owned(), finger);
        let actor = PeerActor {
            id,
            name: name.to_owned(),
            key_id,
            key: SigningKey::from_pem(&pair.private_pem).unwrap(),
            inbox: self.inbox.clone(),
            shop: self.shop.clone(),
        };
        self.serves(&actor.id, document);
        actor
    }

    /// Lets `document` stand at `url`, an address of this server.
    pub fn serves(&self, url: &str, document: Value) {
        self.shows(url, Page::Document(document));
    }

    pub fn shows(&self, url: &str, page: Page) {
        let path = self.path(url);
        held(&self.shop.pages).insert(path, page);
    }

    fn path(&self, url: &str) -> String {
        let path = url.split_once(&self.host).map_or(url, |(_, path)| path);
        path.to_owned()
    }

    pub fn answers_webfinger(&self, name: &str, answer: Value) {
        held(&self.shop.fingers).insert(name.to_owned(), answer);
    }

    /// The next deliveries are answered with these statuses.
    pub fn will_answer(&self, statuses: impl IntoIterator<Item = StatusCode>) {
        held(&self.shop.moods).extend(statuses);
    }

    /// With those statuses it asks for a pause.
    pub fn asks_for_a_pause(&self, time: Duration) {
        self.shop.pause.store(time.as_secs(), Ordering::Relaxed);
    }

    /// Activities of this type get no answer from now on.
    pub fn says_nothing_to(&self, kind: &'static str) {
        held(&self.shop.unanswered).push(kind);
    }

    /// Each delivery takes this long from now on.
    pub fn takes(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.shop.slowness.store(millis, Ordering::Relaxed);
    }

    /// It knows only this standard of signing from now on, and answers 401 to the other.
    pub fn only_takes(&self, form: SignatureForm) {
        *held(&self.shop.only) = Some(form);
    }

    /// It shows documents only to those who sign, but for its first page.
    pub fn is_secure(&self) {
        self.shop.secure.store(true, Ordering::Relaxed);
    }

    /// How many requests it answered with a 401.
    pub fn refusals(&self) -> usize {
        self.shop.refused.load(Ordering::Relaxed)
    }

    /// How often this address was asked for.
    pub fn fetches(&self, url: &str) -> usize {
        held(&self.shop.asked)
            .get(&self.path(url))
            .copied()
            .unwrap_or(0)
    }

    /// How often anything was asked for.
    pub fn all_fetches(&self) -> usize {
        held(&self.shop.asked).values().sum()
    }

    /// Everything delivered so far, first things first.
    pub fn inbox(&self) -> Vec<Received> {
        held(&self.shop.received).clone()
    }

    pub fn count(&self, fits: impl Fn(&Value) -> bool) -> usize {
        self.inbox().iter().filter(|r| fits(&r.activity)).count()
    }

    /// Waits until such an activity is delivered, its signature sound.
    pub async fn received(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Received {
        let found = eventually_some(&format!("delivery of {what} to {}", self.host), || async {
            self.inbox().into_iter().find(|r| fits(&r.activity))
        })
        .await;
        assert_eq!(found.fault, None, "{}", found.activity);
        found
    }
}

/// Somebody, or some group, on a simulated server.
#[derive(Clone)]
pub struct PeerActor {
    pub id: String,
    pub name: String,
    pub key_id: String,
    key: SigningKey,
    /// The shared inbox it sends to.
    pub inbox: Url,
    shop: Arc<Shop>,
}

impl PeerActor {
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.shop.host)
    }

    /// An id for an activity of theirs that nothing else has.
    pub fn new_id(&self, verb: &str) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        self.at(&format!("/activities/{verb}/{number}"))
    }

    /// An activity of theirs with the usual members.
    pub fn does(&self, verb: &str, object: impl Into<Value>) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.new_id(&verb.to_lowercase()), "type": verb, "actor": self.id,
            "to": [PUBLIC], "object": object.into(),
        })
    }

    /// Signs and posts to the shared inbox.
    pub async fn sends(&self, activity: &Value) -> StatusCode {
        self.sends_to(&self.inbox, activity).await
    }

    pub async fn sends_to(&self, inbox: &Url, activity: &Value) -> StatusCode {
        let body = activity.to_string().into_bytes();
        let headers = self.signs(&Method::POST, inbox, Some(&body));
        post(inbox, headers, body).await
    }

    /// Likewise, of a text that need not be JSON.
    pub async fn sends_text(&self, text: &str) -> StatusCode {
        let body = text.as_bytes().to_vec();
        let headers = self.signs(&Method::POST, &self.inbox, Some(&body));
        post(&self.inbox, headers, body).await
    }

    /// Signs by this standard and posts to the shared inbox.
    pub async fn sends_as(&self, form: SignatureForm, activity: &Value) -> StatusCode {
        let body = activity.to_string().into_bytes();
        let (now, key_id) = (Timestamp::now(), &self.key_id);
        let headers = sign_request_as(
            form,
            &Method::POST,
            &self.inbox,
            Some(&body),
            key_id,
            &self.key,
            now,
        );
        post(&self.inbox, headers.unwrap(), body).await
    }

    /// Sends to a server that may be down.
    pub async fn tries(&self, activity: &Value) -> Option<StatusCode> {
        let body = activity.to_string().into_bytes();
        let headers = self.signs(&Method::POST, &self.inbox, Some(&body));
        let request = http().post(self.inbox.clone()).headers(headers).body(body);
        request.send().await.ok().map(|response| response.status())
    }

    /// Sends, and expects a 202.
    pub async fn says(&self, activity: &Value) {
        assert_eq!(
            self.sends(activity).await,
            StatusCode::ACCEPTED,
            "{activity}"
        );
    }

    /// The headers of a request as it would sign it now.
    pub fn signs(&self, method: &Method, url: &Url, body: Option<&[u8]>) -> HeaderMap {
        self.signs_at(method, url, body, Timestamp::now())
    }

    pub fn signs_at(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&[u8]>,
        now: Timestamp,
    ) -> HeaderMap {
        sign_request(method, url, body, &self.key_id, &self.key, now).unwrap()
    }

    pub fn signature_over(&self, text: &str) -> String {
        self.key.sign(text.as_bytes()).unwrap()
    }

    /// The document that stands at its id.
    pub fn document(&self) -> Value {
        let path = self.id.split_once(&self.shop.host).unwrap().1;
        match held(&self.shop.pages).get(path) {
            Some(Page::Document(document)) => document.clone(),
            _ => panic!("{} has no document", self.id),
        }
    }

    pub fn change_document(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.document();
        change(&mut document);
        let path = self.id.split_once(&self.shop.host).unwrap().1.to_owned();
        held(&self.shop.pages).insert(path, Page::Document(document));
    }

    /// A new pair under the same key id: the old one signs no more.
    pub fn rotates_key(&mut self) {
        let pair = new_pair();
        self.key = SigningKey::from_pem(&pair.private_pem).unwrap();
        self.change_document(|doc| doc["publicKey"]["publicKeyPem"] = pair.public_pem.into());
    }

    /// The same person with the key of another.
    pub fn with_key_of(&self, other: &PeerActor) -> PeerActor {
        PeerActor {
            key: other.key.clone(),
            ..self.clone()
        }
    }

    /// The same key under another key id.
    pub fn with_key_id(&self, key_id: &str) -> PeerActor {
        PeerActor {
            key_id: key_id.to_owned(),
            ..self.clone()
        }
    }
}

/// A pair that none of the last dozens has: making one takes long.
fn new_pair() -> KeyPair {
    static MADE: Mutex<Vec<KeyPair>> = Mutex::new(Vec::new());
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    if number < 40 {
        let pair = keys::generate_pair().unwrap();
        held(&MADE).push(pair.clone());
        return pair;
    }
    let made = held(&MADE);
    made[number % made.len()].clone()
}

/// One POST of these headers and this body.
pub async fn post(url: &Url, headers: HeaderMap, body: Vec<u8>) -> StatusCode {
    let request = http().post(url.clone()).headers(headers).body(body);
    request.send().await.unwrap().status()
}

/// One GET as other servers make it: status and JSON.
pub async fn get_as2(url: &str) -> (StatusCode, Value) {
    get_as2_as(url, "Testing/1.0").await
}

/// As software that calls itself so.
pub async fn get_as2_as(url: &str, user_agent: &str) -> (StatusCode, Value) {
    let request = http()
        .get(url)
        .header(ACCEPT, "application/activity+json")
        .header(USER_AGENT, user_agent);
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// A page as a visitor's browser gets it.
pub async fn get_page(url: &str) -> String {
    let response = http().get(url).header(ACCEPT, "text/html").send().await;
    response.unwrap().text().await.unwrap()
}

async fn serve(
    State(shop): State<Arc<Shop>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method == Method::POST {
        let status = take(&shop, &uri, &headers, &body).await;
        let pause = shop.pause.load(Ordering::Relaxed);
        return match status.is_success() || pause == 0 {
            true => status.into_response(),
            false => (status, [(RETRY_AFTER, pause.to_string())]).into_response(),
        };
    }
    let asked = uri
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    *held(&shop.asked).entry(asked.clone()).or_default() += 1;
    let well_known = uri.path().starts_with("/.well-known/") || uri.path().starts_with("/nodeinfo");
    if shop.secure.load(Ordering::Relaxed) && !well_known && asked != "/" {
        let judged = verify(&shop, &method, &uri, &headers, None).await;
        if judged.is_err() {
            shop.refused.fetch_add(1, Ordering::Relaxed);
            return StatusCode::UNAUTHORIZED.into_response();
        }
    }
    match uri.path() {
        "/.well-known/webfinger" => finger(&shop, &uri),
        "/.well-known/nodeinfo" if shop.software.is_some() => json_answer(json!({ "links": [{
            "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
            "href": format!("http://{}/nodeinfo/2.0", shop.host),
        }] })),
        "/nodeinfo/2.0" => match &shop.software {
            Some((name, version)) => json_answer(json!({
                "version": "2.0", "software": { "name": name, "version": version },
                "protocols": ["activitypub"],
            })),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => {
            let page = held(&shop.pages).get(&asked).cloned();
            page.map_or(StatusCode::NOT_FOUND.into_response(), show)
        }
    }
}

fn show(page: Page) -> Response {
    match page {
        Page::Document(value) => ([(CONTENT_TYPE, AS2)], value.to_string()).into_response(),
        Page::Gone => StatusCode::GONE.into_response(),
        Page::Status(status) => status.into_response(),
        Page::Text(kind, text) => ([(CONTENT_TYPE, kind)], text).into_response(),
        Page::Bytes(kind, bytes) => ([(CONTENT_TYPE, kind)], bytes).into_response(),
        Page::EndlessHtml(words) => {
            let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(words))]);
            let piece = || Ok(Bytes::from(vec![b' '; 16 * 1024]));
            let rest = futures::stream::repeat_with(piece);
            let body = Body::from_stream(futures::StreamExt::chain(first, rest));
            ([(CONTENT_TYPE, "text/html")], body).into_response()
        }
        Page::Redirect(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Page::Endless => {
            let piece = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 16 * 1024]));
            let body = Body::from_stream(futures::stream::repeat_with(piece));
            ([(CONTENT_TYPE, AS2)], body).into_response()
        }
    }
}

fn json_answer(value: Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn finger(shop: &Shop, uri: &Uri) -> Response {
    let url = Url::parse(&format!("http://{}{uri}", shop.host)).unwrap();
    let resource = url
        .query_pairs()
        .find(|(name, _)| name == "resource")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let name = resource
        .trim_start_matches("acct:")
        .split('@')
        .next()
        .unwrap_or_default();
    match held(&shop.fingers).get(name) {
        // PieFed's way to say that nobody has that name.
        Some(Value::Null) => ([(CONTENT_TYPE, "text/html; charset=utf-8")], "").into_response(),
        Some(answer) => {
            ([(CONTENT_TYPE, "application/jrd+json")], answer.to_string()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn take(shop: &Shop, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let slowness = shop.slowness.load(Ordering::Relaxed);
    if slowness > 0 {
        tokio::time::sleep(Duration::from_millis(slowness)).await;
    }
    let mood = held(&shop.moods).pop_front();
    if let Some(status) = mood {
        return status;
    }
    let activity: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let judged = verify(shop, &Method::POST, uri, headers, Some(body)).await;
    let fault = match judged {
        Err(fault) if fault == ANOTHER_FORM => {
            shop.refused.fetch_add(1, Ordering::Relaxed);
            return StatusCode::UNAUTHORIZED;
        }
        Ok(actor) if actor == activity["actor"] => None,
        Ok(actor) => Some(format!("{actor} does not sign for {}", activity["actor"])),
        Err(fault) => Some(fault),
    };
    let status = match &fault {
        None => StatusCode::ACCEPTED,
        Some(_) => StatusCode::UNAUTHORIZED,
    };
    let inbox = uri.path().to_owned();
    let says_nothing = held(&shop.unanswered)
        .iter()
        .any(|kind| activity["type"] == *kind);
    held(&shop.received).push(Received {
        inbox,
        activity,
        fault,
    });
    if says_nothing {
        std::future::pending::<()>().await;
    }
    status
}

const ANOTHER_FORM: &str = "signed by another standard";

/// As a strict peer does it: the signature binds the request, and its key is the actor's own. Says
/// whose it is.
async fn verify(
    shop: &Shop,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Option<&[u8]>,
) -> Result<Value, String> {
    let parts = RequestParts {
        method,
        path_and_query: uri.path_and_query().map_or("/", |path| path.as_str()),
        headers,
        now: Timestamp::now(),
        expected_host: &shop.host,
        expected_scheme: "http",
    };
    let parsed = signatures::parse(&parts)
        .map_err(|e| e.to_string())?
        .remove(0);
    if held(&shop.only).is_some_and(|form| form != parsed.form()) {
        return Err(ANOTHER_FORM.to_owned());
    }
    let signed = parsed.check(&parts, body).map_err(|e| e.to_string())?;
    let actor = key_document(shop, parsed.key_id.as_str()).await?;
    if actor["publicKey"]["id"] != parsed.key_id.as_str() {
        return Err(format!(
            "{} is not the key of {}",
            parsed.key_id, actor["id"]
        ));
    }
    let pem = actor["publicKey"]["publicKeyPem"]
        .as_str()
        .unwrap_or_default();
    let key = VerifyingKey::from_pem(pem).map_err(|e| e.to_string())?;
    parsed.verify(&signed, &key).map_err(|e| e.to_string())?;
    Ok(actor["id"].clone())
}

async fn key_document(shop: &Shop, key_id: &str) -> Result<Value, String> {
    if let Some(found) = held(&shop.keys).get(key_id) {
        return Ok(found.clone());
    }
    let url = key_id.split('#').next().unwrap_or_default();
    let (status, document) = get_as2(url).await;
    if status != StatusCode::OK {
        return Err(format!("{url}: {status}"));
    }
    held(&shop.keys).insert(key_id.to_owned(), document.clone());
    Ok(document)
}
