//! Which servers are welcome: blocked domains, allowed ones, and what follows at every door.

use axum::http::StatusCode;
use coppice::domain::hosts::Domain;
use coppice::store::schema::accounts;
use coppice::store::{StoreError, activities, follows, groups, hosts};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::help::{a_while, actor, applied, follow, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, page};
use crate::support::instance::PASSWORD;
use crate::support::peer::PUBLIC;
use crate::support::{Database, Instance, Member, Peer, on_both_databases};

/// An administrator at Lemmy's API.
pub struct Admin<'a> {
    instance: &'a Instance,
    token: String,
}

impl<'a> Admin<'a> {
    pub async fn of(member: &Member<'a>) -> Admin<'a> {
        let me = member.id;
        let instance = member.home;
        instance
            .act(move |tx| {
                let row = accounts::table.find(me);
                let made = diesel::update(row)
                    .set(accounts::admin.eq(true))
                    .execute(tx.conn);
                made.map_err(|error| StoreError::from(error).into())
                    .map(|_| ())
            })
            .await
            .unwrap();
        Admin {
            instance,
            token: log_in(instance, &member.name).await,
        }
    }

    pub async fn edits_site(&self, change: Value) -> Value {
        call(self.instance, "PUT", "site", Some(&self.token), change)
            .await
            .1
    }
}

pub async fn log_in(instance: &Instance, name: &str) -> String {
    let form = json!({ "username_or_email": name, "password": PASSWORD });
    let (_, answer) = call(instance, "POST", "user/login", None, form).await;
    answer["jwt"].as_str().unwrap().to_owned()
}

pub async fn call(
    instance: &Instance,
    method: &str,
    path: &str,
    token: Option<&str>,
    form: Value,
) -> (StatusCode, Value) {
    let url = instance.url.join("/api/v3/").unwrap().join(path).unwrap();
    let mut request = reqwest::Client::new().request(method.parse().unwrap(), url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let request = if method == "GET" {
        request
    } else {
        request.json(&form)
    };
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

fn domains(answer: &Value, list: &str) -> Vec<String> {
    let list = answer["federated_instances"][list].as_array().unwrap();
    list.iter()
        .map(|row| row["domain"].as_str().unwrap().to_owned())
        .collect()
}

on_both_databases! {
    async fn an_administrators_app_edits_the_site_and_others_do_not(db: Database) {
        let school = Instance::start(db).await;
        let (ann, bob) = (school.member("ann").await, school.member("bob").await);
        let admin = Admin::of(&ann).await;
        let answer = admin.edits_site(json!({
            "name": "Riverside", "description": "A college", "sidebar": "*Welcome*",
            "registration_mode": "RequireApplication", "application_question": "Why?",
            "icon": "https://school.example/icon.png", "enable_downvotes": false,
            "allowed_instances": ["Good.Example:8443", "lemmy-beta"], "blocked_instances": ["bad.example"],
            "blocked_urls": ["https://evil.com/", "http://evil.com"],
        })).await;
        let (site, local) = (&answer["site_view"]["site"], &answer["site_view"]["local_site"]);
        assert_eq!(site["name"], "Riverside", "{answer}");
        assert_eq!((&site["description"], &site["sidebar"]), (&json!("A college"), &json!("*Welcome*")));
        assert_eq!(site["icon"], "https://school.example/icon.png");
        assert_eq!((&local["registration_mode"], &local["application_question"]), (&json!("RequireApplication"), &json!("Why?")));
        assert_eq!(local["enable_downvotes"], true, "what is not to be had is answered as it is");

        // What is left out stays; an empty list ends one.
        let answer = admin.edits_site(json!({ "registration_mode": "Open", "icon": "", "blocked_instances": [] })).await;
        assert_eq!(answer["site_view"]["site"]["name"], "Riverside");
        assert_eq!(answer["site_view"]["site"].get("icon"), None);
        assert_eq!(answer["site_view"]["local_site"]["registration_mode"], "Open");
        let (_, listed) = call(&school, "GET", "federated_instances", None, Value::Null).await;
        assert_eq!(domains(&listed, "allowed"), ["good.example", "lemmy-beta"]);
        assert!(domains(&listed, "blocked").is_empty());
        let (_, site) = call(&school, "GET", "site", None, Value::Null).await;
        assert_eq!(site["blocked_urls"][0]["url"], "evil.com");
        assert_eq!(site["blocked_urls"].as_array().unwrap().len(), 1);

        let token = log_in(&school, &bob.name).await;
        let (status, refusal) = call(&school, "PUT", "site", Some(&token), json!({ "name": "Bob's" })).await;
        assert_eq!((status, &refusal["error"]), (StatusCode::BAD_REQUEST, &json!("not_an_admin")));
        let refusal = admin.edits_site(json!({ "blocked_instances": ["not a host"] })).await;
        assert_eq!(refusal["error"], "invalid_url", "{refusal}");
        let refusal = admin.edits_site(json!({ "blocked_instances": ["localhost"] })).await;
        assert_eq!(refusal["error"], "invalid_url", "this server itself: {refusal}");
    }

    async fn nothing_is_taken_from_a_blocked_host_nor_sent_there(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let admin = Admin::of(&ann).await;
        let ours = group_url(&school, ann.founds("looms").await).await;
        let bad = Peer::start_at("127.0.0.2", &school.url).await;
        let good = Peer::start_at("127.0.0.3", &school.url).await;
        let (lea, mia) = (bad.person("lea"), good.person("mia"));
        joins(&school, &bad, &lea, &ours).await;
        joins(&school, &good, &mia, &ours).await;
        let theirs = bad.group("weaving");
        let weaving = is_let_in(&ann, &bad, &theirs).await;
        let before = page(&lea, 1, &ours, "Before the block");
        applied(&school, &lea, &does(&lea, "Create", before.clone(), &ours)).await;
        let looms = actor(&school, &ours).await.unwrap().id;
        let followers = school.read(move |tx| groups::get(tx.conn, looms)).await.follower_count;
        assert_eq!(followers, 3);

        // Whether the port is named or not.
        admin.edits_site(json!({ "blocked_instances": [bad.host] })).await;
        let fetched = bad.all_fetches();
        let delivered = bad.inbox().len();
        let like = lea.does("Like", text(&before, "id"));
        assert_eq!(lea.sends(&like).await, StatusCode::FORBIDDEN);
        let stranger = bad.person("stranger");
        assert_eq!(stranger.sends(&follow(&stranger, &ours)).await, StatusCode::FORBIDDEN);
        assert!(school.app().federation.resolve(&bad.person("new").id).await.is_err());
        assert!(school.app().federation.resolve(&format!("@new@{}", bad.host)).await.is_err());
        // Not even through somebody else's group.
        let group = good.group("cloth");
        is_let_in(&ann, &good, &group).await;
        let inner = does(&lea, "Create", page(&lea, 2, &group.id, "By the back door"), &group.id);
        refused(&school, &group, &announced(&group, &inner), "blocked").await;
        // Follows are over on both sides, and what came before stays.
        let me = ann.id;
        assert!(school.read(move |tx| follows::find(tx.conn, me, weaving)).await.is_none());
        assert_eq!(school.read(move |tx| groups::get(tx.conn, looms)).await.follower_count, 2);
        assert!(school.post_by_ap_id(text(&before, "id")).await.is_some());
        let after = ann.posts(looms, "After the block").await;
        good.received("the announcement", |a| a["object"]["object"]["id"] == after.ap_id.as_str()).await;
        a_while().await;
        assert_eq!((bad.all_fetches(), bad.inbox().len()), (fetched, delivered));

        // Let in again, it may come back.
        admin.edits_site(json!({ "blocked_instances": [] })).await;
        joins(&school, &bad, &lea, &ours).await;
    }

    async fn with_a_list_of_allowed_hosts_all_others_are_shut_out(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let admin = Admin::of(&ann).await;
        let looms = ann.founds("looms").await;
        let ours = group_url(&school, looms).await;
        let known = Peer::start_at("127.0.0.2", &school.url).await;
        let allowed = Peer::start_at("127.0.0.3", &school.url).await;
        let unknown = Peer::start_at("127.0.0.4", &school.url).await;
        let (lea, mia, zoe) = (known.person("lea"), allowed.person("mia"), unknown.person("zoe"));
        joins(&school, &known, &lea, &ours).await;
        admin.edits_site(json!({ "allowed_instances": ["127.0.0.3"] })).await;
        assert_eq!(lea.sends(&lea.does("Like", ours.as_str())).await, StatusCode::FORBIDDEN);
        assert_eq!(zoe.sends(&follow(&zoe, &ours)).await, StatusCode::FORBIDDEN);
        assert_eq!(unknown.all_fetches(), 0);
        joins(&school, &allowed, &mia, &ours).await;
        // The follow rests and is not forgotten: the list may grow again.
        let post = ann.posts(looms, "For the allowed").await;
        let of_post = |a: &Value| a["object"]["object"]["id"] == post.ap_id.as_str();
        allowed.received("the announcement", of_post).await;
        a_while().await;
        assert_eq!(known.count(of_post), 0);
        let waiting = school.read(|tx| activities::waiting(tx.conn)).await;
        assert_eq!(waiting, 0, "nothing is queued for those who are shut out");
        admin.edits_site(json!({ "allowed_instances": [] })).await;
        let post = ann.posts(looms, "For all again").await;
        known.received("the announcement", |a| a["object"]["object"]["id"] == post.ap_id.as_str()).await;
    }

    async fn a_subdomain_follows_its_domain_when_it_is_first_met(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        Admin::of(&ann).await.edits_site(json!({ "blocked_instances": ["Bücher.example"] })).await;
        let shut = |host: &'static str| school.read(move |tx| hosts::is_shut_out(tx.conn, host));
        assert!(shut("xn--bcher-kva.example").await && shut("a.xn--bcher-kva.example:8443").await);
        assert!(!shut("xn--bcher-kva.example.org").await && !shut("b.example").await);
        let row = school.act(|tx| {
            let house = tx.house;
            Ok(hosts::ensure(tx.conn, "sub.xn--bcher-kva.example", || house.ids.next(), tx.now)?)
        }).await.unwrap();
        assert!(row.blocked);
        assert!(Domain::parse("BÜCHER.example").unwrap().covers(&row.host));
    }

    async fn a_link_that_the_site_does_not_want_is_refused_at_every_door(db: Database) {
        let school = Instance::start(db).await;
        let ann = school.member("ann").await;
        let admin = Admin::of(&ann).await;
        let looms = ann.founds("looms").await;
        let ours = group_url(&school, looms).await;
        admin.edits_site(json!({ "blocked_urls": ["https://evil.com/"] })).await;
        let new = |link: &str, body: &str| json!({ "name": "A link", "community_id": looms, "url": link, "body": body });
        for form in [new("https://evil.com", ""), new("https://www.evil.com/x.png", ""), new("https://fine.example", "See <https://evil.com/x>.")] {
            let (status, refusal) = call(&school, "POST", "post", Some(&admin.token), form).await;
            assert_eq!((status, &refusal["error"]), (StatusCode::BAD_REQUEST, &json!("blocked_url")));
        }
        let (_, made) = call(&school, "POST", "post", Some(&admin.token), new("https://fine.example/evil.com", "")).await;
        let id = made["post_view"]["post"]["id"].clone();
        let reply = json!({ "post_id": id, "content": "[here](http://evil.com)" });
        let (_, refusal) = call(&school, "POST", "comment", Some(&admin.token), reply).await;
        assert_eq!(refusal["error"], "blocked_url");
        let edit = json!({ "post_id": id, "url": "https://evil.com/again" });
        let (_, refusal) = call(&school, "PUT", "post", Some(&admin.token), edit).await;
        assert_eq!(refusal["error"], "blocked_url");
        // And through the wire, into a group of ours.
        let peer = Peer::lemmy(&school).await;
        let lea = peer.person("lea");
        joins(&school, &peer, &lea, &ours).await;
        let mut spam = page(&lea, 1, &ours, "Buy this");
        spam["attachment"] = json!([{ "type": "Link", "href": "https://evil.com/buy" }]);
        spam["to"] = json!([ours, PUBLIC]);
        refused(&school, &lea, &does(&lea, "Create", spam, &ours), "does not want links").await;
    }
}
