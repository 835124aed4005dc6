//! What a group holds that is closed to a reader does not show by another way.

use serde_json::Value;

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

async fn api(reader: &Visitor, path: &str) -> Value {
    let answer = reader.get(&format!("/api/v3/{path}")).await;
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.text()))
}

on_both_databases! {
    async fn the_log_of_moderation_tells_no_text_of_a_group_that_was_removed(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        for name in ["ben", "eve"] {
            instance.member(name).await;
        }
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        eve.begins_group("fungi").await;
        let thread = eve.begins_thread("fungi", "Spores in class", "How dry?").await;
        let reply = ben.replies(&thread, "With a sieve").await;
        let done = "Spoken for";
        for (page, act, button) in [(&thread, "lock", "Lock"), (&reply, "lock", "Lock"), (&reply, "remove", "Remove"), (&reply, "put-back", "Put back")] {
            let page = format!("{page}/do/{act}");
            let answer = eve.presses(&page, button, &[("reason", done)]).await;
            assert!(!answer.location().is_empty(), "{page}: {}", answer.text());
        }
        eve.presses(&thread, "Pin", &[]).await;
        let (anybody, group) = (Visitor::of(&instance), api(&ann, "community?name=fungi").await);
        let by_group = format!("modlog?community_id={}", group["community_view"]["community"]["id"]);
        let words = ["Spores in class", "With a sieve", "How dry?"];

        let log = anybody.get("/modlog").await.text();
        assert!(log.contains(words[0]) && log.contains(words[1]), "the group is open: {log}");
        ann.presses("/c/fungi/remove", "Remove the group", &[("reason", "Of no use")]).await;
        for reader in [&anybody, &ben] {
            let page = reader.get("/modlog").await.text();
            assert!(page.contains(done) && page.contains("a thread") && page.contains("a reply"), "{page}");
            for asked in ["modlog", &by_group] {
                let told = api(reader, asked).await;
                assert_eq!(told["locked_posts"].as_array().unwrap().len(), 1, "{told}");
                assert_eq!(told["featured_posts"][0]["post"]["name"], "", "{told}");
                assert_eq!(told["removed_comments"].as_array().unwrap().len(), 2, "{told}");
                assert_eq!(told["removed_comments"][0]["comment"]["content"], "", "{told}");
                for word in words {
                    assert!(!told.to_string().contains(word), "{word} by {asked}: {told}");
                    assert!(!page.contains(word), "{word}: {page}");
                }
            }
        }
        // Who looks after it and administrators go on reading it.
        for reader in [&eve, &ann] {
            let page = reader.get("/modlog").await.text();
            assert!(page.contains(words[0]) && page.contains(words[1]), "{page}");
        }
    }

    async fn a_thread_shared_before_its_group_was_for_few_is_not_named_to_those_it_is_not_for(db: Database) {
        let instance = Instance::start(db).await;
        for name in ["ann", "eve"] {
            instance.member(name).await;
        }
        let ann = Visitor::logged_in(&instance, "ann").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        eve.begins_group("moss").await;
        let (mine, theirs) = ("/c/moss/sharing", "/c/fungi/sharing");
        eve.presses(mine, "Ask", &[("other", "!fungi")]).await;
        ann.presses(theirs, "Let in: Teaching fungi", &[]).await;
        let thread = ann.begins_thread("fungi", "For both", "Look").await;
        assert!(eve.get(mine).await.text().contains("For both"));
        let answer = ann.presses("/c/fungi/edit", "Save", &[("visibility", "private")]).await;
        assert_eq!(answer.location(), "/c/fungi", "{}", answer.text());
        assert!(!eve.get(&thread).await.text().contains("For both"));

        let page = eve.get(mine).await.text();
        assert!(!page.contains("For both"), "{page}");
        // It can still be taken out.
        let out = "Take out: A thread that is no longer for you to read";
        assert_eq!(eve.presses(mine, out, &[]).await.location(), mine);
        assert!(!eve.sees_button(mine, out).await);
    }
}
