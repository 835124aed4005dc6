//! Polls, with people on microblogs and on other servers of our kind: asked, voted in, told and closed.

use coppice::community::polls;
use coppice::community::threads::{self, Carried, Publish};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::kinds::{Contribution, NotificationKind};
use coppice::domain::limits::{Body, Title};
use coppice::domain::poll::NewPoll;
use coppice::domain::time::{DAY, HOUR, MINUTE};
use coppice::store::polls::Poll;
use coppice::store::posts::PostRow;
use coppice::store::{notifications, polls as rows};
use serde_json::{Value, json};

use crate::help::{a_while, applied, group_url, is_let_in, joins, refused, settled, text};
use crate::lemmy::announced;
use crate::mastodon::{create, mention, toot};
use crate::support::peer::{PUBLIC, get_as2, get_as2_as, get_page};
use crate::support::{
    Database, Instance, Member, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

pub async fn asks(member: &Member<'_>, group: ActorId, title: &str, multiple: bool) -> PostRow {
    let publish = Publish {
        group,
        title: Title::parse(title).unwrap(),
        body: Body::parse("What do *you* think?").unwrap(),
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    let me = member.id;
    let id = member
        .home
        .act(move |tx| {
            let poll = NewPoll::parse(["Linen", "Wool", "Silk"], multiple, DAY, tx.now).unwrap();
            let carried = Carried {
                poll: Some(poll),
                event: None,
            };
            threads::publish_with(tx, me, &publish, &carried)
        })
        .await
        .unwrap();
    member.home.post(id).await
}

async fn poll(instance: &Instance, post: PostId) -> Poll {
    instance
        .read(move |tx| rows::get(tx.conn, post, None))
        .await
        .expect("a poll")
}

pub async fn votes(instance: &Instance, post: PostId) -> (Vec<i64>, i64) {
    let poll = poll(instance, post).await;
    (
        poll.options.iter().map(|o| o.votes).collect(),
        poll.row.voters,
    )
}

/// As Mastodon sends a vote; as GoToSocial does, too.
pub fn ballot(voter: &PeerActor, author: &str, question: &str, answer: &str) -> Value {
    let id = voter.new_id("ballot");
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{id}/activity"), "type": "Create", "actor": voter.id, "to": author,
        "object": {
            "id": id, "type": "Note", "name": answer, "attributedTo": voter.id, "to": author,
            "inReplyTo": question,
        },
    })
}

pub fn question(
    author: &PeerActor,
    number: u64,
    html: &str,
    groups: &[&str],
    answers: [u64; 2],
) -> Value {
    let mut note = toot(author, number, html, None, groups);
    note["type"] = "Question".into();
    note["endTime"] = "2027-01-20T11:46:50Z".into();
    note["votersCount"] = (answers[0] + answers[1]).into();
    note["oneOf"] = json!([
        {"type": "Note", "name": "Linen", "replies": {"type": "Collection", "totalItems": answers[0]}},
        {"type": "Note", "name": "Wool", "replies": {"type": "Collection", "totalItems": answers[1]}},
    ]);
    note
}

/// Lets the clock run on and the polls be looked after.
async fn later(instance: &Instance, millis: i64) {
    instance
        .act(move |tx| {
            let now = tx.now;
            tx.now = now.plus(millis);
            let done = polls::tend(tx);
            tx.now = now;
            Ok(done?)
        })
        .await
        .unwrap();
}

async fn told_of_the_end(instance: &Instance, person: ActorId) -> usize {
    let page = instance
        .read(move |tx| notifications::page(tx.conn, person, None, false, None, 50))
        .await;
    let polls = page
        .items
        .iter()
        .filter(|n| n.kind == NotificationKind::Poll);
    polls.count()
}

