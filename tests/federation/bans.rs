//! What goes with a ban and what comes back with its end, whatever else was decided about it.

use coppice::community::bans::{self, Ban, Lift};
use coppice::community::{CommunityError, Denied, Missing, comments, groups, purge, threads};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::limits::Reason;
use coppice::domain::roles::Role;
use coppice::store::posts::PostRow;
use coppice::store::{groups as group_store, posts, sweeps};
use serde_json::json;

use crate::help::{actor, applied, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, page};
use crate::support::{Database, Instance, Peer, eventually, on_both_databases};

fn with_content() -> Ban {
    Ban {
        content: true,
        ..Ban::default()
    }
}

fn putting_back() -> Lift {
    Lift {
        content: true,
        ..Lift::default()
    }
}

async fn bans_from(at: &Instance, by: ActorId, group: ActorId, person: ActorId) {
    at.act(move |tx| bans::ban_from_group(tx, by, group, person, &with_content()))
        .await
        .unwrap();
}

async fn lifts_from(at: &Instance, by: ActorId, group: ActorId, person: ActorId) {
    at.act(move |tx| bans::unban_from_group(tx, by, group, person, &putting_back()))
        .await
        .unwrap();
}

async fn removes(
    at: &Instance,
    by: ActorId,
    post: PostId,
    removed: bool,
) -> Result<(), CommunityError> {
    let why = Reason::cut("By itself");
    at.act(move |tx| threads::remove(tx, by, post, removed, why.as_ref()))
        .await
}

async fn counted(at: &Instance, group: ActorId) -> (i64, i64) {
    let row = at.read(move |tx| group_store::get(tx.conn, group)).await;
    (row.post_count, row.comment_count)
}

