//! What real objects of other software become here: each is sent as its server sends it, with its hosts put on
//! simulated ones, and looked for on the page.

use coppice::store::{events, follows};
use serde_json::{Value, json};

use crate::help::{applied, group_url, is_let_in, refusal, text};
use crate::support::documents;
use crate::support::peer::{PUBLIC, get_page};
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// The document with each of these beginnings of addresses replaced; none where it is not to be had.
pub fn placed(path: &str, places: &[(&str, &str)]) -> Option<Value> {
    let mut written = documents::document(path)?.to_string();
    for (from, to) in places {
        written = written.replace(from, to);
    }
    Some(serde_json::from_str(&written).unwrap())
}

/// Somebody of this id, with the least a document says.
pub fn somebody(peer: &Peer, id: &str, kind: &str) -> PeerActor {
    let name = id.trim_end_matches('/').rsplit('/').next().unwrap();
    peer.actor(
        name.trim_start_matches('@'),
        json!({
            "id": id, "type": kind, "preferredUsername": name.trim_start_matches('@'),
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
        }),
    )
}

pub fn created(author: &PeerActor, object: &Value) -> Value {
    let mut create = author.does("Create", object.clone());
    for member in ["to", "cc"] {
        if object[member].is_array() {
            create[member] = object[member].clone();
        }
    }
    create
}

async fn post_page(school: &Instance, ap_id: &str) -> String {
    let post = school.post_by_ap_id(ap_id).await.unwrap();
    get_page(&format!("{}post/{}", school.url, post.id)).await
}

