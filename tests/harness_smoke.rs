//! The test harness itself: each lane works, or says why not, and leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use support::{Browser, Database, Lane, on_both_databases};

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Integer)]
    one: i32,
}

on_both_databases! {
    async fn a_fresh_database_answers(db: Database) {
        let again = db.another();
        assert_ne!(db.database_url, again.database_url);
        for url in [&db.database_url, &again.database_url] {
            let query = diesel::sql_query("select 1 as one");
            let row: One = match url.strip_prefix("sqlite:") {
                Some(path) => query.get_result(&mut SqliteConnection::establish(path).unwrap()),
                None => query.get_result(&mut PgConnection::establish(url).unwrap()),
            }
            .unwrap();
            assert_eq!(row.one, 1);
        }
    }

    async fn its_url_is_one_the_settings_take(db: Database) {
        let url: coppice::config::DatabaseUrl = db.database_url.parse().unwrap();
        assert_eq!(url.to_string(), db.database_url);
        assert!(db.folder.path().is_dir());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_opens_a_page_and_follows_a_link() {
    let pages = Router::new()
        .route(
            "/",
            get(async || Html("<h1>Home</h1><a href='/next'>On</a><input name='q' value='x'>")),
        )
        .route("/next", get(async || Html("<h1>There</h1>")));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, pages).await });

    let Some(browser) = Browser::open_sized(390, 844).await else {
        return;
    };
    browser.goto(&origin).await;
    assert_eq!(browser.text("h1").await, "Home");
    browser.fill("input[name=q]", "fungi").await;
    browser.click("a").await;
    browser.wait_for_text("There").await;
    assert_eq!(browser.url().await, format!("{origin}/next"));
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    browser.screenshot(&picture).await;
    let (width, _) = image::image_dimensions(&picture).unwrap();
    assert!(width <= 390, "{width}");
    browser.close().await;
}

#[test]
fn a_lane_is_required_by_its_name_only() {
    assert!(Lane::Postgres.is_required_by("postgres,browser"));
    assert!(Lane::Browser.is_required_by("postgres, browser"));
    assert!(!Lane::Browser.is_required_by("postgres"));
    assert!(!Lane::Postgres.is_required_by(""));
}
