//! Poisoned answers to what we fetch. The numbers are those of the threat table.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coppice::domain::kinds::PostSort;
use coppice::federation::ResolveError;
use coppice::store::audience::Audience;
use coppice::store::posts::{self, PostFilter};
use serde_json::{Value, json};

use crate::help::{actor, applied, is_let_in, refused, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::support::peer::{AS2, Page};
use crate::support::{Database, Instance, Peer, on_both_databases};

async fn nothing_at(school: &Instance, url: &str) -> ResolveError {
    match school.app().federation.resolve(url).await {
        Err(error) => error,
        Ok(found) => panic!("{url} leads to {found:?}"),
    }
}

on_both_databases! {
    async fn answers_of_the_wrong_kind_place_or_size_are_refused(db: Database) {
        let school = Instance::start(db).await;
        let (peer, evil) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = format!("{}c/looms", school.url);
        let lea = peer.person("lea");
        let at = |path: &str| peer.at(path);
        let thread = |path: &str| {
            let mut thread = page(&lea, 1, &group, "Poisoned");
            thread["id"] = at(path).into();
            thread
        };

        // 43 redirects: to another host, in a circle, to where no web is.
        evil.serves(&evil.at("/post/1"), { let mut t = thread("/a"); t["id"] = evil.at("/post/1").into(); t });
        peer.shows("/away", Page::Redirect(evil.at("/post/1")));
        peer.shows("/circle", Page::Redirect(at("/circle")));
        peer.shows("/file", Page::Redirect("file:///etc/passwd".to_owned()));
        peer.shows("/gopher", Page::Redirect("gopher://localhost/".to_owned()));
        for path in ["/away", "/circle", "/file", "/gopher"] {
            nothing_at(&school, &at(path)).await;
        }
        // Another host is asked anew, for what lives there itself, and only because a member looks for it.
        assert_eq!((evil.fetches("/post/1"), evil.all_fetches()), (2, 2), "43");
        let parent = at("/away");
        let felix = peer.person("felix");
        let answer = create(&felix, &toot(&felix, 1, "<p>x</p>", Some(&parent), &[&group]));
        refused(&school, &felix, &answer, "another host").await;
        assert_eq!(evil.all_fetches(), 2, "43");
        // Once as a document, and once to see whether it leads on.
        assert!(peer.fetches("/circle") <= 8, "43");

        // 45 other kinds.
        for (path, kind) in [
            ("/page", "text/html"), ("/json", "application/json"),
            ("/ld", "application/ld+json"), ("/upload", "application/octet-stream"), ("/none", ""),
        ] {
            peer.shows(path, Page::Text(kind, thread(path).to_string()));
            nothing_at(&school, &at(path)).await;
        }

        // 46 an id other than the address: read at the id, on the same server only.
        peer.serves("/alias", thread("/post/real"));
        nothing_at(&school, &at("/alias")).await;
        peer.serves("/post/real", thread("/post/real"));
        let found = school.app().federation.resolve(&at("/alias")).await;
        assert!(found.is_ok(), "46 {found:?}");
        let mut foreign = thread("/x");
        foreign["id"] = evil.at("/post/9").into();
        evil.serves("/post/9", foreign.clone());
        peer.serves("/foreign", foreign);
        nothing_at(&school, &at("/foreign")).await;
        peer.serves("/chain", thread("/chain2"));
        peer.serves("/chain2", thread("/chain3"));
        nothing_at(&school, &at("/chain")).await;

        // 22 by somebody of another host.
        let mut by_other = thread("/by-other");
        by_other["attributedTo"] = evil.person("eve").id.into();
        peer.serves("/by-other", by_other);
        nothing_at(&school, &at("/by-other")).await;

        // 47 without end, 48 deep, doubled, and huge.
        let started = Instant::now();
        peer.shows("/endless", Page::Endless);
        nothing_at(&school, &at("/endless")).await;
        assert!(started.elapsed() < Duration::from_secs(12), "47");
        let deep = format!("{{\"id\":\"{}\",\"x\":{}1{}}}", at("/deep"), "[".repeat(10_000), "]".repeat(10_000));
        peer.shows("/deep", Page::Text(AS2, deep));
        let doubled = thread("/doubled").to_string().replacen('{', "{\"type\":\"Person\",", 1);
        peer.shows("/doubled", Page::Text(AS2, doubled));
        let mut wide = thread("/wide");
        wide["name"] = "x".repeat(1_100_000).into();
        peer.serves("/wide", wide);
        for path in ["/deep", "/doubled", "/wide"] {
            nothing_at(&school, &at(path)).await;
        }

        // 51 ourselves, by any name.
        let port = school.url.port().unwrap();
        for url in [format!("http://localhost:{port}/post/1"), format!("http://localhost.:{port}/post/1")] {
            nothing_at(&school, &url).await;
        }
        let own = school.read(move |tx| posts::page(tx.conn, Audience::House, PostFilter::InGroup(looms), PostSort::New, None, 9)).await;
        let ids: Vec<&str> = own.items.iter().map(|row| row.ap_id.as_str()).collect();
        assert_eq!(ids, [at("/post/real").as_str()]);
    }

    async fn lists_of_thousands_are_cut_and_do_not_hurt(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let felix = peer.person("felix");
        let crowd = |number, mentions: usize, pictures: usize| {
            let mut note = toot(&felix, number, "<p>Many</p>", Some(&post.ap_id), &[]);
            note["tag"] = (0..mentions).map(|n| json!({
                "type": "Mention", "href": peer.at(&format!("/users/u{n}")), "name": format!("@u{n}") }))
                .collect::<Vec<Value>>().into();
            note["attachment"] = (0..pictures).map(|n| json!({
                "type": "Image", "url": peer.at(&format!("/i{n}.png")) })).collect::<Vec<Value>>().into();
            note
        };
        // 48 no server writes so much.
        let wide = create(&felix, &crowd(1, 4_000, 1_000));
        assert!(felix.sends(&wide).await == StatusCode::BAD_REQUEST, "48");
        // 50 of those it mentions nobody is looked up: only its author, and NodeInfo.
        applied(&school, &felix, &create(&felix, &crowd(2, 100, 50))).await;
        assert!(peer.all_fetches() <= 6, "{}", peer.all_fetches());
    }

    async fn chains_without_end_are_followed_only_so_far(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let there = is_let_in(&bob, &home, &group).await;
        // 49 each answers the next, and none is a thread.
        for n in 0..400 {
            let parent = lea.at(&format!("/comment/{}", n + 1));
            let link = note(&lea, n, &group.id, &parent, "On and on");
            home.serves(text(&link, "id"), link.clone());
        }
        let first = note(&lea, 0, &group.id, &lea.at("/comment/1"), "On and on");
        let before = home.all_fetches();
        refused(&school, &group, &announced(&group, &does(&lea, "Create", first, &group.id)), "").await;
        assert!(home.all_fetches() - before <= 70, "49 {}", home.all_fetches() - before);
        // One that answers itself.
        let own = lea.at("/comment/1000");
        let circle = note(&lea, 1000, &group.id, &own, "Round and round");
        home.serves(&own, circle.clone());
        let before = home.all_fetches();
        refused(&school, &group, &announced(&group, &does(&lea, "Create", circle, &group.id)), "").await;
        assert!(home.all_fetches() - before <= 6, "49 {}", home.all_fetches() - before);
        // 50 each by another, whose document is wanted as well.
        for n in 2_000..2_200 {
            let person = home.person(&format!("p{n}"));
            let parent = lea.at(&format!("/comment/{}", n + 1));
            let link = note(&person, n, &group.id, &parent, "On and on");
            home.serves(text(&link, "id"), link.clone());
        }
        let person = home.person("p1999");
        let first = note(&person, 1999, &group.id, &lea.at("/comment/2000"), "On and on");
        let before = home.all_fetches();
        refused(&school, &group, &announced(&group, &does(&person, "Create", first, &group.id)), "").await;
        assert!(home.all_fetches() - before <= 70, "50 {}", home.all_fetches() - before);
        let page = school.read(move |tx| posts::page(tx.conn, Audience::House, PostFilter::InGroup(there), PostSort::New, None, 9)).await;
        assert!(page.items.is_empty());
    }

    async fn a_handle_leads_only_to_whom_its_own_host_names(db: Database) {
        let school = Instance::start(db).await;
        let (peer, evil) = (Peer::mastodon(&school).await, Peer::mastodon(&school).await);
        let felix = peer.person("felix");
        // 35 a subject of another host; 87 a link to another host is asked there, by that host's word.
        evil.answers_webfinger("felix", json!({
            "subject": format!("acct:felix@{}", peer.host),
            "links": [{ "rel": "self", "type": "application/activity+json", "href": felix.id }],
        }));
        nothing_at(&school, &format!("@felix@{}", evil.host)).await;
        evil.answers_webfinger("none", json!({ "subject": format!("acct:none@{}", evil.host), "links": [] }));
        nothing_at(&school, &format!("@none@{}", evil.host)).await;
        evil.answers_webfinger("odd", json!({
            "subject": format!("acct:odd@{}", evil.host),
            "links": [{ "rel": "self", "type": "application/activity+json", "href": "file:///etc/passwd" }],
        }));
        nothing_at(&school, &format!("@odd@{}", evil.host)).await;
        assert!(actor(&school, &felix.id).await.is_none());
        let found = school.app().federation.resolve(&format!("@Felix@{}", peer.host.to_uppercase())).await;
        assert!(found.is_ok() || actor(&school, &felix.id).await.is_none(), "{found:?}");
        school.app().federation.resolve(&format!("felix@{}", peer.host)).await.unwrap();
        assert_eq!(actor(&school, &felix.id).await.unwrap().name, "felix");
    }
}
