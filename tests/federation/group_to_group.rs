//! Groups that share threads with each other (FEP-d36d), on two and three instances.

use coppice::community::CommunityError;
use coppice::community::groups::sharing;
use coppice::community::{Denied, threads};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::kinds::{FollowState, PostSort, Vote};
use coppice::store::posts::{self, PostFilter};
use coppice::store::{actors, follows, shares};
use serde_json::json;

use crate::help::{a_while, actor, applied, group_url, is_let_in, joins, knows, settled, text};
use crate::lemmy::{does, page};
use crate::support::{
    Database, Instance, Member, Peer, eventually, eventually_some, on_both_databases,
};

/// Titles of a group's list, newest first.
async fn list(at: &Instance, group: ActorId) -> Vec<String> {
    let page = at
        .read(move |tx| {
            posts::page(
                tx.conn,
                coppice::store::audience::Audience::House,
                PostFilter::ListedIn(group),
                PostSort::New,
                None,
                50,
            )
        })
        .await;
    page.items.into_iter().map(|post| post.title).collect()
}

async fn follow_state(at: &Instance, follower: ActorId, target: ActorId) -> Option<FollowState> {
    at.read(move |tx| follows::find(tx.conn, follower, target))
        .await
        .map(|row| row.state)
}

/// `group` of `by` asks to share the threads of the other; its own name for the other comes back.
async fn asks(by: &Member<'_>, group: ActorId, other: &str) -> Result<ActorId, CommunityError> {
    let there = by.finds(other).await;
    let me = by.id;
    by.home
        .act(move |tx| sharing::ask(tx, me, group, there))
        .await
        .map(|_| there)
}

async fn answers(
    by: &Member<'_>,
    group: ActorId,
    asking: ActorId,
    welcome: bool,
) -> Result<(), CommunityError> {
    let me = by.id;
    by.home
        .act(move |tx| sharing::answer(tx, me, group, asking, welcome))
        .await
}

/// `sharer`'s group follows `source`'s, and is let in. What each calls the other's group comes back.
pub async fn bond(
    sharer: &Member<'_>,
    group: ActorId,
    source: &Member<'_>,
    other: ActorId,
) -> (ActorId, ActorId) {
    let name = source
        .home
        .read(move |tx| actors::get(tx.conn, other))
        .await
        .name;
    let handle = format!("!{name}@{}", source.home.host);
    let there = asks(sharer, group, &handle).await.unwrap();
    let asking = group_url(sharer.home, group).await;
    let asking = eventually_some("the other group is asked", || async {
        let row = actor(source.home, &asking).await?;
        let state = follow_state(source.home, row.id, other).await;
        state.map(|_| row.id)
    })
    .await;
    answers(source, other, asking, true).await.unwrap();
    eventually("the group is let in", || async {
        follow_state(sharer.home, group, there).await == Some(FollowState::Accepted)
    })
    .await;
    (there, asking)
}

async fn via(at: &Instance, group: ActorId, post: PostId) -> ActorId {
    let share = at.read(move |tx| shares::find(tx.conn, group, post)).await;
    share.unwrap().via_id
}

async fn rested(instances: &[&Instance]) {
    a_while().await;
    for instance in instances {
        settled(instance).await;
    }
    a_while().await;
}

