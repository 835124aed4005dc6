//! The client against small servers on the loopback.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Path};
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use futures::{StreamExt, stream};

use super::*;
use crate::domain::hosts::SignatureForm;
use crate::federation::keys::{VerifyingKey, generate_pair};
use crate::federation::signatures::{RequestParts, parse};

static KEYS: LazyLock<(Signer, VerifyingKey)> = LazyLock::new(|| {
    let pair = generate_pair().unwrap();
    let signer = Signer {
        key_id: "https://coppice.example/#main-key".to_owned(),
        key: SigningKey::from_pem(&pair.private_pem).unwrap(),
    };
    (signer, VerifyingKey::from_pem(&pair.public_pem).unwrap())
});

const AS2_TYPE: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/activity+json")];

/// Serves `routes` on a free port; the address ends without a slash.
async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

fn client() -> Client {
    Client::new(&ClientOptions {
        allow_private_addresses: true,
        total_timeout: Duration::from_millis(600),
        ..ClientOptions::new("Coppice/test")
    })
    .unwrap()
}

fn url(base: &str, path: &str) -> Url {
    Url::parse(&format!("{base}{path}")).unwrap()
}

/// A server of documents, good and bad.
fn documents() -> Router {
    Router::new()
        .route("/good", get(|| async { (AS2_TYPE, "{}") }))
        .route(
            "/html",
            get(|| async { ([(CONTENT_TYPE, "text/html")], "{}") }),
        )
        .route(
            "/json",
            get(|| async { ([(CONTENT_TYPE, "application/json")], "{}") }),
        )
        .route("/gone", get(|| async { StatusCode::GONE }))
        .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/near", get(|| async { Redirect::temporary("/good#part") }))
        .route("/loop", get(|| async { Redirect::temporary("/loop") }))
        .route("/nowhere", get(|| async { StatusCode::FOUND }))
        .route(
            "/file",
            get(|| async { (StatusCode::FOUND, [(LOCATION, "file:///etc/passwd")]) }),
        )
        .route(
            "/packed",
            get(|| async { (AS2_TYPE, [("content-encoding", "gzip")], "{}") }),
        )
        .route(
            "/sized/{size}",
            get(|Path(size): Path<usize>| async move { (AS2_TYPE, "x".repeat(size)) }),
        )
        .route(
            "/endless",
            get(|| async {
                let pieces = stream::repeat(Ok::<_, Infallible>(Bytes::from(vec![b' '; 8192])));
                (AS2_TYPE, Body::from_stream(pieces))
            }),
        )
        .route(
            "/slow",
            get(|| async {
                let pieces = stream::repeat(()).then(|()| async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Ok::<_, Infallible>(Bytes::from_static(b" "))
                });
                (AS2_TYPE, Body::from_stream(pieces))
            }),
        )
}

#[tokio::test]
async fn a_document_is_fetched_at_its_final_address() {
    let base = serve(documents()).await;
    let fetched = client()
        .get_activity(&url(&base, "/near#main-key"), None)
        .await
        .unwrap();
    assert_eq!(fetched.url, url(&base, "/good"));
    assert_eq!(fetched.body, "{}");
}

/// Lemmy's nginx (docker/nginx.conf of 0.19) passes a GET on to Lemmy where `$http_accept` is equal to
/// this string, and shows its pages to everybody else.
#[tokio::test]
async fn a_document_is_asked_for_in_the_one_word_that_lemmys_nginx_lets_through() {
    let echo = |headers: HeaderMap| async move {
        let asked = headers
            .get_all(ACCEPT)
            .iter()
            .map(|value| value.to_str().unwrap());
        (AS2_TYPE, asked.collect::<Vec<_>>().join("|"))
    };
    let base = serve(Router::new().route("/", get(echo))).await;
    let fetched = client()
        .get_activity(&url(&base, "/"), Some((&KEYS.0, SignatureForm::Cavage)))
        .await
        .unwrap();
    assert_eq!(fetched.body, "application/activity+json");
}

/// SECURITY 43, 45, 47.
#[tokio::test]
async fn poisoned_answers_are_refused_43_45_47() {
    let base = serve(documents()).await;
    let other = serve(Router::new().route(
        "/away",
        get({
            let target = format!("{base}/json");
            move || async move { Redirect::permanent(&target) }
        }),
    ))
    .await;
    let client = client();
    let fetch = async |base: &str, path: &str| {
        let started = Instant::now();
        let refused = client
            .get_activity(&url(base, path), None)
            .await
            .unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(3), "{path}");
        refused
    };
    let kind = |name: &str| FetchError::ContentType(name.to_owned());
    assert_eq!(fetch(&base, "/html").await, kind("text/html"));
    assert_eq!(fetch(&base, "/json").await, kind("application/json"));
    assert_eq!(fetch(&base, "/packed").await, FetchError::Encoded);
    assert_eq!(fetch(&base, "/endless").await, FetchError::TooLarge);
    assert_eq!(fetch(&base, "/sized/1048577").await, FetchError::TooLarge);
    assert_eq!(fetch(&base, "/slow").await, FetchError::Timeout);
    let redirect = FetchError::Redirect;
    assert_eq!(
        fetch(&base, "/loop").await,
        redirect(RedirectFault::TooMany)
    );
    assert_eq!(
        fetch(&base, "/nowhere").await,
        redirect(RedirectFault::Nowhere)
    );
    let elsewhere = |url: Url| redirect(RedirectFault::OtherHost(Box::new(url)));
    let away = fetch(&other, "/away").await;
    assert_eq!(away, elsewhere(url(&base, "/json")));
    let file = Url::parse("file:///etc/passwd").unwrap();
    assert_eq!(fetch(&base, "/file").await, elsewhere(file));

    let exactly = client
        .get_activity(&url(&base, "/sized/1048576"), None)
        .await;
    assert_eq!(exactly.unwrap().body.len(), MAX_ACTIVITY);
    // WebFinger of a split domain leads to another host.
    let json = client.get_json(&url(&other, "/away"), 100).await.unwrap();
    assert_eq!(json.url, url(&base, "/json"));
    let file = client
        .get_json(&url(&base, "/file"), 100)
        .await
        .unwrap_err();
    assert_eq!(file, FetchError::Refused(Refusal::Scheme));
    let bytes = client.get_bytes(&url(&base, "/html"), 1).await.unwrap_err();
    assert_eq!(bytes, FetchError::TooLarge);
}

