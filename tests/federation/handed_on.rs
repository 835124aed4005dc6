//! What a server hands on that somebody else said, as PeerTube does with what comes to its films.

use axum::http::StatusCode;
use coppice::store::intake;
use serde_json::{Value, json};

use crate::films::Channel;
use crate::help::{a_while, applied, group_url, is_let_in, refusal, settled, text};
use crate::mastodon::{create, toot};
use crate::real_objects::somebody;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// The actor that PeerTube signs with what it hands on.
fn server_of(peer: &Peer) -> PeerActor {
    somebody(peer, &peer.at("/accounts/peertube"), "Application")
}

/// How it stands in the queue when somebody else handed it on.
fn handed_on(of: &Channel, activity: &Value) -> Value {
    json!({ "id": format!("{}#forwarded-by-{}", text(activity, "id"), of.channel.id) })
}

on_both_databases! {
    async fn what_the_server_of_a_film_hands_on_counts_as_its_channel_announced_it(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let Some(channel) = Channel::open(&school).await else { return };
        let elsewhere = Peer::mastodon(&school).await;
        let felix = elsewhere.person("felix");
        let server = server_of(&channel.home);
        is_let_in(&alice, &channel.home, &channel.channel).await;
        channel.lists(&[]);
        applied(&school, &channel.channel, &channel.announcement()).await;
        let film = school.post_by_ap_id(channel.id()).await.unwrap();
        let passes = async |activity: &Value| {
            server.says(activity).await;
            assert_eq!(refusal(&school, &handed_on(&channel, activity)).await, None, "{activity}");
        };

        // Read where it lives, whatever was made of it on the way; and taken once.
        let real = toot(&felix, 1, "<p>Well done</p>", Some(channel.id()), &[]);
        elsewhere.serves(text(&real, "id"), real.clone());
        let mut forged = real.clone();
        forged["content"] = "<p>Buy this</p>".into();
        forged["contentMap"]["en"] = "<p>Buy this</p>".into();
        for _ in 0..2 {
            passes(&create(&felix, &forged)).await;
        }
        let comment = school.comment_by_ap_id(text(&real, "id")).await.unwrap();
        assert_eq!((comment.body_html.trim(), comment.post_id), ("<p>Well done</p>", film.id));
        assert_eq!(school.post(film.id).await.comment_count, 1);
        // It may still come by itself.
        applied(&school, &felix, &create(&felix, &real)).await;
        assert_eq!(school.post(film.id).await.comment_count, 1);

        // What nobody said is not there.
        let invented = toot(&felix, 2, "<p>Never said</p>", Some(channel.id()), &[]);
        server.says(&create(&felix, &invented)).await;
        let why = refusal(&school, &handed_on(&channel, &create(&felix, &invented))).await;
        assert!(why.is_some_and(|why| why.contains("gone")));
        // Nor what another said.
        let mia = elsewhere.person("mia");
        let hers = toot(&mia, 3, "<p>Mine</p>", Some(channel.id()), &[]);
        elsewhere.serves(text(&hers, "id"), hers.clone());
        let stolen = felix.does("Create", hers.clone());
        server.says(&stolen).await;
        let why = refusal(&school, &handed_on(&channel, &stolen)).await;
        assert!(why.is_some_and(|why| why.contains("by another")));

        // Votes, and their taking back.
        let before = school.post(film.id).await.score;
        let like = felix.does("Like", channel.id());
        passes(&like).await;
        assert_eq!(school.post(film.id).await.score, before + 1);
        passes(&felix.does("Undo", like)).await;
        assert_eq!(school.post(film.id).await.score, before);

        // A deletion, which is looked after where it was written.
        let delete = || felix.does("Delete", json!({ "id": real["id"], "type": "Tombstone" }));
        // While it is still shown there, the channel takes it out of what stands under its film.
        passes(&delete()).await;
        let row = school.comment_by_ap_id(text(&real, "id")).await.unwrap();
        assert!(row.removed && !row.deleted);
        elsewhere.shows(text(&real, "id"), Page::Gone);
        passes(&delete()).await;
        assert!(school.comment_by_ap_id(text(&real, "id")).await.is_none_or(|row| row.is_hidden()));
        assert_eq!(school.post(film.id).await.comment_count, 0);
    }

    async fn nobody_else_hands_anything_on(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let Some(channel) = Channel::open(&school).await else { return };
        let elsewhere = Peer::mastodon(&school).await;
        let felix = elsewhere.person("felix");
        is_let_in(&alice, &channel.home, &channel.channel).await;
        channel.lists(&[]);
        applied(&school, &channel.channel, &channel.announcement()).await;
        let film = school.post_by_ap_id(channel.id()).await.unwrap();
        let looms = alice.founds("looms").await;
        let at_home = alice.posts(looms, "Which loom?").await;
        let said = |number: u64, parent: &str| {
            let note = toot(&felix, number, "<p>Hm</p>", Some(parent), &[]);
            elsewhere.serves(text(&note, "id"), note.clone());
            create(&felix, &note)
        };

        let person = somebody(&channel.home, &channel.home.at("/accounts/nick"), "Person");
        // Not people of that server, nor its channel, nor another server; and nobody for our groups.
        let stranger = Peer::start(Some(("peertube", "7.1.0")), &school.url).await;
        let other = server_of(&stranger);
        for signer in [&person, &channel.channel, &other] {
            for activity in [said(1, channel.id()), felix.does("Like", channel.id())] {
                assert_eq!(signer.sends(&activity).await, StatusCode::UNAUTHORIZED, "{activity}");
            }
        }
        let server = server_of(&channel.home);
        for activity in [said(2, &at_home.ap_id), felix.does("Like", at_home.ap_id.as_str())] {
            assert_eq!(server.sends(&activity).await, StatusCode::UNAUTHORIZED, "{activity}");
        }
        let posing = create(&felix, &toot(&felix, 3, "<p>Hm</p>", Some(channel.id()), &[]));
        assert_eq!(felix.with_key_of(&server).sends(&posing).await, StatusCode::UNAUTHORIZED);

        // What means nothing here need not come again, and leaves nothing.
        let watched = felix.does("View", channel.id());
        let of_another_film = said(4, &channel.home.at("/videos/watch/other"));
        let group = group_url(&school, looms).await;
        for activity in [watched, of_another_film, felix.does("Follow", group.as_str()), felix.does("Delete", felix.id.as_str())] {
            assert!(server.sends(&activity).await.is_success(), "{activity}");
        }
        settled(&school).await;
        a_while().await;
        let failed = school.read(|tx| intake::failures(tx.conn, None, 10)).await;
        assert!(failed.items.is_empty(), "{:?}", failed.items);
        let rows = (school.post(film.id).await, school.post(at_home.id).await);
        assert_eq!((rows.0.comment_count, rows.1.comment_count), (0, 0));
        assert_eq!((rows.0.score, rows.1.score), (film.score, at_home.score));
        assert_eq!(elsewhere.fetches("/users/felix/statuses/4"), 0);
    }
}
