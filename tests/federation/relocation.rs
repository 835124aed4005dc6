//! Threads that go from one group to another (FEP-f15d), as PieFed and NodeBB tell it, and from here.

use coppice::community::groups::{self, EditGroup};
use coppice::community::{CommunityError, Denied, threads};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::kinds::{LoggedAct, Visibility};
use coppice::domain::limits::{DisplayName, Reason, Statement};
use coppice::domain::roles::Role;
use coppice::store::audience::Audience;
use coppice::store::modlog::{self, ModlogFilter};
use coppice::store::shares;
use serde_json::{Value, json};

use crate::help::{actor, applied, group_url, is_let_in, joins, knows, refused, settled, text};
use crate::lemmy::{announced, does, note, page};
use crate::sound::is_sound;
use crate::support::{Database, Instance, Member, Peer, PeerActor, on_both_databases};

/// As PieFed tells it: plain addresses, and the group it leaves in copy.
fn moving(by: &PeerActor, thread: &str, origin: &str, target: &str) -> Value {
    let mut activity = by.does("Move", thread);
    activity["origin"] = origin.into();
    activity["target"] = target.into();
    activity["cc"] = json!([origin]);
    activity
}

async fn group_of(at: &Instance, thread: &Value) -> ActorId {
    let row = at.post_by_ap_id(text(thread, "id")).await;
    row.unwrap().group_id
}

async fn relocates(by: &Member<'_>, post: PostId, target: ActorId) -> Result<(), CommunityError> {
    let (me, why) = (by.id, Reason::cut("belongs there"));
    by.home
        .act(move |tx| threads::relocate(tx, me, post, target, why.as_ref()))
        .await
}

fn invalid(result: Result<(), CommunityError>) -> String {
    match result {
        Err(CommunityError::Invalid {
            field: "group",
            message,
        }) => message,
        other => panic!("{other:?}"),
    }
}

fn only_moderators_begin() -> EditGroup {
    EditGroup {
        title: DisplayName::parse("Notices").unwrap(),
        domain: Statement::parse("What all should know.").unwrap(),
        rules: None,
        icon: None,
        image: None,
        posting_restricted: true,
        sensitive: false,
        visibility: Visibility::Public,
    }
}

async fn piefed(at: &Instance) -> Peer {
    Peer::start(Some(("piefed", "1.6.18")), &at.url).await
}

