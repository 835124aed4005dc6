//! What belongs to somebody else, asked for by its address: SECURITY 29, 69.

use coppice::community::groups;
use coppice::domain::ids::ActorId;
use coppice::store::previews::{self, Found};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::app::App;
use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

on_both_databases! {
    async fn nobody_edits_or_deletes_what_another_wrote(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        instance.member("ben").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        for path in [format!("{thread}/edit"), format!("{reply}/edit"), "/c/fungi/edit".to_owned()] {
            let page = ben.get(&path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(!page.text().contains("<textarea"), "{path}");
            let fields = [("title", "Mine"), ("body", "Mine"), ("domain", "Mine"), ("action", "publish")];
            let answer = ben.sends_form("/", &path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        for act in ["do/delete", "do/restore", "do/remove", "do/put-back"] {
            for path in [format!("{thread}/{act}"), format!("{reply}/{act}")] {
                let answer = ben.sends_form("/", &path, &[]).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        for act in ["feature", "lock"] {
            let answer = ben.sends_form("/", &format!("{thread}/{act}"), &[("on", "on")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{act}");
        }
        let page = Visitor::of(&instance).get(&thread).await.text();
        assert!(page.contains("Spores in class") && page.contains("With a sieve."));
        assert!(!page.contains("Mine") && !page.contains("Pinned") && !page.contains("Locked"));
    }

    async fn what_was_deleted_is_not_read_through_the_pages_that_ask(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        instance.member("ben").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "A secret slip", "Unspeakable words").await;
        let reply = ann.replies(&thread, "Unspeakable answer").await;
        for path in [&reply, &thread] {
            let path = format!("{path}/do/delete");
            let answer = ann.sends_form(&path, &path, &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        }
        for other in [&ben, &Visitor::of(&instance)] {
            for path in [
                thread.clone(), reply.clone(),
                format!("{thread}/edit"), format!("{reply}/edit"), format!("{reply}/reply"),
                format!("{thread}/do/restore"), format!("{thread}/do/delete"), format!("{thread}/do/put-back"),
                format!("{reply}/do/restore"), format!("{reply}/do/delete"), format!("{reply}/do/put-back"),
                "/c/fungi".to_owned(), "/u/ann".to_owned(), "/u/ann?tab=replies".to_owned(),
                "/search?q=unspeakable".to_owned(), "/search?q=secret".to_owned(), "/".to_owned(),
            ] {
                let text = other.get(&path).await.text();
                assert!(!text.contains("Unspeakable") && !text.contains("secret slip"), "{path}:\n{text}");
            }
        }
    }

    async fn what_waits_for_one_member_is_not_shown_to_or_touched_by_another(db: Database) {
        let instance = Instance::start(db).await;
        for name in ["ann", "ben", "eve"] {
            instance.member(name).await;
        }
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        ben.replies(&thread, "With a sieve.").await;
        assert_eq!(
            Visitor::of(&instance).get("/notifications").await.location(),
            "/login?next=%2Fnotifications"
        );
        let hers = eve.get("/notifications").await.text();
        assert!(hers.contains("Nothing waits for you") && !hers.contains("sieve"));
        let answer = eve.sends_form("/", "/notifications/read", &[("person", "ann"), ("id", "1")]).await;
        assert_eq!(answer.location(), "/notifications", "{}", answer.text());
        let anns = ann.get("/notifications").await.text();
        assert!(anns.contains("With a sieve.") && anns.contains("Mark all as read"), "still unread");
    }

    async fn pages_for_administrators_are_for_them_only(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ben").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        for path in ["/admin", "/admin/applications", "/admin/federation", "/admin/federation/rules"] {
            assert_eq!(ben.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
            let fields = [("name", "Ben's"), ("person", "1"), ("answer", "approve"), ("host", "1"), ("act", "drop")];
            let answer = ben.sends_form("/", path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            let answer = Visitor::of(&instance).get(path).await;
            assert!(answer.location().starts_with("/login?next="), "{path}");
        }
        assert!(!ben.get("/about").await.text().contains("Ben's"));
    }

    async fn a_set_up_link_makes_one_administrator(db: Database) {
        let instance = Instance::start(db).await;
        Visitor::sets_up(&instance, "ann").await;
        let link = instance.running.setup_link.clone().unwrap();
        let page = format!("{}?{}", link.path(), link.query().unwrap());
        let late = Visitor::of(&instance);
        assert_eq!(late.get(&page).await.status, StatusCode::NOT_FOUND);
        let token = link.query_pairs().next().unwrap().1.into_owned();
        for token in [token.as_str(), "", "guess"] {
            let fields = [
                ("token", token), ("name", "eve"), ("email", "eve@example.org"),
                ("password", "correct horse battery"),
            ];
            let answer = late.sends_form("/login", "/setup", &fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
        }
        assert_eq!(late.get("/u/eve").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_app_reads_no_closed_thread_through_a_reply_in_it(db: Database) {
        let instance = Instance::start(db).await;
        let mut ids = Vec::new();
        for name in ["ann", "ben", "eve"] {
            ids.push(instance.member(name).await.id);
        }
        let (ann, ben) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "ben").await);
        let eve = App::logged_in(&instance, "eve").await;
        let group = json!({ "name": "ward", "title": "Ward", "visibility": "Private" });
        let group = ann.posts("community", group).await["community_view"]["community"]["id"].clone();
        let (group_id, keeper, ben_id) = (ActorId(group.as_i64().unwrap()), ids[0], ids[1]);
        ben.posts("community/follow", json!({ "community_id": group, "follow": true })).await;
        instance.act(move |tx| groups::let_in(tx, keeper, group_id, ben_id)).await.unwrap();
        let link = "https://zoo.example/quokka.mp4";
        let post = json!({ "name": "Quokkatitle", "body": "quokkabody", "community_id": group, "url": link });
        let post = ann.posts("post", post).await["post_view"]["post"]["id"].clone();
        instance.act(move |tx| {
            let found = Found {
                title: Some("Quokkapage".to_owned()),
                description: Some("quokkawords".to_owned()),
                video_url: Some(link.to_owned()),
                ..Found::default()
            };
            previews::want(tx.conn, link, tx.now)?;
            Ok(previews::finish(tx.conn, &previews::key_of(link), Some(&found), tx.now)?)
        }).await.unwrap();
        let mut replies = Vec::new();
        for (app, text) in [(&ann, "quokkareply"), (&ben, "what ben said")] {
            let reply = app.posts("comment", json!({ "post_id": post, "content": text })).await;
            replies.push(reply["comment_view"]["comment"]["id"].clone());
        }
        let name = eve.refused(Method::PUT, "comment", json!({ "comment_id": replies[0] })).await;
        assert_eq!(name, "couldnt_find_post");
        let name = eve.refused(Method::POST, "comment/delete", json!({ "comment_id": replies[0], "deleted": true })).await;
        assert_eq!(name, "no_comment_edit_allowed");

        // Who has left takes the own words away, and reads no thread by that.
        ben.posts("community/follow", json!({ "community_id": group, "follow": false })).await;
        let gone = ben.posts("comment/delete", json!({ "comment_id": replies[1], "deleted": true })).await;
        assert_eq!(gone["comment_view"]["comment"]["deleted"], true);
        let gone = gone.to_string();
        assert!(!gone.to_lowercase().contains("quokka") && !gone.contains("video"), "{gone}");
    }

    async fn a_message_taken_back_is_not_read_by_marking_it(db: Database) {
        let instance = Instance::start(db).await;
        let to = instance.member("ben").await.id;
        instance.member("ann").await;
        let (ann, ben) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "ben").await);
        let sent = ann.posts("private_message", json!({ "recipient_id": to, "content": "Not for you after all" })).await;
        let id = sent["private_message_view"]["private_message"]["id"].clone();
        let back = ann.posts("private_message/delete", json!({ "private_message_id": id, "deleted": true })).await;
        assert_eq!(back["private_message_view"]["private_message"]["content"], "Not for you after all");
        let read = ben.posts("private_message/mark_as_read", json!({ "private_message_id": id, "read": true })).await;
        assert_eq!(read["private_message_view"]["private_message"]["content"], "");
    }
}
