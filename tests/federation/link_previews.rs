//! Links of threads from elsewhere: a page is looked at by ourselves, once, and its server is not overrun.

use coppice::community::threads::{self, Publish};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::kinds::Contribution;
use coppice::domain::limits::{Body, Title, WebLink};
use coppice::domain::time::SECOND;
use coppice::store::previews;
use serde_json::json;

use crate::help::{applied, group_url, is_let_in, joins};
use crate::lemmy::{does, page};
use crate::support::peer::Page;
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};

async fn curious(db: Database, spread: u32) -> Instance {
    Instance::start_with(db, |settings| {
        settings.link_previews.enabled = true;
        settings.link_previews.spread = spread;
    })
    .await
}

fn linking(author: &PeerActor, number: u64, group: &str, link: &str) -> serde_json::Value {
    let mut thread = page(author, number, group, "With a link");
    thread["attachment"] = json!([{ "type": "Link", "href": link }]);
    does(author, "Create", thread, group)
}

async fn links_to(member: &Member<'_>, group: ActorId, link: &str) -> PostId {
    let publish = Publish {
        group,
        title: Title::parse("A link of ours").unwrap(),
        body: Body::parse("").unwrap(),
        link: Some(WebLink::parse(link).unwrap()),
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    let me = member.id;
    member
        .home
        .act(move |tx| threads::publish(tx, me, &publish))
        .await
        .unwrap()
}

on_both_databases! {
    async fn a_link_that_comes_from_many_places_is_looked_at_once(db: Database) {
        let school = curious(db, 0).await;
        let (site, home, other) = (Peer::start(None, &school.url).await, Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        site.shows("/looms", Page::Text("text/html", "<title>Looms</title>".to_owned()));
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        let (lea, leo) = (home.person("lea"), other.person("leo"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &leo, &group).await;
        for (author, number) in [(&lea, 1), (&leo, 1), (&lea, 2)] {
            applied(&school, author, &linking(author, number, &group, &site.at("/looms"))).await;
        }
        let key = previews::key_of(&site.at("/looms"));
        eventually("the page is seen", || async {
            let key = key.clone();
            let row = school.read(move |tx| previews::find(tx.conn, &key)).await;
            row.is_some_and(|row| row.title.as_deref() == Some("Looms"))
        }).await;
        applied(&school, &leo, &linking(&leo, 2, &group, &site.at("/looms"))).await;
        assert_eq!(site.fetches("/looms"), 1);
    }

    async fn one_server_is_not_asked_for_many_pages_at_once(db: Database) {
        let school = curious(db, 40).await;
        let (site, home) = (Peer::start(None, &school.url).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &group).await;
        let before = coppice::domain::time::Timestamp::now();
        let links: Vec<String> = (1..=6).map(|n| site.at(&format!("/page/{n}"))).collect();
        for (link, number) in links.iter().zip(1..) {
            applied(&school, &lea, &linking(&lea, number, &group, link)).await;
        }
        let keys: Vec<String> = links.iter().map(|link| previews::key_of(link)).collect();
        let rows = school.read(move |tx| {
            keys.iter().map(|key| previews::find(tx.conn, key)).collect::<Result<Vec<_>, _>>()
        }).await;
        let mut times: Vec<i64> = rows.iter().map(|row| row.as_ref().unwrap().next_attempt.since(before)).collect();
        times.sort_unstable();
        for pair in times.windows(2) {
            // A look under way is put off for a while, which moves it to the end.
            assert!(pair[1] - pair[0] >= 9 * SECOND, "{times:?}");
        }
        assert!(site.all_fetches() <= 1);
        // A member's own link does not stand in that queue.
        site.shows("/mine", Page::Text("text/html", "<title>Mine</title>".to_owned()));
        let mine = site.at("/mine");
        let id = links_to(&alice, looms, &mine).await;
        eventually("the member's link is seen", || async {
            let row = school.post(id).await;
            let found = school.read(move |tx| previews::of(tx.conn, std::iter::once(&row))).await;
            found.get(&id).is_some_and(|page| page.title.as_deref() == Some("Mine"))
        }).await;
    }

    async fn the_server_of_a_blocked_host_is_left_alone(db: Database) {
        let school = curious(db, 0).await;
        let (site, home) = (Peer::start(None, &school.url).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let group = group_url(&school, alice.founds("looms").await).await;
        let lea = home.person("lea");
        joins(&school, &home, &lea, &group).await;
        let domain = coppice::domain::hosts::Domain::parse("blocked.localhost").unwrap();
        school.act(move |tx| {
            use coppice::community::{hosts, queue::By};
            hosts::block(tx, By::Operator, &domain, None).map(|_| ())
        }).await.unwrap();
        let link = site.at("/").replace("//localhost", "//www.blocked.localhost");
        applied(&school, &lea, &linking(&lea, 1, &group, &link)).await;
        let key = previews::key_of(&link);
        eventually("it was decided", || async {
            let key = key.clone();
            let row = school.read(move |tx| previews::find(tx.conn, &key)).await;
            row.is_some_and(|row| row.looked_at.is_some() && row.title.is_none())
        }).await;
        assert_eq!(site.all_fetches(), 0);
    }

    async fn what_came_with_the_thread_of_another_server_is_looked_at_at_a_time_of_our_own(db: Database) {
        let (hour, minute) = (3600, 60);
        let school = curious(db, hour).await;
        let (site, home) = (Peer::start(None, &school.url).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let (group, lea) = (home.group("looms"), home.person("lea"));
        is_let_in(&alice, &home, &group).await;
        let before = coppice::domain::time::Timestamp::now();
        let mut waits = Vec::new();
        for number in 1..=8 {
            // Different servers, so that none waits for another.
            let link = site.at("/loom").replace("//localhost", &format!("//www{number}.localhost"));
            let create = linking(&lea, number, &group.id, &link);
            home.serves(create["object"]["id"].as_str().unwrap(), create["object"].clone());
            applied(&school, &group, &group.does("Announce", create)).await;
            let key = previews::key_of(&link);
            let row = school.read(move |tx| previews::find(tx.conn, &key)).await.unwrap();
            waits.push(row.next_attempt.since(before));
        }
        let longest = i64::from(hour) * SECOND + i64::from(minute) * SECOND;
        assert!(waits.iter().all(|wait| (0..longest).contains(wait)), "{waits:?}");
        // Eight random times of an hour do not all fall into one minute.
        let (first, last) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
        assert!(last - first > i64::from(minute) * SECOND, "{waits:?}");
    }
}
