//! What somebody typed stays with them when the ground is taken away meanwhile.

use reqwest::StatusCode;

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

const TYPED: &str = "A long answer that took an evening";

/// The form again with what was typed, and why it was not taken.
fn keeps(answer: &Answer, why: &str) {
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{text}");
    assert!(text.contains(why), "{why}: {text}");
    let area = text.split("<textarea").skip(1).any(|area| {
        let area = area.split("</textarea>").next().unwrap();
        area.contains(TYPED)
    });
    assert!(area, "{text}");
}

on_both_databases! {
    async fn a_reply_to_a_thread_locked_or_removed_meanwhile_is_kept_with_the_reason(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ben").await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        for (act, button, why) in [("lock", "Lock", "This thread is locked."), ("remove", "Remove", "This was deleted.")] {
            let thread = ben.begins_thread("fungi", "Spores in class", "How?").await;
            let token = ben.get(&thread).await.token();
            ann.presses(&format!("{thread}/do/{act}"), button, &[]).await;
            let fields = [("csrf", token.as_str()), ("body", TYPED)];
            keeps(&ben.posts(&format!("{thread}/reply"), &fields).await, why);
            // Nobody is offered a form that cannot be sent.
            assert!(!ben.get(&thread).await.text().contains("Your reply"));
        }
    }

    async fn an_edit_of_what_was_removed_meanwhile_is_kept_with_the_reason(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ben").await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        let thread = ben.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ben.replies(&thread, "With a sieve.").await;
        for own in [&reply, &thread] {
            let edit = format!("{own}/edit");
            let token = ben.get(&edit).await.token();
            ann.presses(&format!("{own}/do/remove"), "Remove", &[]).await;
            let fields = [("csrf", token.as_str()), ("title", "Spores"), ("body", TYPED), ("action", "publish")];
            keeps(&ben.posts(&edit, &fields).await, "This was deleted.");
            assert_eq!(ben.get(&edit).await.status, StatusCode::FORBIDDEN, "{edit}");
            // Others' are refused as ever, and show nothing.
            let answer = ann.posts(&edit, &[("csrf", &ann.get("/settings").await.token()), ("body", TYPED)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert!(!answer.text().contains("<textarea"), "{}", answer.text());
        }
    }
}
