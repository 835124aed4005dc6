//! One running instance: opens the database, puts the doors together, starts the jobs, ends in peace.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use url::Url;

use crate::activitystreams::prefers_activity_json;
use crate::app::App;
use crate::community::{CommunityError, accounts, site};
use crate::config::{DatabaseUrl, Settings};
use crate::domain::house::{Address, House, Previews};
use crate::domain::ids::IdMaker;
use crate::domain::time::SECOND;
use crate::federation::client::FetchError;
use crate::federation::{self, ClientKey, Federation, documents, inbox, nodeinfo, webfinger};
use crate::limits::{Door, Limits};
use crate::media::{MediaError, MediaStore};
use crate::store::{Store, StoreError, Target, hosts, nodes};
use crate::{api, jobs, web};

/// The longest that any request may take. Pages take milliseconds; look-ups elsewhere take seconds.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long requests and deliveries under way may go on after we are told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Error)]
pub enum StartError {
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Community(#[from] CommunityError),
    #[error("the folder for pictures: {0}")]
    Media(#[from] MediaError),
    #[error("the client for other servers: {0}")]
    Client(#[from] FetchError),
    #[error("cannot listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error("the data folder {path} cannot be made: {error}")]
    DataDir { path: String, error: std::io::Error },
}

/// Opens the database of an instance, for the server or a command beside it.
pub async fn open_store(settings: &Settings) -> Result<(Store, Arc<str>), StartError> {
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| StartError::DataDir {
        path: settings.data_dir.display().to_string(),
        error,
    })?;
    let target = match &settings.database_url {
        DatabaseUrl::Sqlite(path) => Target::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => Target::Postgres(url.clone()),
    };
    let address = Address::new(settings.public_url.url());
    let registration = settings.registration;
    let previews = match settings.link_previews.enabled {
        true => Previews::Within(i64::from(settings.link_previews.spread) * SECOND),
        false => Previews::Off,
    };
    let holder: Arc<str> = uuid::Uuid::new_v4().to_string().into();
    let name = holder.clone();
    let store = tokio::task::spawn_blocking(move || {
        Store::open(&target, &name, |node| House {
            address,
            ids: IdMaker::new(node),
            registration,
            previews,
        })
    })
    .await
    .map_err(|e| StoreError::Unavailable(e.to_string()))??;
    store.write(site::ensure).await?;
    Ok((store, holder))
}

/// Gives the node number back at the end of a process.
pub async fn close_store(store: &Store, holder: Arc<str>) -> Result<(), StoreError> {
    store
        .write(move |tx| nodes::release(tx.conn, &holder))
        .await
}

pub async fn open_app(settings: Settings) -> Result<App, StartError> {
    let (store, holder) = open_store(&settings).await?;
    let limits = Arc::new(Limits::new(&settings.rate_limits));
    let federation = Federation::new(store.clone(), limits.clone(), &holder, &settings.federation)?;
    Ok(App {
        media: Arc::new(MediaStore::open(settings.data_dir.join("media"))?),
        settings: Arc::new(settings),
        store,
        federation,
        limits,
    })
}

/// A running instance. Stop it with [`Running::stop`]; dropped, it ends less politely.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    /// Where the first administrator is made, on a new instance.
    pub setup_link: Option<Url>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    jobs: Vec<JoinHandle<()>>,
}

/// Starts an instance that listens where its settings say.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Listen { address, error })?;
    start_on(settings, listener).await
}

