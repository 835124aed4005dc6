//! What every page says in its head: SECURITY 58.

use reqwest::{Method, StatusCode};

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

fn assert_is_guarded(path: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{part} at {path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
}

fn vary(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter();
    let values: Vec<&str> = values.map(|value| value.to_str().unwrap()).collect();
    values.join(", ").to_lowercase()
}

on_both_databases! {
    async fn every_page_is_guarded_whoever_reads_it_and_whatever_its_status(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let fixed = [
            "/", "/about", "/groups", "/groups/new", "/search", "/search?q=spores", "/login", "/register",
            "/setup?token=x", "/settings", "/notifications", "/c/fungi", "/c/fungi/new", "/c/fungi/edit",
            "/u/ann", "/admin", "/admin/applications", "/admin/federation", "/admin/federation/rules",
            "/admin/federation/rules/export?format=csv", "/admin/federation/hosts/1",
            "/nope", "/post/1", "/c/nobody", "/logout", "/?after=nonsense",
            "/assets/nope.css", "/assets/style.css", "/favicon.ico", "/pictures/nope.png",
        ];
        let own = [
            thread.clone(), format!("{thread}/edit"), format!("{thread}/do/delete"),
            reply.clone(), format!("{reply}/edit"), format!("{reply}/reply"), format!("{reply}/do/remove"),
        ];
        for path in fixed.into_iter().chain(own.iter().map(String::as_str)) {
            for reader in [&ann, &Visitor::of(&instance)] {
                let answer = reader.get(path).await;
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
                assert_is_guarded(path, &answer);
                let text = answer.text();
                assert!(!text.contains(" style=\"") && !text.contains("<style"), "{path}");
                assert!(!text.contains("<script>"), "{path}");
            }
        }
        assert_is_guarded("a refused form", &ann.posts("/settings/email", &[]).await);
    }

    async fn what_depends_on_the_reader_says_so_to_caches(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        let reply = ann.replies(&thread, "So.").await;
        for path in ["/", "/u/ann", "/c/fungi", &thread, &reply] {
            let page = ann.get(path).await;
            assert!(vary(&page).contains("accept") && vary(&page).contains("cookie"), "{path}: {}", vary(&page));
            assert!(page.header("cache-control").contains("private"), "{path}");
            assert!(page.header("content-type").starts_with("text/html"), "{path}");
            let request = ann.request_of("application/activity+json", Method::GET, path);
            let document = ann.sends(request).await;
            assert!(document.header("content-type").contains("json"), "{path}");
            assert!(vary(&document).contains("accept"), "{path}: {}", vary(&document));
        }
        let style = ann.get("/").await.text();
        let href = style.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let style = ann.get(&href).await;
        assert_eq!(style.status, StatusCode::OK);
        assert!(style.header("cache-control").contains("immutable"), "{}", style.header("cache-control"));
    }

    async fn head_answers_as_get_does_without_the_text(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        for path in ["/", "/groups", "/c/fungi", &thread, "/u/ann", "/settings", "/login", "/nope"] {
            let page = ann.get(path).await;
            let head = ann.sends(ann.request(Method::HEAD, path)).await;
            assert_eq!(head.status, page.status, "{path}");
            assert_eq!(head.header("content-type"), page.header("content-type"), "{path}");
            assert!(head.body.is_empty(), "{path}");
        }
    }

    async fn pages_travel_compressed_to_those_who_can_read_that(db: Database) {
        let instance = Instance::start(db).await;
        let visitor = Visitor::of(&instance);
        for path in ["/", "/assets/style.css"] {
            let plain = visitor.get(path).await;
            assert_eq!(plain.header("content-encoding"), "", "{path}");
            let request = visitor.request(Method::GET, path).header("accept-encoding", "gzip");
            let packed = visitor.sends(request).await;
            assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
            assert!(vary(&packed).contains("accept-encoding"), "{path}");
            assert!(packed.body.starts_with(&[0x1f, 0x8b]), "{path}");
            assert!(packed.body.len() < plain.body.len() / 2, "{path}");
        }
    }
}
