//! Saving, hiding, blocking and the settings of reading, on pages.

use reqwest::StatusCode;

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

on_both_databases! {
    async fn what_a_member_saves_stands_on_a_page_of_its_own(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        assert!(ann.get("/saved").await.text().contains("Nothing saved here"));
        for (path, tab, text) in [(&thread, "threads", "Spores in class"), (&reply, "replies", "With a sieve.")] {
            let answer = ann.sends_form(&thread, &format!("{path}/save"), &[("on", "on"), ("back", "/saved")]).await;
            assert!(answer.location().starts_with("/saved"), "{}", answer.text());
            let list = format!("/saved?tab={tab}");
            assert!(ann.get(&list).await.text().contains(text));
            ann.sends_form(&thread, &format!("{path}/save"), &[("back", "/saved")]).await;
            assert!(!ann.get(&list).await.text().contains(text));
        }
        assert_eq!(Visitor::of(&instance).get("/saved").await.status, StatusCode::SEE_OTHER);
    }

    async fn a_hidden_thread_is_in_no_list_and_still_at_its_address(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        ann.sends_form(&thread, &format!("{thread}/hide"), &[("on", "on")]).await;
        for list in ["/?show=all", "/c/fungi"] {
            assert!(!ann.get(list).await.text().contains("Spores in class"), "{list}");
        }
        assert!(ann.get(&thread).await.text().contains("Show in my lists"));
        assert!(Visitor::of(&instance).get("/c/fungi").await.text().contains("Spores in class"));
        ann.sends_form(&thread, &format!("{thread}/hide"), &[]).await;
        assert!(ann.get("/c/fungi").await.text().contains("Spores in class"));
    }

    async fn who_is_blocked_is_listed_and_folded_away(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        instance.member("bob").await;
        let (ann, bob) = (Visitor::logged_in(&instance, "ann").await, Visitor::logged_in(&instance, "bob").await);
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        bob.replies(&thread, "With a hammer.").await;
        let answer = ann.sends_form("/u/bob", "/u/bob/block", &[("on", "on")]).await;
        assert_eq!(answer.location(), "/u/bob");
        assert!(ann.get(&thread).await.text().contains("by somebody you blocked"));
        assert!(!ann.get("/notifications").await.text().contains("With a hammer."));
        let list = ann.get("/settings/blocks").await.text();
        assert!(list.contains("bob") && list.contains("Unblock"));
        let answer = ann.sends_form("/settings/blocks", "/u/bob/block", &[("from_list", "on")]).await;
        assert_eq!(answer.location(), "/settings/blocks");
        assert!(!ann.get(&thread).await.text().contains("by somebody you blocked"));

        ann.sends_form("/c/fungi", "/c/fungi/block", &[("on", "on")]).await;
        assert!(!ann.get("/?show=all").await.text().contains("Spores in class"));
        assert!(ann.get("/c/fungi").await.text().contains("Spores in class"), "its own page shows it");
        let typed = [("on", "on"), ("server", "nowhere.example")];
        let answer = ann.sends_form("/settings/blocks", "/settings/servers", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        assert!(text.contains("does not know such a server") && text.contains("nowhere.example"), "{text}");
        let answer = ann.sends_form("/u/ann", "/u/ann/block", &[("on", "on")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "nobody blocks themselves");
    }

    async fn the_settings_of_reading_are_kept_and_what_is_wrong_is_told_at_its_field(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        ann.begins_thread("fungi", "Spores in class", "How?").await;
        let wrong = [("languages", "english"), ("matrix_id", "ann"), ("sort", "TopWeek")];
        let answer = ann.sends_form("/settings/reading", "/settings/reading", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("w-languages") && answer.text().contains("english"));
        let right = [
            ("languages", "en, de"), ("matrix_id", "@ann:matrix.example"), ("sort", "TopWeek"),
            ("listing", "All"), ("show_read", "on"), ("show_bots", "on"),
        ];
        let answer = ann.sends_form("/settings/reading", "/settings/reading", &right).await;
        assert_eq!(answer.location(), "/settings/reading", "{}", answer.text());
        let page = ann.get("/settings/reading").await.text();
        assert!(page.contains("de, en") && page.contains("@ann:matrix.example"), "{page}");
        let home = ann.get("/").await.text();
        assert!(home.contains("Spores in class") && home.contains("What is new"));
    }
}
