//! Servers that are down for a while, and rows that are not as they should be: nothing is lost, and
//! nobody else waits.

use axum::http::StatusCode;
use coppice::store::intake;
use diesel::prelude::*;

use crate::help::{applied, is_let_in, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, eventually, eventually_some, on_both_databases};

on_both_databases! {
    async fn a_key_that_cannot_be_had_just_now_is_no_reason_to_drop_an_activity(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let felix = peer.person("felix");
        let document = felix.document();
        let like = felix.does("Like", post.ap_id.as_str());
        // A 401 comes from who shows itself to nobody it does not know, and could not fetch our key.
        for busy in [StatusCode::UNAUTHORIZED, StatusCode::BAD_GATEWAY, StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
            peer.shows(&felix.id, Page::Status(busy));
            assert_eq!(felix.sends(&like).await, StatusCode::SERVICE_UNAVAILABLE, "to be tried again");
        }
        peer.serves(&felix.id, document);
        applied(&school, &felix, &like).await;
        assert_eq!(school.post(post.id).await.score, 2);
    }

    async fn a_third_server_that_is_down_holds_up_nothing_else(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, lea, tom) = (home.group("tenforward"), home.person("lea"), third.person("tom"));
        is_let_in(&bob, &home, &group).await;
        let thread = page(&lea, 1, &group.id, "Announced");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        drop(third);
        for n in 0..5 {
            let reply = note(&tom, n, &group.id, text(&thread, "id"), "From nowhere");
            group.says(&announced(&group, &does(&tom, "Create", reply, &group.id))).await;
        }
        let next = page(&lea, 2, &group.id, "And the next");
        group.says(&announced(&group, &does(&lea, "Create", next.clone(), &group.id))).await;
        eventually_some("the next thread", || school.post_by_ap_id(text(&next, "id"))).await;
        let waiting = school.read(|tx| intake::waiting(tx.conn)).await;
        assert_eq!(waiting, 5, "they are tried again later");
    }

    async fn an_activity_that_fails_in_the_database_stops_no_other(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let (felix, gerda) = (peer.person("felix"), other.person("gerda"));
        // A reply tells alice, which now fails.
        school.act(move |tx| {
            diesel::sql_query("ALTER TABLE notifications RENAME TO elsewhere").execute(tx.conn)
                .map_err(coppice::store::StoreError::from)?;
            Ok(())
        }).await.unwrap();
        felix.says(&create(&felix, &toot(&felix, 1, "<p>A reply</p>", Some(&post.ap_id), &[]))).await;
        felix.says(&felix.does("Like", post.ap_id.as_str())).await;
        gerda.says(&gerda.does("Like", post.ap_id.as_str())).await;
        eventually("both likes", || async { school.post(post.id).await.score == 3 }).await;
        let failed = school.read(|tx| intake::failures(tx.conn, None, 10)).await.items;
        assert!(failed.is_empty(), "{failed:?}");
        assert_eq!(school.read(|tx| intake::waiting(tx.conn)).await, 1, "put off, not lost");
    }
}
