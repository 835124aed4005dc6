//! Stylesheet, script and logo: in the binary, served for ever under addresses that change with them.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};

use super::errors::Failure;

struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 4] = [
    Asset {
        name: "style.css",
        content_type: "text/css; charset=utf-8",
        bytes: include_bytes!("assets/style.css"),
    },
    Asset {
        name: "app.js",
        content_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/app.js"),
    },
    Asset {
        name: "logo.svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("assets/logo.svg"),
    },
    Asset {
        name: "card.png",
        content_type: "image/png",
        bytes: include_bytes!("assets/card.png"),
    },
];

/// The logo for use inside a page.
pub const LOGO: &str = include_str!("assets/logo.svg");

static HASHES: LazyLock<[String; 4]> = LazyLock::new(|| {
    ASSETS.each_ref().map(|asset| {
        digest(&SHA256, asset.bytes).as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    })
});

/// The address of an asset, with the hash of what it holds now.
pub fn address(name: &str) -> String {
    let hash = ASSETS
        .iter()
        .position(|asset| asset.name == name)
        .map_or("", |i| &HASHES[i]);
    format!("/assets/{name}?v={hash}")
}

pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(i) = ASSETS.iter().position(|asset| asset.name == name) else {
        return Failure::NoSuchPage.into_response();
    };
    let etag = format!("\"{}\"", HASHES[i]);
    let known = headers.get(header::IF_NONE_MATCH);
    let fixed = [
        (header::ETAG, etag.clone()),
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
        (header::CONTENT_TYPE, ASSETS[i].content_type.to_owned()),
    ];
    if known.is_some_and(|value| value.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, ASSETS[i].bytes).into_response()
}

pub async fn favicon() -> Redirect {
    Redirect::permanent(&address("logo.svg"))
}
