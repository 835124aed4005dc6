//! Handing a group on, and closing it, through its pages.

use reqwest::StatusCode;

use crate::support::instance::Instance;
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

const EDIT: &str = "/c/fungi/edit";
const ROLES: &str = "/c/fungi/roles";

on_both_databases! {
    async fn a_coordinator_appoints_by_name_and_hands_the_group_on(db: Database) {
        let instance = Instance::start(db).await;
        let anns = instance.member("ann").await.id.to_string();
        let bens = instance.member("ben").await.id.to_string();
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        assert_eq!(ben.get(EDIT).await.status, StatusCode::FORBIDDEN);

        let answer = ann.sends_form(EDIT, ROLES, &[("who", "@Ben"), ("role", "moderator")]).await;
        assert_eq!(answer.location(), EDIT, "{}", answer.text());
        let page = ben.get(EDIT).await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("Step down") && !text.contains("Make coordinator") && !text.contains("Appoint"));

        let last = [("person", anns.as_str()), ("role", "none")];
        let answer = ann.sends_form(EDIT, ROLES, &last).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text().contains("The last coordinator cannot leave"), "{}", answer.text());

        let up = [("person", bens.as_str()), ("role", "coordinator")];
        assert_eq!(ann.sends_form(EDIT, ROLES, &up).await.location(), EDIT);
        assert_eq!(ann.sends_form(EDIT, ROLES, &last).await.location(), "/c/fungi");
        assert_eq!(ann.get(EDIT).await.status, StatusCode::FORBIDDEN);
    }

    async fn whom_nobody_knows_is_said_beside_the_field_and_what_was_typed_stays(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        for who in ["nobody", "fungi", "", "nobody@localhost:1", "a b", "<b>@<i>"] {
            let answer = ann.sends_form(EDIT, ROLES, &[("who", who), ("role", "coordinator")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}");
            let text = answer.text();
            assert!(text.contains("id=\"w-who\""), "{who}: {text}");
            let kept = who.replace('<', "&lt;").replace('>', "&gt;");
            assert!(text.contains(&format!("value=\"{kept}\" required")), "{who}: {text}");
            assert!(text.contains("value=\"coordinator\" checked"), "{who}: {text}");
            assert!(text.contains("value=\"Teaching fungi\""), "the other form stands as it was");
        }
        for fields in [[("person", "1"), ("role", "moderator")], [("who", "ann"), ("role", "king")]] {
            let answer = ann.sends_form(EDIT, ROLES, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        }
    }

    async fn strangers_neither_appoint_nor_close(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let bens = instance.member("ben").await.id.to_string();
        let ann = Visitor::logged_in(&instance, "ann").await;
        let ben = Visitor::logged_in(&instance, "ben").await;
        ann.begins_group("fungi").await;
        for fields in [[("who", "ben"), ("role", "moderator")], [("person", bens.as_str()), ("role", "coordinator")]] {
            let answer = ben.sends_form("/", ROLES, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{fields:?}");
        }
        assert_eq!(ben.get("/c/fungi/close").await.status, StatusCode::FORBIDDEN);
        assert_eq!(ben.sends_form("/", "/c/fungi/close", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ann.posts("/c/fungi/close", &[]).await.status, StatusCode::FORBIDDEN, "no token");
        assert_eq!(ben.get("/c/fungi").await.status, StatusCode::OK);
    }

    async fn a_group_is_closed_once_it_was_asked(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        assert!(ann.get(EDIT).await.text().contains("href=\"/c/fungi/close\""));
        let asked = ann.get("/c/fungi/close").await.text();
        assert!(asked.contains("Close Teaching fungi?") && asked.contains("You can open it again"), "{asked}");
        assert_eq!(ann.get("/c/fungi").await.status, StatusCode::OK, "asking closes nothing");
        let answer = ann.sends_form("/c/fungi/close", "/c/fungi/close", &[]).await;
        assert_eq!(answer.location(), "/c/fungi", "{}", answer.text());
        assert!(ann.get("/c/fungi").await.text().contains("The group is closed."));
        let stranger = Visitor::of(&instance);
        assert_eq!(stranger.get("/c/fungi").await.status, StatusCode::NOT_FOUND);
    }
}
