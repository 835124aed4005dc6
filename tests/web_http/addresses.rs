//! How the world finds what is here, and the way between servers: links in pages, quotations for other
//! sites, the page where members act on what they saw elsewhere, the way out for visitors.

use coppice::community::threads;
use coppice::domain::ids::PostId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Database, Instance, Peer, eventually, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// What a `meta` or `link` of the head says.
fn said(page: &Answer, before: &str) -> String {
    let text = page.text();
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn id_of(visitor: &Visitor, path: &str) -> String {
    let request = visitor.request_of("application/activity+json", Method::GET, path);
    let answer = visitor.sends(request).await;
    let document: Value = serde_json::from_slice(&answer.body).unwrap();
    document["id"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn every_page_of_something_names_its_document_and_what_a_card_shows(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores \"in\" class", "How do *you* do it?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let visitor = Visitor::of(&instance);
        for path in ["/c/fungi", "/u/ann", &thread, &reply] {
            let page = visitor.get(path).await;
            let id = id_of(&visitor, path).await;
            assert_eq!(said(&page, "type=\"application/activity+json\" href=\""), id, "{path}");
            assert_eq!(page.header("link"), format!("<{id}>; rel=\"alternate\"; type=\"application/activity+json\""));
            assert_eq!(said(&page, "property=\"og:url\" content=\""), id, "{path}");
            for property in ["og:title", "og:site_name", "og:image", "og:type"] {
                assert!(!said(&page, &format!("property=\"{property}\" content=\"")).is_empty(), "{path} {property}");
            }
        }
        let page = visitor.get(&thread).await;
        assert_eq!(said(&page, "property=\"og:title\" content=\""), "Spores &quot;in&quot; class");
        assert_eq!(said(&page, "property=\"og:type\" content=\""), "article");
        assert_eq!(said(&page, "property=\"og:description\" content=\""), "How do you do it?");
        assert_eq!(said(&page, "name=\"fediverse:creator\" content=\""), format!("@ann@{}", instance.host));
        let published = said(&page, "property=\"article:published_time\" content=\"");
        assert!(coppice::domain::time::Timestamp::parse(&published).is_some(), "{published}");
        assert_eq!(said(&visitor.get("/c/fungi").await, "property=\"og:type\" content=\""), "website");
    }

    async fn other_sites_quote_threads_without_script_and_see_only_what_all_may_see(db: Database) {
        let instance = Instance::start(db).await;
        let ann = Visitor::sets_up(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let evil = "<script>alert(1)</script> & \"friends\"";
        let thread = ann.begins_thread("fungi", evil, &format!("Hello **there**. {evil}")).await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let visitor = Visitor::of(&instance);
        let page = visitor.get(&thread).await;
        let address = said(&page, "type=\"application/json+oembed\" href=\"");
        let path = address.strip_prefix(instance.url.as_str().trim_end_matches('/')).unwrap();
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let embed: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((&embed["version"], &embed["type"]), (&json!("1.0"), &json!("rich")));
        assert_eq!((&embed["title"], &embed["author_name"]), (&json!(evil), &json!("ann")));
        assert_eq!((&embed["width"], &embed["height"]), (&json!(600), &Value::Null));
        let html = embed["html"].as_str().unwrap();
        assert!(html.starts_with("<blockquote") && html.contains("Hello there.") && !html.contains("<script"), "{html}");
        assert!(html.contains(&format!("href=\"{}", instance.url.join(&thread).unwrap())), "{html}");

        let url = |path: &str| encoded(instance.url.join(path).unwrap().as_str());
        let narrow = visitor.get(&format!("/oembed?maxwidth=320&url={}", url(&thread))).await;
        assert_eq!(serde_json::from_slice::<Value>(&narrow.body).unwrap()["width"], 320);
        let xml = visitor.get(&format!("/oembed?format=xml&url={}", url(&reply))).await;
        assert!(xml.header("content-type").starts_with("text/xml"), "{}", xml.header("content-type"));
        let text = xml.text();
        assert!(text.contains("<html>&lt;blockquote") && text.contains("With a sieve."), "{text}");
        assert!(!text.contains("<script"), "{text}");

        let status = async |query: String| visitor.get(&format!("/oembed?{query}")).await.status;
        assert_eq!(status(String::new()).await, StatusCode::BAD_REQUEST);
        assert_eq!(status(format!("format=yaml&url={}", url(&thread))).await, StatusCode::NOT_IMPLEMENTED);
        let foreign = encoded("https://elsewhere.example/post/1");
        let nowhere = [foreign, url("/post/1"), url("/c/fungi"), url("/post/x"), url("/"), encoded("nonsense"), encoded("http://[")];
        for other in nowhere {
            assert_eq!(status(format!("url={other}")).await, StatusCode::NOT_FOUND, "{other}");
        }
        // 69 what is deleted is quoted no more.
        let deleted = ann.sends_form(&thread, &format!("{thread}/do/delete"), &[]).await;
        assert_eq!(deleted.status, StatusCode::SEE_OTHER, "{}", deleted.text());
        for gone in [&thread, &reply] {
            assert_eq!(status(format!("url={}", url(gone))).await, StatusCode::NOT_FOUND, "{gone}");
        }
    }

    async fn a_member_sent_from_another_server_lands_where_they_can_act(db: Database) {
        let instance = Instance::start(db).await;
        let peer = Peer::lemmy(&instance).await;
        let remote = peer.group("tenforward");
        instance.member("ann").await;
        let visitor = Visitor::of(&instance);
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let at = |uri: &str, rest: &str| format!("/authorize_interaction?uri={}{rest}", encoded(uri));
        let here = |path: &str| instance.url.join(path).unwrap().to_string();

        // 63 first to log in, then back, and nowhere else.
        let answer = visitor.get(&at(&remote.id, "")).await;
        assert!(answer.location().starts_with("/login?next="), "{}", answer.location());
        assert_eq!(peer.fetches(&remote.id), 0, "a visitor makes us ask nobody");
        let landed = async |uri: &str, rest: &str| ann.get(&at(uri, rest)).await.location();
        let group = format!("/c/tenforward@{}", peer.host);
        assert_eq!(landed(&remote.id, "").await, group);
        assert_eq!(landed(&format!("acct:tenforward@{}", peer.host), "&intent=follow").await, group);
        assert!(ann.get(&group).await.text().contains("/follow\""));
        assert_eq!(landed(&here(&thread), "&intent=like").await, thread);
        assert_eq!(landed(&here(&thread), "&intent=reply").await, format!("{thread}#f-body"));
        let written = landed(&here(&thread), "&intent=reply&content=%3C/textarea%3EHello").await;
        assert!(ann.get(written.split('#').next().unwrap()).await.text().contains("&lt;/textarea&gt;Hello"));
        let written = landed(&here(&reply), "&intent=reply&content=Hello").await;
        assert_eq!(written, format!("{reply}/reply?reply=Hello"));
        assert!(ann.get(&written).await.text().contains("Hello</textarea>"));
        for uri in ["", "nonsense", "javascript:alert(1)", "https://elsewhere.invalid/x", &here("/post/1"), "//evil.example"] {
            let answer = ann.get(&at(uri, "")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
            assert!(answer.text().contains("<h1>Search</h1>"), "{uri}");
        }

        // Other servers are told of it.
        let finger = visitor.get(&format!("/.well-known/webfinger?resource=acct:ann@{}", instance.host)).await;
        let finger: Value = serde_json::from_slice(&finger.body).unwrap();
        let links = finger["links"].as_array().unwrap();
        let template = |rel: &str| links.iter().find(|link| link["rel"] == rel).unwrap()["template"].as_str().unwrap().to_owned();
        assert_eq!(template("http://ostatus.org/schema/1.0/subscribe"), here("/authorize_interaction?uri=") + "{uri}");
        for intent in ["Object", "Follow", "Like", "Create"] {
            let template = template(&format!("https://w3id.org/fep/3b86/{intent}"));
            assert!(template.starts_with(&here("/authorize_interaction?uri={").replace("%7B", "{")), "{template}");
        }
    }

    async fn a_visitor_is_told_where_they_go_before_they_leave_for_their_own_server(db: Database) {
        let instance = Instance::start(db).await;
        let peer = Peer::mastodon(&instance).await;
        instance.member("ann").await;
        let ann = Visitor::logged_in(&instance, "ann").await;
        ann.begins_group("fungi").await;
        let thread = ann.begins_thread("fungi", "Spores", "How?").await;
        let reply = ann.replies(&thread, "With a sieve.").await;
        let visitor = Visitor::of(&instance);
        let subscribe = "http://ostatus.org/schema/1.0/subscribe";
        let finger = |name: &str, links: Value| peer.answers_webfinger(name, json!({
            "subject": format!("acct:{name}@{}", peer.host), "links": links }));
        finger("felix", json!([{ "rel": subscribe, "template": peer.at("/authorize_interaction?uri={uri}") }]));
        finger("mia", json!([
            { "rel": "https://w3id.org/fep/3b86/Create", "template": peer.at("/write?to={inReplyTo}&text={content}") },
            { "rel": "https://w3id.org/fep/3b86/Follow", "template": peer.at("/follow?who={object}") },
        ]));
        finger("eve", json!([{ "rel": subscribe, "template": "javascript:alert('{uri}')" }]));

        assert!(visitor.get(&thread).await.text().contains(&format!("{thread}/from-elsewhere")));
        let leads = async |page: &str, path: &str, server: &str| {
            let answer = visitor.sends_form(page, path, &[("server", server)]).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::OK, String::new()), "a page, no redirect");
            said(&answer, "class=\"button main\" href=\"")
        };
        for (path, wanted) in [(&thread, "?uri="), (&reply, "?uri=")] {
            let form = format!("{path}/from-elsewhere");
            let id = encoded(&id_of(&visitor, path).await);
            let there = leads(&form, &form, &format!("felix@{}", peer.host)).await;
            assert_eq!(there, peer.at(&format!("/authorize_interaction{wanted}{id}")));
            let there = leads(&form, &form, &format!("@mia@{}", peer.host)).await;
            assert_eq!(there, peer.at(&format!("/write?to={id}&text=")));
            // Just the server; and one whose template leads nowhere good.
            for server in [peer.host.clone(), format!("eve@{}", peer.host)] {
                assert_eq!(leads(&form, &form, &server).await, peer.at(&format!("/authorize_interaction?uri={id}")));
            }
        }
        let id = encoded(&id_of(&visitor, "/c/fungi").await);
        let there = leads("/c/fungi", "/c/fungi/remote-follow", &format!("mia@{}", peer.host)).await;
        assert_eq!(there, peer.at(&format!("/follow?who={id}")));

        let form = format!("{thread}/from-elsewhere");
        for server in ["", "not a server", "nobody@localhost:1", "x@y@z", "https://evil.example/x?y"] {
            let answer = visitor.sends_form(&form, &form, &[("server", server)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{server}");
            assert!(answer.text().contains("could not be asked"), "{server}");
        }
        for path in ["/post/1/from-elsewhere", "/comment/1/from-elsewhere"] {
            assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND);
        }
    }

    async fn a_member_asks_for_the_whole_of_a_conversation_from_elsewhere(db: Database) {
        let instance = Instance::start(db).await;
        let peer = Peer::lemmy(&instance).await;
        let (group, lea) = (peer.group("tenforward"), peer.person("lea"));
        instance.member("ann").await;
        let (ann, visitor) = (Visitor::logged_in(&instance, "ann").await, Visitor::of(&instance));
        let id = peer.at("/post/1");
        let public = "https://www.w3.org/ns/activitystreams#Public";
        let mut thread = json!({ "type": "Page", "id": id, "attributedTo": lea.id, "to": [group.id, public],
            "audience": group.id, "name": "Looms", "published": "2026-11-01T12:00:00Z" });
        peer.serves(&id, thread.clone());
        let found = ann.get(&format!("/search?q={}", encoded(&id))).await.location();
        assert!(found.starts_with("/post/"), "{found}");
        let number: PostId = found.strip_prefix("/post/").unwrap().parse().unwrap();
        let read = async || eventually("it is read", async || {
            visitor.get(&found).await.text().contains("Fetched whole from where it is held")
        }).await;
        read().await;
        assert!(!visitor.get(&found).await.text().contains("Load the whole conversation"), "visitors ask nobody");

        // Not twice in a moment.
        let form = format!("{found}/conversation");
        assert!(ann.get(&found).await.text().contains("Load the whole conversation"));
        let answer = ann.sends_form(&found, &form, &[]).await;
        assert_eq!(answer.location(), format!("{found}#comments"));
        assert!(ann.get(&found).await.text().contains("fetched just now"));
        let answer = visitor.sends_form("/login", &form, &[]).await;
        assert!(answer.location().starts_with("/login"), "{}", answer.location());

        let replies = peer.at("/post/1/replies");
        thread["replies"] = replies.as_str().into();
        peer.serves(&id, thread);
        let note = peer.at("/comment/1");
        peer.serves(&note, json!({ "type": "Note", "id": note, "attributedTo": lea.id, "to": [public],
            "inReplyTo": id, "content": "<p>At last</p>" }));
        peer.serves(&replies, json!({ "type": "Collection", "id": replies, "items": [note] }));
        instance.act(move |tx| threads::want_whole(tx, number, 0)).await.unwrap();
        eventually("the reply", async || ann.get(&found).await.text().contains("At last")).await;

        // Threads of our own have no such button.
        ann.begins_group("fungi").await;
        let own = ann.begins_thread("fungi", "Spores", "How?").await;
        assert!(!ann.get(&own).await.text().contains("Load the whole conversation"));
        let answer = ann.sends_form(&own, &format!("{own}/conversation"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
}
