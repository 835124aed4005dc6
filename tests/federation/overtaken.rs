//! What overtook what it is about, came twice, or came by two ways: it ends as if it had come in order.

use coppice::community::bans::{self, Ban, Lift};
use coppice::community::reports::{self, Target};
use coppice::community::{groups, threads};
use coppice::domain::ids::ActorId;
use coppice::domain::limits::{CommentBody, Reason, ReportReason, Title};
use coppice::domain::roles::Role;
use coppice::domain::time::DAY;
use coppice::store::reports as report_rows;
use coppice::store::{activities, actors, extras, follows, intake, notifications, shares};
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, refused, settled, text,
};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, mention, toot};
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, PeerActor, eventually, on_both_databases};

fn with_content() -> Ban {
    Ban {
        content: true,
        ..Ban::default()
    }
}

fn and_bring_back() -> Lift {
    Lift {
        content: true,
        ..Lift::default()
    }
}

async fn appoints(at: &Instance, group: ActorId, person: &PeerActor) {
    let id = actor(at, &person.id).await.unwrap().id;
    at.act(move |tx| {
        actors::set_role(tx.conn, group, id, Some(Role::Moderator), tx.now)?;
        Ok(())
    })
    .await
    .unwrap();
}

/// The group's boost of a thread, as it came.
async fn boost(peer: &Peer, group: &str, object: &str, times: usize) -> Value {
    let is = |a: &Value| a["type"] == "Announce" && a["actor"] == group && a["object"] == object;
    eventually("the boost", || async { peer.count(is) == times }).await;
    let all = peer.inbox().into_iter().map(|got| got.activity);
    all.rev().find(is).unwrap()
}

/// It is taken back by the id it was made with.
async fn taken_back(peer: &Peer, boost: &Value) {
    let undo = peer
        .received("the boost taken back", |a| {
            a["type"] == "Undo"
                && a["object"]["object"] == boost["object"]
                && a["actor"] == boost["actor"]
        })
        .await;
    assert_eq!(undo.activity["object"]["id"], boost["id"]);
}

/// An edit as an author's server sends it.
fn edited(author: &PeerActor, object: &Value, html: &str) -> Value {
    let mut object = object.clone();
    object["content"] = html.into();
    object["contentMap"] = json!({ "en": html });
    object["updated"] = "2026-11-21T00:00:00Z".into();
    author.does("Update", object)
}

