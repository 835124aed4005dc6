//! What private messages carry beside their text, and direct notes to several people.

use axum::http::StatusCode;
use coppice::community::private;
use coppice::domain::limits::CommentBody;
use coppice::store::{blocks, reports, shared_messages};
use serde_json::{Value, json};
use url::Url;

use crate::help::{a_while, actor, applied, group_url, joins, refused, settled, text};
use crate::mastodon::{create, mention, toot};
use crate::private_groups::{Eyes, fetched};
use crate::private_messages::{list, message, writes};
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};

/// A direct note, as Mastodon writes them: to whom it mentions.
fn direct(author: &PeerActor, number: u64, words: &str, to: &[&str]) -> Value {
    let mut note = toot(author, number, "", None, &[]);
    let named: Vec<String> = to.iter().map(|id| mention(id, "somebody")).collect();
    let html = format!("<p>{} {words}</p>", named.join(" "));
    note["content"] = html.as_str().into();
    note["contentMap"] = json!({ "en": html });
    note["to"] = json!(to);
    note["cc"] = json!([]);
    let tags = to.iter().map(|id| {
        let host = id.parse::<Url>().unwrap();
        let name = id.rsplit('/').next().unwrap();
        json!({ "type": "Mention", "href": id, "name": format!("@{name}@{}:{}", host.host_str().unwrap(), host.port().unwrap()) })
    });
    note["tag"] = tags.collect();
    note
}

fn edited(author: &PeerActor, note: &Value, day: u32) -> Value {
    let mut note = note.clone();
    note["updated"] = format!("2026-11-{day}T00:00:00Z").into();
    let mut update = author.does("Update", note.clone());
    update["id"] = format!("{}#updates/{day}", text(&note, "id")).into();
    update["to"] = note["to"].clone();
    update["cc"] = json!([]);
    update
}

fn address(of: &Member<'_>) -> String {
    format!("{}u/{}", of.home.url, of.name)
}