on_both_databases! {
    async fn a_poll_of_ours_is_a_question_to_microblogs_and_a_page_in_words_to_lemmy(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("felix"), &group).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let post = asks(&alice, looms, "Which yarn?", false).await;

        peer.received("the boost", |a| a["object"] == post.ap_id.as_str()).await;
        let (_, shown) = get_as2(&post.ap_id).await;
        assert_eq!(text(&shown, "type"), "Question");
        assert_eq!(shown["oneOf"][1]["name"], "Wool");
        assert_eq!(shown["oneOf"][1]["replies"]["totalItems"], 0);
        assert_eq!(shown["votersCount"], 0);
        assert!(shown["endTime"].is_string() && shown["closed"].is_null());
        assert!(text(&shown, "content").contains("Which yarn?"));
        // Lemmy fails at a Question wherever it finds one.
        let told = lemmy.received("the thread", |a| a["object"]["type"] == "Create").await.activity;
        let page = &told["object"]["object"];
        assert_eq!((text(page, "type"), text(page, "name")), ("Page", "Which yarn?"));
        assert!(text(&page["source"], "content").contains("- Linen\n- Wool\n- Silk"), "{page}");
        assert!(text(page, "content").contains("<li>Silk</li>"));
        let (_, asked) = get_as2_as(&post.ap_id, "Lemmy/0.19.20; +https://lemmy.example").await;
        assert_eq!(text(&asked, "type"), "Page");
        // NodeBB shows the text that the author wrote, and nothing else.
        let (_, asked) = get_as2_as(&post.ap_id, "NodeBB/4.x (https://forum.example)").await;
        assert!(text(&asked["source"], "content").contains("- Silk"), "{asked}");
        // Its own outbox is read by Lemmy as well.
        let (_, outbox) = get_as2(&format!("{group}/outbox")).await;
        assert_eq!(outbox["orderedItems"][0]["object"]["object"]["type"], "Page");
    }

    async fn votes_from_microblogs_count_once_and_are_no_comments(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let (felix, gerda) = (peer.person("felix"), peer.person("gerda"));
        let me = format!("{}u/alice", school.url);
        let one = asks(&alice, looms, "Which yarn?", false).await;
        let many = asks(&alice, looms, "Which yarns?", true).await;

        applied(&school, &felix, &ballot(&felix, &me, &one.ap_id, "Wool")).await;
        // Again, and another one: only the first counts.
        applied(&school, &felix, &ballot(&felix, &me, &one.ap_id, "Wool")).await;
        refused(&school, &felix, &ballot(&felix, &me, &one.ap_id, "Silk"), "voted already").await;
        refused(&school, &gerda, &ballot(&gerda, &me, &one.ap_id, "Cotton"), "no such answer").await;
        assert_eq!(votes(&school, one.id).await, (vec![0, 1, 0], 1));
        for answer in ["Linen", "Silk"] {
            applied(&school, &felix, &ballot(&felix, &me, &many.ap_id, answer)).await;
        }
        applied(&school, &gerda, &ballot(&gerda, &me, &many.ap_id, "Silk")).await;
        assert_eq!(votes(&school, many.id).await, (vec![1, 0, 2], 2));
        assert_eq!(school.post(one.id).await.comment_count, 0);
        assert_eq!(school.post(many.id).await.comment_count, 0);

        // In another's name.
        let mut forged = ballot(&gerda, &me, &one.ap_id, "Linen");
        forged["object"]["attributedTo"] = felix.id.as_str().into();
        refused(&school, &gerda, &forged, "another's").await;
        assert_eq!(votes(&school, one.id).await, (vec![0, 1, 0], 1));

        // Results come in bundles to those who voted.
        later(&school, MINUTE).await;
        a_while().await;
        assert_eq!(peer.count(|a| a["type"] == "Update"), 0);
        later(&school, 4 * MINUTE).await;
        let update = peer.received("the results", |a| a["object"]["id"] == one.ap_id.as_str()).await.activity;
        assert_eq!((text(&update, "type"), text(&update["object"], "type")), ("Update", "Question"));
        assert_eq!(update["actor"], me.as_str());
        assert_eq!(update["object"]["oneOf"][1]["replies"]["totalItems"], 1);
        assert!(update["object"]["updated"].is_null(), "a vote is no edit");
        later(&school, 20 * MINUTE).await;
        a_while().await;
        assert_eq!(peer.count(|a| a["object"]["id"] == one.ap_id.as_str()), 1, "nothing new, nothing told");
    }

    async fn a_poll_closes_by_the_clock_and_everybody_is_told(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let post = asks(&alice, looms, "Which yarn?", false).await;
        let (voter, id) = (bob.id, post.id);
        school.act(move |tx| polls::vote(tx, voter, id, &[2])).await.unwrap();
        school.act(move |tx| polls::vote(tx, voter, id, &[1])).await.unwrap_err();
        let me = format!("{}u/alice", school.url);
        applied(&school, &felix, &ballot(&felix, &me, &post.ap_id, "Silk")).await;

        later(&school, DAY + HOUR).await;
        assert!(poll(&school, post.id).await.row.closed);
        let update = peer.received("the end", |a| a["type"] == "Update").await.activity;
        assert!(update["object"]["closed"].is_string(), "{update}");
        assert_eq!(update["object"]["oneOf"][2]["replies"]["totalItems"], 2);
        let told = lemmy.received("the end in words", |a| a["object"]["type"] == "Update").await.activity;
        assert_eq!(told["object"]["object"]["type"], "Page");
        assert!(text(&told["object"]["object"]["source"], "content").contains("- Silk: 2"));
        assert_eq!(told_of_the_end(&school, bob.id).await, 1);
        assert_eq!(told_of_the_end(&school, alice.id).await, 1);

        let gerda = peer.person("gerda");
        refused(&school, &gerda, &ballot(&gerda, &me, &post.ap_id, "Wool"), "closed").await;
        let owner = alice.id;
        let error = school.act(move |tx| polls::vote(tx, owner, id, &[0])).await.unwrap_err();
        assert!(error.to_string().contains("closed"));
        later(&school, 2 * DAY).await;
        a_while().await;
        assert_eq!(peer.count(|a| a["type"] == "Update"), 1);
        assert_eq!(told_of_the_end(&school, bob.id).await, 1);
    }

    async fn a_question_that_mentions_the_group_is_a_thread_with_a_poll(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;

        let html = format!("<p>{} Which yarn?</p><p>For a scarf.</p>", mention(&group, "looms"));
        let asked = question(&felix, 1, &html, &[&group], [4, 1]);
        applied(&school, &felix, &create(&felix, &asked)).await;
        let post = school.post_by_ap_id(text(&asked, "id")).await.unwrap();
        assert_eq!((post.title.as_str(), post.group_id), ("Which yarn?", looms));
        assert_eq!(post.body_html.trim(), "<p>For a scarf.</p>");
        assert_eq!(votes(&school, post.id).await, (vec![4, 1], 5));
        let passed = lemmy.received("the page", |a| a["object"]["type"] == "Create").await.activity;
        let page = &passed["object"]["object"];
        assert_eq!((text(page, "type"), text(page, "name")), ("Page", "Which yarn?"));
        assert_eq!(page["id"], asked["id"]);
        assert!(text(page, "content").contains("<li>Linen</li>"));

        // A member here votes: to its author alone.
        let (voter, id) = (bob.id, post.id);
        school.act(move |tx| polls::vote(tx, voter, id, &[1])).await.unwrap();
        let vote = peer.received("the vote", |a| a["object"]["name"] == "Wool").await;
        let note = &vote.activity["object"];
        assert_eq!(vote.activity["to"], json!([felix.id]));
        assert_eq!((text(note, "type"), &note["inReplyTo"]), ("Note", &asked["id"]));
        assert!(note["content"].is_null() && !vote.activity.to_string().contains(PUBLIC));
        assert_eq!(votes(&school, post.id).await, (vec![4, 2], 6));
        // Nobody can look up what somebody chose.
        let (status, _) = get_as2(text(&vote.activity, "id")).await;
        assert_eq!(status, 404);
        a_while().await;
        assert_eq!(lemmy.count(|a| a.to_string().contains("\"Wool\"") && a["type"] != "Announce"), 0);

        // The author's server counts.
        let mut update = felix.does("Update", question(&felix, 1, &html, &[&group], [7, 3]));
        update["id"] = format!("{}#updates/1", felix.id).into();
        applied(&school, &felix, &update).await;
        assert_eq!(votes(&school, post.id).await, (vec![7, 3], 10));
        assert_eq!(school.post(post.id).await.edited, None, "votes are no edit");
        a_while().await;
        assert_eq!(lemmy.count(|a| a["object"]["type"] == "Update"), 0);

        // An edit of the question, and the end of the poll.
        let mut edited = question(&felix, 1, &html.replace("yarn", "thread"), &[&group], [7, 3]);
        edited["updated"] = "2026-11-21T00:00:00Z".into();
        edited["closed"] = "2026-11-22T00:00:00Z".into();
        let mut update = felix.does("Update", edited);
        update["id"] = format!("{}#updates/2", felix.id).into();
        applied(&school, &felix, &update).await;
        assert_eq!(school.post(post.id).await.title, "Which thread?");
        assert!(poll(&school, post.id).await.row.closed);
        assert_eq!(told_of_the_end(&school, bob.id).await, 1);
    }

    async fn numbers_that_the_author_hides_are_not_shown_before_the_end(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let felix = peer.person("felix");
        let html = format!("<p>{} Which yarn?</p>", mention(&group, "looms"));
        let mut asked = question(&felix, 1, &html, &[&group], [0, 0]);
        asked["oneOf"] = json!([{"type": "Note", "name": "Linen"}, {"type": "Note", "name": "Wool"}]);
        asked.as_object_mut().unwrap().remove("votersCount");
        applied(&school, &felix, &create(&felix, &asked)).await;
        let post = school.post_by_ap_id(text(&asked, "id")).await.unwrap();
        assert!(poll(&school, post.id).await.row.hides_results);
        let page = get_page(&format!("{}post/{}", school.url, post.id)).await;
        assert!(page.contains("shown when it is closed"), "{page}");
    }

    async fn a_poll_travels_whole_between_two_of_our_kind(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", college.host)).await;

        let asked = asks(&alice, looms, "Which yarn?", true).await;
        let here = eventually_some("the poll arrives", || school.post_by_ap_id(&asked.ap_id)).await;
        assert_eq!(here.group_id, there);
        assert_eq!(here.body_html, asked.body_html, "the answers are not told twice");
        assert_eq!(votes(&school, here.id).await, (vec![0, 0, 0], 0));
        let (me, id) = (bob.id, here.id);
        school.act(move |tx| polls::vote(tx, me, id, &[0, 2])).await.unwrap();
        eventually("both votes count", || async { votes(&college, asked.id).await == (vec![1, 0, 1], 1) }).await;
        later(&college, 4 * MINUTE).await;
        settled(&school).await;

        // And one asked from the other side, in the group of the first.
        let back = asks(&bob, there, "Which loom?", false).await;
        let home = eventually_some("the poll comes back", || college.post_by_ap_id(&back.ap_id)).await;
        let (me, id) = (alice.id, home.id);
        college.act(move |tx| polls::vote(tx, me, id, &[1])).await.unwrap();
        eventually("the vote counts", || async { votes(&school, back.id).await == (vec![0, 1, 0], 1) }).await;
        later(&school, 2 * DAY).await;
        eventually("the end is known", || async { poll(&college, home.id).await.row.closed }).await;
        assert_eq!(votes(&college, home.id).await, (vec![0, 1, 0], 1));
    }

    async fn votes_as_piefed_sends_them_are_counted(db: Database) {
        let school = Instance::start(db).await;
        let (peer, other) = (Peer::start(Some(("piefed", "1.2.0")), &school.url).await, Peer::start(Some(("piefed", "1.2.0")), &school.url).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let (group, crafts, stranger) = (group_url(&school, looms).await, peer.group("crafts"), other.group("crafts"));
        joins(&school, &peer, &peer.person("gerda"), &group).await;
        let there = is_let_in(&alice, &peer, &crafts).await;
        is_let_in(&alice, &other, &stranger).await;
        let says = |voter: &PeerActor, post: &PostRow, choice: &str| json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": voter.new_id("vote"), "type": "PollVote",
            "actor": voter.id, "object": post.ap_id, "choice_text": choice,
        });
        let (piet, quinn) = (peer.person("piet"), peer.person("quinn"));
        let here = asks(&alice, looms, "Which fibre?", false).await;
        applied(&school, &piet, &says(&piet, &here, "Wool")).await;
        assert_eq!(votes(&school, here.id).await, (vec![0, 1, 0], 1));
        // By the group that the poll is in, and by no other.
        let elsewhere = asks(&alice, there, "Which yarn?", true).await;
        refused(&school, &stranger, &announced(&stranger, &says(&piet, &elsewhere, "Silk")), "does not own").await;
        for choice in ["Linen", "Silk"] {
            applied(&school, &crafts, &announced(&crafts, &says(&quinn, &elsewhere, choice))).await;
        }
        assert_eq!(votes(&school, elsewhere.id).await, (vec![1, 0, 1], 1));
        refused(&school, &quinn, &says(&quinn, &here, "Nylon"), "").await;
        // Of a poll elsewhere, its author tells the results.
        let mut theirs = says(&piet, &here, "Wool");
        theirs["object"] = peer.at("/post/9").into();
        applied(&school, &piet, &theirs).await;
    }

    async fn a_poll_in_a_group_here_is_a_poll_to_piefed_and_stays_one(db: Database) {
        let school = Instance::start(db).await;
        let (piefed, lemmy) = (Peer::start(Some(("piefed", "1.6.18")), &school.url).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let piet = piefed.person("piet");
        joins(&school, &piefed, &piet, &group).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let post = asks(&alice, looms, "Which fibre?", false).await;
        let told = piefed.received("the poll", |a| a["object"]["type"] == "Create").await.activity;
        let question = &told["object"]["object"];
        assert_eq!((text(question, "type"), text(question, "name")), ("Question", "Which fibre?"));
        assert!(question["endTime"].is_string() && question["oneOf"][2]["name"] == "Silk");
        assert_eq!(told["actor"], group.as_str());
        lemmy.received("the page", |a| a["object"]["object"]["type"] == "Page").await;

        let vote = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": piet.new_id("vote"), "type": "PollVote",
            "actor": piet.id, "object": post.ap_id, "choice_text": "Wool",
        });
        applied(&school, &piet, &vote).await;
        later(&school, 4 * MINUTE).await;
        let results = piefed.received("the results", |a| a["type"] == "Update").await.activity;
        assert_eq!((text(&results["object"], "type"), &results["object"]["oneOf"][1]["replies"]["totalItems"]), ("Question", &json!(1)));
        later(&school, DAY + HOUR).await;
        let end = piefed.received("the end", |a| a["object"]["type"] == "Update").await.activity;
        assert_eq!(text(&end["object"]["object"], "type"), "Question");
        lemmy.received("the end in words", |a| a["object"]["type"] == "Update").await;
        a_while().await;
        assert_eq!(piefed.count(|a| a.to_string().contains("\"Page\"")), 0, "no page takes its answers away");
        assert_eq!(lemmy.count(|a| a.to_string().contains("\"Question\"")), 0);

        // Likewise what somebody there asks.
        let mut asked = question.clone();
        asked["id"] = piefed.at("/post/7").into();
        asked["attributedTo"] = piet.id.as_str().into();
        let mut create = piet.does("Create", asked.clone());
        create["cc"] = json!([group]);
        applied(&school, &piet, &create).await;
        piefed.received("their poll", |a| a["object"]["object"]["id"] == asked["id"] && a["object"]["object"]["type"] == "Question").await;
        // What others there choose in it reaches its server by the group.
        let quinn = piefed.person("quinn");
        let chosen = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": quinn.new_id("vote"), "type": "PollVote",
            "actor": quinn.id, "object": asked["id"], "choice_text": "Wool",
        });
        applied(&school, &quinn, &chosen).await;
        let passed = piefed.received("what was chosen", |a| a["object"]["id"] == chosen["id"]).await.activity;
        assert_eq!(passed["to"], json!([piet.id]), "to who asked alone");
        lemmy.received("their page", |a| a["object"]["object"]["id"] == asked["id"] && a["object"]["object"]["type"] == "Page").await;
    }

    async fn several_choices_in_one_activity_all_count(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("gotosocial", "0.17.3")), &school.url).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let felix = peer.person("felix");
        let post = asks(&alice, looms, "Which fibres?", true).await;
        let author = format!("{}u/alice", school.url);
        let mut vote = ballot(&felix, &author, &post.ap_id, "Linen");
        let another = ballot(&felix, &author, &post.ap_id, "Silk");
        let unknown = ballot(&felix, &author, &post.ap_id, "Nylon");
        vote["object"] = json!([vote["object"], unknown["object"], another["object"]]);
        applied(&school, &felix, &vote).await;
        assert_eq!(votes(&school, post.id).await, (vec![1, 0, 1], 1));
    }
}
