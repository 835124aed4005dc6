//! Lemmy's own client library against our API: a whole story, on both databases.

// A test stops at what it does not expect.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "federation/help.rs"]
mod help;
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use coppice::community::threads;
use coppice::domain::ids::PostId;
use coppice::domain::kinds::RegistrationMode;
use coppice::domain::time::DAY;
use coppice::store::posts::{self, PostRow};
use help::{applied, group_url, joins};
use serde_json::{Value, json};
use support::guard::on_path;
use support::instance::{Instance, PASSWORD};
use support::peer::PUBLIC;
use support::{Database, Lane, Peer, Skip, on_both_databases};

on_both_databases! {
    async fn two_people_do_with_lemmys_client_all_that_it_offers(db: Database) {
        tell("story.mjs", db, RegistrationMode::Open).await;
    }

    async fn members_keep_for_themselves_what_they_saved_blocked_and_set(db: Database) {
        tell("personal.mjs", db, RegistrationMode::Open).await;
    }

    async fn what_moderators_and_administrators_do_with_lemmys_client_arrives_here_and_elsewhere(db: Database) {
        let Some(modules) = modules() else { return };
        let instance = Instance::start(db).await;
        let lemmy = Peer::lemmy(&instance).await;
        let ann = instance.admin("ann").await;
        let group = group_url(&instance, ann.founds("biology").await).await;
        let lea = lemmy.person("lea");
        joins(&instance, &lemmy, &lea, &group).await;
        // Somebody there stays a follower when she is banned.
        joins(&instance, &lemmy, &lemmy.person("piet"), &group).await;
        let thread = lea.at("/post/1");
        applied(&instance, &lea, &lea.does("Create", json!({
            "type": "Page", "id": thread, "attributedTo": lea.id, "to": [group, PUBLIC], "audience": group,
            "name": "From lea", "published": "2026-11-01T12:11:22Z",
        }))).await;
        run("moderation.mjs", &instance, modules).await;
        hears_of_moderation(&lemmy, &lea.id, &group).await;
    }

    async fn what_administrators_are_answered_has_the_shapes_that_lemmys_client_declares(db: Database) {
        let Some(modules) = modules() else { return };
        let instance = Instance::start(db).await;
        instance.admin("rosa").await;
        run("administration.mjs", &instance, modules).await;
    }

    async fn who_applies_to_join_is_told_so_and_waits(db: Database) {
        tell("approval.mjs", db, RegistrationMode::Approval).await;
    }

    async fn guesses_at_a_password_are_slowed_down(db: Database) {
        let instance =
            Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        let url = instance.url.join("/api/v3/user/login").unwrap();
        let body = r#"{"username_or_email":"ann","password":"guess"}"#;
        let client = reqwest::Client::new();
        let mut statuses = Vec::new();
        for _ in 0..12 {
            let request = client.post(url.clone()).header("content-type", "application/json");
            let response = request.body(body).send().await.unwrap();
            statuses.push(response.status().as_u16());
            if response.status() == 429 {
                assert!(response.headers().contains_key("retry-after"));
                let answer: serde_json::Value = response.json().await.unwrap();
                assert_eq!(answer["error"], "rate_limit_error");
            }
        }
        assert_eq!((statuses[0], statuses[11]), (401, 429));
    }

    async fn a_token_counts_where_clients_of_lemmy_0_18_put_it(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let at = |path: &str| instance.url.join("/api/v3/").unwrap().join(path).unwrap();
        let client = reqwest::Client::new();
        let post = async |path: &str, body: serde_json::Value| -> serde_json::Value {
            let answer = client.post(at(path)).json(&body).send().await.unwrap();
            answer.json().await.unwrap()
        };
        let login = serde_json::json!({ "username_or_email": "ann", "password": PASSWORD });
        let token = post("user/login", login).await["jwt"].as_str().unwrap().to_owned();
        let new = |auth: &str| serde_json::json!({ "name": "bio", "title": "Biology", "auth": auth });
        assert_eq!(post("community", new("guess")).await["error"], "incorrect_login");
        let made = post("community", new(&token)).await;
        assert_eq!(made["community_view"]["community"]["name"], "bio");
        let site = client.get(at(&format!("site?auth={token}"))).send().await.unwrap();
        let site: serde_json::Value = site.json().await.unwrap();
        assert_eq!(site["my_user"]["local_user_view"]["person"]["name"], "ann");
    }

    async fn pinned_threads_begin_a_groups_list_and_its_pages_are_full(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let group = ann.founds("biology").await;
        for name in ["one", "two", "three", "four", "five", "six"] {
            let id = ann.posts(group, name).await.id;
            if matches!(name, "two" | "four") {
                let by = ann.id;
                instance.act(move |tx| threads::feature(tx, by, id, true)).await.unwrap();
            }
        }
        for (sort, order) in [
            ("New", ["four", "two", "six", "five", "three", "one"]),
            ("Old", ["two", "four", "one", "three", "five", "six"]),
        ] {
            for limit in 1..=7 {
                let list = format!("post/list?community_id={group}&sort={sort}&limit={limit}");
                let pages: Vec<Vec<&str>> = order.chunks(limit).map(<[&str]>::to_vec).collect();
                let mut cursor = String::new();
                for (number, page) in pages.iter().enumerate() {
                    let by_number = get(&instance, &format!("{list}&page={}", number + 1)).await;
                    assert_eq!(&titles(&by_number), page, "{sort}, page {number} of {limit}");
                    let answer = get(&instance, &format!("{list}{cursor}")).await;
                    assert_eq!(&titles(&answer), page, "{sort}, walk {number} of {limit}");
                    let next = answer["next_page"].as_str();
                    assert_eq!(next.is_some(), number + 1 < pages.len());
                    cursor = format!("&page_cursor={}", next.unwrap_or_default());
                }
            }
        }
    }

    async fn the_top_of_a_time_holds_what_was_published_in_it(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let group = ann.founds("biology").await;
        let model = ann.posts(group, "now").await;
        for (days, title) in [(2, "days ago"), (60, "months ago"), (400, "years ago")] {
            let model = model.clone();
            instance
                .act(move |tx| {
                    let id = tx.next_id();
                    let row = PostRow {
                        id: PostId(id),
                        ap_id: tx.house.address.post(id).to_string(),
                        title: title.to_owned(),
                        published: tx.now.minus(days * DAY),
                        // The older, the better.
                        score: days,
                        ..model.clone()
                    };
                    Ok(posts::insert(tx.conn, &row)?)
                })
                .await
                .unwrap();
        }
        let all = ["years ago", "months ago", "days ago", "now"];
        for (sort, from) in [
            ("TopAll", 0),
            ("TopYear", 1),
            ("TopNineMonths", 1),
            ("TopSixMonths", 1),
            ("TopThreeMonths", 1),
            ("TopMonth", 2),
            ("TopWeek", 2),
            ("TopDay", 3),
            ("TopTwelveHour", 3),
            ("TopSixHour", 3),
            ("TopHour", 3),
        ] {
            for within in [format!("community_id={group}"), "type_=Local".to_owned()] {
                let list = format!("post/list?{within}&sort={sort}");
                assert_eq!(titles(&get(&instance, &list).await), all[from..], "{sort}");
                let second = get(&instance, &format!("{list}&limit=1&page=2")).await;
                let expected: Vec<&str> = all[from..].iter().skip(1).take(1).copied().collect();
                assert_eq!(titles(&second), expected, "{sort}");
            }
        }
    }
}

