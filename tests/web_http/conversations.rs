//! Conversations longer than one page shows: every answer can be reached.

use coppice::domain::ids::{CommentId, PostId};
use coppice::domain::time::Timestamp;
use coppice::store::comments::{self, CommentRow};
use serde_json::Value;

use crate::support::instance::{Instance, Member};
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

/// More than any page and any answer of the API looks at.
const MANY: i64 = 2_100;

/// So many answers to a comment, written straight into the database, the first right after it.
async fn answers(who: &Member<'_>, above: &CommentRow, count: i64) {
    let above = above.clone();
    let write = move |tx: &mut coppice::store::Tx<'_>| {
        for number in 0..count {
            let id = CommentId(above.id.0 + 1 + number);
            let row = CommentRow {
                id,
                ap_id: format!("{}-{number}", above.ap_id),
                url: format!("{}-{number}", above.url),
                parent_id: Some(above.id),
                path: format!("{}.{id}", above.path),
                depth: above.depth + 1,
                body_html: format!("<p>Answer {number}.</p>"),
                body_markdown: Some(format!("Answer {number}.")),
                published: Timestamp::from_micros(above.published.micros() + 1 + number),
                child_count: 0,
                ..above.clone()
            };
            comments::insert(tx.conn, &row)?;
        }
        comments::count_below(tx.conn, &[above.root_id, above.id], count)?;
        Ok(())
    };
    who.home.act(write).await.unwrap();
}

/// What the API tells of what hangs below a comment.
async fn branch(reader: &Visitor, post: PostId, comment: CommentId) -> String {
    let path = format!("/api/v3/comment/list?post_id={post}&parent_id={comment}&max_depth=8");
    let told: Value = serde_json::from_slice(&reader.get(&path).await.body).unwrap();
    told.to_string()
}

on_both_databases! {
    async fn late_answers_in_a_long_conversation_are_on_the_page_of_what_they_answer(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let group = ann.founds("fungi").await;
        let post = ann.posts(group, "Spores in class").await.id;
        let root = ann.replies(post, None, "The root").await;
        answers(&ann, &root, MANY).await;
        let late = ann.replies(post, Some(root.id), "A late one").await;
        let answer = ann.replies(post, Some(late.id), "What answers it").await;
        let below = ann.replies(post, Some(answer.id), "And this the answer").await;
        let reader = Visitor::of(&instance);
        for (of, shown) in [
            (late.id, vec!["What answers it", "And this the answer"]),
            (answer.id, vec!["And this the answer"]),
        ] {
            let page = reader.get(&format!("/comment/{of}")).await.text();
            let told = branch(&reader, post, of).await;
            for words in shown {
                assert!(page.contains(words), "{words}: {page}");
                assert!(told.contains(words), "{words}: {told}");
            }
            assert!(!page.contains("Show the replies"), "{page}");
            assert!(!page.contains("Answer 3.") && !told.contains("Answer 3."), "of another branch");
        }
        assert!(!reader.get(&format!("/comment/{}", below.id)).await.text().contains("Show the replies"));
    }

    async fn more_answers_than_a_page_shows_stand_on_the_next_ones(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let group = ann.founds("fungi").await;
        let post = ann.posts(group, "Spores in class").await.id;
        let root = ann.replies(post, None, "The root").await;
        answers(&ann, &root, MANY).await;
        let late = ann.replies(post, Some(root.id), "A late one").await;
        ann.replies(post, Some(late.id), "What answers it").await;
        let reader = Visitor::of(&instance);
        let mut path = format!("/comment/{}?sort=old", root.id);
        let (mut pages, mut seen) = (0, 0);
        loop {
            let page = reader.get(&path).await.text();
            pages += 1;
            seen += page.matches("Answer ").count();
            assert!(page.contains("The root"), "{path}");
            assert!(!page.contains("Show all replies"), "it would lead to this very page: {path}");
            let Some((before, _)) = page.split_once("\">Next page") else {
                assert!(page.contains("A late one") && page.contains("What answers it"), "{page}");
                break;
            };
            path = before.rsplit('"').next().unwrap().replace("&amp;", "&");
        }
        assert!(pages > 2, "{pages}");
        assert_eq!(seen as i64, MANY, "each once");
    }
}
