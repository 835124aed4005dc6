//! Threads that an administrator pins on the front page, in pages and answers.

use std::collections::HashSet;

use coppice::community::groups::{self, NewGroup};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::Visibility;
use coppice::domain::limits::{DisplayName, Statement};
use coppice::domain::names::Name;
use reqwest::StatusCode;

use crate::app::App;
use crate::support::instance::{Instance, Member};
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// The threads of a list, in its order.
fn threads_of(page: &Answer) -> Vec<String> {
    let text = page.text();
    let items = text.split("<article class=\"post").skip(1);
    items
        .map(|item| {
            let start = item.find("<h2><a href=\"").expect("a title") + "<h2><a href=\"".len();
            item[start..].split('"').next().unwrap().to_owned()
        })
        .collect()
}

/// The address of the next page.
fn next_of(page: &Answer) -> Option<String> {
    let text = page.text();
    let (_, link) = text.split_once("rel=\"next\" href=\"")?;
    let address = link.split('"').next()?;
    Some(address.replace("&amp;", "&"))
}

/// All of a list, page after page, each thread once.
async fn walks(visitor: &Visitor, address: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut next = Some(address.to_owned());
    while let Some(address) = next {
        let page = visitor.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        all.extend(threads_of(&page));
        next = next_of(&page);
    }
    let once: HashSet<&String> = all.iter().collect();
    assert_eq!(once.len(), all.len(), "{address}: {all:?}");
    all
}

async fn founds_in_private(founder: &Member<'_>, name: &str) -> ActorId {
    let new = NewGroup {
        name: Name::parse(name).unwrap(),
        title: DisplayName::parse(name).unwrap(),
        domain: Statement::parse("Among us.").unwrap(),
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility: Visibility::Private,
    };
    let by = founder.id;
    founder
        .home
        .act(move |tx| groups::create(tx, by, &new))
        .await
        .unwrap()
}

