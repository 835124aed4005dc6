//! What PieFed does its own way.

use coppice::community::groups::{self, EditGroup};
use coppice::domain::kinds::Visibility;
use coppice::domain::limits::{DisplayName, Statement};
use coppice::domain::roles::Role;
use coppice::domain::time::{DAY, MINUTE, Timestamp};
use coppice::federation::{ResolveError, Resolved};
use coppice::store::{StoreError, actors, bans, events};
use serde_json::{Value, json};

use crate::help::{actor, applied, group_url, is_let_in, joins, knows, refused, text};
use crate::lemmy::{announced, does, note, page};
use crate::private_messages::list;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, PeerActor, eventually, on_both_databases};

async fn runs(software: &str, instance: &Instance) -> Peer {
    Peer::start(Some((software, "1.6.18")), &instance.url).await
}

/// Undone under an id that the act itself never had.
fn undone(who: &PeerActor, act: &Value, group: &str) -> Value {
    let mut act = act.clone();
    act["id"] = who.new_id("made-up").into();
    act.as_object_mut().unwrap().remove("@context");
    does(who, "Undo", act, group)
}

on_both_databases! {
    async fn what_is_undone_under_a_made_up_id_is_undone(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        for software in ["piefed", "ibis", "lemmy"] {
            let home = runs(software, &school).await;
            let looms = alice.founds(software).await;
            let group = group_url(&school, looms).await;
            let (lea, data) = (home.person("lea"), home.person("data"));
            for person in [&lea, &data] {
                joins(&school, &home, person, &group).await;
            }
            let moderator = actor(&school, &data.id).await.unwrap().id;
            school.act(move |tx| Ok(actors::set_role(tx.conn, looms, moderator, Some(Role::Moderator), tx.now)?)).await.unwrap();
            let (ours, theirs) = (bob.posts(looms, "Which loom?").await, page(&lea, 1, &group, "Which yarn?"));
            applied(&school, &lea, &does(&lea, "Create", theirs.clone(), &group)).await;
            let theirs = school.post_by_ap_id(text(&theirs, "id")).await.unwrap();

            let mut removal = does(&data, "Delete", ours.ap_id.as_str(), &group);
            removal["summary"] = "off topic".into();
            let mut ban = does(&data, "Block", format!("{}u/bob", school.url), &group);
            ban["target"] = group.as_str().into();
            let lock = does(&data, "Lock", ours.ap_id.as_str(), &group);
            let deletion = does(&lea, "Delete", theirs.ap_id.as_str(), &group);
            let (id, him) = (ours.id, bob.id);
            let stand = || async {
                let row = school.post(id).await;
                let banned = school.read(move |tx| bans::holds(tx.conn, looms, him, tx.now)).await;
                [row.removed, row.locked, banned, school.post(theirs.id).await.deleted]
            };
            for (act, who) in [(&removal, &data), (&ban, &data), (&lock, &data), (&deletion, &lea)] {
                applied(&school, who, act).await;
            }
            assert_eq!(stand().await, [true; 4], "{software}");
            for (act, who) in [(&removal, &data), (&ban, &data), (&lock, &data), (&deletion, &lea)] {
                applied(&school, who, &undone(who, act, &group)).await;
            }
            assert_eq!(stand().await, [false; 4], "{software}");
        }
    }

    async fn the_persons_own_server_or_the_groups_may_have_made_up_what_is_undone(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = group_url(&school, alice.founds("looms").await).await;
        for (at, by, open) in [("piefed", "lemmy", true), ("mbin", "lemmy", true), ("piefed", "mbin", true), ("mbin", "mbin", false)] {
            let (home, third) = (runs(at, &school).await, runs(by, &school).await);
            let (club, data, tom) = (home.group("club"), home.person("data"), third.person("tom"));
            joins(&school, &third, &tom, &looms).await;
            is_let_in(&alice, &home, &club).await;
            knows(&school, &home).await;
            let thread = page(&data, 1, &club.id, "Which loom?");
            applied(&school, &club, &announced(&club, &does(&data, "Create", thread.clone(), &club.id))).await;
            let lock = does(&tom, "Lock", text(&thread, "id"), &club.id);
            applied(&school, &club, &announced(&club, &lock)).await;
            let locked = || async { school.post_by_ap_id(text(&thread, "id")).await.unwrap().locked };
            assert!(locked().await);
            applied(&school, &club, &announced(&club, &undone(&tom, &lock, &club.id))).await;
            assert_eq!(locked().await, !open, "a group at {at}, a person at {by}");
        }
    }

    async fn what_an_author_on_piefed_deletes_is_gone_though_their_server_still_shows_it(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, runs("piefed", &school).await);
        let bob = school.member("bob").await;
        let (club, data, piet) = (home.group("club"), home.person("data"), third.person("piet"));
        is_let_in(&bob, &home, &club).await;
        let say = |act: Value| {
            let (school, club) = (&school, &club);
            async move { applied(school, club, &announced(club, &act)).await }
        };
        let thread = page(&piet, 1, &club.id, "Said in haste");
        let (above, word) = (text(&thread, "id"), note(&piet, 2, &club.id, text(&thread, "id"), "So is this"));
        for object in [&thread, &word] {
            third.serves(text(object, "id"), object.clone());
            say(does(&piet, "Create", object.clone(), &club.id)).await;
        }
        let (post, comment) = (school.post_by_ap_id(above).await.unwrap().id, school.comment_by_ap_id(text(&word, "id")).await.unwrap().id);
        let shown = || async {
            let (post, comment) = (school.post(post).await, school.comment(comment).await);
            assert!(!post.deleted && !comment.deleted, "their own word is not forged");
            (!post.is_hidden(), !comment.is_hidden(), post.comment_count)
        };
        assert_eq!(shown().await, (true, true, 1));

        // Whatever the server answers; and it is back when the group says that its author brought it back.
        for answer in [None, Some(Page::Text("text/html", "<h1>Log in</h1>".to_owned()))] {
            if let Some(answer) = answer {
                third.shows(above, answer);
            }
            let acts = [does(&piet, "Delete", text(&word, "id"), &club.id), does(&piet, "Delete", above, &club.id)];
            say(acts[0].clone()).await;
            assert_eq!(shown().await, (true, false, 0));
            say(acts[1].clone()).await;
            assert_eq!(shown().await, (false, false, 0));
            third.serves(above, thread.clone());
            for act in &acts {
                say(undone(&piet, act, &club.id)).await;
            }
            assert_eq!(shown().await, (true, true, 1));
        }

        // What a moderator took away as well is not the author's to bring back.
        let act = does(&piet, "Delete", above, &club.id);
        say(act.clone()).await;
        let mut removal = does(&data, "Delete", above, &club.id);
        removal["summary"] = "off topic".into();
        say(removal.clone()).await;
        say(undone(&piet, &act, &club.id)).await;
        assert_eq!(shown().await, (false, true, 1));
        say(undone(&data, &removal, &club.id)).await;
        assert_eq!(shown().await, (true, true, 1));

        // No other group has a say.
        let other = home.group("other");
        is_let_in(&bob, &home, &other).await;
        refused(&school, &other, &announced(&other, &does(&piet, "Delete", above, &other.id)), "does not own").await;
    }

    async fn a_ban_ends_on_its_day_and_one_until_the_next_century_never(db: Database) {
        let school = Instance::start(db).await;
        let home = runs("piefed", &school).await;
        let (bob, eve) = (school.member("bob").await, school.member("eve").await);
        let (club, data) = (home.group("club"), home.person("data"));
        let there = is_let_in(&bob, &home, &club).await;
        let now = Timestamp::now();
        let day = now.plus(30 * DAY).to_string();
        for (whom, end) in [("bob", format!("{}+00:00", &day[..10])), ("eve", "2100-01-01T00:00:00+00:00".to_owned())] {
            let mut ban = does(&data, "Block", format!("{}u/{whom}", school.url), &club.id);
            ban["target"] = club.id.as_str().into();
            (ban["endTime"], ban["expires"]) = (end.as_str().into(), end.as_str().into());
            applied(&school, &club, &announced(&club, &ban)).await;
        }
        for (whom, days, holds) in [(bob.id, 28, true), (bob.id, 31, false), (eve.id, 100 * 366, true)] {
            let then = now.plus(days * DAY);
            assert_eq!(school.read(move |tx| bans::holds(tx.conn, there, whom, then)).await, holds, "in {days} days");
        }
    }

    async fn a_private_message_that_is_created_once_more_is_its_edit(db: Database) {
        let school = Instance::start(db).await;
        let home = runs("piefed", &school).await;
        let (alice, piet) = (school.member("alice").await, home.person("piet"));
        let me = format!("{}u/alice", school.url);
        let written = |words: &str, updated: Option<&str>| {
            let mut create = piet.does("Create", json!({
                "type": "Note", "id": home.at("/private_message/1"), "attributedTo": piet.id, "to": [me],
                "content": format!("<p>{words}</p>"), "mediaType": "text/html", "published": "2026-11-20T10:00:00Z",
                "tag": [{ "type": "Mention", "href": me, "name": "@alice" }],
            }));
            create["to"] = json!([me]);
            if let Some(updated) = updated {
                create["object"]["updated"] = updated.into();
            }
            create
        };
        for (words, updated, stands) in [
            ("At five", None, "At five"),
            ("At six", Some("2026-11-20T10:05:00Z"), "At six"),
            ("At seven", Some("2026-11-20T10:07:00Z"), "At seven"),
            ("At six", Some("2026-11-20T10:05:00Z"), "At seven"),
            ("At five", None, "At seven"),
        ] {
            applied(&school, &piet, &written(words, updated)).await;
            let list = list(&alice).await;
            assert_eq!(list.len(), 1);
            assert!(list[0].body_html.contains(stands), "{words} at {updated:?}: {}", list[0].body_html);
        }
    }

    async fn the_copy_of_a_thread_for_whom_it_mentions_changes_nothing(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (runs("piefed", &school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let looms = group_url(&school, bob.founds("looms").await).await;
        let piet = home.person("piet");
        joins(&school, &home, &piet, &looms).await;
        let (own, theirs) = (home.group("own"), other.group("theirs"));
        is_let_in(&bob, &home, &own).await;
        is_let_in(&bob, &other, &theirs).await;
        let copied = |verb: &str, object: &Value, group: &PeerActor, words: &str| {
            let mut copy = object.clone();
            copy.as_object_mut().unwrap().remove("name");
            copy.as_object_mut().unwrap().remove("source");
            if copy["type"] == "Event" {
                copy["type"] = "Note".into();
            }
            copy["content"] = format!("<p>{words}</p>").into();
            copy["updated"] = "2026-11-25T00:00:00Z".into();
            copy["inReplyTo"] = Value::Null;
            copy["tag"] = json!([{ "type": "Mention", "href": format!("{}u/bob", school.url), "name": "@bob" }]);
            does(&piet, verb, copy, &group.id)
        };

        let mut poll = page(&piet, 1, &own.id, "Which yarn?");
        poll["type"] = "Question".into();
        poll["endTime"] = "2099-01-20T11:46:50Z".into();
        poll["oneOf"] = json!(["Linen", "Wool"].map(|answer| json!({
            "type": "Note", "name": answer, "replies": { "type": "Collection", "totalItems": 0 },
        })));
        let mut event = page(&piet, 2, &theirs.id, "An evening of weaving");
        event["type"] = "Event".into();
        event["startTime"] = "2026-12-03T17:00:00Z".into();
        event["timezone"] = "Europe/Berlin".into();
        for (object, group) in [(&poll, &own), (&event, &theirs)] {
            home.serves(text(object, "id"), object.clone());
            refused(&school, &piet, &copied("Create", object, group, "Say, @bob"), "has not told us").await;
            applied(&school, group, &announced(group, &does(&piet, "Create", object.clone(), &group.id))).await;
            for verb in ["Create", "Update"] {
                applied(&school, &piet, &copied(verb, object, group, "Say, @bob")).await;
            }
            let row = school.post_by_ap_id(text(object, "id")).await.unwrap();
            assert_eq!(row.title, text(object, "name"));
            assert!(!row.body_html.contains("Say,"), "{}", row.body_html);
            let planned = school.read(move |tx| events::get(tx.conn, row.id)).await;
            assert_eq!(planned.is_some(), object["type"] == "Event");
        }
        // What it says of our own groups it says to them.
        let ours = page(&piet, 3, &looms, "Which loom?");
        applied(&school, &piet, &does(&piet, "Create", ours.clone(), &looms)).await;
        assert_eq!(school.post_by_ap_id(text(&ours, "id")).await.unwrap().title, "Which loom?");
    }

    async fn a_group_that_tells_nobody_what_a_moderator_of_ours_asked_for_is_read_anew(db: Database) {
        let school = Instance::start(db).await;
        let home = runs("piefed", &school).await;
        let (bob, eve) = (school.member("bob").await, school.member("eve").await);
        let club = home.group("club");
        let there = is_let_in(&bob, &home, &club).await;
        let (me, her) = (bob.id, eve.id);
        school.act(move |tx| Ok(actors::set_role(tx.conn, there, me, Some(Role::Moderator), tx.now)?)).await.unwrap();
        let edit = EditGroup {
            title: DisplayName::parse("Looms").unwrap(), domain: Statement::parse("Weaving.").unwrap(), rules: None, icon: None,
            image: None, posting_restricted: false, sensitive: false, visibility: Visibility::Public,
        };
        school.act(move |tx| groups::edit(tx, me, there, &edit)).await.unwrap();
        school.act(move |tx| groups::appoint(tx, me, there, her, Some(Role::Moderator))).await.unwrap();
        home.received("the edit", |a| a["type"] == "Update").await;
        home.received("the appointment", |a| a["type"] == "Add").await;
        club.change_document(|doc| doc["name"] = "Looms".into());
        let moderators = format!("{}/moderators", club.id);
        home.serves(&moderators, json!({
            "id": moderators, "type": "OrderedCollection", "totalItems": 2,
            "orderedItems": [format!("{}u/bob", school.url), format!("{}u/eve", school.url)],
        }));
        // A few minutes later.
        let due = school.act(|tx| {
            use coppice::store::schema::group_refreshes::dsl;
            use diesel::prelude::*;
            let due = dsl::group_refreshes.filter(dsl::next_attempt.lt(tx.now.plus(5 * MINUTE)));
            let moved = diesel::update(due).set(dsl::next_attempt.eq(tx.now)).execute(tx.conn);
            tx.wake_errands();
            Ok(moved.map_err(StoreError::from)?)
        });
        assert_eq!(due.await.unwrap(), 1);
        eventually("it is as it was asked for", || async {
            school.read(move |tx| {
                let name = actors::get(tx.conn, there)?.display_name;
                Ok(name.as_deref() == Some("Looms") && actors::role(tx.conn, there, her)?.is_some())
            }).await
        }).await;
    }

    async fn a_group_is_found_though_a_person_there_has_its_name(db: Database) {
        let school = Instance::start(db).await;
        let home = runs("piefed", &school).await;
        let bob = school.member("bob").await;
        // Who comes last is who the name stands for.
        let (looms, person) = (home.group("looms"), home.person("looms"));
        let found = bob.finds(&format!("!looms@{}", home.host)).await;
        assert_eq!(school.read(move |tx| actors::get(tx.conn, found)).await.ap_id, looms.id);
        let resolve = async |handle: &str| school.app().federation.resolve(&format!("{handle}@{}", home.host)).await;
        let Ok(Resolved::Person(id)) = resolve("@looms").await else { panic!("nobody") };
        assert_eq!(school.read(move |tx| actors::get(tx.conn, id)).await.ap_id, person.id);
        home.answers_webfinger("nobody", Value::Null);
        for name in ["@nobody", "!nobody"] {
            assert!(matches!(resolve(name).await, Err(ResolveError::NotFound)), "{name}");
        }
        // There is no such group: then it may mean the person.
        home.person("piet");
        assert!(matches!(resolve("!piet").await, Ok(Resolved::Person(_))));
    }
}
