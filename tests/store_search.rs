//! Search on both databases: what is found, by whom it may be seen, and that no input breaks it.

// A test stops at what it does not expect.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use coppice::domain::house::{Address, House, Previews};
use coppice::domain::ids::{ActorId, CommentId, IdMaker, PostId};
use coppice::domain::kinds::{ActorKind, Contribution, RegistrationMode};
use coppice::domain::paging::Cursor;
use coppice::store::actors::ActorRow;
use coppice::store::audience::Audience;
use coppice::store::comments::CommentRow;
use coppice::store::groups::{self, GroupRow};
use coppice::store::posts::{PostRow, PostText};
use coppice::store::search::{self, SearchQuery};
use coppice::store::{Store, StoreError, Target, Tx, actors, comments, posts};
use support::{Database, on_both_databases};

fn open(db: &Database) -> Store {
    let target = match db.database_url.strip_prefix("sqlite:") {
        Some(path) => Target::Sqlite(path.into()),
        None => Target::Postgres(db.database_url.clone()),
    };
    Store::open(&target, "test", |node| House {
        address: Address::new(&"http://localhost:1".parse().unwrap()),
        ids: IdMaker::new(node),
        previews: Previews::Off,
        registration: RegistrationMode::Open,
    })
    .unwrap()
}

fn actor(tx: &mut Tx<'_>, kind: ActorKind, name: &str, display: Option<&str>) -> ActorId {
    let id = ActorId(tx.next_id());
    let url = format!("http://localhost:1/x/{name}");
    let row = ActorRow {
        id,
        kind,
        local: false,
        name: name.to_owned(),
        host: "localhost:1".to_owned(),
        ap_id: url.clone(),
        url: url.clone(),
        display_name: display.map(str::to_owned),
        summary_markdown: None,
        summary_html: String::new(),
        icon_url: None,
        image_url: None,
        inbox_url: url.clone(),
        outbox_url: None,
        followers_url: None,
        featured_url: None,
        moderators_url: None,
        public_key_id: url,
        public_key_pem: None,
        private_key_pem: None,
        inbox_id: None,
        host_id: None,
        published: tx.now,
        updated: None,
        fetched: tx.now,
        deleted: false,
        suspended: false,
    };
    actors::insert(tx.conn, &row).unwrap();
    if kind == ActorKind::Group {
        groups::insert(tx.conn, &GroupRow::new(id, tx.now)).unwrap();
    }
    id
}

fn post(tx: &mut Tx<'_>, group: ActorId, author: ActorId, title: &str, html: &str) -> PostId {
    let id = PostId(tx.next_id());
    let row = PostRow {
        id,
        ap_id: format!("http://localhost:1/post/{id}"),
        url: format!("http://localhost:1/post/{id}"),
        local: true,
        group_id: group,
        author_id: author,
        kind: Contribution::Discussion,
        title: title.to_owned(),
        body_markdown: None,
        body_html: html.to_owned(),
        link: None,
        image_url: None,
        image_alt: None,
        language: None,
        sensitive: false,
        published: tx.now,
        edited: None,
        deleted: false,
        removed: false,
        locked: false,
        featured: false,
        upvotes: 0,
        downvotes: 0,
        score: 0,
        comment_count: 0,
        last_activity: tx.now,
        hot_rank: 0,
    };
    posts::insert(tx.conn, &row).unwrap();
    id
}

fn comment(tx: &mut Tx<'_>, post: PostId, author: ActorId, text: &str) -> CommentId {
    let group_id = posts::find(tx.conn, post).unwrap().unwrap().group_id;
    let id = CommentId(tx.next_id());
    let row = CommentRow {
        id,
        ap_id: format!("http://localhost:1/comment/{id}"),
        url: format!("http://localhost:1/comment/{id}"),
        local: true,
        post_id: post,
        group_id,
        parent_id: None,
        root_id: id,
        path: format!("0.{id}"),
        depth: 0,
        author_id: author,
        body_markdown: Some(text.to_owned()),
        body_html: String::new(),
        language: None,
        distinguished: false,
        published: tx.now,
        edited: None,
        deleted: false,
        removed: false,
        upvotes: 0,
        downvotes: 0,
        score: 0,
        child_count: 0,
        hot_rank: 0,
    };
    comments::insert(tx.conn, &row).unwrap();
    id
}

fn found(tx: &mut Tx<'_>, text: &str, group: Option<ActorId>) -> Vec<PostId> {
    let query = SearchQuery::parse(text).unwrap();
    let page = search::posts(tx.conn, Audience::Visitor, &query, group, None, 50).unwrap();
    page.items.iter().map(|row| row.id).collect()
}

fn found_comments(tx: &mut Tx<'_>, text: &str, group: Option<ActorId>) -> Vec<CommentId> {
    let query = SearchQuery::parse(text).unwrap();
    let page = search::comments(tx.conn, Audience::Visitor, &query, group, None, 50).unwrap();
    page.items.iter().map(|row| row.id).collect()
}

