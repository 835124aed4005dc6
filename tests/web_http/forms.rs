//! Forms that no page of ours sent: SECURITY 64, and what they may carry: 53, 54, 68.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};

use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

/// Every path that takes a POST, as the router of the pages has it.
fn routes_that_take_forms() -> BTreeSet<String> {
    include_str!("../../src/web/mod.rs")
        .split(".route(")
        .skip(1)
        .filter(|route| route.contains("post("))
        .map(|route| route.split('"').nth(1).unwrap().to_owned())
        .collect()
}

on_both_databases! {
    async fn no_route_takes_a_form_without_the_token_of_this_browser(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let elsewhere = Visitor::of(&instance).get("/login").await.token();
        let routes = routes_that_take_forms();
        assert!(routes.len() > 25, "{routes:?}");
        for route in routes {
            let path = route
                .replace("/post/{id}", &thread)
                .replace("/comment/{id}", &reply)
                .replace("/message/{id}", "/message/1")
                .replace("{handle}", "fungi")
                .replace("{act}", "delete");
            assert!(!path.contains('{'), "a new kind of route: {path}");
            let rest = [("title", "x"), ("body", "x"), ("vote", "up"), ("password", PASSWORD)];
            for token in [None, Some(""), Some("AAAA"), Some(elsewhere.as_str())] {
                let fields: Vec<_> = token.map(|token| ("csrf", token)).into_iter().chain(rest).collect();
                let answer = ann.posts(&path, &fields).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {token:?}");
                assert!(answer.text().contains("no longer valid"), "{path}");
            }
        }
        assert_eq!(ann.get(&thread).await.status, StatusCode::OK);
        assert!(ann.get("/settings").await.text().contains("ann@example.org"));
    }

    async fn a_right_token_from_another_sites_page_is_refused(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let token = ann.get("/settings").await.token();
        let fields = [("csrf", token.as_str()), ("email", "new@example.org")];
        let request = ann.form_request("/settings/email", &fields);
        let answer = ann.sends(request.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let answer = ann.posts("/settings/email", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "from our own it is taken");
    }

    async fn nobody_becomes_administrator_by_adding_fields(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        let fields = [
            ("name", "dora"), ("email", "dora@example.org"), ("password", PASSWORD),
            ("admin", "true"), ("is_admin", "on"), ("state", "active"), ("local", "false"),
        ];
        let answer = visitor.sends_form("/register", "/register", &fields).await;
        assert_eq!(answer.location(), "/", "{}", answer.text());
        assert_eq!(visitor.get("/admin").await.status, StatusCode::FORBIDDEN);
    }

    async fn what_members_write_never_becomes_markup(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
        let link = "[x](javascript:alert(3)) <svg onload=alert(4)> <iframe src=//evil.example></iframe>";
        let body = format!("{evil} {link}");
        let group = [
            ("name", "fungi"), ("title", evil), ("domain", body.as_str()), ("rules", body.as_str()),
        ];
        let made = ann.sends_form("/groups/new", "/groups/new", &group).await;
        assert_eq!(made.location(), "/c/fungi", "{}", made.text());
        let profile = [("display_name", evil), ("institution", evil), ("bio", body.as_str())];
        let saved = ann.sends_form("/settings", "/settings/profile", &profile).await;
        assert_eq!(saved.location(), "/settings", "{}", saved.text());
        let thread = ann.begins_thread("fungi", evil, &body).await;
        let reply = ann.replies(&thread, &body).await;
        let search = "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let pages = [
            "/", "/groups", "/c/fungi", "/c/fungi/new", "/c/fungi/edit", "/c/fungi/close", "/u/ann", "/u/ann?tab=replies",
            "/settings", search, "/search?q=alert", "/about",
        ];
        let own = [
            thread.clone(), format!("{thread}/edit"), format!("{thread}/do/delete"),
            reply.clone(), format!("{reply}/edit"), format!("{reply}/reply"), format!("{reply}/do/delete"),
        ];
        for path in pages.into_iter().chain(own.iter().map(String::as_str)) {
            for reader in [&ann, &Visitor::of(&instance)] {
                let answer = reader.get(path).await;
                let text = answer.text();
                for mark in ["<script>", "<img src=x", "<svg onload", "<iframe", "href=\"javascript:"] {
                    assert!(!text.contains(mark), "{mark} on {path}");
                }
            }
        }
        assert!(ann.get(&thread).await.text().contains("&lt;script&gt;"), "it is shown as text");
    }

    async fn a_form_too_large_is_answered_with_a_page(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        let token = visitor.get("/login").await.token();
        let password = "x".repeat(13 * 1024 * 1024);
        let fields = [("csrf", token.as_str()), ("who", "ann"), ("password", &password)];
        let answer = visitor.posts("/login", &fields).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.text().contains("That is too large"), "{}", answer.text());
    }

    async fn a_form_that_is_no_form_is_a_bad_request(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let request = ann.request(Method::POST, "/groups/new").header("content-type", "multipart/form-data");
        let answer = ann.sends(request.body("no boundary")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("could not be read"), "{}", answer.text());
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        let vote = format!("{thread}/vote");
        let answer = ann.sends_form(&thread, &vote, &[("vote", "sideways")]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}
