//! What members keep for themselves where other servers are part of it: blocks, bots, settings that others
//! see, and leaving.

use coppice::community::accounts::{self, EditProfile, Writings};
use coppice::community::{blocks, marks};
use coppice::domain::ids::{ActorId, HostId};
use coppice::domain::kinds::{ActorKind, Order, PostSort, SessionKind};
use coppice::domain::limits::{Bio, DisplayName};
use coppice::store::posts::{self, PostFilter, PostRow};
use coppice::store::preferences::{self, PreferencesRow};
use coppice::store::{actors, notifications, own_marks};
use serde_json::json;

use crate::help::refusal;
use crate::support::instance::{Member, PASSWORD};
use crate::support::peer::Peer;
use crate::support::{Database, Instance, eventually, eventually_some, on_both_databases};

/// Somebody as a door knows them.
async fn viewer(member: &Member<'_>) -> accounts::Viewer {
    let id = member.id;
    let found = member.home.act(move |tx| {
        let token = accounts::open_session(tx, id, SessionKind::Web)?;
        accounts::viewer(tx, &token, SessionKind::Web)
    });
    found.await.unwrap().unwrap()
}

async fn listed(member: &Member<'_>, filter: PostFilter) -> Vec<String> {
    let me = member.id;
    let page = member
        .home
        .read(move |tx| posts::page(tx.conn, Some(me), filter, PostSort::Old, None, 50))
        .await;
    page.items
        .into_iter()
        .map(|post: PostRow| post.title)
        .collect()
}

async fn unread(member: &Member<'_>) -> i64 {
    let me = member.id;
    let (replies, mentions) = member
        .home
        .read(move |tx| notifications::unread(tx.conn, me))
        .await;
    replies + mentions
}

async fn host_of(instance: &Instance, actor: ActorId) -> HostId {
    instance
        .read(move |tx| actors::get(tx.conn, actor))
        .await
        .host_id
        .unwrap()
}

