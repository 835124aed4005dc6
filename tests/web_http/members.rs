//! What members do by the buttons of the pages: messages, polls, private groups, moving.

use reqwest::StatusCode;

use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Database, Peer, eventually, on_both_databases};
use crate::visitor::{Answer, Visitor};

async fn cast<const N: usize>(instance: &Instance, names: [&str; N]) -> [Visitor; N] {
    let mut visitors = Vec::new();
    for name in names {
        instance.member(name).await;
        visitors.push(Visitor::logged_in(instance, name).await);
    }
    visitors.try_into().unwrap_or_else(|_| unreachable!())
}

fn told_at(answer: &Answer, field: &str, kept: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    let text = answer.text();
    assert!(
        text.contains(&format!("id=\"w-{field}\"")) && text.contains(kept),
        "{field}, {kept}: {text}"
    );
}

on_both_databases! {
    async fn two_members_write_to_each_other_and_nobody_else_sees_it(db: Database) {
        let instance = Instance::start(db).await;
        let [ann, ben, eve] = cast(&instance, ["ann", "ben", "eve"]).await;
        told_at(&ann.presses("/messages/ben", "Send", &[("body", " ")]).await, "body", "Messages with");
        let long = "x".repeat(20_000);
        told_at(&ann.presses("/messages/ben", "Send", &[("body", &long)]).await, "body", &long);
        told_at(&ann.presses("/messages/ann", "Send", &[("body", "Me")]).await, "body", "This is you");
        let sent = ann.presses("/messages/ben", "Send", &[("body", "Hello *Ben*")]).await;
        assert_eq!(sent.location(), "/messages/ben");
        assert!(ben.get("/messages").await.text().contains("1 new"));
        let read = ben.get("/messages/ann").await.text();
        assert!(read.contains("Hello <em>Ben</em>") && !read.contains("/edit\""), "{read}");
        assert!(!ben.get("/messages").await.text().contains("1 new"), "it is read");
        for page in ["/messages", "/messages/ben", "/messages/ann"] {
            assert!(!eve.get(page).await.text().contains("Hello"), "{page}");
        }

        let own = ann.get("/messages/ben").await.text();
        let edit = own.split("href=\"/message/").nth(1).unwrap().split('"').next().unwrap();
        let edit = format!("/message/{edit}");
        for other in [&ben, &eve] {
            assert_ne!(other.get(&edit).await.status, StatusCode::OK);
            assert_ne!(other.sends_form("/settings", &edit, &[("body", "No")]).await.status, StatusCode::SEE_OTHER);
            let delete = edit.replace("/edit", "/delete");
            assert_ne!(other.sends_form("/settings", &delete, &[("on", "on")]).await.status, StatusCode::SEE_OTHER);
        }
        told_at(&ann.presses(&edit, "Save", &[("body", "")]).await, "body", "Edit your message");
        assert!(ann.get(&edit).await.text().contains("Hello *Ben*"));
        ann.presses(&edit, "Save", &[("body", "Good evening")]).await;
        let read = ben.get("/messages/ann").await.text();
        assert!(read.contains("Good evening") && read.contains("edited") && !read.contains("Hello"), "{read}");
        ann.presses("/messages/ben", "Delete", &[]).await;
        assert!(!ben.get("/messages/ann").await.text().contains("Good evening"));
        ann.presses("/messages/ben", "Restore", &[]).await;
        assert!(ben.get("/messages/ann").await.text().contains("Good evening"));

        assert_eq!(ben.presses("/messages", "Save", &[("from", "nobody")]).await.location(), "/messages");
        let refused = ann.presses("/messages/ben", "Send", &[("body", "One more *word*")]).await;
        told_at(&refused, "body", "One more *word*");
        assert_eq!(ben.sends_form("/messages", "/messages", &[("from", "x")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        ben.presses("/messages", "Save", &[("from", "here")]).await;
        ann.presses("/messages/ben", "Send", &[("body", "One more *word*")]).await;
        assert!(ben.get("/messages/ann").await.text().contains("One more"));
    }

    async fn a_poll_is_begun_voted_in_once_and_counted_on_its_page(db: Database) {
        let instance = Instance::start(db).await;
        let [ann, ben] = cast(&instance, ["ann", "ben"]).await;
        ann.begins_group("fungi").await;
        let (page, answers) = ("/c/fungi/new", "Morels\nTruffles");
        for wrong in ["Morels", "Morels\nMorels", &"x\n".repeat(50)] {
            let answer = ann.presses(page, "Publish", &[("title", "Which?"), ("poll_answers", wrong)]).await;
            told_at(&answer, "poll_answers", "value=\"Which?\"");
        }
        let begun = ann.presses(page, "Publish", &[("title", "Which?"), ("poll_answers", answers)]).await;
        let thread = begun.location();
        assert!(thread.starts_with("/post/"), "{}", begun.text());
        let unchosen = ben.presses(&thread, "Vote", &[]).await;
        assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unchosen.text().contains("href=\"#f-choice\""), "{}", unchosen.text());
        for odd in ["7", "-1", "x"] {
            assert_eq!(ben.presses(&thread, "Vote", &[("choice", odd)]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
        }
        let voted = ben.presses(&thread, "Vote", &[("choice", "1")]).await;
        assert_eq!(voted.location(), format!("{thread}#poll"));
        let shown = Visitor::of(&instance).get(&thread).await.text();
        assert!(shown.contains("1 person voted") && shown.contains("(1 vote)"), "{shown}");
        assert!(!ben.sees_button(&thread, "Vote").await);
        let again = ben.sends_form("/settings", &format!("{thread}/poll"), &[("choice", "0")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("1 person voted"), "{}", again.text());
        assert!(!Visitor::of(&instance).sees_button(&thread, "Vote").await);
    }

    async fn people_are_let_into_a_private_group_turned_away_and_taken_out_on_its_page(db: Database) {
        let instance = Instance::start(db).await;
        let [ann, ben, eve] = cast(&instance, ["ann", "ben", "eve"]).await;
        let made = [("name", "lab"), ("title", "The lab"), ("visibility", "private")];
        assert_eq!(ann.presses("/groups/new", "Begin the group", &made).await.location(), "/c/lab");
        let thread = ann.begins_thread("lab", "Results", "Secret").await;
        let page = "/c/lab/members";
        for asking in [&ben, &eve] {
            asking.sends_form("/settings", "/c/lab/follow", &[]).await;
            assert!(!asking.get(&thread).await.text().contains("Secret"));
            assert_eq!(asking.get(page).await.status, StatusCode::FORBIDDEN);
            let me = [("person", "1"), ("act", "approve")];
            assert_eq!(asking.sends_form("/settings", page, &me).await.status, StatusCode::FORBIDDEN);
        }
        assert!(ann.get(page).await.text().contains("2 requests"));
        assert_eq!(ann.presses(page, "Approve ben", &[]).await.location(), page);
        assert_eq!(ann.presses(page, "Decline eve", &[]).await.location(), page);
        assert!(ben.get(&thread).await.text().contains("Secret"));
        assert!(ben.get("/c/lab").await.text().contains("Results"));
        assert!(!eve.get(&thread).await.text().contains("Secret") && !eve.get("/c/lab").await.text().contains("Results"));
        ben.replies(&thread, "I see").await;
        assert_eq!(ann.presses(page, "Remove ben", &[]).await.location(), page);
        assert!(!ben.get(&thread).await.text().contains("Secret"));
        let answer = ben.sends_form("/settings", &format!("{thread}/reply"), &[("body", "Still")]).await;
        assert_ne!(answer.status, StatusCode::SEE_OTHER);
        // Of somebody whose server keeps nothing to some, it is said before they are let in.
        assert!(!ann.get(page).await.text().contains("public there"));
        let pie = Peer::start(Some(("piefed", "1.6.18")), &instance.url).await;
        let lea = pie.person("lea");
        let lab = format!("{}c/lab", instance.url);
        let mut follow = lea.does("Follow", lab.as_str());
        follow["to"] = serde_json::json!([lab]);
        lea.sends(&follow).await;
        eventually("lea asks", || async { ann.get(page).await.text().contains("@lea@") }).await;
        eventually("what her server runs is known", || async {
            let text = ann.get(page).await.text();
            text.contains("Public there") && text.contains("is public on that server")
        }).await;
        for odd in [[("person", "x"), ("act", "approve")], [("person", "1"), ("act", "crown")]] {
            assert_eq!(ann.sends_form(page, page, &odd).await.status, StatusCode::BAD_REQUEST);
        }
    }

    async fn a_member_and_a_group_move_and_what_is_wrong_stands_at_its_field(db: Database) {
        let instance = Instance::start(db).await;
        let [ann, ben] = cast(&instance, ["ann", "ben"]).await;
        ann.begins_group("fungi").await;
        ann.begins_group("mushrooms").await;
        let host = instance.host.clone();
        let name = |local: &str| format!("{local}@{host}");
        for (page, old, new) in [("/settings/move", "ann", "ben"), ("/c/fungi/move", "fungi", "mushrooms")] {
            for typed in ["", "nobody", "nobody@nowhere", "a b"] {
                let kept = format!("value=\"{typed}\"");
                told_at(&ann.presses(page, "Add the address", &[("alias", typed)]).await, "alias", &kept);
                let fields = [("target", typed), ("password", PASSWORD)];
                told_at(&ann.presses(page, "Move", &fields).await, "target", &kept);
            }
            let fields = [("target", name(new)), ("password", "a wrong password".to_owned())];
            let fields = fields.each_ref().map(|(field, value)| (*field, value.as_str()));
            let answer = ann.presses(page, "Move", &fields).await;
            told_at(&answer, "password", &format!("value=\"{}\"", name(new)));
            assert!(!answer.text().contains("a wrong password"));
            // The new address does not know the old one yet.
            let right = [("target", name(new)), ("password", PASSWORD.to_owned())];
            let right = right.each_ref().map(|(field, value)| (*field, value.as_str()));
            assert_eq!(ann.presses(page, "Move", &right).await.status, StatusCode::UNPROCESSABLE_ENTITY);
            let (mover, there) = if old == "ann" { (&ben, "/settings/move") } else { (&ann, "/c/mushrooms/move") };
            let named = mover.presses(there, "Add the address", &[("alias", &name(old))]).await;
            assert_eq!(named.location(), there, "{}", named.text());
        }
        let (page, there) = ("/c/fungi/move", "/c/mushrooms/move");
        assert_eq!(ben.get(page).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ben.sends_form("/settings", page, &[("act", "back")]).await.status, StatusCode::FORBIDDEN);
        let alias = format!("Remove: {}c/fungi", instance.url);
        assert!(ann.sees_button(there, &alias).await);
        let target = name("mushrooms");
        let moved = ann.presses(page, "Move", &[("target", target.as_str()), ("password", PASSWORD)]).await;
        assert_eq!(moved.location(), page, "{}", moved.text());
        assert!(Visitor::of(&instance).get("/c/fungi").await.text().contains("/c/mushrooms"));
        let answer = ann.sends_form("/settings", "/c/fungi/new", &[("title", "Late"), ("action", "publish")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(ann.presses(page, "Come back to this address", &[]).await.location(), page);
        ann.begins_thread("fungi", "Back again", "Hello").await;
        assert_eq!(ann.presses(there, &alias, &[]).await.location(), there);
        assert!(!ann.sees_button(there, &alias).await);
    }
}
