//! Shapes in which other software says what most say otherwise: nothing of it is lost, doubled or put into
//! the wrong mouth. The documents are written here, in the shapes that these servers send.

use axum::http::StatusCode;
use coppice::domain::time::Timestamp;
use coppice::federation::Resolved;
use coppice::store::{actors, events};
use serde_json::{Value, json};

use crate::help::{actor, applied, group_url, is_let_in, refusal, refused, text};
use crate::lemmy::{announced, does, page};
use crate::support::peer::{PUBLIC, get_page};
use crate::support::{Database, Instance, Peer, PeerActor, eventually_some, on_both_databases};

fn created(author: &PeerActor, object: &Value) -> Value {
    let mut create = author.does("Create", object.clone());
    create["to"] = object["to"].clone();
    create["cc"] = object["cc"].clone();
    create
}

async fn shown(school: &Instance, ap_id: &str) -> String {
    let post = school.post_by_ap_id(ap_id).await.unwrap();
    get_page(&format!("{}post/{}", school.url, post.id)).await
}

on_both_databases! {
    async fn what_a_page_links_to_is_found_though_it_stands_where_others_write_the_page(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("lotide", "0.15")), &school.url).await);
        let group = group_url(&school, alice.founds("looms").await).await;
        let dana = peer.person("dana");
        // Lotide: one recipient as a bare string, no content, the title once more as a summary.
        let page = json!({
            "id": peer.at("/apub/posts/60"), "type": "Page", "name": "A loom of 1850", "summary": "A loom of 1850",
            "to": group, "cc": PUBLIC, "published": "2026-11-19T19:20:26.941381+00:00",
            "attributedTo": dana.id, "url": "https://looms.example/1850.html",
        });
        applied(&school, &dana, &created(&dana, &page)).await;
        let post = school.post_by_ap_id(text(&page, "id")).await.unwrap();
        assert_eq!((post.title.as_str(), post.link.as_deref()), ("A loom of 1850", Some("https://looms.example/1850.html")));
        assert_eq!(post.url, text(&page, "id"), "the page for people is at its own server");
        let seen = shown(&school, &post.ap_id).await;
        assert_eq!(seen.matches("<strong dir=\"auto\">A loom of 1850").count(), 0, "the title is said once: {seen}");

        // Friendica, of an address within its own site: that is the page.
        let own = json!({
            "id": peer.at("/objects/2"), "type": "Page", "name": "Ours", "content": "Words", "summary": "",
            "to": [group], "cc": [PUBLIC, format!("{group}/followers")], "attributedTo": dana.id, "url": peer.at("/display/2"),
        });
        applied(&school, &dana, &created(&dana, &own)).await;
        let post = school.post_by_ap_id(text(&own, "id")).await.unwrap();
        assert_eq!((post.link, post.url), (None, peer.at("/display/2")));
    }

    async fn the_excerpt_of_a_page_is_no_warning_and_of_an_event_it_is_the_text(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("mbin", "1.8.4")), &school.url).await);
        let group = group_url(&school, alice.founds("looms").await).await;
        let dana = peer.person("dana");
        // Mbin: `summary` holds the beginning of the text and the hashtags.
        let mut entry = page(&dana, 1, &group, "Which wool");
        entry["summary"] = "This is a post #wool".into();
        entry["source"] = "https://wool.example/".into();
        applied(&school, &dana, &created(&dana, &entry)).await;
        let seen = shown(&school, text(&entry, "id")).await;
        assert!(seen.contains("This is a post in the community") && !seen.contains("This is a post #wool"), "{seen}");
        // Said to be sensitive, it covers the text.
        let mut covered = page(&dana, 2, &group, "Which dye");
        covered["summary"] = "Dead insects".into();
        covered["sensitive"] = true.into();
        applied(&school, &dana, &created(&dana, &covered)).await;
        let seen = shown(&school, text(&covered, "id")).await;
        assert!(seen.contains("<details class=\"cover\"><summary><strong dir=\"auto\">Dead insects</strong>"), "{seen}");

        let event = json!({
            "id": peer.at("/event/1"), "type": "Event", "name": "Spinning", "summary": "<p>Bring your <b>wheel</b>.</p>",
            "attributedTo": dana.id, "to": [PUBLIC], "cc": [group], "startTime": "2030-06-01 10:00:00", "endTime": "2030-06-01T14:00:00+0200",
        });
        applied(&school, &dana, &created(&dana, &event)).await;
        let post = school.post_by_ap_id(text(&event, "id")).await.unwrap();
        assert_eq!(post.body_html, "<p>Bring your <b>wheel</b>.</p>");
        let row = school.read(move |tx| events::get(tx.conn, post.id)).await.unwrap();
        assert_eq!((Some(row.starts), row.ends), (Timestamp::parse("2030-06-01T10:00:00Z"), Timestamp::parse("2030-06-01T12:00:00Z")));
        // A picture that was posted by itself is shown, and not only linked.
        let picture = json!({
            "id": peer.at("/p/1"), "type": "Image", "name": "A shuttle", "url": { "type": "Link", "href": peer.at("/shuttle.jpg"), "mediaType": "image/jpeg" },
            "attributedTo": dana.id, "to": [PUBLIC], "cc": [group],
        });
        applied(&school, &dana, &created(&dana, &picture)).await;
        let post = school.post_by_ap_id(text(&picture, "id")).await.unwrap();
        assert_eq!((post.image_url, post.link), (Some(peer.at("/shuttle.jpg")), None));
    }

    async fn a_note_that_names_its_group_as_audience_alone_is_found_when_it_is_looked_up(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mbin", "1.8.4")), &school.url).await;
        let (magazine, dana) = (peer.group("wool"), peer.person("dana"));
        let note = json!({
            "id": peer.at("/m/wool/p/1"), "type": "Note", "attributedTo": dana.id, "inReplyTo": null,
            "to": [magazine.id, PUBLIC], "cc": [format!("{}/followers", dana.id)], "audience": magazine.id,
            "content": "<p>Merino</p>\n", "mediaType": "text/html", "contentMap": { "en": "<p>Merino</p>\n" },
        });
        peer.serves(text(&note, "id"), note.clone());
        let found = school.app().federation.resolve(text(&note, "id")).await.unwrap();
        let Resolved::Post(id) = found else { panic!("{found:?}") };
        let post = school.post(id).await;
        let group = school.read(move |tx| actors::get(tx.conn, post.group_id)).await;
        assert_eq!((post.title.as_str(), group.ap_id), ("Merino", magazine.id));
    }

    async fn what_a_server_announces_of_its_own_people_is_believed_and_of_others_not(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("mbin", "1.8.4")), &school.url).await);
        let other = Peer::mastodon(&school).await;
        let group = peer.group("wool");
        is_let_in(&alice, &peer, &group).await;
        let (dana, gerda) = (peer.person("dana"), other.person("gerda"));
        let thread = page(&dana, 1, &group.id, "Which wool");
        applied(&school, &group, &announced(&group, &does(&dana, "Create", thread.clone(), &group.id))).await;
        applied(&school, &gerda, &gerda.does("Like", text(&thread, "id"))).await;

        // Mbin tells by its magazines that somebody was renamed.
        for (person, by_its_server) in [(&dana, true), (&gerda, false)] {
            let mut document = person.document();
            document["name"] = "Renamed".into();
            let update = announced(&group, &person.does("Update", document));
            group.says(&update).await;
            assert_eq!(refusal(&school, &update).await.is_none(), by_its_server, "{}", person.id);
            let row = actor(&school, &person.id).await.unwrap();
            assert_eq!(row.display_name.as_deref() == Some("Renamed"), by_its_server);
        }
        // And that somebody is gone, with what they wrote.
        for (person, by_its_server) in [(&gerda, false), (&dana, true)] {
            let mut delete = person.does("Delete", person.id.as_str());
            delete["removeData"] = true.into();
            let delete = announced(&group, &delete);
            group.says(&delete).await;
            assert_eq!(refusal(&school, &delete).await.is_none(), by_its_server, "{}", person.id);
            assert_eq!(actor(&school, &person.id).await.unwrap().deleted, by_its_server);
        }
        // Nobody here can be made to go.
        let me = actor(&school, &format!("{}u/alice", school.url)).await.unwrap();
        for remove_data in [true, false] {
            let mut delete = json!({ "id": group.new_id("delete"), "type": "Delete", "actor": me.ap_id, "object": me.ap_id, "to": [PUBLIC] });
            delete["removeData"] = remove_data.into();
            group.says(&announced(&group, &delete)).await;
            refusal(&school, &announced(&group, &delete)).await;
        }
        assert!(!actor(&school, &me.ap_id).await.unwrap().deleted);
    }

    async fn several_activities_that_are_announced_at_once_are_each_applied(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("piefed", "1.2")), &school.url).await);
        let group = peer.group("wool");
        is_let_in(&alice, &peer, &group).await;
        let (dana, erik) = (peer.person("dana"), peer.person("erik"));
        let thread = page(&dana, 1, &group.id, "Which wool");
        let another = page(&dana, 2, &group.id, "Which dye");
        // One of them is of no use, one is no activity at all.
        let inner = [
            does(&dana, "Create", thread.clone(), &group.id),
            does(&erik, "Like", peer.at("/post/9"), &group.id),
            does(&dana, "Create", another.clone(), &group.id),
            does(&erik, "Like", text(&thread, "id"), &group.id),
            json!({ "type": "Like" }),
        ];
        let announce = group.does("Announce", json!(inner));
        applied(&school, &group, &announce).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        assert_eq!((post.title.as_str(), post.score), ("Which wool", 2));
        assert!(school.post_by_ap_id(text(&another, "id")).await.is_some());
        // Where nothing is of use, it is said why.
        let none = group.does("Announce", json!([does(&erik, "Like", peer.at("/post/8"), &group.id), does(&erik, "Like", peer.at("/post/9"), &group.id)]));
        refused(&school, &group, &none, "/post/8 is gone").await;
        // Of somebody else's thread, among its own, nothing is believed.
        let looms = group_url(&school, alice.founds("looms").await).await;
        let ours = alice.posts(actor(&school, &looms).await.unwrap().id, "Here").await;
        let mixed = group.does("Announce", json!([does(&erik, "Like", ours.ap_id.as_str(), &looms), does(&erik, "Dislike", text(&thread, "id"), &group.id)]));
        applied(&school, &group, &mixed).await;
        assert_eq!((school.post(ours.id).await.score, school.post(post.id).await.score), (1, 0));
    }

    async fn what_a_wiki_of_ibis_holds_stands_there_for_who_follows_it(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("ibis", "0.3.3")), &school.url).await;
        let (wiki, bot) = (peer.group("wiki"), peer.person("wikibot"));
        // Its outbox is the list of its articles, each as an edit.
        let articles: Vec<Value> = ["Loom", "Shuttle"].iter().map(|name| json!({
            "type": "Update", "id": peer.at(&format!("/activity/{name}")), "actor": bot.id, "to": [PUBLIC, wiki.id], "cc": [],
            "object": {
                "type": "Article", "id": peer.at(&format!("/article/{name}")), "attributedTo": bot.id, "to": [PUBLIC, wiki.id],
                "content": "It weaves.", "name": name, "published": "2026-11-20T11:46:50Z",
            },
        })).collect();
        let outbox = peer.at("/all_articles");
        peer.serves(&outbox, json!({ "type": "Collection", "id": outbox, "totalItems": 2, "items": articles }));
        wiki.change_document(|document| document["outbox"] = outbox.as_str().into());
        let alice = school.member("alice").await;
        is_let_in(&alice, &peer, &wiki).await;
        for name in ["Loom", "Shuttle"] {
            let id = peer.at(&format!("/article/{name}"));
            let post = eventually_some("the article is there", || school.post_by_ap_id(&id)).await;
            assert_eq!(post.title, name);
        }
    }

    async fn a_group_that_shows_the_key_of_another_is_known_and_cannot_speak(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("gnusocial", "3.0")), &school.url).await);
        let (group, other) = (peer.group("hackers"), peer.person("other"));
        group.change_document(|document| document["publicKey"] = other.document()["publicKey"].clone());
        let found = school.app().federation.resolve(&group.id).await.unwrap();
        assert!(matches!(found, Resolved::Group(_)), "{found:?}");
        // Neither its own key, which it does not show, nor the one it shows speaks for it.
        let post = alice.posts(alice.founds("looms").await, "Here").await;
        let boost = group.does("Announce", post.ap_id.as_str());
        assert_eq!(group.sends(&boost).await, StatusCode::UNAUTHORIZED);
        assert_eq!(group.with_key_of(&other).sends(&boost).await, StatusCode::UNAUTHORIZED);
        // The other's key is still the other's.
        applied(&school, &other, &other.does("Like", post.ap_id.as_str())).await;
        // Who shows the key of another server is not taken in at all.
        let elsewhere = Peer::mastodon(&school).await;
        let thief = peer.group("thief");
        thief.change_document(|document| document["publicKey"] = elsewhere.person("gerda").document()["publicKey"].clone());
        assert!(school.app().federation.resolve(&thief.id).await.is_err());
    }

    async fn a_key_whose_address_has_a_slash_too_many_is_found(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("lotide", "0.15")), &school.url).await);
        let post = alice.posts(alice.founds("looms").await, "Here").await;
        let dana = peer.person("dana");
        let key_id = dana.key_id.replace("/users/", "//users/");
        dana.change_document(|document| document["publicKey"]["id"] = key_id.as_str().into());
        let dana = dana.with_key_id(&key_id);
        applied(&school, &dana, &dana.does("Like", post.ap_id.as_str())).await;
        assert_eq!(school.post(post.id).await.score, 2);
    }

    async fn articles_of_ibis_are_threads_and_what_changed_in_them_is_none(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("ibis", "0.3.0")), &school.url).await);
        let (wiki, dana) = (peer.group("wiki"), peer.person("dana"));
        let there = is_let_in(&alice, &peer, &wiki).await;
        let mut article = json!({
            "type": "Article", "id": peer.at("/article/Loom"), "attributedTo": dana.id, "to": [PUBLIC, wiki.id],
            "edits": peer.at("/article/Loom/edits"), "latestVersion": "5a1f3b0e-0c1d-4b7e-9a53-1df32c1ea1a0",
            "content": "A loom weaves.", "name": "Loom", "protected": false, "published": "2026-11-20T11:46:50Z",
        });
        // The group signs what somebody of its server wrote.
        let says = |article: &Value| {
            let mut update = wiki.does("Update", article.clone());
            update["to"] = article["to"].clone();
            update
        };
        applied(&school, &wiki, &says(&article)).await;
        let post = school.post_by_ap_id(text(&article, "id")).await.unwrap();
        assert_eq!((post.title.as_str(), post.group_id), ("Loom", there));
        assert_eq!(actor(&school, &dana.id).await.map(|row| row.id), Some(post.author_id));
        article["content"] = "A loom weaves cloth.".into();
        applied(&school, &wiki, &says(&article)).await;
        assert!(school.post(post.id).await.body_html.contains("weaves cloth"));

        let patch = json!({
            "type": "Patch", "id": peer.at("/article/Loom/1"), "content": "@@ -1 +1 @@\n-A\n+B\n", "summary": "More of it",
            "version": "5a1f3b0e-0c1d-4b7e-9a53-1df32c1ea1a0", "previousVersion": "00000000-0000-0000-0000-000000000000",
            "object": article["id"], "attributedTo": dana.id, "published": "2026-11-20T11:46:50Z",
        });
        let mut create = dana.does("Create", patch.clone());
        create["to"] = json!([PUBLIC, wiki.id]);
        refused(&school, &wiki, &announced(&wiki, &create), "means nothing here").await;
        assert!(school.post_by_ap_id(text(&patch, "id")).await.is_none());

        // For somebody of another server a group does not sign, nor does a person for another.
        let other = Peer::mastodon(&school).await;
        let (gerda, erik) = (other.person("gerda"), peer.person("erik"));
        article["id"] = other.at("/article/Wool").into();
        article["attributedTo"] = gerda.id.as_str().into();
        refused(&school, &wiki, &says(&article), "").await;
        article["id"] = peer.at("/article/Wool").into();
        article["attributedTo"] = dana.id.as_str().into();
        refused(&school, &erik, &erik.does("Update", article.clone()), "by another").await;
    }
}