on_both_databases! {
    async fn notes_of_mastodon_and_pleroma_are_threads_and_comments(db: Database) {
        let school = Instance::start(db).await;
        let (peer, alice) = (Peer::mastodon(&school).await, school.member("alice").await);
        let group = group_url(&school, alice.founds("tenforward").await).await;
        let places = [
            ("https://masto.qa.urbanwildlife.biz", peer.base.as_str()),
            ("https://enterprise.lemmy.ml/c/tenforward", group.as_str()),
        ];
        let Some(page) = placed("mastodon/objects/page.json", &places) else { return };
        let author = somebody(&peer, text(&page, "attributedTo"), "Person");
        applied(&school, &author, &created(&author, &page)).await;
        let thread = school.post_by_ap_id(text(&page, "id")).await.unwrap();
        assert_eq!(thread.title, "Variable never resetting at refresh");
        assert_eq!(thread.language.as_deref(), Some("it"));
        assert!(post_page(&school, text(&page, "id")).await.contains("using a variable to count elements"));

        // A reply with a picture, in a conversation about it.
        let places = [
            ("https://floss.social/users/kde/statuses/113306824627995724", thread.ap_id.as_str()),
            ("https://floss.social", peer.base.as_str()),
            ("https://lemmy.kde.social/c/kde", group.as_str()),
        ];
        let note = placed("mastodon/objects/note_2.json", &places).unwrap();
        let kde = somebody(&peer, text(&note, "attributedTo"), "Person");
        applied(&school, &kde, &created(&kde, &note)).await;
        let shown = post_page(&school, &thread.ap_id).await;
        assert!(shown.contains("We also need funding"), "{shown}");
        assert!(shown.contains("alt=\"The KDE dragons Katie and Konqi stand on either side"), "{shown}");

        let felix = somebody(&peer, &peer.at("/users/felix"), "Person");
        for (path, from, parent, words) in [
            ("mastodon/activities/create_note.json", "https://mastodon.madrid", "https://mamot.fr/users/retiolus/statuses/107224244380204526", "disappointed by a thinkpad"),
            ("pleroma/activities/create_note.json", "https://greenish.red", "https://enterprise.lemmy.ml/post/55143", "test"),
        ] {
            let create = placed(path, &[(from, &peer.base), (parent, &thread.ap_id)]).unwrap();
            let author = match text(&create, "actor") {
                id if id == felix.id => felix.clone(),
                id => somebody(&peer, id, "Person"),
            };
            applied(&school, &author, &create).await;
            let comment = school.comment_by_ap_id(text(&create["object"], "id")).await.unwrap();
            assert!(comment.body_html.contains(words), "{}", comment.body_html);
            assert_eq!(comment.post_id, thread.id);
        }
        for (path, from, parent) in [
            ("mastodon/objects/note_1.json", "https://mastodon.madrid/users/felix/statuses/107224289116410645", "https://mamot.fr/users/retiolus/statuses/107224244380204526"),
            ("pleroma/objects/note.json", "https://queer.hacktivis.me", "https://enterprise.lemmy.ml/post/55143"),
            ("wordpress/objects/note.json", "https://pfefferle.org", "https://socialhub.activitypub.rocks/ap/object/ce040f1ead95964f6dbbf1084b81432d"),
            ("peertube/objects/note.json", "https://video.antopie.org", "https://bae.st/objects/87c1cbf5-542a-491d-af57-0414c8648381"),
        ] {
            let to = if path.contains("note_1") { peer.at("/users/felix2/statuses/9") } else { peer.base.clone() };
            let note = placed(path, &[(from, &to), (parent, &thread.ap_id), ("https://mastodon.madrid/users/felix", &peer.at("/users/felix2"))]).unwrap();
            let author = somebody(&peer, text(&note, "attributedTo"), "Person");
            applied(&school, &author, &created(&author, &note)).await;
            let comment = school.comment_by_ap_id(text(&note, "id")).await;
            assert_eq!(comment.unwrap_or_else(|| panic!("{path}")).post_id, thread.id);
        }

        // What is for one person alone is nowhere to be seen.
        let places = [
            ("https://mastodon.world/users/nutomic/statuses/110854464248188528", thread.ap_id.as_str()),
            ("https://mastodon.world", peer.base.as_str()),
            ("https://ds9.lemmy.ml/u/nutomic", &format!("{}u/alice", school.url)),
        ];
        let private = placed("mastodon/activities/private_message.json", &places).unwrap();
        let author = somebody(&peer, text(&private, "attributedTo"), "Person");
        author.says(&created(&author, &private)).await;
        refusal(&school, &created(&author, &private)).await;
        assert!(school.comment_by_ap_id(text(&private, "id")).await.is_none());
        assert!(!post_page(&school, &thread.ap_id).await.contains(" 444</p>"));

        // Likes that are taken back.
        for (path, score) in [("mastodon/activities/like_page.json", 2), ("mastodon/activities/undo_like_page.json", 1)] {
            let places = [("https://mastodon.madrid", peer.base.as_str()), ("https://ds9.lemmy.ml/post/147", thread.ap_id.as_str())];
            let like = placed(path, &places).unwrap();
            applied(&school, &felix, &like).await;
            assert_eq!(school.post(thread.id).await.score, score, "{path}");
        }
    }

    async fn groups_of_forums_blogs_and_films_bring_their_threads(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        // (folder, its host, its group, the person, the object, what the page shows)
        for (folder, host, object, person, words) in [
            ("discourse", "https://socialhub.activitypub.rocks", "page", None, "Passcode: z+1*4pUB"),
            ("nodebb", "https://bb.devnull.land", "page", None, "Welcome to your brand new NodeBB forum!"),
            ("wordpress", "https://dbzer0.com", "page", Some("/blog/author/db0/"), "alt=\"A fleet of varied spacships\""),
            ("peertube", "https://tilvids.com", "video", None, "squarespace.com/thelinuxexperiment"),
        ] {
            let peer = Peer::start(Some((folder, "1.0.0")), &school.url).await;
            let places = [(host, peer.base.as_str())];
            let Some(document) = placed(&format!("{folder}/objects/group.json"), &places) else { return };
            let name = text(&document, "preferredUsername").to_owned();
            let group = peer.actor(&name, document);
            let author = match person {
                Some(path) => somebody(&peer, &peer.at(path), "Person"),
                None => {
                    let document = placed(&format!("{folder}/objects/person.json"), &places).unwrap();
                    let name = text(&document, "preferredUsername").to_owned();
                    peer.actor(&name, document)
                }
            };
            let there = is_let_in(&alice, &peer, &group).await;
            let mut object = placed(&format!("{folder}/objects/{object}.json"), &places).unwrap();
            let announce = if folder == "peertube" {
                peer.serves(text(&object, "id"), object.clone());
                placed("peertube/activities/announce_video.json", &places).unwrap()
            } else {
                // Discourse says whom it is for around the object only.
                if object["to"].is_null() {
                    object["to"] = json!([PUBLIC]);
                }
                group.does("Announce", created(&author, &object))
            };
            applied(&school, &group, &announce).await;
            let post = school.post_by_ap_id(text(&object, "id")).await.unwrap_or_else(|| panic!("{folder}"));
            assert_eq!((post.group_id, post.title.as_str()), (there, text(&object, "name")), "{folder}");
            assert!(!post.sensitive);
            let page = post_page(&school, text(&object, "id")).await;
            assert!(page.contains(words), "{folder}: {page}");
            let me = alice.id;
            assert!(school.read(move |tx| follows::find(tx.conn, me, there)).await.is_some());
        }
    }

    async fn an_edit_that_wordpress_announces_brings_what_we_never_saw(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("wordpress", "6.8")), &school.url).await);
        let Some(announce) = placed("wordpress/activities/announce.json", &[("https://pfefferle.org", &peer.base)]) else { return };
        let group = somebody(&peer, text(&announce, "actor"), "Group");
        somebody(&peer, text(&announce["object"], "actor"), "Person");
        is_let_in(&alice, &peer, &group).await;
        applied(&school, &group, &announce).await;
        let post = school.post_by_ap_id(&peer.at("/lemmy-part-4/")).await.unwrap();
        assert_eq!((post.title.as_str(), post.language.as_deref()), ("Lemmy (Part 4)", Some("en")));
        // Its summary is an excerpt, and warns of nothing.
        assert!(!post_page(&school, &post.ap_id).await.contains("class=\"cover\""));
    }

    async fn a_real_event_of_mobilizon_has_its_date_and_place(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("mobilizon", "5.1.0")), &school.url).await);
        let places = [("https://rendezvous.nomagic.uk", peer.base.as_str())];
        let Some(event) = placed("mobilizon/objects/event.json", &places) else { return };
        let person = placed("mobilizon/objects/person.json", &[("https://mobilizon.fr/@sanof44", text(&event, "actor")), ("https://mobilizon.fr", &peer.base)]).unwrap();
        let organiser = peer.actor("emorrp1", { let mut p = person; p["preferredUsername"] = "emorrp1".into(); p });
        let document = placed("mobilizon/objects/group.json", &[("https://mobilizon.fr/@contribateliers", text(&event, "attributedTo")), ("https://mobilizon.fr", &peer.base)]).unwrap();
        let society = peer.actor("devon_caledonian_society", { let mut g = document; g["preferredUsername"] = "devon_caledonian_society".into(); g });
        is_let_in(&alice, &peer, &society).await;
        peer.serves(text(&event, "id"), event.clone());
        applied(&school, &society, &society.does("Announce", text(&event, "id"))).await;
        let post = school.post_by_ap_id(text(&event, "id")).await.unwrap();
        let row = school.read(move |tx| events::get(tx.conn, post.id)).await.unwrap();
        assert_eq!(row.place.as_deref(), Some("The Kenn Centre"));
        let page = post_page(&school, text(&event, "id")).await;
        assert!(page.contains("Sunday, 11 December 2022, 19:00–21:00") && page.contains("alt=\"Banner\""), "{page}");
        assert!(page.contains("/search?q=%23Caledonian"), "{page}");
        let comment = organiser.does("Like", text(&event, "id"));
        applied(&school, &organiser, &comment).await;
    }
}
