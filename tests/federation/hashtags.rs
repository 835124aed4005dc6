//! Hashtags: those that came with threads and comments from elsewhere, and those that members write.

use serde_json::{Value, json};

use crate::help::{applied, group_url, joins, text};
use crate::mastodon::{create, mention, toot};
use crate::real_objects::{created, placed, somebody};
use crate::support::peer::{get_as2, get_page};
use crate::support::{Database, Instance, Peer, on_both_databases};

fn hashtag(peer: &Peer, name: &str) -> Value {
    json!({ "type": "Hashtag", "name": format!("#{name}"), "href": peer.at(&format!("/tags/{name}")) })
}

async fn search(school: &Instance, query: &str) -> String {
    let mut url = school.url.join("/search").unwrap();
    url.query_pairs_mut().append_pair("q", query);
    get_page(url.as_str()).await
}

fn hashtags_of(object: &Value) -> Vec<&str> {
    let tags = object["tag"].as_array().unwrap().iter();
    tags.filter(|tag| tag["type"] == "Hashtag")
        .map(|tag| text(tag, "name"))
        .collect()
}

on_both_databases! {
    async fn hashtags_from_elsewhere_are_shown_as_links_and_found(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        let felix = peer.person("felix");
        let html = format!("<p>{} Which thread for a first scarf?</p>", mention(&group, "looms"));
        let mut note = toot(&felix, 1, &html, None, &[&group]);
        let tags = note["tag"].as_array_mut().unwrap();
        tags.extend(["Handweaving", "ÉtéBleu", "handweaving"].map(|tag| hashtag(&peer, tag)));
        applied(&school, &felix, &create(&felix, &note)).await;
        let thread = school.post_by_ap_id(text(&note, "id")).await.unwrap();
        let path = format!("{}post/{}", school.url, thread.id);
        let shown = get_page(&path).await;
        assert!(shown.contains("href=\"/search?q=%23Handweaving\" rel=\"tag\" dir=\"auto\">#Handweaving</a>"), "{shown}");
        assert_eq!(shown.matches("%23Handweaving").count(), 1, "each once: {shown}");
        assert!(!shown.to_lowercase().contains("%23looms"), "{shown}");

        let parent = thread.ap_id.clone();
        let mut reply = toot(&felix, 2, "<p>Silk, perhaps.</p>", Some(&parent), &[]);
        reply["tag"] = json!(hashtag(&peer, "Spidersilk"));
        applied(&school, &felix, &create(&felix, &reply)).await;
        let shown = get_page(&path).await;
        assert!(shown.contains("/search?q=%23Spidersilk"), "{shown}");

        for (query, found, other) in [
            ("#handweaving", "Which thread for a first scarf?", "Silk, perhaps."),
            ("#étébleu", "Which thread for a first scarf?", "Silk, perhaps."),
            ("scarf handweav", "Which thread for a first scarf?", "Silk, perhaps."),
            ("#spidersilk", "Silk, perhaps.", "thread-list-of-nothing"),
        ] {
            let page = search(&school, query).await;
            assert!(page.contains(found) && !page.contains(other), "{query}: {page}");
        }
        // A hashtag is a whole word.
        for query in ["#handweav", "#spider"] {
            let page = search(&school, query).await;
            assert!(page.contains("Nothing found"), "{query}: {page}");
        }

        // What its author takes away is gone from text and search.
        note["tag"] = json!([{ "type": "Mention", "href": group, "name": "@looms" }, hashtag(&peer, "Linen")]);
        note["updated"] = "2026-11-21T00:00:00Z".into();
        let mut update = felix.does("Update", note.clone());
        update["id"] = felix.new_id("edit").into();
        applied(&school, &felix, &update).await;
        let shown = get_page(&path).await;
        assert!(shown.contains("%23Linen") && !shown.contains("Handweaving"), "{shown}");
        assert!(search(&school, "#handweaving").await.contains("Nothing found"));
        assert!(search(&school, "#linen").await.contains("first scarf"));
        // And so it is with the whole thread.
        applied(&school, &felix, &felix.does("Delete", text(&note, "id"))).await;
        assert!(search(&school, "#linen").await.contains("Nothing found"));
    }

    async fn hashtags_of_real_toots_are_kept_and_lemmys_name_of_the_group_is_none(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        let lea = lemmy.person("lea");
        let id = lemmy.at("/post/7");
        let page = json!({
            "type": "Page", "id": id, "attributedTo": lea.id, "to": [group, "https://www.w3.org/ns/activitystreams#Public"],
            "audience": group, "name": "A heddle", "content": "<p>Or two</p>", "mediaType": "text/html",
            "published": "2026-11-20T10:00:00Z",
            "tag": [{ "type": "Hashtag", "href": id, "name": "#looms" }],
        });
        applied(&school, &lea, &created(&lea, &page)).await;
        let thread = school.post_by_ap_id(&id).await.unwrap();
        let shown = get_page(&format!("{}post/{}", school.url, thread.id)).await;
        assert!(shown.contains("Or two") && !shown.contains("%23looms"), "{shown}");

        let places = [("https://mastodon.social", peer.base.as_str())];
        let Some(featured) = placed("mastodon/collections/featured.json", &places) else { return };
        let mut note = featured["orderedItems"][0].clone();
        note["inReplyTo"] = thread.ap_id.as_str().into();
        let author = somebody(&peer, text(&note, "attributedTo"), "Person");
        applied(&school, &author, &created(&author, &note)).await;
        let shown = get_page(&format!("{}post/{}", school.url, thread.id)).await;
        for tag in ["reddit", "fediverse", "activitypub"] {
            assert!(shown.contains(&format!("rel=\"tag\" dir=\"auto\">#{tag}</a>")), "{tag}: {shown}");
        }
    }

    async fn hashtags_that_members_write_are_links_and_tags_of_what_goes_out(db: Database) {
        let school = Instance::start(db).await;
        let lemmy = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let thread = alice.posts(looms, "Which heddle?").await;
        let comment = alice.replies(thread.id, None, "The rigid one, says #Handweaving & `#nothing`").await;
        let link = format!("{}search?q=%23Handweaving", school.url);
        assert!(comment.body_html.contains(&format!("href=\"{link}\"")), "{}", comment.body_html);
        let announced = lemmy.received("the comment", |a| a["object"]["object"]["type"] == "Note").await.activity;
        let (_, fetched) = get_as2(&comment.ap_id).await;
        for note in [&announced["object"]["object"], &fetched] {
            let tags = note["tag"].as_array().unwrap();
            assert!(tags.contains(&json!({ "type": "Hashtag", "name": "#Handweaving", "href": link })), "{note}");
            assert_eq!(hashtags_of(note), ["#Handweaving"]);
        }
        let shown = get_page(&format!("{}post/{}", school.url, thread.id)).await;
        assert!(shown.contains(&format!("href=\"{link}\"")), "{shown}");
        assert!(search(&school, "#handweaving").await.contains("The rigid one"));
    }
}
