//! What a review of the whole found open: removed groups, forged keys, texts edited out, locks passed by,
//! roles of the banned, races. Each shows that it is closed.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use axum::http::{Method, StatusCode};
use coppice::community::accounts;
use coppice::community::bans::{self, Ban};
use coppice::community::threads::{self, EditThread};
use coppice::community::{CommunityError, blocks, comments, groups, polls};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::{AccountState, SessionKind, Visibility, Vote};
use coppice::domain::limits::{Body, CommentBody, Reason, Title};
use coppice::domain::roles::Role;
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

on_both_databases! {
    async fn a_group_that_an_administrator_removed_is_read_by_nobody_but_its_keepers(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (ruth, alice) = (school.admin("ruth").await, school.member("alice").await);
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

        school.act(move |tx| groups::remove(tx, by, looms, true, Reason::parse("unlawful").unwrap().as_ref())).await.unwrap();
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
        let (ruth, alice) = (school.admin("ruth").await, school.member("alice").await);
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

    async fn forged_signatures_make_us_fetch_little_whoever_they_name_17(db: Database) {
        let school = Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        let peer = Peer::mastodon(&school).await;
        let (felix, gina, mallory) = (peer.person("felix"), peer.person("gina"), peer.person("mallory"));
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let thread = alice.posts(looms, "Which loom?").await.ap_id;
        for known in [&felix, &gina] {
            applied(&school, known, &known.does("Like", thread.as_str())).await;
        }
        let before = peer.all_fetches();
        let (flood, elsewhere) = ("198.51.100.7", "203.0.113.9");
        let mut statuses = HashSet::new();
        for number in 0..90 {
            let made_up = peer.at(&format!("/users/nobody{number}#main-key"));
            statuses.insert(from_address(flood, &mallory, &made_up, &felix.does("Like", thread.as_str())).await);
        }
        assert!(peer.all_fetches() - before <= 65, "{} fetches", peer.all_fetches() - before);
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
        // Nor do keys that are known make us ask for them anew.
        let asked = peer.fetches(&gina.id);
        let forged = from_address(flood, &mallory, &gina.key_id, &gina.does("Dislike", thread.as_str())).await;
        assert!(forged.is_client_error(), "{forged}");
        assert_eq!(peer.fetches(&gina.id), asked);
        // What is rightly signed by a known key is heard from there, and newcomers from everywhere else.
        let undo = felix.does("Dislike", thread.as_str());
        assert_eq!(from_address(flood, &felix, &felix.key_id, &undo).await, StatusCode::ACCEPTED);
        let hugo = peer.person("hugo");
        let like = hugo.does("Like", thread.as_str());
        assert_eq!(from_address(elsewhere, &hugo, &hugo.key_id, &like).await, StatusCode::ACCEPTED);
    }

    async fn a_member_makes_us_ask_other_servers_no_faster_than_by_the_search_box(db: Database) {
        let school = Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        let peer = Peer::lemmy(&school).await;
        let ann = Eyes::of(&school.member("ann").await).await.api;
        // Takes the connection, and never says a word.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let slow = format!("http://localhost:{}/c/looms", silent.local_addr().unwrap().port());
        let backup = json!({
            "followed_communities": [slow], "saved_posts": [], "saved_comments": [],
            "blocked_communities": [], "blocked_users": [], "blocked_instances": [],
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let import = || client.post(format!("{}api/v3/user/import_settings", school.url)).headers(ann.clone())
            .header("content-type", "application/json").body(backup.to_string()).send();
        assert_eq!(import().await.unwrap().status(), StatusCode::OK);
        assert_eq!(import().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS, "one at a time");

        let before = peer.all_fetches();
        let mut statuses = HashSet::new();
        for number in 0..40 {
            let call = match number % 2 {
                0 => format!("community?name=nobody{number}@{}", peer.host),
                _ => format!("user?username=nobody{number}@{}", peer.host),
            };
            let (status, _) = fetched(&format!("{}api/v3/{call}", school.url), ann.clone()).await;
            statuses.insert(status);
        }
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
        assert!(peer.all_fetches() - before <= 70, "{}", peer.all_fetches() - before);
    }

    async fn a_texts_earlier_words_are_told_by_no_activity_once_it_is_edited(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("lea"), &group).await;
        let post = posts_secret(&alice, looms).await;
        let answer = alice.replies(post.id, None, REPLY).await;
        peer.received("the reply", |a| a["object"]["object"]["id"] == answer.ap_id.as_str()).await;
        // As in the same breath, a later edit would not be one.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let (me, thread, said) = (alice.id, post.id, answer.id);
        school.act(move |tx| {
            let edit = EditThread {
                title: Title::parse("Another").unwrap(), body: Body::parse("Milder words").unwrap(),
                link: None, image: None, language: None, sensitive: false,
            };
            threads::edit(tx, me, thread, &edit)?;
            comments::edit(tx, me, said, &CommentBody::parse("Milder still").unwrap())
        }).await.unwrap();
        let ids: Vec<String> = school.read(|tx| Ok(told::table.select(told::ap_id).load(tx.conn)?)).await;
        let mut shown = 0;
        for id in &ids {
            let (status, document) = get_as2(id).await;
            let document = document.to_string();
            assert!(!tells("", &document), "{id}: {status} {document}");
            shown += usize::from(document.contains("Milder"));
        }
        assert!(shown >= 4, "{shown} of {} tell what is said today", ids.len());
    }

    async fn a_stranger_does_not_write_past_a_lock_or_a_closed_door_of_a_group_elsewhere(db: Database) {
        let school = Instance::start(db).await;
        let (home, third) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let alice = school.member("alice").await;
        let tenforward = home.group("tenforward");
        is_let_in(&alice, &home, &tenforward).await;
        let (lea, stranger) = (home.person("lea"), third.person("stranger"));
        let thread = page(&lea, 1, &tenforward.id, "Which loom?");
        let create = does(&lea, "Create", thread.clone(), &tenforward.id);
        applied(&school, &tenforward, &announced(&tenforward, &create)).await;
        let parent = text(&thread, "id");
        let open = note(&stranger, 1, &tenforward.id, parent, "Linen");
        third.serves(text(&open, "id"), open.clone());
        applied(&school, &stranger, &does(&stranger, "Create", open, &tenforward.id)).await;

        let lock = does(&lea, "Lock", parent, &tenforward.id);
        applied(&school, &tenforward, &announced(&tenforward, &lock)).await;
        let late = note(&stranger, 2, &tenforward.id, parent, "Me too");
        third.serves(text(&late, "id"), late.clone());
        let late_create = does(&stranger, "Create", late.clone(), &tenforward.id);
        refused(&school, &stranger, &late_create, "locked").await;
        // What its own group lets in is in.
        applied(&school, &tenforward, &announced(&tenforward, &late_create)).await;
        assert!(school.comment_by_ap_id(text(&late, "id")).await.is_some());

        let vault = home.group("vault");
        vault.change_document(|doc| doc["manuallyApprovesFollowers"] = true.into());
        is_let_in(&alice, &home, &vault).await;
        let secret = page(&lea, 2, &vault.id, "Behind the door");
        let create = does(&lea, "Create", secret.clone(), &vault.id);
        applied(&school, &vault, &announced(&vault, &create)).await;
        let intrusion = note(&stranger, 3, &vault.id, text(&secret, "id"), "Boo");
        third.serves(text(&intrusion, "id"), intrusion.clone());
        let create = does(&stranger, "Create", intrusion.clone(), &vault.id);
        refused(&school, &stranger, &create, "").await;
        assert!(school.comment_by_ap_id(text(&intrusion, "id")).await.is_none());
    }

    async fn what_is_told_to_one_server_is_kept_by_no_cache(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = founds(&alice, "looms", Visibility::Private).await;
        let (lea, by) = (peer.person("lea"), alice.id);
        lea.says(&crate::help::follow(&lea, &group_url(&school, looms).await)).await;
        settled(&school).await;
        let hers = actor(&school, &lea.id).await.unwrap().id;
        school.act(move |tx| groups::let_in(tx, by, looms, hers)).await.unwrap();
        let post = posts_secret(&alice, looms).await;
        let (status, headers) = headers_of(&post.ap_id, Some(&lea)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(is_kept_by_nobody(&headers), "{headers:?}");
        let (status, headers) = headers_of(&format!("{}u/alice", school.url), Some(&lea)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!is_kept_by_nobody(&headers), "what is for everybody may be kept: {headers:?}");
    }

    async fn in_secure_mode_no_cache_keeps_any_document(db: Database) {
        let school = Instance::start_with(db, |settings| settings.federation.secure_mode = true).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let felix = peer.person("felix");
        for url in [&post.ap_id, &format!("{}u/alice", school.url), &group_url(&school, looms).await] {
            let (status, headers) = headers_of(url, Some(&felix)).await;
            assert_eq!(status, StatusCode::OK, "{url}");
            assert!(is_kept_by_nobody(&headers), "{url} {headers:?}");
            let (_, headers) = headers_of(url, None).await;
            assert!(is_kept_by_nobody(&headers), "unsigned {url} {headers:?}");
        }
    }

    async fn a_key_that_was_replaced_signs_nothing_more(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let thread = alice.posts(looms, "Which loom?").await;
        let old = peer.person("felix");
        let like = old.does("Like", thread.ap_id.as_str());
        applied(&school, &old, &like).await;
        let mut felix = old.clone();
        felix.rotates_key();
        let update = old.does("Update", old.document());
        applied(&school, &old, &update).await;
        let stolen = old.does("Dislike", thread.ap_id.as_str());
        assert_eq!(old.sends(&stolen).await, StatusCode::UNAUTHORIZED);
        applied(&school, &felix, &felix.does("Undo", like)).await;
        assert_eq!(school.post(thread.id).await.score, 1);
    }

    async fn who_is_banned_from_a_group_looks_after_it_no_more(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("lea"), &group).await;
        let (by, theirs) = (alice.id, bob.id);
        school.act(move |tx| groups::appoint(tx, by, looms, theirs, Some(Role::Moderator))).await.unwrap();
        let post = alice.posts(looms, "Which loom?").await.id;
        let ban = Ban { reason: None, until: None, content: false };
        school.act(move |tx| bans::ban_from_group(tx, by, looms, theirs, &ban)).await.unwrap();
        assert_eq!(role(&school, looms, theirs).await, None);
        let tried = school.act(move |tx| threads::remove(tx, theirs, post, true, None)).await;
        assert!(matches!(tried, Err(CommunityError::Denied(_))), "{tried:?}");
        let bobs = format!("{}u/bob", school.url);
        peer.received("that bob moderates no more", |a| {
            a["object"]["type"] == "Remove" && a["object"]["object"] == bobs.as_str()
        }).await;
        let (_, moderators) = get_as2(&format!("{group}/moderators")).await;
        assert!(!moderators.to_string().contains(&bobs), "{moderators}");
    }

    async fn two_answers_at_once_to_a_question_of_one_count_as_one(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let voter = bob.id;
        for _ in 0..12 {
            let post = crate::polls::asks(&alice, looms, "Which?", false).await.id;
            let cast = |choice: usize| school.act(move |tx| polls::vote(tx, voter, post, &[choice]));
            let (first, second) = tokio::join!(cast(0), cast(1));
            assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
            let poll = school.read(move |tx| poll_rows::get(tx.conn, post, None)).await.unwrap();
            let votes: i64 = poll.options.iter().map(|option| option.votes).sum();
            assert_eq!((votes, poll.row.voters), (1, 1));
        }
    }

    async fn two_last_coordinators_or_administrators_do_not_demote_each_other(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob) = (school.admin("alice").await, school.admin("bob").await);
        let (first, second) = (alice.id, bob.id);
        let (one, two) = (viewer(&alice).await, viewer(&bob).await);
        for number in 0..8 {
            let looms = alice.founds(&format!("looms{number}")).await;
            school.act(move |tx| groups::appoint(tx, first, looms, second, Some(Role::Coordinator))).await.unwrap();
            let _ = tokio::join!(
                school.act(move |tx| groups::appoint(tx, first, looms, second, None)),
                school.act(move |tx| groups::appoint(tx, second, looms, first, None)),
            );
            let left = [role(&school, looms, first).await, role(&school, looms, second).await];
            assert!(left.contains(&Some(Role::Coordinator)), "{left:?}");

            let (by_one, by_two) = (one.clone(), two.clone());
            let _ = tokio::join!(
                school.act(move |tx| accounts::set_admin(tx, &by_one, second, false)),
                school.act(move |tx| accounts::set_admin(tx, &by_two, first, false)),
            );
            let left = school.read(move |tx| account_rows::admins(tx.conn)).await;
            assert!(!left.is_empty(), "nobody administers this site");
            school.act(move |tx| {
                account_rows::set_admin(tx.conn, first, true)?;
                Ok(account_rows::set_admin(tx.conn, second, true)?)
            }).await.unwrap();
        }
    }

    async fn who_is_blocked_neither_answers_nor_votes_on_whom_blocked_them_70(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let carol = school.member("carol").await;
        let looms = alice.founds("looms").await;
        let theirs = carol.posts(looms, "Mine").await;
        let said = carol.replies(theirs.id, None, "And more").await;
        let felix = peer.person("felix");
        applied(&school, &felix, &felix.does("Like", theirs.ap_id.as_str())).await;
        let (me, elsewhere) = (viewer(&carol).await, actor(&school, &felix.id).await.unwrap().id);
        let (who, post, comment) = (bob.id, theirs.id, said.id);
        school.act(move |tx| {
            blocks::block_person(tx, &me, who, true)?;
            blocks::block_person(tx, &me, elsewhere, true)
        }).await.unwrap();
        for parent in [None, Some(comment)] {
            let reply = comments::Reply { post, parent, body: CommentBody::parse("Hm").unwrap(), language: None };
            let tried = school.act(move |tx| comments::reply(tx, who, &reply)).await;
            assert!(matches!(tried, Err(CommunityError::Denied(_))), "{tried:?}");
        }
        for target in [coppice::community::votes::Target::Post(post), coppice::community::votes::Target::Comment(comment)] {
            let tried = school.act(move |tx| coppice::community::votes::vote(tx, who, target, Some(Vote::Down), coppice::community::Via::Here)).await;
            assert!(matches!(tried, Err(CommunityError::Denied(_))), "{tried:?}");
        }
        let reply = crate::mastodon::toot(&felix, 1, "<p>Hm</p>", Some(&said.ap_id), &[]);
        refused(&school, &felix, &crate::mastodon::create(&felix, &reply), "").await;
        refused(&school, &felix, &felix.does("Dislike", said.ap_id.as_str()), "").await;
        // What others wrote there is theirs to answer, and a moderator's word reaches everybody.
        let word = alice.replies(theirs.id, None, "Now, now").await;
        bob.replies(theirs.id, Some(word.id), "But I only").await;
        let (by, me) = (alice.id, viewer(&carol).await);
        school.act(move |tx| blocks::block_person(tx, &me, by, true)).await.unwrap();
        alice.replies(theirs.id, Some(comment), "Please be kind").await;
    }

    async fn who_is_not_let_in_yet_is_nobody_to_the_world(db: Database) {
        let school = Instance::start(db).await;
        let ruth = school.admin("ruth").await;
        let zelda = school.member("zelda").await;
        let id = zelda.id;
        let see = || async {
            let mut seen = Vec::new();
            let finger = format!("{}.well-known/webfinger?resource=acct:zelda@{}", school.url, school.host);
            seen.push(fetched(&finger, HeaderMap::new()).await.0);
            seen.push(get_as2(&format!("{}u/zelda", school.url)).await.0);
            seen.push(get_as2(&format!("{}u/zelda/outbox", school.url)).await.0);
            seen.push(fetched(&format!("{}u/zelda", school.url), Eyes::of_a_visitor().page).await.0);
            seen.push(fetched(&format!("{}api/v3/user?username=zelda", school.url), HeaderMap::new()).await.0);
            let (_, found) = fetched(&format!("{}api/v3/search?q=zelda&type_=Users", school.url), HeaderMap::new()).await;
            seen.push(if found.contains("\"zelda\"") { StatusCode::OK } else { StatusCode::NOT_FOUND });
            seen
        };
        assert!(see().await.iter().all(StatusCode::is_success), "{:?}", see().await);
        for state in [AccountState::Pending, AccountState::Rejected] {
            school.act(move |tx| Ok(account_rows::set_state(tx.conn, id, state)?)).await.unwrap();
            assert!(see().await.iter().all(|status| !status.is_success()), "{state:?} {:?}", see().await);
        }
        let page = format!("{}u/zelda", school.url);
        let (status, _) = fetched(&page, Eyes::of(&ruth).await.page).await;
        assert_eq!(status, StatusCode::OK, "an administrator looks at who applies");
        school.act(move |tx| Ok(account_rows::set_state(tx.conn, id, AccountState::Active)?)).await.unwrap();
        assert!(see().await.iter().all(StatusCode::is_success));
    }

    async fn a_group_for_this_site_alone_has_no_inbox_for_others(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        founds(&alice, "attic", Visibility::LocalOnly).await;
        let felix = peer.person("felix");
        let hello = felix.does("Like", format!("{}c/attic", school.url));
        let inbox = |name: &str| school.url.join(&format!("/c/{name}/inbox")).unwrap();
        let (there, nowhere) = (felix.sends_to(&inbox("attic"), &hello).await, felix.sends_to(&inbox("nothing"), &hello).await);
        assert_eq!(there, nowhere);
        assert_eq!(there, StatusCode::NOT_FOUND);
    }

    async fn addresses_of_one_network_are_one_to_the_limits(db: Database) {
        let school = Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let tries = |name: String, address: String| client.post(format!("{}api/v3/user/login", school.url))
            .header("x-forwarded-for", address).header("content-type", "application/json")
            .body(json!({ "username_or_email": name, "password": "wrong wrong" }).to_string()).send();
        let mut last = StatusCode::OK;
        for number in 1..=30 {
            last = tries(format!("nobody{number}"), format!("2001:db8:1:2::{number}")).await.unwrap().status();
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let neighbour = tries("neighbour".to_owned(), "2001:db8:1:3::1".to_owned()).await.unwrap().status();
        assert_ne!(neighbour, StatusCode::TOO_MANY_REQUESTS);
    }
}