/// Runs a story in one transaction.
async fn tell(db: &Database, story: fn(&mut Tx<'_>)) {
    let store = open(db);
    let told = store.write(move |tx| -> Result<(), StoreError> {
        story(tx);
        Ok(())
    });
    told.await.unwrap();
}

on_both_databases! {
    async fn words_are_found_in_title_and_text_with_any_case_and_accent(db: Database) {
        tell(&db, |tx| {
            let group = actor(tx, ActorKind::Group, "biology", None);
            let other = actor(tx, ActorKind::Group, "physics", None);
            let ann = actor(tx, ActorKind::Person, "ann", None);
            let a = post(tx, group, ann, "Enseigner les protéines", "<p>Crystal <b>structure</b></p>");
            let b = post(tx, other, ann, "Structure of spacetime", "<p>see example.org/protein-folds</p>");
            assert_eq!(found(tx, "STRUCTURE", None), [b, a]);
            assert_eq!(found(tx, "proteines", None), [a]);
            assert_eq!(found(tx, "Protéine", None), [a], "an unfinished word");
            assert_eq!(found(tx, "folds", None), [b], "a part of an address");
            assert_eq!(found(tx, "struct", Some(group)), [a]);
            assert_eq!(found(tx, "crystal spacetime", None), [], "all words must occur");
            let query = SearchQuery::parse("structure").unwrap();
            let first = search::posts(tx.conn, Audience::Visitor, &query, None, None, 1).unwrap();
            assert_eq!(first.items[0].id, b);
            let second = search::posts(tx.conn, Audience::Visitor, &query, None, first.next, 1).unwrap();
            assert_eq!((second.items[0].id, second.next), (a, None::<Cursor>));
        })
        .await;
    }

    async fn a_search_sees_edits_and_nothing_deleted_or_removed(db: Database) {
        tell(&db, |tx| {
            let group = actor(tx, ActorKind::Group, "biology", None);
            let ann = actor(tx, ActorKind::Person, "ann", None);
            let id = post(tx, group, ann, "Ribosome", "<p>large</p>");
            let reply = comment(tx, id, ann, "the ribosome is small");
            let text = PostText {
                title: "Proteasome".to_owned(),
                body_markdown: Some("tiny".to_owned()),
                body_html: String::new(),
                link: None,
                image_url: None,
                image_alt: None,
                language: None,
                sensitive: false,
                edited: Some(tx.now),
            };
            posts::update_text(tx.conn, id, &text).unwrap();
            assert_eq!(found(tx, "ribosome", None), []);
            assert_eq!(found(tx, "proteasome tiny", None), [id]);
            assert_eq!(found_comments(tx, "small", Some(group)), [reply]);
            assert_eq!(found_comments(tx, "small", Some(ann)), []);
            let row = posts::find(tx.conn, id).unwrap().unwrap();
            posts::set_removed(tx.conn, &row, true).unwrap();
            assert_eq!(found(tx, "proteasome", None), []);
            assert_eq!(found_comments(tx, "small", None), [], "its post is hidden");
            let row = posts::find(tx.conn, id).unwrap().unwrap();
            posts::set_removed(tx.conn, &row, false).unwrap();
            assert_eq!(found(tx, "proteasome", None), [id]);
            let row = comments::find(tx.conn, reply).unwrap().unwrap();
            comments::set_deleted(tx.conn, &row, true).unwrap();
            assert_eq!(found_comments(tx, "small", None), []);
            let row = comments::find(tx.conn, reply).unwrap().unwrap();
            comments::set_deleted(tx.conn, &row, false).unwrap();
            assert_eq!(found_comments(tx, "small", None), [reply]);
        })
        .await;
    }

    async fn no_search_text_breaks_the_query(db: Database) {
        tell(&db, |tx| {
            let group = actor(tx, ActorKind::Group, "biology", None);
            let ann = actor(tx, ActorKind::Person, "ann", None);
            post(tx, group, ann, &"long ".repeat(40), &"word<p>".repeat(40_000));
            for text in [
                "\" OR 1", "a AND", "NEAR(a b)", "col:a", "^a", "a*b*", "'a'':*", "a\\'b", "!a | b",
                "a <-> b", "a:ABCD", "\u{37e}a ≠b \u{1fef}c", "{a} : (b", "\u{0}a", "日本語 한국어 हिन्दी",
                "²", "Ⅷ", "\u{345}a", "-a", "1e5 3.14 -2", "AND", "NOT", "%", "a%' --",
            ] {
                if SearchQuery::parse(text).is_some() {
                    found(tx, text, Some(group));
                    found_comments(tx, text, None);
                }
                search::people(tx.conn, text, 5).unwrap();
            }
        })
        .await;
    }

    async fn people_and_groups_are_found_by_the_beginning_of_either_name(db: Database) {
        tell(&db, |tx| {
            let ann = actor(tx, ActorKind::Person, "ann", Some("Dr. Ann Bee"));
            let anna = actor(tx, ActorKind::Person, "Anna", None);
            let bob = actor(tx, ActorKind::Person, "bob", Some("Annette's brother_%"));
            let group = actor(tx, ActorKind::Group, "annals", Some("Annals"));
            assert_eq!(search::people(tx.conn, "@ANN", 10).unwrap(), [ann, anna, bob]);
            assert_eq!(search::people(tx.conn, "ann", 2).unwrap(), [ann, anna]);
            assert_eq!(search::people(tx.conn, "dr. a", 10).unwrap(), [ann]);
            assert_eq!(search::people(tx.conn, "_", 10).unwrap(), []);
            assert_eq!(search::people(tx.conn, "%", 10).unwrap(), []);
            assert_eq!(search::groups(tx.conn, Audience::Visitor, "Ann", 10).unwrap(), [group]);
            actors::mark_deleted(tx.conn, ann).unwrap();
            assert_eq!(search::people(tx.conn, "ann", 10).unwrap(), [anna, bob]);
        })
        .await;
    }
}
