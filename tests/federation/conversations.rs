//! Conversations told of as a whole, and read as a whole: `context` and `replies`, ancestors, the past of
//! groups. Within bounds, whatever the collections of others say.

use axum::http::StatusCode;
use coppice::community::comments;
use coppice::community::threads::{self, Whole};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::PostSort;
use coppice::domain::roles::Role;
use coppice::domain::time::{HOUR, Timestamp};
use coppice::federation::Resolved;
use coppice::store::posts::{self, PostFilter, PostRow};
use coppice::store::{StoreError, actors, conversations, groups, schema};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::help::{actor, applied, group_url, is_let_in, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::support::peer::{AS2, Page, get_as2};
use crate::support::{
    Database, Instance, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

fn collection(id: &str, items: Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection",
        "totalItems": items.as_array().unwrap().len(), "orderedItems": items,
    })
}

async fn finds(school: &Instance, url: &str) -> PostRow {
    match school.app().federation.resolve(url).await {
        Ok(Resolved::Post(id)) => school.post(id).await,
        other => panic!("{url}: {other:?}"),
    }
}

/// Waits until nothing more is to be read of a thread.
async fn is_read(school: &Instance, post: &PostRow) {
    let id = post.id;
    eventually("the conversation is read", || async {
        let row = school
            .read(move |tx| conversations::find(tx.conn, id))
            .await;
        row.is_some_and(|row| !row.wanted && row.read_at.is_some())
    })
    .await;
}

