//! The database goes away and comes back: nobody hears a 202 in between, and afterwards all is as before.

use axum::http::StatusCode;
use diesel::prelude::*;
use serde_json::json;

use crate::help::follow;
use crate::support::{Database, Instance, Lane, Peer, eventually};

/// Lets nobody into a database, or everybody again.
fn close_database(url: &str, closed: bool) {
    let (name, rest) = url
        .strip_prefix("postgres:///")
        .and_then(|rest| rest.split_once('?'))
        .unwrap();
    let mut maintenance = PgConnection::establish(&format!("postgres:///postgres?{rest}")).unwrap();
    let mut run = |sql: String| diesel::sql_query(sql).execute(&mut maintenance).unwrap();
    run(format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS {}",
        !closed
    ));
    if closed {
        run(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }
}

async fn status(url: &url::Url) -> StatusCode {
    let response = reqwest::get(url.clone()).await.unwrap();
    StatusCode::from_u16(response.status().as_u16()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_a_503_and_never_a_202() {
    let database = match Database::postgres() {
        Ok(database) => database,
        Err(why) => return Lane::Postgres.skip(&why),
    };
    let url = database.database_url.clone();
    let college = Instance::start(database).await;
    let group = college.member("alice").await.founds("proteins").await;
    let peer = Peer::lemmy(&college).await;
    let felix = peer.person("felix");
    let there = college.url.join("/c/proteins").unwrap();
    assert_eq!(felix.sends(&follow(&felix, there.as_str())).await, 202);

    let closing = url.clone();
    tokio::task::spawn_blocking(move || close_database(&closing, true))
        .await
        .unwrap();
    let ready = college.url.join("/readyz").unwrap();
    let undo = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": felix.new_id("undo"), "type": "Undo", "actor": felix.id,
        "object": follow(&felix, there.as_str()),
    });
    for _ in 0..20 {
        assert_eq!(status(&ready).await, 503);
        assert_eq!(felix.sends(&undo).await, 503);
    }
    assert_eq!(status(&college.url.join("/healthz").unwrap()).await, 200);
    assert_eq!(status(&there).await, 503);

    tokio::task::spawn_blocking(move || close_database(&url, false))
        .await
        .unwrap();
    eventually("the instance is ready again", || async {
        status(&ready).await == 200
    })
    .await;
    assert_eq!(felix.sends(&undo).await, 202);
    eventually("the follower has left", || async {
        college
            .read(move |tx| coppice::store::groups::get(tx.conn, group))
            .await
            .follower_count
            == 1
    })
    .await;
}
