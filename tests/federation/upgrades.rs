//! A database that is full already takes in a new version, and goes back.

use coppice::domain::ids::CommentId;
use coppice::store::comments::{self, CommentFilter};
use coppice::store::search::{self, SearchQuery};
use coppice::store::{Conn, Target};
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::support::{Database, Instance, Lane, on_both_databases};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Undoes the steps from the last one down to this one.
fn undo_from<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    steps: impl Fn() -> EmbeddedMigrations,
    first: &str,
) {
    while conn.applied_migrations().unwrap()[0].to_string().as_str() >= first {
        conn.revert_last_migration(steps()).unwrap();
    }
}

/// The database as it was before a step, and a text in SQL that is run on it.
fn before(conn: &mut Conn, step: &str, run: &str) {
    match conn {
        Conn::Sqlite(conn) => {
            undo_from(conn, || SQLITE, step);
            conn.batch_execute(run).unwrap();
        }
        Conn::Postgres(conn) => {
            undo_from(conn, || POSTGRES, step);
            conn.batch_execute(run).unwrap();
        }
    }
}

/// The same comment many times over, as the version before wrote it.
fn copies(of: CommentId, copies: i64) -> String {
    let of = of.0;
    format!(
        "INSERT INTO comments (id, ap_id, url, local, post_id, parent_id, root_id, path, depth, author_id, \
         body_markdown, body_html, language, distinguished, published, edited, deleted, removed, upvotes, \
         downvotes, score, child_count, hot_rank) \
         WITH RECURSIVE copies (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {copies}) \
         SELECT id + number, ap_id || '-' || number, url, local, post_id, parent_id, id + number, \
         '0.' || (id + number), depth, author_id, body_markdown, body_html, language, distinguished, published, \
         edited, deleted, removed, upvotes, downvotes, score, child_count, hot_rank \
         FROM comments, copies WHERE id = {of};"
    )
}

on_both_databases! {
    async fn comments_that_are_there_find_their_group_and_stay_searchable(db: Database) {
        const STEP: &str = "20261124000150";
        const MANY: i64 = 20_000;
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let (looms, yarns) = (alice.founds("looms").await, alice.founds("yarns").await);
        let (loom, yarn) = (alice.posts(looms, "A loom").await.id, alice.posts(yarns, "A yarn").await.id);
        let (much, little) = (alice.replies(loom, None, "Woven").await, alice.replies(yarn, None, "Spun").await);
        assert_eq!((much.group_id, little.group_id), (looms, yarns));
        let db = school.stop().await;
        let target = match db.lane {
            Lane::Postgres => Target::Postgres(db.database_url),
            _ => Target::Sqlite(db.database_url.strip_prefix("sqlite:").unwrap().into()),
        };
        let mut conn = target.prepare_database().unwrap();
        before(&mut conn, STEP, &copies(much.id, MANY));
        drop(conn);

        let begun = std::time::Instant::now();
        let mut conn = target.prepare_database().unwrap();
        println!("{MANY} comments took {:?}", begun.elapsed());
        let group_of = |conn: &mut Conn, group| {
            let list = comments::page(conn, None, CommentFilter::InGroup(group), None, 50_000).unwrap();
            list.items
        };
        assert_eq!(group_of(&mut conn, looms).len() as i64, MANY + 1);
        let few: Vec<CommentId> = group_of(&mut conn, yarns).iter().map(|row| row.id).collect();
        assert_eq!(few, [little.id]);
        let spun = SearchQuery::parse("spun").unwrap();
        let found = search::comments(&mut conn, None, &spun, Some(yarns), None, 9).unwrap().items;
        assert_eq!(found.len(), 1);
        comments::set_deleted(&mut conn, &little, true).unwrap();
        assert!(search::comments(&mut conn, None, &spun, None, None, 9).unwrap().items.is_empty());

        // Down again, and up: nothing is lost.
        before(&mut conn, STEP, "UPDATE comments SET deleted = false WHERE deleted");
        drop(conn);
        let mut conn = target.prepare_database().unwrap();
        assert_eq!(group_of(&mut conn, yarns).len(), 1);
        assert_eq!(search::comments(&mut conn, None, &spun, None, None, 9).unwrap().items.len(), 1);
    }
}
