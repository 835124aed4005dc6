//! Both standards of signing in both directions: what each host takes is learned and remembered.

use axum::http::{Method, StatusCode};
use coppice::domain::hosts::SignatureForm::{self, Cavage, Rfc9421};
use coppice::federation::Resolved;
use coppice::store::{follows, host_signatures};

use crate::help::{actor, follow, group_url, joins, settled};
use crate::support::peer::get_as2;
use crate::support::{Database, Instance, Peer, PeerActor, eventually, on_both_databases};

async fn takes(instance: &Instance, peer: &Peer) -> Option<SignatureForm> {
    let host = peer.host.clone();
    let row = instance
        .read(move |tx| host_signatures::find(tx.conn, &host))
        .await;
    row.and_then(|row| row.takes)
}

on_both_databases! {
    async fn a_server_that_takes_only_rfc_9421_is_found_out_once_and_remembered(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let looms = ann.founds("looms").await;
        let ours = group_url(&school, looms).await;
        let peer = Peer::start(None, &school.url).await;
        peer.only_takes(Rfc9421);
        peer.is_secure();
        let lea = peer.person("lea");
        // Its key is fetched with a signature it understands; it signs in its way too.
        let join = follow(&lea, &ours);
        assert_eq!(lea.sends_as(Rfc9421, &join).await, StatusCode::ACCEPTED);
        peer.received("the Accept", |a| a["type"] == "Accept").await;
        assert_eq!(takes(&school, &peer).await, Some(Rfc9421));
        let refusals = peer.refusals();
        assert_eq!(refusals, 1, "the first fetch alone was knocked twice");
        for title in ["One", "Two", "Three"] {
            let post = ann.posts(looms, title).await;
            peer.received(title, |a| a["object"]["object"]["id"] == post.ap_id.as_str()).await;
        }
        assert_eq!(peer.refusals(), refusals, "what it takes is known by now");
        eventually("how it signs is noted", || async {
            let host = peer.host.clone();
            let row = school.read(move |tx| host_signatures::find(tx.conn, &host)).await;
            row.is_some_and(|row| row.sends == Some(Rfc9421))
        }).await;
    }

    async fn a_server_that_takes_only_the_draft_never_sees_anything_else(db: Database) {
        let school = Instance::start(db).await;
        let ours = group_url(&school, school.member("ann").await.founds("looms").await).await;
        let peer = Peer::lemmy(&school).await;
        peer.only_takes(Cavage);
        peer.is_secure();
        let lea = peer.person("lea");
        joins(&school, &peer, &lea, &ours).await;
        assert_eq!(peer.refusals(), 0);
        assert_eq!(takes(&school, &peer).await, Some(Cavage));
    }

    async fn a_server_that_changes_what_it_takes_is_learned_anew(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let looms = ann.founds("looms").await;
        let ours = group_url(&school, looms).await;
        let peer = Peer::lemmy(&school).await;
        peer.only_takes(Rfc9421);
        let lea = peer.person("lea");
        joins(&school, &peer, &lea, &ours).await;
        assert_eq!(takes(&school, &peer).await, Some(Rfc9421));
        peer.only_takes(Cavage);
        let post = ann.posts(looms, "After its downgrade").await;
        peer.received("the announcement", |a| a["object"]["object"]["id"] == post.ap_id.as_str()).await;
        eventually("the change is known", || async { takes(&school, &peer).await == Some(Cavage) }).await;
    }

    async fn a_key_that_was_replaced_is_noticed_in_either_standard(db: Database) {
        let school = Instance::start(db).await;
        let thread = {
            let ann = school.member("ann").await;
            let looms = ann.founds("looms").await;
            ann.posts(looms, "A thread").await
        };
        let peer = Peer::lemmy(&school).await;
        let mut lea = peer.person("lea");
        let like = lea.does("Like", thread.ap_id.as_str());
        assert_eq!(lea.sends_as(Rfc9421, &like).await, StatusCode::ACCEPTED);
        let before = peer.fetches(&lea.id);
        lea.rotates_key();
        let unlike = lea.does("Undo", like);
        assert_eq!(lea.sends_as(Rfc9421, &unlike).await, StatusCode::ACCEPTED);
        assert_eq!(peer.fetches(&lea.id), before + 1, "looked up once");
        settled(&school).await;
        assert!(actor(&school, &lea.id).await.is_some());
        // A thief with a key of their own makes us look up no more.
        let thief = lea.with_key_of(&peer.person("thief"));
        for _ in 0..5 {
            let status = thief.sends_as(Rfc9421, &thief.does("Like", thread.ap_id.as_str())).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(peer.fetches(&lea.id), before + 1);
    }

    async fn two_servers_in_secure_mode_talk_and_strangers_learn_nothing(db: Database) {
        let (one, two) = (db.another(), db);
        let secure = |settings: &mut coppice::config::Settings| settings.federation.secure_mode = true;
        let north = Instance::start_with(one, secure).await;
        let south = Instance::start_with(two, secure).await;
        let ann = north.member("ann").await;
        let looms = ann.founds("looms").await;
        let thread = ann.posts(looms, "Behind a door").await;
        let bob = south.member("bob").await;
        let there = bob.follows(&format!("!looms@{}", north.host)).await;
        // Both ways: a thread comes, an answer goes back.
        let post = ann.posts(looms, "For our followers").await;
        eventually("the thread is there", || async { south.post_by_ap_id(&post.ap_id).await.is_some() }).await;
        let copy = south.post_by_ap_id(&post.ap_id).await.unwrap();
        let reply = bob.replies(copy.id, None, "Thank you").await;
        eventually("the answer is back", || async { north.comment_by_ap_id(&reply.ap_id).await.is_some() }).await;
        let old = south.app().federation.resolve(&thread.ap_id).await;
        assert!(matches!(old, Ok(Resolved::Post(_))), "{old:?}");
        assert!(south.read(move |tx| follows::find(tx.conn, bob.id, there)).await.is_some());

        // Nobody who does not sign gets more than what verifies a signature.
        let (status, _) = get_as2(&thread.ap_id).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        let group = group_url(&north, looms).await;
        for path in ["/outbox", "/featured", "/followers"] {
            assert_eq!(get_as2(&format!("{group}{path}")).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        let (status, stub) = get_as2(&group).await;
        assert_eq!(status, StatusCode::OK);
        assert!(stub["publicKey"]["publicKeyPem"].is_string() && stub["inbox"].is_string());
        assert_eq!((stub.get("name"), stub.get("summary"), stub.get("source")), (None, None, None));
        let (status, site) = get_as2(north.url.as_str()).await;
        assert_eq!((status, &site["type"]), (StatusCode::OK, &"Application".into()));
        // A signature that does not hold counts as none.
        let peer = Peer::lemmy(&north).await;
        let thief = peer.person("lea").with_key_of(&peer.person("thief"));
        assert_eq!(signed_get(&thief, &thread.ap_id).await, StatusCode::UNAUTHORIZED);
        assert_eq!(signed_get(&peer.person("mia"), &thread.ap_id).await, StatusCode::OK);
    }

    async fn whoever_signs_as_a_blocked_host_reads_nothing(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let looms = ann.founds("looms").await;
        let thread = ann.posts(looms, "A thread").await;
        let peer = Peer::start_at("127.0.0.2", &school.url).await;
        let lea = peer.person("lea");
        assert_eq!(signed_get(&lea, &thread.ap_id).await, StatusCode::OK);
        let admin = crate::hosts::Admin::of(&ann).await;
        admin.edits_site(serde_json::json!({ "blocked_instances": ["127.0.0.2"] })).await;
        assert_eq!(signed_get(&lea, &thread.ap_id).await, StatusCode::FORBIDDEN);
        let group = group_url(&school, looms).await;
        assert_eq!(signed_get(&lea, &group).await, StatusCode::FORBIDDEN);
        assert_eq!(get_as2(&thread.ap_id).await.0, StatusCode::OK, "secure mode is off");
    }
}

async fn signed_get(person: &PeerActor, url: &str) -> StatusCode {
    let url: url::Url = url.parse().unwrap();
    let mut headers = person.signs(&Method::GET, &url, None);
    headers.insert("accept", "application/activity+json".parse().unwrap());
    let request = reqwest::Client::new().get(url).headers(headers);
    request.send().await.unwrap().status()
}
