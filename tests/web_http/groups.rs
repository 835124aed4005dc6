//! The directory of groups, on its page and in apps: in which order it stands, and what it leaves out.

use coppice::domain::ids::ActorId;
use serde_json::{Value, json};

use crate::app::App;
use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

/// The names of the groups that an app gets.
async fn listed(app: &App, asked: &str) -> Vec<String> {
    let answer = app.asks(&format!("community/list?{asked}")).await;
    let groups = answer["communities"].as_array().unwrap();
    let name = |view: &Value| view["community"]["name"].as_str().unwrap().to_owned();
    groups.iter().map(name).collect()
}

/// The same of the page, in the order in which they stand on it.
async fn shown<'a>(visitor: &Visitor, path: &str, names: &[&'a str]) -> Vec<&'a str> {
    let page = visitor.get(path).await.text();
    let place = |name: &str| page.find(&format!("href=\"/c/{name}\""));
    let mut found: Vec<&str> = names
        .iter()
        .copied()
        .filter(|n| place(n).is_some())
        .collect();
    found.sort_by_key(|name| place(name));
    found
}

on_both_databases! {
    async fn groups_are_listed_in_the_order_that_is_asked_for(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let looms = ann.founds("looms").await;
        let wheels = ann.founds("wheels").await;
        let dyes = ann.founds("dyes").await;
        for (name, groups) in [("ben", vec![looms, dyes]), ("cat", vec![dyes])] {
            instance.member(name).await;
            let app = App::logged_in(&instance, name).await;
            for group in groups {
                app.posts("community/follow", json!({ "community_id": group, "follow": true })).await;
            }
        }
        let thread = ann.posts(wheels, "Which wheel?").await;
        for answer in ["A small one", "A big one"] {
            ann.replies(thread.id, None, answer).await;
        }
        ann.posts(looms, "Which loom?").await;

        let app = App::of(&instance);
        let visitor = Visitor::of(&instance);
        for (sorts, word, order) in [
            (&["Active", "Hot", "Scaled", "NewComments"][..], "active", ["looms", "wheels", "dyes"]),
            (&["TopAll", "TopYear", "TopNineMonths", "TopSixMonths", "TopThreeMonths", "TopMonth", "TopWeek", "TopDay",
               "TopTwelveHour", "TopSixHour", "TopHour"], "followed", ["dyes", "looms", "wheels"]),
            (&["New"], "new", ["dyes", "wheels", "looms"]),
            (&["Old"], "old", ["looms", "wheels", "dyes"]),
            (&["MostComments", "Controversial"], "discussed", ["wheels", "dyes", "looms"]),
        ] {
            for sort in sorts {
                for kind in ["All", "Local"] {
                    assert_eq!(listed(&app, &format!("type_={kind}&sort={sort}")).await, order, "{kind}, {sort}");
                }
            }
            for (number, name) in order.iter().enumerate() {
                let asked = format!("sort={}&limit=1&page={}", sorts[0], number + 1);
                assert_eq!(listed(&app, &asked).await, [*name], "{asked}");
            }
            assert!(listed(&app, &format!("sort={}&limit=1&page=4", sorts[0])).await.is_empty());
            let path = format!("/groups?show=all&sort={word}");
            assert_eq!(shown(&visitor, &path, &["looms", "wheels", "dyes"]).await, order, "{path}");
        }
        // Without an order, the lively ones come first; one that nobody knows is refused.
        assert_eq!(listed(&app, "").await, ["looms", "wheels", "dyes"]);
        let unknown = app.refused(reqwest::Method::GET, "community/list?sort=Best", Value::Null).await;
        assert!(!unknown.is_empty());
        let ben = App::logged_in(&instance, "ben").await;
        assert_eq!(listed(&ben, "type_=Subscribed&sort=TopAll").await, ["dyes", "looms"]);
        assert_eq!(listed(&ben, "type_=ModeratorView&sort=TopAll").await, Vec::<String>::new());
        assert_eq!(listed(&app, "type_=Subscribed&sort=TopAll").await, Vec::<String>::new());
        let ann = App::logged_in(&instance, "ann").await;
        assert_eq!(listed(&ann, "type_=ModeratorView&sort=Old").await, ["looms", "wheels", "dyes"]);

        // The page leads on in its order, and says which one it is.
        let page = visitor.get("/groups?show=local&sort=followed").await.text();
        assert!(page.contains("<a href=\"/groups?show=local&amp;sort=followed\" aria-current=\"page\">Most followed</a>"), "{page}");
        assert!(page.contains("<a href=\"/groups?show=all&amp;sort=followed\">All</a>"), "{page}");
    }

    async fn sensitive_groups_are_listed_for_who_asks_for_them(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        ann.founds("looms").await;
        let founder = App::logged_in(&instance, "ann").await;
        let made = founder.posts("community", json!({ "name": "nudes", "title": "Life drawing", "nsfw": true })).await;
        let nudes: ActorId = serde_json::from_value(made["community_view"]["community"]["id"].clone()).unwrap();
        instance.member("ben").await;
        let (ben, stranger) = (App::logged_in(&instance, "ben").await, App::of(&instance));
        for app in [&stranger, &ben] {
            for kind in ["All", "Local"] {
                let list = format!("type_={kind}&sort=New");
                assert_eq!(listed(app, &list).await, ["looms"]);
                assert_eq!(listed(app, &format!("{list}&show_nsfw=true")).await, ["nudes", "looms"]);
                assert_eq!(listed(app, &format!("{list}&show_nsfw=false")).await, ["looms"]);
            }
        }
        // Followed, it is one's own; and who wants to see such groups sees them, whatever an app says.
        ben.posts("community/follow", json!({ "community_id": nudes, "follow": true })).await;
        assert_eq!(listed(&ben, "type_=Subscribed").await, ["nudes"]);
        ben.puts("user/save_user_settings", json!({ "show_nsfw": true })).await;
        for asked in ["sort=New", "sort=New&show_nsfw=false"] {
            assert_eq!(listed(&ben, asked).await, ["nudes", "looms"], "{asked}");
        }
    }
}
