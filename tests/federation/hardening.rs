//! What a review of the whole found open: removed groups, forged keys, texts edited out, locks passed by,
//! roles of the banned, races. Each shows that it is closed.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use axum::http::{Method, StatusCode};
use coppice::community::accounts;
use coppice::community::bans::{self, Ban};
use coppice::community::threads::{self, Carried, EditThread, Publish};
use coppice::community::{CommunityError, blocks, comments, groups, polls};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{AccountState, Contribution, SessionKind, Visibility, Vote};
use coppice::domain::limits::{Body, CommentBody, Title};
use coppice::domain::poll::NewPoll;
use coppice::domain::roles::Role;
use coppice::domain::time::DAY;
use coppice::store::schema::activities as told;
use coppice::store::{accounts as account_rows, actors, polls as poll_rows};
use diesel::prelude::*;
use serde_json::{Value, json};
use url::Url;

use crate::help::{actor, applied, group_url, is_let_in, joins, refused, settled, text};
use crate::lemmy::{announced, does, note, page};
use crate::private_groups::{Eyes, REPLY, fetched, founds, posts_secret, signed, tells};
use crate::raw::Raw;
use crate::support::peer::get_as2;
use crate::support::{Database, Instance, Member, Peer, PeerActor, on_both_databases};

async fn admin<'a>(at: &'a Instance, name: &str) -> Member<'a> {
    let member = at.member(name).await;
    let id = member.id;
    let made = at.act(move |tx| Ok(account_rows::set_admin(tx.conn, id, true)?));
    made.await.unwrap();
    member
}

async fn role(at: &Instance, group: ActorId, person: ActorId) -> Option<Role> {
    at.read(move |tx| actors::role(tx.conn, group, person))
        .await
}

async fn viewer(member: &Member<'_>) -> accounts::Viewer {
    let me = member.id;
    let home = member.home;
    let token = home
        .act(move |tx| accounts::open_session(tx, me, SessionKind::Api))
        .await
        .unwrap();
    home.act(move |tx| accounts::viewer(tx, &token, SessionKind::Api))
        .await
        .unwrap()
        .unwrap()
}

/// A POST of this activity as the proxy in front of us says that it comes from `address`.
async fn from_address(
    address: &str,
    sender: &PeerActor,
    key_id: &str,
    activity: &Value,
) -> StatusCode {
    let mut raw = Raw::of(sender, activity);
    raw.key_id = key_id.to_owned();
    raw.set("x-forwarded-for", address);
    raw.send(sender).await
}

