//! Who asked to be let into a private group hears what became of it.

use coppice::community::groups;
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{FollowState, Visibility};
use coppice::store::{follows, groups as group_rows, notices};

use crate::help::{actor, is_let_in};
use crate::private_groups::{Eyes, fetched, founds};
use crate::support::{
    Database, Instance, Member, Peer, eventually, eventually_some, on_both_databases,
};

const LET_IN: &str = "You were let into the group";
const TURNED_AWAY: &str = "did not let you in";
const TAKEN_OUT: &str = "You were taken out of the group";

/// Which of the three the page of what waits for somebody says.
async fn told(member: &Member<'_>) -> Vec<&'static str> {
    let url = format!("{}notifications", member.home.url);
    let (_, page) = fetched(&url, Eyes::of(member).await.page).await;
    let all = [LET_IN, TURNED_AWAY, TAKEN_OUT].into_iter();
    all.filter(|words| page.contains(words)).collect()
}

async fn asks(member: &Member<'_>, group: ActorId) {
    let me = member.id;
    let asked = member
        .home
        .act(move |tx| groups::follow(tx, me, group))
        .await;
    assert_eq!(asked.unwrap(), FollowState::Pending);
}

async fn answers(by: &Member<'_>, group: ActorId, person: ActorId, yes: bool) {
    let me = by.id;
    let answered = by.home.act(move |tx| match yes {
        true => groups::let_in(tx, me, group, person),
        false => groups::turn_away(tx, me, group, person),
    });
    answered.await.unwrap();
}

on_both_databases! {
    async fn who_asked_to_join_a_private_group_is_told_the_answer(db: Database) {
        let school = Instance::start(db).await;
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let looms = founds(&alice, "looms", Visibility::Private).await;
        asks(&carol, looms).await;
        assert!(told(&carol).await.is_empty());
        for (yes, words) in [(true, LET_IN), (false, TAKEN_OUT)] {
            answers(&alice, looms, carol.id, yes).await;
            assert_eq!(told(&carol).await, [words], "the latest word alone");
        }
        asks(&carol, looms).await;
        answers(&alice, looms, carol.id, false).await;
        assert_eq!(told(&carol).await, [TURNED_AWAY]);
        let me = carol.id;
        assert_eq!(school.read(move |tx| notices::unread(tx.conn, me)).await, 1);
        assert!(told(&alice).await.is_empty());
    }

    async fn who_asked_a_private_group_elsewhere_is_told_the_answer(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let copy = bob.finds(&format!("!looms@{}", college.host)).await;
        let asks_there = || async {
            asks(&bob, copy).await;
            eventually_some("bob asks", || async {
                let id = actor(&college, &format!("{}u/bob", school.url)).await?.id;
                let row = college.read(move |tx| follows::find(tx.conn, id, looms)).await;
                row.map(|_| id)
            }).await
        };
        let asking = asks_there().await;
        assert!(told(&bob).await.is_empty());
        for (yes, words) in [(true, LET_IN), (false, TAKEN_OUT)] {
            answers(&alice, looms, asking, yes).await;
            eventually(words, || async { told(&bob).await == [words] }).await;
        }
        let asking = asks_there().await;
        answers(&alice, looms, asking, false).await;
        eventually(TURNED_AWAY, || async { told(&bob).await == [TURNED_AWAY] }).await;

        // Where everybody is let in at once, that is no news.
        let lemmy = Peer::lemmy(&school).await;
        let group = lemmy.group("yarns");
        let carol = school.member("carol").await;
        is_let_in(&carol, &lemmy, &group).await;
        assert!(told(&carol).await.is_empty());
    }

    async fn two_moderators_who_answer_at_once_count_a_member_once(db: Database) {
        let school = Instance::start(db).await;
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let (by, me) = (alice.id, carol.id);
        for number in 0..12 {
            let looms = founds(&alice, &format!("looms{number}"), Visibility::Private).await;
            asks(&carol, looms).await;
            let lets_in = || school.act(move |tx| groups::let_in(tx, by, looms, me));
            let turns_away = || school.act(move |tx| groups::turn_away(tx, by, looms, me));
            let followers = || async {
                let row = school.read(move |tx| group_rows::get(tx.conn, looms)).await;
                let there = school.read(move |tx| follows::members(tx.conn, looms, None, 9)).await;
                let there = there.items.len() as i64;
                assert_eq!((row.follower_count, row.local_follower_count), (there, there));
                there
            };
            let (first, second) = tokio::join!(lets_in(), lets_in());
            assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
            assert_eq!(followers().await, 2, "the founder and carol");
            let (first, second) = tokio::join!(turns_away(), turns_away());
            assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
            assert_eq!(followers().await, 1);
            asks(&carol, looms).await;
            // Whichever comes first: let in and then taken out, or turned away and no longer asking.
            let (_, away) = tokio::join!(lets_in(), turns_away());
            away.unwrap();
            assert_eq!(followers().await, 1);
        }
    }
}
