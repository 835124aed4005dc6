//! Every real document of other software goes through the inbox: applied, or refused with a reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};
use url::Url;

use crate::help::{applied, is_let_in_there, refusal, text};
use crate::lemmy::announced;
use crate::support::documents::documents;
use crate::support::peer::PUBLIC;
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// What becomes of every real document, in the order in which they are sent: nothing, or why it is refused. What is in
/// a group is announced by that group; objects are said to be created by their authors, actors to be changed
/// by themselves. `A` is ds9.lemmy.ml, `B` enterprise.lemmy.ml, `C` everybody else, and their groups have a follower here.
#[rustfmt::skip]
const OUTCOMES: &[(&str, &str)] = &[
    ("lemmy/activities/following/accept.json", "nobody here sent that Follow"),
    ("lemmy/activities/following/follow.json", "there is no B/c/main here"),
    ("lemmy/activities/following/undo_follow.json", "there is no B/c/main here"),
    ("lemmy/activities/create_or_update/create_page.json", ""),
    ("lemmy/activities/create_or_update/update_page.json", ""),
    ("lemmy/activities/create_or_update/create_comment.json", ""),
    ("lemmy/activities/community/announce_create_page.json", ""),
    ("lemmy/activities/voting/like_note.json", "the announcing group does not own this thread"),
    ("lemmy/activities/voting/undo_like_note.json", "the announcing group does not own this thread"),
    ("lemmy/activities/voting/dislike_page.json", "the announcing group does not own this thread"),
    ("lemmy/activities/voting/undo_dislike_page.json", "the announcing group does not own this thread"),
    ("lemmy/activities/community/add_mod.json", ""),
    ("lemmy/activities/community/add_featured_post.json", ""),
    ("lemmy/activities/community/remove_featured_post.json", ""),
    ("lemmy/activities/community/lock_page.json", ""),
    ("lemmy/activities/community/undo_lock_page.json", ""),
    ("lemmy/activities/community/lock_note.json", ""),
    ("lemmy/activities/community/undo_lock_note.json", ""),
    ("lemmy/activities/community/warn.json", "what it is about is not known here"),
    ("lemmy/activities/community/report_page.json", "what it reports is neither of this server nor moderated here"),
    ("lemmy/activities/community/resolve_report_page.json", "the report it resolves is not known here"),
    ("lemmy/activities/deletion/remove_note.json", ""),
    ("lemmy/activities/deletion/undo_remove_note.json", ""),
    ("lemmy/activities/deletion/delete_page.json", ""),
    ("lemmy/activities/deletion/undo_delete_page.json", ""),
    ("lemmy/activities/community/update_community.json", ""),
    ("lemmy/activities/community/remove_mod.json", ""),
    ("lemmy/activities/create_or_update/create_private_message.json", "it is for no group that we know"),
    ("lemmy/activities/create_or_update/create_private_message_0.19.json", "a message is for people of ours alone"),
    ("lemmy/activities/deletion/delete_private_message.json", ""),
    ("lemmy/activities/deletion/undo_delete_private_message.json", ""),
    ("lemmy/activities/block/block_user.json", "the end of the ban has passed already"),
    ("lemmy/activities/block/undo_block_user.json", ""),
    ("discourse/objects/group.json", ""),
    ("discourse/objects/person.json", ""),
    ("lemmy/objects/group.json", ""),
    ("lemmy/objects/instance.json", ""),
    ("lemmy/objects/person.json", ""),
    ("mastodon/objects/person.json", ""),
    ("mbin/objects/instance.json", ""),
    ("mobilizon/objects/group.json", ""),
    ("mobilizon/objects/person.json", ""),
    ("nodebb/objects/group.json", ""),
    ("nodebb/objects/person.json", ""),
    ("peertube/objects/group.json", ""),
    ("peertube/objects/person.json", ""),
    ("pleroma/objects/person.json", ""),
    ("wordpress/objects/group.json", ""),
    ("wordpress/objects/person.json", ""),
    ("lemmy/objects/comment.json", ""),
    ("lemmy/objects/page.json", ""),
    ("lemmy/objects/page_image_and_link.json", ""),
    ("lemmy/objects/private_message.json", "it is for no group that we know"),
    ("discourse/objects/page.json", ""),
    ("mastodon/activities/create_note.json", "C/users/retiolus/statuses/107224244380204526 is gone"),
    ("mastodon/activities/delete.json", ""),
    ("mastodon/activities/flag.json", "what it reports is not known here"),
    ("mastodon/activities/follow.json", "there is no A/c/testcom here"),
    ("mastodon/activities/like_page.json", "what it votes on is not known here"),
    ("mastodon/activities/private_message.json", "C/users/nutomic/statuses/110854464248188528 is gone"),
    ("mastodon/activities/undo_follow.json", "there is no A/c/testcom here"),
    ("mastodon/activities/undo_like_page.json", ""),
    ("mastodon/objects/note_1.json", "C/users/retiolus/statuses/107224244380204526 is gone"),
    ("mastodon/objects/note_2.json", "C/users/kde/statuses/113306824627995724 is gone"),
    ("mastodon/objects/page.json", ""),
    ("mbin/activities/accept.json", "nobody here sent that Follow"),
    ("mbin/activities/flag.json", "the announcing group does not own this thread"),
    ("mobilizon/objects/event.json", "it is for no group that we know"),
    ("nodebb/objects/page.json", ""),
    ("peertube/activities/announce_video.json", "C/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1 is gone"),
    ("peertube/objects/note.json", "C/objects/87c1cbf5-542a-491d-af57-0414c8648381 is gone"),
    ("peertube/objects/video.json", ""),
    ("pleroma/activities/create_note.json", ""),
    ("pleroma/activities/delete.json", ""),
    ("pleroma/activities/follow.json", "there is no C/u/kinetix here"),
    ("pleroma/objects/chat_message.json", "a message is for people of ours alone"),
    ("pleroma/objects/note.json", ""),
    ("wordpress/activities/announce.json", ""),
    ("wordpress/objects/note.json", "C/ap/object/ce040f1ead95964f6dbbf1084b81432d is gone"),
    ("wordpress/objects/page.json", ""),
    ("lemmy/activities/deletion/delete_user.json", ""),
];

