//! Random lives of a group elsewhere: threads and replies of several people, edited, deleted, removed, locked,
//! pinned, voted on and all of that undone. Heard in another order and twice, it ends the same.

use std::collections::HashMap;

use serde_json::Value;

use crate::help::{Chance, settled, text};
use crate::lemmy::{announced, does, note, page};
use crate::sound::is_sound;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// What a group elsewhere tells of: threads and replies of several people, and what is done to them.
struct Story<'a> {
    group: &'a PeerActor,
    people: &'a [&'a PeerActor],
    things: Vec<Thing>,
    /// With the number of the thing it is about.
    told: Vec<(usize, Value)>,
}

struct Thing {
    object: Value,
    author: usize,
    above: Option<usize>,
    version: u32,
    deleted: Option<Value>,
    removed: Option<Value>,
    locked: Option<Value>,
    pinned: bool,
    votes: HashMap<usize, Value>,
}

impl Thing {
    fn id(&self) -> &str {
        text(&self.object, "id")
    }

    fn is_thread(&self) -> bool {
        self.above.is_none()
    }
}

impl Story<'_> {
    fn tell(&mut self, thing: usize, who: usize, verb: &str, object: impl Into<Value>) -> Value {
        let activity = does(self.people[who], verb, object, &self.group.id);
        self.told.push((thing, activity.clone()));
        activity
    }

    fn begins(&mut self, number: u64, chance: &mut Chance) {
        let author = chance.below(self.people.len());
        let person = self.people[author];
        let above = (!self.things.is_empty() && chance.below(3) > 0)
            .then(|| chance.below(self.things.len()));
        let object = match above {
            None => page(person, number, &self.group.id, "Version 0"),
            Some(above) => note(
                person,
                number,
                &self.group.id,
                self.things[above].id(),
                "Version 0",
            ),
        };
        self.things.push(Thing {
            object: object.clone(),
            author,
            above,
            version: 0,
            deleted: None,
            removed: None,
            locked: None,
            pinned: false,
            votes: HashMap::new(),
        });
        self.tell(self.things.len() - 1, author, "Create", object);
    }

    /// Something happens to one of them. The moderator is the first of the people.
    fn goes_on(&mut self, chance: &mut Chance) {
        let at = chance.below(self.things.len());
        let thing = &mut self.things[at];
        let (id, author, thread) = (thing.id().to_owned(), thing.author, thing.is_thread());
        let hidden = thing.deleted.is_some() || thing.removed.is_some();
        match chance.below(8) {
            0 | 1 if !hidden => {
                thing.version += 1;
                let words = format!("Version {}", thing.version);
                thing.object["content"] = format!("<p>{words}</p>").into();
                thing.object["source"]["content"] = words.into();
                thing.object["updated"] = format!("2026-11-21T00:00:{:02}Z", thing.version).into();
                let object = thing.object.clone();
                self.tell(at, author, "Update", object);
            }
            // What the last of the people wrote stays: it is read from its own host, as it is at the end.
            2 if author + 1 < self.people.len() && thing.removed.is_none() => {
                match thing.deleted.take() {
                    None => self.things[at].deleted = Some(self.tell(at, author, "Delete", id)),
                    Some(delete) => drop(self.tell(at, author, "Undo", delete)),
                }
            }
            // Of what they wrote themselves, a moderator's Delete is an author's.
            3 if thing.deleted.is_none() && author != 0 => match thing.removed.take() {
                None => {
                    let mut delete = self.tell(at, 0, "Delete", id);
                    delete["summary"] = "off topic".into();
                    self.told.last_mut().unwrap().1 = delete.clone();
                    self.things[at].removed = Some(delete);
                }
                Some(delete) => drop(self.tell(at, 0, "Undo", delete)),
            },
            4 if thread && !hidden => match thing.locked.take() {
                None => self.things[at].locked = Some(self.tell(at, 0, "Lock", id)),
                Some(lock) => drop(self.tell(at, 0, "Undo", lock)),
            },
            5 if thread && !hidden => {
                thing.pinned = !thing.pinned;
                let verb = if thing.pinned { "Add" } else { "Remove" };
                self.tell(at, 0, verb, id);
                self.told.last_mut().unwrap().1["target"] =
                    format!("{}/featured", self.group.id).into();
            }
            _ if !hidden => {
                let voter = chance.below(self.people.len());
                match thing.votes.remove(&voter) {
                    Some(vote) => drop(self.tell(at, voter, "Undo", vote)),
                    None => {
                        let verb = if chance.below(3) == 0 {
                            "Dislike"
                        } else {
                            "Like"
                        };
                        let vote = self.tell(at, voter, verb, id);
                        self.things[at].votes.insert(voter, vote);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether one thing stands above another.
    fn is_above(&self, upper: usize, lower: usize) -> bool {
        let mut here = self.things[lower].above;
        while let Some(above) = here {
            if above == upper {
                return true;
            }
            here = self.things[above].above;
        }
        false
    }

    /// The same story as a bad network brings it: neighbours that have nothing to do with each other change
    /// places, and much comes twice, under another id of the announcement.
    fn muddled(&self, chance: &mut Chance) -> Vec<Value> {
        let mut order = self.told.clone();
        for _ in 0..4 {
            for place in 1..order.len() {
                let (a, b) = (order[place - 1].0, order[place].0);
                let apart = a != b && !self.is_above(a, b) && !self.is_above(b, a);
                if apart && chance.below(2) == 0 {
                    order.swap(place - 1, place);
                }
            }
        }
        let mut all = Vec::new();
        for (place, (thing, activity)) in order.iter().enumerate() {
            all.push(announced(self.group, activity));
            if chance.below(2) == 0 {
                all.push(announced(self.group, activity));
            }
            // An older one that nothing has happened to since.
            let (older, echo) = &order[chance.below(place + 1)];
            let since = order[..=place]
                .iter()
                .rev()
                .find(|(other, _)| other == older)
                .unwrap();
            if older != thing && since.1 == *echo {
                all.push(announced(self.group, echo));
            }
        }
        all
    }
}

/// What everybody sees of the things of a story.
async fn seen(school: &Instance, story: &Story<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for thing in &story.things {
        all.push(match thing.is_thread() {
            true => school.post_by_ap_id(thing.id()).await.map_or_else(
                || "nothing".to_owned(),
                |row| {
                    let (hidden, flags) = ((row.deleted, row.removed), (row.locked, row.featured));
                    format!(
                        "{hidden:?} {flags:?} {} {} {}",
                        row.score, row.comment_count, row.body_html
                    )
                },
            ),
            false => school.comment_by_ap_id(thing.id()).await.map_or_else(
                || "nothing".to_owned(),
                |row| {
                    format!(
                        "{:?} {} {} {} {}",
                        (row.deleted, row.removed),
                        row.score,
                        row.child_count,
                        row.depth,
                        row.body_html
                    )
                },
            ),
        });
    }
    all
}

on_both_databases! {
    async fn the_life_of_a_group_elsewhere_ends_the_same_in_whatever_order_it_is_heard(db: Database) {
        let other_database = db.another();
        let (calm, rough) = (Instance::start(db).await, Instance::start(other_database).await);
        let (home, third) = (Peer::lemmy(&calm).await, Peer::lemmy(&calm).await);
        let group = home.group("tenforward");
        let people = [&home.person("data"), &home.person("lea"), &third.person("tom")];
        for school in [&calm, &rough] {
            let bob = school.member("bob").await;
            let there = bob.finds(&format!("!tenforward@{}", home.host)).await;
            let me = bob.id;
            school.act(move |tx| coppice::community::groups::follow(tx, me, there)).await.unwrap();
            let me = format!("{}u/bob", school.url);
            let follow = home.received("a Follow", |a| a["type"] == "Follow" && a["actor"] == me.as_str()).await;
            let accept = group.does("Accept", follow.activity);
            assert_eq!(group.sends_to(&school.url.join("/inbox").unwrap(), &accept).await.as_u16(), 202);
            settled(school).await;
        }
        let seed = crate::mutations::seed();
        println!("COPPICE_SEED={seed}");
        let mut chance = Chance(seed);
        for case in 0..8_u64 {
            let mut story = Story { group: &group, people: &people, things: Vec::new(), told: Vec::new() };
            for step in 0..40 {
                if story.things.is_empty() || chance.below(5) == 0 {
                    story.begins(1_000 * (case + 1) + step, &mut chance);
                } else {
                    story.goes_on(&mut chance);
                }
            }
            for thing in &story.things {
                let peer = if thing.id().starts_with(&home.base) { &home } else { &third };
                match thing.deleted {
                    None => peer.serves(thing.id(), thing.object.clone()),
                    Some(_) => peer.shows(thing.id(), Page::Gone),
                }
            }
            let plain: Vec<Value> = story.told.iter().map(|(_, activity)| announced(&group, activity)).collect();
            for (school, told) in [(&calm, plain), (&rough, story.muddled(&mut chance))] {
                let inbox = school.url.join("/inbox").unwrap();
                for activity in &told {
                    assert_eq!(group.sends_to(&inbox, activity).await.as_u16(), 202);
                }
                settled(school).await;
            }
            let tale = || story.told.iter().map(|(thing, a)| format!("{thing} {} {}\n", a["type"], a["object"]["type"])).collect::<String>();
            let (one, two) = (seen(&calm, &story).await, seen(&rough, &story).await);
            assert_eq!(one, two, "case {case}, seed {seed}\n{}", tale());
            for (thing, seen) in story.things.iter().zip(&one) {
                let hidden = format!("({}, {})", thing.deleted.is_some(), thing.removed.is_some());
                assert!(seen.starts_with(&hidden), "case {case}, seed {seed}: {} is {seen}\n{}", thing.id(), tale());
                assert!(hidden != "(false, false)" || thing.version == 0 || seen.contains(&format!("Version {}", thing.version)), "case {case}: {seen}\n{}", tale());
            }
            is_sound(&calm, &tale()).await;
            is_sound(&rough, &tale()).await;
        }
    }
}
