//! People and groups that go on under another address (FEP-7628), in every direction.

use coppice::community::{CommunityError, Denied, groups, moves};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{FollowState, NoticeKind};
use coppice::domain::roles::Role;
use coppice::store::notices::NoticeRow;
use coppice::store::{actors, follows, moves as store, notices};
use serde_json::{Value, json};
use url::Url;

use crate::help::{a_while, actor, applied, group_url, is_let_in, joins, refused, text};
use crate::support::peer::get_as2;
use crate::support::{
    Database, Instance, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

/// As Mastodon tells it.
fn moving(old: &PeerActor, target: &str) -> Value {
    let mut activity = old.does("Move", old.id.as_str());
    activity["target"] = target.into();
    activity["to"] = json!([format!("{}/followers", old.id)]);
    activity
}

/// Both ends say so.
fn agree(old: &PeerActor, new: &PeerActor) {
    old.change_document(|doc| doc["movedTo"] = new.id.as_str().into());
    new.change_document(|doc| doc["alsoKnownAs"] = json!([old.id]));
}

async fn moved_to(at: &Instance, who: ActorId) -> Option<String> {
    at.read(move |tx| store::target(tx.conn, who))
        .await
        .map(|target| target.ap_id)
}

async fn follow_state(at: &Instance, follower: ActorId, target: ActorId) -> Option<FollowState> {
    at.read(move |tx| follows::find(tx.conn, follower, target))
        .await
        .map(|row| row.state)
}

async fn notices_of(at: &Instance, member: ActorId) -> Vec<NoticeRow> {
    at.read(move |tx| notices::latest(tx.conn, member, 9)).await
}

async fn ap_id(at: &Instance, who: ActorId) -> String {
    at.read(move |tx| actors::get(tx.conn, who)).await.ap_id
}

/// Says at `at` that its actor was `alias`, which it looks up.
async fn names(at: &Instance, by: ActorId, who: ActorId, alias: &str) {
    let alias: Url = alias.parse().unwrap();
    let found = at.app().federation.resolve(alias.as_str()).await.unwrap();
    let id = match found {
        coppice::federation::Resolved::Person(id) | coppice::federation::Resolved::Group(id) => id,
        other => panic!("{other:?}"),
    };
    at.act(move |tx| moves::add_alias(tx, by, who, id))
        .await
        .unwrap();
}

pub async fn leaves(
    at: &Instance,
    by: ActorId,
    who: ActorId,
    target: &str,
) -> Result<(), CommunityError> {
    at.app()
        .federation
        .move_away(by, who, target.parse().unwrap())
        .await
}

fn at_target(result: Result<(), CommunityError>) -> String {
    match result {
        Err(CommunityError::Invalid {
            field: "target",
            message,
        }) => message,
        other => panic!("taken: {other:?}"),
    }
}

on_both_databases! {
    async fn somebody_on_mastodon_who_moves_is_marked_once_both_addresses_say_so(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (mia, new) = (home.person("mia"), other.person("mia"));
        let eve = home.person("eve");
        joins(&school, &home, &mia, &group).await;
        let id = actor(&school, &mia.id).await.unwrap().id;
        let by = alice.id;
        school.act(move |tx| groups::appoint(tx, by, looms, id, Some(Role::Moderator))).await.unwrap();

        refused(&school, &mia, &moving(&mia, &new.id), "does not say that it moved").await;
        mia.change_document(|doc| doc["movedTo"] = new.id.as_str().into());
        refused(&school, &mia, &moving(&mia, &new.id), "does not name").await;
        new.change_document(|doc| doc["alsoKnownAs"] = json!([mia.id]));
        // Nobody moves another.
        let mut forged = moving(&mia, &new.id);
        forged["id"] = eve.new_id("move").into();
        forged["actor"] = eve.id.as_str().into();
        refused(&school, &eve, &forged, "only itself").await;
        // A person does not become a group.
        let club = other.group("club");
        mia.change_document(|doc| doc["movedTo"] = club.id.as_str().into());
        club.change_document(|doc| doc["alsoKnownAs"] = json!([mia.id]));
        refused(&school, &mia, &moving(&mia, &club.id), "a group to a group").await;
        assert_eq!(moved_to(&school, id).await, None);

        agree(&mia, &new);
        applied(&school, &mia, &moving(&mia, &new.id)).await;
        applied(&school, &mia, &moving(&mia, &new.id)).await;
        assert_eq!(moved_to(&school, id).await.as_deref(), Some(new.id.as_str()));
        // Not on and on.
        let third = other.person("third");
        agree(&mia, &third);
        refused(&school, &mia, &moving(&mia, &third.id), "30 days").await;

        // The role stays with the coordinator to give.
        let there = actor(&school, &new.id).await.unwrap().id;
        assert_eq!(school.read(move |tx| actors::role(tx.conn, looms, there)).await, None);
        let told = notices_of(&school, alice.id).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].kind, told[0].actor_id, told[0].other_id), (NoticeKind::ModeratorMoved, id, looms));
        // Their server follows anew; they are one follower, not two.
        joins(&school, &other, &new, &group).await;
        assert_eq!(follow_state(&school, there, looms).await, Some(FollowState::Accepted));
        assert_eq!(follow_state(&school, id, looms).await, None);
        let counted = school.read(move |tx| coppice::store::groups::get(tx.conn, looms)).await;
        assert_eq!(counted.follower_count, 2);
    }

    async fn followers_here_are_led_after_a_group_that_moves(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (bob, cleo) = (school.member("bob").await, school.member("cleo").await);
        let (old, new) = (home.group("crafts"), other.group("crafts"));
        let there = is_let_in(&bob, &home, &old).await;
        let by = cleo.id;
        school.act(move |tx| groups::follow(tx, by, there)).await.unwrap();
        agree(&old, &new);
        applied(&school, &old, &moving(&old, &new.id)).await;
        for member in [&bob, &cleo] {
            let me = ap_id(&school, member.id).await;
            other.received("a Follow of the new group", |a| a["type"] == "Follow" && a["actor"] == me.as_str() && a["object"] == new.id.as_str()).await;
            home.received("an Undo of the old one", |a| a["type"] == "Undo" && a["object"]["actor"] == me.as_str() && a["object"]["object"] == old.id.as_str()).await;
        }
        let now = actor(&school, &new.id).await.unwrap().id;
        assert_eq!(moved_to(&school, there).await.as_deref(), Some(new.id.as_str()));
        eventually("all are led", || async { school.read(|tx| store::to_lead(tx.conn, 9)).await.is_empty() }).await;
        for member in [&bob, &cleo] {
            assert_eq!(follow_state(&school, member.id, there).await, None);
            assert_eq!(follow_state(&school, member.id, now).await, Some(FollowState::Pending));
            let told = notices_of(&school, member.id).await;
            assert_eq!((told.len(), told[0].kind, told[0].actor_id, told[0].other_id), (1, NoticeKind::GroupMoved, there, now));
        }
        a_while().await;
        assert_eq!(other.count(|a| a["type"] == "Follow"), 2, "once each");
    }

    async fn a_group_of_ours_moves_to_another_instance_and_its_followers_with_it(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let mastodon = Peer::mastodon(&school).await;
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let (looms, weaving) = (alice.founds("looms").await, bob.founds("weaving").await);
        let (old, new) = (group_url(&school, looms).await, group_url(&museum, weaving).await);
        // Followers at the old home, at the new one, and on a third server.
        let (dora, emil) = (school.member("dora").await, museum.member("emil").await);
        let me = dora.id;
        school.act(move |tx| groups::follow(tx, me, looms)).await.unwrap();
        let there = emil.follows(&format!("!looms@{}", school.host)).await;
        joins(&school, &mastodon, &mastodon.person("mia"), &old).await;

        let eve = school.member("eve").await.id;
        let denied = leaves(&school, eve, looms, &new).await;
        assert!(matches!(denied, Err(CommunityError::Denied(Denied::NotCoordinator))), "{denied:?}");
        let early = at_target(leaves(&school, alice.id, looms, &new).await);
        assert!(early.contains("does not name"), "{early}");
        names(&museum, bob.id, weaving, &old).await;
        let (_, document) = get_as2(&new).await;
        assert_eq!(document["alsoKnownAs"], json!([old]));
        // It is no person's address.
        let persons = ap_id(&museum, bob.id).await;
        assert!(at_target(leaves(&school, alice.id, looms, &persons).await).contains("a group to a group"));
        assert!(at_target(leaves(&school, alice.id, looms, &format!("http://{}/c/nowhere", museum.host)).await).contains("nobody"));

        leaves(&school, alice.id, looms, &new).await.unwrap();
        let (_, document) = get_as2(&old).await;
        assert_eq!(document["movedTo"], new.as_str());
        let told = mastodon.received("the Move", |a| a["type"] == "Move").await.activity;
        assert_eq!((text(&told, "actor"), text(&told, "object"), text(&told, "target")), (old.as_str(), old.as_str(), new.as_str()));
        let new_here = eventually_some("the new group is known", || actor(&school, &new)).await.id;
        eventually("who followed it here follows it there", || async {
            follow_state(&school, dora.id, new_here).await == Some(FollowState::Accepted)
        }).await;
        assert_eq!(follow_state(&school, dora.id, looms).await, None);
        eventually("and who followed it from there", || async {
            follow_state(&museum, emil.id, weaving).await == Some(FollowState::Accepted)
                && follow_state(&museum, emil.id, there).await.is_none()
        }).await;
        eventually("emil is told", || async { notices_of(&museum, emil.id).await.len() == 1 }).await;
        // Nothing begins at the old address, and it does not move on.
        let publish = coppice::community::threads::Publish {
            group: looms,
            title: coppice::domain::limits::Title::parse("Too late").unwrap(),
            body: coppice::domain::limits::Body::parse("").unwrap(),
            link: None,
            image: None,
            kind: coppice::domain::kinds::Contribution::Discussion,
            language: None,
            sensitive: false,
        };
        let by = alice.id;
        let late = school.act(move |tx| coppice::community::threads::publish(tx, by, &publish)).await;
        assert!(matches!(late, Err(CommunityError::Denied(Denied::Moved))), "{late:?}");
        assert!(at_target(leaves(&school, alice.id, looms, &new).await).contains("30 days"));
        // Back, it goes on as before, and may still not leave again so soon.
        school.act(move |tx| moves::come_back(tx, by, looms)).await.unwrap();
        alice.posts(looms, "Here again").await;
        assert!(get_as2(&old).await.1.get("movedTo").is_none());
        assert!(at_target(leaves(&school, alice.id, looms, &new).await).contains("30 days"));
    }

    async fn a_member_of_ours_moves_away_and_somebody_moves_here(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let looms = alice.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        let post = alice.posts(looms, "A shuttle").await;
        eventually_some("it is there", || museum.post_by_ap_id(&post.ap_id)).await;
        let (alices, bobs) = (ap_id(&school, alice.id).await, ap_id(&museum, bob.id).await);
        names(&museum, bob.id, bob.id, &alices).await;
        // Nobody else moves her.
        let eve = school.member("eve").await.id;
        assert!(leaves(&school, eve, alice.id, &bobs).await.is_err());
        leaves(&school, alice.id, alice.id, &bobs).await.unwrap();
        let known = actor(&museum, &alices).await.unwrap().id;
        eventually("her new address is known there", || async {
            moved_to(&museum, known).await.as_deref() == Some(bobs.as_str())
        }).await;
        assert_eq!(moved_to(&school, alice.id).await.as_deref(), Some(bobs.as_str()));
        assert_eq!(museum.read(move |tx| actors::role(tx.conn, there, bob.id)).await, None, "roles do not move");

        // From Mastodon to here.
        let home = Peer::mastodon(&school).await;
        let (mia, lena) = (home.person("mia"), school.member("lena").await);
        let lenas = ap_id(&school, lena.id).await;
        mia.change_document(|doc| doc["movedTo"] = lenas.as_str().into());
        refused(&school, &mia, &moving(&mia, &lenas), "does not name").await;
        names(&school, lena.id, lena.id, &mia.id).await;
        assert_eq!(get_as2(&lenas).await.1["alsoKnownAs"], json!([mia.id]));
        applied(&school, &mia, &moving(&mia, &lenas)).await;
        let id = actor(&school, &mia.id).await.unwrap().id;
        assert_eq!(moved_to(&school, id).await.as_deref(), Some(lenas.as_str()));
        let (me, address) = (lena.id, mia.id.clone());
        school.act(move |tx| moves::remove_alias(tx, me, me, &address)).await.unwrap();
        assert!(get_as2(&lenas).await.1.get("alsoKnownAs").is_none());
    }
}
