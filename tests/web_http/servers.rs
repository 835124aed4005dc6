//! What administrators see of other servers, and what they say about them.

use coppice::domain::hosts::Domain;
use coppice::store::hosts::{self, HostRow};
use coppice::store::{intake, modlog};
use reqwest::StatusCode;

use crate::support::{Database, Instance, on_both_databases};
use crate::visitor::Visitor;

const RULES: &str = "/admin/federation/rules";

async fn met(instance: &Instance, name: &'static str) -> HostRow {
    instance
        .act(move |tx| {
            let house = tx.house;
            Ok(hosts::ensure(tx.conn, name, || house.ids.next(), tx.now)?)
        })
        .await
        .unwrap()
}

on_both_databases! {
    async fn a_server_is_found_by_its_name_and_has_a_page_of_its_own(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let (oak, _) = (met(&instance, "oak.example").await, met(&instance, "b_rch.example:8443").await);
        let id = oak.id;
        instance.act(move |tx| {
            hosts::set_software(tx.conn, id, Some("lemmy"), Some("0.19.20"), coppice::domain::kinds::Dialect::Threadiverse, tx.now)?;
            hosts::failed(tx.conn, id, "502 Bad Gateway", tx.now.plus(60_000), None, tx.now)?;
            let row = intake::IntakeRow {
                id: coppice::domain::ids::IntakeId(tx.next_id()), host_id: id,
                activity_ap_id: "https://oak.example/like/1".to_owned(), actor_ap_id: "https://oak.example/u/lea".to_owned(),
                body: "{}".to_owned(), state: coppice::domain::kinds::IntakeState::Failed, attempts: 1,
                next_attempt: tx.now, error: Some("it is for nobody here".to_owned()), received: tx.now,
            };
            intake::receive(tx.conn, &row)?;
            Ok(())
        }).await.unwrap();
        let list = ann.get("/admin/federation").await.text();
        assert!(list.contains("oak.example") && list.contains("b_rch.example:8443"));
        let found = ann.get("/admin/federation?q=OAK").await.text();
        assert!(found.contains("oak.example</a>") && !found.contains("b_rch"), "{found}");
        assert!(ann.get("/admin/federation?q=b_r").await.text().contains("b_rch"));
        assert!(!ann.get("/admin/federation?q=o_k").await.text().contains("oak.example</a>"), "no wildcard");
        let page = format!("/admin/federation/hosts/{}", oak.id);
        let text = ann.get(&page).await.text();
        for what in ["lemmy", "0.19.20", "502 Bad Gateway", "it is for nobody here", "Failing"] {
            assert!(text.contains(what), "{what} in {text}");
        }
        let cursor = format!("{page}?after=nonsense");
        assert_eq!(ann.get(&cursor).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(ann.get("/admin/federation/hosts/1").await.status, StatusCode::NOT_FOUND);
        instance.act(move |tx| Ok(hosts::give_up(tx.conn, id, tx.now)?)).await.unwrap();
        let text = ann.get(&page).await.text();
        assert!(text.contains("Given up") && text.contains("until you retry"), "{text}");
        let fields = [("host", &*oak.id.to_string()), ("act", "drop"), ("from_page", "on")];
        assert_eq!(ann.sends_form(&page, "/admin/federation", &fields).await.location(), page);
        assert!(!ann.get(&page).await.text().contains("it is for nobody here"));
    }

    async fn a_server_is_blocked_and_let_in_again_from_its_page(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let (oak, sub) = (met(&instance, "oak.example:8443").await, met(&instance, "sub.oak.example").await);
        let page = format!("/admin/federation/hosts/{}", oak.id);
        assert!(ann.get(&page).await.text().contains("value=\"oak.example\""), "the port is left out");
        let id = oak.id.to_string();
        let block = [("host", id.as_str()), ("act", "block"), ("from_page", "on"), ("server", "oak.example"), ("reason", "Spam")];
        assert_eq!(ann.sends_form(&page, "/admin/federation", &block).await.location(), page);
        let text = ann.get(&page).await.text();
        assert!(text.contains("Shut out") && text.contains("Spam"), "{text}");
        let shut = instance.read(move |tx| hosts::get(tx.conn, sub.id)).await;
        assert!(shut.blocked, "its subdomain follows");
        let log = instance.read(|tx| modlog::page(tx.conn, coppice::store::audience::Audience::House, modlog::ModlogFilter::default(), None, 5)).await;
        assert_eq!(log.items[0].reason.as_deref(), Some("oak.example: Spam"));
        let unblock = [("host", id.as_str()), ("act", "unblock"), ("from_page", "on"), ("server", "oak.example")];
        ann.sends_form(&page, "/admin/federation", &unblock).await;
        assert!(!ann.get(&page).await.text().contains("Shut out"));
    }

    async fn lists_from_elsewhere_are_looked_at_taken_over_and_taken_along(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        let list = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nbad.example,suspend,False,False,\"spam, scams\",False\nloud.example,silence,False,False,,False\n";
        let preview = ann.sends_form(RULES, RULES, &[("act", "preview"), ("list", list)]).await;
        let text = preview.text();
        assert_eq!(preview.status, StatusCode::OK, "{text}");
        assert!(text.contains("would be blocked: 1.") && text.contains("loud.example") && text.contains("Block the new ones"), "{text}");
        let bad = || instance.read(|tx| hosts::is_shut_out(tx.conn, "bad.example"));
        assert!(!bad().await, "nothing happens before it is wanted");
        let done = ann.sends_form(RULES, RULES, &[("act", "import"), ("list", list)]).await;
        assert_eq!(done.location(), RULES);
        assert!(bad().await);
        let csv = ann.get(&format!("{RULES}/export?format=csv")).await;
        assert!(csv.text().contains("bad.example,suspend,False,False,\"spam, scams\",False"));
        assert!(csv.header("content-disposition").contains("blocked.csv"));
        assert_eq!(ann.get(&format!("{RULES}/export?format=txt")).await.text(), "bad.example\n");
        assert!(ann.get(&format!("{RULES}/export?format=json")).await.text().contains("\"public_comment\": \"spam, scams\""));
        ann.sends_form(RULES, RULES, &[("act", "unblock"), ("listed", "bad.example")]).await;
        assert!(!bad().await);
    }

    async fn a_rule_that_makes_no_sense_is_told_beside_its_field(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        for (fields, told) in [
            ([("act", "block"), ("server", "not a host"), ("reason", "My reason")], "is not the name of a server"),
            ([("act", "block"), ("server", "localhost"), ("reason", "My reason")], "This server itself"),
            ([("act", "allow"), ("allowed", "ftp://x"), ("reason", "")], "is not the name of a server"),
            ([("act", "links"), ("links", "fine.example\nftp://x"), ("reason", "")], "is not a web address"),
        ] {
            let answer = ann.sends_form(RULES, RULES, &fields).await;
            let text = answer.text();
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(text.contains(told), "{told}: {text}");
            assert!(fields[2].1.is_empty() || text.contains("My reason"), "nothing is lost");
        }
        ann.sends_form(RULES, RULES, &[("act", "links"), ("links", "https://evil.example/x\n\n")]).await;
        assert!(ann.get(RULES).await.text().contains("evil.example/x"));
        ann.sends_form(RULES, RULES, &[("act", "allow"), ("allowed", "friends.example")]).await;
        assert!(ann.get(RULES).await.text().contains("talks with these domains alone"));
        let open = instance.read(|tx| hosts::is_shut_out(tx.conn, "a.friends.example")).await;
        assert!(!open && Domain::parse("friends.example").is_ok());
        assert!(instance.read(|tx| hosts::is_shut_out(tx.conn, "x.example")).await);
        ann.sends_form(RULES, RULES, &[("act", "disallow"), ("listed", "friends.example")]).await;
        assert!(!instance.read(|tx| hosts::is_shut_out(tx.conn, "x.example")).await);
    }
}