#[tokio::test]
async fn errors_tell_whether_another_try_is_worth_it() {
    let base = serve(documents()).await;
    let client = client();
    let fetch = async |url: Url| client.get_activity(&url, None).await.unwrap_err();
    let gone = fetch(url(&base, "/gone")).await;
    assert!(gone.is_gone() && !gone.is_passing());
    let broken = fetch(url(&base, "/broken")).await;
    assert!(broken.is_passing() && !broken.is_gone());
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let unreachable = fetch(url(&closed, "/")).await;
    assert!(
        matches!(unreachable, FetchError::Network(_)),
        "{unreachable:?}"
    );
    assert!(unreachable.is_passing());
    assert!(!FetchError::Refused(Refusal::Port).is_passing());
}

/// SECURITY 41, 42: both literal addresses and names that lead to one.
#[tokio::test]
async fn private_addresses_are_refused_where_not_allowed_41_42() {
    let guarded = Client::new(&ClientOptions::new("Coppice/test")).unwrap();
    for text in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/"] {
        let target = Url::parse(text).unwrap();
        let refused = FetchError::Refused(Refusal::PrivateAddress);
        let got = guarded.get_activity(&target, None).await.unwrap_err();
        assert_eq!(got, refused, "{text}");
        let posted = guarded
            .post_activity(&target, Bytes::new(), &KEYS.0, SignatureForm::Cavage)
            .await;
        assert_eq!(posted.unwrap_err(), refused, "{text}");
    }
}

/// Judges a request as our own inbox would.
async fn judge(
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let host = headers[HOST].to_str().unwrap();
    let parts = RequestParts {
        method: &method,
        path_and_query: uri.path_and_query().unwrap().as_str(),
        headers: &headers,
        now: Timestamp::now(),
        expected_host: host,
        expected_scheme: "http",
    };
    let body = (method == Method::POST).then_some(&body[..]);
    let judged = parse(&parts).and_then(|mut signatures| {
        let signature = signatures.remove(0);
        let string = signature.check(&parts, body)?;
        signature.verify(&string, &KEYS.1)
    });
    match judged {
        Ok(()) => (StatusCode::ACCEPTED, AS2_TYPE, "{}".to_owned()),
        Err(e) => (StatusCode::UNAUTHORIZED, AS2_TYPE, e.to_string()),
    }
}

#[tokio::test]
async fn every_hop_of_a_signed_fetch_bears_its_own_signature() {
    let base = serve(Router::new().route("/end", get(judge)).route(
        "/start",
        get(|| async { Redirect::temporary("/end?x=%20y") }),
    ))
    .await;
    let signed = client()
        .get_activity(
            &url(&base, "/start"),
            Some((&KEYS.0, SignatureForm::Cavage)),
        )
        .await;
    assert_eq!(signed.unwrap().url, url(&base, "/end?x=%20y"));
    let unsigned = client().get_activity(&url(&base, "/end"), None).await;
    assert_eq!(unsigned.unwrap_err(), FetchError::Signature(401));
}

#[tokio::test]
async fn a_delivery_is_signed_and_tells_what_the_inbox_said() {
    let base = serve(
        Router::new()
            .route("/inbox", post(judge))
            .route("/moved", post(|| async { Redirect::permanent("/inbox") }))
            .route(
                "/busy",
                post(|| async {
                    let text = format!("later\n{}", "x".repeat(100_000));
                    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")], text)
                }),
            )
            .route("/silent", post(std::future::pending::<StatusCode>)),
    )
    .await;
    let client = client();
    let deliver = async |path: &str| {
        let body = Bytes::from_static(b"{\"type\":\"Like\"}");
        client
            .post_activity(&url(&base, path), body, &KEYS.0, SignatureForm::Rfc9421)
            .await
    };
    let taken = deliver("/inbox?a=b").await.unwrap();
    assert_eq!((taken.status, taken.message.as_str()), (202, ""));
    assert!(taken.is_success());
    let moved = deliver("/moved").await.unwrap();
    assert_eq!(moved.status, 308);
    assert!(!moved.is_success() && !moved.is_passing());
    let busy = deliver("/busy").await.unwrap();
    assert!(busy.is_passing());
    assert!(busy.message.starts_with("later xxx"));
    assert_eq!(busy.message.chars().count(), 500);
    assert_eq!(busy.retry_after, Some(Duration::from_secs(30)));
    assert_eq!(deliver("/silent").await.unwrap_err(), FetchError::Timeout);
}
