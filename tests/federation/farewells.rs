//! People who leave, with what they wrote or without: at once for the person, step by step for a long life's work.

use coppice::community::accounts::{self, Writings};
use coppice::domain::ids::{CommentId, PostId};
use coppice::domain::kinds::SessionKind;
use coppice::store::{comments, erasures, groups, posts};

use crate::help::{applied, text};
use crate::mastodon::{create, toot};
use crate::private_messages::{person, writes};
use crate::support::instance::{Member, PASSWORD};
use crate::support::peer::Peer;
use crate::support::{Database, Instance, eventually, eventually_some, on_both_databases};

async fn leaves(member: &Member<'_>, writings: Writings) {
    let id = member.id;
    let found = member.home.act(move |tx| {
        let token = accounts::open_session(tx, id, SessionKind::Web)?;
        accounts::viewer(tx, &token, SessionKind::Web)
    });
    let viewer = found.await.unwrap().unwrap();
    accounts::close(&member.home.app().store, &viewer, PASSWORD, writings)
        .await
        .unwrap();
}

on_both_databases! {
    async fn who_leaves_with_what_they_wrote_is_gone_on_the_other_servers_too(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        let own = bob.posts(there, "Bob's thread").await;
        let at_college = eventually_some("the thread", || college.post_by_ap_id(&own.ap_id)).await;
        let thread = alice.posts(here, "Alice's thread").await;
        let seen = eventually_some("the other", || school.post_by_ap_id(&thread.ap_id)).await;
        let reply = bob.replies(seen.id, None, "Bob's reply").await;
        let answer = eventually_some("the reply", || college.comment_by_ap_id(&reply.ap_id)).await;
        leaves(&bob, Writings::Go).await;
        assert!(school.post(own.id).await.deleted && school.comment(reply.id).await.deleted, "at once");
        eventually("all of it is gone at the college", || async {
            college.post(at_college.id).await.deleted && college.comment(answer.id).await.deleted
        }).await;
        assert_eq!(college.post(thread.id).await.comment_count, 0);
    }

    async fn who_leaves_what_they_wrote_leaves_it_everywhere(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        let own = bob.posts(there, "Bob's thread").await;
        let at_college = eventually_some("the thread", || college.post_by_ap_id(&own.ap_id)).await;
        leaves(&bob, Writings::Stay).await;
        let author = at_college.author_id;
        eventually("the college knows", || async {
            college.read(move |tx| coppice::store::actors::get(tx.conn, author)).await.deleted
        }).await;
        assert!(!college.post(at_college.id).await.deleted && !school.post(own.id).await.deleted);
    }

    async fn a_farewell_reaches_whom_one_only_answered_or_wrote_to(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let (felix, gerda) = (peer.person("felix"), other.person("gerda"));
        let note = toot(&felix, 1, "<p>A small one.</p>", Some(&post.ap_id), &[]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let comment = school.comment_by_ap_id(text(&note, "id")).await.unwrap();
        bob.replies(post.id, Some(comment.id), "How small?").await;
        peer.received("the answer", |a| a["type"] == "Create").await;
        let there = person(&school, &gerda.id).await;
        writes(&bob, there, "Only you and me").await.unwrap();
        other.received("the message", |a| a["type"] == "Create").await;
        leaves(&bob, Writings::Stay).await;
        let me = format!("{}u/bob", school.url);
        let farewell = |a: &serde_json::Value| a["type"] == "Delete" && a["object"] == me.as_str();
        peer.received("the farewell", farewell).await;
        other.received("the farewell", farewell).await;
        assert_eq!(peer.count(farewell), 1);
    }

    async fn a_long_lifes_work_goes_in_steps_and_every_count_is_right(db: Database) {
        let school = Instance::start(db).await;
        let (ann, bob) = (school.member("ann").await, school.member("bob").await);
        let looms = ann.founds("looms").await;
        let thread = ann.posts(looms, "Ann's thread").await;
        let model = bob.posts(looms, "Bob's thread").await;
        let first = bob.replies(thread.id, None, "One of many").await;
        let (threads, replies) = (250_i64, 350_i64);
        let (post, comment) = (model.clone(), first.clone());
        school.act(move |tx| {
            for _ in 1..threads {
                let id = PostId(tx.next_id());
                let ap_id = tx.house.address.post(id).to_string();
                posts::insert(tx.conn, &posts::PostRow { id, url: ap_id.clone(), ap_id, ..post.clone() })?;
            }
            for _ in 1..replies {
                let id = CommentId(tx.next_id());
                let ap_id = tx.house.address.comment(id).to_string();
                let path = format!("0.{id}");
                comments::insert(tx.conn, &comments::CommentRow {
                    id, root_id: id, path, url: ap_id.clone(), ap_id, ..comment.clone()
                })?;
            }
            groups::count_posts(tx.conn, looms, threads - 1, None)?;
            groups::count_comments(tx.conn, looms, replies - 1, None)?;
            posts::count_comment(tx.conn, thread.id, thread.group_id, replies - 1, None)?;
            Ok(())
        }).await.unwrap();
        leaves(&bob, Writings::Go).await;
        assert!(school.post(model.id).await.deleted, "the oldest are gone at once");
        let who = bob.id;
        eventually("the rest follows", || async {
            school.read(move |tx| erasures::of(tx.conn, who)).await.is_none()
        }).await;
        let group = school.read(move |tx| groups::get(tx.conn, looms)).await;
        assert_eq!((group.post_count, group.comment_count), (1, 0));
        assert_eq!(school.post(thread.id).await.comment_count, 0);
        assert!(school.comment(first.id).await.deleted);
        assert!(!school.post(thread.id).await.deleted);
    }

    async fn somebody_elsewhere_who_wrote_much_and_deletes_themselves_is_erased_likewise(db: Database) {
        let school = Instance::start(db).await;
        let lemmy = Peer::lemmy(&school).await;
        let dora = lemmy.person("dora");
        let ann = school.member("ann").await;
        let looms = ann.founds("looms").await;
        let thread = ann.posts(looms, "Ann's thread").await;
        let note = serde_json::json!({
            "id": dora.at("/comment/1"), "type": "Note", "attributedTo": &dora.id,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [school.url.join("c/looms").unwrap().as_str()], "content": "<p>Mine.</p>",
            "inReplyTo": thread.ap_id, "published": "2026-11-20T10:00:00Z",
        });
        dora.says(&dora.does("Create", note)).await;
        let first = { let id = dora.at("/comment/1"); eventually_some("the reply", || school.comment_by_ap_id(&id)).await };
        let model = first.clone();
        school.act(move |tx| {
            for _ in 0..400 {
                let id = CommentId(tx.next_id());
                let ap_id = format!("{}/{id}", model.ap_id);
                let path = format!("0.{id}");
                comments::insert(tx.conn, &comments::CommentRow {
                    id, root_id: id, path, url: ap_id.clone(), ap_id, ..model.clone()
                })?;
            }
            posts::count_comment(tx.conn, thread.id, thread.group_id, 400, None)?;
            groups::count_comments(tx.conn, looms, 400, None)?;
            Ok(())
        }).await.unwrap();
        let mut delete = dora.does("Delete", dora.id.as_str());
        delete["removeData"] = true.into();
        dora.says(&delete).await;
        eventually("the whole of it is gone", || async { school.post(thread.id).await.comment_count == 0 }).await;
        let group = school.read(move |tx| groups::get(tx.conn, looms)).await;
        assert_eq!(group.comment_count, 0);
        assert!(school.comment(first.id).await.deleted);
    }
}
