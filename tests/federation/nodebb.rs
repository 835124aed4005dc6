//! NodeBB: a forum whose categories are groups. What it says otherwise than others, and what it must be told
//! otherwise. The documents are written here, in the shapes that it sends.

use axum::http::StatusCode;
use coppice::community::threads;
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::roles::Role;
use coppice::store::reports::{self, ReportFilter, ReportRow, SeenBy};
use coppice::store::{actors, extras, groups, shares};
use serde_json::{Value, json};

use crate::help::{actor, applied, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, page};
use crate::mastodon::toot;
use crate::private_messages::{message, writes};
use crate::support::peer::get_as2;
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};

/// A topic of a category, as that announces it when it is new.
async fn begins(at: &Instance, author: &PeerActor, number: u64, category: &PeerActor) -> Value {
    let mut topic = page(author, number, &category.id, "Which wool?");
    topic["context"] = author.at(&format!("/topic/{number}")).into();
    let create = does(author, "Create", topic.clone(), &category.id);
    applied(at, category, &announced(category, &create)).await;
    topic
}

/// The boost of a post, under the one id that it gets each time: `number` is the category's or the user's.
fn boost(by: &PeerActor, post: &str, number: u64) -> Value {
    let mut announce = by.does("Announce", post);
    announce["id"] = id_of_boost(by, post, number, "announce").into();
    announce
}

fn id_of_boost(by: &PeerActor, post: &str, number: u64, act: &str) -> String {
    let own = by.at("/post/");
    match post.strip_prefix(&own) {
        Some(_) => format!("{post}#activity/{act}/cid/{number}"),
        None => format!(
            "{own}{}#activity/{act}/cid/{number}",
            post.replace('/', "%2F")
        ),
    }
}

/// Its end. A post of its own it names by the number.
fn unboost(by: &PeerActor, post: &str, number: u64) -> Value {
    let mut inner = boost(by, post, number);
    inner.as_object_mut().unwrap().remove("@context");
    if let Some(pid) = post.strip_prefix(&by.at("/post/")) {
        inner["object"] = pid.parse::<u64>().unwrap().into();
        inner["cc"] = json!([format!("{}/followers", by.id), 3]);
    }
    let mut undo = by.does("Undo", inner);
    undo["id"] = id_of_boost(by, post, number, "undo:announce").into();
    undo
}

async fn is_shown(at: &Instance, group: ActorId, post: PostId) -> bool {
    let share = at.read(move |tx| shares::find(tx.conn, group, post)).await;
    share.is_some()
}

async fn is_removed(at: &Instance, post: PostId) -> bool {
    at.post(post).await.removed
}

async fn all_reports(at: &Instance) -> Vec<ReportRow> {
    let (by, any) = (SeenBy::Administrator, ReportFilter::default());
    let page = at
        .read(move |tx| reports::page(tx.conn, by, any, None, 50))
        .await;
    page.items
}

async fn removes(by: &Member<'_>, post: PostId, removed: bool) {
    let me = by.id;
    by.home
        .act(move |tx| threads::remove(tx, me, post, removed, None))
        .await
        .unwrap();
}

