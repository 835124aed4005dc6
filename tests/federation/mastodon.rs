//! Mastodon as a peer: it boosts, replies, mentions, and knows nothing of groups.

use axum::http::StatusCode;
use coppice::community::threads::{self, EditThread};
use coppice::community::votes::Target;
use coppice::domain::kinds::Vote;
use coppice::domain::limits::{Body, Title};
use coppice::store::audience::Audience;
use coppice::store::{follows, groups, notifications, posts};
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, refused, settled, text,
};
use crate::support::peer::{PUBLIC, get_as2};
use crate::support::{Database, Instance, Peer, PeerActor, eventually, on_both_databases};

/// A public toot; `cc` are those it mentions.
pub fn toot(
    author: &PeerActor,
    number: u64,
    html: &str,
    parent: Option<&str>,
    cc: &[&str],
) -> Value {
    let id = format!("{}/statuses/{number}", author.id);
    let mut all_cc = vec![json!(format!("{}/followers", author.id))];
    all_cc.extend(cc.iter().map(|id| json!(id)));
    let tags: Vec<Value> = cc
        .iter()
        .map(|id| json!({ "type": "Mention", "href": id, "name": "@somebody@somewhere" }))
        .collect();
    json!({
        "id": id, "type": "Note", "summary": null, "inReplyTo": parent,
        "published": "2026-11-20T11:46:50Z",
        "url": author.at(&format!("/@{}/{number}", author.name)),
        "attributedTo": author.id, "to": [PUBLIC], "cc": all_cc, "sensitive": false,
        "atomUri": id, "inReplyToAtomUri": parent,
        "conversation": "tag:localhost,2026-11-20:objectId=1:objectType=Conversation",
        "content": html, "contentMap": { "en": html }, "attachment": [], "tag": tags,
        "replies": { "id": format!("{id}/replies"), "type": "Collection", "first": {
            "type": "CollectionPage", "partOf": format!("{id}/replies"), "items": [] } },
    })
}

pub fn create(author: &PeerActor, note: &Value) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", { "ostatus": "http://ostatus.org#" }],
        "id": format!("{}/activity", text(note, "id")), "type": "Create", "actor": author.id,
        "published": note["published"], "to": note["to"], "cc": note["cc"], "object": note,
    })
}

pub fn mention(url: &str, name: &str) -> String {
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"{url}\" class=\"u-url mention\">@<span>{name}</span></a></span>"
    )
}

fn updated(note: &Value, html: &str, author: &PeerActor) -> Value {
    let mut note = note.clone();
    note["content"] = html.into();
    note["contentMap"] = json!({ "en": html });
    note["updated"] = "2026-11-21T00:00:00Z".into();
    let mut update = author.does("Update", note);
    update["id"] = format!("{}#updates/{}", author.id, author.new_id("update").len()).into();
    update
}

