//! Reports: to those who moderate, from everywhere, and to nobody else.

use axum::http::StatusCode;
use coppice::community::reports::{self, Target};
use coppice::community::{CommunityError, Denied, threads};
use coppice::domain::ids::{ActorId, ReportId};
use coppice::domain::kinds::ReportKind;
use coppice::domain::limits::Reason;
use coppice::domain::limits::ReportReason;
use coppice::domain::roles::Role;
use coppice::store::reports::{ReportFilter, ReportRow, SeenBy};
use coppice::store::{actors, notifications, reports as rows};
use serde_json::{Value, json};

use crate::help::{a_while, actor, applied, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::support::documents;
use crate::support::peer::{PUBLIC, get_as2};
use crate::support::{
    Database, Instance, Member, Peer, PeerActor, eventually_some, on_both_databases,
};

/// The same document, said by this actor about this.
fn retold(name: &str, by: &PeerActor, to: &str, object: Value) -> Option<Value> {
    let mut flag = documents::document(name)?;
    flag["id"] = by.new_id("flag").into();
    flag["actor"] = by.id.clone().into();
    flag["to"] = match flag["to"] {
        Value::Array(_) => json!([to]),
        _ => to.into(),
    };
    if flag["audience"].is_string() {
        flag["audience"] = to.into();
    }
    flag["object"] = object;
    Some(flag)
}

/// A report as Lemmy sends it.
fn flag(by: &PeerActor, object: &str, group: &str, reason: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": by.new_id("flag"), "type": "Flag", "actor": by.id, "to": [group], "audience": group,
        "object": object, "summary": reason,
    })
}

/// The actor that a server itself signs with.
pub fn server_itself(peer: &Peer) -> PeerActor {
    let id = peer.at("/actor");
    let name = peer.host.replace(':', ".");
    peer.actor(
        &name,
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Application", "preferredUsername": name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
            "endpoints": { "sharedInbox": peer.at("/inbox") }, "manuallyApprovesFollowers": true,
        }),
    )
}

async fn all(at: &Instance) -> Vec<ReportRow> {
    seen(at, SeenBy::Administrator).await
}

async fn seen(at: &Instance, by: SeenBy) -> Vec<ReportRow> {
    let filter = ReportFilter::default();
    let page = at
        .read(move |tx| rows::page(tx.conn, by, filter, None, 50))
        .await;
    let mut items = page.items;
    items.reverse();
    items
}

async fn reports(
    by: &Member<'_>,
    target: Target,
    reason: &str,
) -> Result<ReportId, CommunityError> {
    let (me, reason) = (by.id, ReportReason::parse(reason).unwrap());
    by.home
        .act(move |tx| reports::report(tx, me, target, &reason))
        .await
}

async fn resolves(by: &Member<'_>, report: ReportId) -> Result<(), CommunityError> {
    let me = by.id;
    by.home
        .act(move |tx| reports::resolve(tx, me, report, true))
        .await
}

/// Makes somebody elsewhere, who is known by now, a moderator here.
async fn appoint(at: &Instance, group: ActorId, person: &str) {
    let row = eventually_some("the moderator is known", || actor(at, person)).await;
    at.act(move |tx| {
        actors::set_role(tx.conn, group, row.id, Some(Role::Moderator), tx.now)?;
        Ok(())
    })
    .await
    .unwrap();
}

async fn told_of_reports(at: &Instance, person: ActorId) -> usize {
    let page = at
        .read(move |tx| notifications::page(tx.conn, person, None, false, None, 50))
        .await;
    let kinds = page.items.iter().map(|row| row.kind.as_str());
    kinds.filter(|kind| *kind == "report").count()
}

