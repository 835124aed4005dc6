//! The one door for outgoing HTTP: guarded addresses, bounded answers, signed requests. Knows no
//! database.
//!
//! activitypub_federation's fetcher takes three spellings of the content type and one redirect, and
//! signs only its own way; its `SendActivityTask` hides most statuses and signs on the async thread.
//! Its resolver is used here, with a second look at what it returns (see `addresses`).

mod addresses;
mod answer;
mod error;
mod pages;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::http::header::{ACCEPT, HeaderValue, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode};
use bytes::Bytes;
use reqwest::Certificate;
use reqwest::Response;
use reqwest::redirect::Policy;
use url::Url;

use crate::domain::hosts::SignatureForm;
use crate::domain::time::Timestamp;
use crate::federation::keys::SigningKey;
use crate::federation::signatures::sign_request_as;

pub use answer::PostOutcome;
pub use error::{FetchError, RedirectFault, Refusal};
pub use pages::{Answer, Sought, Step};

/// Largest ActivityPub document taken, in bytes: what Mastodon takes.
pub const MAX_ACTIVITY: usize = 1024 * 1024;
const MAX_REDIRECTS: usize = 3;
const IDLE_CONNECTIONS_PER_HOST: usize = 4;
/// One type and nothing beside it: the nginx in front of Lemmy compares the whole header with this
/// string (docker/nginx.conf of 0.19), and answers all else with its pages for people. Lemmy asks
/// everybody in the same words, so all peers know them.
const AS2: &str = crate::activitystreams::ACTIVITY_JSON;
const JSON: &str = "application/jrd+json, application/json";

#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Also `http`, any port, and addresses of private networks: for tests and demos only.
    pub allow_private_addresses: bool,
    pub user_agent: String,
    pub connect_timeout: Duration,
    /// For one call, redirects and body included.
    pub total_timeout: Duration,
}

impl ClientOptions {
    /// The guarded client of a server on the open net: 5 s to connect, 10 s in all.
    pub fn new(user_agent: impl Into<String>) -> Self {
        ClientOptions {
            allow_private_addresses: false,
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(10),
        }
    }
}

/// Who signs a request.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Address of the public key: `<actor>#main-key`.
    pub key_id: String,
    pub key: SigningKey,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it lay after redirects, without fragment.
    pub url: Url,
    pub body: Bytes,
}

/// Cheap to clone; all clones share one pool of kept-alive connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    allow_private: bool,
    total_timeout: Duration,
}

/// How one GET differs from another.
struct Ask<'a> {
    accept: &'static str,
    signer: Option<(&'a Signer, SignatureForm)>,
    may_change_host: bool,
    kind: answer::Kind,
    max: usize,
}

fn builder(options: &ClientOptions) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        // `Host` is signed, and only HTTP/1 sends it as we write it.
        .http1_only()
        .user_agent(&options.user_agent)
        .dns_resolver(addresses::Guard::new(options.allow_private_addresses))
        .redirect(Policy::none())
        // A proxy would resolve names behind the guard's back.
        .no_proxy()
        // Bodies are bounded as they arrive, so nothing may grow after that.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .pool_idle_timeout(Duration::from_secs(30))
}

impl Client {
    /// Fails with a user agent that is no header value. A system without CA certificates (a bare
    /// container) gets those compiled in.
    pub fn new(options: &ClientOptions) -> Result<Self, FetchError> {
        let http = builder(options).build().or_else(|error| {
            tracing::warn!(%error, "the CA certificates compiled in are used");
            let compiled_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS
                .iter()
                .filter_map(|der| Certificate::from_der(der).ok());
            builder(options).tls_certs_only(compiled_in).build()
        });
        Ok(Client {
            http: http.map_err(FetchError::from_reqwest)?,
            allow_private: options.allow_private_addresses,
            total_timeout: options.total_timeout,
        })
    }

    /// Whether this address may be asked at all: `https` on port 443, no user name, no literal
    /// address of a private network. Names are judged when they are resolved, at connecting.
    pub fn check_url(&self, url: &Url) -> Result<(), FetchError> {
        addresses::check_url(url, self.allow_private).map_err(FetchError::Refused)
    }