/// Starts an instance on a socket that listens already.
pub async fn start_on(settings: Settings, listener: TcpListener) -> Result<Running, StartError> {
    let address = listener.local_addr().map_err(|error| StartError::Listen {
        address: settings.listen,
        error,
    })?;
    let app = open_app(settings).await?;
    app.store.write(|tx| hosts::end_leases(tx.conn)).await?;
    let token = app.store.write(accounts::new_setup_token).await?;
    let setup_link = token.map(|token| {
        let mut link = app.settings.public_url.join("/setup");
        link.query_pairs_mut().append_pair("token", &token);
        link
    });
    let (stop, stopped) = watch::channel(false);
    let jobs = jobs::start(&app, &stopped);
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move {
        let mut stopped = stopped;
        let until_stopped = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        // A page goes out in several pieces; without this each of them waits for the peer's delayed
        // acknowledgement of the one before, 40 ms.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(until_stopped)
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the server ended");
        }
    });
    Ok(Running {
        app,
        address,
        setup_link,
        stop,
        server,
        jobs,
    })
}

impl Running {
    /// Takes no new requests, lets those under way end, stops the jobs, gives the node number back.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.stop.send_replace(true);
        // One deadline for all: nobody waits for a minute.
        let until = tokio::time::Instant::now() + GRACE;
        for task in std::iter::once(self.server).chain(self.jobs) {
            let abort = task.abort_handle();
            if tokio::time::timeout_at(until, task).await.is_err() {
                abort.abort();
            }
        }
        close_store(&self.app.store, self.app.federation.holder.clone()).await
    }
}

fn router(app: App) -> Router {
    let guard =
        || middleware::from_fn_with_state(app.federation.clone(), federation::secure::guard);
    let federation = Router::new()
        .merge(inbox::router())
        .merge(documents::router().layer(guard()))
        .merge(webfinger::router())
        .merge(nodeinfo::router())
        .with_state(app.federation.clone())
        .layer(middleware::from_fn_with_state(app.clone(), limit_documents));
    let negotiated = documents::negotiated()
        .layer(guard())
        .with_state(app.federation.clone())
        .layer(middleware::from_fn_with_state(app.clone(), limit_documents));
    let doors = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .merge(api::router())
        .merge(web::router(app.clone()))
        .with_state(app)
        .merge(federation);
    // Around all doors and not beside them: what is negotiated has not been routed yet.
    Router::new()
        .fallback_service(doors)
        .layer(middleware::from_fn_with_state(negotiated, negotiate))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::new())
}

/// Documents are for other servers, who are many and fetch in bursts; still nobody may fetch without end.
/// (The inbox counts per sending host, once it knows who sent, and before that what does not hold.)
async fn limit_documents(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let address = app.client_address(request.extensions(), request.headers());
    let address = address.to_string();
    let client = ClientKey(address.as_str().into());
    request.extensions_mut().insert(client);
    if *request.method() == Method::POST {
        return next.run(request).await;
    }
    match app.limits.check(Door::Document, &address) {
        Ok(()) => next.run(request).await,
        Err(after) => (
            StatusCode::TOO_MANY_REQUESTS,
            [(RETRY_AFTER, after.seconds().to_string())],
            "Too many requests.",
        )
            .into_response(),
    }
}

/// One address, two forms: whoever asks for ActivityStreams gets the document, everybody else the page.
async fn negotiate(State(documents): State<Router>, request: Request, next: Next) -> Response {
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    if !readable || !has_document(request.uri().path()) {
        return next.run(request).await;
    }
    let wants_document = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(prefers_activity_json);
    if wants_document {
        return documents.oneshot(request).await.into_response();
    }
    let mut page = next.run(request).await;
    page.headers_mut()
        .append(VARY, HeaderValue::from_static("Accept"));
    page
}

fn has_document(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(""), None, None) => true,
        (Some("u" | "c"), Some(name), None) => !name.contains('@'),
        (Some("post" | "comment"), Some(_), None) => true,
        _ => false,
    }
}

/// Whether the database can be reached; its migrations were done before we listened.
async fn ready(State(app): State<App>) -> Response {
    match app.store.read(|tx| crate::store::site::get(tx.conn)).await {
        Ok(_) => (StatusCode::OK, "ready").into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database cannot be reached",
            )
                .into_response()
        }
    }
}
