//! Bans, locks, removals and warnings over the wire, as Lemmy tells them: in, out, and what is refused.

use axum::http::StatusCode;
use coppice::community::bans::{self, Ban, Lift};
use coppice::community::{comments, groups, threads, votes};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{LoggedAct, Vote};
use coppice::domain::limits::Reason;
use coppice::domain::roles::Role;
use coppice::domain::time::{DAY, SECOND};
use coppice::store::modlog::{ModlogFilter, ModlogRow};
use coppice::store::{actors, bans as ban_store, follows, marks, modlog, site};
use serde_json::{Value, json};

use crate::help::{a_while, actor, applied, follow, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, note, page};
use crate::real;
use crate::support::peer::PUBLIC;
use crate::support::{
    Database, Instance, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

/// A real document of Lemmy's, with its actors, object and place put in the place of theirs.
fn document(path: &str, by: &PeerActor, fields: &[(&str, Value)]) -> Value {
    let mut value = real::document(&format!("lemmy/activities/{path}"), otherwise(path));
    let verb = value["type"].as_str().unwrap().to_lowercase();
    value["@context"] = "https://www.w3.org/ns/activitystreams".into();
    value["id"] = by.new_id(&verb).into();
    value["actor"] = by.id.clone().into();
    for (field, to) in fields {
        value[*field] = to.clone();
    }
    value
}

/// What of those documents matters to these stories, where they are not at hand.
fn otherwise(path: &str) -> Value {
    let mut value = match path.rsplit('/').next().unwrap() {
        "block_user.json" => json!({ "type": "Block", "removeData": true, "summary": "spam post" }),
        "undo_block_user.json" => json!({ "type": "Undo" }),
        "undo_lock_note.json" => json!({ "type": "Undo", "summary": "A reason for an unlock." }),
        "lock_note.json" | "lock_page.json" => {
            json!({ "type": "Lock", "summary": "A reason for a lock" })
        }
        "remove_note.json" => json!({ "type": "Delete", "summary": "off-topic" }),
        _ => json!({ "type": "Warn", "summary": "fU8HltC5wq" }),
    };
    value["to"] = json!([PUBLIC]);
    value
}

/// block_user.json: `by` bans `person` from `place`.
fn block(by: &PeerActor, person: &str, place: &str, ends: Option<&str>) -> Value {
    let fields = [
        ("object", person.into()),
        ("target", place.into()),
        ("cc", json!([place])),
        ("audience", place.into()),
        ("endTime", ends.map_or(Value::Null, Value::from)),
    ];
    document("block/block_user.json", by, &fields)
}

/// undo_block_user.json, of that ban.
fn unblock(by: &PeerActor, block: &Value) -> Value {
    let mut inner = block.clone();
    inner.as_object_mut().unwrap().remove("@context");
    let fields = [
        ("object", inner),
        ("cc", block["cc"].clone()),
        ("audience", block["audience"].clone()),
    ];
    document("block/undo_block_user.json", by, &fields)
}

async fn is_banned(at: &Instance, place: ActorId, person: ActorId) -> bool {
    at.read(move |tx| ban_store::holds(tx.conn, place, person, tx.now))
        .await
}

async fn is_suspended(at: &Instance, person: ActorId) -> bool {
    at.read(move |tx| actors::is_suspended(tx.conn, person))
        .await
}

async fn log(at: &Instance, act: LoggedAct) -> Vec<ModlogRow> {
    let filter = ModlogFilter {
        act: Some(act),
        ..ModlogFilter::default()
    };
    at.read(move |tx| {
        modlog::page(
            tx.conn,
            coppice::store::audience::Audience::House,
            filter,
            None,
            50,
        )
    })
    .await
    .items
}

async fn known(at: &Instance, ap_id: &str) -> ActorId {
    eventually_some("the actor is known", || actor(at, ap_id))
        .await
        .id
}

async fn appoints(at: &Instance, by: ActorId, group: ActorId, person: ActorId) {
    at.act(move |tx| groups::appoint(tx, by, group, person, Some(Role::Moderator)))
        .await
        .unwrap();
}

fn with_content(reason: &str) -> Ban {
    Ban {
        reason: Reason::cut(reason),
        until: None,
        content: true,
    }
}

on_both_databases! {
    async fn a_moderator_elsewhere_bans_from_a_group_here_with_reason_end_and_content(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data) = (home.person("lea"), other.person("data"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &data, &group).await;
        let thread = page(&lea, 1, &group, "Buy my looms");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let words = note(&lea, 1, &group, text(&thread, "id"), "Cheap!");
        applied(&school, &lea, &does(&lea, "Create", words.clone(), &group)).await;
        let (his, hers) = (known(&school, &data.id).await, known(&school, &lea.id).await);
        appoints(&school, alice.id, looms, his).await;

        let ban = block(&data, &lea.id, &group, Some("2999-11-01T12:23:50.151874Z"));
        applied(&school, &data, &ban).await;
        assert!(is_banned(&school, looms, hers).await);
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().removed);
        assert!(school.comment_by_ap_id(text(&words, "id")).await.unwrap().removed);
        let entry = log(&school, LoggedAct::BanFromGroup).await.remove(0);
        assert_eq!((entry.moderator_id, entry.person_id, entry.group_id), (his, Some(hers), Some(looms)));
        assert_eq!((entry.reason.as_deref(), entry.undone), (Some("spam post"), false));
        assert!(entry.expires.is_some());
        // The group tells all its followers, the banned person's server among them, which follows no more.
        for peer in [&home, &other] {
            let id = ban["id"].clone();
            let got = peer.received("the ban", |a| a["object"]["id"] == id).await.activity;
            assert_eq!((text(&got, "type"), text(&got, "actor")), ("Announce", group.as_str()));
            assert_eq!(got["object"]["removeData"], true);
        }
        assert!(school.read(move |tx| follows::find(tx.conn, hers, looms)).await.is_none());

        // What she does there now is refused, and says why.
        let again = page(&lea, 2, &group, "Buy more");
        refused(&school, &lea, &does(&lea, "Create", again, &group), "banned").await;
        let mine = alice.posts(looms, "About shuttles").await;
        let answer = note(&lea, 2, &group, &mine.ap_id, "Buy!");
        refused(&school, &lea, &does(&lea, "Create", answer, &group), "banned").await;
        refused(&school, &lea, &does(&lea, "Like", mine.ap_id.as_str(), &group), "banned").await;
        let asks = follow(&lea, &group);
        lea.says(&asks).await;
        let id = asks["id"].clone();
        home.received("a Reject", |a| a["type"] == "Reject" && a["object"]["id"] == id).await;
        assert!(school.read(move |tx| follows::find(tx.conn, hers, looms)).await.is_none());

        let end = unblock(&data, &ban);
        applied(&school, &data, &end).await;
        assert!(!is_banned(&school, looms, hers).await);
        let id = end["id"].clone();
        other.received("its end", |a| a["object"]["id"] == id).await;
        joins(&school, &home, &lea, &group).await;
        let better = page(&lea, 3, &group, "How I weave");
        applied(&school, &lea, &does(&lea, "Create", better, &group)).await;
        // Lemmy leaves what was removed.
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().removed);
    }

    async fn nobody_bans_without_the_say_for_it(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data, eve) = (home.person("lea"), home.person("data"), third.person("eve"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &home, &data, &group).await;
        let (tenforward, rival) = (home.group("tenforward"), home.group("rival"));
        is_let_in(&bob, &home, &tenforward).await;
        is_let_in(&bob, &home, &rival).await;
        let his = known(&school, &data.id).await;
        let hers = known(&school, &lea.id).await;

        // Neither members, nor who moderates elsewhere.
        let mut promote = data.does("Add", data.id.as_str());
        promote["target"] = format!("{}/moderators", tenforward.id).into();
        applied(&school, &tenforward, &announced(&tenforward, &promote)).await;
        for who in [&lea, &data] {
            let ban = block(who, &format!("{}u/bob", school.url), &group, None);
            refused(&school, who, &ban, "moderate").await;
        }
        // No group speaks for another one, nor for a site.
        let ban = block(&data, &lea.id, &tenforward.id, None);
        refused(&school, &rival, &announced(&rival, &ban), "does not own").await;
        let ban = block(&data, &lea.id, &home.at("/"), None);
        refused(&school, &tenforward, &announced(&tenforward, &ban), "does not speak for a site").await;
        // A moderator does not ban a coordinator, nor another moderator.
        appoints(&school, alice.id, looms, his).await;
        appoints(&school, alice.id, looms, hers).await;
        for person in [format!("{}u/alice", school.url), lea.id.clone(), data.id.clone()] {
            refused(&school, &data, &block(&data, &person, &group, None), "as much say").await;
        }
        // A ban whose end has passed, as the document stands.
        let ban = block(&data, &format!("{}u/bob", school.url), &group, Some("2021-11-01T12:23:50.151874Z"));
        refused(&school, &data, &ban, "passed already").await;
        // A site bans its own people, from itself.
        let ours = format!("{}u/bob", school.url);
        refused(&school, &data, &block(&data, &ours, &home.at("/"), None), "its own people").await;
        refused(&school, &data, &block(&data, &lea.id, school.url.as_str(), None), "neither").await;
        joins(&school, &third, &eve, &group).await;
        refused(&school, &data, &block(&data, &eve.id, &home.at("/"), None), "its own people").await;
        refused(&school, &data, &block(&data, &eve.id, &third.at("/"), None), "neither").await;
        assert!(log(&school, LoggedAct::BanFromGroup).await.is_empty());
        assert!(log(&school, LoggedAct::BanFromSite).await.is_empty());
    }

    async fn a_group_elsewhere_bans_a_member_of_ours(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, data) = (home.group("tenforward"), home.person("data"));
        let there = is_let_in(&bob, &home, &group).await;
        let post = bob.posts(there, "Off topic").await;
        let me = format!("{}u/bob", school.url);
        let ban = block(&data, &me, &group.id, None);
        applied(&school, &group, &announced(&group, &ban)).await;
        assert!(is_banned(&school, there, bob.id).await);
        assert!(school.post(post.id).await.removed);
        assert!(school.read(move |tx| follows::find(tx.conn, bob.id, there)).await.is_none());
        let vote = school.act(move |tx| {
            votes::vote(tx, bob.id, votes::Target::Post(post.id), Some(Vote::Up), coppice::community::Via::Here)
        }).await;
        assert!(vote.unwrap_err().to_string().contains("banned"));
        // The newer way to end it brings back what went with it.
        let mut end = unblock(&data, &ban);
        end["restoreData"] = true.into();
        applied(&school, &group, &announced(&group, &end)).await;
        assert!(!is_banned(&school, there, bob.id).await);
        assert!(!school.post(post.id).await.removed);
    }

    async fn a_ban_here_is_announced_and_sent_to_the_server_of_whom_it_hits(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &other.person("piet"), &group).await;
        appoints(&school, alice.id, looms, carol.id).await;
        let hers = known(&school, &lea.id).await;
        let thread = page(&lea, 1, &group, "Buy my looms");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let until = school.read(|tx| Ok(tx.now)).await.plus(3 * DAY);
        let ban = Ban { until: Some(until), ..with_content("spam") };
        school.act(move |tx| bans::ban_from_group(tx, carol.id, looms, hers, &ban)).await.unwrap();
        let fits = |a: &Value| a["type"] == "Announce" && a["object"]["type"] == "Block";
        for peer in [&home, &other] {
            let got = peer.received("the ban", fits).await.activity;
            let inner = &got["object"];
            assert_eq!(inner["actor"], format!("{}u/carol", school.url));
            assert_eq!((text(inner, "object"), text(inner, "target")), (lea.id.as_str(), group.as_str()));
            assert_eq!((text(inner, "summary"), &inner["removeData"]), ("spam", &json!(true)));
            assert_eq!((text(inner, "endTime"), text(inner, "expires")), (until.to_string().as_str(), until.to_string().as_str()));
            assert_eq!((&inner["cc"], text(inner, "audience")), (&json!([group]), group.as_str()));
        }
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().removed);
        // Her server follows no more, and still hears of the end.
        let lift = Lift { reason: Reason::cut("a mistake"), content: true };
        school.act(move |tx| bans::unban_from_group(tx, carol.id, looms, hers, &lift)).await.unwrap();
        let end = home.received("the end", |a| a["type"] == "Undo" && a["object"]["type"] == "Block").await.activity;
        let begun = home.received("the ban", fits).await.activity;
        assert_eq!(end["object"]["id"], begun["object"]["id"]);
        assert_eq!(end["restoreData"], true);
        assert!(!school.post_by_ap_id(text(&thread, "id")).await.unwrap().removed);
        let entries = log(&school, LoggedAct::BanFromGroup).await;
        assert_eq!(entries.iter().map(|e| e.undone).collect::<Vec<_>>(), [true, false]);
    }

    async fn a_site_elsewhere_bans_its_own_person_everywhere(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.admin("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, chief) = (home.person("lea"), home.person("chief"));
        joins(&school, &home, &lea, &group).await;
        let thread = page(&lea, 1, &group, "Buy my looms");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let hers = known(&school, &lea.id).await;

        let mut ban = block(&chief, &lea.id, &home.at("/"), None);
        ban["cc"] = json!([]);
        applied(&school, &chief, &ban).await;
        assert!(is_suspended(&school, hers).await);
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().removed);
        let entry = log(&school, LoggedAct::BanFromSite).await.remove(0);
        assert_eq!((entry.person_id, entry.reason.as_deref()), (Some(hers), Some("spam post")));
        let more = does(&lea, "Create", page(&lea, 2, &group, "More"), &group);
        assert_eq!(lea.sends(&more).await, StatusCode::FORBIDDEN);
        applied(&school, &chief, &unblock(&chief, &ban)).await;
        assert!(!is_suspended(&school, hers).await);
        applied(&school, &lea, &does(&lea, "Create", page(&lea, 3, &group, "More"), &group)).await;

        // What an administrator here decided, her site does not end.
        school.act(move |tx| bans::ban_from_site(tx, alice.id, hers, &Ban::default())).await.unwrap();
        let ban = block(&chief, &lea.id, &home.at("/"), None);
        applied(&school, &chief, &ban).await;
        applied(&school, &chief, &unblock(&chief, &ban)).await;
        assert!(is_suspended(&school, hers).await);
    }

    async fn a_member_banned_here_is_banned_wherever_they_are_known(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let mira = museum.member("mira").await;
        let coins = mira.founds("coins").await;
        let ruth = school.admin("ruth").await;
        let bob = school.member("bob").await;
        let there = bob.follows(&format!("!coins@{}", museum.host)).await;
        let post = bob.posts(there, "Buy my coins").await;
        let copy = eventually_some("the thread is there", || museum.post_by_ap_id(&post.ap_id)).await;
        let his = copy.author_id;
        let home_site = school.read(|tx| site::get(tx.conn)).await.actor_id;
        // Nobody bans an administrator, nor themselves.
        let denied = school.act(move |tx| bans::ban_from_site(tx, ruth.id, ruth.id, &Ban::default())).await;
        assert!(denied.is_err());

        school.act(move |tx| bans::ban_from_site(tx, ruth.id, bob.id, &with_content("spam"))).await.unwrap();
        assert!(is_banned(&school, home_site, bob.id).await && is_suspended(&school, bob.id).await);
        assert!(school.post(post.id).await.removed);
        eventually("the other server knows", || async { is_suspended(&museum, his).await }).await;
        eventually("his thread is gone there", || async { museum.post(copy.id).await.removed }).await;
        assert!(!is_banned(&museum, coins, his).await);

        let lift = Lift { reason: None, content: true };
        school.act(move |tx| bans::unban_from_site(tx, ruth.id, bob.id, &lift)).await.unwrap();
        eventually("he is back there", || async { !is_suspended(&museum, his).await }).await;
        eventually("his thread as well", || async { !museum.post(copy.id).await.removed }).await;
    }

    async fn somebody_elsewhere_banned_here_is_banned_from_our_groups_and_no_others(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let ruth = school.admin("ruth").await;
        let looms = ruth.founds("looms").await;
        let mira = museum.member("mira").await;
        let there = mira.follows(&format!("!looms@{}", school.host)).await;
        // The lifting comes from ruth herself, when no group announces to her server any more.
        eventually("her server knows who looks after the group", || async {
            !museum.read(move |tx| coppice::store::actors::moderators(tx.conn, there)).await.is_empty()
        }).await;
        let post = mira.posts(there, "Buy my coins").await;
        let copy = eventually_some("the thread is here", || school.post_by_ap_id(&post.ap_id)).await;
        let hers = copy.author_id;
        school.act(move |tx| bans::ban_from_site(tx, ruth.id, hers, &with_content("spam"))).await.unwrap();
        assert!(is_banned(&school, looms, hers).await && is_suspended(&school, hers).await);
        eventually("her server knows of the group", || async { is_banned(&museum, there, mira.id).await }).await;
        eventually("her thread is gone there", || async { museum.post(post.id).await.removed }).await;
        assert!(!is_suspended(&museum, mira.id).await, "her own server decides about that");
        school.act(move |tx| bans::unban_from_site(tx, ruth.id, hers, &Lift::default())).await.unwrap();
        eventually("she is let in again", || async { !is_banned(&museum, there, mira.id).await }).await;
        assert!(!is_banned(&school, looms, hers).await);
    }

    async fn a_ban_ends_by_itself(db: Database) {
        let school = Instance::start(db).await;
        let ruth = school.admin("ruth").await;
        let bob = school.member("bob").await;
        let looms = ruth.founds("looms").await;
        let soon = school.read(|tx| Ok(tx.now)).await.plus(2 * SECOND);
        let ban = Ban { until: Some(soon), ..Ban::default() };
        school.act(move |tx| {
            bans::ban_from_group(tx, ruth.id, looms, bob.id, &ban)?;
            bans::ban_from_site(tx, ruth.id, bob.id, &ban)
        }).await.unwrap();
        assert!(is_suspended(&school, bob.id).await);
        let follows = school.act(move |tx| groups::follow(tx, bob.id, looms)).await;
        assert!(follows.is_err());
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        // Whether the clock has come by or not.
        let open = move |tx: &mut coppice::store::Tx<'_>| coppice::community::accounts::open_session(tx, bob.id, coppice::domain::kinds::SessionKind::Web);
        school.act(open).await.unwrap();
        assert!(!is_suspended(&school, bob.id).await);
        school.act(move |tx| groups::follow(tx, bob.id, looms)).await.unwrap();
        let past = school.read(|tx| Ok(tx.now)).await;
        let ban = Ban { until: Some(past), ..Ban::default() };
        let late = school.act(move |tx| bans::ban_from_site(tx, ruth.id, bob.id, &ban)).await;
        assert!(late.unwrap_err().to_string().contains("passed"));
    }

    async fn comments_are_locked_with_a_reason_and_unlocked_both_ways(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data) = (home.person("lea"), home.person("data"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &home, &data, &group).await;
        appoints(&school, alice.id, looms, known(&school, &data.id).await).await;
        let post = alice.posts(looms, "About shuttles").await;
        let heated = alice.replies(post.id, None, "You are wrong").await;

        // lock_note.json and its undoing, as they are.
        let fields = [("object", heated.ap_id.as_str().into()), ("audience", group.as_str().into())];
        let lock = document("community/lock_note.json", &data, &fields);
        refused(&school, &lea, &document("community/lock_note.json", &lea, &fields), "moderate").await;
        applied(&school, &data, &lock).await;
        let is_locked = || async { !school.read(move |tx| marks::locked_comments(tx.conn, &[heated.id])).await.is_empty() };
        assert!(is_locked().await);
        let entry = log(&school, LoggedAct::LockComment).await.remove(0);
        assert_eq!((entry.comment_id, entry.reason.as_deref()), (Some(heated.id), Some("A reason for a lock")));
        let answer = note(&lea, 1, &group, &heated.ap_id, "No, you");
        refused(&school, &lea, &does(&lea, "Create", answer.clone(), &group), "locked").await;
        let mut inner = lock.clone();
        inner.as_object_mut().unwrap().remove("@context");
        let end = document("community/undo_lock_note.json", &data, &[("object", inner)]);
        applied(&school, &data, &end).await;
        assert!(!is_locked().await);
        let entry = log(&school, LoggedAct::LockComment).await.remove(0);
        assert_eq!((entry.undone, entry.reason.as_deref()), (true, Some("A reason for an unlock.")));

        // And out.
        school.act(move |tx| comments::lock(tx, alice.id, heated.id, true, Reason::cut("heated").as_ref())).await.unwrap();
        let told = home.received("the lock", |a| a["object"]["type"] == "Lock" && a["object"]["summary"] == "heated").await;
        assert_eq!(told.activity["object"]["object"], heated.ap_id.as_str());
        school.act(move |tx| comments::lock(tx, alice.id, heated.id, false, Reason::cut("cooled down").as_ref())).await.unwrap();
        let told = home.received("its end", |a| a["object"]["type"] == "Undo" && a["object"]["object"]["type"] == "Lock" && a["object"]["actor"] != data.id).await;
        assert_eq!(told.activity["object"]["summary"], "cooled down");
    }

    async fn threads_are_locked_and_removed_with_reasons_that_everybody_can_read(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let bob = school.member("bob").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let data = home.person("data");
        joins(&school, &home, &data, &group).await;
        appoints(&school, alice.id, looms, known(&school, &data.id).await).await;
        let post = bob.posts(looms, "Off topic").await;
        let object = ("object", Value::from(post.ap_id.as_str()));
        let lock = document("community/lock_page.json", &data, &[object.clone(), ("audience", group.as_str().into())]);
        applied(&school, &data, &lock).await;
        assert!(school.post(post.id).await.locked);
        let entry = log(&school, LoggedAct::LockPost).await.remove(0);
        assert_eq!(entry.reason.as_deref(), Some("A reason for the lock"));
        let remove = document("deletion/remove_note.json", &data, &[object, ("audience", group.as_str().into())]);
        applied(&school, &data, &remove).await;
        assert!(school.post(post.id).await.removed);
        let entry = log(&school, LoggedAct::RemovePost).await.remove(0);
        assert_eq!((entry.post_id, entry.person_id, entry.reason.as_deref()), (Some(post.id), Some(bob.id), Some("bad comment")));
        // Its author is told.
        let waiting = school.read(move |tx| coppice::store::notifications::page(tx.conn, bob.id, None, true, None, 5)).await;
        assert_eq!(waiting.items.len(), 1);
    }

    async fn an_administrator_keeps_this_site_clean_of_groups_elsewhere_and_tells_nobody(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let ruth = school.admin("ruth").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let there = is_let_in(&ruth, &home, &group).await;
        let thread = page(&lea, 1, &group.id, "To be judged");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let hers = row.author_id;
        let before = home.inbox().len();
        school.act(move |tx| {
            threads::lock(tx, ruth.id, row.id, true, Reason::cut("heated").as_ref())?;
            threads::feature(tx, ruth.id, row.id, true)?;
            threads::remove(tx, ruth.id, row.id, true, Reason::cut("not here").as_ref())?;
            bans::ban_from_group(tx, ruth.id, there, hers, &Ban::default())?;
            groups::remove(tx, ruth.id, there, true, Reason::cut("not here").as_ref())
        }).await.unwrap();
        let now = school.post(row.id).await;
        assert!(now.locked && now.featured && now.removed && is_banned(&school, there, hers).await);
        a_while().await;
        assert_eq!(home.inbox().len(), before, "nothing goes out");
        let edit = school.act(move |tx| groups::delete(tx, ruth.id, there)).await;
        assert!(edit.is_err(), "that is for its own server");
        // Its own server does not bring it back here either.
        let undo = does(&lea, "Undo", json!({ "type": "Delete", "actor": lea.id, "object": group.id, "summary": "" }), &group.id);
        refused(&school, &group, &announced(&group, &undo), "administrator here").await;
    }

    async fn a_group_removed_by_its_administrator_is_removed_there_until_it_is_put_back(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let ruth = school.admin("ruth").await;
        let bob = museum.member("bob").await;
        let looms = ruth.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        school.act(move |tx| groups::remove(tx, ruth.id, looms, true, Reason::cut("empty").as_ref())).await.unwrap();
        let gone = || async { is_suspended(&museum, there).await };
        eventually("it is removed there", gone).await;
        let entry = log(&museum, LoggedAct::RemoveGroup).await.remove(0);
        assert_eq!((entry.group_id, entry.reason.as_deref()), (Some(there), Some("empty")));
        let posting = museum.act(move |tx| groups::follow(tx, bob.id, there)).await;
        assert!(posting.is_err());
        school.act(move |tx| groups::remove(tx, ruth.id, looms, false, None)).await.unwrap();
        eventually("it is back there", || async { !gone().await }).await;
        assert!(!museum.read(move |tx| actors::get(tx.conn, there)).await.deleted);
    }

    async fn a_warning_reaches_the_author_and_the_log(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let third = Peer::lemmy(&school).await;
        let (group, data, eve) = (home.group("tenforward"), home.person("data"), third.person("eve"));
        let there = is_let_in(&bob, &home, &group).await;
        let post = bob.posts(there, "Off topic").await;
        let fields = [("object", post.ap_id.as_str().into()), ("to", json!([format!("{}u/bob", school.url)])), ("audience", group.id.as_str().into())];
        refused(&school, &eve, &document("community/warn.json", &eve, &fields), "moderate").await;
        applied(&school, &data, &document("community/warn.json", &data, &fields)).await;
        let entry = log(&school, LoggedAct::Warn).await.remove(0);
        assert_eq!((entry.person_id, entry.reason.as_deref()), (Some(bob.id), Some("fU8HltC5wq")));
        let waiting = school.read(move |tx| coppice::store::notifications::page(tx.conn, bob.id, None, true, None, 5)).await;
        assert_eq!(waiting.items.len(), 1);

        // And out: to the author's server alone.
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let here = group_url(&school, looms).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &here).await;
        let thread = page(&lea, 5, &here, "Off topic, too");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &here)).await;
        let row = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        school.act(move |tx| threads::warn(tx, alice.id, row.id, Reason::cut("please keep to looms").as_ref())).await.unwrap();
        let told = home.received("the warning", |a| a["type"] == "Warn").await.activity;
        assert_eq!((text(&told, "summary"), text(&told, "object")), ("please keep to looms", text(&thread, "id")));
    }

    async fn a_moderators_word_is_marked_here_and_there(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let alice = school.member("alice").await;
        let bob = museum.member("bob").await;
        let looms = alice.founds("looms").await;
        bob.follows(&format!("!looms@{}", school.host)).await;
        let post = alice.posts(looms, "Rules").await;
        let word = alice.replies(post.id, None, "Please read them").await;
        let copy = eventually_some("the comment is there", || museum.comment_by_ap_id(&word.ap_id)).await;
        school.act(move |tx| comments::distinguish(tx, alice.id, word.id, true)).await.unwrap();
        eventually("it is marked there", || async { museum.comment(copy.id).await.distinguished }).await;
        // Bob is no moderator: neither here nor over the wire.
        let post_there = eventually_some("the thread is there", || museum.post_by_ap_id(&post.ap_id)).await;
        let his = bob.replies(post_there.id, None, "Hear me").await;
        let denied = museum.act(move |tx| comments::distinguish(tx, bob.id, his.id, true)).await;
        assert!(denied.is_err());
        let home = Peer::lemmy(&school).await;
        let lea = home.person("lea");
        let group = group_url(&school, looms).await;
        joins(&school, &home, &lea, &group).await;
        let mut loud = note(&lea, 9, &group, &post.ap_id, "Hear me");
        loud["distinguished"] = true.into();
        applied(&school, &lea, &does(&lea, "Create", loud.clone(), &group)).await;
        assert!(!school.comment_by_ap_id(text(&loud, "id")).await.unwrap().distinguished);
    }
}
