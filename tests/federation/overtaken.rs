//! What overtook what it is about, came twice, or came by two ways: it ends as if it had come in order.

use coppice::community::bans::{self, Ban, Lift};
use coppice::community::reports::{self, Target};
use coppice::community::{groups, threads};
use coppice::domain::ids::ActorId;
use coppice::domain::limits::{CommentBody, ReportReason, Title};
use coppice::domain::roles::Role;
use coppice::domain::time::DAY;
use coppice::store::reports as report_rows;
use coppice::store::{
    accounts, activities, actors, extras, follows, intake, notifications, shares,
};
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, refused, settled, text,
};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, mention, toot};
use crate::support::peer::Page;
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};

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

async fn becomes_admin(member: &Member<'_>) {
    let id = member.id;
    let home = member.home;
    home.act(move |tx| Ok(accounts::set_admin(tx.conn, id, true)?))
        .await
        .unwrap();
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
    all.filter(is).last().unwrap()
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
}
