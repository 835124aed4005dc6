//! Who looks after a group, and what the servers that follow it learn of that.

use coppice::community::{CommunityError, Denied, Missing, groups, threads};
use coppice::domain::ids::ActorId;
use coppice::domain::limits::Reason;
use coppice::domain::roles::Role;
use coppice::store::actors;

use crate::help::actor;
use crate::support::{Database, Instance, Member, eventually, eventually_some, on_both_databases};

async fn appoints(
    by: &Member<'_>,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
) -> Result<(), CommunityError> {
    let by_id = by.id;
    by.home
        .act(move |tx| groups::appoint(tx, by_id, group, person, role))
        .await
}

async fn role(at: &Instance, group: ActorId, person: ActorId) -> Option<Role> {
    at.read(move |tx| actors::role(tx.conn, group, person))
        .await
}

fn denied(result: Result<(), CommunityError>) -> Denied {
    match result {
        Err(CommunityError::Denied(denied)) => denied,
        other => panic!("not denied: {other:?}"),
    }
}

on_both_databases! {
    async fn an_appointed_moderator_from_elsewhere_moderates_until_the_role_is_taken_away(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let alice = school.member("alice").await;
        let bob = museum.member("bob").await;
        let looms = alice.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        let post = alice.posts(looms, "Off topic").await;
        let copy = eventually_some("the thread is there", || museum.post_by_ap_id(&post.ap_id)).await;
        let ap_id = museum.read(move |tx| actors::get(tx.conn, bob.id)).await.ap_id;
        let his = eventually_some("bob is known", || actor(&school, &ap_id)).await.id;

        appoints(&alice, looms, his, Some(Role::Moderator)).await.unwrap();
        eventually("bob's server knows", || async { role(&museum, there, bob.id).await.is_some() }).await;
        museum.act(move |tx| threads::remove(tx, bob.id, copy.id, true, Reason::cut("off topic").as_ref())).await.unwrap();
        eventually("the thread is removed at home", || async { school.post(post.id).await.removed }).await;

        appoints(&alice, looms, his, None).await.unwrap();
        eventually("bob's server knows", || async { role(&museum, there, bob.id).await.is_none() }).await;
        assert_eq!(role(&school, looms, his).await, None);
        let again = museum.act(move |tx| threads::remove(tx, bob.id, copy.id, false, None)).await;
        assert_eq!(denied(again), Denied::NotModerator);
    }

    async fn a_moderator_at_home_is_known_at_the_followers_instance(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let alice = school.member("alice").await;
        let carol = school.member("carol").await;
        let bob = museum.member("bob").await;
        let looms = alice.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        let post = alice.posts(looms, "Off topic").await;
        let copy = eventually_some("the thread is there", || museum.post_by_ap_id(&post.ap_id)).await;
        let ap_id = school.read(move |tx| actors::get(tx.conn, carol.id)).await.ap_id;

        appoints(&alice, looms, carol.id, Some(Role::Moderator)).await.unwrap();
        let hers = eventually_some("carol is known", || actor(&museum, &ap_id)).await.id;
        eventually("her role is known", || async { role(&museum, there, hers).await.is_some() }).await;
        school.act(move |tx| threads::remove(tx, carol.id, post.id, true, None)).await.unwrap();
        eventually("the thread is removed there", || async { museum.post(copy.id).await.removed }).await;

        // She goes of herself.
        appoints(&carol, looms, carol.id, None).await.unwrap();
        eventually("she is gone there", || async { role(&museum, there, hers).await.is_none() }).await;
    }

    async fn a_group_never_loses_its_last_coordinator(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let carol = school.member("carol").await;
        let looms = alice.founds("looms").await;
        for less in [None, Some(Role::Moderator)] {
            assert_eq!(denied(appoints(&alice, looms, alice.id, less).await), Denied::LastCoordinator);
        }
        appoints(&alice, looms, carol.id, Some(Role::Coordinator)).await.unwrap();
        appoints(&alice, looms, alice.id, None).await.unwrap();
        assert_eq!(role(&school, looms, alice.id).await, None);
        assert_eq!(denied(appoints(&carol, looms, carol.id, None).await), Denied::LastCoordinator);
        assert_eq!(role(&school, looms, carol.id).await, Some(Role::Coordinator));
    }

    async fn neither_strangers_nor_moderators_appoint(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let carol = school.member("carol").await;
        let eve = school.member("eve").await;
        let looms = alice.founds("looms").await;
        appoints(&alice, looms, carol.id, Some(Role::Moderator)).await.unwrap();
        for by in [&eve, &carol] {
            assert_eq!(denied(appoints(by, looms, eve.id, Some(Role::Moderator)).await), Denied::NotCoordinator);
            assert_eq!(denied(appoints(by, looms, alice.id, None).await), Denied::NotCoordinator);
        }
        assert_eq!(denied(appoints(&carol, looms, carol.id, Some(Role::Coordinator)).await), Denied::NotCoordinator);
        assert_eq!(denied(appoints(&eve, looms, eve.id, None).await), Denied::NotCoordinator);
        assert_eq!(role(&school, looms, eve.id).await, None);
        // A group is no person.
        let group = appoints(&alice, looms, looms, Some(Role::Moderator)).await;
        assert!(matches!(group, Err(CommunityError::Missing(Missing::Person))), "{group:?}");
    }
}