on_both_databases! {
    async fn what_its_author_took_away_before_a_ban_does_not_come_back_during_it(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let (by, me) = (alice.id, bob.id);
        let thread = bob.posts(looms, "Buy my looms").await;
        let reply = bob.replies(alice.posts(looms, "About looms").await.id, None, "Mine are better").await;
        school.act(move |tx| {
            threads::delete(tx, me, thread.id)?;
            comments::delete(tx, me, reply.id)
        }).await.unwrap();
        bans_from(&school, by, looms, me).await;
        for denied in [
            school.act(move |tx| threads::restore(tx, me, thread.id)).await,
            school.act(move |tx| comments::restore(tx, me, reply.id)).await,
        ] {
            assert!(matches!(denied, Err(CommunityError::Denied(Denied::Banned))), "{denied:?}");
        }
        assert!(school.post(thread.id).await.removed && school.comment(reply.id).await.removed);
        // With the ban, its content comes back as its author left it.
        lifts_from(&school, by, looms, me).await;
        let (post, comment) = (school.post(thread.id).await, school.comment(reply.id).await);
        assert!(post.deleted && !post.removed && comment.deleted && !comment.removed);
        assert_eq!(counted(&school, looms).await, (1, 0));
        school.act(move |tx| threads::restore(tx, me, thread.id)).await.unwrap();
        assert_eq!(counted(&school, looms).await, (2, 0));
    }

    async fn somebody_banned_elsewhere_brings_nothing_back_by_wire(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &group).await;
        let thread = page(&lea, 1, &group, "Buy my looms");
        home.serves(text(&thread, "id"), thread.clone());
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let delete = does(&lea, "Delete", json!(thread["id"]), &group);
        applied(&school, &lea, &delete).await;
        let hers = actor(&school, &lea.id).await.unwrap().id;
        let by = alice.id;
        school.act(move |tx| bans::ban_from_group(tx, by, looms, hers, &Ban::default())).await.unwrap();
        refused(&school, &lea, &does(&lea, "Undo", delete.clone(), &group), "banned").await;
        assert!(school.post_by_ap_id(text(&thread, "id")).await.unwrap().deleted);
        school.act(move |tx| bans::unban_from_group(tx, by, looms, hers, &Lift::default())).await.unwrap();
        applied(&school, &lea, &does(&lea, "Undo", delete, &group)).await;
        assert!(!school.post_by_ap_id(text(&thread, "id")).await.unwrap().deleted);
    }

    async fn what_two_bans_took_comes_back_with_the_end_of_both(db: Database) {
        let school = Instance::start(db).await;
        let (ruth, bob) = (school.admin("ruth").await, school.member("bob").await);
        let looms = ruth.founds("looms").await;
        let thread = bob.posts(looms, "Buy my looms").await;
        let (by, me) = (ruth.id, bob.id);
        for group_first in [true, false] {
            for step in 0..2 {
                if (step == 0) == group_first {
                    bans_from(&school, by, looms, me).await;
                } else {
                    school.act(move |tx| bans::ban_from_site(tx, by, me, &with_content())).await.unwrap();
                }
            }
            lifts_from(&school, by, looms, me).await;
            assert!(school.post(thread.id).await.removed, "the site's ban holds it");
            school.act(move |tx| bans::unban_from_site(tx, by, me, &putting_back())).await.unwrap();
            assert!(!school.post(thread.id).await.removed);
        }
    }

    async fn what_was_decided_about_one_thing_by_itself_stays_when_a_ban_ends(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let (by, me) = (alice.id, bob.id);
        let (before, within) = (bob.posts(looms, "Before").await.id, bob.posts(looms, "Within").await.id);
        removes(&school, by, before, true).await.unwrap();
        bans_from(&school, by, looms, me).await;
        removes(&school, by, within, false).await.unwrap();
        removes(&school, by, within, true).await.unwrap();
        lifts_from(&school, by, looms, me).await;
        for post in [before, within] {
            assert!(school.post(post).await.removed);
        }
    }

    async fn much_that_goes_with_a_ban_goes_in_steps_and_comes_back_so(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let (looms, dyes) = (alice.founds("looms").await, alice.founds("dyes").await);
        let (model, other) = (bob.posts(looms, "One of many").await, bob.posts(dyes, "Blue").await);
        let reply = bob.replies(other.id, None, "Not in that group").await;
        let copy = model.clone();
        school.act(move |tx| {
            for _ in 1..450 {
                let id = PostId(tx.next_id());
                let ap_id = tx.house.address.post(id).to_string();
                posts::insert(tx.conn, &PostRow { id, url: ap_id.clone(), ap_id, ..copy.clone() })?;
            }
            Ok(group_store::count_posts(tx.conn, looms, 449, None)?)
        }).await.unwrap();
        let (by, me) = (alice.id, bob.id);
        let left = school.act(move |tx| {
            bans::ban_from_group(tx, by, looms, me, &with_content())?;
            Ok(sweeps::next(tx.conn)?)
        }).await.unwrap();
        assert_eq!(left, Some((looms, me)), "not all of it in one transaction");
        let done = || async { school.read(|tx| sweeps::next(tx.conn)).await.is_none() };
        eventually("all of it is gone", done).await;
        assert_eq!(counted(&school, looms).await, (0, 0));
        assert_eq!(counted(&school, dyes).await, (1, 1));
        assert!(!school.comment(reply.id).await.removed);
        lifts_from(&school, by, looms, me).await;
        eventually("all of it is back", done).await;
        assert_eq!(counted(&school, looms).await, (450, 0));
        assert!(!school.post(model.id).await.removed);
        // Purged, it goes likewise, and for good.
        let ruth = school.admin("ruth").await.id;
        school.act(move |tx| purge::person(tx, ruth, me, None)).await.unwrap();
        eventually("all of it is purged", done).await;
        for group in [looms, dyes] {
            assert_eq!(counted(&school, group).await, (0, 0));
        }
        let titles = school.read(move |tx| posts::written_by(tx.conn, me, coppice::domain::paging::Cursor::BEGINNING, 1_000)).await;
        assert_eq!(titles.items.len(), 451);
        assert!(titles.items.iter().all(|post| post.title.is_empty()));
    }

    async fn what_is_purged_comes_back_by_nobodys_hand(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let (ruth, alice) = (school.admin("ruth").await, school.member("alice").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data) = (home.person("lea"), home.person("data"));
        for person in [&lea, &data] {
            joins(&school, &home, person, &group).await;
        }
        let (by, helper) = (alice.id, actor(&school, &data.id).await.unwrap().id);
        school.act(move |tx| groups::appoint(tx, by, looms, helper, Some(Role::Moderator))).await.unwrap();
        let thread = page(&lea, 1, &group, "A secret");
        applied(&school, &lea, &does(&lea, "Create", thread.clone(), &group)).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap().id;
        let reply = alice.replies(post, None, "You should not say that").await.id;
        let admin = ruth.id;
        school.act(move |tx| purge::post(tx, admin, post, None)).await.unwrap();
        let again = removes(&school, by, post, false).await;
        assert!(matches!(again, Err(CommunityError::Missing(Missing::Post))), "{again:?}");
        let again = school.act(move |tx| comments::remove(tx, by, reply, false, None)).await;
        assert!(matches!(again, Err(CommunityError::Missing(Missing::Comment))), "{again:?}");
        let mut delete = does(&data, "Delete", json!(thread["id"]), &group);
        delete["summary"] = "".into();
        refused(&school, &data, &does(&data, "Undo", delete, &group), "").await;
        assert!(school.post(post).await.removed && school.comment(reply).await.removed);
        assert_eq!(counted(&school, looms).await, (0, 0));
    }

    async fn who_is_gone_does_not_come_back_with_what_a_moderator_removed(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let thread = bob.posts(looms, "Buy my looms").await;
        let (by, me) = (alice.id, bob.id);
        bans_from(&school, by, looms, me).await;
        let close = school.act(move |tx| coppice::community::remote::erase_person(tx, me).map_err(Into::into)).await;
        close.unwrap();
        lifts_from(&school, by, looms, me).await;
        removes(&school, by, thread.id, false).await.unwrap();
        assert!(school.post(thread.id).await.deleted, "it stays a tombstone");
        assert_eq!(counted(&school, looms).await, (0, 0));
    }

    async fn what_an_administrator_takes_off_this_site_alone_its_group_does_not_bring_back(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let ruth = school.admin("ruth").await;
        let (group, lea, data) = (home.group("tenforward"), home.person("lea"), home.person("data"));
        is_let_in(&ruth, &home, &group).await;
        let thread = page(&lea, 1, &group.id, "To be judged");
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let id = school.post_by_ap_id(text(&thread, "id")).await.unwrap().id;
        removes(&school, ruth.id, id, true).await.unwrap();
        let mut delete = does(&data, "Delete", json!(thread["id"]), &group.id);
        delete["summary"] = "heated".into();
        applied(&school, &group, &announced(&group, &delete)).await;
        let undo = does(&data, "Undo", delete.clone(), &group.id);
        refused(&school, &group, &announced(&group, &undo), "administrator here").await;
        assert!(school.post(id).await.removed);
        // Once ours let it in again, it is theirs to decide.
        removes(&school, ruth.id, id, false).await.unwrap();
        let mut delete = does(&data, "Delete", json!(thread["id"]), &group.id);
        delete["summary"] = "heated".into();
        applied(&school, &group, &announced(&group, &delete)).await;
        assert!(school.post(id).await.removed);
        let undo = does(&data, "Undo", delete, &group.id);
        applied(&school, &group, &announced(&group, &undo)).await;
        assert!(!school.post(id).await.removed);
    }
}
