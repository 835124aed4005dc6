//! Events: from Mobilizon, planned here, and told to everybody with date and place.

use coppice::community::threads::{self, Carried, EditThread, Publish};
use coppice::community::{CommunityError, Denied};
use coppice::domain::event::{NewEvent, Zone};
use coppice::domain::ids::{ActorId, PostId};
use coppice::domain::kinds::Contribution;
use coppice::domain::limits::{Body, Title, WebLink};
use coppice::domain::time::Timestamp;
use coppice::store::events::{self, EventRow};
use coppice::store::posts::PostRow;
use serde_json::{Value, json};

use crate::help::{applied, group_url, is_let_in, joins, knows, refused, text};
use crate::support::peer::{PUBLIC, Page, get_as2, get_as2_as, get_page};
use crate::support::{
    Database, Instance, Member, Peer, eventually, eventually_some, on_both_databases,
};

fn an_evening() -> NewEvent {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    NewEvent {
        starts: zone.at("2026-12-03T18:00").unwrap(),
        ends: zone.at("2026-12-03T20:00"),
        timezone: zone,
        place: Some("Lab 3".to_owned()),
        address: Some("Main Street 1, Bonn".to_owned()),
        online_url: Some(WebLink::parse("https://meet.example/looms").unwrap()),
        cancelled: false,
    }
}

