//! Lemmy as a peer: groups that announce whole activities (FEP-1b12), in both directions.

use axum::http::StatusCode;
use coppice::domain::kinds::PostSort;
use coppice::domain::roles::Role;
use coppice::store::audience::Audience;
use coppice::store::posts::{self, PostFilter};
use coppice::store::{actors, follows, groups};
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, refusal, refused, settled, text,
};
use crate::support::peer::{PUBLIC, Page};
use crate::support::{
    Database, Instance, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

pub fn page(author: &PeerActor, number: u64, group: &str, title: &str) -> Value {
    json!({
        "type": "Page", "id": author.at(&format!("/post/{number}")), "attributedTo": author.id,
        "to": [group, PUBLIC], "cc": [], "audience": group, "name": title,
        "content": "<p>This is a post in the community</p>", "mediaType": "text/html",
        "source": { "content": "This is a post in the community", "mediaType": "text/markdown" },
        "attachment": [], "sensitive": false, "commentsEnabled": true,
        "language": { "identifier": "en", "name": "English" },
        "published": "2026-11-01T12:11:22.871846Z",
    })
}

pub fn note(author: &PeerActor, number: u64, group: &str, parent: &str, words: &str) -> Value {
    json!({
        "type": "Note", "id": author.at(&format!("/comment/{number}")), "attributedTo": author.id,
        "to": [PUBLIC], "cc": [group], "audience": group, "content": format!("<p>{words}</p>"),
        "inReplyTo": parent, "mediaType": "text/html",
        "source": { "content": words, "mediaType": "text/markdown" },
        "published": "2026-11-01T12:15:22Z", "distinguished": false,
        "tag": [], "attachment": [],
    })
}

/// Lemmy's activities name the group as audience and in `cc`.
pub fn does(author: &PeerActor, verb: &str, object: impl Into<Value>, group: &str) -> Value {
    let mut activity = author.does(verb, object);
    activity["cc"] = json!([group]);
    activity["audience"] = group.into();
    activity
}

pub fn announced(group: &PeerActor, inner: &Value) -> Value {
    let mut inner = inner.clone();
    inner.as_object_mut().unwrap().remove("@context");
    let mut announce = group.does("Announce", inner);
    announce["cc"] = json!([format!("{}/followers", group.id)]);
    announce
}

on_both_databases! {
    async fn what_a_lemmy_user_does_in_a_group_here_is_announced_once_and_whole(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::start(Some(("piefed", "1.0")), &school.url).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &other.person("piet"), &group).await;
        let mine = alice.posts(looms, "From here").await;
        other.received("a thread of ours, whole", |a| a["object"]["object"]["id"] == mine.ap_id.as_str()).await;

        let thread = page(&lea, 1, &group, "From Lemmy");
        let comment = note(&lea, 1, &group, text(&thread, "id"), "My own first");
        let mut edited = thread.clone();
        edited["name"] = "From Lemmy, edited".into();
        edited["updated"] = "2026-11-02T12:11:22Z".into();
        let like = does(&lea, "Like", mine.ap_id.as_str(), &group);
        let dislike = does(&lea, "Dislike", mine.ap_id.as_str(), &group);
        let delete = does(&lea, "Delete", text(&thread, "id"), &group);
        let delete_comment = does(&lea, "Delete", text(&comment, "id"), &group);
        let story = [
            does(&lea, "Create", thread.clone(), &group),
            does(&lea, "Create", comment.clone(), &group),
            like.clone(),
            does(&lea, "Undo", like, &group),
            dislike,
            does(&lea, "Update", edited, &group),
            delete_comment,
            delete.clone(),
            does(&lea, "Undo", delete, &group),
        ];
        let scores = [1, 1, 2, 1, 0, 0, 0, 0, 0];
        for (activity, score) in story.iter().zip(scores) {
            applied(&school, &lea, activity).await;
            lea.says(activity).await; // sent again: nothing more happens
            assert_eq!(school.post(mine.id).await.score, score, "{activity}");
        }
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        assert_eq!((row.title.as_str(), row.deleted, row.group_id), ("From Lemmy, edited", false, looms));
        assert_eq!(row.language.as_deref(), Some("en"));
        assert_eq!(row.comment_count, 0);
        for activity in &story {
            let id = activity["id"].clone();
            let got = other.received("each announced", |a| a["object"]["id"] == id).await.activity;
            assert_eq!(got["actor"], group.as_str());
            assert_eq!(got["object"]["type"], activity["type"]);
            assert_eq!(got["object"]["object"], activity["object"], "as it was sent");
        }
        a_while().await;
        for activity in &story {
            assert_eq!(other.count(|a| a["object"]["id"] == activity["id"]), 1, "{activity}");
            assert_eq!(home.count(|a| a["object"]["id"] == activity["id"]), 1, "to its own host as well");
        }
    }

    async fn the_past_of_a_group_is_read_when_the_first_member_follows_it(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea, mod_) = (home.group("tenforward"), home.person("lea"), home.person("data"));
        let pinned = page(&mod_, 1, &group.id, "Rules");
        let recent = page(&lea, 2, &group.id, "Recent");
        for thread in [&pinned, &recent] {
            home.serves(text(thread, "id"), thread.clone());
        }
        let collection = |id: String, items: Value| json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "OrderedCollection",
            "totalItems": items.as_array().unwrap().len(), "orderedItems": items,
        });
        let outbox = format!("{}/outbox", group.id);
        home.serves(&outbox, collection(outbox.clone(), json!([
            announced(&group, &does(&lea, "Create", recent.clone(), &group.id)),
            { "type": "Announce", "id": group.new_id("announce"), "actor": group.id, "object": { "nonsense": true } },
        ])));
        let featured = format!("{}/featured", group.id);
        home.serves(&featured, collection(featured.clone(), json!([pinned])));
        let moderators = format!("{}/moderators", group.id);
        home.serves(&moderators, collection(moderators.clone(), json!([mod_.id])));
        let followers = format!("{}/followers", group.id);
        home.serves(&followers, json!({ "id": followers, "type": "Collection", "totalItems": 42, "items": [] }));

        let there = is_let_in(&bob, &home, &group).await;
        let row = eventually_some("the recent thread", || school.post_by_ap_id(text(&recent, "id"))).await;
        assert_eq!(row.group_id, there);
        eventually("the pinned thread", || async {
            school.post_by_ap_id(text(&pinned, "id")).await.is_some_and(|row| row.featured)
        }).await;
        let data = actor(&school, &mod_.id).await.unwrap().id;
        let role = school.read(move |tx| actors::role(tx.conn, there, data)).await;
        assert_eq!(role, Some(Role::Moderator));
        // And our own, if it was counted after them.
        eventually("the number of followers", || async {
            school.read(move |tx| groups::get(tx.conn, there)).await.follower_count >= 42
        }).await;
    }

    async fn what_a_group_elsewhere_announces_is_taken_in(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, lea, tom) = (home.group("tenforward"), home.person("lea"), third.person("tom"));
        let there = is_let_in(&bob, &home, &group).await;

        let thread = page(&lea, 1, &group.id, "Announced");
        let create = announced(&group, &does(&lea, "Create", thread.clone(), &group.id));
        applied(&school, &group, &create).await;
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        assert_eq!((row.title.as_str(), row.group_id), ("Announced", there));
        assert_eq!(row.body_markdown.as_deref(), Some("This is a post in the community"));
        assert_eq!(home.fetches(text(&thread, "id")), 0, "the group's own host vouches for it");

        // Of a third host: read there, whatever was embedded.
        let comment = note(&tom, 5, &group.id, text(&thread, "id"), "The true words");
        third.serves(text(&comment, "id"), comment.clone());
        let mut told = comment.clone();
        told["content"] = "<p>Words put in his mouth</p>".into();
        applied(&school, &group, &announced(&group, &does(&tom, "Create", told, &group.id))).await;
        let answer = school.comment_by_ap_id(text(&comment, "id")).await.unwrap();
        assert_eq!(answer.body_html.trim(), "<p>The true words</p>");
        assert_eq!(third.fetches(text(&comment, "id")), 1);

        // [27] One that its host knows nothing of.
        let forged = note(&tom, 6, &group.id, text(&thread, "id"), "I never said this");
        refused(&school, &group, &announced(&group, &does(&tom, "Create", forged.clone(), &group.id)), "gone").await;
        assert!(school.comment_by_ap_id(text(&forged, "id")).await.is_none());

        let like = does(&tom, "Like", text(&thread, "id"), &group.id);
        applied(&school, &group, &announced(&group, &like)).await;
        assert_eq!(school.post(row.id).await.score, 2);
        applied(&school, &group, &announced(&group, &does(&tom, "Undo", like, &group.id))).await;
        assert_eq!(school.post(row.id).await.score, 1);

        let mut edited = comment.clone();
        edited["content"] = "<p>The truer words</p>".into();
        edited["source"]["content"] = "The truer words".into();
        edited["updated"] = "2026-11-03T12:15:22Z".into();
        third.serves(text(&comment, "id"), edited.clone());
        applied(&school, &group, &announced(&group, &does(&tom, "Update", edited, &group.id))).await;
        assert_eq!(school.comment(answer.id).await.body_html.trim(), "<p>The truer words</p>");

        // A deletion is its author's when its own host agrees, and else the group's own removal.
        let delete = announced(&group, &does(&tom, "Delete", text(&comment, "id"), &group.id));
        applied(&school, &group, &delete).await;
        let told = school.comment(answer.id).await;
        assert_eq!((told.removed, told.deleted), (true, false));
        third.shows(text(&comment, "id"), Page::Gone);
        let delete = announced(&group, &does(&tom, "Delete", text(&comment, "id"), &group.id));
        applied(&school, &group, &delete).await;
        assert!(school.comment(answer.id).await.deleted);
    }

    async fn a_member_here_takes_part_in_a_group_elsewhere_and_its_echo_changes_nothing(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let group = home.group("tenforward");
        let there = is_let_in(&bob, &home, &group).await;
        let post = bob.posts(there, "From a school").await;
        let create = home.received("the Create", |a| a["type"] == "Create").await;
        assert_eq!(create.inbox, "/inbox");
        assert_eq!(create.activity["object"]["audience"], group.id.as_str());
        let reply = bob.replies(post.id, None, "And a reply").await;
        let said = home.received("the reply", |a| a["object"]["id"] == reply.ap_id.as_str()).await;
        for echo in [&create.activity, &said.activity] {
            applied(&school, &group, &announced(&group, echo)).await;
        }
        // The group may not make our member say or do what they did not.
        let me = format!("{}u/bob", school.url);
        let mut update = create.activity.clone();
        update["type"] = "Update".into();
        update["object"]["name"] = "What bob never wrote".into();
        let invented = |verb: &str, object: Value| json!({
            "id": format!("{}activities/{}/1", school.url, verb.to_lowercase()), "type": verb, "actor": me,
            "to": [PUBLIC], "cc": [group.id], "audience": group.id, "object": object, "summary": "because",
        });
        let lea = home.person("lea");
        let thread = page(&lea, 1, &group.id, "Hers");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let hers = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let before = home.inbox().len();
        for forged in [
            update,
            invented("Delete", post.ap_id.clone().into()),
            invented("Delete", thread["id"].clone()),
            invented("Like", thread["id"].clone()),
            invented("Lock", thread["id"].clone()),
        ] {
            group.says(&announced(&group, &forged)).await;
        }
        settled(&school).await;
        a_while().await;
        let row = school.post(post.id).await;
        assert_eq!((row.title.as_str(), row.deleted), ("From a school", false));
        let hers = school.post(hers.id).await;
        assert_eq!((hers.removed, hers.score, hers.locked), (false, 1, false));
        assert_eq!(home.inbox().len(), before, "nothing is signed in a member's name");
        assert_eq!(school.post(post.id).await.comment_count, 1);
    }

    async fn moderation_by_a_group_elsewhere_is_followed(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea, data) = (home.group("tenforward"), home.person("lea"), home.person("data"));
        let there = is_let_in(&bob, &home, &group).await;
        let thread = page(&lea, 1, &group.id, "To be judged");
        let id = text(&thread, "id");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let row = school.post_by_ap_id(id).await.unwrap();
        let by = |verb: &str, object: Value| does(&data, verb, object, &group.id);
        let tell = |inner: &Value| announced(&group, inner);

        let mut remove = by("Delete", id.into());
        remove["summary"] = "off topic".into();
        applied(&school, &group, &tell(&remove)).await;
        let now = school.post(row.id).await;
        assert_eq!((now.removed, now.deleted), (true, false));
        applied(&school, &group, &tell(&by("Undo", remove))).await;
        assert!(!school.post(row.id).await.removed);

        let lock = by("Lock", id.into());
        applied(&school, &group, &tell(&lock)).await;
        assert!(school.post(row.id).await.locked);
        applied(&school, &group, &tell(&by("Undo", lock))).await;
        assert!(!school.post(row.id).await.locked);

        let mut pin = by("Add", id.into());
        pin["target"] = format!("{}/featured", group.id).into();
        applied(&school, &group, &tell(&pin)).await;
        assert!(school.post(row.id).await.featured);
        pin["type"] = "Remove".into();
        pin["id"] = data.new_id("remove").into();
        applied(&school, &group, &tell(&pin)).await;
        assert!(!school.post(row.id).await.featured);

        let mut promote = by("Add", lea.id.clone().into());
        promote["target"] = format!("{}/moderators", group.id).into();
        applied(&school, &group, &tell(&promote)).await;
        let her = actor(&school, &lea.id).await.unwrap().id;
        assert_eq!(school.read(move |tx| actors::role(tx.conn, there, her)).await, Some(Role::Moderator));
        promote["type"] = "Remove".into();
        promote["id"] = data.new_id("remove").into();
        applied(&school, &group, &tell(&promote)).await;
        assert_eq!(school.read(move |tx| actors::role(tx.conn, there, her)).await, None);

        // [28] [30] What another group announces about this one's thread moves nothing.
        let rival = home.group("rival");
        is_let_in(&bob, &home, &rival).await;
        let mut remove = by("Delete", id.into());
        remove["summary"] = "rivalry".into();
        refused(&school, &rival, &announced(&rival, &remove), "does not own").await;
        let lock = by("Lock", id.into());
        refused(&school, &rival, &announced(&rival, &lock), "does not own").await;
        // Not even by the word of somebody of that group's host.
        let delete_group = does(&data, "Delete", group.id.as_str(), &group.id);
        refused(&school, &rival, &announced(&rival, &delete_group), "only itself").await;
        assert!(!actor(&school, &group.id).await.unwrap().deleted);
        assert!(!school.post(row.id).await.removed);
    }

    async fn nobody_slips_threads_past_the_group_they_are_for(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, unknown) = (home.group("tenforward"), home.group("unknown"));
        let there = is_let_in(&bob, &home, &group).await;
        let tom = third.person("tom");
        for (number, group) in [(1, &group), (2, &unknown)] {
            let thread = page(&tom, number, &group.id, "Banned there, sent here");
            refused(&school, &tom, &does(&tom, "Create", thread.clone(), &group.id), "not told us").await;
            assert!(school.post_by_ap_id(text(&thread, "id")).await.is_none());
        }
        // Announced by a group that nobody here follows.
        let thread = page(&home.person("lea"), 3, &unknown.id, "Spam");
        let create = does(&home.person("lea"), "Create", thread, &unknown.id);
        refused(&school, &unknown, &announced(&unknown, &create), "nobody here follows").await;
        let page = school.read(move |tx| posts::page(tx.conn, Audience::House, PostFilter::InGroup(there), PostSort::New, None, 9)).await;
        assert!(page.items.is_empty());
    }

    async fn a_group_that_is_left_sends_nothing_more_that_is_shown(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let there = is_let_in(&bob, &home, &group).await;
        bob.leaves(there).await;
        let undo = home.received("the Undo", |a| a["type"] == "Undo").await.activity;
        assert_eq!((text(&undo["object"], "type"), text(&undo["object"], "object")), ("Follow", group.id.as_str()));
        let follow = home.received("the Follow", |a| a["type"] == "Follow").await.activity;
        assert_eq!(undo["object"]["id"], follow["id"]);
        let thread = page(&lea, 1, &group.id, "Too late");
        refused(&school, &group, &announced(&group, &does(&lea, "Create", thread, &group.id)), "nobody here follows").await;
        // A late Accept of a Follow that was undone does not bring it back.
        let mut accept = group.does("Accept", follow);
        accept["to"] = json!([]);
        refused(&school, &group, &accept, "nobody here sent").await;
        let me = bob.id;
        assert!(school.read(move |tx| follows::find(tx.conn, me, there)).await.is_none());
    }

    async fn a_restored_thread_whose_create_was_refused_is_read_again(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = home.person("lea");
        let thread = page(&lea, 1, &group, "Back again");
        let delete = does(&lea, "Delete", text(&thread, "id"), &group);
        applied(&school, &lea, &delete).await;
        refused(&school, &lea, &does(&lea, "Create", thread.clone(), &group), "deleted").await;
        home.serves(text(&thread, "id"), thread.clone());
        applied(&school, &lea, &does(&lea, "Undo", delete, &group)).await;
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        assert!(!row.deleted);

        // Edited while it was deleted: it comes back as it was left.
        let delete = does(&lea, "Delete", text(&thread, "id"), &group);
        applied(&school, &lea, &delete).await;
        let mut edited = thread.clone();
        edited["name"] = "Back again, better".into();
        edited["updated"] = "2026-11-05T00:00:00Z".into();
        applied(&school, &lea, &does(&lea, "Update", edited, &group)).await;
        applied(&school, &lea, &does(&lea, "Undo", delete, &group)).await;
        assert_eq!(school.post(row.id).await.title, "Back again, better");
    }

    async fn a_person_who_goes_may_leave_what_they_wrote(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, tom) = (home.person("lea"), home.person("tom"));
        for (number, person, stays) in [(1, &lea, true), (2, &tom, false)] {
            let thread = page(person, number, &group, "A gift");
            applied(&school, person, &does(person, "Create", thread.clone(), &group)).await;
            let mut delete = does(person, "Delete", person.id.as_str(), &group);
            delete["removeData"] = (!stays).into();
            applied(&school, person, &delete).await;
            let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
            assert_eq!(row.deleted, !stays);
            assert!(actor(&school, &person.id).await.unwrap().deleted);
        }
        let again = follow(&lea, &group);
        let status = lea.sends(&again).await;
        assert!(status == StatusCode::UNAUTHORIZED || refusal(&school, &again).await.is_some());
    }

    async fn what_a_group_elsewhere_does_itself_counts_as_what_it_announces(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (group, stranger, lea) = (home.group("tenforward"), other.group("tenforward"), home.person("lea"));
        is_let_in(&bob, &home, &group).await;
        let thread = page(&lea, 1, &group.id, "To be judged");
        let id = text(&thread, "id");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let row = school.post_by_ap_id(id).await.unwrap();
        refused(&school, &stranger, &does(&stranger, "Lock", id, &group.id), "does not moderate").await;
        applied(&school, &group, &does(&group, "Lock", id, &group.id)).await;
        assert!(school.post(row.id).await.locked);
        let mut remove = does(&group, "Delete", id, &group.id);
        remove["summary"] = "off topic".into();
        applied(&school, &group, &remove).await;
        let now = school.post(row.id).await;
        assert_eq!((now.removed, now.deleted), (true, false));
    }
}