on_both_databases! {
    async fn the_groups_of_a_blocked_server_vanish_from_lists_and_its_people_do_not_notify(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        alice.founds("proteins").await;
        let here = bob.founds("looms").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        let looms_at_college = alice.follows(&format!("!looms@{}", school.host)).await;
        let post = bob.posts(there, "Far").await;
        let near = bob.posts(here, "Near").await;
        assert_eq!(listed(&bob, PostFilter::All).await, ["Far", "Near"]);

        let me = viewer(&bob).await;
        let host = host_of(&school, there).await;
        school.act({ let me = me.clone(); move |tx| blocks::block_host(tx, &me, host, true) }).await.unwrap();
        assert_eq!(listed(&bob, PostFilter::All).await, ["Near"]);
        assert_eq!(listed(&bob, PostFilter::FollowedBy(bob.id)).await, ["Near"]);
        assert_eq!(listed(&bob, PostFilter::InGroup(there)).await, ["Far"], "its own page shows it");

        // What its people write in a group here is there, and tells the member nothing.
        let seen = eventually_some("the near thread at the college", || college.post_by_ap_id(&near.ap_id)).await;
        assert_eq!(seen.group_id, looms_at_college);
        let reply = alice.replies(seen.id, None, "Hello from far away.").await;
        eventually_some("the reply", || school.comment_by_ap_id(&reply.ap_id)).await;
        assert_eq!(unread(&bob).await, 0);

        school.act(move |tx| blocks::block_host(tx, &me, host, false)).await.unwrap();
        assert_eq!(listed(&bob, PostFilter::All).await, ["Far", "Near"]);
        assert_eq!(unread(&bob).await, 0, "what came meanwhile is not made up for");
        let at_college = eventually_some("the far thread", || college.post_by_ap_id(&post.ap_id)).await;
        let reply = alice.replies(at_college.id, None, "Now you hear me.").await;
        eventually_some("the reply", || school.comment_by_ap_id(&reply.ap_id)).await;
        assert_eq!(unread(&bob).await, 1);
    }

    async fn a_blocked_person_elsewhere_and_a_blocked_group_notify_nobody(db: Database) {
        let school = Instance::start(db).await;
        let lemmy = Peer::lemmy(&school).await;
        let dora = lemmy.person("dora");
        let bob = school.member("bob").await;
        let looms = bob.founds("looms").await;
        let post = bob.posts(looms, "How tight?").await;
        let note = |n: u32| json!({
            "id": dora.at(&format!("/comment/{n}")), "type": "Note", "attributedTo": &dora.id,
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [school.url.join("c/looms").unwrap().as_str()],
            "audience": school.url.join("c/looms").unwrap().as_str(),
            "content": "<p>So tight.</p>", "inReplyTo": post.ap_id, "published": "2026-11-20T10:00:00Z",
        });
        dora.says(&dora.does("Create", note(1))).await;
        eventually("it is told", || async { unread(&bob).await == 1 }).await;

        let me = viewer(&bob).await;
        let dora_here = school.comment_by_ap_id(&dora.at("/comment/1")).await.unwrap().author_id;
        school.act({ let me = me.clone(); move |tx| blocks::block_person(tx, &me, dora_here, true) }).await.unwrap();
        assert_eq!(unread(&bob).await, 0);
        let late = dora.does("Create", note(2));
        dora.says(&late).await;
        assert!(refusal(&school, &late).await.is_some(), "who is blocked does not answer");
        school.act({ let me = me.clone(); move |tx| blocks::block_person(tx, &me, dora_here, false) }).await.unwrap();
        assert_eq!(unread(&bob).await, 1, "the first alone");

        school.act({ let me = me.clone(); move |tx| blocks::block_group(tx, &me, looms, true) }).await.unwrap();
        dora.says(&dora.does("Create", note(3))).await;
        let id = dora.at("/comment/3");
        eventually_some("the third", || school.comment_by_ap_id(&id)).await;
        assert_eq!(unread(&bob).await, 1, "a blocked group tells nothing");
        assert_eq!(listed(&bob, PostFilter::All).await, [""; 0]);
        assert_eq!(listed(&bob, PostFilter::InGroup(looms)).await, ["How tight?"]);
    }

    async fn a_profile_and_that_it_is_a_bots_reach_the_servers_that_know_the_person(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        let post = bob.posts(there, "Beep").await;
        let seen = eventually_some("the thread", || college.post_by_ap_id(&post.ap_id)).await;
        let me = viewer(&bob).await;
        let edit = EditProfile {
            display_name: DisplayName::parse("Bob's robot").unwrap(),
            bio: Bio::parse("I count threads.").unwrap(),
            institution: None,
            icon: Some("https://pictures.example/robot.png".parse().unwrap()),
            image: Some("https://pictures.example/wall.png".parse().unwrap()),
            bot: true,
        };
        school.act(move |tx| accounts::edit_profile(tx, &me, &edit)).await.unwrap();
        let author = seen.author_id;
        eventually("the college sees the bot", || async {
            let row = college.read(move |tx| actors::get(tx.conn, author)).await;
            row.kind == ActorKind::Service
                && row.display_name.as_deref() == Some("Bob's robot")
                && row.icon_url.as_deref() == Some("https://pictures.example/robot.png")
                && row.image_url.as_deref() == Some("https://pictures.example/wall.png")
        }).await;
        // Who does not want to read bots does not.
        let row = PreferencesRow { show_bots: false, ..PreferencesRow::new(alice.id) };
        college.act(move |tx| accounts::preferences::set(tx, row.person_id, &row)).await.unwrap();
        assert_eq!(listed(&alice, PostFilter::All).await, [""; 0]);
    }

    async fn what_a_member_noted_goes_with_the_account(db: Database) {
        let school = Instance::start(db).await;
        let (ann, bob) = (school.member("ann").await, school.member("bob").await);
        let looms = bob.founds("looms").await;
        let post = bob.posts(looms, "How tight?").await;
        let (me, id) = (viewer(&ann).await, post.id);
        let (person, other) = (ann.id, bob.id);
        let note = { let me = me.clone(); move |tx: &mut coppice::store::Tx<'_>| {
            marks::save_post(tx, me.id, id, true)?;
            marks::hide(tx, me.id, &[id], true)?;
            marks::opened(tx, me.id, id)?;
            blocks::block_person(tx, &me, other, true)?;
            let row = PreferencesRow { sort: Some(Order::TopWeek), ..PreferencesRow::new(me.id) };
            accounts::preferences::set(tx, me.id, &row)
        }};
        school.act(note).await.unwrap();
        let marks = school.read(move |tx| own_marks::of_posts(tx.conn, person, &[id])).await;
        assert!(marks.saved.contains(&id.0) && marks.hidden.contains(&id) && marks.readings[&id].marked);
        accounts::close(&school.app().store, &me, PASSWORD, Writings::Go).await.unwrap();
        let marks = school.read(move |tx| own_marks::of_posts(tx.conn, person, &[id])).await;
        assert!(marks.saved.is_empty() && marks.hidden.is_empty() && marks.readings.is_empty());
        assert_eq!(school.read(move |tx| preferences::of(tx.conn, person)).await.sort, None);
    }
}
