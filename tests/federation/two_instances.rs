//! A group at one institution, a follower at another: everything goes both ways.

use coppice::community::votes::Target;
use coppice::community::{comments, threads};
use coppice::domain::kinds::Vote;
use coppice::domain::limits::CommentBody;

use crate::support::{Database, Instance, eventually, eventually_some, on_both_databases};

on_both_databases! {
    async fn a_thread_its_comments_votes_edits_and_deletion_reach_the_follower_and_back(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        let there = bob.follows(&format!("!proteins@{}", college.host)).await;

        let post = alice.posts(here, "How do you teach folding?").await;
        let seen = eventually_some("the thread at the school", || {
            school.post_by_ap_id(&post.ap_id)
        }).await;
        assert_eq!(seen.title, post.title);
        assert_eq!(seen.group_id, there);
        assert_eq!(seen.body_html, "<p>Some <em>text</em>.</p>\n");

        let reply = bob.replies(seen.id, None, "With paper models.").await;
        let answer = eventually_some("the reply at the college", || {
            college.comment_by_ap_id(&reply.ap_id)
        }).await;
        assert_eq!(answer.post_id, post.id);
        let told = college
            .read({ let id = alice.id; move |tx| coppice::store::notifications::unread(tx.conn, id) })
            .await;
        assert_eq!(told, (1, 0));

        bob.votes(Target::Post(seen.id), Some(Vote::Up)).await;
        alice.votes(Target::Comment(answer.id), Some(Vote::Down)).await;
        eventually("both votes", || async {
            college.post(post.id).await.score == 2 && school.comment(reply.id).await.score == 0
        }).await;
        bob.votes(Target::Post(seen.id), None).await;
        eventually("the vote is withdrawn", || async { college.post(post.id).await.score == 1 }).await;

        let (me, id) = (bob.id, reply.id);
        school.act(move |tx| comments::edit(tx, me, id, &CommentBody::parse("With **paper** models.").unwrap()))
            .await.unwrap();
        eventually("the edit", || async {
            let row = college.comment(answer.id).await;
            row.edited.is_some() && row.body_html.contains("<strong>paper</strong>")
        }).await;

        school.act(move |tx| comments::delete(tx, me, id)).await.unwrap();
        eventually("the comment is deleted", || async { college.comment(answer.id).await.deleted }).await;
        let (me, id) = (alice.id, post.id);
        college.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        eventually("the thread is deleted", || async { school.post(seen.id).await.deleted }).await;
    }

    async fn a_member_begins_a_thread_in_a_group_elsewhere_and_a_third_instance_sees_it(db: Database) {
        let college = Instance::start(db.another()).await;
        let (school, museum) = (Instance::start(db.another()).await, Instance::start(db).await);
        let alice = college.member("alice").await;
        let (bob, carol) = (school.member("bob").await, museum.member("carol").await);
        alice.founds("proteins").await;
        let handle = format!("proteins@{}", college.host);
        let there = bob.follows(&handle).await;
        carol.follows(&handle).await;

        let post = bob.posts(there, "A case I wrote last year").await;
        let at_college = eventually_some("the thread where the group lives", || {
            college.post_by_ap_id(&post.ap_id)
        }).await;
        let at_museum = eventually_some("the thread at the third instance", || {
            museum.post_by_ap_id(&post.ap_id)
        }).await;
        let reply = carol.replies(at_museum.id, None, "May I adapt it?").await;
        eventually_some("the reply of the third at the second", || {
            school.comment_by_ap_id(&reply.ap_id)
        }).await;
        carol.votes(Target::Post(at_museum.id), Some(Vote::Up)).await;
        eventually("the vote everywhere", || async {
            school.post(post.id).await.score == 2 && college.post(at_college.id).await.score == 2
        }).await;
    }

    async fn who_follows_later_reads_what_was_there_already(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        let old = alice.posts(here, "From before").await;
        bob.follows(&format!("@proteins@{}", college.host)).await;
        eventually_some("the older thread", || school.post_by_ap_id(&old.ap_id)).await;
        let count = college
            .read(move |tx| coppice::store::groups::get(tx.conn, here))
            .await
            .follower_count;
        assert_eq!(count, 2);
    }
}