on_both_databases! {
    async fn a_mastodon_user_finds_a_group_follows_it_and_leaves_again(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, felix) = (school.member("alice").await, peer.person("felix"));
        let looms = alice.founds("looms").await;

        let finger = format!("{}.well-known/webfinger?resource=acct:looms@{}", school.url, school.host);
        let (status, jrd) = get_as2(&finger).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(jrd["subject"], format!("acct:looms@{}", school.host));
        let links = jrd["links"].as_array().unwrap();
        let own = links.iter().find(|link| link["rel"] == "self").unwrap();
        assert_eq!(own["type"], "application/activity+json");
        let group = text(own, "href").to_owned();
        let (status, document) = get_as2(&group).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!((text(&document, "type"), text(&document, "id")), ("Group", group.as_str()));
        for needed in ["inbox", "outbox", "followers", "preferredUsername"] {
            assert!(document[needed].is_string(), "{needed}");
        }

        let sent = joins(&school, &peer, &felix, &group).await;
        let accept = peer.received("the Accept", |a| a["type"] == "Accept").await;
        assert_eq!(accept.activity["actor"], group.as_str());
        assert_eq!(accept.activity["object"]["id"], sent["id"]);
        assert_eq!(accept.activity["object"]["actor"], felix.id.as_str());
        let followers = |school: &Instance| {
            let read = school.app().store.clone();
            async move {
                read.read(move |tx| groups::get(tx.conn, looms)).await.unwrap().follower_count
            }
        };
        assert_eq!(followers(&school).await, 2);

        // Asked again, it says so again, and counts once.
        joins(&school, &peer, &felix, &group).await;
        assert_eq!(followers(&school).await, 2);

        let mut undo = felix.does("Undo", follow(&felix, &group));
        undo["object"]["id"] = felix.new_id("another").into();
        applied(&school, &felix, &undo).await;
        assert_eq!(followers(&school).await, 1);
        alice.posts(looms, "Not for those who left").await;
        a_while().await;
        assert_eq!(peer.count(|a| a["type"] == "Announce"), 0);
    }

    async fn a_new_thread_is_one_boost_and_votes_are_not_told(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("felix"), &group).await;
        let before = peer.inbox().len();

        let post = bob.posts(looms, "Which loom?").await;
        alice.votes(Target::Post(post.id), Some(Vote::Up)).await;
        bob.replies(post.id, None, "A comment among ourselves.").await;
        let boost = peer.received("the boost", |a| a["type"] == "Announce").await;
        assert_eq!(boost.activity["object"], post.ap_id.as_str());
        assert_eq!(boost.activity["actor"], group.as_str());
        assert!(boost.activity["to"].to_string().contains(PUBLIC));
        assert_eq!(boost.inbox, "/inbox");

        let next = bob.posts(looms, "And which yarn?").await;
        peer.received("the next", |a| a["object"] == next.ap_id.as_str()).await;
        assert_eq!(peer.inbox().len() - before, 2, "{:?}", peer.inbox());

        let (status, page) = get_as2(&post.ap_id).await;
        assert_eq!((status, text(&page, "type"), text(&page, "name")), (StatusCode::OK, "Page", "Which loom?"));
        assert!(text(&page, "content").contains("<em>text</em>"));
        let (_, author) = get_as2(text(&page, "attributedTo")).await;
        let handle = format!("{}@{}", text(&author, "preferredUsername"), school.host);
        let (_, jrd) = get_as2(&format!("{}.well-known/webfinger?resource=acct:{handle}", school.url)).await;
        let own = jrd["links"].as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap().clone();
        assert_eq!(own["href"], page["attributedTo"]);
    }

    async fn a_reply_is_a_comment_without_its_mention_and_is_passed_on(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let post = alice.posts(looms, "Which loom?").await;
        let me = actor(&school, &format!("{}u/alice", school.url)).await.unwrap();

        let html = format!("<p>{} A small one.</p>", mention(&me.ap_id, "alice"));
        let note = toot(&felix, 1, &html, Some(&post.ap_id), &[&me.ap_id]);
        let create = create(&felix, &note);
        applied(&school, &felix, &create).await;
        let comment = school.comment_by_ap_id(text(&note, "id")).await.unwrap();
        assert_eq!(comment.body_html.trim(), "<p>A small one.</p>");
        assert_eq!(comment.post_id, post.id);
        assert_eq!(comment.url, text(&note, "url"));
        let told = school.read({ let id = alice.id; move |tx| notifications::unread(tx.conn, id) }).await;
        assert_eq!(told, (1, 0), "one reply, and no mention beside it");
        assert_eq!(school.post(post.id).await.comment_count, 1);

        let passed = lemmy.received("the announced reply", |a| a["object"]["id"] == create["id"]).await;
        assert_eq!(passed.activity["object"]["object"]["id"], note["id"]);
        assert_eq!(passed.activity["actor"], group.as_str());

        // A reply to the reply, mentioning nobody here, and delivered twice.
        let deeper = toot(&felix, 2, "<p>Or a big one.</p>", Some(text(&note, "id")), &[]);
        let deeper_create = self::create(&felix, &deeper);
        felix.says(&deeper_create).await;
        applied(&school, &felix, &deeper_create).await;
        let below = school.comment_by_ap_id(text(&deeper, "id")).await.unwrap();
        assert_eq!(below.parent_id, Some(comment.id));
        lemmy.received("the deeper reply", |a| a["object"]["id"] == deeper_create["id"]).await;
        a_while().await;
        assert_eq!(lemmy.count(|a| a["object"]["id"] == deeper_create["id"]), 1);
        assert_eq!(school.post(post.id).await.comment_count, 2);
    }

    async fn a_toot_that_mentions_the_group_is_one_thread(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (felix, gerda) = (peer.person("felix"), peer.person("gerda"));
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        joins(&school, &peer, &gerda, &group).await;

        let html = format!(
            "<p>{} How do you warp alone?</p><p>My arms are short.</p>", mention(&group, "looms"));
        let note = toot(&felix, 7, &html, None, &[&group]);
        let create = create(&felix, &note);
        let own_inbox = format!("{group}/inbox").parse().unwrap();
        for _ in 0..2 {
            felix.says(&create).await;
            assert_eq!(felix.sends_to(&own_inbox, &create).await, StatusCode::ACCEPTED);
        }
        settled(&school).await;
        let post = school.post_by_ap_id(text(&note, "id")).await.unwrap();
        assert_eq!(post.title, "How do you warp alone?");
        assert_eq!(post.body_html.trim(), "<p>My arms are short.</p>");
        assert_eq!(post.group_id, looms);
        let count = school.read(move |tx| groups::get(tx.conn, looms)).await.post_count;
        assert_eq!(count, 1);
        lemmy.received("the whole activity", |a| a["object"]["id"] == create["id"]).await;
        peer.received("the boost", |a| a["object"] == note["id"]).await;
        a_while().await;
        assert_eq!(lemmy.count(|a| a["type"] == "Announce"), 1);
        assert_eq!(peer.count(|a| a["type"] == "Announce"), 1);
    }

    async fn edits_likes_and_deletions_of_toots_are_applied(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let felix = peer.person("felix");
        let post = alice.posts(looms, "Which loom?").await;
        let note = toot(&felix, 1, "<p>A smal one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let comment = school.comment_by_ap_id(text(&note, "id")).await.unwrap();

        applied(&school, &felix, &updated(&note, "<p>A small one.</p>", &felix)).await;
        let row = school.comment(comment.id).await;
        assert_eq!(row.body_html.trim(), "<p>A small one.</p>");
        assert!(row.edited.is_some());

        let mut like = felix.does("Like", post.ap_id.as_str());
        like["id"] = format!("{}#likes/212340", felix.id).into();
        applied(&school, &felix, &like).await;
        let mut again = like.clone();
        again["id"] = format!("{}#likes/212341", felix.id).into();
        applied(&school, &felix, &again).await;
        assert_eq!(school.post(post.id).await.score, 2);
        let mut undo = felix.does("Undo", like.clone());
        undo["id"] = format!("{}#likes/212340/undo", felix.id).into();
        // The later one stands until it is taken back itself.
        applied(&school, &felix, &undo).await;
        assert_eq!(school.post(post.id).await.score, 2);
        applied(&school, &felix, &felix.does("Undo", again)).await;
        assert_eq!(school.post(post.id).await.score, 1);

        let mut delete = felix.does("Delete", json!({ "id": note["id"], "type": "Tombstone", "atomUri": note["id"] }));
        delete["id"] = format!("{}#delete", text(&note, "id")).into();
        applied(&school, &felix, &delete).await;
        assert!(school.comment(comment.id).await.deleted);
        assert_eq!(school.post(post.id).await.comment_count, 0);

        // Deleted before it came: it never appears.
        let unborn = toot(&felix, 2, "<p>Oops.</p>", Some(&post.ap_id), &[]);
        let delete = felix.does("Delete", json!({ "id": unborn["id"], "type": "Tombstone" }));
        applied(&school, &felix, &delete).await;
        refused(&school, &felix, &create(&felix, &unborn), "deleted").await;
        assert!(school.comment_by_ap_id(text(&unborn, "id")).await.is_none());
    }

    async fn a_person_is_renamed_and_one_day_takes_everything_along(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &peer, &felix, &group).await;
        let post = alice.posts(looms, "Which loom?").await;
        let thread = toot(&felix, 1, &format!("<p>{} Yarn!</p>", mention(&group, "looms")), None, &[&group]);
        let reply = toot(&felix, 2, "<p>A small one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &thread)).await;
        applied(&school, &felix, &create(&felix, &reply)).await;

        let mut document = felix.document();
        document["name"] = "Felix the Weaver <script>".into();
        applied(&school, &felix, &felix.does("Update", document)).await;
        let row = actor(&school, &felix.id).await.unwrap();
        assert!(row.display_name.unwrap().starts_with("Felix the Weaver"));

        let counts = |school: &Instance| {
            let store = school.app().store.clone();
            async move {
                let row = store.read(move |tx| groups::get(tx.conn, looms)).await.unwrap();
                (row.post_count, row.comment_count, row.follower_count)
            }
        };
        assert_eq!(counts(&school).await, (2, 1, 2));
        applied(&school, &felix, &felix.does("Delete", felix.id.as_str())).await;
        assert!(actor(&school, &felix.id).await.unwrap().deleted);
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().deleted);
        assert!(school.comment_by_ap_id(text(&reply, "id")).await.unwrap().deleted);
        assert_eq!(school.post(post.id).await.comment_count, 0);
        assert_eq!(counts(&school).await, (1, 0, 1));

        // Of somebody never seen, whose key is gone as well: nothing to do, and nothing asked.
        let stranger = peer.person("stranger");
        peer.shows(&stranger.id, crate::support::peer::Page::Gone);
        stranger.says(&stranger.does("Delete", stranger.id.as_str())).await;
        assert_eq!(peer.fetches(&stranger.id), 0);
    }

    async fn what_is_not_public_is_never_shown(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        let post = alice.posts(looms, "Which loom?").await;
        let me = format!("{}u/alice", school.url);

        let mut followers_only = toot(&felix, 1, "<p>Secret reply</p>", Some(&post.ap_id), &[&me]);
        followers_only["to"] = json!([format!("{}/followers", felix.id)]);
        followers_only["cc"] = json!([me]);
        let mut direct = toot(&felix, 2, "<p>Secret message</p>", None, &[&group]);
        direct["to"] = json!([group]);
        direct["cc"] = json!([]);
        for note in [&followers_only, &direct] {
            refused(&school, &felix, &create(&felix, note), "not public").await;
            // The activity may call itself public: the object counts.
            let mut louder = create(&felix, note);
            louder["id"] = felix.new_id("louder").into();
            louder["to"] = json!([PUBLIC]);
            refused(&school, &felix, &louder, "not public").await;
        }
        let row = school.post(post.id).await;
        assert_eq!(row.comment_count, 0);
        let page = school.read(move |tx| posts::page(
            tx.conn,
            Audience::House, posts::PostFilter::InGroup(looms), coppice::domain::kinds::PostSort::New, None, 10)).await;
        assert_eq!(page.items.len(), 1);
    }

    async fn who_replied_is_answered_wherever_they_are_and_followers_see_edits(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &other, &other.person("gerda"), &group).await;
        let post = alice.posts(looms, "Which loom?").await;
        let note = toot(&felix, 1, "<p>A small one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let comment = school.comment_by_ap_id(text(&note, "id")).await.unwrap();

        let answer = alice.replies(post.id, Some(comment.id), "How *small*?").await;
        let told = peer.received("the answer", |a| a["type"] == "Create").await.activity;
        assert_eq!(told["actor"], format!("{}u/alice", school.url));
        let object = &told["object"];
        assert_eq!((text(object, "id"), text(object, "inReplyTo")), (answer.ap_id.as_str(), text(&note, "id")));
        let tag = &object["tag"].as_array().unwrap()[0];
        assert_eq!((text(tag, "type"), text(tag, "href")), ("Mention", felix.id.as_str()));
        assert_eq!(text(tag, "name"), format!("@felix@{}", peer.host));
        assert!(object["cc"].to_string().contains(&felix.id), "{object}");

        let (me, id) = (alice.id, post.id);
        school.act(move |tx| threads::edit(tx, me, id, &EditThread {
            title: Title::parse("Which loom, then?").unwrap(), body: Body::parse("Edited.").unwrap(),
            link: None, image: None, language: None, sensitive: false,
        })).await.unwrap();
        let update = other.received("the edit", |a| a["type"] == "Update").await.activity;
        assert_eq!(update["actor"], format!("{}u/alice", school.url));
        assert_eq!(update["object"]["name"], "Which loom, then?");

        school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        let delete = other.received("the deletion", |a| a["type"] == "Delete").await.activity;
        assert!(delete["object"] == post.ap_id.as_str() || delete["object"]["id"] == post.ap_id.as_str());
        let (status, tombstone) = get_as2(&post.ap_id).await;
        assert_eq!((status, text(&tombstone, "type")), (StatusCode::GONE, "Tombstone"));
    }

    async fn a_peer_that_is_down_gets_everything_in_order_when_it_is_back(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &peer, &felix, &group).await;
        peer.will_answer([StatusCode::SERVICE_UNAVAILABLE]);
        let mut expected = Vec::new();
        for number in 0..5 {
            expected.push(alice.posts(looms, &format!("Thread {number}")).await.ap_id);
        }
        a_while().await;
        assert_eq!(peer.count(|a| a["type"] == "Announce"), 0);
        // It speaks to us: it is tried again at once.
        felix.says(&felix.does("Like", expected[0].as_str())).await;
        eventually("all five", || async { peer.count(|a| a["type"] == "Announce") == 5 }).await;
        let got: Vec<String> = peer.inbox().iter().filter(|r| r.kind() == "Announce")
            .map(|r| text(&r.activity, "object").to_owned()).collect();
        assert_eq!(got, expected);
    }

    async fn a_local_member_follows_nobody_at_mastodon_and_is_followed_by_nobody(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, felix) = (school.member("alice").await, peer.person("felix"));
        let me = format!("{}u/alice", school.url);
        applied(&school, &felix, &follow(&felix, &me)).await;
        let reject = peer.received("the Reject", |a| a["type"] == "Reject").await;
        assert_eq!(reject.activity["actor"], me.as_str());
        let there = actor(&school, &felix.id).await.unwrap().id;
        let (a, b) = (there, alice.id);
        assert!(school.read(move |tx| follows::find(tx.conn, a, b)).await.is_none());
        let group = peer.group("tenforward");
        is_let_in(&alice, &peer, &group).await;
    }
}
