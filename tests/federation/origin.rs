//! Attacks on the inbox: origin, and who may do what. The numbers are those of the threat table.

use std::time::Duration;

use axum::http::StatusCode;
use coppice::store::{hosts, intake};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::help::{applied, follow, is_let_in, joins, refused, settled, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::security::stage;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, on_both_databases};

on_both_databases! {
    async fn what_is_of_another_origin_is_refused(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let (gerda, evil) = (peer.person("gerda"), Peer::mastodon(&school).await);
        let mallory = evil.person("mallory");
        let reply = toot(&gerda, 1, "<p>Mine.</p>", Some(&thread), &[]);
        applied(&school, &gerda, &create(&gerda, &reply)).await;
        let hers = school.comment_by_ap_id(text(&reply, "id")).await.unwrap();

        // 22 its object lies at another host, where it is said to be his.
        let mut away = toot(&felix, 2, "<p>Away.</p>", Some(&thread), &[]);
        away["id"] = evil.at("/notes/2").into();
        evil.serves(&evil.at("/notes/2"), away.clone());
        let mut act = create(&felix, &away);
        act["id"] = felix.new_id("create").into();
        refused(&school, &felix, &act, "another host").await;
        // 23 by another.
        let other = toot(&gerda, 3, "<p>Not hers.</p>", Some(&thread), &[]);
        let mut act = create(&gerda, &other);
        act["actor"] = felix.id.clone().into();
        refused(&school, &felix, &act, "by another").await;
        // 24 somebody else's.
        let mut edited = reply.clone();
        edited["content"] = "<p>Changed by felix.</p>".into();
        refused(&school, &felix, &felix.does("Update", edited.clone()), "by another").await;
        edited["attributedTo"] = felix.id.clone().into();
        refused(&school, &felix, &felix.does("Update", edited.clone()), "").await;
        refused(&school, &mallory, &mallory.does("Update", edited), "").await;
        for who in [&felix, &mallory] {
            refused(&school, who, &who.does("Delete", text(&reply, "id")), "moderate").await;
            refused(&school, who, &who.does("Delete", gerda.id.as_str()), "only itself").await;
        }
        let row = school.comment(hers.id).await;
        assert_eq!((row.body_html.trim(), row.deleted, row.removed), ("<p>Mine.</p>", false, false));
        // A deletion of what never came, by a stranger to it, does not keep it out.
        let next = toot(&gerda, 4, "<p>Still comes.</p>", Some(&thread), &[]);
        refused(&school, &mallory, &mallory.does("Delete", text(&next, "id")), "not known").await;
        applied(&school, &gerda, &create(&gerda, &next)).await;

        // 25 somebody else's Like and Follow.
        let like = gerda.does("Like", thread.as_str());
        applied(&school, &gerda, &like).await;
        refused(&school, &felix, &felix.does("Undo", like.clone()), "another did").await;
        let early = gerda.does("Dislike", reply["id"].clone());
        let mut mine = early.clone();
        mine["actor"] = mallory.id.clone().into();
        let undo = mallory.does("Undo", mine);
        mallory.says(&undo).await;
        settled(&school).await;
        applied(&school, &gerda, &early).await;
        assert_eq!(school.comment(hers.id).await.score, -1, "25 by a borrowed id");
        let group = format!("{}c/looms", school.url);
        let joined = joins(&school, &peer, &gerda, &group).await;
        refused(&school, &felix, &felix.does("Undo", joined.clone()), "another did").await;
        refused(&school, &felix, &felix.does("Undo", joined["id"].clone()), "another did").await;
        assert_eq!(school.post(post_id).await.score, 2);

        // 26 an answer to what nobody asked.
        let alice = format!("{}u/alice", school.url);
        let never = json!({ "id": format!("{}activities/follow/1", school.url), "type": "Follow",
            "actor": alice, "object": mallory.id });
        refused(&school, &mallory, &mallory.does("Accept", never), "nobody here sent").await;

        // 32 objects of ours, from elsewhere.
        for id in [thread.clone(), format!("{}post/999", school.url), format!("{}comment/1", school.url)] {
            let mut forged = toot(&felix, 9, "<p>Forged.</p>", Some(&thread), &[]);
            forged["id"] = id.clone().into();
            let mut act = create(&felix, &forged);
            act["id"] = felix.new_id("create").into();
            felix.says(&act).await;
            refused(&school, &felix, &felix.does("Update", forged), "").await;
            refused(&school, &felix, &felix.does("Delete", id), "").await;
        }
        settled(&school).await;
        let row = school.post(post_id).await;
        assert_eq!((row.title.as_str(), row.deleted, row.comment_count), ("Which loom?", false, 2));
        refused(&school, &felix, &felix.does("Delete", alice.as_str()), "deleted here").await;

        // 37 an inbox of ours as its own; 20 another kind than before; 34 a move is not believed.
        let leech = peer.person("leech");
        leech.change_document(|doc| doc["endpoints"]["sharedInbox"] = format!("{}inbox", school.url).into());
        assert_eq!(leech.sends(&leech.does("Like", thread.as_str())).await, StatusCode::UNAUTHORIZED, "37");
        let mut grown = felix.document();
        grown["type"] = "Group".into();
        refused(&school, &felix, &felix.does("Update", grown), "was a").await;
        let mut moved = felix.does("Move", felix.id.as_str());
        moved["target"] = mallory.id.clone().into();
        refused(&school, &felix, &moved, "").await;
    }

    async fn addresses_with_tricks_lead_nowhere(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let port = school.url.port().unwrap();
        let ours = format!("localhost:{port}");
        for id in [
            format!("http://{}@{ours}/x", peer.host),
            format!("http://user:password@{}/x", peer.host),
            format!("http://{}\\@{ours}/x", peer.host),
            format!("http://LOCALHOST:{port}/post/77"),
            format!("http://localhost.:{port}/post/77"),
            format!("http://{ours}:80/x"),
            "https://xn--n3h.example:99999/x".to_owned(),
            "javascript:alert(1)".to_owned(),
            "file:///etc/passwd".to_owned(),
            "http:///x".to_owned(),
            "https://exämple.example/x".to_owned(),
        ] {
            let mut tricky = toot(&felix, 5, "<p>Tricky.</p>", Some(&thread), &[]);
            tricky["id"] = id.clone().into();
            let mut act = create(&felix, &tricky);
            act["id"] = felix.new_id("create").into();
            let status = felix.sends(&act).await;
            let outcome = if status == StatusCode::ACCEPTED {
                refusal_or_waiting(&school, &act).await
            } else {
                assert!(status.is_client_error(), "33 {id}: {status}");
                Some(status.to_string())
            };
            assert!(outcome.is_some(), "33 {id} was applied");
        }
        assert_eq!(school.post(post_id).await.comment_count, 0);
    }

    async fn only_moderators_moderate(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (tenforward, data) = (home.group("tenforward"), home.person("data"));
        is_let_in(&bob, &home, &tenforward).await;
        // 30, 31: data moderates there, and nothing here.
        let mut promote = data.does("Add", data.id.as_str());
        promote["target"] = format!("{}/moderators", tenforward.id).into();
        applied(&school, &tenforward, &announced(&tenforward, &promote)).await;
        let group = format!("{}c/looms", school.url);
        for who in [&felix, &data] {
            let mut remove = does(who, "Delete", thread.as_str(), &group);
            remove["summary"] = "because".into();
            refused(&school, who, &remove, "moderate").await;
            refused(&school, who, &does(who, "Lock", thread.as_str(), &group), "moderate").await;
            for (collection, object) in [("featured", thread.clone()), ("moderators", who.id.clone())] {
                for verb in ["Add", "Remove"] {
                    let mut act = does(who, verb, object.as_str(), &group);
                    act["target"] = format!("{group}/{collection}").into();
                    refused(&school, who, &act, "moderate").await;
                }
            }
            let mut block = does(who, "Block", format!("{}u/alice", school.url), &group);
            block["target"] = group.clone().into();
            refused(&school, who, &block, "").await;
            let mut edit = does(who, "Update", json!({}), &group);
            edit["object"] = tenforward.document();
            edit["object"]["id"] = group.clone().into();
            edit["object"]["inbox"] = format!("{}/x", who.id).into();
            refused(&school, who, &edit, "").await;
        }
        // 31 through the group's announcement as well.
        let mut remove = does(&data, "Delete", thread.as_str(), &tenforward.id);
        remove["summary"] = "because".into();
        refused(&school, &tenforward, &announced(&tenforward, &remove), "does not own").await;
        let row = school.post(post_id).await;
        assert_eq!((row.removed, row.locked, row.featured), (false, false, false));
        drop(peer);
    }

    async fn what_a_group_announces_is_judged_like_anything_else(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        is_let_in(&bob, &home, &group).await;
        let begun = page(&lea, 1, &group.id, "Hello");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", begun.clone(), &group.id))).await;

        // 40 a private note, announced, embedded or fetched.
        let mut private = note(&lea, 1, &group.id, text(&begun, "id"), "For you only");
        private["to"] = json!([format!("{}u/bob", school.url)]);
        private["cc"] = json!([]);
        home.serves(text(&private, "id"), private.clone());
        refused(&school, &group, &announced(&group, &does(&lea, "Create", private.clone(), &group.id)), "not public").await;
        refused(&school, &group, &group.does("Announce", private["id"].clone()), "not public").await;
        assert!(school.comment_by_ap_id(text(&private, "id")).await.is_none());

        // 27 words put into another's mouth.
        let forged = toot(&felix, 1, "<p>Never said.</p>", Some(text(&begun, "id")), &[]);
        refused(&school, &group, &announced(&group, &create(&felix, &forged)), "gone").await;
        // 28 a vote on a thread of ours.
        refused(&school, &group, &announced(&group, &felix.does("Like", thread.as_str())), "does not own").await;
        assert_eq!(school.post(post_id).await.score, 1);
        // A follow for others, and an announced announcement.
        let ours = format!("{}c/looms", school.url);
        refused(&school, &group, &announced(&group, &follow(&felix, &ours)), "does not follow").await;
        let inner = announced(&group, &does(&lea, "Like", begun["id"].clone(), &group.id));
        refused(&school, &group, &announced(&group, &inner), "announce").await;
        // 83 by an actor of a blocked host.
        let blocked = Peer::lemmy(&school).await;
        let bad = blocked.person("bad");
        applied(&school, &bad, &bad.does("Like", thread.as_str())).await;
        let host = blocked.host.clone();
        school.act(move |tx| {
            let row = hosts::find(tx.conn, &host)?.unwrap();
            Ok(hosts::set_blocked(tx.conn, &[row.id], true)?)
        }).await.unwrap();
        let like = does(&bad, "Like", begun["id"].clone(), &group.id);
        refused(&school, &group, &announced(&group, &like), "blocked").await;
        let reply = note(&bad, 1, &group.id, text(&begun, "id"), "Spam");
        blocked.serves(text(&reply, "id"), reply.clone());
        let before = blocked.all_fetches();
        refused(&school, &group, &announced(&group, &does(&bad, "Create", reply, &group.id)), "blocked").await;
        assert_eq!(blocked.all_fetches(), before);
        drop(peer);
    }

    async fn what_a_group_tells_anew_under_an_id_of_its_own_is_judged_by_actor_and_object(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::start(Some(("ibis", "0.3.3")), &school.url).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (wiki, dana, eva) = (home.group("wiki"), home.person("dana"), third.person("eva"));
        is_let_in(&bob, &home, &wiki).await;
        let article = page(&dana, 1, &wiki.id, "Loom");
        applied(&school, &wiki, &announced(&wiki, &does(&dana, "Create", article.clone(), &wiki.id))).await;
        let told_by = |who: &str, mut act: Value| {
            act["id"] = who.into();
            announced(&wiki, &act)
        };
        let told = |act| told_by(&wiki.new_id("told"), act);
        let remark = note(&eva, 1, &wiki.id, text(&article, "id"), "It weaves cloth");
        let id = text(&remark, "id");
        let create = does(&eva, "Create", remark.clone(), &wiki.id);
        refused(&school, &wiki, &told_by(&format!("{}activities/1", school.url), create.clone()), "different hosts").await;
        refused(&school, &wiki, &told(create.clone()), "gone").await;
        third.serves(id, remark.clone());
        applied(&school, &wiki, &told(create)).await;
        assert!(school.comment_by_ap_id(id).await.unwrap().body_html.contains("weaves cloth"));

        third.shows(id, Page::Gone);
        let delete = does(&eva, "Delete", id, &wiki.id);
        applied(&school, &wiki, &told(delete.clone())).await;
        assert!(school.comment_by_ap_id(id).await.unwrap().deleted);
        third.serves(id, remark.clone());
        applied(&school, &wiki, &told(does(&eva, "Undo", delete, &wiki.id))).await;
        assert!(!school.comment_by_ap_id(id).await.unwrap().is_hidden());
    }
}

/// A refusal, or the reason why it is to be tried again.
async fn refusal_or_waiting(school: &Instance, activity: &Value) -> Option<String> {
    for _ in 0..100 {
        let id = activity["id"].as_str().unwrap().to_owned();
        let row: intake::IntakeRow = school
            .read(move |tx| {
                use coppice::store::schema::intake::dsl;
                Ok(dsl::intake
                    .filter(dsl::activity_ap_id.eq(&id))
                    .select(intake::IntakeRow::as_select())
                    .first(tx.conn)?)
            })
            .await;
        if row.error.is_some() {
            return row.error;
        }
        if row.state == coppice::domain::kinds::IntakeState::Applied {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("neither applied nor refused: {activity}");
}