on_both_databases! {
    async fn what_a_member_deletes_on_nodebb_is_told_as_what_became_of_it(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let me = alice.id;
        for (peer, as_tombstone) in [(Peer::nodebb(&school).await, true), (Peer::lemmy(&school).await, false)] {
            let category = peer.group("fibres");
            let looms = alice.founds(if as_tombstone { "looms" } else { "dyes" }).await;
            joins(&school, &peer, &peer.person("dana"), &group_url(&school, looms).await).await;
            let there = is_let_in(&alice, &peer, &category).await;
            let post = alice.posts(there, "Which loom?").await;
            let id = post.id;
            school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
            let delete = peer.received("the deletion", |a| a["type"] == "Delete").await.activity;
            let object = match as_tombstone {
                true => json!({ "id": post.ap_id, "type": "Tombstone" }),
                false => json!(post.ap_id),
            };
            assert_eq!(delete["object"], object);
            // Announced, it is as ever.
            let post = alice.posts(looms, "Which wool?").await;
            let id = post.id;
            school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
            peer.received("the announced one", |a| a["object"]["type"] == "Delete" && a["object"]["object"] == post.ap_id.as_str()).await;
        }
    }

    async fn whoever_goes_by_their_short_name_is_told_with_a_name(db: Database) {
        let school = Instance::start(db).await;
        school.member("alice").await;
        let id = format!("{}u/alice", school.url);
        let (status, person) = get_as2(&id).await;
        assert_eq!((status, text(&person, "name")), (StatusCode::OK, "alice"));
    }

    async fn a_boost_that_is_taken_back_by_number_ends_and_can_be_given_again(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let (fibres, dyes, dana) = (forum.group("fibres"), forum.group("dyes"), forum.person("dana"));
        joins(&school, &forum, &forum.person("gerda"), &group_url(&school, alice.founds("looms").await).await).await;
        let home = is_let_in(&alice, &forum, &fibres).await;
        let there = is_let_in(&alice, &forum, &dyes).await;
        let topic = begins(&school, &dana, 34, &fibres).await;
        let post = school.post_by_ap_id(text(&topic, "id")).await.unwrap();
        let id = post.id.0;
        let felix = forum.person("felix");
        let boosts = async || school.read(move |tx| extras::boosts(tx.conn, &[id])).await.len();
        for _ in 0..2 {
            applied(&school, &dyes, &boost(&dyes, &post.ap_id, 2)).await;
            applied(&school, &felix, &boost(&felix, &post.ap_id, 9)).await;
            assert!(is_shown(&school, there, post.id).await && boosts().await == 1);
            applied(&school, &dyes, &unboost(&dyes, &post.ap_id, 2)).await;
            applied(&school, &felix, &unboost(&felix, &post.ap_id, 9)).await;
            assert!(!is_shown(&school, there, post.id).await && boosts().await == 0);
        }
        // Its own category says so when its author deletes it, and that is told for itself.
        applied(&school, &fibres, &unboost(&fibres, &post.ap_id, 1)).await;
        let row = school.post(post.id).await;
        assert!(!row.removed && row.group_id == home);
    }

    async fn a_members_thread_that_moderators_of_nodebb_take_away_is_away_until_it_is_boosted_again(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let (fibres, dyes) = (forum.group("fibres"), forum.group("dyes"));
        joins(&school, &forum, &forum.person("gerda"), &group_url(&school, alice.founds("looms").await).await).await;
        let there = is_let_in(&alice, &forum, &fibres).await;
        let then = is_let_in(&alice, &forum, &dyes).await;
        let post = alice.posts(there, "Which loom?").await;
        for _ in 0..2 {
            applied(&school, &fibres, &boost(&fibres, &post.ap_id, 1)).await;
            assert!(!is_removed(&school, post.id).await);
            applied(&school, &fibres, &unboost(&fibres, &post.ap_id, 1)).await;
            assert!(is_removed(&school, post.id).await);
        }
        // It went to another category: whatever is told first, it is there.
        applied(&school, &dyes, &boost(&dyes, &post.ap_id, 2)).await;
        let row = school.post(post.id).await;
        assert_eq!((row.removed, row.group_id), (false, then));
        applied(&school, &fibres, &boost(&fibres, &post.ap_id, 1)).await;
        applied(&school, &dyes, &unboost(&dyes, &post.ap_id, 2)).await;
        let row = school.post(post.id).await;
        assert_eq!((row.removed, row.group_id), (false, there));

        // What an administrator here took away no boost brings back.
        let rosa = school.admin("rosa").await;
        removes(&rosa, post.id, true).await;
        applied(&school, &dyes, &unboost(&dyes, &post.ap_id, 2)).await;
        applied(&school, &dyes, &boost(&dyes, &post.ap_id, 2)).await;
        assert!(is_removed(&school, post.id).await);
    }

    async fn a_topic_that_is_put_out_of_its_category_is_removed_by_who_may(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let (fibres, dyes) = (forum.group("fibres"), forum.group("dyes"));
        let (dana, mona) = (forum.person("dana"), forum.person("mona"));
        let there = is_let_in(&alice, &forum, &fibres).await;
        is_let_in(&alice, &forum, &dyes).await;
        let put_out = |by: &PeerActor, topic: &Value, category: &PeerActor| {
            let mut remove = by.does("Remove", text(topic, "context"));
            remove["target"] = category.id.as_str().into();
            remove
        };
        let (one, two) = (begins(&school, &dana, 12, &fibres).await, begins(&school, &dana, 13, &fibres).await);
        let row = async |topic: &Value| school.post_by_ap_id(text(topic, "id")).await.unwrap();
        refused(&school, &mona, &put_out(&mona, &one, &fibres), "does not moderate").await;
        refused(&school, &dana, &put_out(&dana, &one, &dyes), "another group").await;
        assert!(!row(&one).await.removed);
        applied(&school, &dana, &put_out(&dana, &one, &fibres)).await;
        let moderator = actor(&school, &mona.id).await.unwrap().id;
        school.act(move |tx| Ok(actors::set_role(tx.conn, there, moderator, Some(Role::Moderator), tx.now)?)).await.unwrap();
        applied(&school, &mona, &put_out(&mona, &two, &fibres)).await;
        assert!(row(&one).await.removed && row(&two).await.removed);
    }

    async fn a_category_that_begins_with_its_oldest_posts_brings_its_newest(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let (fibres, dana) = (forum.group("fibres"), forum.person("dana"));
        let outbox = format!("{}/outbox", fibres.id);
        let at = |n: u64| format!("{outbox}?page={n}");
        for n in 1..=4 {
            let items = (0..20).map(|i| {
                let number = (n - 1) * 20 + i + 1;
                let mut topic = page(&dana, number, &fibres.id, &format!("Topic {number}"));
                topic["published"] = format!("2026-{:02}-{:02}T10:00:00Z", n, i + 1).into();
                announced(&fibres, &does(&dana, "Create", topic, &fibres.id))
            });
            let mut shown = json!({ "type": "OrderedCollectionPage", "totalItems": 80, "first": at(1), "last": at(4),
                "partOf": outbox, "orderedItems": items.collect::<Vec<_>>() });
            if n > 1 {
                shown["prev"] = at(n - 1).into();
            }
            if n < 4 {
                shown["next"] = at(n + 1).into();
            }
            forum.serves(&at(n), shown.clone());
            if n == 1 {
                forum.serves(&outbox, shown);
            }
        }
        let there = is_let_in(&alice, &forum, &fibres).await;
        eventually("its past is read", || async {
            school.read(move |tx| groups::get(tx.conn, there)).await.backfilled_at.is_some()
        }).await;
        for (number, comes) in [(80, true), (31, true), (30, false), (1, false)] {
            let topic = school.post_by_ap_id(&dana.at(&format!("/post/{number}"))).await;
            assert_eq!(topic.is_some(), comes, "{number}");
        }
    }

    async fn a_message_to_nodebb_goes_on_where_the_last_one_stopped(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let felix = forum.person("felix");
        joins(&school, &forum, &felix, &group_url(&school, alice.founds("looms").await).await).await;
        let there = actor(&school, &felix.id).await.unwrap().id;
        writes(&alice, there, "One").await.unwrap();
        writes(&alice, there, "![](https://a.example/x) ![](https://a.example/y.png)").await.unwrap();
        let by = |words: &'static str| move |a: &Value| a["type"] == "Create" && a.to_string().contains(words);
        let first = forum.received("the first", by("One")).await.activity;
        let second = forum.received("the second", by("y.png")).await.activity;
        assert_eq!((&first["object"]["type"], &second["object"]["type"]), (&json!("Note"), &json!("Note")));
        assert_eq!(second["object"]["inReplyTo"], first["object"]["id"]);
        let attached = second["object"]["attachment"].as_array().unwrap();
        assert!(attached.len() == 1 && attached.iter().all(|picture| picture["mediaType"] == "image/png"), "{second}");
        assert!(text(&second["object"], "content").contains("https://a.example/x"));
    }

    async fn a_message_that_is_brought_back_at_nodebb_is_back(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        for (peer, comes_back) in [(Peer::nodebb(&school).await, true), (Peer::mastodon(&school).await, false)] {
            let felix = peer.person("felix");
            joins(&school, &peer, &felix, &group).await;
            let me = format!("{}u/alice", school.url);
            let mut note = toot(&felix, 1, "<p>Hello</p>", None, &[]);
            note["to"] = json!([me]);
            note["cc"] = json!([]);
            note["tag"] = json!([{ "type": "Mention", "href": me, "name": format!("@alice@{}", school.host) }]);
            let private = |verb: &str, object: Value| {
                let mut act = felix.does(verb, object);
                act["to"] = json!([me]);
                act
            };
            applied(&school, &felix, &private("Create", note.clone())).await;
            applied(&school, &felix, &private("Delete", note["id"].clone())).await;
            assert!(message(&school, text(&note, "id")).await.unwrap().deleted);
            applied(&school, &felix, &private("Update", note.clone())).await;
            assert_eq!(message(&school, text(&note, "id")).await.unwrap().deleted, !comes_back);
        }
    }

    async fn a_report_that_is_taken_back_is_closed_and_the_next_of_the_same_id_opens_it(db: Database) {
        let school = Instance::start(db).await;
        let (forum, alice) = (Peer::nodebb(&school).await, school.member("alice").await);
        let looms = alice.founds("looms").await;
        let felix = forum.person("felix");
        joins(&school, &forum, &felix, &group_url(&school, looms).await).await;
        let post = alice.posts(looms, "Buy looms").await;
        let me = format!("{}u/alice", school.url);
        let mut flag = felix.does("Flag", json!([post.ap_id, me]));
        flag["id"] = format!("{}#activity/flag/9", forum.at("/post/1")).into();
        flag["content"] = "spam".into();
        for _ in 0..2 {
            applied(&school, &felix, &flag).await;
            assert_eq!(all_reports(&school).await.iter().map(|row| row.resolved).collect::<Vec<_>>(), [false]);
            let gerda = forum.person("gerda");
            let mut foreign = gerda.does("Undo", flag.clone());
            foreign["object"]["actor"] = gerda.id.as_str().into();
            refused(&school, &gerda, &foreign, "not known here").await;
            applied(&school, &felix, &felix.does("Undo", flag.clone())).await;
            assert_eq!(all_reports(&school).await.iter().map(|row| row.resolved).collect::<Vec<_>>(), [true]);
        }
    }
}