/// Headers of an answer, as a signed request gets it.
async fn headers_of(url: &str, by: Option<&PeerActor>) -> (StatusCode, HeaderMap) {
    let parsed: Url = url.parse().unwrap();
    let mut headers = match by {
        Some(by) => by.signs(&Method::GET, &parsed, None),
        None => HeaderMap::new(),
    };
    headers.insert(ACCEPT, "application/activity+json".parse().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(parsed).headers(headers).send().await.unwrap();
    (answer.status(), answer.headers().clone())
}

fn is_kept_by_nobody(headers: &HeaderMap) -> bool {
    headers
        .get(CACHE_CONTROL)
        .is_some_and(|value| value == "private, no-store")
}

async fn asks(member: &Member<'_>, group: ActorId) -> coppice::domain::ids::PostId {
    let publish = Publish {
        group,
        title: Title::parse("Which?").unwrap(),
        body: Body::parse("One of them.").unwrap(),
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    let me = member.id;
    let made = member.home.act(move |tx| {
        let poll = NewPoll::parse(["Linen", "Wool", "Silk"], false, DAY, tx.now).unwrap();
        let carried = Carried {
            poll: Some(poll),
            event: None,
        };
        threads::publish_with(tx, me, &publish, &carried)
    });
    made.await.unwrap()
}

on_both_databases! {
    async fn a_group_that_an_administrator_removed_is_read_by_nobody_but_its_keepers(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (ruth, alice) = (admin(&school, "ruth").await, school.member("alice").await);
        let carol = school.member("carol").await;
        let mallory = peer.person("mallory");
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let post = posts_secret(&alice, looms).await;
        let answer = alice.replies(post.id, None, REPLY).await;
        let (by, member) = (ruth.id, carol.id);
        school.act(move |tx| groups::follow(tx, member, looms)).await.unwrap();
        let (visitor, other) = (Eyes::of_a_visitor(), Eyes::of(&carol).await);
        let before = visitor.look(&school, "looms", &post, answer.id.0).await;
        assert!(before.iter().filter(|(place, _, text)| tells(place, text)).count() > 10);

        school.act(move |tx| groups::remove(tx, by, looms, true, Some("unlawful"))).await.unwrap();
        for (who, eyes) in [("a visitor", &visitor), ("a member", &other)] {
            let seen = eyes.look(&school, "looms", &post, answer.id.0).await;
            for (place, status, text) in &seen {
                assert!(!tells(place, text), "{who} at {place}: {status} {text}");
            }
            let (_, _, log) = seen.iter().find(|(place, ..)| place == "/modlog").unwrap();
            assert!(log.contains("unlawful"), "why it is gone can still be read");
        }
        let mut places = vec![group.clone(), post.ap_id.clone(), answer.ap_id.clone(), format!("{}u/alice/outbox", school.url),
            format!("{}activities/announce/{}-outbox", school.url, post.id), format!("{}activities/create/{}-outbox", school.url, post.id)];
        places.extend(["outbox", "featured"].map(|part| format!("{group}/{part}")));
        places.extend(["context", "replies"].map(|part| format!("{}/{part}", post.ap_id)));
        for url in &places {
            let (status, text) = signed(url, &mallory).await;
            assert!(!tells("", &text), "signed {url}: {status} {text}");
            let (status, document) = get_as2(url).await;
            assert!(!tells("", &document.to_string()), "{url}: {status} {document}");
        }
        // Nobody votes there either.
        let (target, vote) = (coppice::community::votes::Target::Post(post.id), Some(Vote::Up));
        let voted = school.act(move |tx| coppice::community::votes::vote(tx, member, target, vote, coppice::community::Via::Here)).await;
        assert!(voted.is_err());

        // Those who look after it, and administrators, see what it is about.
        for keeper in [&ruth, &alice] {
            let seen = Eyes::of(keeper).await.look(&school, "looms", &post, answer.id.0).await;
            let (_, status, text) = seen.iter().find(|(place, ..)| *place == format!("/post/{}", post.id)).unwrap();
            assert!(tells("", text), "{} {status}", keeper.name);
        }
        school.act(move |tx| groups::remove(tx, by, looms, false, None)).await.unwrap();
        let after = visitor.look(&school, "looms", &post, answer.id.0).await;
        let count = |seen: &[(String, StatusCode, String)]| seen.iter().filter(|(place, _, text)| tells(place, text)).count();
        assert_eq!(count(&after), count(&before), "all is back");
    }

    async fn comments_of_hidden_groups_stand_in_no_list_of_all(db: Database) {
        let school = Instance::start(db).await;
        let (ruth, alice) = (admin(&school, "ruth").await, school.member("alice").await);
        let looms = alice.founds("looms").await;
        let post = posts_secret(&alice, looms).await;
        alice.replies(post.id, None, REPLY).await;
        let by = ruth.id;
        school.act(move |tx| groups::hide(tx, by, looms, true, None)).await.unwrap();
        for list in ["comment/list?type_=All", "comment/list?type_=Local"] {
            let (_, text) = fetched(&format!("{}api/v3/{list}", school.url), HeaderMap::new()).await;
            assert!(!tells("", &text), "{list}: {text}");
        }
        let (_, text) = fetched(&format!("{}api/v3/comment/list?community_name=looms", school.url), HeaderMap::new()).await;
        assert!(tells("", &text), "who goes there sees them: {text}");
    }
}
