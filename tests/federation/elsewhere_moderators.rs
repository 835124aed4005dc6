//! Groups and their moderators on two servers: edits and appointments in both directions, and a group
//! that closes and opens again.

use coppice::community::groups::{self, EditGroup};
use coppice::community::{CommunityError, Denied, threads};
use coppice::domain::ids::ActorId;
use coppice::domain::limits::{DisplayName, Statement};
use coppice::domain::roles::Role;
use coppice::store::actors::{self, ActorRow};
use serde_json::{Value, json};

use crate::help::{a_while, actor, applied, group_url, is_let_in, joins, refused, text};
use crate::lemmy::{announced, does, page};
use crate::private_groups::{Eyes, client, fetched};
use crate::real;
use crate::support::peer::{PUBLIC, get_as2, get_page};
use crate::support::{
    Database, Instance, Member, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

async fn row(at: &Instance, id: ActorId) -> ActorRow {
    at.read(move |tx| actors::get(tx.conn, id)).await
}

async fn role(at: &Instance, group: ActorId, person: ActorId) -> Option<Role> {
    at.read(move |tx| actors::role(tx.conn, group, person))
        .await
}

async fn appoints(
    by: &Member<'_>,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
) -> Result<(), CommunityError> {
    let by_id = by.id;
    by.home
        .act(move |tx| groups::appoint(tx, by_id, group, person, role))
        .await
}

fn about(title: &str, domain: &str) -> EditGroup {
    EditGroup {
        title: DisplayName::parse(title).unwrap(),
        domain: Statement::parse(domain).unwrap(),
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility: coppice::domain::kinds::Visibility::Public,
    }
}

async fn edits(by: &Member<'_>, group: ActorId, edit: EditGroup) -> Result<(), CommunityError> {
    let me = by.id;
    by.home
        .act(move |tx| groups::edit(tx, me, group, &edit))
        .await
}

/// The real Update of a community, put on this group of ours and this moderator of theirs.
fn update_of(moderator: &PeerActor, group: &str) -> Value {
    let mut update = real::document(
        "lemmy/activities/community/update_community.json",
        json!({
            "type": "Update", "to": [PUBLIC],
            "object": {
                "type": "Group", "preferredUsername": "main", "name": "The Updated Community",
                "source": { "content": "updated 2", "mediaType": "text/markdown" },
                "publicKey": { "publicKeyPem": "" },
            },
        }),
    );
    update["id"] = moderator.new_id("update").into();
    update["actor"] = moderator.id.as_str().into();
    update["cc"] = json!([group]);
    update["audience"] = group.into();
    let host = group.split("/c/").next().unwrap();
    let object = &mut update["object"];
    object["id"] = group.into();
    for place in ["inbox", "outbox", "followers"] {
        object[place] = format!("{group}/{place}").into();
    }
    object["attributedTo"] = format!("{group}/moderators").into();
    object["endpoints"] = json!({ "sharedInbox": format!("{host}/inbox") });
    object["publicKey"]["owner"] = group.into();
    object["publicKey"]["id"] = format!("{group}#main-key").into();
    update
}

fn collected(name: &str, by: &PeerActor, object: &str, group: &str) -> Value {
    let kind = if name == "add_mod" { "Add" } else { "Remove" };
    let mut activity = real::document(
        &format!("lemmy/activities/community/{name}.json"),
        json!({ "type": kind, "to": [PUBLIC] }),
    );
    activity["id"] = by.new_id("add").into();
    activity["actor"] = by.id.as_str().into();
    activity["object"] = object.into();
    activity["target"] = format!("{group}/moderators").into();
    activity["cc"] = json!([group]);
    activity["audience"] = group.into();
    activity
}

on_both_databases! {
    async fn a_comment_that_the_owner_of_a_video_lets_through_is_sent_once_more(db: Database) {
        let school = Instance::start(db).await;
        let (tube, other) = (Peer::start(Some(("peertube", "7.2.0")), &school.url).await, Peer::mastodon(&school).await);
        let (channel, owner, gerda) = (tube.group("weaving"), tube.person("owner"), other.person("gerda"));
        let alice = school.member("alice").await;
        is_let_in(&alice, &tube, &channel).await;
        let thread = page(&owner, 1, &channel.id, "How to warp");
        applied(&school, &channel, &announced(&channel, &does(&owner, "Create", thread.clone(), &channel.id))).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let comment = alice.replies(post.id, None, "Well warped.").await;
        tube.received("the comment", |a| a["object"]["id"] == comment.ap_id.as_str()).await;
        let approves = |who: &PeerActor| {
            let mut approve = who.does("ApproveReply", comment.ap_id.as_str());
            approve["inReplyTo"] = thread["id"].clone();
            approve
        };
        refused(&school, &gerda, &approves(&gerda), "no say").await;
        let approval = approves(&owner);
        applied(&school, &owner, &approval).await;
        let again = tube.received("it once more", |a| a["object"]["replyApproval"].is_string()).await.activity;
        assert_eq!((text(&again, "type"), &again["object"]["replyApproval"]), ("Create", &approval["id"]));
        assert_eq!(again["object"]["id"], comment.ap_id.as_str());
    }

    async fn the_owner_of_a_video_takes_away_what_others_wrote_below_it(db: Database) {
        let school = Instance::start(db).await;
        let (tube, other) = (Peer::start(Some(("peertube", "7.2.0")), &school.url).await, Peer::mastodon(&school).await);
        let (channel, owner, erik) = (tube.group("weaving"), tube.person("owner"), tube.person("erik"));
        channel.change_document(|document| document["attributedTo"] = json!([{ "type": "Person", "id": owner.id }]));
        let alice = school.member("alice").await;
        let there = is_let_in(&alice, &tube, &channel).await;
        let thread = page(&owner, 1, &channel.id, "How to warp");
        applied(&school, &channel, &announced(&channel, &does(&owner, "Create", thread.clone(), &channel.id))).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let ours = alice.replies(post.id, None, "Buy my looms!").await;
        let gerda = other.person("gerda");
        let note = json!({
            "id": other.at("/note/1"), "type": "Note", "content": "<p>Mine too!</p>", "attributedTo": gerda.id,
            "inReplyTo": thread["id"], "to": [PUBLIC], "cc": [],
        });
        applied(&school, &gerda, &gerda.does("Create", note.clone())).await;

        // It names the deletion by what it deletes, on whatever server that is.
        let deletes = |who: &PeerActor, object: &str| {
            let mut delete = who.does("Delete", object);
            delete["id"] = format!("{object}/delete").into();
            delete
        };
        // Nobody else may: here it is known by who says it of what.
        let attempt = deletes(&erik, &ours.ap_id);
        erik.says(&attempt).await;
        applied(&school, &owner, &deletes(&owner, &ours.ap_id)).await;
        applied(&school, &owner, &deletes(&owner, text(&note, "id"))).await;
        assert!(school.comment(ours.id).await.removed);
        let theirs = school.comment_by_ap_id(text(&note, "id")).await.unwrap();
        assert!(theirs.removed);
        assert_eq!(role(&school, there, actor(&school, &owner.id).await.unwrap().id).await, Some(Role::Moderator));
        assert_eq!(role(&school, there, actor(&school, &erik.id).await.unwrap().id).await, None);
        // Under an id of somebody else nothing but this is taken.
        let mut like = owner.does("Like", post.ap_id.as_str());
        like["id"] = other.at("/note/1/delete").into();
        assert_eq!(owner.sends(&like).await, 403);
    }

    async fn a_moderator_elsewhere_edits_a_group_here_and_its_followers_hear_of_it(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, piet) = (home.person("lea"), other.person("piet"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &piet, &group).await;
        let key = row(&school, looms).await.public_key_pem;

        // Not yet.
        refused(&school, &lea, &update_of(&lea, &group), "does not moderate").await;
        let his = actor(&school, &lea.id).await.unwrap().id;
        appoints(&alice, looms, his, Some(Role::Moderator)).await.unwrap();

        let mut update = update_of(&lea, &group);
        update["object"]["postingRestrictedToMods"] = true.into();
        update["object"]["icon"] = json!({ "type": "Image", "url": home.at("/pictrs/image/a.png") });
        applied(&school, &lea, &update).await;
        let now = row(&school, looms).await;
        assert_eq!(now.display_name.as_deref(), Some("The Updated Community"));
        assert_eq!(now.summary_markdown.as_deref(), Some("updated 2"));
        assert_eq!(now.summary_html.trim(), "<p>updated 2</p>");
        assert_eq!(now.icon_url.as_deref(), Some(home.at("/pictrs/image/a.png").as_str()));
        assert_eq!(now.name, "looms", "its address cannot be changed");
        assert_eq!((now.public_key_pem, now.inbox_url), (key, format!("{group}/inbox")));
        assert!(school.read(move |tx| coppice::store::groups::get(tx.conn, looms)).await.posting_restricted);
        let told = other.received("the Update, announced", |a| a["object"]["id"] == update["id"]).await;
        assert_eq!(told.activity["actor"], group.as_str());
        assert_eq!(told.activity["object"]["object"]["name"], "The Updated Community");

        // What our own form would not take.
        let mut nameless = update_of(&lea, &group);
        nameless["object"]["name"] = "".into();
        refused(&school, &lea, &nameless, "needs a title").await;
        let mut long = update_of(&lea, &group);
        long["object"]["source"]["content"] = "x".repeat(10_001).into();
        refused(&school, &lea, &long, "at most 10000 characters").await;
        let mut script = update_of(&lea, &group);
        script["object"]["icon"] = json!({ "type": "Image", "url": "javascript:alert(1)" });
        script["object"]["summary"] = "<script>alert(1)</script>".into();
        lea.says(&script).await;
        a_while().await;
        let now = row(&school, looms).await;
        assert!(!now.summary_html.contains("script") && now.icon_url.is_none_or(|url| url.starts_with("http")));
        // Another's say-so is nothing, whoever they moderate elsewhere.
        refused(&school, &piet, &update_of(&piet, &group), "does not moderate").await;
    }

    async fn a_moderator_elsewhere_appoints_and_dismisses_in_a_group_here_and_its_followers_hear_of_it(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (lea, piet) = (home.person("lea"), other.person("piet"));
        joins(&school, &home, &lea, &group).await;
        joins(&school, &other, &piet, &group).await;
        let leas = actor(&school, &lea.id).await.unwrap().id;
        let piets = actor(&school, &piet.id).await.unwrap().id;
        refused(&school, &lea, &collected("add_mod", &lea, &piet.id, &group), "does not moderate").await;
        appoints(&alice, looms, leas, Some(Role::Moderator)).await.unwrap();

        let add = collected("add_mod", &lea, &piet.id, &group);
        applied(&school, &lea, &add).await;
        assert_eq!(role(&school, looms, piets).await, Some(Role::Moderator));
        let told = other.received("the Add, announced", |a| a["object"]["id"] == add["id"]).await;
        assert_eq!((text(&told.activity, "type"), text(&told.activity, "actor")), ("Announce", group.as_str()));
        // Again: nothing more is told.
        applied(&school, &lea, &collected("add_mod", &lea, &piet.id, &group)).await;

        let remove = collected("remove_mod", &lea, &piet.id, &group);
        applied(&school, &lea, &remove).await;
        assert_eq!(role(&school, looms, piets).await, None);
        other.received("the Remove, announced", |a| a["object"]["id"] == remove["id"]).await;
        a_while().await;
        assert_eq!(other.count(|a| a["object"]["type"] == "Add" && a["object"]["actor"] == lea.id.as_str()), 1);

        // The coordinator stays, and what is no person does not serve.
        let alices = row(&school, alice.id).await.ap_id;
        refused(&school, &lea, &collected("remove_mod", &lea, &alices, &group), "coordinator").await;
        let club = other.group("club");
        refused(&school, &lea, &collected("add_mod", &lea, &club.id, &group), "no such person").await;
        assert_eq!(role(&school, looms, alice.id).await, Some(Role::Coordinator));
    }

    async fn a_moderator_of_ours_edits_a_group_elsewhere_and_sees_it_when_it_comes_back(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let looms = alice.founds("looms").await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        let stranger = edits(&bob, there, about("Mine", "Mine")).await;
        assert!(matches!(stranger, Err(CommunityError::Denied(Denied::NotModerator))), "{stranger:?}");

        let bobs_id = row(&museum, bob.id).await.ap_id;
        let bobs = eventually_some("bob is known", || actor(&school, &bobs_id)).await.id;
        appoints(&alice, looms, bobs, Some(Role::Moderator)).await.unwrap();
        eventually("bob's server knows", || async { role(&museum, there, bob.id).await.is_some() }).await;
        edits(&bob, there, about("Looms, old and new", "Weaving *by hand*.")).await.unwrap();
        eventually("the group is changed at home", || async {
            row(&school, looms).await.display_name.as_deref() == Some("Looms, old and new")
        }).await;
        assert_eq!(row(&school, looms).await.summary_markdown.as_deref(), Some("Weaving *by hand*."));
        eventually("and here", || async {
            row(&museum, there).await.display_name.as_deref() == Some("Looms, old and new")
        }).await;
        assert!(row(&museum, there).await.summary_html.contains("<em>by hand</em>"));

        // He appoints somebody of his own server, and dismisses her again.
        let cleo = museum.member("cleo").await;
        appoints(&bob, there, cleo.id, Some(Role::Moderator)).await.unwrap();
        eventually("cleo moderates, as bob's server knows", || async { role(&museum, there, cleo.id).await.is_some() }).await;
        let cleos_id = row(&museum, cleo.id).await.ap_id;
        let cleos = actor(&school, &cleos_id).await.unwrap().id;
        assert_eq!(role(&school, looms, cleos).await, Some(Role::Moderator));
        appoints(&bob, there, cleo.id, None).await.unwrap();
        eventually("cleo does no longer", || async { role(&museum, there, cleo.id).await.is_none() }).await;
        let made = appoints(&bob, there, cleo.id, Some(Role::Coordinator)).await;
        assert!(matches!(made, Err(CommunityError::Invalid { field: "role", .. })), "{made:?}");
    }

    async fn what_a_moderator_of_ours_does_in_a_lemmy_community_goes_to_it_whole(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        let there = is_let_in(&bob, &home, &group).await;
        let me = row(&school, bob.id).await.ap_id;
        let mods = format!("{}/moderators", group.id);
        let mut add = does(&lea, "Add", me.as_str(), &group.id);
        add["target"] = mods.as_str().into();
        applied(&school, &group, &announced(&group, &add)).await;
        assert_eq!(role(&school, there, bob.id).await, Some(Role::Moderator));

        edits(&bob, there, about("Ten Forward", "A *bar*.")).await.unwrap();
        let update = home.received("the Update", |a| a["type"] == "Update").await;
        assert_eq!(update.inbox, "/inbox");
        let update = update.activity;
        assert_eq!((text(&update, "actor"), &update["cc"]), (me.as_str(), &json!([group.id])));
        let (object, stands) = (&update["object"], group.document());
        assert_eq!((text(object, "name"), text(&object["source"], "content")), ("Ten Forward", "A *bar*."));
        // The rest as its server has it.
        for member in ["id", "preferredUsername", "inbox", "outbox", "followers", "featured", "attributedTo", "endpoints", "publicKey"] {
            assert_eq!(object[member], stands[member], "{member}");
        }
        assert_ne!(row(&school, there).await.display_name.as_deref(), Some("Ten Forward"), "not before it says so");
        group.change_document(|doc| doc["name"] = "Ten Forward".into());
        applied(&school, &group, &announced(&group, &update)).await;
        assert_eq!(row(&school, there).await.display_name.as_deref(), Some("Ten Forward"));

        // Naming moderators, pinning, locking.
        let leas = actor(&school, &lea.id).await.unwrap().id;
        appoints(&bob, there, leas, Some(Role::Moderator)).await.unwrap();
        let sent = home.received("the Add", |a| a["type"] == "Add" && a["target"] == mods.as_str()).await.activity;
        assert_eq!(text(&sent, "object"), lea.id);
        assert_eq!(role(&school, there, leas).await, None, "not before it says so");
        applied(&school, &group, &announced(&group, &sent)).await;
        assert_eq!(role(&school, there, leas).await, Some(Role::Moderator));

        let thread = page(&lea, 1, &group.id, "Rules");
        home.serves(text(&thread, "id"), thread.clone());
        applied(&school, &group, &announced(&group, &does(&lea, "Create", thread.clone(), &group.id))).await;
        let post = school.post_by_ap_id(text(&thread, "id")).await.unwrap();
        let (by, id) = (bob.id, post.id);
        school.act(move |tx| threads::feature(tx, by, id, true)).await.unwrap();
        let featured = format!("{}/featured", group.id);
        home.received("the pin", |a| a["type"] == "Add" && a["target"] == featured.as_str() && a["object"] == thread["id"]).await;
        school.act(move |tx| threads::lock(tx, by, id, true, None)).await.unwrap();
        home.received("the Lock", |a| a["type"] == "Lock" && a["object"] == thread["id"]).await;
        assert!(school.post(id).await.featured && school.post(id).await.locked);
    }

    async fn a_group_elsewhere_keeps_its_description_whatever_else_a_moderator_of_ours_changes(db: Database) {
        let school = Instance::start(db).await;
        let home = Peer::lemmy(&school).await;
        let bob = school.member("bob").await;
        let (group, lea) = (home.group("tenforward"), home.person("lea"));
        // Longer than a page about oneself, and without the Markdown it was written in.
        let summary = format!("<p>A <em>bar</em>.</p><p>{}</p>", "Cheers! ".repeat(500).trim());
        group.change_document(|doc| {
            doc["summary"] = summary.as_str().into();
            doc.as_object_mut().unwrap().remove("source");
        });
        let there = is_let_in(&bob, &home, &group).await;
        let me = row(&school, bob.id).await.ap_id;
        let mut add = does(&lea, "Add", me.as_str(), &group.id);
        add["target"] = format!("{}/moderators", group.id).into();
        applied(&school, &group, &announced(&group, &add)).await;

        let eyes = Eyes::of(&bob).await;
        let form = format!("{}c/tenforward@{}/edit", school.url, home.host);
        let (_, page) = fetched(&form, eyes.page).await;
        assert!(page.contains("A bar."), "{page}");
        let edits = async |form: Value| {
            let url = format!("{}api/v3/community", school.url);
            let request = client().put(url).headers(eyes.api.clone());
            let request = request.header("content-type", "application/json").body(form.to_string());
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        };
        edits(json!({ "community_id": there, "nsfw": true })).await;
        let update = home.received("the Update", |a| a["type"] == "Update").await.activity;
        let object = &update["object"];
        assert_eq!(object["sensitive"], true);
        assert_eq!(object["summary"], summary.as_str());
        assert!(object["source"].is_null(), "{object}");
        edits(json!({ "community_id": there, "description": "A *quiet* bar." })).await;
        let anew = |a: &Value| a["object"]["source"]["content"] == "A *quiet* bar.";
        home.received("the new description", anew).await;
    }

    async fn a_group_that_closes_and_opens_again_does_so_for_its_followers(db: Database) {
        let (museum, school) = (Instance::start(db.another()).await, Instance::start(db).await);
        let (alice, bob) = (school.member("alice").await, museum.member("bob").await);
        let lemmy = Peer::lemmy(&school).await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let there = bob.follows(&format!("!looms@{}", school.host)).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let title = row(&museum, there).await.display_name;
        let admin = school.member("rita").await;
        let rita = admin.id;
        school.act(move |tx| Ok(coppice::store::accounts::set_admin(tx.conn, rita, true)?)).await.unwrap();
        for by in [alice.id, rita] {
            school.act(move |tx| groups::delete(tx, by, looms)).await.unwrap();
            eventually("it is closed there", || async { row(&museum, there).await.deleted }).await;
            assert_eq!(row(&museum, there).await.display_name, title, "what it was called is known");
            school.act(move |tx| groups::restore(tx, by, looms)).await.unwrap();
            eventually("it is open there", || async { !row(&museum, there).await.deleted }).await;
            assert_eq!(row(&museum, there).await.display_name, title);
            let by = row(&school, by).await.ap_id;
            let told = |kind: &'static str, by: String| move |a: &Value| a["object"]["type"] == kind && a["object"]["actor"] == by.as_str();
            let delete = lemmy.received("the Delete", told("Delete", by.clone())).await.activity;
            assert_eq!((text(&delete, "actor"), text(&delete["object"], "object")), (group.as_str(), group.as_str()));
            let undo = lemmy.received("its Undo", told("Undo", by)).await.activity;
            assert_eq!(undo["object"]["object"]["id"], delete["object"]["id"]);
        }
        let post = alice.posts(looms, "Open again").await;
        eventually_some("threads come again", || museum.post_by_ap_id(&post.ap_id)).await;
        // Nobody else closes it.
        let eve = school.member("eve").await.id;
        assert!(school.act(move |tx| groups::delete(tx, eve, looms)).await.is_err());
    }

    async fn a_moderator_elsewhere_pins_a_thread_of_a_group_here_and_its_followers_hear_of_it(db: Database) {
        let school = Instance::start(db).await;
        let (home, other) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let (data, lea) = (home.person("data"), other.person("lea"));
        joins(&school, &home, &data, &group).await;
        joins(&school, &other, &lea, &group).await;
        let his = actor(&school, &data.id).await.unwrap().id;
        appoints(&alice, looms, his, Some(Role::Moderator)).await.unwrap();
        let first = alice.posts(looms, "The rules").await;
        let later = alice.posts(looms, "A later one").await;
        let collects = |by: &PeerActor, verb: &str, object: &str| {
            let mut act = does(by, verb, object, &group);
            act["target"] = format!("{group}/featured").into();
            act
        };
        let list = async || -> Vec<String> {
            let url = format!("{}api/v3/post/list?community_id={looms}&sort=New", school.url);
            let answer: Value = serde_json::from_str(&get_page(&url).await).unwrap();
            answer["posts"].as_array().unwrap().iter().map(|view| text(&view["post"], "name").to_owned()).collect()
        };
        let pinned = async || get_as2(&format!("{group}/featured")).await.1["orderedItems"].clone();
        assert_eq!(list().await, ["A later one", "The rules"]);

        refused(&school, &lea, &collects(&lea, "Add", &first.ap_id), "does not moderate").await;
        // A thread of another group is not theirs to pin.
        let dyes = alice.founds("dyes").await;
        let foreign = alice.posts(dyes, "Indigo").await;
        refused(&school, &data, &collects(&data, "Add", &foreign.ap_id), "in another group").await;
        let pin = collects(&data, "Add", &first.ap_id);
        applied(&school, &data, &pin).await;
        assert_eq!(list().await, ["The rules", "A later one"]);
        assert!(school.post(first.id).await.featured);
        let page = get_page(&group).await;
        assert!(page.find("The rules") < page.find("A later one"), "{page}");
        assert_eq!(pinned().await.as_array().unwrap().len(), 1);
        let log = get_page(&format!("{group}/modlog")).await;
        assert!(log.contains("data") && log.contains("The rules"), "{log}");
        for peer in [&home, &other] {
            let id = pin["id"].clone();
            let told = peer.received("the pin", |a| a["object"]["id"] == id).await.activity;
            assert_eq!((text(&told, "actor"), text(&told["object"], "type")), (group.as_str(), "Add"));
        }

        let unpin = collects(&data, "Remove", &first.ap_id);
        applied(&school, &data, &unpin).await;
        assert_eq!(list().await, ["A later one", "The rules"]);
        assert!(pinned().await.as_array().unwrap().is_empty());
        other.received("the end of it", |a| a["object"]["id"] == unpin["id"]).await;
        appoints(&alice, looms, his, None).await.unwrap();
        refused(&school, &data, &collects(&data, "Add", &later.ap_id), "does not moderate").await;
    }
}
