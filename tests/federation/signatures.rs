//! Both standards of signing in both directions: what each host takes is learned and remembered.

use axum::http::StatusCode;
use coppice::domain::hosts::SignatureForm::{self, Cavage, Rfc9421};
use coppice::store::host_signatures;

use crate::help::{actor, follow, group_url, joins, settled};
use crate::support::{Database, Instance, Peer, eventually, on_both_databases};

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
}
