//! What is closed stays closed: groups that change whom they are for, and what can be had of them.

use axum::http::{Method, StatusCode};
use coppice::community::groups::{self, EditGroup, sharing};
use coppice::community::threads::{self, Carried, Publish, Whole};
use coppice::community::votes::Target;
use coppice::community::{CommunityError, Missing, comments, private};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{Contribution, FollowState, Visibility, Vote};
use coppice::domain::limits::{Body, CommentBody, DisplayName, Statement, Title};
use coppice::domain::poll::NewPoll;
use coppice::domain::roles::Role;
use coppice::domain::time::DAY;
use coppice::store::{
    actors, blocks, conversations, follows, groups as group_rows, notifications, private_messages,
    shares,
};
use serde_json::{Value, json};

use crate::help::{
    a_while, actor, applied, follow, group_url, is_let_in, joins, knows, refused, settled, text,
};
use crate::private_groups::{Eyes, client, fetched, founds, posts_secret, signed};
use crate::support::peer::{get_as2, get_page};
use crate::support::{
    Database, Instance, Member, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

pub async fn turns(by: &Member<'_>, group: ActorId, visibility: Visibility) {
    let row = by.home.read(move |tx| actors::get(tx.conn, group)).await;
    let edit = EditGroup {
        title: DisplayName::parse(&row.name).unwrap(),
        domain: Statement::parse("Ours.").unwrap(),
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility,
    };
    let me = by.id;
    by.home
        .act(move |tx| groups::edit(tx, me, group, &edit))
        .await
        .unwrap();
}

async fn state(at: &Instance, follower: ActorId, group: ActorId) -> Option<FollowState> {
    at.read(move |tx| follows::find(tx.conn, follower, group))
        .await
        .map(|row| row.state)
}

async fn unread(member: &Member<'_>) -> i64 {
    let me = member.id;
    let home = member.home;
    home.read(move |tx| notifications::unread_in_all(tx.conn, me))
        .await
}

async fn listed(member: &Member<'_>) -> i64 {
    let me = member.id;
    let page = member
        .home
        .read(move |tx| notifications::page(tx.conn, me, None, false, None, 50));
    i64::try_from(page.await.items.len()).unwrap()
}

fn says(activity: &Value, word: &str) -> bool {
    activity.to_string().contains(word)
}

on_both_databases! {
    async fn a_group_that_is_for_this_site_alone_from_now_on_takes_leave_of_everybody_elsewhere(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (lemmy, mastodon) = (Peer::lemmy(&college).await, Peer::mastodon(&college).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let (ada, max) = (lemmy.person("ada"), mastodon.person("max"));
        let looms = alice.founds("looms").await;
        let group = group_url(&college, looms).await;
        joins(&college, &lemmy, &ada, &group).await;
        joins(&college, &mastodon, &max, &group).await;
        let copy = bob.follows(&format!("!looms@{}", college.host)).await;
        let post = alice.posts(looms, "While everybody may read it").await;
        eventually_some("it reaches bob", || school.post_by_ap_id(&post.ap_id)).await;
        mastodon.received("the boost", |a| a["type"] == "Announce").await;
        lemmy.received("the thread", |a| a["type"] == "Announce").await;
        // A moderator elsewhere cannot look after what they cannot see.
        let (ada_here, by) = (actor(&college, &ada.id).await.unwrap().id, alice.id);
        college.act(move |tx| groups::appoint(tx, by, looms, ada_here, Some(Role::Moderator))).await.unwrap();

        turns(&alice, looms, Visibility::LocalOnly).await;
        let farewell = lemmy.received("the farewell", |a| a["object"]["type"] == "Delete").await;
        assert_eq!(farewell.activity["object"]["object"], group.as_str());
        let farewell = mastodon.received("the farewell", |a| a["type"] == "Delete").await;
        assert_eq!((&farewell.activity["object"], &farewell.activity["actor"]), (&group.clone().into(), &group.clone().into()));
        eventually("bob is told that he is out", || async { state(&school, bob.id, copy).await.is_none() }).await;
        eventually("and that it is closed", || async {
            school.read(move |tx| actors::get(tx.conn, copy)).await.deleted
        }).await;

        // Nothing leaves it any more, and nothing is to be had from outside.
        let later = alice.posts(looms, "Quokkasecret").await;
        turns(&alice, looms, Visibility::LocalOnly).await;
        a_while().await;
        for peer in [&lemmy, &mastodon] {
            assert_eq!(peer.count(|a| says(a, "Quokkasecret")), 0);
            assert_eq!(peer.count(|a| says(a, "\"Update\"")), 0);
            assert_eq!(peer.count(|a| a["type"] == "Reject"), 0, "they know it by the Delete");
        }
        let row = college.read(move |tx| group_rows::get(tx.conn, looms)).await;
        assert_eq!((row.follower_count, row.local_follower_count), (1, 1));
        assert_eq!(state(&college, ada_here, looms).await, None);
        let role = college.read(move |tx| actors::role(tx.conn, looms, ada_here)).await;
        assert_eq!(role, None);
        let again = college.act(move |tx| groups::appoint(tx, by, looms, ada_here, Some(Role::Moderator))).await;
        assert!(again.is_err());
        for url in [&group, &post.ap_id, &later.ap_id, &format!("{group}/followers"), &format!("{group}/outbox")] {
            assert_eq!(get_as2(url).await.0, StatusCode::NOT_FOUND, "{url}");
        }
        for activity in lemmy.inbox().iter().filter(|r| r.kind() == "Announce") {
            assert_eq!(get_as2(activity.id()).await.0, StatusCode::NOT_FOUND, "{}", activity.activity);
        }
        assert!(!get_page(&group).await.contains("While everybody"));

        // Open again, it is a group that they find and follow as any other.
        turns(&alice, looms, Visibility::Public).await;
        assert_eq!(get_as2(&group).await.0, StatusCode::OK);
        bob.follows(&format!("!looms@{}", college.host)).await;
        let post = alice.posts(looms, "Open again").await;
        eventually_some("it reaches bob", || school.post_by_ap_id(&post.ap_id)).await;
    }

    async fn a_group_that_becomes_private_keeps_its_people_and_lets_groups_go(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let (looms, weaving) = (alice.founds("looms").await, bob.founds("weaving").await);
        let mine = alice.founds("mine").await;
        let copy = bob.follows(&format!("!looms@{}", college.host)).await;
        crate::group_to_group::bond(&bob, weaving, &alice, looms).await;
        crate::group_to_group::bond(&alice, mine, &alice, looms).await;

        turns(&alice, looms, Visibility::Private).await;
        eventually("the group elsewhere is out", || async { state(&school, weaving, copy).await.is_none() }).await;
        assert_eq!(state(&college, mine, looms).await, None);
        let private = || async { school.read(move |tx| group_rows::get(tx.conn, copy)).await.visibility == Visibility::Private };
        eventually("the other server knows that it is private", private).await;
        let post = alice.posts(looms, "For who is in").await;
        eventually_some("it reaches bob, who stayed", || school.post_by_ap_id(&post.ap_id)).await;
        settled(&school).await;
        let listed = school.read(move |tx| shares::latest(tx.conn, weaving, 5)).await;
        assert!(listed.is_empty());
    }

    async fn what_was_shared_before_its_group_closed_is_told_on_no_more(db: Database) {
        let college = Instance::start(db).await;
        let lemmy = Peer::lemmy(&college).await;
        let mbin = Peer::start(Some(("mbin", "1.8.0")), &college.url).await;
        let (alice, carol) = (college.member("alice").await, college.member("carol").await);
        let (eve, max) = (mbin.person("eve"), mbin.person("max"));
        let (looms, mine) = (alice.founds("looms").await, carol.founds("mine").await);
        crate::group_to_group::bond(&carol, mine, &alice, looms).await;
        let (home, other) = (group_url(&college, looms).await, group_url(&college, mine).await);
        joins(&college, &mbin, &eve, &other).await;
        joins(&college, &mbin, &max, &home).await;
        let post = alice.posts(looms, "For everybody as yet").await;
        mbin.received("the share", |a| a["actor"] == other.as_str() && a["object"] == post.ap_id.as_str()).await;
        let answer = alice.replies(post.id, None, "So is this").await;
        mbin.received("the answer", |a| a["actor"] == other.as_str() && a["object"] == answer.ap_id.as_str()).await;
        // Carol is let in and may read it; her group's followers may not.
        let me = carol.id;
        college.act(move |tx| groups::follow(tx, me, looms)).await.unwrap();
        turns(&alice, looms, Visibility::Private).await;

        let answer = alice.replies(post.id, None, "Not this").await;
        mbin.received("the answer in its own group", |a| says(a, "Not this")).await;
        let (by, thread) = (alice.id, post.id);
        college.act(move |tx| threads::delete(tx, by, thread)).await.unwrap();
        mbin.received("that it is gone", |a| a["type"] == "Undo" && a["actor"] == other.as_str()).await;
        college.act(move |tx| threads::restore(tx, by, thread)).await.unwrap();
        college.act(move |tx| sharing::set_shown(tx, me, mine, thread, false)).await.unwrap();
        college.act(move |tx| sharing::set_shown(tx, me, mine, thread, true)).await.unwrap();
        a_while().await;
        let told = |id: &str| mbin.count(|a| a["actor"] == other.as_str() && a["type"] == "Announce" && a["object"] == id);
        assert_eq!((told(&answer.ap_id), told(&post.ap_id)), (0, 1));

        // A group elsewhere that boosts it does not have it in its list here.
        let club = lemmy.group("club");
        let there = is_let_in(&carol, &lemmy, &club).await;
        let mut boost = club.does("Announce", post.ap_id.as_str());
        boost["cc"] = json!([format!("{}/followers", club.id)]);
        applied(&college, &club, &boost).await;
        let listed = college.read(move |tx| shares::find(tx.conn, there, thread)).await;
        assert!(listed.is_none());
    }

    async fn a_group_does_not_bring_back_what_another_server_deleted(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, ada) = (school.member("alice").await, other.person("ada"));
        let club = lemmy.group("club");
        is_let_in(&alice, &lemmy, &club).await;
        let page = crate::lemmy::page(&ada, 1, &club.id, "Taken back");
        let id = page["id"].as_str().unwrap().to_owned();
        let url: url::Url = id.parse().unwrap();
        let is_known_as_deleted = || async {
            let (url, hers) = (url.clone(), crate::help::actor(&school, &ada.id).await.unwrap().id);
            school.read(move |tx| coppice::community::remote::was_deleted(tx, &url, hers)).await
        };
        // It is deleted before we hear that it was there.
        let delete = crate::lemmy::does(&ada, "Delete", id.as_str(), &club.id);
        applied(&school, &ada, &delete).await;
        assert!(is_known_as_deleted().await);
        let bare = |activity: &Value| { let mut bare = activity.clone(); bare.as_object_mut().unwrap().remove("@context"); bare };
        let restored = || crate::lemmy::does(&ada, "Undo", bare(&delete), &club.id);

        other.shows(&id, crate::support::peer::Page::Gone);
        refused(&school, &club, &crate::lemmy::announced(&club, &restored()), "gone").await;
        assert!(is_known_as_deleted().await, "a group says so, its own server does not");
        refused(&school, &club, &crate::lemmy::announced(&club, &crate::lemmy::does(&ada, "Create", page.clone(), &club.id)), "").await;
        assert!(school.post_by_ap_id(&id).await.is_none());

        // Its own server shows it again: then it is so.
        other.serves(&id, page);
        applied(&school, &club, &crate::lemmy::announced(&club, &restored())).await;
        assert!(!is_known_as_deleted().await);
        assert!(school.post_by_ap_id(&id).await.is_some());
    }

    async fn nobody_is_told_of_or_counts_what_they_may_not_read(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "For everybody as yet").await;
        alice.replies(post.id, None, "What does @bob say?").await;
        assert_eq!((unread(&bob).await, listed(&bob).await), (1, 1));

        // Closed since, it is no news for who is not in.
        turns(&alice, looms, Visibility::Private).await;
        assert_eq!((unread(&bob).await, listed(&bob).await), (0, 0));
        alice.replies(post.id, None, "And what does @bob say now?").await;
        // Let in later, he is not told of what was said behind his back.
        let (me, by) = (bob.id, alice.id);
        school.act(move |tx| groups::follow(tx, me, looms)).await.unwrap();
        school.act(move |tx| groups::let_in(tx, by, looms, me)).await.unwrap();
        assert_eq!((unread(&bob).await, listed(&bob).await), (1, 1));
        alice.replies(post.id, None, "Welcome, @bob").await;
        assert_eq!((unread(&bob).await, listed(&bob).await), (2, 2));

        // Who is blocked is neither listed nor counted.
        school.act(move |tx| Ok(blocks::set(tx.conn, me, by, true, tx.now)?)).await.unwrap();
        assert_eq!((unread(&bob).await, listed(&bob).await), (0, 0));
    }

    async fn what_was_said_is_to_be_had_by_its_id_only_by_those_it_was_told(db: Database) {
        let college = Instance::start(db).await;
        let (lemmy, other) = (Peer::lemmy(&college).await, Peer::lemmy(&college).await);
        let (alice, bob) = (college.member("alice").await, college.member("bob").await);
        let (ada, mallory) = (lemmy.person("ada"), other.person("mallory"));
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let group = group_url(&college, looms).await;
        ada.says(&follow(&ada, &group)).await;
        settled(&college).await;
        knows(&college, &lemmy).await;
        let (by, asking) = (alice.id, actor(&college, &ada.id).await.unwrap().id);
        college.act(move |tx| groups::let_in(tx, by, looms, asking)).await.unwrap();
        let post = posts_secret(&alice, looms).await;
        alice.replies(post.id, None, "quokkareply").await;
        let member = bob.id;
        college.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        college.act(move |tx| groups::let_in(tx, by, looms, member)).await.unwrap();
        bob.votes(Target::Post(post.id), Some(Vote::Up)).await;
        lemmy.received("the vote", |a| a["object"]["type"] == "Like").await;
        lemmy.received("the answer", |a| says(a, "quokkareply")).await;

        // One who comes and goes, and a word between two.
        let club = lemmy.group("club");
        let there = is_let_in(&bob, &lemmy, &club).await;
        bob.leaves(there).await;
        lemmy.received("that bob left", |a| a["type"] == "Undo").await;
        let (me, to) = (alice.id, asking);
        let message = CommentBody::parse("quokkaword").unwrap();
        college.act(move |tx| private::send(tx, me, to, &message)).await.unwrap();
        lemmy.received("the message", |a| says(a, "quokkaword")).await;

        let ours = |id: &str| id.starts_with(college.url.as_str()) && id.contains("/activities/");
        let mut ids = Vec::new();
        for received in lemmy.inbox() {
            let activity = received.activity;
            for said in [&activity, &activity["object"], &activity["object"]["object"]] {
                ids.extend(said["id"].as_str().filter(|id| ours(id)).map(|id| (id.to_owned(), activity.clone())));
            }
        }
        assert!(ids.len() > 8, "{ids:?}");
        let mut had = 0;
        for (id, activity) in &ids {
            assert_eq!(get_as2(id).await.0, StatusCode::NOT_FOUND, "{activity}");
            assert_eq!(signed(id, &mallory).await.0, StatusCode::NOT_FOUND, "{activity}");
            let (status, text) = signed(id, &ada).await;
            assert!(!text.contains("quokkaword"));
            had += usize::from(status == StatusCode::OK);
        }
        assert!(had >= 6, "her server has what she was told: {had} of {}", ids.len());

        // What is for everybody is there for everybody, until it is no longer.
        let open = alice.founds("open").await;
        joins(&college, &lemmy, &ada, &group_url(&college, open).await).await;
        let post = alice.posts(open, "For everybody as yet").await;
        bob.votes(Target::Post(post.id), Some(Vote::Up)).await;
        let told = [
            lemmy.received("the thread", |a| a["type"] == "Announce" && says(a, "For everybody as yet")).await.activity,
            lemmy.received("the vote", |a| a["object"]["type"] == "Like" && a["object"]["object"] == post.ap_id.as_str()).await.activity,
        ];
        for activity in &told {
            for id in [&activity["id"], &activity["object"]["id"]] {
                assert_eq!(get_as2(id.as_str().unwrap()).await.0, StatusCode::OK, "{activity}");
            }
        }
        turns(&alice, open, Visibility::Private).await;
        for activity in &told {
            for id in [&activity["id"], &activity["object"]["id"]] {
                assert_eq!(get_as2(id.as_str().unwrap()).await.0, StatusCode::NOT_FOUND, "{activity}");
                assert_eq!(signed(id.as_str().unwrap(), &ada).await.0, StatusCode::OK, "{activity}");
            }
        }
    }

    async fn who_is_in_a_private_group_and_what_two_say_shows_on_no_page_and_in_no_answer_to_others(db: Database) {
        let school = Instance::start(db).await;
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let mallory = school.member("mallory").await;
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let (by, member) = (alice.id, carol.id);
        school.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        school.act(move |tx| groups::let_in(tx, by, looms, member)).await.unwrap();
        let message = crate::private_messages::writes(&alice, carol.id, "quokkaword").await.unwrap();

        let eyes = [Eyes::of_a_visitor(), Eyes::of(&mallory).await];
        let members = format!("{}c/looms/members", school.url);
        let (status, page) = fetched(&members, Eyes::of(&alice).await.page).await;
        assert!(status == StatusCode::OK && page.contains("/u/carol"), "its coordinator sees them: {status}");
        for eyes in eyes.iter().chain([&Eyes::of(&carol).await]) {
            let (status, page) = fetched(&members, eyes.page.clone()).await;
            assert!(matches!(status, StatusCode::SEE_OTHER | StatusCode::FORBIDDEN), "{status}");
            assert!(!page.contains("alice") && page.matches("/u/carol").count() <= 2, "{page}");
        }
        for eyes in &eyes {
            for path in ["messages", "messages/alice", "messages/carol", "notifications", "reports"] {
                let (status, page) = fetched(&format!("{}{path}", school.url), eyes.page.clone()).await;
                assert!(!page.contains("quokkaword"), "/{path}: {status}");
            }
            let edit = format!("{}message/{message}/edit", school.url);
            let (status, page) = fetched(&edit, eyes.page.clone()).await;
            assert!(status != StatusCode::OK && !page.contains("quokkaword"), "{status}: {page}");
            for call in ["private_message/list", "private_message/list?creator_id=1&unread_only=false", "private_message/report/list"] {
                let (status, text) = fetched(&format!("{}api/v3/{call}", school.url), eyes.api.clone()).await;
                assert!(!text.contains("quokkaword"), "{call}: {status} {text}");
            }
            let id = message.0;
            let calls = [
                (Method::PUT, "private_message", json!({ "private_message_id": id, "content": "mine now" })),
                (Method::POST, "private_message/delete", json!({ "private_message_id": id, "deleted": true })),
                (Method::POST, "private_message/mark_as_read", json!({ "private_message_id": id, "read": true })),
                (Method::POST, "private_message/report", json!({ "private_message_id": id, "reason": "Let me see" })),
            ];
            for (method, call, body) in calls {
                let request = client().request(method, format!("{}api/v3/{call}", school.url));
                let request = request.headers(eyes.api.clone()).header("content-type", "application/json");
                let answer = request.body(body.to_string()).send().await.unwrap();
                let status = answer.status();
                let text = answer.text().await.unwrap();
                assert!(status.is_client_error() && !text.contains("quokkaword"), "{call}: {status} {text}");
            }
        }
        let row = school.read(move |tx| private_messages::find(tx.conn, message)).await.unwrap();
        assert!(row.body_html.contains("quokkaword") && !row.deleted && !row.read);
    }

    async fn only_who_may_read_a_thread_has_its_conversation_fetched_and_not_twice_in_a_moment(db: Database) {
        let school = Instance::start(db).await;
        let lemmy = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let (club, ada) = (lemmy.group("club"), lemmy.person("ada"));
        let there = is_let_in(&alice, &lemmy, &club).await;
        let page = crate::lemmy::page(&ada, 1, &club.id, "For who is in");
        lemmy.serves(page["id"].as_str().unwrap(), page.clone());
        applied(&school, &club, &crate::lemmy::announced(&club, &crate::lemmy::does(&ada, "Create", page.clone(), &club.id))).await;
        let post = school.post_by_ap_id(page["id"].as_str().unwrap()).await.unwrap().id;
        school.act(move |tx| Ok(group_rows::set_remote_flags(tx.conn, there, false, false, true)?)).await.unwrap();

        let (member, outsider) = (alice.id, bob.id);
        let id = text(&page, "id");
        let before = lemmy.fetches(id);
        let asked = school.act(move |tx| threads::ask_for_whole(tx, outsider, post)).await;
        assert!(matches!(asked, Err(CommunityError::Missing(Missing::Post))), "{asked:?}");
        a_while().await;
        assert_eq!(lemmy.fetches(id), before);
        let asked = school.act(move |tx| threads::ask_for_whole(tx, member, post)).await;
        assert_eq!(asked.unwrap(), Whole::Asked);
        eventually("it is read", || async {
            let row = school.read(move |tx| conversations::find(tx.conn, post)).await;
            row.is_some_and(|row| !row.wanted)
        }).await;
        assert!(lemmy.fetches(id) > before);
        let asked = school.act(move |tx| threads::ask_for_whole(tx, member, post)).await;
        assert_eq!(asked.unwrap(), Whole::JustRead);
    }

    async fn a_moderator_of_whom_a_server_has_not_heard_acts_once_the_groups_own_server_says_so(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, mira, mallory) = (school.member("alice").await, other.person("mira"), other.person("mallory"));
        let (club, vera) = (lemmy.group("club"), lemmy.person("vera"));
        let there = is_let_in(&alice, &lemmy, &club).await;
        eventually("its past is read", || async {
            school.read(move |tx| group_rows::get(tx.conn, there)).await.backfilled_at.is_some()
        }).await;
        let page = crate::lemmy::page(&vera, 1, &club.id, "Something bad");
        applied(&school, &club, &crate::lemmy::announced(&club, &crate::lemmy::does(&vera, "Create", page.clone(), &club.id))).await;
        // Since then she moderates it, and we were told nothing.
        let list = format!("{}/moderators", club.id);
        lemmy.serves(&list, json!({ "type": "OrderedCollection", "id": list, "totalItems": 1, "orderedItems": [mira.id] }));
        let before = lemmy.fetches(&list);

        let ban = |by: &PeerActor| {
            let mut ban = crate::lemmy::does(by, "Block", vera.id.as_str(), &club.id);
            (ban["target"], ban["summary"]) = (club.id.as_str().into(), "Enough".into());
            ban
        };
        refused(&school, &mallory, &ban(&mallory), "does not moderate").await;
        let begun = ban(&mira);
        applied(&school, &mira, &begun).await;
        let banned = || async {
            let vera = actor(&school, &vera.id).await.unwrap().id;
            school.read(move |tx| coppice::store::bans::holds(tx.conn, there, vera, tx.now)).await
        };
        assert!(banned().await);
        let mut begun = begun;
        begun.as_object_mut().unwrap().remove("@context");
        applied(&school, &mira, &crate::lemmy::does(&mira, "Undo", begun, &club.id)).await;
        assert!(!banned().await);
        let mut removal = crate::lemmy::does(&mira, "Delete", text(&page, "id"), &club.id);
        removal["summary"] = "Bad".into();
        applied(&school, &mira, &removal).await;
        assert!(school.post_by_ap_id(text(&page, "id")).await.unwrap().removed);

        // Asked once, however often somebody claims it; and never of a group that nobody here follows.
        for _ in 0..3 {
            refused(&school, &mallory, &ban(&mallory), "does not moderate").await;
        }
        assert_eq!(lemmy.fetches(&list), before + 1);
        let strange = lemmy.group("strange");
        school.app().federation.resolve(&strange.id).await.unwrap();
        let known = actor(&school, &strange.id).await.unwrap().id;
        eventually("its past is read", || async {
            school.read(move |tx| group_rows::get(tx.conn, known)).await.backfilled_at.is_some()
        }).await;
        let before = lemmy.fetches(&format!("{}/moderators", strange.id));
        let mut of_strange = ban(&mallory);
        of_strange["target"] = strange.id.as_str().into();
        refused(&school, &mallory, &of_strange, "does not moderate").await;
        assert_eq!(lemmy.fetches(&format!("{}/moderators", strange.id)), before);
    }

    async fn who_is_named_in_a_poll_gets_it_as_their_server_takes_it_and_only_if_they_may_read_it(db: Database) {
        let school = Instance::start(db).await;
        let (lemmy, mastodon) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let (alice, ada, max) = (school.member("alice").await, lemmy.person("ada"), mastodon.person("max"));
        // Their servers are known by something else.
        let other = group_url(&school, alice.founds("other").await).await;
        joins(&school, &lemmy, &ada, &other).await;
        joins(&school, &mastodon, &max, &other).await;
        let (open, closed) = (alice.founds("open").await, founds(&alice, "closed", Visibility::Private).await);
        for (group, title) in [(closed, "Quokkapoll"), (open, "Openpoll")] {
            let publish = Publish {
                group, title: Title::parse(title).unwrap(),
                body: Body::parse(&format!("Do you, @ada@{} and @max@{}?", lemmy.host, mastodon.host)).unwrap(),
                link: None, image: None, kind: Contribution::Discussion, language: None, sensitive: false,
            };
            let me = alice.id;
            school.act(move |tx| {
                let poll = NewPoll::parse(["Yes", "No"], false, DAY, tx.now).unwrap();
                threads::publish_with(tx, me, &publish, &Carried { poll: Some(poll), event: None })
            }).await.unwrap();
        }
        let told = mastodon.received("the poll", |a| a["type"] == "Create" && says(a, "Openpoll")).await;
        assert_eq!(told.activity["object"]["type"], "Question");
        let told = lemmy.received("the poll", |a| a["type"] == "Create" && says(a, "Openpoll")).await;
        assert_eq!(told.activity["object"]["type"], "Page");
        a_while().await;
        for peer in [&lemmy, &mastodon] {
            assert_eq!(peer.count(|a| says(a, "Quokkapoll")), 0);
            assert_eq!(peer.count(|a| a["type"] == "Create"), 1, "once");
        }
    }

    async fn a_group_that_was_removed_can_be_blocked_and_no_longer(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        school.act(move |tx| Ok(actors::set_suspended(tx.conn, looms, true)?)).await.unwrap();
        let eyes = Eyes::of(&bob).await;
        for block in [true, false] {
            let request = client().post(format!("{}api/v3/community/block", school.url));
            let request = request.headers(eyes.api.clone()).header("content-type", "application/json");
            let body = json!({ "community_id": looms, "block": block }).to_string();
            let answer = request.body(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let text = answer.text().await.unwrap();
            assert!(text.contains(&format!("\"blocked\":{block}")), "{text}");
        }
    }

    async fn what_a_moderator_took_away_is_shown_to_its_author_and_moderators_by_page_and_app_alike(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob, carol) = (school.member("alice").await, school.member("bob").await, school.member("carol").await);
        let looms = alice.founds("looms").await;
        let post = bob.posts(looms, "Quokkapost").await;
        let answer = bob.replies(post.id, None, "quokkareply").await;
        let (by, thread, reply) = (alice.id, post.id, answer.id);
        let looks = || async {
            let mut seen = Vec::new();
            for member in [&alice, &bob, &carol] {
                let eyes = Eyes::of(member).await;
                let page = fetched(&format!("{}post/{thread}", school.url), eyes.page.clone()).await.1;
                let call = format!("{}api/v3/post?id={thread}", school.url);
                let app = fetched(&call, eyes.api.clone()).await.1;
                seen.push((page.contains("Quokkapost"), app.contains("Quokkapost")));
                let comment = format!("{}api/v3/comment?id={reply}", school.url);
                let app = fetched(&comment, eyes.api.clone()).await.1;
                seen.push((page.contains("quokkareply"), app.contains("quokkareply")));
            }
            seen
        };
        assert_eq!(looks().await, [(true, true); 6]);
        school.act(move |tx| comments::remove(tx, by, reply, true, None)).await.unwrap();
        school.act(move |tx| threads::remove(tx, by, thread, true, None)).await.unwrap();
        assert_eq!(looks().await, [(true, true), (true, true), (true, true), (true, true), (false, false), (false, false)]);
    }
}
