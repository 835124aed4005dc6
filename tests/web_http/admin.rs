//! What administrators, coordinators and moderators do on pages of their own: the site's face and people,
//! erasing for good, who voted, and a group that is handed over, closed and opened again.

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use crate::app::{App, png};
use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::{Answer, Visitor};

const PEOPLE: &str = "/admin/people";
const BOUNDARY: &str = "a-boundary-of-a-form";

/// Sends a form with pictures.
async fn sends_pictures(
    visitor: &Visitor,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> Answer {
    let token = visitor.get(path).await.token();
    let mut body = Vec::new();
    for (name, value) in fields.iter().chain([&("csrf", token.as_str())]) {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = visitor.request(reqwest::Method::POST, path);
    visitor
        .sends(request.header(CONTENT_TYPE, kind).body(body))
        .await
}

on_both_databases! {
    async fn who_closed_a_group_opens_it_again_and_nobody_else_does(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        instance.member("ben").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores in class", "How?").await;
        assert_eq!(ann.sends_form("/c/fungi/close", "/c/fungi/close", &[]).await.location(), "/c/fungi");
        for other in [&ben, &Visitor::of(&instance)] {
            assert_eq!(other.get("/c/fungi").await.status, StatusCode::NOT_FOUND);
        }
        assert!(!ben.get("/groups").await.text().contains("/c/fungi"));
        let refused = ben.sends_form("/", "/c/fungi/reopen", &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());

        assert!(ann.get("/groups").await.text().contains("href=\"/c/fungi\""));
        let page = ann.get("/c/fungi").await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.text().contains("Open the group again"), "{}", page.text());
        let answer = ann.sends_form("/c/fungi", "/c/fungi/reopen", &[]).await;
        assert_eq!(answer.location(), "/c/fungi", "{}", answer.text());
        let page = ben.get("/c/fungi").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Spores in class"));
        assert_eq!(ben.get(&thread).await.status, StatusCode::OK);
        let answer = ann.sends_form("/c/fungi/edit", "/c/fungi/reopen", &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "it is open");
    }

    async fn a_group_is_handed_over_on_a_page_of_its_own(db: Database) {
        let instance = Instance::start(db).await;
        for name in ["ann", "ben", "eve"] {
            instance.member(name).await;
        }
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        let path = "/c/fungi/transfer";
        assert!(ann.get("/c/fungi/edit").await.text().contains("href=\"/c/fungi/transfer\""));
        assert_eq!(eve.get(path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(eve.sends_form("/", path, &[("who", "eve")]).await.status, StatusCode::FORBIDDEN);
        for who in ["nobody", "fungi", "", "<b>"] {
            let answer = ann.sends_form(path, path, &[("who", who)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}");
            assert!(answer.text().contains("id=\"w-who\""), "{who}: {}", answer.text());
            assert!(answer.text().contains(&format!("value=\"{}\"", who.replace('<', "&lt;").replace('>', "&gt;"))), "{who}");
        }
        let answer = ann.sends_form(path, path, &[("who", "ben")]).await;
        assert_eq!(answer.location(), "/c/fungi", "{}", answer.text());
        let page = ann.get("/c/fungi").await.text();
        assert!(page.contains("The group is handed over."), "{page}");
        assert_eq!(ann.get(path).await.status, StatusCode::FORBIDDEN, "she moderates now");
        assert_eq!(ann.get("/c/fungi/edit").await.status, StatusCode::OK);
        assert_eq!(ben.get(path).await.status, StatusCode::OK);
        assert!(ben.get("/c/fungi/modlog").await.text().contains("ben"));
    }

    async fn administrators_choose_each_other_and_the_last_one_stays(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let bens = instance.member("ben").await.id.to_string();
        let ben = Visitor::logged_in(&instance, "ben").await;
        assert_eq!(ben.get(PEOPLE).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ben.sends_form("/", PEOPLE, &[("who", "ben")]).await.status, StatusCode::FORBIDDEN);
        assert!(ann.get("/admin").await.text().contains("href=\"/admin/people\""));
        for who in ["nobody", "", "a b"] {
            let answer = ann.sends_form(PEOPLE, PEOPLE, &[("who", who)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}");
            assert!(answer.text().contains("id=\"w-who\""), "{who}: {}", answer.text());
        }
        let id = instance.read(|tx| coppice::store::accounts::by_name(tx.conn, "ann")).await.unwrap().person_id;
        let anns = id.to_string();
        let last = ann.sends_form(PEOPLE, PEOPLE, &[("dismiss", &anns)]).await;
        assert_eq!(last.status, StatusCode::FORBIDDEN);
        assert!(last.text().contains("The last administrator stays one"), "{}", last.text());

        let answer = ann.sends_form(PEOPLE, PEOPLE, &[("who", "ben")]).await;
        assert_eq!(answer.location(), PEOPLE, "{}", answer.text());
        assert!(ann.get(PEOPLE).await.text().contains("They administer this site now."));
        assert!(ben.get(PEOPLE).await.text().contains("Take the role away"));
        let answer = ben.sends_form(PEOPLE, PEOPLE, &[("dismiss", &anns)]).await;
        assert_eq!(answer.location(), PEOPLE, "{}", answer.text());
        assert_eq!(ann.get("/admin").await.status, StatusCode::FORBIDDEN);
        let answer = ben.sends_form(PEOPLE, PEOPLE, &[("dismiss", &bens)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    }

    async fn what_an_administrator_erases_is_told_before_and_gone_afterwards(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        instance.member("ben").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ben.begins_group("fungi").await;
        let thread = ben.begins_thread("fungi", "Spores in class", "Unspeakable words").await;
        let reply = ben.replies(&thread, "Unspeakable answer").await;
        let other = ben.begins_thread("fungi", "Another matter", "Quiet words").await;
        let menu = ann.get(&thread).await.text();
        for link in [format!("{thread}/purge"), format!("{reply}/purge")] {
            assert!(menu.contains(&format!("href=\"{link}\"")), "{link}");
        }
        for path in [format!("{thread}/purge"), format!("{reply}/purge"), "/u/ben/purge".to_owned(), "/c/fungi/purge".to_owned()] {
            assert_eq!(ben.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(ben.sends_form("/", &path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
            let asked = ann.get(&path).await;
            assert_eq!(asked.status, StatusCode::OK, "{path}");
            assert!(asked.text().contains("This is lost, and nobody can bring it back"), "{}", asked.text());
            let long = "x".repeat(1_001);
            let answer = ann.sends_form(&path, &path, &[("reason", &long)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(answer.text().contains("id=\"w-reason\"") && answer.text().contains(&long), "{path}");
        }
        assert!(ann.get(&format!("{thread}/purge")).await.text().contains("1 reply to it"));

        let path = format!("{reply}/purge");
        let answer = ann.sends_form(&path, &path, &[("reason", "Not to be kept")]).await;
        assert_eq!(answer.location(), "/modlog", "{}", answer.text());
        let log = ann.get("/modlog").await.text();
        assert!(log.contains("Erased for good.") && log.contains("Not to be kept"), "{log}");
        assert!(!ann.get(&thread).await.text().contains("Unspeakable answer"));
        assert_eq!(ann.get(&path).await.status, StatusCode::NOT_FOUND, "there is nothing left to erase");

        let path = format!("{thread}/purge");
        assert_eq!(ann.sends_form(&path, &path, &[]).await.location(), "/modlog");
        assert!(!ann.get(&thread).await.text().contains("Unspeakable"));

        assert_eq!(ann.sends_form("/c/fungi/purge", "/c/fungi/purge", &[]).await.location(), "/modlog");
        assert_eq!(ben.get("/c/fungi").await.status, StatusCode::NOT_FOUND, "not even for its coordinator");
        assert!(!ben.get("/groups").await.text().contains("/c/fungi"));
        assert!(!ann.get(&other).await.text().contains("Quiet words"));

        assert!(ann.get("/u/ben").await.text().contains("href=\"/u/ben/purge\""));
        assert_eq!(ann.sends_form("/u/ben/purge", "/u/ben/purge", &[]).await.location(), "/modlog");
        assert_eq!(ann.get("/u/ben").await.status, StatusCode::NOT_FOUND);
        let own = ann.sends_form("/u/ann/purge", "/u/ann/purge", &[]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "not oneself");
        assert!(own.text().contains("as much say"), "{}", own.text());
    }

    async fn a_reason_that_is_too_long_is_refused_at_its_field_and_the_same_at_every_door(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        instance.member("ben").await;
        let bens = Visitor::logged_in(&instance, "ben").await;
        bens.begins_group("fungi").await;
        let thread = bens.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = bens.replies(&thread, "With a sieve.").await;
        let long = "x".repeat(1_001);
        let forms = [
            (format!("{thread}/do/remove"), vec![]),
            (format!("{thread}/do/lock"), vec![]),
            (format!("{thread}/do/warn"), vec![]),
            (format!("{reply}/do/remove"), vec![]),
            ("/c/fungi/remove".to_owned(), vec![("act", "remove")]),
            ("/c/fungi/bans".to_owned(), vec![("who", "ben")]),
            ("/admin/bans".to_owned(), vec![("who", "ben")]),
            ("/admin/federation/rules".to_owned(), vec![("act", "block"), ("from_page", "on"), ("server", "oak.example")]),
        ];
        for (path, mut fields) in forms {
            fields.push(("reason", &long));
            let answer = ann.sends_form(&path, &path, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            let text = answer.text();
            assert!(text.contains("id=\"w-reason\"") && text.contains("at most 1000 characters"), "{path}: {text}");
            assert!(text.contains(&long), "{path}: what was typed stays");
        }
        assert_eq!(bens.get(&thread).await.status, StatusCode::OK);
        let app = App::logged_in(&instance, "ann").await;
        let id: i64 = thread.rsplit('/').next().unwrap().parse().unwrap();
        let form = serde_json::json!({ "post_id": id, "removed": true, "reason": long });
        assert_eq!(app.refused(reqwest::Method::POST, "post/remove", form).await, "report_too_long");
        // What fits is kept whole.
        let fits = &long[..1_000];
        let path = format!("{thread}/do/remove");
        assert_eq!(ann.sends_form(&path, &path, &[("reason", fits)]).await.location(), thread);
        assert!(ann.get("/modlog").await.text().contains(fits));
    }

    async fn the_site_gets_a_face_and_its_languages_and_loses_them_again(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let stands = [("name", "Riverside"), ("registration", "open")];
        let mut fields = stands.to_vec();
        fields.push(("languages", "fr, De"));
        let (icon, banner) = (png(1), png(2));
        let answer = sends_pictures(&ann, "/admin", &fields, &[("icon", &icon), ("banner", &banner)]).await;
        assert_eq!(answer.location(), "/admin", "{}", answer.text());
        let form = ann.get("/admin").await.text();
        assert!(form.contains("value=\"de, fr\""), "{form}");
        assert!(form.contains("Take the present icon away") && form.contains("Take the present banner away"));
        let front = Visitor::of(&instance).get("/").await.text();
        assert!(front.contains("class=\"banner\""), "{front}");
        let brand = front.split("class=\"brand\"").nth(1).unwrap();
        assert!(brand[..300].contains("<img src=\"") && brand[..300].contains("/pictures/"), "{brand}");
        let site = App::of(&instance).asks("site").await;
        assert_eq!(site["discussion_languages"].as_array().unwrap().len(), 3, "{site}");
        let shown = &site["site_view"]["site"];
        assert!(shown["icon"].is_string() && shown["banner"].is_string(), "{shown}");

        for (field, value, place) in [("languages", "english", "w-languages"), ("name", "", "w-name")] {
            let mut wrong: Vec<_> = stands.into_iter().filter(|(name, _)| *name != field).collect();
            wrong.push((field, value));
            let answer = sends_pictures(&ann, "/admin", &wrong, &[]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(answer.text().contains(&format!("id=\"{place}\"")), "{field}: {}", answer.text());
        }
        let answer = sends_pictures(&ann, "/admin", &stands, &[("icon", b"no picture")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("id=\"w-icon\""), "{}", answer.text());

        let mut bare = stands.to_vec();
        bare.extend([("no_icon", "on"), ("no_banner", "on")]);
        assert_eq!(sends_pictures(&ann, "/admin", &bare, &[]).await.location(), "/admin");
        let site = App::of(&instance).asks("site").await;
        let shown = &site["site_view"]["site"];
        assert!(shown["icon"].is_null() && shown["banner"].is_null(), "{shown}");
        assert!(!Visitor::of(&instance).get("/").await.text().contains("class=\"banner\""));
    }

    async fn who_voted_is_shown_to_those_who_look_after_the_group_and_to_nobody_else(db: Database) {
        let instance = Instance::start(db).await;
        let admin = Visitor::sets_up(&instance, "rita").await;
        for name in ["ann", "ben", "eve"] {
            instance.member(name).await;
        }
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        let eve = Visitor::logged_in(&instance, "eve").await;
        ann.begins_group("fungi").await;
        let thread = ben.begins_thread("fungi", "Spores in class", "How?").await;
        let reply = ben.replies(&thread, "With a sieve.").await;
        for path in [&thread, &reply] {
            let vote = format!("{path}/vote");
            eve.sends_form(&thread, &vote, &[("vote", "down")]).await;
        }
        let app = App::logged_in(&instance, "ann").await;
        for path in [&thread, &reply] {
            let votes = format!("{path}/votes");
            for one in [&ann, &admin] {
                let page = one.get(&votes).await;
                assert_eq!(page.status, StatusCode::OK, "{votes}");
                let text = page.text();
                let (up, down) = text.split_once("<h2>Down</h2>").expect("a vote down");
                assert!(up.contains("@ben@") && !up.contains("@eve@"), "{text}");
                assert!(down.contains("@eve@") && !down.contains("@ben@"), "{text}");
                assert!(one.get(&thread).await.text().contains(&format!("href=\"{votes}\"")), "{votes}");
            }
            for one in [&ben, &eve] {
                assert_eq!(one.get(&votes).await.status, StatusCode::FORBIDDEN, "{votes}");
                assert!(!one.get(&thread).await.text().contains(&votes));
            }
            let answer = Visitor::of(&instance).get(&votes).await;
            assert!(answer.location().starts_with("/login?next="), "{votes}");
            // Apps show the same.
            let id = path.rsplit('/').next().unwrap();
            let (list, ask) = match path.starts_with("/post") {
                true => ("post_likes", format!("post/like/list?post_id={id}")),
                false => ("comment_likes", format!("comment/like/list?comment_id={id}")),
            };
            assert_eq!(app.asks(&ask).await[list].as_array().unwrap().len(), 2);
        }
    }
}
