//! The page that stands where there is none.

use reqwest::{Method, StatusCode};

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

on_both_databases! {
    async fn what_is_not_here_says_so_in_the_sites_own_frame(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        for path in [
            "/nope", "/post/1", "/post/x", "/post/99999999999999999999", "/comment/1", "/c/nobody", "/u/nobody",
            "/u/no@where.example", "/c/%00", "/u/%ff", "/setup?token=x", "/post/1/nope", "/assets/nope.js",
            "/pictures/..%2f..%2fetc%2fpasswd", "/pictures/nope.png", "/%2e%2e/%2e%2e/etc/passwd",
        ] {
            let answer = visitor.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            let text = answer.text();
            assert!(text.contains("<h1") && text.contains("id=\"main\""), "{path}:\n{text}");
        }
    }

    async fn the_wrong_method_is_told_which_one_is_right(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        for (method, path, allowed) in [
            (Method::GET, "/logout", "POST"),
            (Method::GET, "/settings/password", "POST"),
            (Method::GET, "/c/fungi/follow", "POST"),
            (Method::POST, "/about", "GET"),
            (Method::DELETE, "/login", "GET"),
            (Method::PUT, "/", "GET"),
        ] {
            let answer = visitor.sends(visitor.request(method.clone(), path)).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
            assert!(answer.text().contains("cannot be opened like that"), "{method} {path}");
        }
    }

    async fn a_cursor_that_cannot_be_read_is_a_bad_request_and_not_another_page(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        for path in [
            "/", "/groups", "/c/fungi", &thread, "/u/ann", "/notifications",
            "/admin/applications", "/admin/federation",
        ] {
            for after in ["nonsense", "1", "1.2.3", "zz.1", "-1.5", "1.", "'%20or%201=1", "ffffffffffffffffff.1"] {
                let answer = ann.get(&format!("{path}?after={after}")).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} after {after}");
                assert!(answer.text().contains("first page"), "{path} after {after}");
            }
            for after in ["", "0.0", "7fffffffffffffff.1"] {
                let answer = ann.get(&format!("{path}?after={after}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{path} after {after}");
            }
        }
        let answer = ann.get("/search?q=spores&after=nonsense").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(ann.get("/admin/federation?failures=x").await.status, StatusCode::BAD_REQUEST);
    }

    async fn odd_queries_are_answered_and_never_break_a_page(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        let long = "x".repeat(5_000);
        for query in [
            "%00", "%ff%fe", "'", "\"", "*", "%25", "(", "a%20AND", "-", "NEAR(", "%F0%9F%8D%84", "a:b", "\\", "@", "!",
            "@@", "a@", "!a@", "https://", "http://[::1", &long,
        ] {
            let answer = visitor.get(&format!("/search?q={query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{query:.20}");
        }
        for query in ["sort=nonsense", "show=nonsense", "sort=", "&&&==", "sort=top&sort=new", "tab=x"] {
            let answer = visitor.get(&format!("/?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}");
        }
    }

    async fn the_start_page_shows_members_the_newest_of_their_groups_and_visitors_this_site_too(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let visitor = Visitor::of(&instance);
        assert!(!visitor.get("/").await.text().contains("Whose threads"), "nothing to choose from yet");
        ann.begins_group("fungi").await;
        ann.begins_thread("fungi", "Spores in class", "How?").await;
        let home = ann.get("/").await.text();
        for current in ["/?show=subscribed&amp;sort=new", "/?show=local&amp;sort=active"] {
            let tab = format!("href=\"{current}\" aria-current=\"page\"");
            let page = if current.contains("local") { visitor.get("/?show=local").await.text() } else { home.clone() };
            assert!(page.contains(&tab), "{current}: {page}");
            assert!(page.contains("Spores in class"));
        }
        // A visitor has no groups: the address that members share with them shows everything.
        let shared = visitor.get("/?show=subscribed").await.text();
        assert!(shared.contains("href=\"/?show=all&amp;sort=active\" aria-current=\"page\""), "{shared}");
        assert!(!shared.contains("My groups"));
    }

    async fn a_nul_anywhere_is_no_fault_of_the_server(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let visitor = Visitor::of(&instance);
        for path in [
            "/u/%00", "/u/a%00b@where.example", "/u/ann@%00", "/c/%00", "/c/fun%00gi", "/search?q=a%00b", "/search?q=%00@%00",
            "/login?next=/%00", "/setup?token=%00", "/?sort=%00", "/post/%00", "/pictures/%00", "/assets/%00",
        ] {
            for accept in ["text/html", "application/activity+json"] {
                let request = visitor.request_of(accept, Method::GET, path);
                let answer = visitor.sends(request).await;
                assert!(!answer.status.is_server_error(), "{path} as {accept}: {}", answer.status);
            }
        }
        for (page, path) in [
            ("/login", "/login"), ("/register", "/register"), ("/login", "/setup"), ("/c/fungi", "/c/fungi/remote-follow"),
        ] {
            let fields = [
                "who", "password", "name", "display_name", "email", "token", "server", "next",
            ].map(|name| (name, "a\0b@c\0.example"));
            let answer = visitor.sends_form(page, path, &fields).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        }
        for path in ["/settings/profile", "/settings/email", "/settings/password", "/groups/new", "/c/fungi/edit", "/c/fungi/new"] {
            let fields = [
                "display_name", "bio", "institution", "email", "old_password", "new_password", "name", "title", "domain",
                "rules", "body", "link", "alt", "kept_picture",
            ].map(|name| (name, "some\0thing"));
            let answer = ann.sends_form("/settings", path, &fields).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        }
        for path in ["/.well-known/webfinger?resource=acct:a%00b@c", "/api/v3/user?username=%00", "/api/v3/community?name=%00"] {
            let answer = visitor.get(path).await;
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        }
    }
}