on_both_databases! {
    async fn a_group_shares_threads_of_another_once_its_coordinator_says_yes(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let (looms, weaving) = (alice.founds("looms").await, bob.founds("weaving").await);
        let before = bob.posts(weaving, "Before the bond").await;
        let eve = school.member("eve").await;
        let denied = asks(&eve, looms, &format!("!weaving@{}", museum.host)).await;
        assert!(matches!(denied, Err(CommunityError::Denied(Denied::NotCoordinator))), "{denied:?}");

        let there = asks(&alice, looms, &format!("!weaving@{}", museum.host)).await.unwrap();
        let looms_url = group_url(&school, looms).await;
        let asking = eventually_some("bob's group is asked", || async {
            let row = actor(&museum, &looms_url).await?;
            follow_state(&museum, row.id, weaving).await.map(|_| row.id)
        }).await;
        rested(&[&museum, &school]).await;
        assert_eq!(follow_state(&museum, asking, weaving).await, Some(FollowState::Pending), "nobody let it in");
        assert_eq!(follow_state(&school, looms, there).await, Some(FollowState::Pending));
        bob.posts(weaving, "While it waits").await;
        rested(&[&museum, &school]).await;
        assert_eq!(list(&school, looms).await, [""; 0]);
        assert!(answers(&museum.member("mallory").await, weaving, asking, true).await.is_err());

        answers(&bob, weaving, asking, true).await.unwrap();
        eventually("the group is let in", || async {
            follow_state(&school, looms, there).await == Some(FollowState::Accepted)
        }).await;
        let post = bob.posts(weaving, "A shuttle").await;
        eventually("it stands in the other group", || async { list(&school, looms).await == ["A shuttle"] }).await;
        let copy = school.post_by_ap_id(&post.ap_id).await.unwrap();
        assert_eq!(copy.group_id, there, "at home where it was written");
        // What was there before is in its own group alone.
        eventually_some("the past is read", || school.post_by_ap_id(&before.ap_id)).await;
        assert_eq!(list(&school, looms).await, ["A shuttle"]);

        // Answers and votes go to its home.
        let answer = alice.replies(copy.id, None, "What wood?").await;
        alice.votes(coppice::community::votes::Target::Post(copy.id), Some(Vote::Up)).await;
        eventually_some("the answer is at home", || museum.comment_by_ap_id(&answer.ap_id)).await;
        eventually("and the vote", || async { museum.post(post.id).await.score == 2 }).await;
        // A group shows its own threads as ever, in one list with the others.
        alice.posts(looms, "Our own").await;
        assert_eq!(list(&school, looms).await, ["Our own", "A shuttle"]);
        assert_eq!(list(&museum, weaving).await.len(), 3, "not the other way round");

        // Removed at home, it is gone everywhere.
        museum.act(move |tx| threads::remove(tx, bob.id, post.id, true, None)).await.unwrap();
        eventually("it is gone", || async { list(&school, looms).await == ["Our own"] }).await;
    }

    async fn a_group_that_is_turned_away_or_leaves_shares_nothing_new(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let (looms, weaving) = (alice.founds("looms").await, bob.founds("weaving").await);
        let there = asks(&alice, looms, &format!("!weaving@{}", museum.host)).await.unwrap();
        let looms_url = group_url(&school, looms).await;
        let asking = eventually_some("bob's group is asked", || async {
            let row = actor(&museum, &looms_url).await?;
            follow_state(&museum, row.id, weaving).await.map(|_| row.id)
        }).await;
        answers(&bob, weaving, asking, false).await.unwrap();
        eventually("alice's server knows", || async { follow_state(&school, looms, there).await.is_none() }).await;
        bob.posts(weaving, "Not for you").await;
        rested(&[&museum, &school]).await;
        assert!(list(&school, looms).await.is_empty());

        // Asked again, let in, and gone of itself.
        bond(&alice, looms, &bob, weaving).await;
        bob.posts(weaving, "For you").await;
        eventually("it is shared", || async { list(&school, looms).await == ["For you"] }).await;
        let by = alice.id;
        school.act(move |tx| sharing::stop(tx, by, looms, there)).await.unwrap();
        eventually("bob's server knows", || async { follow_state(&museum, asking, weaving).await.is_none() }).await;
        // Somebody else here follows it still, so that it comes, and is not shared.
        let cleo = school.member("cleo").await;
        cleo.follows(&format!("!weaving@{}", museum.host)).await;
        let late = bob.posts(weaving, "Later").await;
        eventually_some("it comes", || school.post_by_ap_id(&late.ap_id)).await;
        assert_eq!(list(&school, looms).await, ["For you"], "what was shared stays");

        // Let in once more, and then no longer welcome.
        bond(&alice, looms, &bob, weaving).await;
        answers(&bob, weaving, asking, false).await.unwrap();
        eventually("alice's server knows", || async { follow_state(&school, looms, there).await.is_none() }).await;
        bob.posts(weaving, "Even later").await;
        rested(&[&museum, &school]).await;
        assert_eq!(list(&school, looms).await, ["For you"]);
    }

    async fn groups_that_follow_each_other_and_a_third_that_follows_both_show_each_thread_once(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db.another()).await);
        let third = Instance::start(db).await;
        let (alice, bob, cleo) = (school.member("alice").await, museum.member("bob").await, third.member("cleo").await);
        let (looms, weaving, threads) =
            (alice.founds("looms").await, bob.founds("weaving").await, cleo.founds("threads").await);
        let (weaving_there, looms_there) = bond(&alice, looms, &bob, weaving).await;
        bond(&bob, weaving, &alice, looms).await;
        bond(&cleo, threads, &alice, looms).await;
        bond(&cleo, threads, &bob, weaving).await;
        // Somebody who follows a group here and there.
        let dora = third.member("dora").await;
        let doras = dora.follows(&format!("!looms@{}", school.host)).await;
        dora.follows(&format!("!weaving@{}", museum.host)).await;

        let one = alice.posts(looms, "From looms").await;
        let two = bob.posts(weaving, "From weaving").await;
        let both = |mut titles: Vec<String>| { titles.sort(); titles == ["From looms", "From weaving"] };
        for (at, group) in [(&school, looms), (&museum, weaving), (&third, threads)] {
            eventually("both are there", || async { both(list(at, group).await) }).await;
        }
        let answer = alice.replies(school.post_by_ap_id(&two.ap_id).await.unwrap().id, None, "Oak?").await;
        for at in [&museum, &third] {
            eventually_some("the answer comes", || at.comment_by_ap_id(&answer.ap_id)).await;
        }
        rested(&[&school, &museum, &third]).await;
        for (at, group) in [(&school, looms), (&museum, weaving), (&third, threads)] {
            assert!(both(list(at, group).await), "once each");
            for post in [&one, &two] {
                let copy = at.post_by_ap_id(&post.ap_id).await.unwrap();
                assert_eq!(copy.comment_count, i64::from(post.id == two.id));
            }
        }
        // As the third sees the others' lists: what each shares is in it.
        eventually("a group's list elsewhere has what it shares", || async { both(list(&third, doras).await) }).await;
        let feed = third.read(move |tx| posts::page(tx.conn, coppice::store::audience::Audience::House, PostFilter::FollowedBy(dora.id), PostSort::New, None, 9)).await;
        assert_eq!(feed.items.len(), 2, "and her own list has each once");
        let copy = school.post_by_ap_id(&two.ap_id).await.unwrap();
        assert_eq!(via(&school, looms, copy.id).await, weaving_there);
        let copy = museum.post_by_ap_id(&one.ap_id).await.unwrap();
        assert_eq!(via(&museum, weaving, copy.id).await, looms_there);
    }

    async fn in_a_ring_of_three_groups_each_thread_goes_one_step_and_no_further(db: Database) {
        let (a, b) = (Instance::start(db.another()).await, Instance::start(db.another()).await);
        let c = Instance::start(db).await;
        let (ann, ben, cat) = (a.member("ann").await, b.member("ben").await, c.member("cat").await);
        let (ga, gb, gc) = (ann.founds("ring_a").await, ben.founds("ring_b").await, cat.founds("ring_c").await);
        // Each follows the next.
        bond(&ann, ga, &ben, gb).await;
        bond(&ben, gb, &cat, gc).await;
        bond(&cat, gc, &ann, ga).await;
        // With people who follow across, so that shares travel too.
        let watcher = Peer::lemmy(&a).await;
        joins(&a, &watcher, &watcher.person("lea"), &group_url(&a, ga).await).await;
        for (at, of) in [(&a, &c), (&b, &a), (&c, &b)] {
            let somebody = at.member("somebody").await;
            let name = if of.host == a.host { "ring_a" } else if of.host == b.host { "ring_b" } else { "ring_c" };
            somebody.follows(&format!("!{name}@{}", of.host)).await;
        }
        ann.posts(ga, "From a").await;
        ben.posts(gb, "From b").await;
        cat.posts(gc, "From c").await;
        let sorted = |mut titles: Vec<String>| { titles.sort(); titles };
        for (at, group, expected) in [
            (&a, ga, ["From a", "From b"]), (&b, gb, ["From b", "From c"]), (&c, gc, ["From a", "From c"]),
        ] {
            eventually("its own and the next one's", || async { sorted(list(at, group).await) == expected }).await;
        }
        rested(&[&a, &b, &c]).await;
        rested(&[&a, &b, &c]).await;
        assert_eq!(sorted(list(&a, ga).await), ["From a", "From b"]);
        assert_eq!(sorted(list(&b, gb).await), ["From b", "From c"]);
        assert_eq!(sorted(list(&c, gc).await), ["From a", "From c"]);
        for at in [&a, &b, &c] {
            assert_eq!(at.read(|tx| coppice::store::activities::waiting(tx.conn)).await, 0, "it comes to rest");
        }
    }

    async fn what_a_group_shares_is_a_boost_to_microblogs_and_nothing_to_lemmy(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let (looms, weaving) = (alice.founds("looms").await, bob.founds("weaving").await);
        bond(&alice, looms, &bob, weaving).await;
        let group = group_url(&school, looms).await;
        let (mastodon, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let other = Peer::start(Some(("piefed", "1.2")), &school.url).await;
        joins(&school, &mastodon, &mastodon.person("mia"), &group).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        joins(&school, &other, &other.person("piet"), &group).await;
        let post = bob.posts(weaving, "A shuttle").await;
        let is_boost = |a: &serde_json::Value| a["type"] == "Announce" && a["object"] == post.ap_id.as_str();
        for peer in [&mastodon, &other] {
            let boost = peer.received("the boost", is_boost).await.activity;
            assert_eq!((text(&boost, "actor"), &boost["cc"]), (group.as_str(), &json!([format!("{group}/followers")])));
        }
        // An answer: to who may show it below its thread.
        let answer = bob.replies(post.id, None, "Made of pear").await;
        other.received("the answer", |a| a["type"] == "Announce" && a["object"] == answer.ap_id.as_str()).await;
        // Its moderator does not want it here, though it stays at home; and lets it in again.
        let copy = school.post_by_ap_id(&post.ap_id).await.unwrap().id;
        let by = alice.id;
        let eve = school.member("eve").await.id;
        assert!(school.act(move |tx| sharing::set_shown(tx, eve, looms, copy, false)).await.is_err());
        school.act(move |tx| sharing::set_shown(tx, by, looms, copy, false)).await.unwrap();
        assert!(list(&school, looms).await.is_empty());
        for peer in [&mastodon, &other] {
            let undo = peer.received("the boost, taken back", |a| a["type"] == "Undo" && is_boost(&a["object"])).await.activity;
            let first = peer.inbox().into_iter().find(|r| is_boost(&r.activity)).unwrap();
            assert_eq!(undo["object"]["id"], first.activity["id"]);
        }
        assert!(!museum.post(post.id).await.is_hidden());
        school.act(move |tx| sharing::set_shown(tx, by, looms, copy, true)).await.unwrap();
        assert_eq!(list(&school, looms).await, ["A shuttle"]);
        a_while().await;
        assert_eq!(lemmy.count(|a| a["type"] == "Announce"), 0);
        assert_eq!(mastodon.count(|a| a["object"] == answer.ap_id.as_str()), 0);
        assert_eq!(mastodon.count(is_boost), 2);
    }

    async fn a_group_asks_none_that_only_people_can_follow(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        for software in ["peertube", "ibis"] {
            let peer = Peer::start(Some((software, "1")), &school.url).await;
            let group = peer.group("films");
            alice.finds(&format!("!films@{}", peer.host)).await;
            knows(&school, &peer).await;
            let refusal = asks(&alice, looms, &format!("!films@{}", peer.host)).await.unwrap_err();
            assert!(refusal.to_string().contains("only people can follow"), "{refusal}");
            a_while().await;
            assert_eq!(peer.count(|a| a["object"] == group.id.as_str()), 0);
        }
    }

    async fn a_category_of_nodebb_asks_to_follow_and_waits(db: Database) {
        let school = Instance::start(db).await;
        let forum = Peer::start(Some(("nodebb", "4.0.0")), &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let category = forum.group("crafts");
        let follow = crate::help::follow(&category, &group);
        applied(&school, &category, &follow).await;
        a_while().await;
        assert_eq!(forum.count(|a| a["type"] == "Accept"), 0, "never of itself");
        let theirs = actor(&school, &category.id).await.unwrap().id;
        answers(&alice, looms, theirs, true).await.unwrap();
        let accept = forum.received("the Accept", |a| a["type"] == "Accept").await.activity;
        assert_eq!((&accept["object"]["id"], text(&accept["object"], "actor")), (&follow["id"], category.id.as_str()));
        // From now on it gets what every follower gets, whole.
        let post = alice.posts(looms, "A shuttle").await;
        forum.received("the thread", |a| a["type"] == "Announce" && a["object"]["object"]["id"] == post.ap_id.as_str()).await;
        // It asks again: known and let in.
        let again = crate::help::follow(&category, &group);
        applied(&school, &category, &again).await;
        forum.received("the Accept", |a| a["type"] == "Accept" && a["object"]["id"] == again["id"]).await;
        let undo = category.does("Undo", again);
        applied(&school, &category, &undo).await;
        assert_eq!(follow_state(&school, theirs, looms).await, None);
    }

    async fn what_a_followed_group_elsewhere_shares_stands_in_its_list_and_not_in_ours(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let (crafts, bells) = (home.group("crafts"), third.group("bells"));
        let there = is_let_in(&bob, &home, &crafts).await;
        let by = alice.id;
        school.act(move |tx| sharing::ask(tx, by, looms, there)).await.unwrap();
        let looms_url = group_url(&school, looms).await;
        let follow = home.received("the group's Follow", |a| a["type"] == "Follow" && a["actor"] == looms_url.as_str()).await;
        assert_eq!(text(&follow.activity, "object"), crafts.id);
        let mut accept = crafts.does("Accept", follow.activity);
        accept.as_object_mut().unwrap().remove("to");
        applied(&school, &crafts, &accept).await;
        assert_eq!(follow_state(&school, looms, there).await, Some(FollowState::Accepted));

        let lea = third.person("lea");
        let thread = page(&lea, 1, &bells.id, "How bells are cast");
        third.serves(text(&thread, "id"), thread.clone());
        let boost = crafts.does("Announce", text(&thread, "id"));
        applied(&school, &crafts, &boost).await;
        assert_eq!(list(&school, there).await, ["How bells are cast"]);
        // The same as some servers tell it: the whole Create.
        let other = page(&lea, 2, &bells.id, "And how they ring");
        third.serves(text(&other, "id"), other.clone());
        applied(&school, &crafts, &crate::lemmy::announced(&crafts, &does(&lea, "Create", other, &bells.id))).await;
        assert_eq!(list(&school, there).await.len(), 2);
        assert!(list(&school, looms).await.is_empty(), "one step and no further");
        applied(&school, &crafts, &crafts.does("Undo", boost)).await;
        assert_eq!(list(&school, there).await, ["And how they ring"]);
    }

    async fn a_group_that_an_administrator_removed_tells_of_nothing_any_more(db: Database) {
        let school = Instance::start(db).await;
        let toots = Peer::mastodon(&school).await;
        let (ruth, alice) = (school.admin("ruth").await, school.member("alice").await);
        let (looms, crafts) = (alice.founds("looms").await, alice.founds("crafts").await);
        asks(&alice, crafts, &format!("!looms@{}", school.host)).await.unwrap();
        answers(&alice, looms, crafts, true).await.unwrap();
        let sharing = group_url(&school, crafts).await;
        joins(&school, &toots, &toots.person("mia"), &sharing).await;
        alice.posts(looms, "Shared").await;
        toots.received("the boost", |a| a["type"] == "Announce" && a["actor"] == sharing.as_str()).await;
        let admin = ruth.id;
        school.act(move |tx| coppice::community::groups::remove(tx, admin, crafts, true, None)).await.unwrap();
        let before = toots.count(|a| a["type"] == "Announce");
        alice.posts(looms, "Not shared").await;
        rested(&[&school]).await;
        assert_eq!(toots.count(|a| a["type"] == "Announce"), before);
        assert_eq!(list(&school, crafts).await.len(), 1);
    }

    async fn a_block_ends_what_groups_share_and_its_end_does_not_begin_it_anew(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::start_at("127.0.0.5", &school.url).await;
        let (bob, weaving) = (school.member("bob").await, home.group("weaving"));
        let crafts = bob.founds("crafts").await;
        let there = asks(&bob, crafts, &format!("!weaving@{}", home.host)).await.unwrap();
        let follow = home.received("the request", |a| a["type"] == "Follow").await.activity;
        let mut accept = weaving.does("Accept", follow);
        accept.as_object_mut().unwrap().remove("to");
        applied(&school, &weaving, &accept).await;
        assert_eq!(school.read(move |tx| shares::sharers(tx.conn, there)).await.len(), 1);
        let domain = coppice::domain::hosts::Domain::parse("127.0.0.5").unwrap();
        let sources = school.act(move |tx| {
            use coppice::community::{hosts, queue::By};
            hosts::block(tx, By::Operator, &domain, None)?;
            hosts::unblock(tx, By::Operator, &domain)?;
            Ok(shares::sharers(tx.conn, there)?)
        }).await.unwrap();
        assert!(sources.is_empty(), "{sources:?}");
    }

    async fn a_group_of_this_site_alone_is_not_led_elsewhere(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let (looms, crafts) = (alice.founds("looms").await, alice.founds("crafts").await);
        asks(&alice, crafts, &format!("!looms@{}", school.host)).await.unwrap();
        answers(&alice, looms, crafts, true).await.unwrap();
        let old = group_url(&school, looms).await;
        let new = home.group("weaving");
        new.change_document(|document| document["alsoKnownAs"] = json!([old]));
        school.act(move |tx| {
            let rules = coppice::store::groups::GroupRules {
                rules_markdown: None,
                rules_html: String::new(),
                posting_restricted: false,
                sensitive: false,
                visibility: coppice::domain::kinds::Visibility::LocalOnly,
            };
            Ok(coppice::store::groups::update_rules(tx.conn, crafts, &rules)?)
        }).await.unwrap();
        crate::moves::leaves(&school, alice.id, looms, &new.id).await.unwrap();
        eventually("it is led no further", || async { follow_state(&school, crafts, looms).await.is_none() }).await;
        rested(&[&school]).await;
        let crafts = group_url(&school, crafts).await;
        assert_eq!(home.count(|a| a["type"] == "Follow" && a["actor"] == crafts.as_str()), 0);
    }
}
