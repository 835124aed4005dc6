//! What a category of Discourse hears of a group here: it reads articles and notes alone, takes of what a
//! group announces nothing but objects, and what somebody does from them alone.

use axum::http::header::{HeaderValue, USER_AGENT};
use axum::http::{Method, StatusCode};
use coppice::community::groups::sharing;
use coppice::community::threads::{self, EditThread};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::Dialect;
use coppice::domain::limits::{Body, Title, WebLink};
use coppice::store::hosts;
use serde_json::{Value, json};

use crate::help::{a_while, actor, applied, follow, group_url, joins, settled, text};
use crate::support::peer::{PUBLIC, get_as2_as, post};
use crate::support::{Database, Instance, Member, Peer, PeerActor, on_both_databases};

const AGENT: &str = "Discourse-ActivityPub/2026.6.0 (+https://forum.example)";

/// Says by its User-Agent what it is, as it has no NodeInfo.
async fn says_as_discourse(who: &PeerActor, activity: &Value) {
    let body = activity.to_string().into_bytes();
    let mut headers = who.signs(&Method::POST, &who.inbox, Some(&body));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    assert_eq!(post(&who.inbox, headers, body).await, StatusCode::ACCEPTED);
}

/// A category that may follow the group of `member`.
async fn category_of(forum: &Peer, member: &Member<'_>, looms: ActorId, agent: bool) -> PeerActor {
    let category = forum.group("crafts");
    let group = group_url(member.home, looms).await;
    let follow = follow(&category, &group);
    if agent {
        says_as_discourse(&category, &follow).await;
        settled(member.home).await;
    } else {
        applied(member.home, &category, &follow).await;
        crate::help::knows(member.home, forum).await;
    }
    let (me, theirs) = (
        member.id,
        actor(member.home, &category.id).await.unwrap().id,
    );
    member
        .home
        .act(move |tx| sharing::answer(tx, me, looms, theirs, true))
        .await
        .unwrap();
    forum
        .received("the Accept", |a| a["type"] == "Accept")
        .await;
    category
}

fn edit(link: Option<&str>) -> EditThread {
    EditThread {
        title: Title::parse("A shuttle").unwrap(),
        body: Body::parse("Of *beech*.").unwrap(),
        link: link.map(|link| WebLink::parse(link).unwrap()),
        image: None,
        language: None,
        sensitive: false,
    }
}

on_both_databases! {
    async fn a_category_of_discourse_reads_threads_as_articles_and_hears_the_rest_from_their_authors(db: Database) {
        let school = Instance::start(db).await;
        let forum = Peer::start(Some(("discourse", "2026.6.0")), &school.url).await;
        let mastodon = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        category_of(&forum, &alice, looms, false).await;
        let (felix, alice_url) = (mastodon.person("felix"), format!("{}u/alice", school.url));
        joins(&school, &mastodon, &felix, &group).await;

        // The group tells of a thread by its address, where an article stands.
        let post = alice.posts(looms, "A shuttle").await;
        forum.received("the boost", |a| a["type"] == "Announce" && a["object"] == post.ap_id.as_str()).await;
        let (_, article) = get_as2_as(&post.ap_id, AGENT).await;
        assert_eq!((text(&article, "type"), text(&article, "name")), ("Article", "A shuttle"));
        assert_eq!(text(&article, "content"), "<p>Some <em>text</em>.</p>\n");

        // An edit comes from its author, about the article; what it links to stands in the text.
        let (me, id) = (alice.id, post.id);
        school.act(move |tx| threads::edit(tx, me, id, &edit(Some("https://beech.example/")))).await.unwrap();
        let update = forum.received("the edit", |a| a["type"] == "Update").await.activity;
        assert_eq!((text(&update, "actor"), text(&update["object"], "type")), (alice_url.as_str(), "Article"));
        let words = text(&update["object"], "content");
        assert!(words.starts_with("<p>Of <em>beech</em>.</p>") && words.contains("href=\"https://beech.example/\""), "{words}");

        // So do comments of members, once; those of others are told by their address.
        let comment = alice.replies(post.id, None, "Or of plum.").await;
        let create = forum.received("the comment", |a| a["type"] == "Create").await.activity;
        assert_eq!(text(&create["object"], "id"), comment.ap_id);
        let mut note = json!({
            "id": mastodon.at("/note/1"), "type": "Note", "content": "<p>Or pear.</p>", "attributedTo": felix.id,
            "inReplyTo": post.ap_id, "to": [PUBLIC], "cc": [group],
        });
        note["tag"] = json!([]);
        applied(&school, &felix, &felix.does("Create", note.clone())).await;
        forum.received("their comment", |a| a["type"] == "Announce" && a["object"] == note["id"]).await;

        let (me, id) = (alice.id, post.id);
        school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        let delete = forum.received("the deletion", |a| a["type"] == "Delete").await.activity;
        assert_eq!(text(&delete, "actor"), alice_url);
        a_while().await;
        assert_eq!(forum.count(|a| a["object"]["type"].is_string() && a["type"] == "Announce"), 0);
        assert_eq!(forum.count(|a| a["type"] == "Create"), 1);
    }

    async fn a_server_without_nodeinfo_is_known_for_discourse_by_what_it_says_it_is(db: Database) {
        let school = Instance::start(db).await;
        let forum = Peer::start(None, &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        category_of(&forum, &alice, looms, true).await;
        let host = forum.host.clone();
        let row = school.read(move |tx| hosts::find(tx.conn, &host)).await.unwrap();
        assert_eq!((row.software.as_deref(), row.dialect), (Some("discourse"), Dialect::Discourse));
        let post = alice.posts(looms, "A shuttle").await;
        forum.received("the boost", |a| a["object"] == post.ap_id.as_str()).await;
        a_while().await;
        assert_eq!(forum.count(|a| a["object"]["type"] == "Create"), 0);
    }
}
