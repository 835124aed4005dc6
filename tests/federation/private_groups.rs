//! Groups that are not for everybody: who is let in reads them, and nobody else, by any door.

use axum::http::header::{ACCEPT, COOKIE, HeaderMap};
use axum::http::{Method, StatusCode};
use coppice::community::accounts;
use coppice::community::bans::{self, Ban};
use coppice::community::groups::{self, NewGroup, sharing};
use coppice::community::threads::{self, Publish};
use coppice::community::votes::{self, Target};
use coppice::community::{CommunityError, Denied, polls, reports};
use coppice::community::{Via, comments};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{Contribution, FollowState, SessionKind, Visibility, Vote};
use coppice::domain::limits::{Body, CommentBody, DisplayName, ReportReason, Statement, Title};
use coppice::domain::names::Name;
use coppice::store::posts::PostRow;
use coppice::store::{Tx, actors, follows};
use url::Url;

use crate::help::{a_while, actor, follow, group_url, joins, settled};
use crate::support::peer::get_as2;
use crate::support::{
    Database, Instance, Member, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

const TITLE: &str = "Quokkatitle";
const TEXT: &str = "quokkabody";
pub const REPLY: &str = "quokkareply";

pub async fn founds(by: &Member<'_>, name: &str, visibility: Visibility) -> ActorId {
    let new = NewGroup {
        name: Name::parse(name).unwrap(),
        title: DisplayName::parse(name).unwrap(),
        domain: Statement::parse("What we care about.").unwrap(),
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility,
    };
    let me = by.id;
    let made = by.home.act(move |tx| groups::create(tx, me, &new)).await;
    made.unwrap()
}

pub async fn posts_secret(by: &Member<'_>, group: ActorId) -> PostRow {
    let publish = Publish {
        group,
        title: Title::parse(TITLE).unwrap(),
        body: Body::parse(TEXT).unwrap(),
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    let me = by.id;
    let made = by.home.act(move |tx| threads::publish(tx, me, &publish));
    let id = made.await.unwrap();
    by.home.post(id).await
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

pub async fn fetched(url: &str, headers: HeaderMap) -> (StatusCode, String) {
    let response = client().get(url).headers(headers).send().await.unwrap();
    let status = response.status();
    (status, response.text().await.unwrap())
}

/// As another server asks, with a signature of one of its people.
pub async fn signed(url: &str, by: &PeerActor) -> (StatusCode, String) {
    let parsed: Url = url.parse().unwrap();
    let mut headers = by.signs(&Method::GET, &parsed, None);
    headers.insert(ACCEPT, "application/activity+json".parse().unwrap());
    fetched(url, headers).await
}

/// The cookie and the token of somebody who is logged in, or of nobody.
pub struct Eyes {
    pub page: HeaderMap,
    pub api: HeaderMap,
}

impl Eyes {
    pub fn of_a_visitor() -> Eyes {
        let mut page = HeaderMap::new();
        page.insert(ACCEPT, "text/html".parse().unwrap());
        let api = HeaderMap::new();
        Eyes { page, api }
    }

    pub async fn of(member: &Member<'_>) -> Eyes {
        let me = member.id;
        let open = |kind| {
            member
                .home
                .act(move |tx| accounts::open_session(tx, me, kind))
        };
        let (page, api) = (open(SessionKind::Web).await, open(SessionKind::Api).await);
        let mut eyes = Eyes::of_a_visitor();
        let port = member.home.url.port().unwrap();
        let cookie = format!("coppice_session_{port}={}", page.unwrap());
        eyes.page.insert(COOKIE, cookie.parse().unwrap());
        let bearer = format!("Bearer {}", api.unwrap());
        eyes.api.insert("authorization", bearer.parse().unwrap());
        eyes
    }

    /// Everything where a thread could show, with what was seen there.
    pub async fn look(
        &self,
        at: &Instance,
        group: &str,
        post: &PostRow,
        comment: i64,
    ) -> Vec<(String, StatusCode, String)> {
        let (id, mut seen) = (post.id, Vec::new());
        let oembed = |path: &str| {
            let mut url = at.url.join("oembed").unwrap();
            url.query_pairs_mut()
                .append_pair("url", &format!("{}{path}", at.url));
            url.as_str().trim_start_matches(at.url.as_str()).to_owned()
        };
        let mut pages: Vec<String> = [
            "",
            "groups",
            "modlog",
            "saved",
            "notifications",
            "search?q=quokkabody",
            "search?q=quokkatitle",
            "search?q=quokkareply",
            "u/alice",
            "?scope=all",
            "u/alice?show=comments",
        ]
        .map(str::to_owned)
        .to_vec();
        for sort in ["new", "old", "top", "hot", "active", "comments"] {
            pages.push(format!("c/{group}?sort={sort}"));
            pages.push(format!("?sort={sort}&scope=all"));
        }
        pages.extend([
            format!("c/{group}"),
            format!("c/{group}/modlog"),
            format!("post/{id}"),
            format!("comment/{comment}"),
            format!("post/{id}/context"),
            format!("post/{id}/replies"),
            format!("comment/{comment}/replies"),
            format!("post/{id}/report"),
            format!("comment/{comment}/report"),
            format!("comment/{comment}/reply"),
            format!("post/{id}/edit"),
            format!("post/{id}/delete"),
            oembed(&format!("post/{id}")),
            oembed(&format!("comment/{comment}")),
        ]);
        for path in pages {
            let (status, text) = fetched(&format!("{}{path}", at.url), self.page.clone()).await;
            seen.push((format!("/{path}"), status, text));
        }
        let ap_id = &post.ap_id;
        for call in [
            "post/list?type_=All".to_owned(),
            "post/list?type_=Local&sort=New".to_owned(),
            format!("post/list?community_name={group}"),
            format!("post?id={id}"),
            format!("post?comment_id={comment}"),
            "comment/list?type_=All".to_owned(),
            format!("comment/list?post_id={id}"),
            format!("comment/list?community_name={group}"),
            format!("comment?id={comment}"),
            "search?q=quokkabody".to_owned(),
            "search?q=quokkatitle&type_=Posts".to_owned(),
            "search?q=quokkareply&type_=Comments".to_owned(),
            format!("resolve_object?q={ap_id}"),
            "user?username=alice".to_owned(),
            "modlog".to_owned(),
            format!("community?name={group}"),
            "community/list?type_=All".to_owned(),
            "post/list?type_=All&saved_only=true".to_owned(),
        ] {
            let (status, text) =
                fetched(&format!("{}api/v3/{call}", at.url), self.api.clone()).await;
            seen.push((format!("API {call}"), status, text));
        }
        seen
    }
}

/// The words themselves; a search page repeats what was asked for.
pub fn tells(place: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    [TITLE, TEXT, REPLY].iter().any(|word| {
        let word = word.to_lowercase();
        let asked = place.contains(&word) && place.starts_with("/search");
        !asked && text.contains(&word)
    })
}

async fn state(at: &Instance, person: ActorId, group: ActorId) -> Option<FollowState> {
    let row = at
        .read(move |tx| follows::find(tx.conn, person, group))
        .await;
    row.map(|row| row.state)
}

/// What `member` is called at another instance.
async fn there(member: &Member<'_>, at: &Instance) -> Option<ActorId> {
    let id = format!("{}u/{}", member.home.url, member.name);
    actor(at, &id).await.map(|row| row.id)
}

on_both_databases! {
    async fn private_threads_reach_who_was_let_in_and_no_third_server(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db.another()).await);
        let museum = Instance::start(db).await;
        let peer = Peer::lemmy(&college).await;
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let eve = museum.member("eve").await;
        let mallory = peer.person("mallory");
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let early = posts_secret(&alice, looms).await;

        let copy = bob.finds(&format!("!looms@{}", college.host)).await;
        let me = bob.id;
        school.act(move |tx| groups::follow(tx, me, copy)).await.unwrap();
        let asking = eventually_some("bob asks", || async {
            let id = there(&bob, &college).await?;
            state(&college, id, looms).await.map(|_| id)
        }).await;
        settled(&college).await;
        assert_eq!(state(&college, asking, looms).await, Some(FollowState::Pending));
        let meanwhile = posts_secret(&alice, looms).await;
        a_while().await;
        assert_eq!(state(&school, bob.id, copy).await, Some(FollowState::Pending));
        for post in [&early, &meanwhile] {
            assert!(school.post_by_ap_id(&post.ap_id).await.is_none(), "nothing before they are let in");
        }

        let by = alice.id;
        college.act(move |tx| groups::let_in(tx, by, looms, asking)).await.unwrap();
        eventually("bob is let in", || async { state(&school, bob.id, copy).await == Some(FollowState::Accepted) }).await;
        let post = posts_secret(&alice, looms).await;
        let at_school = eventually_some("it reaches bob", || school.post_by_ap_id(&post.ap_id)).await;
        let answer = alice.replies(post.id, None, REPLY).await;
        eventually_some("and what is said of it", || school.comment_by_ap_id(&answer.ap_id)).await;
        let eyes = Eyes::of(&bob).await;
        let (status, page) = fetched(&format!("{}post/{}", school.url, at_school.id), eyes.page).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(TITLE) && page.contains(TEXT) && page.contains(REPLY), "{page}");
        let visitor = Eyes::of_a_visitor();
        let (status, page) = fetched(&format!("{}post/{}", school.url, at_school.id), visitor.page).await;
        assert!(!tells("", &page), "{status} at bob's");
        let theirs = bob.replies(at_school.id, None, "quokkareply from bob").await;
        eventually_some("bob writes back", || college.comment_by_ap_id(&theirs.ap_id)).await;

        // Nobody of the third server is in.
        let group = group_url(&college, looms).await;
        let mut places = vec![group.clone(), post.ap_id.clone(), answer.ap_id.clone(), early.ap_id.clone(),
            format!("{}u/alice", college.url), format!("{}u/alice/outbox", college.url), format!("{}outbox", college.url)];
        places.extend(["outbox", "featured", "followers", "moderators"].map(|part| format!("{group}/{part}")));
        places.extend(["context", "replies"].map(|part| format!("{}/{part}", post.ap_id)));
        places.push(format!("{}/replies", answer.ap_id));
        for url in &places {
            let (status, text) = signed(url, &mallory).await;
            assert!(!tells("", &text), "signed {url}: {status} {text}");
            let (status, document) = get_as2(url).await;
            assert!(!tells("", &document.to_string()), "{url}: {status} {document}");
        }
        assert!(museum.app().federation.resolve(&post.ap_id).await.is_err());
        assert!(museum.post_by_ap_id(&post.ap_id).await.is_none());
        let known = eve.finds(&format!("!looms@{}", college.host)).await;
        assert_eq!(state(&museum, eve.id, known).await, None);
        // One who writes there without being in is not heard.
        let note = crate::mastodon::toot(&mallory, 1, "<p>Let me in</p>", Some(&post.ap_id), &[]);
        mallory.says(&crate::mastodon::create(&mallory, &note)).await;
        mallory.says(&mallory.does("Like", post.ap_id.as_str())).await;
        settled(&college).await;
        assert!(college.comment_by_ap_id(note["id"].as_str().unwrap()).await.is_none());
        assert_eq!(college.post(post.id).await.score, 1);

        // Taken out, bob gets nothing more, and may write no more.
        college.act(move |tx| groups::turn_away(tx, by, looms, asking)).await.unwrap();
        eventually("bob is out", || async { state(&school, bob.id, copy).await != Some(FollowState::Accepted) }).await;
        let later = posts_secret(&alice, looms).await;
        a_while().await;
        assert!(school.post_by_ap_id(&later.ap_id).await.is_none());
        assert!(school.app().federation.resolve(&later.ap_id).await.is_err());
    }

    async fn private_threads_show_on_no_page_and_in_no_answer_to_outsiders(db: Database) {
        let school = Instance::start(db).await;
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let mallory = school.member("mallory").await;
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let post = posts_secret(&alice, looms).await;
        let answer = alice.replies(post.id, None, REPLY).await;
        let (by, member, outsider) = (alice.id, carol.id, mallory.id);
        school.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        assert_eq!(state(&school, member, looms).await, Some(FollowState::Pending));
        let (waits, visitor, other) = (Eyes::of(&carol).await, Eyes::of_a_visitor(), Eyes::of(&mallory).await);
        for (who, eyes) in [("who waits", &waits), ("a visitor", &visitor), ("another member", &other)] {
            for (place, status, text) in eyes.look(&school, "looms", &post, answer.id.0).await {
                assert!(!tells(&place, &text), "{who} at {place}: {status} {text}");
            }
        }

        let (thread, said) = (post.id, answer.id);
        assert!(school.act(move |tx| votes::vote(tx, outsider, Target::Post(thread), Some(Vote::Up), Via::Here)).await.is_err());
        assert!(school.act(move |tx| votes::vote(tx, outsider, Target::Comment(said), Some(Vote::Up), Via::Here)).await.is_err());
        assert!(school.act(move |tx| coppice::community::marks::save_post(tx, outsider, thread, true)).await.is_err());
        assert!(school.act(move |tx| coppice::community::marks::save_comment(tx, outsider, said, true)).await.is_err());
        let reply = comments::Reply { post: thread, parent: None, body: CommentBody::parse("Me too").unwrap(), language: None };
        assert!(school.act(move |tx| comments::reply(tx, outsider, &reply)).await.is_err());
        for target in [reports::Target::Post(thread), reports::Target::Comment(said)] {
            let reason = ReportReason::parse("Secret").unwrap();
            assert!(school.act(move |tx| reports::report(tx, outsider, target, &reason)).await.is_err());
        }

        school.act(move |tx| groups::let_in(tx, by, looms, member)).await.unwrap();
        let seen = waits.look(&school, "looms", &post, answer.id.0).await;
        for needed in [&format!("/post/{thread}"), "/c/looms", &format!("/comment/{said}"), &format!("API post?id={thread}"),
            "API search?q=quokkabody", "API post/list?type_=All", "API comment/list?type_=All", "/search?q=quokkabody"] {
            let (_, status, text) = seen.iter().find(|(place, ..)| place == needed).unwrap();
            assert!(tells(needed, text), "a member at {needed}: {status} {text}");
        }
        carol.votes(Target::Post(thread), Some(Vote::Up)).await;

        school.act(move |tx| groups::turn_away(tx, by, looms, member)).await.unwrap();
        for (place, status, text) in waits.look(&school, "looms", &post, answer.id.0).await {
            assert!(!tells(&place, &text), "who was taken out at {place}: {status} {text}");
        }
    }

    async fn private_local_only_groups_are_known_to_members_alone_and_leave_nothing(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let mallory = peer.person("mallory");
        let looms = founds(&alice, "looms", Visibility::LocalOnly).await;
        let member = carol.id;
        school.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        assert_eq!(state(&school, member, looms).await, Some(FollowState::Accepted));
        let group = group_url(&school, looms).await;
        mallory.says(&follow(&mallory, &group)).await;
        settled(&school).await;
        let post = posts_secret(&alice, looms).await;
        let answer = carol.replies(post.id, None, REPLY).await;

        let finger = format!("{}.well-known/webfinger?resource=acct:looms@{}", school.url, school.host);
        let (status, _) = fetched(&finger, HeaderMap::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let mut places = vec![group.clone(), post.ap_id.clone(), answer.ap_id.clone()];
        places.extend(["outbox", "featured", "followers", "moderators"].map(|part| format!("{group}/{part}")));
        places.extend(["context", "replies"].map(|part| format!("{}/{part}", post.ap_id)));
        for url in &places {
            let (status, text) = signed(url, &mallory).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "signed {url}: {text}");
            assert_eq!(get_as2(url).await.0, StatusCode::NOT_FOUND, "{url}");
        }
        a_while().await;
        assert_eq!(peer.count(|a| matches!(a["type"].as_str(), Some("Announce" | "Create" | "Accept"))), 0);
        for (place, status, text) in Eyes::of_a_visitor().look(&school, "looms", &post, answer.id.0).await {
            assert!(!tells(&place, &text), "a visitor at {place}: {status} {text}");
        }
        let seen = Eyes::of(&school.member("dora").await).await.look(&school, "looms", &post, answer.id.0).await;
        for needed in [&format!("/post/{}", post.id), "/c/looms"] {
            let (_, status, text) = seen.iter().find(|(place, ..)| place == needed).unwrap();
            assert!(tells(needed, text), "a member at {needed}: {status}");
        }
    }

    async fn private_groups_are_shared_with_no_other_group(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let (weaving, looms) = (founds(&bob, "weaving", Visibility::Public).await, alice.founds("looms").await);
        let (me, them) = (bob.id, alice.id);
        for (name, visibility) in [("vault", Visibility::Private), ("attic", Visibility::LocalOnly)] {
            let closed = founds(&alice, name, visibility).await;
            assert!(school.act(move |tx| sharing::ask(tx, me, weaving, closed)).await.is_err());
            let other = peer.group(&format!("of_{name}"));
            let request = follow(&other, &group_url(&school, closed).await);
            other.says(&request).await;
            settled(&school).await;
            let asked = actor(&school, &other.id).await.map(|row| row.id);
            if let Some(asked) = asked {
                assert_eq!(state(&school, asked, closed).await, None);
            }
        }
        // One that closes after the bond was made hands on nothing more.
        school.act(move |tx| sharing::ask(tx, me, weaving, looms)).await.unwrap();
        school.act(move |tx| sharing::answer(tx, them, looms, weaving, true)).await.unwrap();
        let row = school.read(move |tx| actors::get(tx.conn, looms)).await;
        let edit = groups::EditGroup {
            title: DisplayName::parse(&row.name).unwrap(), domain: Statement::parse("Ours").unwrap(), rules: None,
            icon: None, image: None, posting_restricted: false, sensitive: false, visibility: Visibility::Private,
        };
        school.act(move |tx| groups::edit(tx, them, looms, &edit)).await.unwrap();
        let post = posts_secret(&alice, looms).await;
        let id = post.id;
        let share = school.read(move |tx| coppice::store::shares::find(tx.conn, weaving, id)).await;
        assert!(share.is_none());
        let other = Eyes::of(&bob).await;
        for (place, status, text) in other.look(&school, "weaving", &post, 1).await {
            assert!(!tells(&place, &text), "{place}: {status} {text}");
        }
    }

    async fn private_groups_that_turn_local_let_in_only_who_is_here_and_polls_ask_who_votes(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (alice, carol, eve) = (school.member("alice").await, school.member("carol").await, school.member("eve").await);
        let felix = peer.person("felix");
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let post = posts_secret(&alice, looms).await.id;
        let (by, member, outsider) = (alice.id, carol.id, eve.id);
        let vote = move |who: ActorId| move |tx: &mut Tx<'_>| polls::vote(tx, who, post, &[0]);
        let denied = school.act(vote(outsider)).await;
        assert!(matches!(denied, Err(CommunityError::Denied(Denied::NotMember))), "{denied:?}");

        school.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        felix.says(&follow(&felix, &group_url(&school, looms).await)).await;
        settled(&school).await;
        let theirs = actor(&school, &felix.id).await.unwrap().id;
        assert_eq!(state(&school, theirs, looms).await, Some(FollowState::Pending));
        let edit = groups::EditGroup {
            title: DisplayName::parse("looms").unwrap(), domain: Statement::parse("Ours").unwrap(), rules: None,
            icon: None, image: None, posting_restricted: false, sensitive: false, visibility: Visibility::LocalOnly,
        };
        school.act(move |tx| groups::edit(tx, by, looms, &edit)).await.unwrap();
        assert_eq!(state(&school, member, looms).await, Some(FollowState::Accepted));
        assert_ne!(state(&school, theirs, looms).await, Some(FollowState::Accepted));
        a_while().await;
        assert_eq!(peer.count(|a| a["type"] == "Accept"), 0);

        let ban = Ban { reason: None, until: None, content: false };
        school.act(move |tx| bans::ban_from_group(tx, by, looms, member, &ban)).await.unwrap();
        let denied = school.act(vote(member)).await;
        assert!(matches!(denied, Err(CommunityError::Denied(Denied::Banned))), "{denied:?}");
    }

    async fn a_group_that_only_asks_who_comes_in_is_for_everybody(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = group_url(&school, alice.founds("looms").await).await;
        for (software, visibility) in [("mobilizon", Visibility::Public), ("friendica", Visibility::Public), ("lemmy", Visibility::Private)] {
            let peer = Peer::start(Some((software, "5.1.0")), &school.url).await;
            joins(&school, &peer, &peer.person("gerda"), &looms).await;
            let group = peer.group("society");
            group.change_document(|document| document["manuallyApprovesFollowers"] = true.into());
            let there = alice.finds(&format!("!society@{}", peer.host)).await;
            let stands = school.read(move |tx| coppice::store::groups::visibility(tx.conn, there)).await;
            assert_eq!(stands, visibility, "{software}");
        }
    }
}