async fn plans(member: &Member<'_>, group: ActorId, title: &str) -> PostRow {
    let publish = Publish {
        group,
        title: Title::parse(title).unwrap(),
        body: Body::parse("Bring *yarn*.").unwrap(),
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    let carried = Carried {
        poll: None,
        event: Some(an_evening()),
    };
    let me = member.id;
    let id = member
        .home
        .act(move |tx| threads::publish_with(tx, me, &publish, &carried))
        .await
        .unwrap();
    member.home.post(id).await
}

async fn event(instance: &Instance, post: PostId) -> Option<EventRow> {
    instance.read(move |tx| events::get(tx.conn, post)).await
}

/// The real document of Mobilizon, in the names of a simulated one.
fn mobilizon_event(peer: &Peer, organiser: &str, group: &str) -> Value {
    let mut event = json!({
        "timezone": "Europe/London", "isOnline": false, "id": peer.at("/events/b81c0531"),
        "inLanguage": "en", "startTime": "2022-12-11T19:00:00+00:00", "endTime": "2022-12-11T21:00:00+00:00",
        "repliesModerationOption": "allow_all", "content": "<p>£6 each.</p><p></p><p>The dance style is like a posh ceilidh.</p>",
        "category": "SPORTS", "type": "Event", "url": peer.at("/events/b81c0531"),
        "anonymousParticipationEnabled": true, "ical:status": "CONFIRMED", "joinMode": "free",
        "location": {
            "address": { "addressCountry": "United Kingdom", "addressLocality": "Teignbridge", "addressRegion": "England",
                "postalCode": "EX6 7TW", "streetAddress": "Devon Expressway", "type": "PostalAddress" },
            "id": peer.at("/address/e4c95383"), "latitude": 50.668, "longitude": -3.537, "name": "The Kenn Centre", "type": "Place",
        },
        "published": "2022-09-27T14:33:14Z", "draft": false, "participantCount": 0, "maximumAttendeeCapacity": 0,
        "tag": [{ "href": peer.at("/tags/dance"), "name": "#Dance", "type": "Hashtag" }],
        "updated": "2022-09-27T14:39:18Z", "commentsEnabled": true,
        "attachment": [{ "mediaType": "image/jpeg", "name": "Banner", "type": "Document", "url": peer.at("/media/cd75.jpg?name=banner.jpg") }],
        "name": "Caledonian scottish dance class", "mediaType": "text/html",
    });
    event["actor"] = organiser.into();
    event["attributedTo"] = group.into();
    event["to"] = json!([PUBLIC]);
    event["cc"] = json!([format!("{organiser}/followers")]);
    event
}

on_both_databases! {
    async fn an_event_of_mobilizon_is_a_thread_with_date_and_place(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mobilizon", "5.1.0")), &school.url).await;
        let alice = school.member("alice").await;
        let organiser = peer.person("emorrp1");
        let society = peer.group("devon_caledonian_society");
        is_let_in(&alice, &peer, &society).await;
        let mut document = mobilizon_event(&peer, &organiser.id, &society.id);
        let online = json!({ "type": "Link", "href": "https://dance.example/", "mediaType": "text/html", "name": "Website" });
        document["attachment"].as_array_mut().unwrap().push(online);
        peer.serves(text(&document, "id"), document.clone());

        // Its group announces by id.
        applied(&school, &society, &society.does("Announce", text(&document, "id"))).await;
        let post = school.post_by_ap_id(text(&document, "id")).await.unwrap();
        assert_eq!(post.title, "Caledonian scottish dance class");
        assert!(post.body_html.contains("£6 each."));
        assert_eq!(post.link.as_deref(), Some(text(&document, "url")));
        let row = event(&school, post.id).await.unwrap();
        assert_eq!(row.starts, Timestamp::parse("2022-12-11T19:00:00Z").unwrap());
        assert_eq!(row.timezone.as_deref(), Some("Europe/London"));
        assert_eq!(row.place.as_deref(), Some("The Kenn Centre"));
        assert_eq!(row.online_url.as_deref(), Some("https://dance.example/"));
        let page = get_page(&format!("{}post/{}", school.url, post.id)).await;
        assert!(page.contains("<time datetime=\"2022-12-11T19:00:00Z\">Sunday, 11 December 2022, 19:00–21:00</time>"), "{page}");
        assert!(page.contains("Devon Expressway, EX6 7TW Teignbridge"));

        // Put off, and cancelled.
        let mut later = document.clone();
        later["startTime"] = "2022-12-18T19:00:00+00:00".into();
        later["endTime"] = "2022-12-18T21:00:00+00:00".into();
        later["ical:status"] = "CANCELLED".into();
        later["updated"] = "2022-10-27T14:39:18Z".into();
        applied(&school, &organiser, &organiser.does("Update", later)).await;
        let row = event(&school, post.id).await.unwrap();
        assert!(row.cancelled && row.starts == Timestamp::parse("2022-12-18T19:00:00Z").unwrap());
    }

    async fn what_mobilizon_edits_under_the_id_of_its_creation_is_edited_here(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mobilizon", "5.1.0")), &school.url).await;
        let (organiser, society) = (peer.person("emorrp1"), peer.group("devon_caledonian_society"));
        is_let_in(&school.member("alice").await, &peer, &society).await;
        knows(&school, &peer).await;
        // One id for all that is done to a thing, but for its deletion.
        let says = |verb: &str, object: &Value| {
            let mut said = organiser.does(verb, object.clone());
            said["id"] = format!("{}/activity", text(object, "id")).into();
            said
        };
        let mut document = mobilizon_event(&peer, &organiser.id, &society.id);
        applied(&school, &organiser, &says("Create", &document)).await;
        let post = school.post_by_ap_id(text(&document, "id")).await.unwrap();
        document["startTime"] = "2022-12-18T19:00:00+00:00".into();
        document["updated"] = "2022-10-27T14:39:18Z".into();
        let put_off = says("Update", &document);
        organiser.says(&put_off).await;
        document["status"] = "CANCELLED".into();
        document["ical:status"] = "CANCELLED".into();
        document["updated"] = "2022-10-28T14:39:18Z".into();
        applied(&school, &organiser, &says("Update", &document)).await;
        // The first once more, late.
        applied(&school, &organiser, &put_off).await;
        let row = event(&school, post.id).await.unwrap();
        assert!(row.cancelled && row.starts == Timestamp::parse("2022-12-18T19:00:00Z").unwrap());

        // Articles do not say when they were edited.
        let mut article = json!({
            "type": "Article", "actor": organiser.id, "id": peer.at("/p/news"), "name": "News", "content": "<p>Old</p>",
            "attributedTo": society.id, "published": "2026-11-20T11:46:50Z", "attachment": [], "draft": false,
            "to": [PUBLIC], "cc": [format!("{}/followers", society.id)],
        });
        applied(&school, &organiser, &says("Create", &article)).await;
        for words in ["<p>New</p>", "<p>Newer</p>"] {
            article["content"] = words.into();
            applied(&school, &organiser, &says("Update", &article)).await;
            assert_eq!(school.post_by_ap_id(text(&article, "id")).await.unwrap().body_html, words);
        }
    }

    async fn what_a_colleague_changes_or_takes_away_holds_if_their_server_says_so(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mobilizon", "5.1.0")), &school.url).await;
        let (anna, ben, society) = (peer.person("anna"), peer.person("ben"), peer.group("society"));
        is_let_in(&school.member("alice").await, &peer, &society).await;
        let mut document = mobilizon_event(&peer, &anna.id, &society.id);
        applied(&school, &anna, &anna.does("Create", document.clone())).await;
        let post = school.post_by_ap_id(text(&document, "id")).await.unwrap();
        // Whoever edits an event of a group is its organiser from then on. Nothing but the server is believed.
        document["actor"] = ben.id.as_str().into();
        document["name"] = "Moved".into();
        document["updated"] = "2022-10-27T14:39:18Z".into();
        peer.serves(text(&document, "id"), document.clone());
        let mut lie = document.clone();
        lie["name"] = "A lie".into();
        applied(&school, &ben, &ben.does("Update", lie)).await;
        let now = school.post(post.id).await;
        assert_eq!((now.title.as_str(), now.author_id), ("Moved", post.author_id));

        // Of an article its writer stays the author.
        let mut article = json!({
            "type": "Article", "actor": anna.id, "id": peer.at("/p/news"), "name": "News", "content": "<p>Old</p>",
            "attributedTo": society.id, "published": "2026-11-20T11:46:50Z", "to": [PUBLIC], "cc": [],
        });
        applied(&school, &anna, &anna.does("Create", article.clone())).await;
        article["content"] = "<p>New</p>".into();
        peer.serves(text(&article, "id"), article.clone());
        applied(&school, &ben, &ben.does("Update", article.clone())).await;
        let news = school.post_by_ap_id(text(&article, "id")).await.unwrap();
        assert_eq!(news.body_html, "<p>New</p>");

        // What is still there is not deleted.
        let gone = json!({ "type": "Tombstone", "id": article["id"] });
        refused(&school, &ben, &ben.does("Delete", gone.clone()), "does not moderate").await;
        peer.shows(text(&article, "id"), Page::Gone);
        applied(&school, &ben, &ben.does("Delete", gone)).await;
        assert!(school.post(news.id).await.deleted);
    }

    async fn comments_that_are_only_moderated_are_open_and_members_begin_nothing_in_such_groups(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::start(Some(("mobilizon", "5.1.0")), &school.url).await;
        let (anna, society) = (peer.person("anna"), peer.group("society"));
        society.change_document(|document| {
            document["openness"] = "invite_only".into();
            document["members"] = format!("{}/members", society.id).into();
            document.as_object_mut().unwrap().remove("postingRestrictedToMods");
        });
        let alice = school.member("alice").await;
        let there = is_let_in(&alice, &peer, &society).await;
        let mut document = mobilizon_event(&peer, &anna.id, &society.id);
        document["repliesModerationOption"] = "moderated".into();
        document["commentsEnabled"] = false.into();
        applied(&school, &anna, &anna.does("Create", document.clone())).await;
        let post = school.post_by_ap_id(text(&document, "id")).await.unwrap();
        assert!(!post.locked);
        alice.replies(post.id, None, "May I come?").await;
        peer.received("the comment", |a| a["object"]["inReplyTo"] == document["id"]).await;
        document["repliesModerationOption"] = "closed".into();
        document["updated"] = "2022-10-27T14:39:18Z".into();
        applied(&school, &anna, &anna.does("Update", document)).await;
        assert!(school.post(post.id).await.locked);

        // Its server knows no thread that somebody elsewhere begins.
        let publish = Publish {
            group: there, title: Title::parse("A dance").unwrap(), body: Body::parse("Words").unwrap(), link: None, image: None,
            kind: Contribution::Discussion, language: None, sensitive: false,
        };
        let me = alice.id;
        let refusal = school.act(move |tx| threads::publish(tx, me, &publish)).await.unwrap_err();
        assert!(matches!(refusal, CommunityError::Denied(Denied::PostingRestricted)), "{refusal}");
    }

    async fn a_later_edit_under_an_id_that_is_known_is_another_whoever_sends_it(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(None, &school.url).await);
        let group = group_url(&school, alice.founds("looms").await).await;
        let dana = peer.person("dana");
        let mut note = json!({
            "id": peer.at("/note/1"), "type": "Page", "name": "Wool", "content": "<p>First</p>", "attributedTo": dana.id,
            "to": [group, PUBLIC], "cc": [], "audience": group, "published": "2026-11-20T11:46:50Z",
        });
        let says = |verb: &str, object: &Value| {
            let mut said = dana.does(verb, object.clone());
            said["id"] = peer.at("/note/1/activity").into();
            said
        };
        applied(&school, &dana, &says("Create", &note)).await;
        note["content"] = "<p>Second</p>".into();
        note["updated"] = "2026-11-21T11:46:50Z".into();
        let second = says("Update", &note);
        applied(&school, &dana, &second).await;
        note["content"] = "<p>Third</p>".into();
        note["updated"] = "2026-11-22T11:46:50Z".into();
        applied(&school, &dana, &says("Update", &note)).await;
        applied(&school, &dana, &second).await;
        assert_eq!(school.post_by_ap_id(text(&note, "id")).await.unwrap().body_html, "<p>Third</p>");
    }

    async fn an_event_planned_here_is_shown_well_everywhere(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &peer, &peer.person("felix"), &group).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let post = plans(&alice, looms, "An evening of weaving").await;

        peer.received("the boost", |a| a["object"] == post.ap_id.as_str()).await;
        let (_, shown) = get_as2(&post.ap_id).await;
        assert_eq!((text(&shown, "type"), text(&shown, "startTime")), ("Event", "2026-12-03T17:00:00Z"));
        assert_eq!((text(&shown, "timezone"), text(&shown, "ical:status")), ("Europe/Berlin", "CONFIRMED"));
        assert_eq!(shown["location"]["name"], "Lab 3");
        let online = json!({ "type": "Link", "href": "https://meet.example/looms", "mediaType": "text/html", "name": "Website" });
        assert!(shown["attachment"].as_array().unwrap().contains(&online), "where Mobilizon looks: {shown}");
        let when = "Thursday, 3 December 2026, 18:00–20:00 (Europe/Berlin)";
        assert!(text(&shown, "content").contains(when), "{shown}");
        assert_eq!(text(&shown["source"], "content"), "Bring *yarn*.");
        // Mastodon shows title and summary of what is no note.
        let (_, shown) = get_as2_as(&post.ap_id, "Mastodon/4.5.0 (http.rb/5.3.1; +https://m.example/)").await;
        let summary = text(&shown, "summary");
        assert!(summary.contains(when) && summary.contains("Lab 3") && summary.contains("Bring yarn."), "{summary}");

        // PieFed stumbles over an event that is not written as its own are.
        let (_, shown) = get_as2_as(&post.ap_id, "PieFed/1.6; +https://p.example").await;
        assert_eq!(text(&shown, "type"), "Page");
        // NodeBB reads again what it was told of, and passes over an event.
        let (_, page) = get_as2_as(&post.ap_id, "NodeBB/4.x (https://forum.example)").await;
        assert_eq!(text(&page, "type"), "Page");
        assert!(text(&page, "content").contains(when), "{page}");

        let told = lemmy.received("the thread", |a| a["object"]["type"] == "Create").await.activity;
        let page = &told["object"]["object"];
        assert_eq!((text(page, "type"), text(page, "name")), ("Page", "An evening of weaving"));
        let source = text(&page["source"], "content");
        assert!(source.contains("18:00–20:00") && source.ends_with("Bring *yarn*."), "{source}");

        // Put off: everybody hears of it.
        let (me, id) = (alice.id, post.id);
        school.act(move |tx| {
            let edit = EditThread {
                title: Title::parse("An evening of weaving").unwrap(), body: Body::parse("Bring *yarn*.").unwrap(),
                link: None, image: None, language: None, sensitive: false,
            };
            let mut event = an_evening();
            event.starts = event.timezone.at("2026-12-10T18:00").unwrap();
            event.ends = None;
            threads::edit_with(tx, me, id, &edit, Some(&event))
        }).await.unwrap();
        let told = lemmy.received("the edit", |a| a["object"]["type"] == "Update").await.activity;
        assert!(told.to_string().contains("10 December 2026"));
        let update = peer.received("the edit", |a| a["type"] == "Update").await.activity;
        assert_eq!(text(&update["object"], "type"), "Event");
    }

    async fn an_event_travels_whole_between_two_of_our_kind(db: Database) {
        let (college, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (college.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        bob.follows(&format!("!looms@{}", college.host)).await;
        let planned = plans(&alice, looms, "An evening of weaving").await;
        let here = eventually_some("the event arrives", || school.post_by_ap_id(&planned.ap_id)).await;
        let (there, row) = (event(&college, planned.id).await.unwrap(), event(&school, here.id).await.unwrap());
        assert_eq!(EventRow { post_id: planned.id, ..row }, there);
        assert_eq!(here.body_html, planned.body_html, "date and place are not told twice");

        let (me, id) = (alice.id, planned.id);
        college.act(move |tx| {
            let edit = EditThread {
                title: Title::parse("An evening of weaving").unwrap(), body: Body::parse("").unwrap(),
                link: None, image: None, language: None, sensitive: false,
            };
            let mut event = an_evening();
            event.cancelled = true;
            threads::edit_with(tx, me, id, &edit, Some(&event))
        }).await.unwrap();
        eventually("it is cancelled there too", || async { event(&school, here.id).await.unwrap().cancelled }).await;
        assert_eq!(school.post(here.id).await.body_html, "");
    }

    async fn an_event_of_piefed_has_its_link_and_its_town(db: Database) {
        let school = Instance::start(db).await;
        let (alice, peer) = (school.member("alice").await, Peer::start(Some(("piefed", "1.2.0")), &school.url).await);
        let looms = group_url(&school, alice.founds("looms").await).await;
        let (dana, mbin) = (peer.person("dana"), Peer::start(Some(("mbin", "1.9.0")), &school.url).await);
        joins(&school, &mbin, &mbin.person("mia"), &looms).await;
        let with = |number: u64, location: Value| json!({
            "id": peer.at(&format!("/post/{number}")), "type": "Event", "name": "Spinning", "content": "<p>Bring wool.</p>",
            "attributedTo": dana.id, "to": [looms, PUBLIC], "cc": [], "audience": looms, "published": "2026-11-20T11:46:50Z",
            "startTime": "2030-06-01T10:00:00+00:00", "endTime": "2030-06-01T12:00:00+00:00", "timezone": "Europe/Berlin",
            "location": location, "onlineLink": "https://meet.example/spinning", "joinMode": "free",
        });
        for (number, location, address) in [
            (1, json!({ "address": "Main Street 1", "city": "Bonn", "country": "Germany" }), Some("Main Street 1, Bonn, Germany")),
            (2, json!({ "address": "", "city": "Bonn", "country": "" }), Some("Bonn")),
            (3, json!({ "city": "Bonn" }), Some("Bonn")),
            (4, Value::Null, None),
        ] {
            let object = with(number, location);
            let mut create = dana.does("Create", object.clone());
            create["cc"] = json!([looms]);
            applied(&school, &dana, &create).await;
            let post = school.post_by_ap_id(text(&object, "id")).await.unwrap();
            let row = event(&school, post.id).await.unwrap();
            assert_eq!(row.address.as_deref(), address, "{number}");
            assert_eq!(row.online_url.as_deref(), Some("https://meet.example/spinning"));
            // Who knows no event is told in words.
            let told = mbin.received("the page", |a| a["object"]["object"]["id"] == object["id"]).await.activity;
            let (page, content) = (&told["object"]["object"], text(&told["object"]["object"], "content"));
            assert_eq!((text(page, "type"), text(page, "name")), ("Page", "Spinning"));
            assert!(content.contains("1 June 2030, 12:00") && content.ends_with("<p>Bring wool.</p>"), "{content}");
        }
    }
}