/// Puts each foreign host of a document on one of the peers, its sender's on the first.
pub fn rehosted(document: &Value, sender: &Peer, others: &Peer) -> Value {
    let actor = document["actor"].as_str().unwrap_or_default();
    let home = Url::parse(actor).ok();
    let home = home.as_ref().and_then(Url::host_str).unwrap_or_default();
    let mut document = document.clone();
    move_to(&mut document, &|host| match host == home {
        true => &sender.base,
        false => &others.base,
    });
    document
}

/// Puts each foreign host of a document where `place` says.
fn move_to<'a>(value: &mut Value, place: &impl Fn(&str) -> &'a str) {
    match value {
        Value::String(text) => {
            let Ok(url) = Url::parse(text) else { return };
            if !matches!(url.scheme(), "http" | "https") || text.contains("www.w3.org") {
                return;
            }
            let base = place(url.host_str().unwrap_or_default());
            *text = format!("{base}{}", &url[url::Position::BeforePath..]);
        }
        Value::Array(list) => list.iter_mut().for_each(|v| move_to(v, place)),
        Value::Object(fields) => {
            let inside = fields.iter_mut().filter(|(name, _)| *name != "@context");
            inside.for_each(|(_, v)| move_to(v, place));
        }
        _ => {}
    }
}

pub fn actors_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|v| actors_in(v, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(id) if matches!(name.as_str(), "actor" | "attributedTo") => {
                        found.insert(id.to_owned());
                    }
                    _ => actors_in(value, found),
                }
            }
        }
        _ => {}
    }
}

/// What is named as Lemmy's groups are.
fn groups_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(id) => {
            let name = id.split_once("/c/").map(|(_, name)| name);
            if id.starts_with("http://localhost:")
                && name.is_some_and(|name| !name.contains(['/', '#', ' ', '<']))
            {
                found.insert(id.clone());
            }
        }
        Value::Array(list) => list.iter().for_each(|one| groups_in(one, found)),
        Value::Object(fields) => fields.values().for_each(|one| groups_in(one, found)),
        _ => {}
    }
}