async fn get(instance: &Instance, call: &str) -> serde_json::Value {
    let url = instance.url.join("/api/v3/").unwrap().join(call).unwrap();
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

fn titles(answer: &serde_json::Value) -> Vec<&str> {
    let posts = answer["posts"].as_array().unwrap();
    posts
        .iter()
        .map(|view| view["post"]["name"].as_str().unwrap())
        .collect()
}

/// What the script did, as a server of Lemmy's that follows the group is told: each act once, by its words.
async fn hears_of_moderation(lemmy: &Peer, lea: &str, group: &str) {
    let home = group.split("/c/").next().unwrap();
    let of = |name: &str| format!("{home}/u/{name}");
    let site = format!("{home}/");
    // Verb, what is done by it, whose reason, and how often.
    for (verb, inner, reason) in [
        ("Delete", "", "off topic"),
        ("Undo", "Delete", "on topic after all"),
        ("Lock", "", "heated"),
        ("Delete", "", "rude"),
        ("Undo", "Delete", "not so rude"),
        ("Block", "", "spam again"),
        ("Undo", "Block", "a mistake"),
        ("Block", "", "sells looms"),
        ("Undo", "Block", "looms are welcome"),
        ("Block", "", "threats"),
        ("Undo", "Block", "has apologised"),
        ("Delete", "", "not a topic"),
        ("Undo", "Delete", "a topic"),
        ("Delete", "", "asked for"),
        ("Delete", "", "copied"),
        ("Block", "", "asked to be forgotten"),
    ] {
        let told = |activity: &Value| {
            let act = act(activity);
            let reasoned = if inner.is_empty() {
                act
            } else {
                &act["object"]
            };
            act["type"] == verb
                && (inner.is_empty() || reasoned["type"] == inner)
                && reasoned["summary"] == reason
        };
        let got = lemmy
            .received(&format!("{verb} {inner}: {reason}"), told)
            .await;
        assert_eq!(lemmy.count(told), 1, "{verb} {inner}: {reason}");
        if verb != "Block" {
            continue;
        }
        let block = act(&got.activity);
        let (person, place) = match reason {
            "spam again" => (of("bob"), group),
            "sells looms" => (lea.to_owned(), group),
            "threats" => (of("carl"), site.as_str()),
            _ => (of("bob"), site.as_str()),
        };
        assert_eq!(block["object"], person, "{block}");
        assert_eq!(block["target"], place, "{block}");
        assert_eq!(block["removeData"], true, "{block}");
        let ends = block["endTime"].is_string();
        assert_eq!(ends, reason != "asked to be forgotten", "{block}");
    }
    let pins = |verb: &'static str, list: &'static str| {
        let target = format!("{group}/{list}");
        move |activity: &Value| {
            let act = act(activity);
            act["type"] == verb && act["target"] == target.as_str()
        }
    };
    for (verb, list) in [
        ("Add", "moderators"),
        ("Remove", "moderators"),
        ("Add", "featured"),
        ("Remove", "featured"),
    ] {
        lemmy.received(list, pins(verb, list)).await;
        assert_eq!(lemmy.count(pins(verb, list)), 1, "{verb} {list}");
    }
    let spoken = |activity: &Value| act(activity)["object"]["distinguished"] == true;
    lemmy.received("words for the group", spoken).await;
    let unlocked = |activity: &Value| act(activity)["object"]["type"] == "Lock";
    lemmy.received("an unlocking", unlocked).await;
    assert!(lemmy.inbox().iter().all(|got| got.fault.is_none()));
}

/// What a group announces, or what is said without one.
fn act(activity: &Value) -> &Value {
    match activity["object"]["object"].is_null() || activity["type"] != "Announce" {
        true => activity,
        false => &activity["object"],
    }
}

/// Runs a script against a new instance.
async fn tell(script: &'static str, db: Database, registration: RegistrationMode) {
    let Some(modules) = modules() else { return };
    let instance = Instance::start_with(db, |settings| settings.registration = registration).await;
    run(script, &instance, modules).await;
}

async fn run(script: &'static str, instance: &Instance, modules: PathBuf) {
    let base = instance.url.as_str().trim_end_matches('/').to_owned();
    let output = tokio::task::spawn_blocking(move || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/lemmy_client")
            .join(script);
        Command::new("node")
            .arg(script)
            .arg(base)
            .arg(modules)
            .output()
    });
    let output = output.await.unwrap().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Where the library is; `None` where the lane is skipped.
fn modules() -> Option<PathBuf> {
    match library() {
        Ok(modules) => Some(modules),
        Err(why) => {
            Lane::Node.skip(&why);
            None
        }
    }
}

/// The folder with `node_modules/lemmy-js-client`, beside what cargo builds; filled on first use.
fn library() -> Result<PathBuf, Skip> {
    static LIBRARY: OnceLock<Result<PathBuf, Skip>> = OnceLock::new();
    LIBRARY.get_or_init(install).clone()
}

fn install() -> Result<PathBuf, Skip> {
    for program in ["node", "npm"] {
        if on_path(&[program]).is_none() {
            let package = if program == "node" { "nodejs" } else { "npm" };
            return Err(Skip(format!("no {program} on PATH (Debian: {package})")));
        }
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../npm");
    if folder.join("node_modules/lemmy-js-client").is_dir() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder).map_err(|e| Skip(format!("{}: {e}", folder.display())))?;
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .arg("--prefix")
        .arg(&folder)
        .arg("lemmy-js-client@0.19")
        .output()
        .map_err(|e| Skip(format!("npm: {e}")))?;
    if output.status.success() {
        Ok(folder)
    } else {
        let why = String::from_utf8_lossy(&output.stderr);
        Err(Skip(format!(
            "npm cannot install lemmy-js-client: {}",
            why.trim()
        )))
    }
}
