//! Damaged documents through the whole inbox, into a database: each is applied or refused with a reason;
//! nothing panics, hangs, or is applied by half. `COPPICE_SEED` repeats a run.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coppice::domain::kinds::{IntakeState, Visibility};
use coppice::store::schema::intake;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use crate::documents::{actors_in, make, rehosted};
use crate::help::{Chance, applied, follow, group_url, is_let_in, text};
use crate::lemmy::{announced, does, note, page};
use crate::mastodon::{create, toot};
use crate::rendered::Reader;
use crate::sound::is_sound;
use crate::support::documents;
use crate::support::peer::PUBLIC;
use crate::support::{Database, Instance, Member, Peer, PeerActor, eventually, on_both_databases};
use crate::{polls, private_groups};

/// So long per database; the rest of the suite waits for it.
const TIME: Duration = Duration::from_secs(20);
const BATCH: usize = 20;

/// Every member of every object in the document, by its path.
fn members(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                found.push((path.to_owned(), key.clone()));
                let key = key.replace('~', "~0").replace('/', "~1");
                members(inner, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                members(inner, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// What stands in a document where something else should.
struct Junk {
    ids: Vec<String>,
    others: Vec<Value>,
}

impl Junk {
    fn any(&self, chance: &mut Chance) -> Value {
        match chance.below(5) {
            0 | 1 => Value::from(chance.one_of(&self.ids).as_str()),
            2 => json!({ "type": "Note", "id": chance.one_of(&self.ids) }),
            3 => json!([chance.one_of(&self.ids), chance.one_of(&self.others)]),
            _ => chance.one_of(&self.others).clone(),
        }
    }
}

fn odd_values() -> Vec<Value> {
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!({ "object": deep });
    }
    let zalgo = "a\u{301}\u{302}\u{303}\u{202e}\u{0}b";
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(""),
        json!([]),
        json!({}),
        json!(zalgo),
        json!("x".repeat(100_000)),
        json!(vec!["x"; 3_000]),
        deep,
        json!("0001-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("yesterday"),
        json!("2026-02-30T00:00:00Z"),
        json!("Note"),
        json!("Create"),
        json!("Group"),
        json!("Person"),
        json!("Tombstone"),
        json!("OrderedCollection"),
        json!("text/markdown"),
        json!(PUBLIC),
        json!("javascript:alert(1)"),
        json!("file:///etc/passwd"),
        json!("http://[::1]:1/x"),
        json!("<script>alert(1)</script>"),
        json!({ "en": "x" }),
        json!({ "@value": "x" }),
        json!([[["x"]]]),
        json!({ "type": ["Note", 7], "id": {} }),
    ]
}

/// Marks a key that stands twice, which no `Value` can have.
const TWIN: &str = "twin-of-";

/// The text in which marked keys stand twice.
fn with_twins(value: &Value) -> String {
    let text = value.to_string();
    let text = text.replace(&format!("\"{TWIN}!"), "\"");
    text.replace(&format!("\"{TWIN}~"), "\"")
}

fn damage(document: &Value, junk: &Junk, chance: &mut Chance) -> Value {
    let mut value = document.clone();
    for _ in 0..=chance.below(3) {
        let mut found = Vec::new();
        members(&value, "", &mut found);
        if found.is_empty() {
            return value;
        }
        let (path, key) = chance.one_of(&found).clone();
        let (_, other) = chance.one_of(&found).clone();
        let object = value.pointer_mut(&path).unwrap().as_object_mut().unwrap();
        match chance.below(7) {
            0 => drop(object.remove(&key)),
            1 | 2 => drop(object.insert(key, junk.any(chance))),
            3 => {
                let twice = vec![object[&key].clone(); 2];
                object.insert(key, Value::Array(twice));
            }
            4 => {
                let copy = object[&key].clone();
                object.insert(other, copy);
            }
            // The same key once more; before or after the other, as the alphabet has it.
            5 => {
                let twin = format!("{TWIN}{}{key}", chance.one_of(&["!", "~"]));
                object.insert(twin, junk.any(chance));
            }
            _ => {
                let inner = object[&key].clone();
                let wrapped: Map<String, Value> =
                    [("type".to_owned(), json!("Create")), (other, inner)]
                        .into_iter()
                        .collect();
                object.insert(key, Value::Object(wrapped));
            }
        }
    }
    value
}

/// Everything that came in was looked at: applied, refused, or put off because of a server out of reach, by
/// itself or with an earlier one about the same object.
async fn looked_at(school: &Instance, after: &str) {
    eventually(&format!("all is looked at after\n{after}"), || async {
        let fresh = school.read(|tx| {
            Ok(intake::table
                .filter(intake::state.eq(IntakeState::Pending))
                .filter(intake::attempts.eq(0))
                .filter(intake::next_attempt.le(tx.now))
                .count()
                .get_result::<i64>(tx.conn)?)
        });
        fresh.await == 0
    })
    .await;
}

pub fn seed() -> u64 {
    let given = std::env::var("COPPICE_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let now = coppice::domain::time::Timestamp::now().millis();
        u64::try_from(now).unwrap() | 1
    })
}

struct Cast {
    documents: Vec<Value>,
    actors: HashMap<String, PeerActor>,
    junk: Junk,
}

/// Real documents, and some of each kind about what is here, so that many of them would be applied.
async fn cast(school: &Instance, alice: &Member<'_>, sender: &Peer, others: &Peer) -> Cast {
    let looms = alice.founds("looms").await;
    let here = group_url(school, looms).await;
    let post = alice.posts(looms, "Which loom?").await;
    let mine = alice.replies(post.id, None, "This one").await;
    let (lea, felix) = (sender.person("lea"), others.person("felix"));
    let remote = sender.group("tenforward");
    is_let_in(alice, sender, &remote).await;
    let theirs = page(&lea, 1, &here, "From elsewhere");
    applied(school, &lea, &does(&lea, "Create", theirs.clone(), &here)).await;
    let there = page(&lea, 2, &remote.id, "Over there");
    applied(
        school,
        &remote,
        &announced(&remote, &does(&lea, "Create", there.clone(), &remote.id)),
    )
    .await;
    let answer = toot(&felix, 1, "<p>A big one</p>", Some(&mine.ap_id), &[&here]);
    applied(school, &felix, &create(&felix, &answer)).await;
    let mut edited = answer.clone();
    edited["content"] = "<p>A small one</p>".into();
    edited["updated"] = "2026-11-21T00:00:00Z".into();
    let like = does(&lea, "Like", post.ap_id.as_str(), &here);
    let follow = felix.does("Follow", here.as_str());
    let featured = json!(format!("{}/featured", remote.id));
    let mut pin = does(&lea, "Add", text(&there, "id"), &remote.id);
    pin["target"] = featured.clone();
    let mut unpin = does(&lea, "Remove", text(&there, "id"), &remote.id);
    unpin["target"] = featured;
    let mut ban = does(&lea, "Block", felix.id.as_str(), &remote.id);
    ban["target"] = remote.id.as_str().into();
    let inner = |activity: Value| announced(&remote, &activity);
    let mut documents = vec![
        create(
            &felix,
            &toot(&felix, 2, "<p>Another</p>", Some(&post.ap_id), &[]),
        ),
        create(
            &felix,
            &toot(&felix, 3, "<p>Which wool?</p><p>Really</p>", None, &[&here]),
        ),
        create(&felix, &answer),
        felix.does("Update", edited),
        felix.does("Delete", text(&answer, "id")),
        felix.does("Announce", post.ap_id.as_str()),
        felix.does("Like", mine.ap_id.as_str()),
        follow.clone(),
        felix.does("Undo", follow),
        felix.does("Update", felix.document()),
        does(&lea, "Create", page(&lea, 3, &here, "New"), &here),
        does(
            &lea,
            "Create",
            note(&lea, 4, &here, &post.ap_id, "Yes"),
            &here,
        ),
        does(&lea, "Update", theirs.clone(), &here),
        does(&lea, "Delete", text(&theirs, "id"), &here),
        like.clone(),
        does(&lea, "Undo", like, &here),
        does(&lea, "Dislike", post.ap_id.as_str(), &here),
        inner(does(
            &lea,
            "Create",
            page(&lea, 5, &remote.id, "News"),
            &remote.id,
        )),
        inner(does(
            &lea,
            "Create",
            note(&lea, 6, &remote.id, text(&there, "id"), "Hm"),
            &remote.id,
        )),
        inner(does(&lea, "Like", text(&there, "id"), &remote.id)),
        inner(does(&lea, "Delete", text(&there, "id"), &remote.id)),
        inner(does(&lea, "Lock", text(&there, "id"), &remote.id)),
        inner(pin),
        inner(unpin),
        inner(ban.clone()),
        inner(does(&lea, "Undo", ban, &remote.id)),
        inner(does(&lea, "Flag", text(&there, "id"), &remote.id)),
        remote.does("Update", remote.document()),
        remote.does("Announce", text(&there, "id")),
    ];
    documents.extend(personal(school, alice, &lea, &felix, &here).await);
    let flag = does(&lea, "Flag", text(&there, "id"), &remote.id);
    documents.extend([
        inner(does(&lea, "Warn", text(&there, "id"), &remote.id)),
        does(&lea, "Flag", post.ap_id.as_str(), &here),
        inner(does(&lea, "Resolve", flag.clone(), &remote.id)),
        does(&lea, "Resolve", flag, &here),
    ]);
    let mut actors: HashMap<String, PeerActor> = [lea, felix, remote]
        .into_iter()
        .map(|actor| (actor.id.clone(), actor))
        .collect();
    for (_, document) in documents::documents("/") {
        let document = rehosted(&document, sender, others);
        let mut named = BTreeSet::new();
        actors_in(&document, &mut named);
        for id in named {
            let peer = if id.starts_with(&sender.base) {
                sender
            } else {
                others
            };
            actors.entry(id.clone()).or_insert_with(|| make(peer, &id));
        }
        // What is no activity is said to be created by its author, or to be announced.
        let activity = match (
            document["actor"].as_str(),
            document["attributedTo"].as_str(),
        ) {
            (Some(_), _) => document,
            (None, Some(author)) if actors.contains_key(author) => {
                actors[author].does("Create", document.clone())
            }
            _ => actors
                .values()
                .next()
                .unwrap()
                .does("Update", document.clone()),
        };
        documents.push(activity);
    }
    let mut ids = vec![
        post.ap_id,
        mine.ap_id,
        here,
        text(&theirs, "id").to_owned(),
        text(&there, "id").to_owned(),
        text(&answer, "id").to_owned(),
        school.url.to_string(),
        format!("{}u/alice", school.url),
        format!("{}post/1", school.url),
        others.at("/nowhere"),
        "http://localhost:1/x".to_owned(),
        "http://localhost./x#y".to_owned(),
        sender.at("/post/1#fragment"),
    ];
    ids.extend(actors.keys().cloned());
    Cast {
        documents,
        actors,
        junk: Junk {
            ids,
            others: odd_values(),
        },
    }
}

/// Polls and votes in them, messages for one person, moves, and a group that is not for everybody.
async fn personal(
    school: &Instance,
    alice: &Member<'_>,
    lea: &PeerActor,
    felix: &PeerActor,
    here: &str,
) -> Vec<Value> {
    let looms = alice.finds(&format!("!looms@{}", school.host)).await;
    let asked = polls::asks(alice, looms, "Which fibre?", true).await;
    let me = group_url(school, alice.id).await;
    let asking = polls::question(felix, 40, "<p>Which fibre?</p>", &[here], [3, 4]);
    applied(school, felix, &create(felix, &asking)).await;
    let counted = polls::question(felix, 40, "<p>Which fibre?</p>", &[here], [30, 40]);
    let mut closed = counted.clone();
    closed["closed"] = "2026-11-20T00:00:00Z".into();

    let mut letter = toot(felix, 41, "<p>For you alone</p>", None, &[]);
    letter["to"] = json!([me]);
    letter["cc"] = json!([]);
    letter["tag"] = json!([{ "type": "Mention", "href": me, "name": "@alice" }]);
    let mut changed = letter.clone();
    changed["content"] = "<p>For you, still</p>".into();
    let chat = json!({
        "type": "ChatMessage", "id": lea.at("/private_message/1"), "attributedTo": lea.id, "to": [me],
        "content": "<p>A chat</p>", "mediaType": "text/html", "published": "2026-11-01T12:15:22Z",
    });
    let privately = |by: &PeerActor, verb: &str, object: Value| {
        let mut activity = by.does(verb, object);
        activity["to"] = json!([me]);
        activity
    };
    let taken_back = privately(felix, "Delete", letter["id"].clone());

    let lab = private_groups::founds(alice, "lab", Visibility::Private).await;
    let lab = group_url(school, lab).await;
    let secret = page(lea, 42, &lab, "In the lab");
    let mut moves = felix.does("Move", felix.id.as_str());
    moves["target"] = lea.id.as_str().into();
    vec![
        create(
            felix,
            &polls::question(felix, 43, "<p>Another?</p>", &[here], [0, 0]),
        ),
        felix.does("Update", counted),
        felix.does("Update", closed),
        polls::ballot(felix, &me, &asked.ap_id, "Wool"),
        polls::ballot(lea, &me, &asked.ap_id, "Linen"),
        privately(felix, "Create", letter),
        privately(felix, "Update", changed),
        taken_back.clone(),
        privately(felix, "Undo", taken_back),
        privately(lea, "Create", chat.clone()),
        privately(lea, "Delete", chat["id"].clone()),
        privately(lea, "Flag", chat["id"].clone()),
        follow(lea, &lab),
        does(lea, "Create", secret.clone(), &lab),
        does(lea, "Like", text(&secret, "id"), &lab),
        felix.does("Announce", text(&secret, "id")),
        moves,
    ]
}

on_both_databases! {
    async fn damaged_activities_are_applied_or_refused_and_never_by_half(db: Database) {
        let seed = seed();
        println!("COPPICE_SEED={seed}");
        let mut chance = Chance(seed);
        let school = Instance::start(db).await;
        let (sender, others) = (Peer::lemmy(&school).await, Peer::mastodon(&school).await);
        let alice = school.admin("alice").await;
        let cast = cast(&school, &alice, &sender, &others).await;
        let mut reader = Reader::of(&alice).await;
        is_sound(&school, "the beginning").await;
        let started = Instant::now();
        let (mut sent, mut taken) = (0_u64, 0_u64);
        while started.elapsed() < TIME {
            let mut tale = Vec::new();
            for _ in 0..BATCH {
                let mut activity = damage(chance.one_of(&cast.documents), &cast.junk, &mut chance);
                // Each is another activity, most of the time.
                if chance.below(8) > 0 && let Some(id) = activity["id"].as_str() {
                    activity["id"] = format!("{}{}n={sent}", id, if id.contains('?') { '&' } else { '?' }).into();
                }
                let actor = activity["actor"].as_str().and_then(|id| cast.actors.get(id));
                let signer = actor.unwrap_or_else(|| cast.actors.values().next().unwrap());
                let status = signer.sends_text(&with_twins(&activity)).await;
                sent += 1;
                let refused = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::PAYLOAD_TOO_LARGE];
                assert!(status == StatusCode::ACCEPTED || refused.contains(&status), "{status} of {activity}");
                taken += u64::from(status == StatusCode::ACCEPTED);
                tale.push(activity.to_string().chars().take(2_000).collect::<String>());
            }
            let tale = tale.join("\n");
            looked_at(&school, &tale).await;
            is_sound(&school, &tale).await;
            reader.opens_what_is_new(&school, &tale).await;
        }
        let states = school.read(|tx| {
            let all = intake::table.group_by(intake::state).select((intake::state, diesel::dsl::count_star()));
            Ok(all.load::<(IntakeState, i64)>(tx.conn)?)
        }).await;
        println!("{sent} sent, {taken} taken, {states:?}");
        let of = |state: IntakeState| states.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
        assert!(of(IntakeState::Applied) > 10 && of(IntakeState::Failed) > 10, "{states:?}");
    }
}
