//! What leaves us, and what becomes of it where the way is bad: nothing is lost that may still arrive, and
//! who holds a copy hears what becomes of it.

use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION};
use axum::http::{Method, StatusCode};
use coppice::community::queue::{self, By};
use coppice::community::threads::{self, EditThread};
use coppice::community::votes::Target;
use coppice::community::{comments, groups};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{Visibility, Vote};
use coppice::domain::limits::{Body, CommentBody, Title};
use coppice::domain::time::{DAY, HOUR, MINUTE, Timestamp};
use coppice::store::hosts::{self, HostRow};
use coppice::store::posts::PostRow;
use coppice::store::schema::{activities as log, hosts as host_rows};
use coppice::store::{StoreError, activities};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, refused, settled, text,
};
use crate::lemmy::{announced, does, page};
use crate::mastodon::{create, toot};
use crate::private_groups::{self, fetched, posts_secret};
use crate::reports::server_itself;
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};

async fn host(instance: &Instance, peer: &Peer) -> HostRow {
    let host = peer.host.clone();
    let row = instance.read(move |tx| hosts::find(tx.conn, &host)).await;
    row.unwrap()
}

/// As if a host had been in trouble since then, heard long ago.
async fn fails_since(instance: &Instance, peer: &Peer, since: i64, failures: i32) {
    let id = host(instance, peer).await.id;
    instance
        .act(move |tx| {
            diesel::update(host_rows::table.find(id))
                .set((
                    host_rows::failing_since.eq(tx.now.minus(since)),
                    host_rows::failures.eq(failures),
                    host_rows::last_heard.eq(tx.now.minus(HOUR)),
                ))
                .execute(tx.conn)
                .map_err(StoreError::from)?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn retries(instance: &Instance, peer: &Peer) {
    let id = host(instance, peer).await.id;
    instance
        .act(move |tx| queue::retry(tx, By::Operator, id))
        .await
        .unwrap();
}

async fn waiting(instance: &Instance) -> i64 {
    instance.read(|tx| activities::waiting(tx.conn)).await
}

async fn edits(author: &Member<'_>, post: &PostRow, body: &str) {
    let (me, id) = (author.id, post.id);
    let edit = EditThread {
        title: Title::parse("Changed").unwrap(),
        body: Body::parse(body).unwrap(),
        link: None,
        image: None,
        language: None,
        sensitive: false,
    };
    let home = author.home;
    home.act(move |tx| threads::edit(tx, me, id, &edit))
        .await
        .unwrap();
}

async fn deletes(author: &Member<'_>, post: &PostRow) {
    let (me, id) = (author.id, post.id);
    let home = author.home;
    home.act(move |tx| threads::delete(tx, me, id))
        .await
        .unwrap();
}

/// A group of alice's that felix follows from his Mastodon.
async fn followed(school: &Instance) -> (Member<'_>, ActorId, Peer, PeerActor) {
    let peer = Peer::mastodon(school).await;
    let alice = school.member("alice").await;
    let looms = alice.founds("looms").await;
    let felix = peer.person("felix");
    joins(school, &peer, &felix, &group_url(school, looms).await).await;
    (alice, looms, peer, felix)
}

/// Of the thread itself, and not as part of an announcement.
fn of(kind: &'static str, post: &PostRow) -> impl Fn(&Value) -> bool {
    let id = post.ap_id.clone();
    move |a| a["type"] == kind && (a["object"] == id.as_str() || a["object"]["id"] == id.as_str())
}

on_both_databases! {
    async fn what_is_answered_with_a_401_is_sent_again(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, _) = followed(&school).await;
        // It knocks in both standards, and is refused twice.
        peer.will_answer([StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED]);
        let post = alice.posts(looms, "Which loom?").await;
        eventually("the refusal", || async { host(&school, &peer).await.failures == 1 }).await;
        assert_eq!(waiting(&school).await, 1);
        retries(&school, &peer).await;
        peer.received("the boost", of("Announce", &post)).await;
    }

    async fn one_that_is_refused_for_long_is_passed_over_and_the_next_arrives(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, _) = followed(&school).await;
        peer.will_answer([StatusCode::INTERNAL_SERVER_ERROR]);
        let first = alice.posts(looms, "The first").await;
        let second = alice.posts(looms, "The second").await;
        eventually("the refusal", || async { host(&school, &peer).await.failures == 1 }).await;
        // Many tries within minutes: an outage may look like that.
        fails_since(&school, &peer, 10 * MINUTE, 9).await;
        peer.will_answer([StatusCode::INTERNAL_SERVER_ERROR]);
        retries(&school, &peer).await;
        eventually("another", || async { host(&school, &peer).await.failures == 10 }).await;
        assert_eq!(waiting(&school).await, 2);
        fails_since(&school, &peer, 2 * HOUR, 10).await;
        peer.will_answer([StatusCode::INTERNAL_SERVER_ERROR]);
        retries(&school, &peer).await;
        peer.received("the second", of("Announce", &second)).await;
        assert_eq!(peer.count(of("Announce", &first)), 0);
    }

    async fn one_that_is_never_answered_is_passed_over_once_another_is_taken(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, _) = followed(&school).await;
        let post = alice.posts(looms, "Which loom?").await;
        peer.received("the boost", of("Announce", &post)).await;
        peer.says_nothing_to("Delete");
        deletes(&alice, &post).await;
        let failed = async |times| eventually("it fails", || async { host(&school, &peer).await.failures == times }).await;
        failed(1).await;
        // Not at once: it may be slow.
        let next = alice.posts(looms, "Which wool?").await;
        retries(&school, &peer).await;
        failed(2).await;
        assert_eq!(peer.count(of("Announce", &next)), 0);
        fails_since(&school, &peer, 2 * HOUR, 5).await;
        retries(&school, &peer).await;
        peer.received("the next", of("Announce", &next)).await;
        eventually("nothing waits", || async { waiting(&school).await == 0 }).await;
        assert_eq!(host(&school, &peer).await.failures, 0);
    }

    async fn one_that_nodebb_refuses_is_given_up_once_it_says_so(db: Database) {
        let school = Instance::start(db).await;
        let forum = Peer::nodebb(&school).await;
        let alice = school.member("alice").await;
        let (category, dana) = (forum.group("fibres"), forum.person("dana"));
        joins(&school, &forum, &dana, &group_url(&school, alice.founds("looms").await).await).await;
        is_let_in(&alice, &forum, &category).await;
        let topic = page(&dana, 1, &category.id, "Which wool?");
        applied(&school, &category, &announced(&category, &does(&dana, "Create", topic.clone(), &category.id))).await;
        let post = school.post_by_ap_id(text(&topic, "id")).await.unwrap();
        // Where downvotes are switched off, it says nothing to one.
        forum.says_nothing_to("Dislike");
        alice.votes(Target::Post(post.id), Some(Vote::Down)).await;
        let vote = forum.received("the vote", |a| a["type"] == "Dislike").await.activity;
        let answer = alice.replies(post.id, None, "Merino").await;

        let board = server_itself(&forum);
        let refusal = |object: &str| {
            let refused = json!({ "type": "Dislike", "target": vote["actor"], "object": object });
            let mut reject = board.does("Reject", refused);
            reject["id"] = forum.at("/actor#/activity/reject/undefined").into();
            reject
        };
        refused(&school, &dana, &dana.does("Reject", refusal(&post.ap_id)["object"].clone()), "only a server").await;
        // Nothing but the first can be meant. The next has the id of this one.
        applied(&school, &board, &refusal(&answer.ap_id)).await;
        assert_eq!(waiting(&school).await, 2);
        applied(&school, &board, &refusal(&post.ap_id)).await;
        forum.received("what comes after", |a| a["object"]["id"] == answer.ap_id.as_str()).await;
        eventually("nothing waits", || async { waiting(&school).await == 0 }).await;
        assert_eq!(host(&school, &forum).await.failures, 0);
        assert_eq!(forum.count(|a| a["type"] == "Dislike"), 1);
    }

    async fn the_pause_a_server_asks_for_stands_however_much_it_talks(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, felix) = followed(&school).await;
        peer.asks_for_a_pause(Duration::from_secs(3_600));
        peer.will_answer([StatusCode::TOO_MANY_REQUESTS]);
        let post = alice.posts(looms, "Which loom?").await;
        eventually("the refusal", || async { host(&school, &peer).await.failures == 1 }).await;
        fails_since(&school, &peer, MINUTE, 1).await;
        let like = felix.does("Like", post.ap_id.as_str());
        applied(&school, &felix, &like).await;
        let row = host(&school, &peer).await;
        assert!(row.next_attempt.since(Timestamp::now()) > 50 * MINUTE, "{row:?}");
        // A pause that we made ends when it speaks.
        let (id, next) = (row.id, row.next_attempt);
        school.act(move |tx| Ok(hosts::failed(tx.conn, id, "502", next, None, tx.now)?)).await.unwrap();
        fails_since(&school, &peer, MINUTE, 1).await;
        applied(&school, &felix, &felix.does("Undo", like)).await;
        peer.received("the boost", of("Announce", &post)).await;
    }

    async fn an_inbox_that_was_gone_is_used_again_when_an_actor_states_it(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, felix) = followed(&school).await;
        let gone = async |title: &str| {
            peer.will_answer([StatusCode::GONE]);
            alice.posts(looms, title).await;
            eventually("nothing waits", || async { waiting(&school).await == 0 }).await;
            let silent = alice.posts(looms, "Unheard").await;
            a_while().await;
            assert_eq!(peer.count(of("Announce", &silent)), 0);
        };
        gone("The first").await;
        applied(&school, &felix, &felix.does("Update", felix.document())).await;
        let post = alice.posts(looms, "Back again").await;
        peer.received("the boost", of("Announce", &post)).await;
        gone("The second").await;
        retries(&school, &peer).await;
        let post = alice.posts(looms, "And again").await;
        peer.received("the boost", of("Announce", &post)).await;
    }

    async fn a_signature_in_the_authorization_header_opens_a_private_group(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = private_groups::founds(&alice, "looms", Visibility::Private).await;
        let peer = Peer::mastodon(&school).await;
        let felix = peer.person("felix");
        felix.says(&follow(&felix, &group_url(&school, looms).await)).await;
        settled(&school).await;
        let (by, them) = (alice.id, actor(&school, &felix.id).await.unwrap().id);
        school.act(move |tx| groups::let_in(tx, by, looms, them)).await.unwrap();
        let secret = posts_secret(&alice, looms).await;
        let url: url::Url = secret.ap_id.parse().unwrap();
        let mut headers = felix.signs(&Method::GET, &url, None);
        headers.insert(ACCEPT, "application/activity+json".parse().unwrap());
        let signature = headers.remove("signature").unwrap();
        let text = format!("Signature {}", signature.to_str().unwrap());
        headers.insert(AUTHORIZATION, text.parse().unwrap());
        assert_eq!(fetched(url.as_str(), headers).await.0, StatusCode::OK);
    }

    async fn a_boost_is_taken_back_when_its_author_elsewhere_deletes_the_thread(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, peer) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let looms = school.member("alice").await.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = lemmy.person("lea");
        joins(&school, &lemmy, &lea, &group).await;
        joins(&school, &peer, &peer.person("felix"), &group).await;
        let thread = page(&lea, 1, &group, "Which loom?");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let boosts = |a: &Value| a["type"] == "Announce" && a["object"] == thread["id"];
        let boost = peer.received("the boost", boosts).await.activity;
        let delete = does(&lea, "Delete", text(&thread, "id"), &group);
        applied(&school, &lea, &delete).await;
        peer.received("its end", |a| a["type"] == "Undo" && a["object"]["id"] == boost["id"]).await;
        applied(&school, &lea, &does(&lea, "Undo", delete, &group)).await;
        eventually("it is boosted again", || async { peer.count(boosts) == 2 }).await;
    }

    async fn a_server_of_unknown_software_hears_what_becomes_of_what_it_was_told(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("some-new-software", "1.0")), &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let zoe = peer.person("zoe");
        joins(&school, &peer, &zoe, &group_url(&school, looms).await).await;
        let post = alice.posts(looms, "Which loom?").await;
        peer.received("the boost", of("Announce", &post)).await;
        edits(&alice, &post, "Edited").await;
        let by_her = |a: &Value| a["actor"] == format!("{}u/alice", school.url);
        peer.received("the edit", |a| by_her(a) && of("Update", &post)(a)).await;
        let note = toot(&zoe, 1, "<p>A small one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &zoe, &create(&zoe, &note)).await;
        let reply = school.comment_by_ap_id(text(&note, "id")).await.unwrap();
        let answer = alice.replies(post.id, Some(reply.id), "How small?").await;
        peer.received("the answer", |a| a["type"] == "Create" && a["object"]["id"] == answer.ap_id.as_str()).await;
        deletes(&alice, &post).await;
        peer.received("the deletion", |a| by_her(a) && of("Delete", &post)(a)).await;
    }

    async fn who_answered_or_was_mentioned_once_hears_of_edits_and_deletions(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let (felix, gerda) = (peer.person("felix"), other.person("gerda"));
        let note = toot(&felix, 1, "<p>A small one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &note)).await;
        edits(&alice, &post, "Edited").await;
        peer.received("the edit", of("Update", &post)).await;
        deletes(&alice, &post).await;
        peer.received("the deletion", of("Delete", &post)).await;

        let thread = alice.posts(looms, "Another").await;
        school.app().federation.resolve(&gerda.id).await.unwrap();
        let named = format!("Ask @gerda@{}", other.host);
        let comment = alice.replies(thread.id, None, &named).await;
        let by_id = |kind: &'static str| {
            let id = comment.ap_id.clone();
            move |a: &Value| a["type"] == kind && (a["object"] == id.as_str() || a["object"]["id"] == id.as_str())
        };
        other.received("the comment", by_id("Create")).await;
        let answer = toot(&felix, 2, "<p>Why her?</p>", Some(&comment.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &answer)).await;
        let (me, id) = (alice.id, comment.id);
        let unnamed = CommentBody::parse("Ask nobody").unwrap();
        school.act(move |tx| comments::edit(tx, me, id, &unnamed)).await.unwrap();
        other.received("the edit", by_id("Update")).await;
        peer.received("the edit", by_id("Update")).await;
        school.act(move |tx| comments::delete(tx, me, id)).await.unwrap();
        peer.received("the deletion", by_id("Delete")).await;
    }

    async fn what_is_far_too_large_is_announced_to_nobody(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let looms = school.member("alice").await.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = lemmy.person("lea");
        joins(&school, &other, &other.person("mia"), &group).await;
        let mut large = page(&lea, 1, &group, "Large");
        large["padding"] = json!("x".repeat(300 * 1024));
        applied(&school, &lea, &does(&lea, "Create", large.clone(), &group)).await;
        let small = page(&lea, 2, &group, "Small");
        applied(&school, &lea, &does(&lea, "Create", small.clone(), &group)).await;
        other.received("the small one", |a| a["object"]["object"]["id"] == small["id"]).await;
        assert_eq!(other.count(|a| a["object"]["object"]["id"] == large["id"]), 0);
    }

    async fn much_that_waits_for_a_server_is_read_piece_by_piece(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, _) = followed(&school).await;
        peer.will_answer([StatusCode::BAD_GATEWAY]);
        for number in 0..4 {
            alice.posts(looms, &format!("Thread {number}")).await;
        }
        eventually("all wait", || async { waiting(&school).await == 4 && host(&school, &peer).await.failures == 1 }).await;
        let id = host(&school, &peer).await.id;
        let due = async |size| school.read(move |tx| Ok(activities::due(tx.conn, id, 50, size)?.len())).await;
        let first = school.read(move |tx| activities::due(tx.conn, id, 1, 1)).await.remove(0);
        let length = i64::try_from(first.json.len()).unwrap();
        assert_eq!((due(1).await, due(length * 5 / 2).await, due(length * 10).await), (1, 2, 4));
        retries(&school, &peer).await;
        eventually("all arrive", || async { waiting(&school).await == 0 }).await;
    }

    async fn a_server_that_never_comes_back_is_given_up_until_it_does(db: Database) {
        let school = Instance::start(db).await;
        let (alice, looms, peer, felix) = followed(&school).await;
        peer.will_answer([StatusCode::BAD_GATEWAY]);
        alice.posts(looms, "Unheard").await;
        eventually("the failure", || async { host(&school, &peer).await.failures == 1 }).await;
        let tends = async || school.act(|tx| Ok(queue::give_up(tx)?)).await.unwrap();
        fails_since(&school, &peer, 31 * DAY, 30).await;
        tends().await;
        assert_eq!(waiting(&school).await, 1, "it has not been tried for long");
        school.act(|tx| {
            let earlier = tx.now.minus(8 * DAY);
            diesel::update(log::table).set(log::created.eq(earlier)).execute(tx.conn).map_err(StoreError::from)?;
            Ok(())
        }).await.unwrap();
        tends().await;
        let row = host(&school, &peer).await;
        assert!(row.given_up.is_some() && waiting(&school).await == 0);
        let unheard = alice.posts(looms, "Unheard as well").await;
        assert_eq!(waiting(&school).await, 0);
        applied(&school, &felix, &felix.does("Like", unheard.ap_id.as_str())).await;
        let heard = alice.posts(looms, "Heard").await;
        peer.received("the boost", of("Announce", &heard)).await;
        assert_eq!(host(&school, &peer).await.given_up, None);
    }
}
