//! Attacks on the inbox: signatures and identity. The numbers are those of the threat table.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coppice::domain::ids::PostId;
use coppice::domain::time::{HOUR, MINUTE, Timestamp};
use coppice::store::schema::actors as actors_table;
use coppice::store::{hosts, intake};
use diesel::prelude::*;
use serde_json::json;

use crate::help::{actor, applied, settled};
use crate::raw::Raw;
use crate::support::peer::post;
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// A group with a thread, and somebody elsewhere whose Like of it is tried in many wrong ways.
pub async fn stage(db: Database) -> (Instance, Peer, PeerActor, PostId, String) {
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
            Ok(hosts::set_blocked(tx.conn, &[row.id], true)?)
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
}
