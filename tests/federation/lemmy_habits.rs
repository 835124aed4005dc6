//! What only servers of Lemmy's kind do: bringing a group back, passing an edit back to its author's host.

use coppice::community::threads::{self, EditThread};
use coppice::domain::limits::{Body, Title};
use coppice::store::{actors, schema};
use diesel::prelude::*;

use crate::support::{Database, Instance, eventually, eventually_some, on_both_databases};

async fn refusals(at: &Instance) -> Vec<Option<String>> {
    at.read(|tx| {
        let refused = schema::intake::table.filter(schema::intake::error.is_not_null());
        Ok(refused.select(schema::intake::error).load(tx.conn)?)
    })
    .await
}

on_both_databases! {
    async fn a_group_that_was_deleted_and_brought_back_is_heard_again(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        school.act(move |tx| Ok(actors::mark_deleted(tx.conn, there)?)).await.unwrap();
        let post = alice.posts(here, "We are back").await;
        eventually_some("the thread", || school.post_by_ap_id(&post.ap_id)).await;
        assert!(!school.read(move |tx| actors::get(tx.conn, there)).await.deleted);
    }

    async fn an_edit_that_the_group_passes_back_to_its_author_is_no_news_there(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;
        let post = bob.posts(there, "First words").await;
        let seen = eventually_some("the thread", || college.post_by_ap_id(&post.ap_id)).await;
        let edit = EditThread {
            title: Title::parse("Second thoughts").unwrap(),
            body: Body::parse("Better.").unwrap(),
            link: None,
            image: None,
            language: None,
            sensitive: false,
        };
        let (me, id) = (bob.id, post.id);
        school.act(move |tx| threads::edit(tx, me, id, &edit)).await.unwrap();
        eventually("the edit", || async { college.post(seen.id).await.edited.is_some() }).await;
        // What comes after it through the same queue tells that the edit was dealt with.
        let group = college.post(seen.id).await.group_id;
        let next = alice.posts(group, "Next").await;
        eventually_some("the next thread", || school.post_by_ap_id(&next.ap_id)).await;
        assert_eq!(refusals(&school).await, Vec::<Option<String>>::new());
    }

    async fn what_is_undone_is_named_by_the_id_and_kind_it_was_done_with(db: Database) {
        use coppice::community::votes::Target;
        use coppice::domain::kinds::Vote;
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        bob.follows(&format!("!proteins@{}", college.host)).await;
        let post = alice.posts(here, "To be voted on").await;
        for vote in [Some(Vote::Down), None] {
            alice.votes(Target::Post(post.id), vote).await;
        }
        let (me, id) = (alice.id, post.id);
        college.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        college.act(move |tx| threads::restore(tx, me, id)).await.unwrap();
        let sent: Vec<serde_json::Value> = college
            .read(|tx| {
                let table = schema::activities::table;
                let rows: Vec<String> = table
                    .order(schema::activities::id.asc())
                    .select(schema::activities::json)
                    .load(tx.conn)?;
                Ok(rows.iter().map(|json| serde_json::from_str(json).unwrap()).collect())
            })
            .await;
        let of = |kind: &str| -> Vec<&serde_json::Value> {
            sent.iter().filter(|activity| activity["type"] == kind).collect()
        };
        let undone = of("Undo");
        assert_eq!(undone.len(), 2);
        for (undo, done) in undone.iter().zip([of("Dislike")[0], of("Delete")[0]]) {
            assert_eq!(undo["object"]["id"], done["id"]);
            assert_eq!(undo["object"]["type"], done["type"]);
        }
    }
}
