//! Headers that every page carries: what the browser may load, and where it may be shown.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::flash;
use crate::app::App;

fn policy(private_addresses: bool) -> String {
    // Pictures of people and groups elsewhere are shown from where they live.
    let web = if private_addresses {
        "https: http:"
    } else {
        "https:"
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' {web}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

pub async fn add(State(app): State<App>, request: Request, next: Next) -> Response {
    let public_url = &app.settings.public_url;
    let flashed = flash::read(public_url, request.headers()).is_some();
    let mut response = next.run(request).await;
    let private = app.settings.federation.allow_private_addresses;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(private)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // Shown now, so not again.
    if flashed
        && page
        && let Ok(cleared) = HeaderValue::from_str(&flash::cleared(public_url).to_string())
    {
        headers.append(header::SET_COOKIE, cleared);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
    }
    headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_runs_and_forms_stay_here() {
        let policy = policy(false);
        assert!(policy.contains("script-src 'self';") && policy.contains("style-src 'self';"));
        assert!(policy.contains("form-action 'self';") && !policy.contains("unsafe"));
        assert!(!policy.contains("http:"));
    }
}
