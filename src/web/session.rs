//! Who is looking: the session cookie, and the extractors that ask for a member or an administrator.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::errors::Failure;
use crate::app::App;
use crate::community::accounts::{self, Viewer};
use crate::config::PublicUrl;
use crate::domain::kinds::SessionKind;
use crate::domain::rules::Act;
use crate::limits::Door;

/// Name of one of our cookies. Over https it is bound to this host by its prefix; cookies know no
/// ports, so over http the port is in the name and instances side by side do not mix.
pub fn cookie_name(public_url: &PublicUrl, what: &str) -> String {
    if public_url.is_https() {
        format!("__Host-coppice_{what}")
    } else {
        let port = public_url.url().port_or_known_default().unwrap_or(80);
        format!("coppice_{what}_{port}")
    }
}

/// A cookie that scripts cannot read and other sites' forms do not send.
pub fn cookie(public_url: &PublicUrl, what: &str, value: String) -> Cookie<'static> {
    Cookie::build((cookie_name(public_url, what), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(public_url.is_https())
        .build()
}

const SESSION: &str = "session";

/// The session cookie of a log-in. The server ends it when it is not used, so the browser may keep it.
pub fn session_cookie(public_url: &PublicUrl, token: String) -> Cookie<'static> {
    let mut cookie = cookie(public_url, SESSION, token);
    cookie.make_permanent();
    cookie
}

/// The same cookie, as it is taken back.
pub fn ended_session_cookie(public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(public_url, SESSION, String::new());
    cookie.make_removal();
    cookie
}

pub fn session_token(public_url: &PublicUrl, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(&cookie_name(public_url, SESSION))
        .map(|cookie| cookie.value().to_owned())
        .filter(|token| !token.is_empty())
}

/// Who is logged in, if anybody. Looked up once a request.
#[derive(Clone)]
pub struct MaybeViewer(pub Option<Viewer>);

impl FromRequestParts<App> for MaybeViewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if let Some(known) = parts.extensions.get::<MaybeViewer>() {
            return Ok(known.clone());
        }
        let viewer = match session_token(&app.settings.public_url, &parts.headers) {
            None => None,
            Some(token) => {
                app.store
                    .read(move |tx| accounts::viewer(tx, &token, SessionKind::Web))
                    .await?
            }
        };
        if let Some(viewer) = &viewer {
            accounts::touch(&app.store, viewer).await?;
        }
        let found = MaybeViewer(viewer);
        parts.extensions.insert(found.clone());
        Ok(found)
    }
}

/// A member. Others are sent to log in, and come back afterwards.
pub struct Signed(pub Viewer);

impl FromRequestParts<App> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match MaybeViewer::from_request_parts(parts, app).await?.0 {
            Some(viewer) => Ok(Signed(viewer)),
            None => Err(Failure::LogInFirst(way_back(parts))),
        }
    }
}

/// An administrator.
pub struct AdminViewer(pub Viewer);

impl FromRequestParts<App> for AdminViewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Signed(viewer) = Signed::from_request_parts(parts, app).await?;
        match viewer.may(Act::SeeAdministration) {
            Ok(()) => Ok(AdminViewer(viewer)),
            Err(denied) => Err(Failure::Denied(denied)),
        }
    }
}

/// This page, or for something sent the page it was sent from: where to return after a log-in or a vote.
pub fn way_back(parts: &Parts) -> LocalPath {
    if parts.method == Method::GET {
        return LocalPath::parse(&path_and_query(&parts.uri));
    }
    let from = parts.headers.get(header::REFERER);
    from.and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<Uri>().ok())
        .map_or_else(LocalPath::default, |uri| {
            LocalPath::parse(&path_and_query(&uri))
        })
}

fn path_and_query(uri: &Uri) -> String {
    uri.path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// A path on this site, whatever was asked for: never another host's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl Default for LocalPath {
    fn default() -> Self {
        LocalPath("/".to_owned())
    }
}

impl LocalPath {
    /// Anything but a plain path of ours becomes the start page.
    pub fn parse(text: &str) -> Self {
        let second = text.as_bytes().get(1).copied();
        let plain = text.starts_with('/')
            && !matches!(second, Some(b'/' | b'\\'))
            && text.len() <= 2_000
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if plain {
            LocalPath(text.to_owned())
        } else {
            LocalPath::default()
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the request came from: what limits are counted on for those who are not logged in.
#[derive(Clone, Copy)]
pub struct Client(IpAddr);

impl FromRequestParts<App> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Client::of(parts, app))
    }
}

impl Client {
    fn of(parts: &Parts, app: &App) -> Self {
        Client(app.client_address(&parts.extensions, &parts.headers))
    }

    pub fn limit(self, app: &App, door: Door) -> Result<(), Failure> {
        check(app, door, &self.0.to_string())
    }
}

/// Counts pages against their limit; what is in the binary or on disk as it is goes free.
pub async fn count_pages(
    State(app): State<App>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let page = !path.starts_with("/assets/") && !path.starts_with("/pictures/");
    if page && let Err(failure) = client.limit(&app, Door::Page) {
        return failure.into_response();
    }
    next.run(request).await
}

/// Counts something a member does against the door's limit.
pub fn limit(app: &App, viewer: &Viewer, door: Door) -> Result<(), Failure> {
    check(app, door, &viewer.id.to_string())
}

fn check(app: &App, door: Door, key: &str) -> Result<(), Failure> {
    app.limits
        .check(door, key)
        .map_err(|wait| Failure::TooMany(wait.seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_this_site() {
        for path in ["/", "/c/fungi?sort=top", "/post/1"] {
            assert_eq!(LocalPath::parse(path).as_str(), path);
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: b",
            "/a\\b",
        ] {
            assert_eq!(LocalPath::parse(path).as_str(), "/", "{path:?}");
        }
    }

    #[test]
    fn cookies_are_bound_to_the_host_and_instances_on_one_machine_do_not_mix() {
        let name = |url: &str| cookie_name(&PublicUrl::parse(url).unwrap(), "session");
        assert_eq!(name("https://learn.example"), "__Host-coppice_session");
        assert_ne!(name("http://127.0.0.1:8081"), name("http://127.0.0.1:8082"));
        let public = PublicUrl::parse("https://learn.example").unwrap();
        let text = session_cookie(&public, "t".to_owned()).to_string();
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