/// The conversation as its page shows it.
async fn page(of: &Member<'_>, with: &PeerActor, peer: &Peer) -> String {
    let url = format!("{}messages/{}@{}", of.home.url, with.name, peer.host);
    let (status, page) = fetched(&url, Eyes::of(of).await.page).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

/// What an app shows of the messages somebody got, the newest first.
async fn by_app(of: &Member<'_>) -> Vec<Value> {
    let url = format!("{}api/v3/private_message/list", of.home.url);
    let (_, answer) = fetched(&url, Eyes::of(of).await.api).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let views = answer["private_messages"].as_array().unwrap().iter();
    views.map(|view| view["private_message"].clone()).collect()
}

on_both_databases! {
    async fn private_messages_keep_pictures_warnings_and_emoji(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let felix = peer.person("felix");
        let me = address(&alice);
        let (picture, emoji) = (peer.at("/media/loom.png"), peer.at("/emoji/blobwarp.png"));
        let mut note = direct(&felix, 1, "Peekaboo :blobwarp:", &[&me]);
        note["summary"] = "Naked warp".into();
        note["sensitive"] = true.into();
        note["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": picture, "name": "A loom & its warp" }]);
        note["tag"].as_array_mut().unwrap().push(json!({ "type": "Emoji", "name": ":blobwarp:", "icon": { "type": "Image", "url": emoji } }));
        applied(&school, &felix, &create(&felix, &note)).await;
        let shown = page(&alice, &felix, &peer).await;
        for part in [format!("src=\"{picture}\" alt=\"A loom &amp; its warp\""), format!("src=\"{emoji}\""), "<details class=\"cover\"".to_owned(), "Naked warp".to_owned()] {
            assert!(shown.contains(&part), "{part}: {shown}");
        }
        let told = by_app(&alice).await.remove(0);
        let content = text(&told, "content");
        assert!(content.starts_with("**Naked warp**") && content.contains(&format!("![A loom & its warp](<{picture}>)")), "{content}");
        assert_eq!(told["ap_id"], note["id"]);
        // The list says what it is under, and not what that covers.
        let (_, lines) = fetched(&format!("{}messages", school.url), Eyes::of(&alice).await.page).await;
        assert!(lines.contains("Naked warp") && !lines.contains("Peekaboo"), "{lines}");

        // Nothing but a picture.
        let mut wordless = direct(&felix, 2, "", &[&me]);
        wordless["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": picture, "name": "Shed" }]);
        applied(&school, &felix, &create(&felix, &wordless)).await;
        assert_eq!(text(&by_app(&alice).await[0], "content"), format!("![Shed](<{picture}>)"));
        let (_, lines) = fetched(&format!("{}messages", school.url), Eyes::of(&alice).await.page).await;
        assert!(lines.contains("A picture"), "{lines}");

        note["summary"] = Value::Null;
        note["sensitive"] = false.into();
        note["attachment"] = json!([]);
        applied(&school, &felix, &edited(&felix, &note, 21)).await;
        let shown = page(&alice, &felix, &peer).await;
        assert!(!shown.contains("Naked warp") && !shown.contains("A loom") && shown.contains("Peekaboo "), "{shown}");
        applied(&school, &felix, &felix.does("Delete", text(&wordless, "id"))).await;
        let shown = page(&alice, &felix, &peer).await;
        assert!(!shown.contains("Shed"), "{shown}");
    }

    async fn private_messages_go_out_with_their_pictures_and_warnings(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, toots) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let (alice, eve) = (school.member("alice").await, school.member("eve").await);
        let group = group_url(&school, alice.founds("looms").await).await;
        let words = "See ![A *shed*](https://pictures.example/shed.png), `![no](https://a.example/b.png)`";
        for peer in [&lemmy, &toots] {
            let felix = peer.person("felix");
            joins(&school, peer, &felix, &group).await;
            let there = actor(&school, &felix.id).await.unwrap().id;
            let (me, body) = (alice.id, CommentBody::parse(words).unwrap());
            let id = school.act(move |tx| private::send_with(tx, me, there, &body, Some("Bare <warp>".to_owned()))).await.unwrap();
            let object = peer.received("the message", |a| a["type"] == "Create").await.activity["object"].clone();
            if object["type"] == "Note" {
                assert_eq!((&object["summary"], &object["sensitive"]), (&json!("Bare <warp>"), &json!(true)));
                assert_eq!(object["attachment"], json!([{ "type": "Image", "url": "https://pictures.example/shed.png", "name": "A shed", "mediaType": "image/png" }]));
                assert!(!text(&object, "content").contains("warp"), "{object}");
            } else {
                assert!(text(&object, "content").starts_with("<p><strong>Bare &lt;warp&gt;</strong></p>"), "{object}");
                assert!(text(&object["source"], "content").ends_with(words), "{object}");
            }
            // An app knows no warning, and takes none away.
            let body = CommentBody::parse("Never mind").unwrap();
            school.act(move |tx| private::edit(tx, me, id, &body)).await.unwrap();
            let update = peer.received("the edit", |a| a["type"] == "Update").await.activity;
            assert!(update["object"].to_string().contains("warp") && !update.to_string().contains("shed.png"), "{update}");
        }
        // Between members here, it is shown likewise.
        let (me, body) = (alice.id, CommentBody::parse(words).unwrap());
        let other = eve.id;
        school.act(move |tx| private::send_with(tx, me, other, &body, Some("Bare <warp>".to_owned()))).await.unwrap();
        let (_, shown) = fetched(&format!("{}messages/alice", school.url), Eyes::of(&eve).await.page).await;
        assert!(shown.contains("Bare &lt;warp&gt;") && shown.contains("src=\"https://pictures.example/shed.png\" alt=\"A shed\""), "{shown}");
        assert!(text(&by_app(&eve).await[0], "content").starts_with("**Bare <warp>**"));
    }

    async fn a_direct_note_to_several_people_reaches_each_who_is_told_who_else_got_it(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, eve, dora) = (school.member("alice").await, school.member("eve").await, school.member("dora").await);
        let (felix, gerda) = (peer.person("felix"), peer.person("gerda"));
        let (to_alice, to_eve, to_dora) = (address(&alice), address(&eve), address(&dora));
        let mut note = direct(&felix, 1, "Quokka for you", &[&to_alice, &to_eve, &gerda.id]);
        let create = create(&felix, &note);
        // By the shared inbox, and by that of each of them.
        applied(&school, &felix, &create).await;
        for person in [&to_alice, &to_eve] {
            felix.sends_to(&format!("{person}/inbox").parse().unwrap(), &create).await;
        }
        settled(&school).await;
        for (member, other) in [(&alice, "eve"), (&eve, "alice")] {
            let got = list(member).await;
            assert_eq!(got.len(), 1);
            assert_eq!(got[0].recipient_id, member.id);
            let shown = page(member, &felix, &peer).await;
            assert!(shown.contains("Quokka for you"), "{shown}");
            for name in [format!("@{other}@{}", school.host), format!("@gerda@{}", peer.host)] {
                assert!(shown.contains(&format!(">{name}</a>")), "{name}: {shown}");
            }
            assert!(!shown.contains(&format!("@{}@{}</a>", member.name, school.host)), "{shown}");
            let told = by_app(member).await.remove(0);
            assert!(text(&told, "content").ends_with(&format!("Also sent to @{other}@{}, @gerda@{}", school.host, peer.host)), "{told}");
            assert_eq!(told["ap_id"], note["id"]);
        }
        assert!(list(&dora).await.is_empty());
        assert!(school.post_by_ap_id(text(&note, "id")).await.is_none());
        assert!(school.comment_by_ap_id(text(&note, "id")).await.is_none());

        // An answer goes to who wrote it, and to nobody else.
        let writer = list(&eve).await[0].sender_id;
        writes(&eve, writer, "Thank you").await.unwrap();
        let answer = peer.received("the answer", |a| a["type"] == "Create").await.activity;
        for document in [&answer, &answer["object"]] {
            assert_eq!(document["to"], json!([felix.id]), "{document}");
            assert!(document["cc"].as_array().is_none_or(Vec::is_empty), "{document}");
        }
        assert_eq!(answer["object"]["inReplyTo"], note["id"]);
        assert_eq!(list(&alice).await.len(), 1);

        // An edit reaches all, and whoever is addressed since.
        let wider = direct(&felix, 1, "Quokkas for all", &[&to_alice, &to_eve, &to_dora]);
        for member in ["content", "contentMap", "to", "tag"] {
            note[member] = wider[member].clone();
        }
        applied(&school, &felix, &edited(&felix, &note, 21)).await;
        for member in [&alice, &eve, &dora] {
            let shown = page(member, &felix, &peer).await;
            assert!(shown.contains("Quokkas for all") && !shown.contains("Quokka for you"), "{}: {shown}", member.name);
            assert!(!shown.contains("gerda") && shown.contains("Also sent to"), "{shown}");
        }
        // Nobody else changes it, or takes it back.
        let mallory = peer.person("mallory");
        let mut forged = edited(&mallory, &note, 22);
        forged["object"]["content"] = "<p>Forged</p>".into();
        refused(&school, &mallory, &forged, "only its author").await;
        refused(&school, &mallory, &mallory.does("Delete", text(&note, "id")), "only its author").await;
        applied(&school, &felix, &felix.does("Delete", text(&note, "id"))).await;
        for member in [&alice, &eve, &dora] {
            let shown = page(member, &felix, &peer).await;
            assert!(!shown.contains("Quokka"), "{}: {shown}", member.name);
        }
    }

    async fn a_direct_note_reaches_those_who_take_it_and_a_note_to_followers_is_none(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, eve) = (school.member("alice").await, school.member("eve").await);
        let felix = peer.person("felix");
        let (to_alice, to_eve) = (address(&alice), address(&eve));
        applied(&school, &felix, &create(&felix, &direct(&felix, 1, "First", &[&to_eve]))).await;
        let (me, theirs) = (eve.id, actor(&school, &felix.id).await.unwrap().id);
        school.act(move |tx| Ok(blocks::set(tx.conn, me, theirs, true, tx.now)?)).await.unwrap();
        let second = direct(&felix, 2, "Second", &[&to_alice, &to_eve]);
        applied(&school, &felix, &create(&felix, &second)).await;
        assert_eq!((list(&alice).await.len(), list(&eve).await.len()), (1, 1));

        // For followers, or for whom we do not know to be a person: no message to those it mentions.
        for (number, list_of) in [(3, format!("{}/followers", felix.id)), (4, peer.at("/lists/9"))] {
            let mut note = direct(&felix, number, "For many", &[&to_alice]);
            note["to"] = json!([list_of]);
            note["cc"] = json!([to_alice]);
            refused(&school, &felix, &create(&felix, &note), "").await;
        }
        let group = group_url(&school, alice.founds("looms").await).await;
        let note = direct(&felix, 5, "For a group", &[&to_alice, &group]);
        refused(&school, &felix, &create(&felix, &note), "not public").await;
        a_while().await;
        assert_eq!(list(&alice).await.len(), 1);
        assert!(school.post_by_ap_id(text(&note, "id")).await.is_none());

        // A report names the note as its server knows it.
        let note: Url = text(&second, "id").parse().unwrap();
        let copy = school.read(move |tx| shared_messages::copies(tx.conn, &note)).await.remove(0);
        assert!(message(&school, &copy.ap_id).await.is_some());
        let (by, id) = (alice.id, copy.id);
        let reason = coppice::domain::limits::ReportReason::parse("Spam").unwrap();
        school.act(move |tx| coppice::community::reports::report(tx, by, coppice::community::reports::Target::Message(id), &reason)).await.unwrap();
        let open = school.read(move |tx| reports::open_about(tx.conn, coppice::domain::kinds::ReportKind::Message, id.0)).await;
        assert_eq!(open.len(), 1);
        eventually("nothing is left to do", || async { list(&eve).await.len() == 1 }).await;
    }

    async fn what_was_purged_leaves_nothing_beside_it(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (ruth, alice, eve) = (school.admin("ruth").await, school.member("alice").await, school.member("eve").await);
        let felix = peer.person("felix");
        let (to_alice, to_eve) = (address(&alice), address(&eve));
        let mut note = direct(&felix, 1, "Quokka for you", &[&to_alice, &to_eve]);
        note["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": peer.at("/q.png"), "name": "A quokka" }]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let (by, who) = (ruth.id, list(&alice).await[0].sender_id);
        school.act(move |tx| coppice::community::purge::person(tx, by, who, None)).await.unwrap();
        let (_, told) = fetched(&format!("{}api/v3/private_message/list", school.url), Eyes::of(&alice).await.api).await;
        assert!(!told.contains("uokka") && !told.contains("Also sent"), "{told}");
        let note: Url = text(&note, "id").parse().unwrap();
        let beside = school.read(move |tx| {
            let copies = shared_messages::copies(tx.conn, &note)?;
            shared_messages::of(tx.conn, &copies.iter().map(|row| row.id).collect::<Vec<_>>())
        }).await;
        assert!(beside.is_empty(), "{beside:?}");
    }
}