pub fn make(peer: &Peer, id: &str) -> PeerActor {
    // As WordPress has them: `/author/pfefferle/`, `/@pfefferle.org`.
    let name = id.trim_end_matches('/').rsplit('/').next().unwrap();
    let name = name.trim_start_matches('@');
    let kind = if id.contains("/c/") {
        "Group"
    } else {
        "Person"
    };
    peer.actor(
        name,
        json!({
            "id": id, "type": kind, "preferredUsername": name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
            "followers": format!("{id}/followers"), "featured": format!("{id}/featured"),
            "attributedTo": format!("{id}/moderators"),
        }),
    )
}

/// All those servers, with everybody and everything that the documents speak of.
struct World {
    places: [Peer; 3],
    actors: BTreeMap<String, PeerActor>,
}

impl World {
    async fn of(school: &Instance, all: &[(String, Value)]) -> World {
        let places = [
            Peer::lemmy(school).await,
            Peer::lemmy(school).await,
            Peer::mastodon(school).await,
        ];
        let mut world = World {
            places,
            actors: BTreeMap::new(),
        };
        let all = all.iter().filter(|(path, _)| is_sent(path));
        let placed: Vec<Value> = all.map(|(_, one)| world.placed(one)).collect();
        for document in placed.iter().filter(|one| is_actor(one)) {
            let id = text(document, "id");
            let name = text(document, "preferredUsername");
            let actor = world.home(id).actor(name, document.clone());
            world.actors.insert(id.to_owned(), actor);
        }
        let mut named = BTreeSet::new();
        let others = placed.iter().filter(|one| !is_actor(one));
        others.for_each(|one| actors_in(one, &mut named));
        placed.iter().for_each(|one| groups_in(one, &mut named));
        for id in named {
            if !world.actors.contains_key(&id) {
                let actor = make(world.home(&id), &id);
                world.actors.insert(id, actor);
            }
        }
        placed.iter().for_each(|one| world.shelves(one));
        world
    }

    fn home(&self, id: &str) -> &Peer {
        let place = self.places.iter().find(|peer| id.starts_with(&peer.base));
        place.unwrap_or(&self.places[2])
    }

    fn placed(&self, document: &Value) -> Value {
        let mut document = document.clone();
        move_to(&mut document, &|host| match host {
            "ds9.lemmy.ml" => &self.places[0].base,
            "enterprise.lemmy.ml" => &self.places[1].base,
            _ => &self.places[2].base,
        });
        document
    }

    /// Each thread and comment in it stands at its id.
    fn shelves(&self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|one| self.shelves(one)),
            Value::Object(fields) => {
                if is_object(value) && value["attributedTo"].is_string() {
                    let id = text(value, "id");
                    self.home(id).serves(id, value.clone());
                }
                fields.values().for_each(|one| self.shelves(one));
            }
            _ => {}
        }
    }

    /// Who sends this document, and as what.
    fn telling(&self, document: &Value) -> Option<(&PeerActor, Value)> {
        let activity = match (&document["actor"], &document["attributedTo"]) {
            _ if is_actor(document) => self
                .actors
                .get(text(document, "id"))?
                .does("Update", document.clone()),
            _ if !is_object(document) => document.clone(),
            (_, author) => {
                let author = document["actor"].as_str().or(author.as_str());
                let author = author.or_else(|| author_in_list(document))?;
                let mut create = self.actors.get(author)?.does("Create", document.clone());
                for field in ["to", "cc", "audience"] {
                    if !document[field].is_null() {
                        create[field] = document[field].clone();
                    }
                }
                create
            }
        };
        let sender = self.actors.get(text(&activity, "actor"))?;
        let Some(group) = self.group_of(&activity) else {
            return Some((sender, activity));
        };
        let mut inner = activity;
        inner.as_object_mut()?.remove("@context");
        Some((group, group.does("Announce", inner)))
    }

    /// The group that what somebody did is in.
    fn group_of(&self, activity: &Value) -> Option<&PeerActor> {
        if matches!(
            text(activity, "type"),
            "Announce" | "Accept" | "Follow" | "Undo" | "Warn"
        ) && activity["audience"].is_null()
        {
            return None;
        }
        let mut named = BTreeSet::new();
        for field in ["audience", "cc", "to"] {
            let one = &activity[field];
            named.extend(one.as_str());
            named.extend(
                one.as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str),
            );
        }
        let groups = named.into_iter().filter_map(|id| self.actors.get(id));
        groups.into_iter().find(|actor| {
            text(&actor.document(), "type") == "Group" && actor.id != text(activity, "actor")
        })
    }

    /// Without what differs from run to run.
    fn plain(&self, reason: &str, school: &Instance) -> String {
        let mut plain = reason.replace(school.url.as_str(), "US/");
        for (peer, name) in self.places.iter().zip(["A", "B", "C"]) {
            plain = plain.replace(&peer.base, name).replace(&peer.host, name);
        }
        plain
    }
}