on_both_databases! {
    async fn what_an_administrator_pins_stands_first_on_the_front_page_in_every_order(db: Database) {
        let instance = Instance::start(db).await;
        let admin = Visitor::sets_up(&instance, "ann").await;
        let ben = instance.member("ben").await;
        let fungi = ben.founds("fungi").await;
        let old = ben.posts(fungi, "Read this first").await;
        for number in 0..60 {
            ben.posts(fungi, &format!("Thread {number}")).await;
        }
        let old = format!("/post/{}", old.id);
        let visitor = Visitor::of(&instance);
        assert!(!threads_of(&visitor.get("/").await).contains(&old));

        let page = admin.get(&old).await.text();
        assert!(page.contains("Pin on the front page"), "{page}");
        let feature = format!("{old}/feature");
        let answer = admin.sends_form(&old, &feature, &[("where", "site"), ("on", "on")]).await;
        assert_eq!(answer.location(), old, "{}", answer.text());
        let page = admin.get(&old).await.text();
        assert!(page.contains("Unpin from the front page") && page.contains(">Pinned on the front page<"), "{page}");

        for sort in ["active", "new", "hot", "top", "discussed"] {
            for show in ["all", "local"] {
                let address = format!("/?show={show}&sort={sort}");
                let all = walks(&visitor, &address).await;
                assert_eq!(all.len(), 61, "{address}");
                assert_eq!(all[0], old, "{address}");
                assert_eq!(all.iter().filter(|path| **path == old).count(), 1, "{address}");
            }
        }
        let front = visitor.get("/").await.text();
        let first = front.split("<article class=\"post").nth(1).unwrap();
        assert!(first.contains(">Pinned<"), "{first}");
        assert_ne!(walks(&visitor, "/c/fungi?sort=new").await[0], old, "its group has its own pins");
        let own = Visitor::logged_in(&instance, "ben").await;
        assert_eq!(walks(&own, "/?show=subscribed").await[0], old, "in a group that he follows");

        let answer = admin.sends_form(&old, &feature, &[("where", "site")]).await;
        assert_eq!(answer.location(), old, "{}", answer.text());
        assert!(!threads_of(&visitor.get("/").await).contains(&old));
    }

    async fn what_one_may_not_read_is_not_shown_for_being_pinned(db: Database) {
        let instance = Instance::start(db).await;
        let admin = Visitor::sets_up(&instance, "ann").await;
        let ben = instance.member("ben").await;
        let fungi = founds_in_private(&ben, "fungi").await;
        let kept = ben.posts(fungi, "Only among us").await;
        let public = ben.founds("open").await;
        let removed = ben.posts(public, "Gone soon").await;
        for path in [format!("/post/{}", kept.id), format!("/post/{}", removed.id)] {
            let feature = format!("{path}/feature");
            let answer = admin.sends_form("/", &feature, &[("where", "site"), ("on", "on")]).await;
            assert_eq!(answer.location(), path, "{}", answer.text());
        }
        let path = format!("/post/{}", removed.id);
        let answer = admin.sends_form(&path, &format!("{path}/do/remove"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let visitor = Visitor::of(&instance);
        let front = visitor.get("/?show=all").await.text();
        assert!(!front.contains("Only among us") && !front.contains("Gone soon"), "{front}");
        let app = App::of(&instance);
        assert_eq!(app.asks("post/list?type_=All").await["posts"].as_array().unwrap().len(), 0);
        let mine = Visitor::logged_in(&instance, "ben").await;
        assert!(mine.get("/?show=all").await.text().contains("Only among us"));
    }

    async fn apps_find_pinned_threads_first_and_none_twice(db: Database) {
        let instance = Instance::start(db).await;
        Visitor::sets_up(&instance, "ann").await;
        let ben = instance.member("ben").await;
        let fungi = ben.founds("fungi").await;
        let mut pins = Vec::new();
        for number in 0..23 {
            let post = ben.posts(fungi, &format!("Thread {number}")).await;
            if number % 4 == 0 {
                pins.push(post.id.0);
            }
        }
        let admin = App::logged_in(&instance, "ann").await;
        for id in &pins {
            let form = serde_json::json!({ "post_id": id, "featured": true, "feature_type": "Local" });
            let answer = admin.posts("post/feature", form).await;
            assert_eq!(answer["post_view"]["post"]["featured_local"], true);
            assert_eq!(answer["post_view"]["post"]["featured_community"], false);
        }
        pins.reverse();
        let app = App::of(&instance);
        for listing in ["All", "Local"] {
            for sort in ["New", "Old", "Hot", "Active", "TopAll", "TopDay", "MostComments", "NewComments"] {
                let mut found: Vec<i64> = Vec::new();
                let mut cursor = String::new();
                loop {
                    let asked = format!("post/list?type_={listing}&sort={sort}&limit=4{cursor}");
                    let answer = app.asks(&asked).await;
                    let posts = answer["posts"].as_array().unwrap();
                    found.extend(posts.iter().map(|view| view["post"]["id"].as_i64().unwrap()));
                    match answer["next_page"].as_str() {
                        Some(next) => cursor = format!("&page_cursor={next}"),
                        None => break,
                    }
                }
                let mut first = pins.clone();
                if sort == "Old" {
                    first.reverse();
                }
                assert_eq!(found[..pins.len()], first, "{listing} {sort}");
                let once: HashSet<&i64> = found.iter().collect();
                assert_eq!((once.len(), found.len()), (23, 23), "{listing} {sort}");
                // Numbered pages are pieces of the same list.
                let second = app.asks(&format!("post/list?type_={listing}&sort={sort}&limit=4&page=2")).await;
                let second = second["posts"].as_array().unwrap().iter().map(|view| view["post"]["id"].as_i64().unwrap());
                assert_eq!(second.collect::<Vec<_>>(), found[4..8], "{listing} {sort}");
            }
        }
    }
}