    /// One ActivityPub document, by a GET signed if there is a `signer`. Up to three redirects
    /// within the same origin are followed, each checked and signed anew. The answer must call
    /// itself AS2 and be no larger than [`MAX_ACTIVITY`].
    pub async fn get_activity(
        &self,
        url: &Url,
        signer: Option<(&Signer, SignatureForm)>,
    ) -> Result<Fetched, FetchError> {
        let ask = Ask {
            accept: AS2,
            signer,
            may_change_host: false,
            kind: answer::Kind::Activity,
            max: MAX_ACTIVITY,
        };
        self.get(url, ask).await
    }

    /// One JSON document of at most `max` bytes: WebFinger, NodeInfo, blocklists. Redirects may
    /// lead to another host (split domains), each checked.
    pub async fn get_json(&self, url: &Url, max: usize) -> Result<Fetched, FetchError> {
        let ask = Ask {
            accept: JSON,
            signer: None,
            may_change_host: true,
            kind: answer::Kind::Json,
            max,
        };
        self.get(url, ask).await
    }

    /// At most `max` bytes of anything, such as a picture: the caller judges what they are.
    pub async fn get_bytes(&self, url: &Url, max: usize) -> Result<Fetched, FetchError> {
        let ask = Ask {
            accept: "*/*",
            signer: None,
            may_change_host: true,
            kind: answer::Kind::Any,
            max,
        };
        self.get(url, ask).await
    }

    /// One signed POST of an activity. Every status is an outcome; an error means that none came.
    /// A redirect is not followed.
    pub async fn post_activity(
        &self,
        url: &Url,
        body: Bytes,
        signer: &Signer,
        form: SignatureForm,
    ) -> Result<PostOutcome, FetchError> {
        let url = without_fragment(url);
        self.check_url(&url)?;
        let headers = sign(Method::POST, &url, Some(body.clone()), signer, form).await?;
        let request = self.http.post(url).headers(headers).body(body);
        let response = self.in_time(request.send()).await?;
        Ok(answer::outcome(response).await)
    }

    async fn get(&self, url: &Url, ask: Ask<'_>) -> Result<Fetched, FetchError> {
        tokio::time::timeout(self.total_timeout, self.follow(url, &ask))
            .await
            .map_err(|_| FetchError::Timeout)?
    }

    async fn follow(&self, url: &Url, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let mut here = without_fragment(url);
        for _ in 0..=MAX_REDIRECTS {
            self.check_url(&here)?;
            let mut headers = match ask.signer {
                Some((signer, form)) => sign(Method::GET, &here, None, signer, form).await?,
                None => HeaderMap::new(),
            };
            headers.insert(ACCEPT, HeaderValue::from_static(ask.accept));
            let request = self.http.get(here.clone()).headers(headers);
            let response = request.send().await.map_err(FetchError::from_reqwest)?;
            let Some(next) = redirect(&response, &here)? else {
                let body = answer::read(response, ask.kind, ask.max).await?;
                return Ok(Fetched { url: here, body });
            };
            if !ask.may_change_host && next.origin() != here.origin() {
                return Err(FetchError::Redirect(RedirectFault::OtherHost(Box::new(
                    next,
                ))));
            }
            here = next;
        }
        Err(FetchError::Redirect(RedirectFault::TooMany))
    }

    async fn in_time(
        &self,
        sending: impl Future<Output = Result<Response, reqwest::Error>>,
    ) -> Result<Response, FetchError> {
        tokio::time::timeout(self.total_timeout, sending)
            .await
            .map_err(|_| FetchError::Timeout)?
            .map_err(FetchError::from_reqwest)
    }
}

/// Signs on a blocking thread: a signature takes about a millisecond of CPU.
async fn sign(
    method: Method,
    url: &Url,
    body: Option<Bytes>,
    signer: &Signer,
    form: SignatureForm,
) -> Result<HeaderMap, FetchError> {
    let (url, signer) = (url.clone(), signer.clone());
    let signing = tokio::task::spawn_blocking(move || {
        let now = Timestamp::now();
        sign_request_as(
            form,
            &method,
            &url,
            body.as_deref(),
            &signer.key_id,
            &signer.key,
            now,
        )
    });
    signing
        .await
        .map_err(|e| FetchError::Signing(e.to_string()))?
        .map_err(|e| FetchError::Signing(e.to_string()))
}

/// Where a redirect leads, if the answer is one.
fn redirect(response: &Response, here: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    ) {
        return Ok(None);
    }
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| here.join(text).ok())
        .ok_or(FetchError::Redirect(RedirectFault::Nowhere))?;
    Ok(Some(without_fragment(&target)))
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}
