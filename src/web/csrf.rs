//! Every form carries a token that another site cannot know. It is made of the session's cookie or,
//! for visitors, of a cookie set with the first form they see; `forms::Posted` checks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::session::{cookie, cookie_name, session_token};
use crate::app::App;
use crate::config::PublicUrl;

/// Name of the hidden field.
pub const FIELD: &str = "csrf";
const VISITOR: &str = "visitor";

const BYTES: usize = 32;

/// What this browser's forms are signed with.
#[derive(Clone, Debug)]
pub struct Token {
    bytes: [u8; BYTES],
    shown: Arc<AtomicBool>,
}

impl Token {
    fn of(secret: &str) -> Self {
        let hash = digest(&SHA256, format!("form token of {secret}").as_bytes());
        let mut bytes = [0; BYTES];
        bytes.copy_from_slice(hash.as_ref());
        Token {
            bytes,
            shown: Arc::default(),
        }
    }

    /// For the hidden field of a form. A visitor's cookie is set only where this was asked for.
    /// Each one reads differently, or it could be guessed from the length of compressed pages (BREACH).
    pub fn show(&self) -> String {
        self.shown.store(true, Ordering::Relaxed);
        let mut text = [0; 2 * BYTES];
        let (mask, masked) = text.split_at_mut(BYTES);
        let half = uuid::Uuid::new_v4().into_bytes();
        let other_half = uuid::Uuid::new_v4().into_bytes();
        mask[..16].copy_from_slice(&half);
        mask[16..].copy_from_slice(&other_half);
        for ((out, mask), byte) in masked.iter_mut().zip(mask.iter()).zip(&self.bytes) {
            *out = mask ^ byte;
        }
        URL_SAFE_NO_PAD.encode(text)
    }

    pub fn fits(&self, received: &str) -> bool {
        let Ok(text) = URL_SAFE_NO_PAD.decode(received) else {
            return false;
        };
        let Some((mask, masked)) = text.split_at_checked(BYTES) else {
            return false;
        };
        let bytes: Vec<u8> = mask.iter().zip(masked).map(|(a, b)| a ^ b).collect();
        verify_slices_are_equal(&bytes, &self.bytes).is_ok()
    }
}

/// Whether the browser says that another site's page sent this.
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|value| value == "cross-site")
}

/// The cookie's secret, and whether it is new to the browser.
fn secret_of(public_url: &PublicUrl, headers: &HeaderMap) -> (String, bool) {
    if let Some(token) = session_token(public_url, headers) {
        return (token, false);
    }
    let name = cookie_name(public_url, VISITOR);
    match CookieJar::from_headers(headers).get(&name) {
        Some(cookie) if cookie.value().len() >= 32 => (cookie.value().to_owned(), false),
        _ => (uuid::Uuid::new_v4().simple().to_string(), true),
    }
}

/// Gives each request its token, and a visitor who was shown a form the cookie that goes with it.
pub async fn bind(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let public_url = &app.settings.public_url;
    let (secret, new) = secret_of(public_url, request.headers());
    let token = Token::of(&secret);
    request.extensions_mut().insert(token.clone());
    let mut response = next.run(request).await;
    if new && token.shown.load(Ordering::Relaxed) {
        let cookie = cookie(public_url, VISITOR, secret).to_string();
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_cookie_only() {
        let (mine, other) = (Token::of("a"), Token::of("b"));
        assert!(mine.fits(&Token::of("a").show()));
        assert!(!mine.fits(&other.show()) && !mine.fits("") && !mine.fits("AAAA"));
        assert_ne!(mine.show(), mine.show());
    }
}
