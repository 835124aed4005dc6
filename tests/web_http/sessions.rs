//! Logging in and out, and what a stolen or planted cookie is good for: SECURITY 63, 65, 66.

use reqwest::StatusCode;

use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

async fn instance_with_ann(db: Database) -> Instance {
    let instance = Instance::start(db).await;
    instance.member("ann").await;
    instance
}

/// Whether the cookie that this browser has is worth a log-in.
async fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/settings").await.status == StatusCode::OK
}

/// The page as it reads, without what differs from one showing to the next.
fn without_token(answer: &Answer) -> String {
    let parts: Vec<String> = answer
        .text()
        .split("name=\"csrf\" value=\"")
        .map(|part| {
            part.split_once('"')
                .map_or(part, |(_, rest)| rest)
                .to_owned()
        })
        .collect();
    parts.join("")
}

on_both_databases! {
    async fn a_session_planted_before_the_log_in_is_not_the_one_after_it(db: Database) {
        let instance = instance_with_ann(db).await;
        let victim = Visitor::of(&instance);
        victim.plants_cookie("session", "known-to-the-attacker");
        let answer = victim.logs_in("ann", PASSWORD, "/").await;
        assert_eq!(answer.location(), "/");
        let cookie = answer.headers.get_all("set-cookie").iter().find(|value| {
            value.to_str().unwrap().contains("session")
        });
        let cookie = cookie.unwrap().to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        assert_ne!(victim.cookie("session").unwrap(), "known-to-the-attacker");
        let attacker = Visitor::of(&instance);
        attacker.plants_cookie("session", "known-to-the-attacker");
        assert!(is_in(&victim).await && !is_in(&attacker).await);
        let before = victim.cookie("session");
        victim.logs_in_again().await;
        assert_ne!(victim.cookie("session"), before, "each log-in has its own");
    }

    async fn a_copied_cookie_is_dead_after_the_log_out(db: Database) {
        let instance = instance_with_ann(db).await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let thief = Visitor::of(&instance);
        thief.plants_cookie("session", &ann.cookie("session").unwrap());
        assert!(is_in(&thief).await);
        let out = ann.sends_form("/", "/logout", &[]).await;
        assert_eq!((out.status, out.location().as_str()), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(ann.cookie("session"), None);
        assert!(!is_in(&thief).await);
    }

    async fn a_new_password_ends_every_session_but_this_one(db: Database) {
        let instance = instance_with_ann(db).await;
        let here = Visitor::logged_in(&instance, "ann").await;
        let there = Visitor::logged_in(&instance, "ann").await;
        let new = "a wholly new pass phrase";
        let wrong = [("old_password", "not mine at all"), ("new_password", new)];
        let answer = here.sends_form("/settings", "/settings/password", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(is_in(&there).await);
        let right = [("old_password", PASSWORD), ("new_password", new)];
        let answer = here.sends_form("/settings", "/settings/password", &right).await;
        assert_eq!(answer.location(), "/settings", "{}", answer.text());
        assert!(is_in(&here).await && !is_in(&there).await);
        let old = there.logs_in("ann", PASSWORD, "/").await;
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(there.logs_in("ann", new, "/").await.location(), "/");
    }

    async fn a_closed_account_has_no_session_left(db: Database) {
        let instance = instance_with_ann(db).await;
        let here = Visitor::logged_in(&instance, "ann").await;
        let there = Visitor::logged_in(&instance, "ann").await;
        let wrong = [("password", "not mine at all")];
        let answer = here.sends_form("/settings", "/settings/close", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = here.sends_form("/settings", "/settings/close", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/", "{}", answer.text());
        assert!(!is_in(&here).await && !is_in(&there).await);
        let again = here.logs_in("ann", PASSWORD, "/").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn the_log_in_leads_to_no_other_site(db: Database) {
        let instance = instance_with_ann(db).await;
        for (next, leads) in [
            ("/c/fungi?sort=top", "/c/fungi?sort=top"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("\\\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/%0d%0aLocation:https://evil.example", "/%0d%0aLocation:https://evil.example"),
            ("/a\r\nSet-Cookie: x=y", "/"),
            ("javascript:alert(1)", "/"),
            ("evil.example", "/"),
            ("", "/"),
        ] {
            let answer = Visitor::of(&instance).logs_in("ann", PASSWORD, next).await;
            assert_eq!(answer.location(), leads, "{next:?}");
        }
        let page = Visitor::of(&instance).get("/login?next=//evil.example").await;
        assert!(page.text().contains("name=\"next\" value=\"/\""));
        let asked = Visitor::of(&instance).get("/settings").await;
        assert_eq!(asked.location(), "/login?next=%2Fsettings");
    }

    async fn who_does_not_exist_gets_the_answer_of_who_mistyped(db: Database) {
        let instance = instance_with_ann(db).await;
        let wrong = Visitor::of(&instance).logs_in("ann", "not the password", "/").await;
        let unknown = Visitor::of(&instance).logs_in("eve", "not the password", "/").await;
        let by_mail = Visitor::of(&instance).logs_in("eve@example.org", "not the password", "/").await;
        let expected = without_token(&wrong);
        assert!(expected.contains("The name or the password is wrong."));
        for (other, typed) in [(unknown, "eve"), (by_mail, "eve@example.org")] {
            assert_eq!(other.status, wrong.status);
            let typed = format!("value=\"{typed}\"");
            assert_eq!(without_token(&other).replace(&typed, "value=\"ann\""), expected);
        }
    }

    async fn guesses_at_a_password_are_slowed_down_with_a_friendly_page(db: Database) {
        let instance = Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        instance.member("ann").await;
        let visitor = Visitor::of(&instance);
        let mut last = None;
        for _ in 0..12 {
            last = Some(visitor.logs_in("ann", "a wrong guess", "/").await);
        }
        let last = last.unwrap();
        assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
        assert!(last.text().contains("Slow down a little"), "{}", last.text());
        assert_eq!(visitor.logs_in("ann", PASSWORD, "/").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(visitor.get("/").await.status, StatusCode::OK, "reading goes on");
    }

    async fn guesses_at_one_account_are_slowed_down_from_wherever_they_come(db: Database) {
        let instance = Instance::start_with(db, |settings| settings.rate_limits.enabled = true).await;
        instance.member("ann").await;
        instance.member("ben").await;
        let visitor = Visitor::of(&instance);
        let token = visitor.get("/login").await.token();
        let mut last = StatusCode::OK;
        for (guess, who) in ["ann", "ANN", " Ann "].iter().cycle().take(12).enumerate() {
            let fields = [("csrf", token.as_str()), ("who", who), ("password", "a wrong guess")];
            let request = visitor.form_request("/login", &fields);
            let from = format!("203.0.113.{guess}");
            last = visitor.sends(request.header("x-forwarded-for", from)).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(visitor.logs_in("ben", PASSWORD, "/").await.location(), "/", "others come in");
    }
}

impl Visitor {
    async fn logs_in_again(&self) {
        let answer = self.logs_in("ann", PASSWORD, "/").await;
        assert_eq!(answer.location(), "/", "{}", answer.text());
    }
}
