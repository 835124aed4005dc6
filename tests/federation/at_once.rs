//! What two do at the same moment to the same thing.

use std::time::Duration;

use coppice::community::comments;
use coppice::domain::rank::hot_rank;
use coppice::store::votes::Tally;
use coppice::store::{comments as comment_rows, posts as post_rows};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::support::lanes::Lane;
use crate::support::{Database, Instance, eventually, on_both_databases};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Backends of this database that wait for a row somebody else holds.
fn waiting(conn: &mut PgConnection) -> i64 {
    let asked = "SELECT count(*) AS number FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let row: Number = diesel::sql_query(asked).get_result(conn).unwrap();
    row.number
}

on_both_databases! {
    async fn votes_that_count_from_the_same_score_leave_the_rank_of_all_of_them(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let comment = alice.replies(post.id, None, "This one").await;
        let up = Tally { up: 1, down: 0 };
        let (a, b) = (post.clone(), comment.clone());
        // Each voter read the row before any of the others wrote it.
        school.act(move |tx| {
            for _ in 0..3 {
                post_rows::tally(tx.conn, &a, up)?;
                comment_rows::tally(tx.conn, &b, up)?;
            }
            Ok(())
        }).await.unwrap();
        let (post, comment) = (school.post(post.id).await, school.comment(comment.id).await);
        assert_eq!((post.upvotes, post.score, comment.upvotes, comment.score), (4, 4, 4, 4));
        assert_eq!(post.hot_rank, hot_rank(4, post.published));
        assert_eq!(comment.hot_rank, hot_rank(4, comment.published));
    }

    async fn who_takes_a_comment_back_and_who_answers_do_not_wait_for_each_other(db: Database) {
        let (lane, url) = (db.lane, db.database_url.clone());
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let (me, comment) = (alice.id, alice.replies(post.id, None, "This one").await.id);
        let deletes = || school.act(move |tx| comments::delete(tx, me, comment));
        // SQLite has one writer.
        if lane != Lane::Postgres {
            deletes().await.unwrap();
            return;
        }
        // Somebody answers: the group's row is theirs, and the author's comes next.
        let mut answers = PgConnection::establish(&url).unwrap();
        let mut looks = PgConnection::establish(&url).unwrap();
        let run = |sql: &str, conn: &mut PgConnection| diesel::sql_query(sql).execute(conn);
        run("BEGIN", &mut answers).unwrap();
        run("SET LOCAL lock_timeout = '500ms'", &mut answers).unwrap();
        let of = |table: &str, id: i64| {
            format!("UPDATE {table} SET comment_count = comment_count WHERE actor_id = {id}")
        };
        run(&of("groups", looms.0), &mut answers).unwrap();
        let (deleted, ()) = tokio::join!(deletes(), async {
            let looks = std::cell::RefCell::new(&mut looks);
            eventually("the deletion waits", || async { waiting(&mut looks.borrow_mut()) > 0 }).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            let taken = run(&of("people", me.0), &mut answers);
            run("COMMIT", &mut answers).unwrap();
            taken.unwrap();
        });
        deleted.unwrap();
        assert_eq!(school.post(post.id).await.comment_count, 0);
    }
}