/// Everything a collection lists, page by page.
async fn all_items(url: &str) -> (Vec<String>, usize) {
    let (status, root) = get_as2(url).await;
    assert_eq!(status, StatusCode::OK, "{url}");
    let mut page = match root["first"].as_str() {
        Some(first) => get_as2(first).await.1,
        None => root["first"].clone(),
    };
    let (mut found, mut pages) = (Vec::new(), 1);
    loop {
        assert_eq!(page["partOf"], root["id"], "{page}");
        let items = page["orderedItems"].as_array().or(page["items"].as_array());
        found.extend(
            items
                .unwrap()
                .iter()
                .map(|item| item.as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        page = get_as2(next).await.1;
        pages += 1;
    }
    (found, pages)
}

/// A thread on a Lemmy-like server, in a group there, that says where its replies are.
fn thread_with_replies(author: &PeerActor, number: u64, group: &PeerActor) -> Value {
    let mut thread = page(author, number, &group.id, "An old one");
    thread["replies"] = format!("{}/replies", text(&thread, "id")).into();
    thread
}

on_both_databases! {
    async fn our_threads_tell_of_their_whole_conversation_in_pages(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let felix = peer.person("felix");
        let answer = toot(&felix, 1, "<p>A big one</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &answer)).await;
        let theirs = school.comment_by_ap_id(text(&answer, "id")).await.unwrap();
        let mut said = vec![post.ap_id.clone(), theirs.ap_id.clone()];
        let first = alice.replies(post.id, Some(theirs.id), "Why?").await;
        said.push(first.ap_id.clone());
        for n in 0..60 {
            said.push(alice.replies(post.id, None, &format!("Reply {n}")).await.ap_id);
        }
        let gone = alice.replies(post.id, Some(first.id), "Not for long").await;
        let me = alice.id;
        school.act(move |tx| comments::delete(tx, me, gone.id)).await.unwrap();

        let (_, document) = get_as2(&post.ap_id).await;
        let context = text(&document, "context").to_owned();
        let (_, whole) = get_as2(&context).await;
        assert_eq!(whole["type"], "OrderedCollection");
        assert_eq!(whole["attributedTo"], group_url(&school, looms).await.as_str(), "7888: whose it is");
        assert_eq!(whole["totalItems"], 63);
        let (items, pages) = all_items(&context).await;
        assert_eq!((items, pages), (said.clone(), 2));

        // Directly below the thread, with the hidden ones left out; and below a reply.
        let (replies, _) = get_as2(text(&document, "replies")).await;
        assert_eq!(replies, StatusCode::OK);
        let (items, pages) = all_items(text(&document, "replies")).await;
        assert_eq!((items.len(), pages), (61, 2));
        assert!(!items.contains(&first.ap_id), "it answers a reply");
        let (_, document) = get_as2(&first.ap_id).await;
        assert_eq!(document["context"], context.as_str());
        assert_eq!(all_items(text(&document, "replies")).await.0, Vec::<String>::new());

        // What is hidden, unknown or nonsense has none.
        for path in ["/post/1/context", "/post/x/context", "/comment/1/replies"] {
            assert_eq!(get_as2(school.url.join(path).unwrap().as_str()).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        for after in ["x", "-", "99999999999999999999999"] {
            assert_eq!(get_as2(&format!("{context}?after={after}")).await.0, StatusCode::NOT_FOUND, "{after}");
        }
        let id = post.id;
        school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        assert_eq!(get_as2(&context).await.0, StatusCode::NOT_FOUND);
        assert_eq!(get_as2(text(&document, "replies")).await.0, StatusCode::NOT_FOUND);
    }

    async fn replies_of_a_thread_that_was_looked_up_follow_by_themselves(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        school.member("bob").await;
        let (group, lea, felix) = (home.group("tenforward"), home.person("lea"), other.person("felix"));
        let thread = thread_with_replies(&lea, 1, &group);
        home.serves(text(&thread, "id"), thread.clone());
        // By id and embedded; over two pages, as Mastodon has them; one below another, on another server.
        let mut first = note(&lea, 11, &group.id, text(&thread, "id"), "First");
        let second = toot(&felix, 12, "<p>Second</p>", Some(text(&thread, "id")), &[&group.id]);
        let third = toot(&felix, 13, "<p>Third</p>", Some(text(&first, "id")), &[&group.id]);
        let own = format!("{}/replies", text(&first, "id"));
        first["replies"] = json!({ "id": own, "type": "Collection", "first": {
            "type": "CollectionPage", "partOf": own, "items": [], "next": format!("{own}?page=2") } });
        home.serves(&format!("{own}?page=2"), json!({
            "id": format!("{own}?page=2"), "type": "CollectionPage", "partOf": own, "items": [text(&third, "id")] }));
        let replies = text(&thread, "replies");
        home.serves(replies, json!({ "id": replies, "type": "Collection", "first": format!("{replies}?page=1") }));
        home.serves(&format!("{replies}?page=1"), json!({
            "id": format!("{replies}?page=1"), "type": "CollectionPage", "partOf": replies,
            "items": [first.clone()], "next": format!("{replies}?page=2") }));
        home.serves(&format!("{replies}?page=2"), json!({
            "id": format!("{replies}?page=2"), "type": "CollectionPage", "partOf": replies,
            "items": text(&second, "id"), "next": format!("{replies}?page=1") }));
        for answer in [&second, &third] {
            other.serves(text(answer, "id"), answer.clone());
        }
        home.serves(text(&first, "id"), first.clone());

        let post = finds(&school, text(&thread, "id")).await;
        for answer in [&first, &second, &third] {
            eventually_some("each reply", || school.comment_by_ap_id(text(answer, "id"))).await;
        }
        is_read(&school, &post).await;
        assert_eq!(school.post(post.id).await.comment_count, 3);
        let below = school.comment_by_ap_id(text(&third, "id")).await.unwrap();
        assert_eq!(below.depth, 1);

        // Looked up again, nothing is read again so soon; asked for by a member, it is.
        let before = home.fetches(replies);
        finds(&school, text(&thread, "id")).await;
        let asked = school.act(move |tx| threads::want_whole(tx, post.id, HOUR)).await.unwrap();
        assert_eq!((asked, home.fetches(replies)), (Whole::JustRead, before));
        let asked = school.act(move |tx| threads::want_whole(tx, post.id, 0)).await.unwrap();
        assert_eq!(asked, Whole::Asked);
        eventually("it is read again", || async { home.fetches(replies) == before + 1 }).await;
        is_read(&school, &post).await;
        assert_eq!(school.post(post.id).await.comment_count, 3, "and nothing comes twice");
    }

    async fn a_list_of_the_whole_conversation_is_read_and_believed_only_so_far(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::start(Some(("nodebb", "4.3.0")), &school.url).await, Peer::mastodon(&school).await);
        let (group, nina, felix) = (home.group("tenforward"), home.person("nina"), other.person("felix"));
        let mut thread = page(&nina, 1, &group.id, "A topic");
        let context = home.at("/topic/1");
        thread["context"] = context.as_str().into();
        home.serves(text(&thread, "id"), thread.clone());
        let embedded = note(&nina, 11, &group.id, text(&thread, "id"), "Embedded");
        let by_id = toot(&felix, 12, "<p>By id</p>", Some(text(&embedded, "id")), &[&group.id]);
        other.serves(text(&by_id, "id"), by_id.clone());
        // What is said to be on another server is read there, where it says something else.
        let real = toot(&felix, 13, "<p>Real</p>", Some(text(&thread, "id")), &[&group.id]);
        let mut forged = real.clone();
        forged["content"] = "<p>Forged</p>".into();
        forged["contentMap"]["en"] = "<p>Forged</p>".into();
        other.serves(text(&real, "id"), real.clone());
        // Not of this conversation: another thread, its reply, something of ours, and nonsense.
        let stray = page(&nina, 2, &group.id, "Another topic");
        let stray_reply = note(&nina, 14, &group.id, text(&stray, "id"), "Elsewhere");
        home.serves(text(&stray, "id"), stray.clone());
        let items = json!([
            text(&thread, "id"), text(&by_id, "id"), embedded, forged, stray, stray_reply,
            format!("{}post/1", school.url), 7, null, {}, { "type": "Note" }, "javascript:alert(1)",
        ]);
        home.serves(&context, json!({ "id": context, "type": "OrderedCollection", "totalItems": 12,
            "first": { "type": "OrderedCollectionPage", "partOf": context, "orderedItems": items } }));

        let post = finds(&school, text(&thread, "id")).await;
        is_read(&school, &post).await;
        for (object, words) in [(&embedded, "<p>Embedded</p>"), (&by_id, "<p>By id</p>"), (&real, "<p>Real</p>")] {
            let row = school.comment_by_ap_id(text(object, "id")).await.unwrap();
            assert_eq!((row.body_html.trim(), row.post_id), (words, post.id));
        }
        assert!(school.post_by_ap_id(text(&stray, "id")).await.is_none());
        assert!(school.comment_by_ap_id(text(&stray_reply, "id")).await.is_none());
        assert_eq!(school.post(post.id).await.comment_count, 3);

        // A reply of ours says to which conversation it belongs, as its origin named it.
        let bob = school.member("bob").await;
        let mine = bob.replies(post.id, None, "From here").await;
        let (_, document) = get_as2(&mine.ap_id).await;
        assert_eq!(document["context"], context.as_str());
    }

    async fn conversations_without_end_and_in_circles_are_read_only_so_far(db: Database) {
        let school = Instance::start(db).await;
        let (home, victim) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        // 49 each page leads to another, each reply to the next.
        let mut thread = thread_with_replies(&lea, 1, &group);
        thread["context"] = home.at("/context?page=0").into();
        for n in 0..400 {
            let id = home.at(&format!("/context?page={n}"));
            home.serves(&id, json!({ "id": id, "type": "OrderedCollectionPage", "orderedItems": [],
                "next": home.at(&format!("/context?page={}", n + 1)) }));
        }
        let mut parent = text(&thread, "id").to_owned();
        home.serves(text(&thread, "replies"), collection(text(&thread, "replies"), json!([lea.at("/comment/1000")])));
        for n in 1000..1400 {
            let mut answer = note(&lea, n, &group.id, &parent, "On and on");
            let id = text(&answer, "id").to_owned();
            answer["replies"] = json!({ "type": "Collection", "items": [lea.at(&format!("/comment/{}", n + 1)), parent] });
            home.serves(&id, answer);
            parent = id;
        }
        home.serves(text(&thread, "id"), thread.clone());
        let post = finds(&school, text(&thread, "id")).await;
        is_read(&school, &post).await;
        let count = school.post(post.id).await.comment_count;
        assert!((20..=60).contains(&count), "{count}");
        assert!(home.all_fetches() < 260, "{}", home.all_fetches());

        // 50 a list that sends us to somebody else, again and again.
        let thread = thread_with_replies(&lea, 2, &group);
        let many: Vec<String> = (0..900).map(|n| victim.at(&format!("/statuses/{n}"))).collect();
        home.serves(text(&thread, "replies"), collection(text(&thread, "replies"), json!(many)));
        home.serves(text(&thread, "id"), thread.clone());
        let post = finds(&school, text(&thread, "id")).await;
        is_read(&school, &post).await;
        assert!(victim.all_fetches() <= 200, "{}", victim.all_fetches());

        // A collection of another server is not asked for.
        let mut thread = page(&lea, 3, &group.id, "Sent away");
        thread["replies"] = victim.at("/replies").into();
        thread["context"] = victim.at("/context").into();
        home.serves(text(&thread, "id"), thread.clone());
        let post = finds(&school, text(&thread, "id")).await;
        is_read(&school, &post).await;
        assert_eq!(victim.fetches("/replies") + victim.fetches("/context"), 0);

        // Two that answer each other: neither is part of a thread, and nothing hangs.
        let ring = |n: u64| note(&lea, 2000 + n, &group.id, &lea.at(&format!("/comment/{}", 2000 + 1 - n)), "Round");
        for n in 0..2 {
            let link = ring(n);
            home.serves(text(&link, "id"), link.clone());
        }
        let before = home.all_fetches();
        assert!(school.app().federation.resolve(text(&ring(0), "id")).await.is_err());
        assert!(home.all_fetches() - before <= 6, "{}", home.all_fetches() - before);
    }

    async fn what_was_to_be_read_is_read_after_a_restart_and_after_an_outage(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let thread = thread_with_replies(&lea, 1, &group);
        let answer = note(&lea, 11, &group.id, text(&thread, "id"), "First");
        home.serves(text(&thread, "id"), thread.clone());
        home.serves(text(&answer, "id"), answer.clone());
        home.shows(text(&thread, "replies"), Page::Status(StatusCode::NOT_FOUND));
        let post = finds(&school, text(&thread, "id")).await;
        is_read(&school, &post).await;

        // Its server is in trouble: put off, with the attempt counted.
        home.shows(text(&thread, "id"), Page::Status(StatusCode::BAD_GATEWAY));
        let id = post.id;
        school.act(move |tx| threads::want_whole(tx, id, 0)).await.unwrap();
        eventually("it is put off", || async {
            let row = school.read(move |tx| conversations::find(tx.conn, id)).await.unwrap();
            row.wanted && row.attempts == 1 && row.next_attempt.since(Timestamp::now()) > 60_000
        }).await;

        // As a killed process leaves it, whose lease has run out.
        home.serves(text(&thread, "id"), thread.clone());
        home.serves(text(&thread, "replies"), collection(text(&thread, "replies"), json!([text(&answer, "id")])));
        school.app().store.write(move |tx| {
            diesel::update(schema::conversations::table.find(id))
                .set(schema::conversations::next_attempt.eq(Timestamp::from_millis(0)))
                .execute(tx.conn)?;
            Ok::<_, StoreError>(())
        }).await.unwrap();
        let database = school.stop().await;
        let school = Instance::start(database).await;
        eventually_some("the reply", || school.comment_by_ap_id(text(&answer, "id"))).await;
        is_read(&school, &post).await;
    }

    async fn an_answer_to_a_toot_that_we_lack_brings_all_that_is_above_it(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (felix, mia) = (peer.person("felix"), other.person("mia"));
        // The first mentions the group and never came; nor did what answers it.
        let first = toot(&felix, 1, "<p>Which loom?</p>", None, &[&group]);
        peer.serves(text(&first, "id"), first.clone());
        let mut parent = text(&first, "id").to_owned();
        for n in 2..30 {
            let (who, home) = if n % 2 == 0 { (&mia, &other) } else { (&felix, &peer) };
            let answer = toot(who, n, "<p>Hm</p>", Some(&parent), &[]);
            parent = text(&answer, "id").to_owned();
            home.serves(&parent, answer);
        }
        let last = toot(&mia, 30, "<p>At last</p>", Some(&parent), &[&felix.id]);
        applied(&school, &mia, &create(&mia, &last)).await;
        let row = school.comment_by_ap_id(text(&last, "id")).await.unwrap();
        let thread = school.post_by_ap_id(text(&first, "id")).await.unwrap();
        assert_eq!((row.post_id, row.depth, thread.group_id), (thread.id, 28, looms));
        assert_eq!(thread.comment_count, 29);

        // Nothing of a conversation that is for no group of ours.
        let stray = toot(&felix, 100, "<p>Of cats</p>", None, &[]);
        peer.serves(text(&stray, "id"), stray.clone());
        let answer = toot(&mia, 101, "<p>Cats!</p>", Some(text(&stray, "id")), &[]);
        crate::help::refused(&school, &mia, &create(&mia, &answer), "no group").await;
        assert!(school.post_by_ap_id(text(&stray, "id")).await.is_none());
    }

    async fn the_past_of_a_group_is_read_in_every_shape_of_collection(db: Database) {
        let school = Instance::start(db).await;
        let bob = school.member("bob").await;
        let home = Peer::start(Some(("discourse", "3.4")), &school.url).await;
        let lea = home.person("lea");
        let thread = |number: u64, group: &PeerActor| {
            let thread = page(&lea, number, &group.id, &format!("Thread {number}"));
            home.serves(text(&thread, "id"), thread.clone());
            thread
        };
        // As Lemmy: whole, with activities in it. As Mastodon and PeerTube: pages by address, ids. As
        // Mobilizon: the first page within, objects. As NodeBB: activities by id in pages.
        let whole = |group: &PeerActor, outbox: &str, threads: &[Value]| {
            let items: Vec<Value> = threads.iter()
                .map(|thread| announced(group, &does(&lea, "Create", thread.clone(), &group.id))).collect();
            home.serves(outbox, collection(outbox, json!(items)));
        };
        let paged = |_: &PeerActor, outbox: &str, threads: &[Value]| {
            home.serves(outbox, json!({ "id": outbox, "type": "OrderedCollection", "totalItems": 3,
                "first": format!("{outbox}?page=1") }));
            for (n, thread) in threads.iter().enumerate() {
                let id = format!("{outbox}?page={}", n + 1);
                home.serves(&id, json!({ "id": id, "type": "OrderedCollectionPage", "partOf": outbox,
                    "first": format!("{outbox}?page=1"), "next": format!("{outbox}?page={}", n + 2),
                    "orderedItems": [{ "type": "Announce", "id": format!("{id}#a"), "actor": outbox.trim_end_matches("/outbox"),
                        "object": text(thread, "id") }] }));
            }
        };
        let within = |_: &PeerActor, outbox: &str, threads: &[Value]| {
            home.serves(outbox, json!({ "id": outbox, "type": "OrderedCollection", "totalItems": 3, "first": {
                "type": "OrderedCollectionPage", "partOf": outbox, "orderedItems": threads } }));
        };
        type Shape<'a> = &'a (dyn Fn(&PeerActor, &str, &[Value]) + Sync);
        let shapes: [(&str, Shape<'_>); 3] = [("whole", &whole), ("paged", &paged), ("within", &within)];
        for (number, (name, shape)) in shapes.into_iter().enumerate() {
            let group = home.group(name);
            let threads: Vec<Value> = (0..3).map(|n| thread(10 * number as u64 + n + 1, &group)).collect();
            shape(&group, &format!("{}/outbox", group.id), &threads);
            let there = bob.finds(&format!("!{name}@{}", home.host)).await;
            eventually(name, || async { in_group(&school, there).await == 3 }).await;
        }
    }

    async fn a_group_that_was_read_long_ago_is_read_anew_when_somebody_looks(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea, data, worf) = (home.group("tenforward"), home.person("lea"), home.person("data"), home.person("worf"));
        let (old, new) = (page(&lea, 1, &group.id, "Pinned then"), page(&lea, 2, &group.id, "Pinned now"));
        for thread in [&old, &new] {
            home.serves(text(thread, "id"), thread.clone());
        }
        let (featured, moderators) = (format!("{}/featured", group.id), format!("{}/moderators", group.id));
        let followers = format!("{}/followers", group.id);
        let says = |pinned: &Value, moderator: &PeerActor, count: u64| {
            home.serves(&featured, collection(&featured, json!([pinned])));
            home.serves(&moderators, collection(&moderators, json!([moderator.id])));
            home.serves(&followers, json!({ "id": followers, "type": "Collection", "totalItems": count, "items": [] }));
        };
        says(&old, &data, 7);
        let there = is_let_in(&bob, &home, &group).await;
        eventually("what was pinned", || async {
            school.post_by_ap_id(text(&old, "id")).await.is_some_and(|row| row.featured)
        }).await;
        // Ours is counted by the group itself, and so once.
        eventually("the number of followers", || async { followers_of(&school, there).await == 7 }).await;
        eventually("its past is read", || async {
            let row = school.read(move |tx| groups::get(tx.conn, there)).await;
            row.backfilled_at.is_some()
        }).await;

        says(&new, &worf, 9);
        group.change_document(|doc| doc["name"] = "Ten Forward".into());
        let now = Timestamp::now();
        school.app().federation.group_looked_at(there).await.unwrap();
        crate::help::a_while().await;
        assert_eq!(followers_of(&school, there).await, 7, "it was read today");
        school.app().store.write(move |tx| {
            diesel::update(schema::actors::table.find(there))
                .set(schema::actors::fetched.eq(now.minus(50 * HOUR)))
                .execute(tx.conn)?;
            Ok::<_, StoreError>(())
        }).await.unwrap();
        school.app().federation.group_looked_at(there).await.unwrap();
        eventually("what is pinned now", || async {
            school.post_by_ap_id(text(&new, "id")).await.is_some_and(|row| row.featured)
        }).await;
        assert!(!school.post_by_ap_id(text(&old, "id")).await.is_none_or(|row| row.featured));
        assert_eq!(followers_of(&school, there).await, 9);
        let row = actor(&school, &group.id).await.unwrap();
        assert_eq!(row.display_name.as_deref(), Some("Ten Forward"));
        let (data, worf) = (actor(&school, &data.id).await.unwrap().id, actor(&school, &worf.id).await.unwrap().id);
        let roles = school.read(move |tx| Ok((actors::role(tx.conn, there, data)?, actors::role(tx.conn, there, worf)?))).await;
        assert_eq!(roles, (None, Some(Role::Moderator)));
    }

    async fn a_page_or_a_redirect_leads_to_the_document_that_is_meant(db: Database) {
        let school = Instance::start(db).await;
        let (home, mirror) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let thread = page(&lea, 1, &group.id, "Wanted");
        let id = text(&thread, "id").to_owned();
        home.serves(&id, thread.clone());
        let link = |href: &str| format!(
            "<!doctype html><html><head><title>x</title><link rel=\"alternate\" type=\"application/activity+json\" href=\"{href}\"></head></html>");
        mirror.shows("/post/9", Page::Redirect(id.clone()));
        home.shows("/pages/1", Page::Text("text/html; charset=utf-8", link("/post/1")));
        mirror.shows("/pages/1", Page::Text("text/html", link(&id)));
        mirror.shows("/pages/2", Page::Text("text/html", link(&mirror.at("/post/9"))));
        let port = home.host.split(':').nth(1).unwrap();
        for asked in [
            mirror.at("/post/9"), home.at("/pages/1"), mirror.at("/pages/1"), mirror.at("/pages/2"),
            format!("web+ap://localhost:{port}/post/1"), format!("WEB+ActivityPub://localhost:{port}/post/1"),
        ] {
            assert_eq!(finds(&school, &asked).await.ap_id, id, "{asked}");
        }
        // To ourselves, to itself, and to nothing.
        mirror.shows("/ours", Page::Redirect(school.url.join("/post/5").unwrap().to_string()));
        mirror.shows("/self", Page::Text("text/html", link("/self")));
        mirror.shows("/file", Page::Text("text/html", link("file:///etc/passwd")));
        mirror.shows("/long", Page::Text("text/html", "<p>".repeat(600_000)));
        mirror.shows("/no-page", Page::Text(AS2, link(&id)));
        for path in ["/ours", "/self", "/file", "/long", "/no-page"] {
            assert!(school.app().federation.resolve(&mirror.at(path)).await.is_err(), "{path}");
        }
    }

    async fn an_audience_alone_makes_public_what_is_fetched_from_the_host_of_an_open_group(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::start(Some(("discourse", "3.5")), &school.url).await, Peer::lemmy(&school).await);
        let (category, dana, elsewhere) = (peer.group("looms"), peer.person("dana"), other.group("looms"));
        // Discourse says neither `to` nor `cc` of an object.
        let topic = |number: u64, group: &str| json!({
            "id": peer.at(&format!("/ap/object/{number}")), "type": "Note", "audience": group, "attributedTo": dana.id,
            "published": "2024-04-13T14:36:19Z", "updated": "2024-04-13T14:36:19Z", "url": peer.at(&format!("/t/loom/{number}/1")),
            "name": "Our next loom", "content": "<h3>A big one</h3>",
        });
        let open = topic(1, &category.id);
        peer.serves(text(&open, "id"), open.clone());
        assert_eq!(finds(&school, text(&open, "id")).await.title, "Our next loom");
        // Of a group elsewhere, or said to be for nobody, it is not.
        let mut addressed = topic(3, &category.id);
        addressed["to"] = json!([]);
        for closed in [topic(2, &elsewhere.id), addressed] {
            peer.serves(text(&closed, "id"), closed.clone());
            let found = school.app().federation.resolve(text(&closed, "id")).await;
            assert!(found.is_err(), "{found:?}");
        }
    }
}

async fn followers_of(school: &Instance, group: ActorId) -> i64 {
    let row = school.read(move |tx| groups::get(tx.conn, group)).await;
    row.follower_count
}

async fn in_group(school: &Instance, group: ActorId) -> usize {
    let list = school.read(move |tx| {
        posts::page(
            tx.conn,
            coppice::store::audience::Audience::House,
            PostFilter::InGroup(group),
            PostSort::New,
            None,
            50,
        )
    });
    list.await.items.len()
}
