//! What moderators and administrators do by the buttons of the pages, and where it shows.

use coppice::store::actors;
use reqwest::StatusCode;

use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// Ann administers the site and coordinates !fungi, Ben moderates it, Eve writes in it.
struct Cast {
    instance: Instance,
    ann: Visitor,
    ben: Visitor,
    eve: Visitor,
}

impl Cast {
    async fn of(db: Database) -> Cast {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        for name in ["ben", "eve"] {
            instance.member(name).await;
        }
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        let edit = "/c/fungi/edit";
        ann.presses(edit, "Appoint", &[("who", "ben"), ("role", "moderator")])
            .await
            .leads_to(edit);
        Cast {
            instance,
            ann,
            ben,
            eve,
        }
    }

    fn anybody(&self) -> Visitor {
        Visitor::of(&self.instance)
    }
}

impl Answer {
    fn leads_to(&self, path: &str) {
        assert_eq!(self.location(), path, "{}: {}", self.status, self.text());
    }

    /// The page again, with this message.
    fn tells(&self, message: &str) {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        assert!(self.text().contains(message), "{message}: {}", self.text());
    }

    /// The form again, with a message at the field, and what was typed.
    fn tells_at(&self, field: &str, kept: &str) {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let text = self.text();
        assert!(
            text.contains(&format!("id=\"w-{field}\"")),
            "{field}: {text}"
        );
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

/// Whether the first stands before the second on a page.
async fn in_order(reader: &Visitor, page: &str, first: &str, second: &str) -> bool {
    let text = reader.get(page).await.text();
    let place = |words: &str| {
        text.find(&format!(">{words}</a>"))
            .unwrap_or_else(|| panic!("{words} on {page}: {text}"))
    };
    place(first) < place(second)
}

on_both_databases! {
    async fn a_thread_is_moved_to_another_group_by_its_author_or_a_moderator(db: Database) {
        let cast = Cast::of(db).await;
        let Cast { instance, ann, ben, eve } = &cast;
        let anybody = cast.anybody();
        let thread = eve.begins_thread("fungi", "Moulds on bread", "Why?").await;
        eve.replies(&thread, "Because it is moist").await;
        let page = format!("{thread}/move");
        assert!(ben.get(&page).await.text().contains("no other group"));
        ann.begins_group("moulds").await;
        let moulds = instance.read(|tx| actors::local_by_name(tx.conn, "moulds")).await.unwrap().id.to_string();
        assert!(anybody.get(&page).await.location().starts_with("/login?next="));
        assert!(ben.get(&page).await.text().contains("no other group"), "he moderates but one");
        ben.sends_form("/settings", &page, &[("group", &moulds), ("reason", "")]).await.tells("no other group");
        ann.sends_form("/settings", &page, &[("group", "nonsense"), ("reason", "Kept")]).await.tells("Choose a group");

        let button = ann.get(&thread).await.text();
        assert!(button.contains("Move to another group"), "{button}");
        ann.presses(&page, "Move", &[("group", &moulds), ("reason", "No mushrooms")]).await.leads_to(&thread);
        assert!(anybody.get("/c/moulds").await.text().contains("Moulds on bread"));
        assert!(!anybody.get("/c/fungi").await.text().contains("Moulds on bread"));
        for log in ["/c/fungi/modlog", "/modlog"] {
            let log = anybody.get(log).await.text();
            assert!(log.contains("moved") && log.contains("No mushrooms"), "{log}");
        }
        assert!(anybody.get("/modlog").await.text().contains(" out of "));
        for words in ["moist", "moulds"] {
            let found = anybody.get(&format!("/search?q={words}")).await.text();
            assert!(found.contains("Moulds on bread") || found.contains("moist"), "{found}");
        }
        let other = Visitor::logged_in(instance, "ben").await;
        assert_eq!(other.get(&page).await.status, StatusCode::FORBIDDEN, "it is out of his hands");

        // Its author may put it where they might have begun it, and follow.
        assert!(eve.get(&page).await.text().contains("no other group"));
        eve.presses("/c/fungi", "Follow", &[]).await;
        let fungi = instance.read(|tx| actors::local_by_name(tx.conn, "fungi")).await.unwrap().id.to_string();
        eve.presses(&page, "Move", &[("group", &fungi), ("reason", "")]).await.leads_to(&thread);
        assert!(anybody.get("/c/fungi").await.text().contains("Moulds on bread"));
    }

    async fn a_thread_is_pinned_locked_warned_about_and_removed_by_its_buttons(db: Database) {
        let cast = Cast::of(db).await;
        let Cast { ann, ben, eve, .. } = &cast;
        let anybody = cast.anybody();
        let old = eve.begins_thread("fungi", "Old spores", "How?").await;
        let new = eve.begins_thread("fungi", "New spores", "Why?").await;
        let list = "/c/fungi?sort=new";
        assert!(in_order(&anybody, list, "New spores", "Old spores").await);
        ben.presses(&old, "Pin", &[]).await.leads_to(&old);
        assert!(in_order(&anybody, list, "Old spores", "New spores").await);
        ben.presses(&old, "Unpin", &[]).await.leads_to(&old);
        assert!(in_order(&anybody, list, "New spores", "Old spores").await);
        for other in [eve, &anybody] {
            assert!(!other.sees_button(&new, "Pin").await && !other.get(&new).await.text().contains("/do/remove"));
        }
        assert!(!ben.sees_button(&old, "Pin on the front page").await);
        ann.presses(&old, "Pin on the front page", &[]).await.leads_to(&old);
        for page in ["/?show=all&sort=new", "/?show=local&sort=active"] {
            assert!(in_order(&anybody, page, "Old spores", "New spores").await, "{page}");
        }
        assert_eq!(anybody.get("/?show=all&sort=new").await.text().matches(">Old spores</a>").count(), 1);
        ann.presses(&old, "Unpin from the front page", &[]).await.leads_to(&old);
        assert!(in_order(&anybody, "/?show=all&sort=new", "New spores", "Old spores").await);

        let lock = format!("{new}/do/lock");
        ben.presses(&lock, "Lock", &[("reason", "Too heated")]).await.leads_to(&new);
        assert!(eve.get(&new).await.text().contains("This thread is locked"));
        let answer = eve.sends_form("/settings", &format!("{new}/reply"), &[("body", "But")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        ben.presses(&format!("{new}/do/unlock"), "Unlock", &[]).await.leads_to(&new);
        eve.replies(&new, "But").await;

        let warn = format!("{new}/do/warn");
        ben.presses(&warn, "Warn the author of", &[("reason", "  ")]).await.tells_at("reason", "New spores");
        assert!(!eve.get("/notifications").await.text().contains("has a word for you"));
        ben.presses(&warn, "Warn the author of", &[("reason", "Be brief")]).await.leads_to(&new);
        let told = eve.get("/notifications").await.text();
        assert!(told.contains("has a word for you") && told.contains("Be brief"), "{told}");

        let remove = format!("{new}/do/remove");
        ben.presses(&remove, "Remove", &[("reason", "Off <b>topic</b>")]).await.leads_to(&new);
        assert!(!anybody.get(list).await.text().contains("New spores"));
        assert!(!anybody.get(&new).await.text().contains("Why?"));
        let log = anybody.get("/c/fungi/modlog").await.text();
        for reason in ["Too heated", "Be brief", "Off &lt;b&gt;topic&lt;/b&gt;"] {
            assert!(log.contains(reason), "{reason}: {log}");
        }
        ben.presses(&format!("{new}/do/put-back"), "Put back", &[]).await.leads_to(&new);
        assert!(anybody.get(&new).await.text().contains("Why?"));

        for act in ["remove", "lock", "warn", "put-back", "unlock"] {
            let path = format!("{new}/do/{act}");
            assert_eq!(eve.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(eve.sends_form("/settings", &path, &[("reason", "Mine")]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for place in ["group", "site"] {
            let pin = [("where", place), ("on", "on")];
            assert_eq!(eve.sends_form("/settings", &format!("{new}/feature"), &pin).await.status, StatusCode::FORBIDDEN);
        }
        // What somebody keeps out of their own lists concerns nobody else.
        eve.presses(&new, "Hide from my lists", &[]).await.leads_to(&new);
        assert!(!eve.get(list).await.text().contains("New spores"));
        assert!(in_order(&anybody, list, "New spores", "Old spores").await);
        eve.presses(&new, "Show in my lists", &[]).await.leads_to(&new);
        assert!(eve.get(list).await.text().contains("New spores"));
    }

    async fn a_reply_is_spoken_for_the_group_locked_and_removed_by_its_buttons(db: Database) {
        let cast = Cast::of(db).await;
        let Cast { ben, eve, .. } = &cast;
        let anybody = cast.anybody();
        let thread = eve.begins_thread("fungi", "Spores", "How?").await;
        let words = ben.replies(&thread, "Please keep to the topic").await;
        ben.presses(&words, "Speak for the group", &[]).await.leads_to(&words);
        assert!(anybody.get(&thread).await.text().contains("Speaks for the group"));
        ben.presses(&words, "No longer speak for the group", &[]).await.leads_to(&words);
        assert!(!anybody.get(&thread).await.text().contains("Speaks for the group"));
        let reply = eve.replies(&thread, "With a sieve").await;
        for (who, path) in [(eve, &reply), (eve, &words), (ben, &reply)] {
            let answer = who.sends_form("/settings", &format!("{path}/distinguish"), &[("on", "on")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }

        ben.presses(&format!("{reply}/do/lock"), "Lock", &[("reason", "Enough of it")]).await.leads_to(&reply);
        let answer = eve.sends_form("/settings", &format!("{reply}/reply"), &[("body", "More")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        ben.presses(&format!("{reply}/do/unlock"), "Unlock", &[]).await.leads_to(&reply);
        ben.presses(&format!("{reply}/do/remove"), "Remove", &[("reason", "An advertisement")]).await.leads_to(&reply);
        assert!(!anybody.get(&thread).await.text().contains("With a sieve"));
        let log = anybody.get("/modlog").await.text();
        assert!(log.contains("Enough of it") && log.contains("An advertisement"), "{log}");
        ben.presses(&format!("{reply}/do/put-back"), "Put back", &[]).await.leads_to(&reply);
        assert!(anybody.get(&thread).await.text().contains("With a sieve"));
    }

    async fn bans_from_group_and_site_are_made_and_lifted_on_their_pages(db: Database) {
        let cast = Cast::of(db).await;
        let Cast { ann, ben, eve, .. } = &cast;
        let anybody = cast.anybody();
        let thread = eve.begins_thread("fungi", "Buy pills", "Now").await;
        let bans = "/c/fungi/bans";
        for (fields, at) in [
            ([("who", "eve"), ("days", "many")], "days"), ([("who", "eve"), ("days", "0")], "days"),
            ([("who", "eve"), ("days", "99999999999999999999")], "days"), ([("who", "nobody"), ("days", "3")], "who"),
            ([("who", ""), ("days", "3")], "who"), ([("who", "fungi"), ("days", "")], "who"),
        ] {
            let mut fields = fields.to_vec();
            fields.push(("reason", "Sells &amp; sells"));
            ben.presses(bans, "Ban", &fields).await.tells_at(at, "value=\"Sells &amp;amp; sells\"");
        }
        let answer = ben.presses(bans, "Ban", &[("who", "ann"), ("reason", "Rival")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text().contains("has as much say") && answer.text().contains("value=\"Rival\""), "{}", answer.text());
        assert!(ben.get(&format!("{bans}?who=eve")).await.text().contains("value=\"eve\""));
        ben.presses(bans, "Ban", &[("who", "eve"), ("reason", "Sells pills"), ("days", "3"), ("content", "on")]).await.leads_to(bans);
        let list = ben.get(bans).await.text();
        assert!(list.contains("Sells pills") && list.contains("until"), "{list}");
        assert!(!anybody.get("/c/fungi").await.text().contains("Buy pills"));
        let answer = eve.sends_form("/settings", "/c/fungi/new", &[("title", "More"), ("action", "publish")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        for other in [eve, &anybody] {
            assert_ne!(other.get(bans).await.status, StatusCode::OK);
        }
        assert_eq!(eve.sends_form("/settings", bans, &[("who", "ben")]).await.status, StatusCode::FORBIDDEN);
        ben.presses(bans, "Lift the ban of eve", &[("content", "on")]).await.leads_to(bans);
        assert!(ben.get(bans).await.text().contains("Nobody is banned"));
        assert!(anybody.get(&thread).await.text().contains("Buy pills"));
        eve.begins_thread("fungi", "Sorry", "Never again").await;

        let bans = "/admin/bans";
        assert_eq!(ben.get(bans).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ben.sends_form("/settings", bans, &[("who", "eve")]).await.status, StatusCode::FORBIDDEN);
        ann.presses(bans, "Ban", &[("who", "eve"), ("days", "-1"), ("reason", "Threats")]).await.tells_at("days", "value=\"Threats\"");
        ann.presses(bans, "Ban", &[("who", "nobody@nowhere"), ("reason", "Threats")]).await.tells_at("who", "value=\"Threats\"");
        ann.presses(bans, "Ban", &[("who", "@eve"), ("reason", "Threats")]).await.leads_to(bans);
        assert!(ann.get(bans).await.text().contains("without an end"));
        assert_eq!(eve.get("/settings").await.status, StatusCode::SEE_OTHER, "she is logged out");
        assert_ne!(Visitor::of(&cast.instance).logs_in("eve", PASSWORD, "/").await.status, StatusCode::SEE_OTHER);
        assert!(anybody.get("/modlog").await.text().contains("Threats"));
        ann.presses(bans, "Lift the ban of eve", &[]).await.leads_to(bans);
        assert_eq!(eve.logs_in("eve", PASSWORD, "/").await.status, StatusCode::SEE_OTHER);

        // A group: hidden, removed, put back.
        let page = "/c/fungi/remove";
        assert_eq!(ben.get(page).await.status, StatusCode::FORBIDDEN);
        ann.presses(page, "Hide the group", &[]).await.leads_to("/c/fungi");
        assert!(!anybody.get("/groups").await.text().contains("/c/fungi") && !anybody.get("/?show=all").await.text().contains("Buy pills"));
        ann.presses(page, "Show it again", &[]).await.leads_to("/c/fungi");
        assert!(anybody.get("/groups").await.text().contains("/c/fungi"));
        ann.presses(page, "Remove the group", &[("reason", "No longer of use")]).await.leads_to("/modlog");
        assert_ne!(anybody.get("/c/fungi").await.status, StatusCode::OK);
        assert!(anybody.get("/modlog").await.text().contains("No longer of use"));
        ann.presses(page, "Put the group back", &[]).await.leads_to("/c/fungi");
        assert_eq!(anybody.get("/c/fungi").await.status, StatusCode::OK);
    }

    async fn groups_ask_each_other_for_threads_let_each_other_in_and_end_it(db: Database) {
        let cast = Cast::of(db).await;
        let Cast { ann, ben, eve, .. } = &cast;
        let anybody = cast.anybody();
        eve.begins_group("moss").await;
        let (mine, theirs) = ("/c/moss/sharing", "/c/fungi/sharing");
        for typed in ["", "nobody", "eve", "moss", "!x@nowhere"] {
            eve.presses(mine, "Ask", &[("other", typed)]).await.tells_at("other", &format!("value=\"{typed}\""));
        }
        eve.presses(mine, "Ask", &[("other", "!fungi")]).await.leads_to(mine);
        assert!(eve.get(mine).await.text().contains("Waits for its coordinator"));
        assert!(!ben.sees_button(theirs, "Let in: Teaching fungi").await, "a moderator looks on");
        ann.presses(theirs, "Let in: Teaching fungi", &[]).await.leads_to(theirs);
        let thread = ben.begins_thread("fungi", "For both", "Look").await;
        assert!(anybody.get("/c/moss").await.text().contains("For both"));
        eve.presses(mine, "Take out: For both", &[]).await.leads_to(mine);
        assert!(!anybody.get("/c/moss").await.text().contains("For both"));
        assert!(anybody.get(&thread).await.text().contains("Look"));
        eve.presses(mine, "Let in again: For both", &[]).await.leads_to(mine);
        assert!(anybody.get("/c/moss").await.text().contains("For both"));
        eve.presses(mine, "Stop: Teaching fungi", &[]).await.leads_to(mine);
        ben.begins_thread("fungi", "For one alone", "Look").await;
        assert!(!anybody.get("/c/moss").await.text().contains("For one alone"));
        for (act, id) in [("ask", ""), ("stop", "1"), ("welcome", "1"), ("hide", "1")] {
            let answer = eve.sends_form("/settings", theirs, &[("act", act), ("id", id), ("other", "moss")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{act}");
        }
    }
}