/// What is left is only ever fetched.
fn is_sent(path: &str) -> bool {
    !path.contains("/collections/") && !path.ends_with("tombstone.json")
}

fn author_in_list(document: &Value) -> Option<&str> {
    document["attributedTo"][0]["id"].as_str()
}

fn is_object(document: &Value) -> bool {
    let kinds = ["Note", "Page", "Article", "Event", "Video", "ChatMessage"];
    kinds.contains(&text(document, "type"))
}

fn is_actor(document: &Value) -> bool {
    matches!(text(document, "type"), "Person" | "Group" | "Application")
}

on_both_databases! {
    async fn every_real_document_is_applied_or_refused_with_its_reason(db: Database) {
        let all = documents("/");
        if all.is_empty() {
            return;
        }
        let sent: BTreeSet<&str> = OUTCOMES.iter().map(|(path, _)| *path).collect();
        let there: BTreeSet<&str> = all.iter().map(|(path, _)| path.as_str()).filter(|path| is_sent(path)).collect();
        assert_eq!(sent, there, "each document has a line");

        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let world = World::of(&school, &all).await;
        let groups = world.actors.values().filter(|actor| text(&actor.document(), "type") == "Group");
        join_all(groups.map(async |group| {
            let there = alice.finds(&group.id).await;
            is_let_in_there(&alice, world.home(&group.id), group, there).await;
        })).await;
        // What some of the documents are about.
        for (group, path, parent) in [
            (world.places[0].at("/c/main"), "/post/2", None),
            (world.places[2].at("/c/main"), "/post/2", None),
            (world.places[2].at("/c/main"), "/comment/1", Some("/post/2")),
        ] {
            let group = &world.actors[&group];
            let author = world.home(&group.id).person("somebody");
            let id = group.at(path);
            let kind = if parent.is_some() { "Note" } else { "Page" };
            let mut object = json!({
                "id": id, "type": kind, "attributedTo": author.id, "to": [PUBLIC], "audience": group.id, "content": "Words",
                "published": "2021-11-01T12:11:22Z",
            });
            match parent {
                Some(parent) => object["inReplyTo"] = group.at(parent).into(),
                None => object["name"] = "Something".into(),
            }
            world.home(&id).serves(&id, object.clone());
            applied(&school, group, &announced(group, &author.does("Create", object))).await;
        }
        let by_path: HashMap<&str, &Value> = all.iter().map(|(path, value)| (path.as_str(), value)).collect();
        let (mut found, mut differ) = (Vec::new(), false);
        for (path, expected) in OUTCOMES {
            let document = world.placed(by_path[path]);
            let (sender, activity) = world.telling(&document).unwrap_or_else(|| panic!("{path} has no sender"));
            let status = sender.sends(&activity).await;
            let outcome = match status {
                StatusCode::ACCEPTED => refusal(&school, &activity).await.map(|reason| world.plain(&reason, &school)),
                other => Some(other.to_string()),
            };
            let outcome = outcome.unwrap_or_default();
            differ |= outcome != *expected;
            found.push(format!("    ({path:?}, {outcome:?}),"));
        }
        assert!(!differ, "what became of them:\n{}", found.join("\n"));
    }
}
