//! Reporting, and the moderators' queue: on pages and through the API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

const QUEUE: &str = "/moderation/reports";

/// The number of the first report on a page.
fn first_report(page: &str) -> String {
    let mark = "name=\"report\" value=\"";
    let start = page.find(mark).expect("a report on the page") + mark.len();
    page[start..].split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn a_member_reports_and_the_moderator_sees_why_and_deals_with_it(db: Database) {
        let instance = Instance::start(db).await;
        for name in ["ann", "ben", "eve"] {
            instance.member(name).await;
        }
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        let thread = eve.begins_thread("fungi", "Cheap pills", "Buy <b>now</b>").await;
        let reply = eve.replies(&thread, "Really cheap").await;
        assert!(ben.get(&thread).await.text().contains(&format!("href=\"{thread}/report\"")));
        assert!(!eve.get(&thread).await.text().contains(&format!("href=\"{thread}/report\"")), "not one's own");
        assert!(!Visitor::of(&instance).get(&thread).await.text().contains("/report\""), "not without an account");

        let path = format!("{thread}/report");
        let form = ben.get(&path).await.text();
        assert!(form.contains("Report this thread") && form.contains("Cheap pills") && form.contains("label for=\"f-reason\""));
        let empty = ben.sends_form(&path, &path, &[("reason", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().contains("The reason is missing."));
        let long = "x".repeat(1_001);
        let answer = ben.sends_form(&path, &path, &[("reason", &long)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(&long), "nothing typed is lost");
        let sent = ben.sends_form(&path, &path, &[("reason", "An <i>advertisement</i>")]).await;
        assert_eq!(sent.location(), thread);
        assert!(ben.get(&thread).await.text().contains("Your report is sent."));
        let twice = ben.sends_form(&path, &path, &[("reason", "Again")]).await;
        assert_eq!(twice.status, StatusCode::FORBIDDEN);
        assert!(twice.text().contains("reported this already"));
        let path = format!("{reply}/report");
        assert_eq!(ben.sends_form(&path, &path, &[("reason", "This, too")]).await.location(), reply);

        // Moderators are told on every page; others see nothing of it.
        let home = ann.get("/").await.text();
        assert!(home.contains("href=\"/moderation/reports\"") && home.contains("2<span class=\"hidden\"> open"), "{home}");
        assert!(ann.get("/notifications").await.text().contains("reported"));
        for other in [&ben, &eve] {
            assert!(!other.get("/").await.text().contains(QUEUE));
            let answer = other.get(QUEUE).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert!(!answer.text().contains("advertisement"));
        }
        let queue = ann.get(QUEUE).await.text();
        for shown in ["An &lt;i&gt;advertisement&lt;/i&gt;", "Cheap pills", "Really cheap", "A thread by eve", "A reply by eve"] {
            assert!(queue.contains(shown), "{shown}: {queue}");
        }
        let thread_id = thread.trim_start_matches("/post/");
        assert!(queue.contains(&format!("/post/{thread_id}/do/remove")));

        let report = first_report(&queue);
        for other in [&ben, &eve] {
            let answer = other.sends_form("/", QUEUE, &[("report", &report), ("act", "resolve")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
        }
        let done = ann.sends_form(QUEUE, QUEUE, &[("report", &report), ("act", "resolve"), ("next", "//evil.example")]).await;
        assert_eq!(done.location(), QUEUE);
        let open = ann.get(QUEUE).await.text();
        assert!(!open.contains("Cheap pills</strong>") && open.contains("Really cheap"));
        let all = ann.get("/moderation/reports?show=all").await.text();
        assert!(all.contains("Resolved by") && all.contains("Cheap pills"));
        let again = ann.sends_form(QUEUE, QUEUE, &[("report", &report), ("act", "reopen")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);

        // What is removed needs nobody's attention any more.
        for path in [format!("{thread}/do/remove"), format!("{reply}/do/remove")] {
            assert_eq!(ann.sends_form(&path, &path, &[("reason", "spam")]).await.status, StatusCode::SEE_OTHER);
        }
        assert!(ann.get(QUEUE).await.text().contains("Nothing waits for you"));
        for odd in ["after=x", "show=all&after=1"] {
            assert_eq!(ann.get(&format!("{QUEUE}?{odd}")).await.status, StatusCode::BAD_REQUEST, "{odd}");
        }
        let odd = ann.get(&format!("{QUEUE}?group=nonsense&show=x")).await;
        assert_eq!(odd.status, StatusCode::OK);
        let answer = ann.sends_form("/", QUEUE, &[("report", "1"), ("act", "resolve")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }

    async fn people_and_groups_are_reported_to_the_administrators(db: Database) {
        let instance = Instance::start(db).await;
        let root = Visitor::sets_up(&instance, "ann").await;
        instance.member("ben").await;
        instance.member("eve").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        eve.begins_group("fungi").await;
        for (page, reason) in [("/u/eve", "A bully"), ("/c/fungi", "A group of bullies")] {
            let path = format!("{page}/report");
            assert!(ben.get(page).await.text().contains(&format!("href=\"{path}\"")), "{page}");
            assert_eq!(ben.sends_form(&path, &path, &[("reason", reason)]).await.location(), page);
        }
        assert!(eve.get(QUEUE).await.text().contains("Nothing waits for you"), "a coordinator handles her group's, not these");
        let queue = root.get(QUEUE).await.text();
        assert!(queue.contains("A bully") && queue.contains("A group of bullies"));
        assert!(queue.contains("The group Teaching fungi") && queue.contains("href=\"/u/eve\""));
        for path in ["/u/nobody/report", "/c/nobody/report", "/post/1/report", "/comment/1/report"] {
            assert_eq!(ben.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(Visitor::of(&instance).get("/u/eve/report").await.location().starts_with("/login?next="));
    }

    async fn apps_report_list_count_and_resolve(db: Database) {
        let instance = Instance::start(db).await;
        let root = Visitor::sets_up(&instance, "rosa").await;
        drop(root);
        let (ann, ben) = (instance.member("ann").await, instance.member("ben").await);
        let group = ann.founds("looms").await;
        let other = ben.founds("other").await;
        let post = ben.posts(group, "Buy looms here").await;
        let comment = ben.replies(post.id, None, "And here").await;
        let cat = instance.member("cat").await;
        let [rosa, ann, ben, cat] = {
            drop(cat);
            [
                App::logged_in(&instance, "rosa").await,
                App::logged_in(&instance, "ann").await,
                App::logged_in(&instance, "ben").await,
                App::logged_in(&instance, "cat").await,
            ]
        };
        let made = cat.posts("post/report", json!({ "post_id": post.id, "reason": "spam" })).await;
        let view = &made["post_report_view"];
        assert_eq!(view["post_report"]["original_post_name"], "Buy looms here");
        assert_eq!(view["post_report"]["original_post_body"], "Some *text*.");
        assert_eq!(view["post_report"]["resolved"], false);
        assert_eq!((view["creator"]["name"].as_str(), view["post_creator"]["name"].as_str()), (Some("cat"), Some("ben")));
        assert_eq!(view["community"]["name"], "looms");
        let made = cat.posts("comment/report", json!({ "comment_id": comment.id, "reason": "spam" })).await;
        let id = made["comment_report_view"]["comment_report"]["id"].clone();
        assert_eq!(made["comment_report_view"]["comment_report"]["original_comment_text"], "And here");
        for (form, name) in [
            (json!({ "post_id": post.id, "reason": "spam" }), "couldnt_create_report"),
            (json!({ "post_id": post.id, "reason": " " }), "report_reason_required"),
            (json!({ "post_id": post.id, "reason": "x".repeat(1_001) }), "report_too_long"),
            (json!({ "post_id": 1, "reason": "spam" }), "couldnt_find_post"),
        ] {
            assert_eq!(cat.refused(Method::POST, "post/report", form).await, name);
        }

        for who in [&rosa, &ann] {
            assert_eq!(who.asks("post/report/list").await["post_reports"].as_array().unwrap().len(), 1);
            let found = who.asks(&format!("comment/report/list?comment_id={}&unresolved_only=true", comment.id)).await;
            assert_eq!(found["comment_reports"][0]["comment_report"]["id"], id);
            let counts = who.asks("user/report_count").await;
            assert_eq!((&counts["post_reports"], &counts["comment_reports"]), (&json!(1), &json!(1)));
        }
        assert_eq!(rosa.asks("user/report_count").await["private_message_reports"], 0);
        assert_eq!(ann.asks(&format!("user/report_count?community_id={group}")).await["community_id"], json!(group));
        // A moderator of another group, and somebody who moderates none.
        assert_eq!(ben.asks("post/report/list").await["post_reports"], json!([]));
        assert_eq!(ben.asks(&format!("post/report/list?community_id={group}")).await["post_reports"], json!([]));
        assert_eq!(ben.asks(&format!("user/report_count?community_id={other}")).await["post_reports"], 0);
        for path in ["post/report/list", "comment/report/list", "user/report_count"] {
            assert_eq!(cat.refused(Method::GET, path, Value::Null).await, "not_a_mod_or_admin");
            assert_eq!(App::of(&instance).refused(Method::GET, path, Value::Null).await, "incorrect_login");
        }
        let resolve = json!({ "report_id": id, "resolved": true });
        for who in [&ben, &cat] {
            assert_eq!(who.refused(Method::PUT, "comment/report/resolve", resolve.clone()).await, "not_a_mod_or_admin");
        }
        assert_eq!(ann.refused(Method::PUT, "post/report/resolve", resolve.clone()).await, "couldnt_find_post_report");
        let done = ann.puts("comment/report/resolve", resolve).await;
        assert_eq!(done["comment_report_view"]["comment_report"]["resolved"], true);
        assert_eq!(done["comment_report_view"]["resolver"]["name"], "ann");
        assert_eq!(ann.asks("comment/report/list?unresolved_only=true").await["comment_reports"], json!([]));
        assert_eq!(ann.asks("comment/report/list").await["comment_reports"].as_array().unwrap().len(), 1);
        let open = rosa.puts("comment/report/resolve", json!({ "report_id": id, "resolved": false })).await;
        assert_eq!(open["comment_report_view"]["comment_report"]["resolved"], false);
    }

    async fn a_message_is_reported_by_who_received_it_and_seen_by_administrators_alone(db: Database) {
        let instance = Instance::start(db).await;
        Visitor::sets_up(&instance, "rosa").await;
        for name in ["ann", "ben", "eve"] {
            instance.member(name).await;
        }
        let (rosa, ann) = (App::logged_in(&instance, "rosa").await, App::logged_in(&instance, "ann").await);
        let (ben, eve) = (App::logged_in(&instance, "ben").await, App::logged_in(&instance, "eve").await);
        let to = ben.asks("user?username=ben").await["person_view"]["person"]["id"].clone();
        let sent = ann.posts("private_message", json!({ "recipient_id": to, "content": "Buy my pills" })).await;
        let message = sent["private_message_view"]["private_message"]["id"].clone();

        let form = json!({ "private_message_id": message, "reason": "Advertising" });
        assert_eq!(ann.refused(Method::POST, "private_message/report", form.clone()).await, "couldnt_create_report");
        assert_eq!(eve.refused(Method::POST, "private_message/report", form.clone()).await, "couldnt_find_private_message");
        let view = ben.posts("private_message/report", form.clone()).await["private_message_report_view"].clone();
        assert_eq!(view["private_message_report"]["original_pm_text"], "Buy my pills");
        assert_eq!((&view["creator"]["name"], &view["private_message_creator"]["name"]), (&json!("ben"), &json!("ann")));
        assert_eq!(ben.refused(Method::POST, "private_message/report", form).await, "couldnt_create_report");

        assert_eq!(rosa.asks("user/report_count").await["private_message_reports"], 1);
        let list = rosa.asks("private_message/report/list?unresolved_only=true").await;
        assert_eq!(list["private_message_reports"][0]["private_message_report"]["reason"], "Advertising");
        for other in [&ann, &ben, &eve] {
            assert_eq!(other.refused(Method::GET, "private_message/report/list", Value::Null).await, "not_an_admin");
        }
        let resolve = json!({ "report_id": view["private_message_report"]["id"], "resolved": true });
        let done = rosa.puts("private_message/report/resolve", resolve).await;
        assert_eq!(done["private_message_report_view"]["private_message_report"]["resolved"], true);
        assert_eq!(rosa.asks("user/report_count").await["private_message_reports"], 0);
    }
}
