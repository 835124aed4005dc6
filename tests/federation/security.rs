//! Attacks on the inbox: signatures and identity, origin. The numbers are those of the threat table.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coppice::domain::ids::PostId;
use coppice::domain::time::{HOUR, MINUTE, Timestamp};
use coppice::store::schema::actors as actors_table;
use coppice::store::{hosts, intake};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::help::{actor, applied, follow, is_let_in, joins, refused, settled, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::raw::Raw;
use crate::support::peer::post;
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// A group with a thread, and somebody elsewhere whose Like of it is tried in many wrong ways.
async fn stage(db: Database) -> (Instance, Peer, PeerActor, PostId, String) {
    let school = Instance::start(db).await;
    let peer = Peer::mastodon(&school).await;
    let alice = school.member("alice").await;
    let looms = alice.founds("looms").await;
    let post = alice.posts(looms, "Which loom?").await;
    let felix = peer.person("felix");
    (school, peer, felix, post.id, post.ap_id)
}

async fn nothing_came_in(school: &Instance, post: PostId) {
    settled(school).await;
    assert_eq!(school.post(post).await.score, 0);
    let failed = school.read(|tx| intake::failures(tx.conn, None, 10)).await;
    assert!(failed.items.is_empty(), "{:?}", failed.items);
}

type Fault = (&'static str, fn(&mut Raw));

const FAULTS: &[Fault] = &[
    ("2 no digest", |raw| {
        raw.headers.remove("digest");
        raw.signs(&["(request-target)", "host", "date"]);
    }),
    ("3 digest of another body", |raw| {
        let other = coppice::federation::signatures::digest_header(b"{}");
        raw.set("digest", &other);
    }),
    ("3 digest in a weak algorithm", |raw| {
        raw.set("digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==")
    }),
    ("4 body changed after signing", |raw| raw.body.push(b' ')),
    ("5 too old", |raw| {
        raw.dated(Timestamp::now().minus(12 * HOUR + 5 * MINUTE))
    }),
    ("5 ahead of time", |raw| {
        raw.dated(Timestamp::now().plus(HOUR + 5 * MINUTE))
    }),
    ("6 path not signed", |raw| {
        raw.signs(&["host", "date", "digest"])
    }),
    ("6 digest not signed", |raw| {
        raw.signs(&["(request-target)", "host", "date"])
    }),
    ("6 host not signed", |raw| {
        raw.signs(&["(request-target)", "date", "digest"])
    }),
    ("6 date not signed", |raw| {
        raw.signs(&["(request-target)", "host", "digest"])
    }),
    ("7 signed for another path", |raw| {
        raw.path = "/u/alice/inbox".to_owned()
    }),
    ("7 signed for another query", |raw| {
        raw.path.push_str("?x=1")
    }),
    ("8 for another host", |raw| {
        raw.set("host", "elsewhere.example")
    }),
    ("9 for another method", |raw| raw.method = "get"),
    ("14 no algorithm at all", |raw| raw.algorithm = "none"),
    ("14 a symmetric algorithm", |raw| {
        raw.algorithm = "hmac-sha256"
    }),
    ("14 an old hash", |raw| raw.algorithm = "rsa-sha1"),
    ("14 a header twice", |raw| {
        raw.signs(&["(request-target)", "host", "date", "date", "digest"])
    }),
];

/// How a good `Signature` is spoiled after signing.
fn spoiled(good: &str, mallory: &str) -> Vec<(&'static str, String)> {
    let other = format!(r#"keyId="{mallory}","#);
    vec![
        ("14 doubled keyId", format!("{other}{good}")),
        (
            "14 doubled keyId at the end",
            format!("{good},{}", other.trim_end_matches(',')),
        ),
        (
            "14 doubled in upper case",
            format!("{}{good}", other.replace("keyId", "KEYID")),
        ),
        ("14 doubled headers", format!(r#"{good},headers="date""#)),
        (
            "14 an escaped quote",
            good.replacen("keyId=\"", "keyId=\"\\\"", 1),
        ),
        ("14 no quotes", good.replace('"', "")),
        (
            "14 empty signature",
            format!("{}signature=\"\"", good.split("signature=").next().unwrap()),
        ),
        ("14 nothing", "keyId".to_owned()),
        (
            "14 key of no web address",
            good.replacen("keyId=\"http", "keyId=\"file", 1),
        ),
    ]
}

on_both_databases! {
    async fn unsigned_and_wrongly_signed_activities_are_refused(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let mallory = peer.person("mallory");
        let like = || felix.does("Like", thread.as_str());

        let mut unsigned = Raw::of(&felix, &like());
        unsigned.headers.remove("signature");
        assert_eq!(unsigned.go().await, StatusCode::UNAUTHORIZED, "1 unsigned");
        for (name, spoil) in FAULTS {
            let mut raw = Raw::of(&felix, &like());
            spoil(&mut raw);
            assert_eq!(raw.send(&felix).await, StatusCode::UNAUTHORIZED, "{name}");
        }
        let good = Raw::of(&felix, &like());
        for (name, signature) in spoiled(&good.signature(&felix), &mallory.key_id) {
            let mut raw = Raw::of(&felix, &like());
            raw.set("signature", &signature);
            assert_eq!(raw.go().await, StatusCode::UNAUTHORIZED, "{name}");
        }
        let mut twice = Raw::of(&felix, &like());
        let signature = twice.signature(&felix).parse().unwrap();
        twice.set("signature", &twice.signature(&mallory));
        twice.headers.append("signature", signature);
        assert_eq!(twice.go().await, StatusCode::UNAUTHORIZED, "14 two signatures");

        // 10 with the key of another of the same host; 39 the same from the other side.
        let other = felix.with_key_id(&mallory.key_id).with_key_of(&mallory);
        assert_eq!(other.sends(&like()).await, StatusCode::UNAUTHORIZED, "10 and 39");
        assert_eq!(felix.with_key_of(&mallory).sends(&like()).await, StatusCode::UNAUTHORIZED, "10");

        // 11 a key that names felix, whom felix does not name.
        let loose = peer.at("/keys/loose");
        peer.serves(&loose, json!({
            "id": loose, "owner": felix.id, "publicKeyPem": mallory.document()["publicKey"]["publicKeyPem"],
        }));
        let thief = felix.with_key_id(&loose).with_key_of(&mallory);
        assert_eq!(thief.sends(&like()).await, StatusCode::UNAUTHORIZED, "11");

        // 12 a key at another host that names felix, and an actor whose key lies elsewhere.
        let evil = Peer::start(None, &school.url).await;
        let away = evil.at("/keys/away");
        evil.serves(&away, json!({
            "id": away, "owner": felix.id, "publicKeyPem": mallory.document()["publicKey"]["publicKeyPem"],
        }));
        let thief = felix.with_key_id(&away).with_key_of(&mallory);
        assert_eq!(thief.sends(&like()).await, StatusCode::UNAUTHORIZED, "12");
        let nomad = peer.person("nomad");
        nomad.change_document(|doc| doc["publicKey"]["id"] = away.clone().into());
        let nomad = nomad.with_key_id(&away);
        assert_eq!(nomad.sends(&nomad.does("Like", thread.as_str())).await, StatusCode::UNAUTHORIZED, "12");
        nothing_came_in(&school, post_id).await;
        applied(&school, &felix, &like()).await;
        assert_eq!(school.post(post_id).await.score, 1, "and rightly signed it is taken");
    }

    async fn a_replayed_request_is_applied_once(db: Database) {
        let (school, _peer, felix, post_id, thread) = stage(db).await;
        let like = felix.does("Like", thread.as_str());
        let body = like.to_string().into_bytes();
        let headers = felix.signs(&axum::http::Method::POST, &felix.inbox, Some(&body));
        for _ in 0..5 {
            assert_eq!(post(&felix.inbox, headers.clone(), body.clone()).await, StatusCode::ACCEPTED, "13");
        }
        settled(&school).await;
        let undo = felix.does("Undo", like);
        applied(&school, &felix, &undo).await;
        assert_eq!(post(&felix.inbox, headers, body).await, StatusCode::ACCEPTED);
        settled(&school).await;
        assert_eq!(school.post(post_id).await.score, 0, "13 an old Like does not come back");
    }

    async fn keys_that_are_weak_huge_or_no_rsa_are_refused_quickly(db: Database) {
        let (school, peer, _felix, post_id, thread) = stage(db).await;
        for (name, pem) in [
            ("weak", include_str!("keys/weak.pem")),
            ("huge", include_str!("keys/huge.pem")),
            ("elliptic", include_str!("keys/ec.pem")),
            ("torn", "-----BEGIN PUBLIC KEY-----\nMIGfMA0\n-----END PUBLIC KEY-----\n"),
            ("long", &format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", "A".repeat(300_000))),
        ] {
            let somebody = peer.person(name);
            somebody.change_document(|doc| doc["publicKey"]["publicKeyPem"] = pem.into());
            let started = Instant::now();
            let status = somebody.sends(&somebody.does("Like", thread.as_str())).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "15 {name}");
            assert!(started.elapsed() < Duration::from_secs(3), "15 {name}");
        }
        nothing_came_in(&school, post_id).await;
    }

    async fn a_new_key_is_looked_up_once_and_bad_signatures_cause_few_fetches(db: Database) {
        let (school, peer, mut felix, post_id, thread) = stage(db).await;
        let mallory = peer.person("mallory");
        applied(&school, &felix, &felix.does("Like", thread.as_str())).await;
        assert_eq!(peer.fetches(&felix.id), 1);
        felix.rotates_key();
        applied(&school, &felix, &felix.does("Dislike", thread.as_str())).await;
        assert_eq!(school.post(post_id).await.score, -1, "16 the new key counts");
        assert_eq!(peer.fetches(&felix.id), 2, "16 one look-up");

        let forger = felix.with_key_of(&mallory);
        for _ in 0..1_000 {
            let status = forger.sends(&felix.does("Like", thread.as_str())).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        assert!(peer.fetches(&felix.id) <= 4, "17 {} fetches", peer.fetches(&felix.id));
        let nobody = felix.with_key_id(&peer.at("/users/nobody#main-key"));
        for _ in 0..50 {
            assert_eq!(nobody.sends(&felix.does("Like", thread.as_str())).await, StatusCode::UNAUTHORIZED);
        }
        assert!(peer.fetches("/users/nobody") <= 2, "17 an absent key");
        assert_eq!(school.post(post_id).await.score, -1);
        applied(&school, &felix, &felix.does("Like", thread.as_str())).await;
    }

    async fn statuses_say_what_is_wrong(db: Database) {
        let (school, peer, felix, post_id, thread) = stage(db).await;
        let like = felix.does("Like", thread.as_str());
        let raw = |body: Vec<u8>| {
            let mut raw = Raw::of(&felix, &like);
            raw.set("digest", &coppice::federation::signatures::digest_header(&body));
            raw.body = body;
            raw
        };
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let mut no_id = like.clone();
        no_id.as_object_mut().unwrap().remove("id");
        for (name, body) in [
            ("no JSON", "not json".to_owned()),
            ("48 deep", deep),
            ("48 a member twice", r#"{"type":"Like","type":"Delete","id":"x","actor":"y","object":"z"}"#.to_owned()),
            ("48 a lone surrogate", format!(r#"{{"id":"\ud800","type":"Like","actor":"{}","object":"{thread}"}}"#, felix.id)),
            ("48 not a number", r#"{"x": NaN}"#.to_owned()),
            ("no id", no_id.to_string()),
            ("no object", json!({ "id": like["id"], "type": "Like", "actor": felix.id }).to_string()),
        ] {
            let status = raw(body.into_bytes()).send(&felix).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
        }
        let large = format!("{{\"x\":\"{}\"}}", "a".repeat(1_100_000));
        assert_eq!(raw(large.into_bytes()).send(&felix).await, StatusCode::PAYLOAD_TOO_LARGE);
        for kind in ["text/html", "application/json", "application/ld+json", "multipart/form-data"] {
            let mut raw = Raw::of(&felix, &like);
            raw.set("content-type", kind);
            assert_eq!(raw.send(&felix).await, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        }
        for kind in [
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "Application/Activity+JSON;charset=UTF-8",
        ] {
            let mut raw = Raw::of(&felix, &felix.does("Undo", like.clone()));
            raw.set("content-type", kind);
            assert_eq!(raw.send(&felix).await, StatusCode::ACCEPTED, "{kind}");
        }
        settled(&school).await;

        // 21 an id, or an actor, that is not the sender's to give.
        let mut foreign = like.clone();
        foreign["id"] = "http://localhost:1/activities/like/1".into();
        assert_eq!(felix.sends(&foreign).await, StatusCode::FORBIDDEN, "21");
        foreign["id"] = format!("{}activities/like/1", school.url).into();
        assert_eq!(felix.sends(&foreign).await, StatusCode::FORBIDDEN, "21 an id of ours");
        let mut ours = like.clone();
        ours["actor"] = format!("{}u/alice", school.url).into();
        ours["id"] = format!("{}activities/like/2", school.url).into();
        assert_eq!(felix.sends(&ours).await, StatusCode::FORBIDDEN, "21 an actor of ours");

        // 76 blocked: told so, and nothing is fetched from there.
        let blocked = Peer::start(None, &school.url).await;
        let (name, stranger) = (blocked.host.clone(), blocked.person("stranger"));
        school.act(move |tx| {
            let house = tx.house;
            let row = hosts::ensure(tx.conn, &name, || house.ids.next(), tx.now)?;
            Ok(hosts::set_blocked(tx.conn, row.id, true)?)
        }).await.unwrap();
        assert_eq!(stranger.sends(&stranger.does("Like", thread.as_str())).await, StatusCode::FORBIDDEN, "76");
        assert_eq!(blocked.all_fetches(), 0, "76");
        assert!(school.app().federation.resolve(&stranger.id).await.is_err());
        assert_eq!(blocked.all_fetches(), 0, "76");

        // 19 suspended here.
        applied(&school, &felix, &felix.does("Like", thread.as_str())).await;
        let his = actor(&school, &felix.id).await.unwrap().id;
        school.act(move |tx| {
            diesel::update(actors_table::table.find(his)).set(actors_table::suspended.eq(true))
                .execute(tx.conn).map_err(coppice::store::StoreError::from)?;
            Ok(())
        }).await.unwrap();
        assert_eq!(felix.sends(&felix.does("Undo", like)).await, StatusCode::FORBIDDEN, "19");
        assert_eq!(school.post(post_id).await.score, 1);
        drop(peer);
    }

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
        refused(&school, &felix, &felix.does("Undo", joined["id"].clone()), "not known").await;
        assert_eq!(school.post(post_id).await.score, 1);

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
        assert_eq!(school.post(post_id).await.score, 0);
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
            Ok(hosts::set_blocked(tx.conn, row.id, true)?)
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