on_both_databases! {
    async fn a_thread_that_piefed_moves_takes_all_that_answers_it_along(db: Database) {
        let school = Instance::start(db).await;
        let home = piefed(&school).await;
        let bob = school.member("bob").await;
        let (old, new) = (home.group("weaving"), home.group("looms"));
        let (lea, ann) = (home.person("lea"), home.person("ann"));
        let first = is_let_in(&bob, &home, &old).await;
        let then = is_let_in(&bob, &home, &new).await;
        let thread = page(&lea, 1, &old.id, "Warping a loom");
        let answer = note(&ann, 1, &old.id, text(&thread, "id"), "Slowly");
        for (by, object) in [(&lea, &thread), (&ann, &answer)] {
            applied(&school, &old, &announced(&old, &does(by, "Create", object.clone(), &old.id))).await;
        }
        let mine = bob.replies(school.post_by_ap_id(text(&thread, "id")).await.unwrap().id, None, "And evenly").await;

        let moved = moving(&ann, text(&thread, "id"), &old.id, &new.id);
        // Not because somebody says so, nor a group that it is not in.
        refused(&school, &ann, &moved, "does not moderate").await;
        let third = home.group("pottery");
        is_let_in(&bob, &home, &third).await;
        refused(&school, &third, &announced(&third, &moved), "does not own").await;
        let elsewhere = piefed(&school).await;
        let foreign = elsewhere.group("weaving");
        is_let_in(&bob, &elsewhere, &foreign).await;
        let away = moving(&ann, text(&thread, "id"), &old.id, &foreign.id);
        refused(&school, &old, &announced(&old, &away), "may not bring").await;
        assert_eq!(group_of(&school, &thread).await, first);

        applied(&school, &old, &announced(&old, &moved)).await;
        assert_eq!(group_of(&school, &thread).await, then);
        assert_eq!(school.comment_by_ap_id(text(&answer, "id")).await.unwrap().group_id, then);
        assert_eq!(school.comment(mine.id).await.group_id, then);
        // Once more, and from the group that it left long ago: nothing.
        applied(&school, &old, &announced(&old, &moved)).await;
        is_sound(&school, "it moved").await;
        let log = ModlogFilter { act: Some(LoggedAct::MovePost), ..ModlogFilter::default() };
        let log = school.read(move |tx| modlog::page(tx.conn, Audience::House, log, None, 9)).await;
        assert_eq!(log.items.len(), 1);
        assert_eq!(log.items[0].group_id, Some(first));

        // What follows is told by the new group, and ours goes there.
        let more = note(&lea, 2, &new.id, text(&answer, "id"), "Very slowly");
        applied(&school, &new, &announced(&new, &does(&lea, "Create", more.clone(), &new.id))).await;
        assert_eq!(school.comment_by_ap_id(text(&more, "id")).await.unwrap().group_id, then);
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap().id;
        let ours = bob.replies(post, None, "Thank you").await;
        let told = home.received("our answer", |a| a["object"]["id"] == ours.ap_id.as_str()).await;
        assert_eq!(told.activity["object"]["audience"], new.id.as_str());
        is_sound(&school, "the conversation went on").await;
    }

    async fn who_did_not_hear_of_a_move_follows_it_once_the_new_group_tells_of_the_thread(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (piefed(&school).await, piefed(&school).await);
        let bob = school.member("bob").await;
        let (old, new) = (home.group("weaving"), other.group("looms"));
        let lea = home.person("lea");
        is_let_in(&bob, &home, &old).await;
        let then = is_let_in(&bob, &other, &new).await;
        let mut thread = page(&lea, 1, &old.id, "Warping a loom");
        let create = announced(&old, &does(&lea, "Create", thread.clone(), &old.id));
        applied(&school, &old, &create).await;

        // Its own server says that it is where it was: nobody takes it away.
        home.serves(text(&thread, "id"), thread.clone());
        let early = note(&lea, 1, &new.id, text(&thread, "id"), "Here?");
        home.serves(text(&early, "id"), early.clone());
        refused(&school, &new, &announced(&new, &does(&lea, "Create", early, &new.id)), "does not own").await;

        thread["audience"] = new.id.as_str().into();
        thread["to"] = json!([new.id, crate::support::peer::PUBLIC]);
        home.serves(text(&thread, "id"), thread.clone());
        let late = note(&lea, 2, &new.id, text(&thread, "id"), "Here.");
        home.serves(text(&late, "id"), late.clone());
        applied(&school, &new, &announced(&new, &does(&lea, "Create", late.clone(), &new.id))).await;
        assert_eq!(group_of(&school, &thread).await, then);
        assert_eq!(school.comment_by_ap_id(text(&late, "id")).await.unwrap().group_id, then);
        is_sound(&school, "it was found to have moved").await;

        // Who never had the thread has it from the group that it comes into.
        let second = page(&lea, 9, &new.id, "Another");
        home.serves(text(&second, "id"), second.clone());
        let moved = moving(&lea, text(&second, "id"), &old.id, &new.id);
        applied(&school, &new, &announced(&new, &moved)).await;
        assert_eq!(group_of(&school, &second).await, then);
    }

    async fn a_topic_that_nodebb_moves_is_known_by_its_context(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::start(Some(("nodebb", "4.7.0")), &school.url).await;
        let bob = school.member("bob").await;
        let (old, new) = (home.group("weaving"), home.group("looms"));
        let (lea, eve) = (home.person("lea"), home.person("eve"));
        is_let_in(&bob, &home, &old).await;
        let then = is_let_in(&bob, &home, &new).await;
        let topic = home.at("/topic/12");
        let mut thread = page(&lea, 1, &old.id, "Warping a loom");
        thread["context"] = topic.as_str().into();
        applied(&school, &old, &announced(&old, &does(&lea, "Create", thread.clone(), &old.id))).await;
        home.serves(text(&thread, "id"), thread.clone());

        // The new category tells of it before the Move comes: then it stands in both, for a moment.
        applied(&school, &new, &new.does("Announce", text(&thread, "id"))).await;
        let mut moved = moving(&lea, &topic, &old.id, &new.id);
        moved["cc"] = json!([format!("{}/followers", new.id), format!("{}/followers", old.id)]);
        let mut forged = moved.clone();
        forged["id"] = eve.new_id("move").into();
        forged["actor"] = eve.id.as_str().into();
        refused(&school, &eve, &forged, "does not moderate").await;
        applied(&school, &lea, &moved).await;
        assert_eq!(group_of(&school, &thread).await, then);
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap().id;
        let guests = school.read(move |tx| shares::listing(tx.conn, post)).await;
        assert!(guests.is_empty(), "it is at home there");
        is_sound(&school, "the topic moved").await;
    }

    async fn a_thread_that_moves_between_groups_here_is_told_to_the_followers_of_both(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, pie, toots) = (Peer::lemmy(&school).await, piefed(&school).await, Peer::mastodon(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let (old, new) = (alice.founds("weaving").await, alice.founds("looms").await);
        let (from, to) = (group_url(&school, old).await, group_url(&school, new).await);
        for group in [&from, &to] {
            joins(&school, &pie, &pie.person("piet"), group).await;
            joins(&school, &toots, &toots.person("mia"), group).await;
        }
        joins(&school, &lemmy, &lemmy.person("lea"), &to).await;
        let thread = bob.posts(old, "Warping a loom").await;
        let answer = alice.replies(thread.id, None, "Slowly").await;
        pie.received("the answer", |a| a["object"]["object"]["id"] == answer.ap_id.as_str()).await;
        let carl = school.member("carl").await;

        assert!(matches!(relocates(&carl, thread.id, new).await, Err(CommunityError::Denied(Denied::NotModerator))));
        assert!(invalid(relocates(&alice, thread.id, old).await).contains("already"));
        let foreign = carl.founds("pottery").await;
        assert!(invalid(relocates(&alice, thread.id, foreign).await).contains("moderate as well"));

        relocates(&alice, thread.id, new).await.unwrap();
        let row = school.post(thread.id).await;
        assert_eq!((row.group_id, row.comment_count), (new, 1));
        assert_eq!(school.comment(answer.id).await.group_id, new);
        is_sound(&school, "it moved").await;

        for group in [&from, &to] {
            let got = pie.received("the move", |a| a["actor"] == group.as_str() && a["object"]["type"] == "Move").await;
            let inner = &got.activity["object"];
            assert_eq!(inner["object"], thread.ap_id.as_str());
            assert_eq!((&inner["origin"], &inner["target"]), (&json!(from), &json!(to)));
        }
        toots.received("the old group's boost is taken back", |a| {
            a["type"] == "Undo" && a["actor"] == from.as_str() && a["object"]["object"] == thread.ap_id.as_str()
        }).await;
        toots.received("the new group's boost", |a| {
            a["type"] == "Announce" && a["actor"] == to.as_str() && a["object"] == thread.ap_id.as_str()
        }).await;
        // Lemmy knows no such moves: its author says where it is.
        let told = lemmy.received("the thread", |a| {
            a["object"]["type"] == "Update" && a["object"]["object"]["id"] == thread.ap_id.as_str()
        }).await;
        assert_eq!(told.activity["object"]["object"]["audience"], to.as_str());
        let after = alice.replies(thread.id, None, "And evenly").await;
        let told = pie.received("what follows", |a| a["object"]["object"]["id"] == after.ap_id.as_str()).await;
        assert_eq!(told.activity["actor"], to.as_str());
        is_sound(&school, "the conversation went on").await;
    }

    async fn nobody_moves_what_moderators_took_away_or_where_moves_are_not_known(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, pie) = (Peer::lemmy(&school).await, piefed(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let old = alice.founds("weaving").await;
        let his = bob.founds("pottery").await;
        let thread = bob.posts(old, "Buy my looms").await;
        let (id, me) = (thread.id, alice.id);
        school.act(move |tx| threads::lock(tx, me, id, true, None)).await.unwrap();
        assert!(matches!(relocates(&bob, id, his).await, Err(CommunityError::Denied(Denied::NotModerator))));
        school.act(move |tx| threads::lock(tx, me, id, false, None)).await.unwrap();
        school.act(move |tx| threads::remove(tx, me, id, true, None)).await.unwrap();
        assert!(matches!(relocates(&bob, id, his).await, Err(CommunityError::Denied(Denied::NotModerator))));
        assert_eq!(school.post(id).await.group_id, old);

        for (peer, moves) in [(&lemmy, false), (&pie, true)] {
            let there = is_let_in(&bob, peer, &peer.group("weaving")).await;
            let then = is_let_in(&bob, peer, &peer.group("looms")).await;
            knows(&school, peer).await;
            let mine = bob.posts(there, "Warping a loom").await;
            let moved = relocates(&bob, mine.id, then).await;
            assert_eq!(moved.is_ok(), moves, "{moved:?}");
            if moves {
                peer.received("the move", |a| a["type"] == "Move" && a["object"] == mine.ap_id.as_str()).await;
            }
        }
    }

    async fn no_group_takes_in_a_thread_that_nobody_brought_who_may(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (piefed(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let ours = alice.founds("ours").await;
        let here = group_url(&school, ours).await;
        let (old, new) = (home.group("weaving"), home.group("looms"));
        let tom = third.person("tom");
        let there = is_let_in(&alice, &home, &old).await;
        is_let_in(&alice, &home, &new).await;
        let thread = page(&tom, 1, &old.id, "Warping a loom");
        third.serves(text(&thread, "id"), thread.clone());
        applied(&school, &old, &announced(&old, &does(&tom, "Create", thread.clone(), &old.id))).await;

        // A group does not speak for people of other servers, where ours are concerned.
        let into_ours = moving(&tom, text(&thread, "id"), &old.id, &here);
        refused(&school, &old, &announced(&old, &into_ours), "may not bring").await;
        // Nor they for groups of other servers.
        let into_theirs = moving(&tom, text(&thread, "id"), &old.id, &new.id);
        refused(&school, &tom, &into_theirs, "may not bring").await;
        assert_eq!(group_of(&school, &thread).await, there);

        // And nobody takes what our members answered out of our moderators' hands.
        joins(&school, &third, &tom, &here).await;
        let begun = page(&tom, 2, &here, "Begun here");
        applied(&school, &tom, &does(&tom, "Create", begun.clone(), &here)).await;
        let away = third.group("elsewhere");
        refused(&school, &tom, &moving(&tom, text(&begun, "id"), &here, &away.id), "stays here").await;
        assert_eq!(group_of(&school, &begun).await, ours);
    }

    async fn who_looks_after_two_groups_here_from_elsewhere_moves_threads_between_them(db: Database) {
        let school = Instance::start(db).await;
        let home = piefed(&school).await;
        let alice = school.member("alice").await;
        let (old, new) = (alice.founds("weaving").await, alice.founds("looms").await);
        let (from, to) = (group_url(&school, old).await, group_url(&school, new).await);
        let (lea, ann) = (home.person("lea"), home.person("ann"));
        for group in [&from, &to] {
            joins(&school, &home, &lea, group).await;
        }
        joins(&school, &home, &ann, &from).await;
        let mine = alice.posts(old, "From here").await;
        let theirs = page(&ann, 1, &from, "Her own");
        applied(&school, &ann, &does(&ann, "Create", theirs.clone(), &from)).await;

        let moved = moving(&lea, &mine.ap_id, &from, &to);
        refused(&school, &lea, &moved, "does not moderate").await;
        let (me, id) = (alice.id, actor(&school, &lea.id).await.unwrap().id);
        school.act(move |tx| groups::appoint(tx, me, old, id, Some(Role::Moderator))).await.unwrap();
        let mut again = moved.clone();
        again["id"] = lea.new_id("move").into();
        refused(&school, &lea, &again, "may not bring").await;
        school.act(move |tx| groups::appoint(tx, me, new, id, Some(Role::Moderator))).await.unwrap();
        again["id"] = lea.new_id("move").into();
        applied(&school, &lea, &again).await;
        assert_eq!(school.post(mine.id).await.group_id, new);
        home.received("it is passed on", |a| a["actor"] == from.as_str() && a["object"]["id"] == again["id"]).await;

        // And authors what they wrote themselves, where they might have written it.
        let restricted = alice.founds("notices").await;
        let notices = group_url(&school, restricted).await;
        school.act(move |tx| groups::edit(tx, me, restricted, &only_moderators_begin())).await.unwrap();
        refused(&school, &ann, &moving(&ann, text(&theirs, "id"), &from, &notices), "may not bring").await;
        applied(&school, &ann, &moving(&ann, text(&theirs, "id"), &from, &to)).await;
        assert_eq!(group_of(&school, &theirs).await, new);
        settled(&school).await;
        is_sound(&school, "both moved").await;
    }
}