on_both_databases! {
    async fn a_ban_with_what_somebody_wrote_takes_its_boosts_back_and_its_end_brings_them(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, bob, ruth) = (school.member("alice").await, school.member("bob").await, school.admin("ruth").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("gerda"), &group).await;
        let (by, him) = (alice.id, bob.id);
        let first = bob.posts(looms, "Buy gold").await;
        let told = boost(&peer, &group, &first.ap_id, 1).await;
        school.act(move |tx| bans::ban_from_group(tx, by, looms, him, &with_content())).await.unwrap();
        taken_back(&peer, &told).await;
        school.act(move |tx| bans::unban_from_group(tx, by, looms, him, &and_bring_back())).await.unwrap();
        boost(&peer, &group, &first.ap_id, 2).await;

        // From the site, and somebody elsewhere.
        let felix = peer.person("felix");
        let html = format!("<p>{} Buy silver</p>", mention(&group, "looms"));
        let spam = toot(&felix, 1, &html, None, &[&group]);
        applied(&school, &felix, &create(&felix, &spam)).await;
        let told = boost(&peer, &group, text(&spam, "id"), 1).await;
        let (by, them) = (ruth.id, actor(&school, &felix.id).await.unwrap().id);
        school.act(move |tx| bans::ban_from_site(tx, by, them, &with_content())).await.unwrap();
        taken_back(&peer, &told).await;
    }

    async fn a_ban_with_what_somebody_wrote_settles_what_was_reported_of_it(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob, eve) = (school.member("alice").await, school.member("bob").await, school.member("eve").await);
        let looms = alice.founds("looms").await;
        let post = bob.posts(looms, "Buy gold").await;
        let reply = bob.replies(post.id, None, "Cheap gold").await;
        let (by, him, reporter) = (alice.id, bob.id, eve.id);
        for target in [Target::Post(post.id), Target::Comment(reply.id)] {
            let reason = ReportReason::parse("Spam").unwrap();
            school.act(move |tx| reports::report(tx, reporter, target, &reason)).await.unwrap();
        }
        let open = || school.read(move |tx| {
            let filter = report_rows::ReportFilter { open_only: true, ..report_rows::ReportFilter::default() };
            report_rows::count(tx.conn, report_rows::SeenBy::Administrator, filter)
        });
        assert_eq!(open().await, 2);
        school.act(move |tx| bans::ban_from_group(tx, by, looms, him, &with_content())).await.unwrap();
        assert_eq!(open().await, 0);
    }

    async fn a_boost_is_taken_back_by_its_id_however_long_ago_it_was(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("gerda"), &group).await;
        let post = alice.posts(looms, "Which loom?").await;
        let told = boost(&peer, &group, &post.ap_id, 1).await;
        eventually("it is ticked off", || async { school.read(|tx| activities::waiting(tx.conn)).await == 0 }).await;
        let pruned = school.act(|tx| Ok(activities::prune(tx.conn, tx.now.plus(DAY))?)).await.unwrap();
        assert!(pruned > 0);
        let (by, id) = (alice.id, post.id);
        school.act(move |tx| threads::remove(tx, by, id, true, None)).await.unwrap();
        taken_back(&peer, &told).await;
    }

    async fn a_thread_in_several_groups_is_edited_closed_and_removed_for_the_followers_of_each(db: Database) {
        let school = Instance::start(db).await;
        let (toots, here, there) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let (looms, yarns) = (alice.founds("looms").await, alice.founds("yarns").await);
        let (first, second) = (group_url(&school, looms).await, group_url(&school, yarns).await);
        for group in [&first, &second] {
            joins(&school, &toots, &toots.person("gerda"), group).await;
        }
        joins(&school, &here, &here.person("lea"), &first).await;
        joins(&school, &there, &there.person("lars"), &second).await;
        let felix = toots.person("felix");
        let html = format!("<p>{} {} Which yarn?</p>", mention(&first, "looms"), mention(&second, "yarns"));
        let thread = toot(&felix, 1, &html, None, &[&first, &second]);
        let id = text(&thread, "id");
        applied(&school, &felix, &create(&felix, &thread)).await;
        let boosts = [boost(&toots, &first, id, 1).await, boost(&toots, &second, id, 1).await];
        let update = edited(&felix, &thread, &html.replace("Which", "What"));
        applied(&school, &felix, &update).await;
        let (by, post) = (alice.id, school.post_by_ap_id(id).await.unwrap().id);
        school.act(move |tx| threads::lock(tx, by, post, true, Reason::cut("settled").as_ref())).await.unwrap();
        school.act(move |tx| threads::remove(tx, by, post, true, Reason::cut("off topic").as_ref())).await.unwrap();
        for boost in &boosts {
            taken_back(&toots, boost).await;
        }
        school.act(move |tx| threads::remove(tx, by, post, false, None)).await.unwrap();
        let delete = felix.does("Delete", json!({ "id": id, "type": "Tombstone" }));
        applied(&school, &felix, &delete).await;
        for (peer, group) in [(&here, &first), (&there, &second)] {
            let by_group = |a: &Value, kind: &str| a["actor"] == group.as_str() && a["object"]["type"] == kind;
            let heard = peer.received("the edit", |a| by_group(a, "Update")).await.activity;
            assert_eq!(heard["object"]["id"], update["id"]);
            let heard = peer.received("the lock", |a| by_group(a, "Lock")).await.activity;
            assert_eq!((&heard["object"]["object"], &heard["object"]["audience"]), (&json!(id), &json!(group)));
            peer.received("the removal", |a| by_group(a, "Delete") && a["object"]["summary"] == "off topic").await;
            peer.received("its end", |a| by_group(a, "Undo")).await;
            peer.received("the deletion", |a| a["object"]["id"] == delete["id"]).await;
        }
    }

    async fn a_toot_to_a_group_here_and_one_elsewhere_stands_in_both_whichever_way_it_comes_first(db: Database) {
        let school = Instance::start(db).await;
        let (toots, lemmy, home) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let ours = group_url(&school, looms).await;
        let theirs = home.group("tenforward");
        let there = is_let_in(&alice, &home, &theirs).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &ours).await;
        let felix = toots.person("felix");
        for (number, announced_first) in [(1, true), (2, false)] {
            let html = format!("<p>{} {} Question {number}?</p>", mention(&ours, "looms"), mention(&theirs.id, "tenforward"));
            let thread = toot(&felix, number, &html, None, &[&ours, &theirs.id]);
            toots.serves(text(&thread, "id"), thread.clone());
            let create = create(&felix, &thread);
            let announce = announced(&theirs, &create);
            if announced_first {
                applied(&school, &theirs, &announce).await;
                applied(&school, &felix, &create).await;
            } else {
                applied(&school, &felix, &create).await;
                applied(&school, &theirs, &announce).await;
            }
            lemmy.received("the Create, by our group", |a| a["actor"] == ours.as_str() && a["object"]["id"] == create["id"]).await;
            let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
            for group in [looms, there] {
                let stands = post.group_id == group
                    || school.read(move |tx| shares::find(tx.conn, group, post.id)).await.is_some();
                assert!(stands, "{group:?}, announced first: {announced_first}");
            }
        }
    }

    async fn what_was_undone_before_it_came_has_no_effect_when_it_comes(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data) = (home.person("lea"), home.person("data"));
        joins(&school, &home, &data, &group).await;
        appoints(&school, looms, &data).await;
        let post = bob.posts(looms, "Which loom?").await;
        let theirs = page(&lea, 1, &group, "From Lemmy");
        applied(&school, &lea, &does(&lea, "Create", theirs.clone(), &group)).await;

        let mut removal = does(&data, "Delete", post.ap_id.as_str(), &group);
        removal["summary"] = "off topic".into();
        let mut ban = does(&data, "Block", format!("{}u/bob", school.url), &group);
        ban["target"] = group.as_str().into();
        let lock = does(&data, "Lock", post.ap_id.as_str(), &group);
        let own = does(&lea, "Delete", text(&theirs, "id"), &group);
        let boost = lea.does("Announce", post.ap_id.as_str());
        let like = does(&lea, "Like", post.ap_id.as_str(), &group);
        let follow = follow(&lea, &group);
        for (by, act) in [(&data, &removal), (&data, &ban), (&data, &lock), (&lea, &own), (&lea, &boost), (&lea, &like), (&lea, &follow)] {
            applied(&school, by, &does(by, "Undo", act.clone(), &group)).await;
            applied(&school, by, act).await;
        }
        let row = school.post(post.id).await;
        assert_eq!((row.removed, row.locked, row.score), (false, false, 1));
        assert!(!school.post_by_ap_id(text(&theirs, "id")).await.unwrap().deleted);
        let (id, him, hers) = (post.id.0, bob.id, actor(&school, &lea.id).await.unwrap().id);
        assert!(!school.read(move |tx| coppice::store::bans::holds(tx.conn, looms, him, tx.now)).await);
        assert!(school.read(move |tx| extras::boosts(tx.conn, &[id])).await.is_empty());
        assert!(school.read(move |tx| follows::find(tx.conn, hers, looms)).await.is_none());
        // Under another id each is a new act.
        applied(&school, &data, &does(&data, "Lock", post.ap_id.as_str(), &group)).await;
        assert!(school.post(post.id).await.locked);
        // Undone again under another id, what was undone is no more than that.
        applied(&school, &data, &does(&data, "Undo", lock, &group)).await;
        assert!(school.post(post.id).await.locked);
        // What it is about may be unknown yet.
        let late = note(&lea, 1, &group, text(&theirs, "id"), "Late");
        let like = does(&data, "Like", text(&late, "id"), &group);
        applied(&school, &data, &does(&data, "Undo", like.clone(), &group)).await;
        applied(&school, &lea, &does(&lea, "Create", late.clone(), &group)).await;
        applied(&school, &data, &like).await;
        assert_eq!(school.comment_by_ap_id(text(&late, "id")).await.unwrap().score, 1);
    }

    async fn who_follows_leaves_and_follows_again_is_a_follower_whatever_ids_misskey_gives(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("misskey", "2025.4.0")), &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (felix, gerda) = (peer.person("felix"), peer.person("gerda"));
        joins(&school, &peer, &gerda, &group).await;
        let mut asks = follow(&felix, &group);
        asks["id"] = peer.at("/follows/a1/b2").into();
        let mut leaves = felix.does("Undo", asks.clone());
        leaves["id"] = peer.at("/follows/a1/b2/undo").into();
        for _ in 0..2 {
            for (act, there) in [(&asks, true), (&leaves, false)] {
                applied(&school, &felix, act).await;
                felix.says(act).await;
                settled(&school).await;
                let his = actor(&school, &felix.id).await.unwrap().id;
                assert_eq!(school.read(move |tx| follows::find(tx.conn, his, looms)).await.is_some(), there);
            }
        }
        eventually("each is answered once", || async { peer.count(|a| a["type"] == "Accept" && a["object"]["id"] == asks["id"]) == 2 }).await;
    }

    async fn an_undoing_takes_back_the_vote_it_names_and_no_later_one(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = peer.person("lea");
        let post = alice.posts(looms, "Which loom?").await;
        let score = || async { school.post(post.id).await.score };
        let votes = |verb: &str| does(&lea, verb, post.ap_id.as_str(), &group);
        let (like, dislike, again) = (votes("Like"), votes("Dislike"), votes("Like"));
        applied(&school, &lea, &like).await;
        applied(&school, &lea, &dislike).await;
        // Late, and of what is no more.
        applied(&school, &lea, &does(&lea, "Undo", like.clone(), &group)).await;
        assert_eq!(score().await, 0);
        applied(&school, &lea, &again).await;
        applied(&school, &lea, &does(&lea, "Undo", dislike, &group)).await;
        applied(&school, &lea, &does(&lea, "Undo", like, &group)).await;
        assert_eq!(score().await, 2);
        applied(&school, &lea, &does(&lea, "Undo", again, &group)).await;
        assert_eq!(score().await, 1);
        // Lemmy undoes a Dislike as a Like, of an id that nobody knows.
        applied(&school, &lea, &votes("Dislike")).await;
        applied(&school, &lea, &does(&lea, "Undo", votes("Like"), &group)).await;
        assert_eq!(score().await, 1);
    }

    async fn moderation_waits_for_the_thread_that_it_is_about(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, data, tom) = (home.group("tenforward"), home.person("data"), third.person("tom"));
        is_let_in(&bob, &home, &group).await;
        let thread = page(&tom, 1, &group.id, "From a slow server");
        let other = page(&tom, 2, &group.id, "Another");
        let slow = Page::Status(axum::http::StatusCode::SERVICE_UNAVAILABLE);
        for object in [&thread, &other] {
            third.shows(text(object, "id"), slow.clone());
            group.says(&announced(&group, &does(&tom, "Create", object.clone(), &group.id))).await;
        }
        let pin = {
            let mut pin = does(&data, "Add", text(&thread, "id"), &group.id);
            pin["target"] = format!("{}/featured", group.id).into();
            pin
        };
        let lock = does(&data, "Lock", text(&thread, "id"), &group.id);
        let mut removal = does(&data, "Delete", text(&other, "id"), &group.id);
        removal["summary"] = "off topic".into();
        for act in [&pin, &lock, &removal] {
            group.says(&announced(&group, act)).await;
        }
        // Of what is not on its way there is nothing to wait for.
        let other_lock = announced(&group, &does(&data, "Lock", third.at("/post/9"), &group.id));
        group.says(&other_lock).await;
        let id = text(&other_lock, "id").to_owned();
        eventually("it is refused", || async {
            let failed = school.read(|tx| intake::failures(tx.conn, None, 9)).await.items;
            failed.len() == 1 && failed[0].activity_ap_id == id
        }).await;
        for object in [&thread, &other] {
            third.serves(text(object, "id"), object.clone());
        }
        school.act(|tx| {
            use coppice::store::schema::intake::dsl;
            use diesel::prelude::*;
            diesel::update(dsl::intake).set(dsl::next_attempt.eq(tx.now)).execute(tx.conn).map_err(coppice::store::StoreError::from)?;
            tx.wake_intake();
            Ok(())
        }).await.unwrap();
        settled(&school).await;
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        assert!(row.featured && row.locked);
        assert!(school.post_by_ap_id(text(&other, "id")).await.unwrap().removed);
    }

    async fn who_is_mentioned_by_an_edit_is_told_and_nobody_twice(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let told = || async { let id = bob.id; school.read(move |tx| notifications::unread(tx.conn, id)).await };
        // Here.
        let post = alice.posts(looms, "Which loom?").await;
        let reply = alice.replies(post.id, None, "Hm").await;
        let (me, id) = (alice.id, post.id);
        for _ in 0..2 {
            let change = threads::EditThread {
                title: Title::parse("Which loom?").unwrap(),
                body: coppice::domain::limits::Body::parse("Ask @bob").unwrap(),
                link: None, image: None, language: None, sensitive: false,
            };
            school.act(move |tx| threads::edit(tx, me, id, &change)).await.unwrap();
            let body = CommentBody::parse("Ask @bob").unwrap();
            let id = reply.id;
            school.act(move |tx| coppice::community::comments::edit(tx, me, id, &body)).await.unwrap();
        }
        assert_eq!(told().await, (0, 2));
        // From elsewhere.
        let (felix, him) = (peer.person("felix"), format!("{}u/bob", school.url));
        let html = format!("<p>{} A loom</p>", mention(&group, "looms"));
        let thread = toot(&felix, 1, &html, None, &[&group]);
        let answer = toot(&felix, 2, "<p>Mine</p>", Some(&post.ap_id), &[]);
        for mut object in [thread, answer] {
            applied(&school, &felix, &create(&felix, &object)).await;
            object["tag"].as_array_mut().unwrap().push(json!({ "type": "Mention", "href": him, "name": "@bob" }));
            applied(&school, &felix, &edited(&felix, &object, &format!("{html}<p>{}</p>", mention(&him, "bob")))).await;
        }
        assert_eq!(told().await, (0, 4));
    }

    async fn whether_a_thread_takes_comments_is_what_its_groups_own_server_says_by_now(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, data, tom) = (home.group("tenforward"), home.person("data"), third.person("tom"));
        is_let_in(&bob, &home, &group).await;
        let mut film = page(&data, 1, &group.id, "A film");
        applied(&school, &group, &announced(&group, &does(&data, "Create", film.clone(), &group.id))).await;
        let id = text(&film, "id").to_owned();
        let locked = |id: String| { let school = &school; async move { school.post_by_ap_id(&id).await.unwrap().locked } };
        for (second, open) in [(1, false), (2, true), (3, false)] {
            film["commentsEnabled"] = open.into();
            film["updated"] = format!("2026-11-21T00:00:0{second}Z").into();
            applied(&school, &group, &announced(&group, &does(&data, "Update", film.clone(), &group.id))).await;
            assert_eq!(locked(id.clone()).await, !open);
        }
        // Who says nothing of it changes nothing.
        film.as_object_mut().unwrap().remove("commentsEnabled");
        film["updated"] = "2026-11-21T00:00:04Z".into();
        applied(&school, &group, &announced(&group, &does(&data, "Update", film.clone(), &group.id))).await;
        assert!(locked(id).await);
        // Nor does an author whose server is not the group's.
        let mut theirs = page(&tom, 2, &group.id, "Of a third");
        third.serves(text(&theirs, "id"), theirs.clone());
        applied(&school, &group, &announced(&group, &does(&tom, "Create", theirs.clone(), &group.id))).await;
        applied(&school, &group, &announced(&group, &does(&data, "Lock", text(&theirs, "id"), &group.id))).await;
        theirs["updated"] = "2026-11-21T00:00:01Z".into();
        third.serves(text(&theirs, "id"), theirs.clone());
        applied(&school, &group, &announced(&group, &does(&tom, "Update", theirs.clone(), &group.id))).await;
        assert!(locked(text(&theirs, "id").to_owned()).await);
    }

    async fn a_coordinator_elsewhere_closes_a_group_here_and_opens_it_again(db: Database) {
        let school = Instance::start(db).await;
        let (home, toots) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data, eve) = (home.person("lea"), home.person("data"), home.person("eve"));
        for person in [&lea, &data, &eve] {
            joins(&school, &home, person, &group).await;
        }
        joins(&school, &toots, &toots.person("gerda"), &group).await;
        appoints(&school, looms, &data).await;
        let (by, hers) = (alice.id, actor(&school, &lea.id).await.unwrap().id);
        school.act(move |tx| groups::appoint(tx, by, looms, hers, Some(Role::Coordinator))).await.unwrap();
        let closed = || async { school.read(move |tx| actors::get(tx.conn, looms)).await.deleted };
        for person in [&data, &eve] {
            refused(&school, person, &does(person, "Delete", group.as_str(), &group), "coordinator").await;
        }
        let delete = does(&lea, "Delete", group.as_str(), &group);
        applied(&school, &lea, &delete).await;
        assert!(closed().await);
        home.received("the Delete, announced", |a| a["actor"] == group.as_str() && a["object"]["id"] == delete["id"]).await;
        toots.received("the end of the group", |a| a["type"] == "Delete" && a["object"] == group.as_str()).await;
        refused(&school, &data, &does(&data, "Undo", does(&data, "Delete", group.as_str(), &group), &group), "coordinator").await;
        let undo = does(&lea, "Undo", delete, &group);
        applied(&school, &lea, &undo).await;
        assert!(!closed().await);
        home.received("the Undo, announced", |a| a["object"]["id"] == undo["id"]).await;
    }

    async fn microblogs_hear_that_an_administrator_removed_a_group(db: Database) {
        let school = Instance::start(db).await;
        let toots = Peer::mastodon(&school).await;
        let (alice, ruth) = (school.member("alice").await, school.admin("ruth").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &toots, &toots.person("gerda"), &group).await;
        let by = ruth.id;
        school.act(move |tx| groups::remove(tx, by, looms, true, Reason::cut("off topic").as_ref())).await.unwrap();
        let end = toots.received("the end of the group", |a| a["type"] == "Delete").await.activity;
        assert_eq!((text(&end, "actor"), text(&end, "object")), (group.as_str(), group.as_str()));
        a_while().await;
        assert_eq!(toots.count(|a| a["type"] == "Delete"), 1);
    }

    async fn votes_and_boosts_are_taken_back_by_their_ids_alone(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::start(Some(("akkoma", "3.13.2")), &school.url).await, Peer::start(Some(("pleroma", "2.7.0")), &school.url).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (felix, gerda) = (peer.person("felix"), other.person("gerda"));
        joins(&school, &peer, &peer.person("erik"), &group).await;
        joins(&school, &other, &gerda, &group).await;
        let post = alice.posts(looms, "Which loom?").await;
        let id = post.id.0;
        let boosts = || school.read(move |tx| extras::boosts(tx.conn, &[id]));
        for (who, verb, score) in [(&felix, "Like", 2), (&gerda, "Dislike", 0), (&felix, "Announce", 1)] {
            let act = who.does(verb, post.ap_id.as_str());
            applied(&school, who, &act).await;
            assert_eq!(school.post(post.id).await.score, score, "{verb}");
            assert_eq!(boosts().await.len(), usize::from(verb == "Announce"));
            let undo = who.does("Undo", act["id"].clone());
            applied(&school, who, &undo).await;
            assert_eq!((school.post(post.id).await.score, boosts().await.len()), (1, 0), "{verb}");
        }
        // What it names may come yet; and it is nobody else's to take back.
        let like = felix.does("Like", post.ap_id.as_str());
        refused(&school, &gerda, &gerda.does("Undo", like["id"].clone()), "not known here").await;
        applied(&school, &felix, &felix.does("Undo", like["id"].clone())).await;
        applied(&school, &felix, &like).await;
        assert_eq!(school.post(post.id).await.score, 1);
        let like = felix.does("Like", post.ap_id.as_str());
        applied(&school, &felix, &like).await;
        refused(&school, &gerda, &gerda.does("Undo", like["id"].clone()), "not known here").await;
        assert_eq!(school.post(post.id).await.score, 2);
    }

    async fn a_vote_on_nodebb_that_is_taken_back_and_cast_again_counts_again(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("nodebb", "4.5.1")), &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let (felix, category) = (peer.person("felix"), peer.group("fibres"));
        joins(&school, &peer, &peer.person("gerda"), &group_url(&school, looms).await).await;
        is_let_in(&alice, &peer, &category).await;
        let ours = alice.posts(looms, "Which loom?").await;
        let topic = page(&peer.person("dana"), 1, &category.id, "Which wool?");
        applied(&school, &category, &announced(&category, &does(&peer.person("dana"), "Create", topic.clone(), &category.id))).await;
        let theirs = school.post_by_ap_id(text(&topic, "id")).await.unwrap();

        let mut times = 0;
        for (post, by_category) in [(&ours, false), (&theirs, true)] {
            // The id says who and what, and nothing of the time.
            let mut like = felix.does("Like", post.ap_id.as_str());
            like["id"] = format!("{}#activity/like/{}", peer.at("/uid/2"), post.id).into();
            let mut undo = || {
                times += 1;
                let mut undo = felix.does("Undo", like.clone());
                undo["id"] = format!("{}#activity/undo:like/{}/{times}", peer.at("/uid/2"), post.id).into();
                undo
            };
            let say = |activity: Value| {
                let (school, category, felix) = (&school, &category, &felix);
                async move {
                    match by_category {
                        true => applied(school, category, &announced(category, &activity)).await,
                        false => applied(school, felix, &activity).await,
                    }
                    school.post(post.id).await.score
                }
            };
            for _ in 0..3 {
                assert_eq!(say(like.clone()).await, 2, "announced: {by_category}");
                assert_eq!(say(like.clone()).await, 2, "the same once more");
                assert_eq!(say(undo()).await, 1, "announced: {by_category}");
            }
            // Taken back before it came, it is taken back once.
            if by_category {
                assert_eq!(say(undo()).await, 1);
                assert_eq!(say(like.clone()).await, 1);
            }
            assert_eq!(say(like.clone()).await, 2);
        }
    }

    async fn who_follows_again_under_the_same_id_is_a_follower_again(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        for (software, version, id) in [("pixelfed", "0.12.5", "/users/felix#follow/1"), ("peertube", "7.1.0", "/accounts/felix/follows/3"), ("nodebb", "4.5.1", "/uid/2#activity/follow/looms")] {
            let peer = Peer::start(Some((software, version)), &school.url).await;
            joins(&school, &peer, &peer.person("gerda"), &group).await;
            let felix = peer.person("felix");
            let mut asks = follow(&felix, &group);
            asks["id"] = peer.at(id).into();
            let mut leaves = felix.does("Undo", asks.clone());
            leaves["id"] = format!("{}/undo", peer.at(id)).into();
            for _ in 0..2 {
                for (act, there) in [(&asks, true), (&leaves, false)] {
                    applied(&school, &felix, act).await;
                    let his = actor(&school, &felix.id).await.unwrap().id;
                    assert_eq!(school.read(move |tx| follows::find(tx.conn, his, looms)).await.is_some(), there, "{software}");
                }
            }
        }
    }
}