on_both_databases! {
    async fn a_lemmy_users_report_stands_in_the_queue_of_the_groups_moderators_and_goes_to_those_elsewhere(db: Database) {
        let school = Instance::start(db).await;
        let (home, follower, keeper) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, data) = (home.person("lea"), keeper.person("data"));
        joins(&school, &follower, &follower.person("fay"), &group).await;
        joins(&school, &keeper, &data, &group).await;
        appoint(&school, looms, &data.id).await;
        let post = bob.posts(looms, "Buy looms here").await;

        let name = "lemmy/activities/community/report_page.json";
        let Some(flag) = retold(name, &lea, &group, post.ap_id.as_str().into()) else { return };
        applied(&school, &lea, &flag).await;
        lea.says(&flag).await;
        let queue = seen(&school, SeenBy::Moderator(alice.id)).await;
        assert_eq!(queue.len(), 1);
        let report = &queue[0];
        assert_eq!((report.kind, report.target_id, report.group_id), (ReportKind::Post, post.id.0, Some(looms)));
        assert_eq!((report.reason.as_str(), report.resolved), ("report this post", false));
        assert_eq!(report.original_title.as_deref(), Some("Buy looms here"));
        assert_eq!(report.original_text.as_deref(), Some("Some *text*."));
        assert_eq!(report.reporter_id, actor(&school, &lea.id).await.unwrap().id);
        assert_eq!(told_of_reports(&school, alice.id).await, 1);
        assert_eq!(seen(&school, SeenBy::Moderator(bob.id)).await.len(), 0, "who moderates nothing sees nothing");

        let got = keeper.received("the report", |a| a["object"]["type"] == "Flag").await.activity;
        assert_eq!((text(&got, "type"), text(&got, "actor")), ("Announce", group.as_str()));
        assert_eq!(got["to"], json!([data.id]));
        assert!(!got.to_string().contains(PUBLIC), "{got}");
        assert_eq!(got["object"]["id"], flag["id"]);
        assert_eq!(got["object"]["summary"], "report this post");
        assert_eq!(get_as2(text(&got, "id")).await.0, StatusCode::NOT_FOUND, "nobody can fetch it");
        a_while().await;
        let mentions_it = |a: &Value| a.to_string().contains("\"Flag\"");
        assert_eq!((follower.count(mentions_it), home.count(mentions_it)), (0, 0), "followers hear nothing of it");
    }

    async fn a_report_about_a_comment_keeps_what_it_said_when_it_was_reported(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, tom) = (home.person("lea"), home.person("tom"));
        joins(&school, &home, &lea, &group).await;
        let post = alice.posts(looms, "A thread").await;
        let mut rude = note(&tom, 1, &group, &post.ap_id, "Rude words");
        applied(&school, &tom, &does(&tom, "Create", rude.clone(), &group)).await;
        applied(&school, &lea, &flag(&lea, text(&rude, "id"), &group, "rude")).await;
        rude["source"]["content"] = "Kind words".into();
        rude["content"] = "<p>Kind words</p>".into();
        rude["updated"] = "2026-11-02T12:11:22Z".into();
        applied(&school, &tom, &does(&tom, "Update", rude, &group)).await;
        let queue = all(&school).await;
        assert_eq!((queue.len(), queue[0].kind), (1, ReportKind::Comment));
        assert_eq!(queue[0].original_text.as_deref(), Some("Rude words"));
        assert_eq!(queue[0].reason, "rude");
    }

    async fn a_mastodon_servers_report_names_a_person_and_what_they_wrote(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let admin = school.admin("rosa").await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let post = bob.posts(looms, "Buy looms here").await;
        let reply = bob.replies(post.id, None, "And here").await;
        let them = school.read(move |tx| actors::get(tx.conn, bob.id)).await;
        let it = server_itself(&peer);

        let name = "mastodon/activities/flag.json";
        let object = json!([them.ap_id, post.ap_id, reply.ap_id, peer.at("/statuses/unknown")]);
        let Some(flag) = retold(name, &it, &them.ap_id, object) else { return };
        applied(&school, &it, &flag).await;
        let queue = seen(&school, SeenBy::Moderator(alice.id)).await;
        let kinds: Vec<_> = queue.iter().map(|row| (row.kind, row.target_id)).collect();
        assert_eq!(kinds, [(ReportKind::Post, post.id.0), (ReportKind::Comment, reply.id.0)]);
        assert!(queue.iter().all(|row| row.reason == "Please take a look at this user and their posts"));

        // Its reports all come from one actor, whoever makes them: what the next one says is kept, too.
        let mut second = retold(name, &it, &them.ap_id, json!([them.ap_id, post.ap_id])).unwrap();
        second["content"] = "An advertisement".into();
        applied(&school, &it, &second).await;
        let queue = all(&school).await;
        assert_eq!(queue.len(), 2);
        assert!(queue[0].reason.ends_with("\n\nAn advertisement"), "{}", queue[0].reason);

        // The person alone is for the administrators.
        let mut person = retold(name, &it, &them.ap_id, json!([them.ap_id])).unwrap();
        person["content"] = "".into();
        applied(&school, &it, &person).await;
        let queue = all(&school).await;
        assert_eq!(queue.len(), 3);
        assert_eq!((queue[2].kind, queue[2].target_id, queue[2].group_id), (ReportKind::Person, bob.id.0, None));
        assert_eq!(seen(&school, SeenBy::Moderator(alice.id)).await.len(), 2);
        let id = queue[2].id;
        assert!(matches!(resolves(&alice, id).await, Err(CommunityError::Denied(Denied::NotAdmin))));
        resolves(&admin, id).await.unwrap();
    }

    async fn reports_of_mbin_gotosocial_and_pleroma_are_understood(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mbin", "1.8.0")), &school.url).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let them = school.read(move |tx| actors::get(tx.conn, bob.id)).await.ap_id;
        let post = bob.posts(looms, "Buy looms here").await;
        let (benti, it) = (peer.person("BentiGorlich"), server_itself(&peer));
        let name = "mbin/activities/flag.json";
        let Some(mbin) = retold(name, &benti, &group, json!([post.ap_id, them])) else { return };
        applied(&school, &benti, &mbin).await;
        let gotosocial = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": it.new_id("reports"), "type": "Flag",
            "actor": it.id, "content": "dark souls sucks", "object": [them, post.ap_id], "to": them,
        });
        applied(&school, &it, &gotosocial).await;
        let pia = peer.person("pia");
        let pleroma = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", peer.at("/schemas/litepub-0.1.jsonld")],
            "id": pia.new_id("flags"), "type": "Flag", "actor": pia.id, "to": [], "cc": [them],
            "context": peer.at("/contexts/1"), "published": "2026-11-20T10:00:00.000000Z", "state": "open",
            "content": "spam", "object": [them, {
                "type": "Note", "id": post.ap_id, "actor": { "type": "Person", "id": them },
                "content": "Some text", "published": "2026-11-20T09:00:00Z",
            }],
        });
        applied(&school, &pia, &pleroma).await;
        let reasons: Vec<_> = all(&school).await.iter().map(|row| (row.kind, row.reason.clone())).collect();
        let post = ReportKind::Post;
        let mbins = documents::document(name).unwrap()["summary"].as_str().unwrap().to_owned();
        assert_eq!(reasons, [(post, mbins), (post, "dark souls sucks".to_owned()), (post, "spam".to_owned())]);
    }

    async fn reports_about_what_is_not_ours_not_here_or_gone_are_refused_with_a_reason(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (there, lea) = (home.group("tenforward"), home.person("lea"));
        is_let_in(&bob, &home, &there).await;
        let thread = page(&lea, 1, &there.id, "Theirs");
        applied(&school, &there, &announced(&there, &does(&lea, "Create", thread.clone(), &there.id))).await;
        let unknown = school.url.join("/post/123").unwrap();
        refused(&school, &lea, &flag(&lea, unknown.as_str(), &group, "spam"), "not known here").await;
        refused(&school, &lea, &flag(&lea, text(&thread, "id"), &there.id, "spam"), "neither of this server").await;
        refused(&school, &lea, &flag(&lea, &lea.id, &there.id, "spam"), "neither of this server").await;
        let post = alice.posts(looms, "Gone soon").await;
        let (me, id) = (alice.id, post.id);
        school.act(move |tx| threads::delete(tx, me, id)).await.unwrap();
        refused(&school, &lea, &flag(&lea, &post.ap_id, &group, "spam"), "deleted already").await;
        // A group speaks for its own threads alone.
        let post = alice.posts(looms, "Here").await;
        let stray = announced(&there, &flag(&lea, &post.ap_id, &there.id, "spam"));
        refused(&school, &there, &stray, "does not own").await;
        assert_eq!(all(&school).await.len(), 0);
    }

    async fn a_members_report_goes_to_the_groups_server_and_the_authors_and_to_nobody_else(db: Database) {
        let school = Instance::start(db).await;
        let (home, other, micro) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let bob = school.member("bob").await;
        let (there, lea, felix) = (home.group("tenforward"), other.person("lea"), micro.person("felix"));
        is_let_in(&bob, &home, &there).await;
        // The software of the others is known from what they send.
        let looms = bob.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &other, &lea, &group).await;
        joins(&school, &micro, &felix, &group).await;
        let thread = page(&lea, 1, &there.id, "A thread");
        other.serves(text(&thread, "id"), thread.clone());
        applied(&school, &there, &announced(&there, &does(&lea, "Create", thread.clone(), &there.id))).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let said = toot(&felix, 1, "<p>Rude words</p>", Some(text(&thread, "id")), &[]);
        micro.serves(text(&said, "id"), said.clone());
        applied(&school, &there, &announced(&there, &create(&felix, &said))).await;
        let comment = school.comment_by_ap_id(text(&said, "id")).await.unwrap();

        let me = school.read(move |tx| actors::get(tx.conn, bob.id)).await.ap_id;
        reports(&bob, Target::Post(post.id), "off topic").await.unwrap();
        for peer in [&home, &other] {
            let got = peer.received("the report", |a| a["type"] == "Flag").await.activity;
            assert_eq!(got["actor"], me.as_str());
            assert_eq!(got["object"], post.ap_id.as_str());
            assert_eq!((got["to"].clone(), got["audience"].clone()), (json!([there.id]), json!(there.id)));
            assert_eq!(got["summary"], "off topic");
            assert!(!got.to_string().contains(PUBLIC), "{got}");
            assert_eq!(get_as2(text(&got, "id")).await.0, StatusCode::NOT_FOUND);
        }

        reports(&bob, Target::Comment(comment.id), "rude").await.unwrap();
        let got = micro.received("the report", |a| a["type"] == "Flag").await.activity;
        let site = school.url.to_string();
        assert_eq!(got["actor"], site, "who reports stays here");
        assert_eq!(got["object"], json!([felix.id, comment.ap_id]), "the person first");
        assert_eq!((text(&got, "content"), text(&got, "to")), ("rude", felix.id.as_str()));
        assert!(!got.to_string().contains(&me), "{got}");
        home.received("the report", |a| a["type"] == "Flag" && a["object"] == comment.ap_id.as_str()).await;

        let person = school.read(move |tx| actors::get(tx.conn, comment.author_id)).await;
        reports(&bob, Target::Actor(person.id), "a bully").await.unwrap();
        let got = micro.received("the report", |a| a["content"] == "a bully").await.activity;
        assert_eq!(got["object"], json!([felix.id]));
        a_while().await;
        let flags = |a: &Value| a["type"] == "Flag";
        assert_eq!((home.count(flags), other.count(flags), micro.count(flags)), (2, 1, 2));
        assert_eq!(all(&school).await.len(), 3);
    }

    async fn the_moderators_of_a_group_here_who_are_at_home_elsewhere_get_the_reports_of_members(db: Database) {
        let school = Instance::start(db).await;
        let keeper = Peer::lemmy(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let data = keeper.person("data");
        joins(&school, &keeper, &data, &group).await;
        appoint(&school, looms, &data.id).await;
        let post = alice.posts(looms, "A thread").await;
        let id = reports(&bob, Target::Post(post.id), "off topic").await.unwrap();
        let got = keeper.received("the report", |a| a["type"] == "Flag").await.activity;
        assert_eq!((got["object"].clone(), got["to"].clone()), (json!(post.ap_id), json!([group])));

        let name = "lemmy/activities/community/resolve_report_page.json";
        let Some(mut resolve) = retold(name, &data, &group, Value::Null) else { return };
        let mut inner = documents::document(name).unwrap()["object"].clone();
        inner["actor"] = got["actor"].clone();
        inner["to"] = json!([group]);
        inner["audience"] = group.as_str().into();
        inner["object"] = post.ap_id.as_str().into();
        inner["id"] = data.new_id("flag").into();
        resolve["object"] = inner;
        // Only a moderator's word counts.
        let tom = keeper.person("tom");
        let mut forged = resolve.clone();
        forged["actor"] = tom.id.clone().into();
        forged["id"] = tom.new_id("flag").into();
        refused(&school, &tom, &forged, "does not moderate").await;
        assert!(!all(&school).await[0].resolved);
        applied(&school, &data, &resolve).await;
        let row = all(&school).await.remove(0);
        assert_eq!((row.id, row.resolved), (id, true));
        assert_eq!(row.resolver_id, Some(actor(&school, &data.id).await.unwrap().id));
        assert_eq!(told_of_reports(&school, alice.id).await, 0, "nothing waits any more");
    }

    async fn what_a_moderator_here_resolves_is_told_to_the_reporters_server_if_it_understands(db: Database) {
        let school = Instance::start(db).await;
        let (home, micro) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let (alice, carol) = (school.member("alice").await, school.member("carol").await);
        let looms = alice.founds("looms").await;
        carol.founds("other").await;
        let group = group_url(&school, looms).await;
        let (lea, felix) = (home.person("lea"), micro.person("felix"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &micro, &felix, &group).await;
        let post = alice.posts(looms, "A thread").await;
        let sent = flag(&lea, &post.ap_id, &group, "off topic");
        applied(&school, &lea, &sent).await;
        applied(&school, &felix, &flag(&felix, &post.ap_id, &group, "off topic, too")).await;
        let rows = all(&school).await;
        assert_eq!(rows.len(), 2);
        let refusal = resolves(&carol, rows[0].id).await;
        assert!(matches!(refusal, Err(CommunityError::Denied(Denied::NotModerator))), "moderates another group");
        assert_eq!(seen(&school, SeenBy::Moderator(carol.id)).await.len(), 0);
        for row in &rows {
            resolves(&alice, row.id).await.unwrap();
        }
        let got = home.received("the resolution", |a| a["type"] == "Resolve").await.activity;
        assert_eq!(got["actor"], school.read(move |tx| actors::get(tx.conn, alice.id)).await.ap_id.as_str());
        let inner = &got["object"];
        assert_eq!((inner["type"].clone(), inner["id"].clone()), (json!("Flag"), sent["id"].clone()));
        assert_eq!((inner["actor"].clone(), inner["object"].clone()), (json!(lea.id), json!(post.ap_id)));
        assert_eq!((got["to"].clone(), got["audience"].clone()), (json!([group]), json!(group)));
        a_while().await;
        assert_eq!(micro.count(|a| a["type"] == "Resolve"), 0);
        assert_eq!(home.count(|a| a["type"] == "Resolve"), 1, "what others reported is not its business");
    }

    async fn a_report_from_one_instance_is_resolved_at_the_other_and_both_know(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let here = alice.founds("proteins").await;
        bob.follows(&format!("!proteins@{}", college.host)).await;
        let post = alice.posts(here, "A thread").await;
        let copy = eventually_some("the thread", || school.post_by_ap_id(&post.ap_id)).await;
        let his = reports(&bob, Target::Post(copy.id), "off topic").await.unwrap();
        let row = eventually_some("the report", || async { all(&college).await.pop() }).await;
        assert_eq!((row.target_id, row.reason.as_str()), (post.id.0, "off topic"));
        assert_eq!(row.ap_id, all(&school).await[0].ap_id, "one report, one id");
        resolves(&alice, row.id).await.unwrap();
        eventually_some("the resolution", || async {
            all(&school).await.into_iter().find(|row| row.id == his && row.resolved)
        }).await;
    }

    async fn one_report_at_a_time_and_a_removal_settles_them_all(db: Database) {
        let school = Instance::start(db).await;
        let (alice, bob, carol) = (school.member("alice").await, school.member("bob").await, school.member("carol").await);
        let looms = alice.founds("looms").await;
        let post = carol.posts(looms, "Buy looms here").await;
        let first = reports(&bob, Target::Post(post.id), "spam").await.unwrap();
        let again = reports(&bob, Target::Post(post.id), "spam, still").await;
        assert!(matches!(again, Err(CommunityError::Denied(Denied::AlreadyReported))), "{again:?}");
        resolves(&alice, first).await.unwrap();
        let second = reports(&bob, Target::Post(post.id), "spam, still").await.unwrap();
        assert_eq!(second, first);
        let row = all(&school).await.remove(0);
        assert_eq!((row.reason.as_str(), row.resolved, row.resolver_id), ("spam, still", false, None));
        let (me, id) = (alice.id, post.id);
        school.act(move |tx| threads::remove(tx, me, id, true, Reason::cut("spam").as_ref())).await.unwrap();
        let row = all(&school).await.remove(0);
        assert_eq!((row.resolved, row.resolver_id), (true, Some(alice.id)));
        let late = reports(&carol, Target::Post(post.id), "why?").await;
        assert!(matches!(late, Err(CommunityError::Denied(Denied::Deleted))), "{late:?}");
    }

    async fn the_servers_own_people_may_resolve_what_our_member_reported_in_a_group_of_theirs(db: Database) {
        let school = Instance::start(db).await;
        let (home, elsewhere) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let bob = school.member("bob").await;
        let (there, lea) = (home.group("tenforward"), home.person("lea"));
        is_let_in(&bob, &home, &there).await;
        let thread = page(&lea, 1, &there.id, "A thread");
        applied(&school, &there, &announced(&there, &does(&lea, "Create", thread.clone(), &there.id))).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        reports(&bob, Target::Post(post.id), "off topic").await.unwrap();
        let sent = home.received("the report", |a| a["type"] == "Flag").await.activity;
        let resolve = |by: &PeerActor| json!({
            "id": by.new_id("resolve"), "type": "Resolve", "actor": by.id, "to": [there.id],
            "audience": there.id, "object": sent,
        });
        let stranger = elsewhere.person("stranger");
        refused(&school, &stranger, &resolve(&stranger), "does not moderate").await;
        let admin = home.person("admin");
        let unknown = json!({
            "id": admin.new_id("resolve"), "type": "Resolve", "actor": admin.id, "to": [there.id],
            "object": home.at("/activities/flag/unknown"),
        });
        refused(&school, &admin, &unknown, "not known here").await;
        applied(&school, &admin, &resolve(&admin)).await;
        assert!(all(&school).await[0].resolved);
    }
}
