//! Private messages between people of two servers, and with Lemmy and Mastodon.

use coppice::community::CommunityError;
use coppice::community::bans::{self, Ban};
use coppice::community::private;
use coppice::domain::ids::{ActorId, MessageId};
use coppice::domain::limits::CommentBody;
use coppice::federation::Resolved;
use coppice::store::private_messages::{self, MessageRow};
use coppice::store::{accounts, blocks};
use serde_json::{Value, json};
use url::Url;

use crate::help::{actor, applied, group_url, joins, refusal, settled, text};
use crate::real_objects::{created, placed, somebody};
use crate::support::{
    Database, Instance, Member, Peer, eventually, eventually_some, on_both_databases,
};

pub async fn person(at: &Instance, handle: &str) -> ActorId {
    match at.app().federation.resolve(handle).await {
        Ok(Resolved::Person(id)) => id,
        other => panic!("{handle}: {other:?}"),
    }
}

pub async fn writes(
    from: &Member<'_>,
    to: ActorId,
    words: &str,
) -> Result<MessageId, CommunityError> {
    let (me, body) = (from.id, CommentBody::parse(words).unwrap());
    let sent = from.home.act(move |tx| private::send(tx, me, to, &body));
    sent.await
}

async fn message(at: &Instance, ap_id: &str) -> Option<MessageRow> {
    let ap_id: Url = ap_id.parse().unwrap();
    at.read(move |tx| private_messages::by_ap_id(tx.conn, &ap_id))
        .await
}

/// What somebody finds in the list of their messages.
async fn list(of: &Member<'_>) -> Vec<MessageRow> {
    let me = of.id;
    let page = of
        .home
        .read(move |tx| private_messages::of(tx.conn, me, false, None, None, 50));
    page.await.items
}

