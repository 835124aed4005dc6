//! Applications to join, as administrators' apps see and decide them.

use coppice::domain::kinds::RegistrationMode;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Database, on_both_databases};
use crate::visitor::Visitor;

on_both_databases! {
    async fn an_administrators_app_sees_who_applies_and_decides(db: Database) {
        let instance = Instance::start_with(db, |settings| settings.registration = RegistrationMode::Approval).await;
        drop(Visitor::sets_up(&instance, "ann").await);
        instance.member("ben").await;
        let (ann, ben) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "ben").await);
        let stranger = App::of(&instance);
        for name in ["cat", "dan"] {
            let form = json!({
                "username": name, "password": PASSWORD, "password_verify": PASSWORD, "show_nsfw": false,
                "answer": format!("I am {name}"), "email": format!("{name}@example.org"),
            });
            let made = stranger.posts("user/register", form).await;
            assert_eq!(made["registration_created"], true, "{made}");
        }
        assert_eq!(ann.asks("admin/registration_application/count").await["registration_applications"], 2);
        let list = ann.asks("admin/registration_application/list?unread_only=true").await;
        let waiting = list["registration_applications"].as_array().unwrap();
        let answers: Vec<_> = waiting.iter().map(|view| view["registration_application"]["answer"].clone()).collect();
        assert_eq!(answers, ["I am cat", "I am dan"], "the oldest first");
        let (cat, dan) = (&waiting[0], &waiting[1]);
        assert_eq!(cat["creator"]["name"], "cat");
        assert_eq!((&cat["creator_local_user"]["accepted_application"], &cat["creator_local_user"]["email"]), (&json!(false), &json!("cat@example.org")));
        assert_eq!(cat["admin"], Value::Null);
        let id = |view: &Value| view["registration_application"]["id"].clone();

        for path in ["admin/registration_application/count", "admin/registration_application/list"] {
            assert_eq!(ben.refused(Method::GET, path, Value::Null).await, "not_an_admin");
        }
        let approve = json!({ "id": id(cat), "approve": true });
        assert_eq!(ben.refused(Method::PUT, "admin/registration_application/approve", approve.clone()).await, "not_an_admin");
        let done = ann.puts("admin/registration_application/approve", approve).await;
        let done = &done["registration_application"];
        assert_eq!((&done["creator_local_user"]["accepted_application"], &done["admin"]["name"]), (&json!(true), &json!("ann")));
        drop(App::logged_in(&instance, "cat").await);
        let deny = json!({ "id": id(dan), "approve": false, "deny_reason": "Who are you?" });
        let denied = ann.puts("admin/registration_application/approve", deny).await;
        assert_eq!(denied["registration_application"]["registration_application"]["deny_reason"], "Who are you?");

        // Who was declined is told why, by whichever door.
        let log_in = json!({ "username_or_email": "dan", "password": PASSWORD });
        let (status, answer) = stranger.call(Method::POST, "user/login", log_in).await;
        assert_eq!((status, answer["error"].as_str()), (StatusCode::BAD_REQUEST, Some("registration_denied")));
        assert!(answer["message"].as_str().unwrap().contains("Who are you?"), "{answer}");
        let page = Visitor::of(&instance).logs_in("dan", PASSWORD, "/").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("declined: Who are you?"));

        assert_eq!(ann.asks("admin/registration_application/count").await["registration_applications"], 0);
        assert_eq!(ann.asks("admin/registration_application/list?unread_only=true").await["registration_applications"], json!([]));
        let all = ann.asks("admin/registration_application/list").await;
        assert_eq!(all["registration_applications"].as_array().unwrap().len(), 2);
        assert_eq!(all["registration_applications"][0]["creator"]["name"], "dan", "the newest first");
        let person = cat["creator"]["id"].clone();
        let one = ann.asks(&format!("admin/registration_application?person_id={person}")).await;
        assert_eq!(one["registration_application"]["registration_application"]["answer"], "I am cat");
        let nobody = ann.refused(Method::GET, "admin/registration_application?person_id=1", Value::Null).await;
        assert_eq!(nobody, "couldnt_find_registration_application");
    }
}