on_both_databases! {
    async fn private_messages_go_to_and_fro_are_edited_taken_back_and_read(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let (eve, dora) = (college.member("eve").await, school.member("dora").await);
        let there = person(&college, &format!("@bob@{}", school.host)).await;
        let id = writes(&alice, there, "Only *you* and me").await.unwrap();
        let sent = list(&alice).await.remove(0);
        let got = eventually_some("it comes", || message(&school, &sent.ap_id)).await;
        assert_eq!(got.recipient_id, bob.id);
        assert_eq!(got.body_markdown.as_deref(), Some("Only *you* and me"));
        assert!(!got.read && !got.local);
        assert_eq!(list(&bob).await.len(), 1);
        assert!(list(&dora).await.is_empty() && list(&eve).await.is_empty());
        let (stranger, there_id) = (dora.id, got.id);
        assert!(school.act(move |tx| private::find(tx, stranger, there_id)).await.is_err());
        assert!(school.act(move |tx| private::mark_read(tx, stranger, there_id, true)).await.is_err());
        let reader = bob.id;
        school.act(move |tx| private::mark_read(tx, reader, there_id, true)).await.unwrap();
        assert!(message(&school, &sent.ap_id).await.unwrap().read);

        writes(&bob, got.sender_id, "And back").await.unwrap();
        eventually("the answer comes", || async { list(&alice).await.len() == 2 }).await;

        let (me, body) = (alice.id, CommentBody::parse("Only we two").unwrap());
        let other = eve.id;
        let theirs = body.clone();
        assert!(college.act(move |tx| private::edit(tx, other, id, &theirs)).await.is_err());
        college.act(move |tx| private::edit(tx, me, id, &body)).await.unwrap();
        eventually("the edit comes", || async {
            let row = message(&school, &sent.ap_id).await.unwrap();
            row.body_markdown.as_deref() == Some("Only we two") && row.edited.is_some()
        }).await;
        assert!(college.act(move |tx| private::set_deleted(tx, other, id, true)).await.is_err());
        for deleted in [true, false] {
            college.act(move |tx| private::set_deleted(tx, me, id, deleted)).await.unwrap();
            eventually("so it is there", || async {
                message(&school, &sent.ap_id).await.unwrap().deleted == deleted
            }).await;
        }
        // Its address is nobody's page.
        let (status, document) = crate::support::peer::get_as2(&sent.ap_id).await;
        assert!(!status.is_success(), "{document}");
        assert!(list(&dora).await.is_empty() && list(&eve).await.is_empty());
    }

    async fn private_messages_of_lemmy_and_mastodon_arrive_as_they_are(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, toots) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let (alice, eve) = (school.member("alice").await, school.member("eve").await);
        let me = format!("{}u/alice", school.url);
        let places = [
            ("http://enterprise.lemmy.ml", lemmy.base.as_str()),
            ("https://enterprise.lemmy.ml", lemmy.base.as_str()),
            ("http://ds9.lemmy.ml/u/lemmy_alpha", me.as_str()),
            ("https://voyager.lemmy.ml/u/nutomic", me.as_str()),
        ];
        for (path, words) in [("create_private_message_0.19", "hi!"), ("create_private_message", "hello")] {
            let Some(create) = placed(&format!("lemmy/activities/create_or_update/{path}.json"), &places) else { return };
            let author = somebody(&lemmy, text(&create, "actor"), "Person");
            applied(&school, &author, &create).await;
            let row = message(&school, text(&create["object"], "id")).await.unwrap_or_else(|| panic!("{path}"));
            assert_eq!((row.recipient_id, row.body_markdown.as_deref()), (alice.id, Some(words)));
            // Nobody else may touch it.
            let mut forged = create.clone();
            forged["type"] = "Update".into();
            forged["id"] = author.new_id("update").into();
            let mallory = lemmy.person("mallory");
            forged["actor"] = mallory.id.as_str().into();
            mallory.says(&forged).await;
            assert!(refusal(&school, &forged).await.is_some());
        }
        let author = somebody(&lemmy, &lemmy.at("/u/lemmy_beta"), "Person");
        let id = lemmy.at("/private_message/1");
        for (path, deleted) in [("delete_private_message", true), ("undo_delete_private_message", false)] {
            let act = placed(&format!("lemmy/activities/deletion/{path}.json"), &places).unwrap();
            applied(&school, &author, &act).await;
            assert_eq!(message(&school, &id).await.unwrap().deleted, deleted, "{path}");
        }

        let places = [("https://mastodon.world", toots.base.as_str()), ("https://ds9.lemmy.ml/u/nutomic", me.as_str())];
        let note = placed("mastodon/activities/private_message.json", &places).unwrap();
        let author = somebody(&toots, text(&note, "attributedTo"), "Person");
        applied(&school, &author, &created(&author, &note)).await;
        let row = message(&school, text(&note, "id")).await.unwrap();
        assert_eq!(row.recipient_id, alice.id);
        assert!(row.body_html.contains("444"));
        assert!(school.comment_by_ap_id(text(&note, "id")).await.is_none());
        assert_eq!((list(&alice).await.len(), list(&eve).await.len()), (3, 0));
    }

    async fn private_messages_go_out_in_the_form_each_server_takes(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, toots) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        let me = format!("{}u/alice", school.url);
        for (peer, kind) in [(&lemmy, "ChatMessage"), (&toots, "Note")] {
            let (felix, gina) = (peer.person("felix"), peer.person("gina"));
            joins(&school, peer, &felix, &group).await;
            joins(&school, peer, &gina, &group).await;
            let there = actor(&school, &felix.id).await.unwrap().id;
            let id = writes(&alice, there, "Quokka for you").await.unwrap();
            let create = peer.received("the message", |a| a["type"] == "Create").await.activity;
            let object = &create["object"];
            assert_eq!(object["type"], kind);
            assert_eq!((&create["actor"], &object["attributedTo"]), (&json!(me), &json!(me)));
            for document in [&create, object] {
                assert_eq!(document["to"], json!([felix.id]), "{document}");
                assert!(document["cc"].as_array().is_none_or(Vec::is_empty), "{document}");
            }
            if kind == "Note" {
                let tags: Vec<&Value> = object["tag"].as_array().unwrap().iter().collect();
                assert!(tags.iter().any(|tag| tag["type"] == "Mention" && tag["href"] == felix.id.as_str()), "{object}");
            }
            let by = alice.id;
            school.act(move |tx| private::set_deleted(tx, by, id, true)).await.unwrap();
            let delete = peer.received("its deletion", |a| a["type"] == "Delete").await.activity;
            assert!(!delete.to_string().contains("#Public"), "{delete}");
            school.act(move |tx| private::set_deleted(tx, by, id, false)).await.unwrap();
            peer.received("the return", |a| a["type"] == "Undo").await;
            assert_eq!(peer.count(|a| a.to_string().contains("Quokka")), 1);
        }
    }

    async fn private_messages_of_who_is_blocked_or_banned_are_not_taken(db: Database) {
        let school = Instance::start(db).await;
        let lemmy = Peer::lemmy(&school).await;
        let (alice, eve, ruth) = (school.member("alice").await, school.member("eve").await, school.member("ruth").await);
        let admin = ruth.id;
        school.act(move |tx| Ok(accounts::set_admin(tx.conn, admin, true)?)).await.unwrap();
        let chat = |from: &crate::support::PeerActor, number: u32| json!({
            "id": from.new_id("create"), "type": "Create", "actor": from.id, "to": [format!("{}u/alice", school.url)],
            "object": { "type": "ChatMessage", "id": from.at(&format!("/private_message/{number}")), "attributedTo": from.id,
                "to": [format!("{}u/alice", school.url)], "content": "<p>hi</p>", "mediaType": "text/html" },
        });
        let (felix, gina) = (lemmy.person("felix"), lemmy.person("gina"));
        applied(&school, &felix, &chat(&felix, 1)).await;
        applied(&school, &gina, &chat(&gina, 2)).await;
        writes(&eve, alice.id, "Before").await.unwrap();
        assert_eq!(list(&alice).await.len(), 3);

        let me = alice.id;
        let theirs = actor(&school, &felix.id).await.unwrap().id;
        for blocked in [theirs, eve.id] {
            school.act(move |tx| Ok(blocks::set(tx.conn, me, blocked, true, tx.now)?)).await.unwrap();
        }
        let hers = actor(&school, &gina.id).await.unwrap().id;
        let ban = Ban { reason: None, until: None, content: false };
        school.act(move |tx| bans::ban_from_site(tx, admin, hers, &ban)).await.unwrap();
        assert!(writes(&eve, alice.id, "After").await.is_err());
        for (sender, number) in [(&felix, 3), (&gina, 4)] {
            let create = chat(sender, number);
            sender.tries(&create).await;
            settled(&school).await;
            assert!(message(&school, text(&create["object"], "id")).await.is_none());
        }
        assert_eq!(list(&alice).await.len(), 3);
    }
}
