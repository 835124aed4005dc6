//! Random lives of a group here, as people of several servers make them: what they do and undo comes in any
//! order, and more than once, and ends as a plain count of what was done and not undone says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use coppice::domain::ids::ActorId;
use coppice::domain::roles::Role;
use coppice::store::{StoreError, actors, bans, extras, follows, intake};
use serde_json::{Value, json};

use crate::help::{Chance, actor, follow, group_url, joins, knows, text};
use crate::lemmy::{does, note, page};
use crate::mastodon::{create, mention, toot};
use crate::polls::{asks, ballot, votes};
use crate::sound::is_sound;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Member, Peer, PeerActor, on_both_databases};

/// A new story begins as long as this has not passed.
const TIME: Duration = Duration::from_secs(25);
const STORIES: u64 = 10;

/// Somebody, and the server they sign with.
struct Person<'a> {
    peer: &'a Peer,
    actor: PeerActor,
    toots: bool,
    /// Its server makes up what it undoes, as PieFed does, and sends all in order.
    makes_up: bool,
}

/// A thread or a reply.
struct Thing {
    id: String,
    /// None: somebody here.
    author: Option<usize>,
    object: Value,
    above: Option<usize>,
    version: u32,
    /// Others do something about it, and so have seen it.
    noticed: bool,
}

/// What comes in: who sends it, and what has to be here before.
struct Item {
    sender: usize,
    activity: Value,
    /// The thing it begins.
    begins: Option<usize>,
    /// The thing that its sender has seen.
    needs: Option<usize>,
    /// The item that its sender sent before.
    after: Option<usize>,
}

/// What is done and not undone: `lock 3`, and by whom, where each does it alone.
type Standing = BTreeSet<(String, usize)>;

struct Story<'a> {
    group: &'a str,
    people: &'a [Person<'a>],
    things: Vec<Thing>,
    items: Vec<Item>,
    standing: Standing,
}

/// Who looks after the group from elsewhere, and who only tries to.
const MODERATOR: usize = 3;
const PRETENDER: usize = 5;

impl Story<'_> {
    fn send(&mut self, sender: usize, activity: Value, needs: Option<usize>) {
        self.items.push(Item {
            sender,
            activity,
            begins: None,
            needs,
            after: None,
        });
    }

    /// What `who` undoes, as their server names it.
    fn undoes(&self, who: usize, act: &Value) -> Value {
        let mut act = act.clone();
        if self.people[who].makes_up {
            act["id"] = self.people[who].actor.new_id("made-up").into();
        }
        self.act(who, "Undo", act)
    }

    fn act(&self, who: usize, verb: &str, object: impl Into<Value>) -> Value {
        does(&self.people[who].actor, verb, object, self.group)
    }

    fn is_leaf(&self, thing: usize) -> bool {
        !self.things.iter().any(|other| other.above == Some(thing))
    }

    fn begins(&mut self, number: u64, chance: &mut Chance) {
        let author = chance.below(PRETENDER);
        let person = &self.people[author];
        let above = (chance.below(3) > 0).then(|| chance.below(self.things.len()));
        let over = above.map(|above| self.things[above].id.clone());
        let actor = &person.actor;
        let (object, made) = match (person.toots, &over) {
            (true, over) => {
                let html = format!("<p>{} Version 0</p>", mention(self.group, "looms"));
                let object = toot(actor, number, &html, over.as_deref(), &[self.group]);
                let made = create(actor, &object);
                (object, made)
            }
            (false, None) => {
                let object = page(actor, number, self.group, "Version 0");
                (object.clone(), self.act(author, "Create", object))
            }
            (false, Some(over)) => {
                let object = note(actor, number, self.group, over, "Version 0");
                (object.clone(), self.act(author, "Create", object))
            }
        };
        self.things.push(Thing {
            id: text(&object, "id").to_owned(),
            author: Some(author),
            object,
            above,
            version: 0,
            noticed: false,
        });
        self.items.push(Item {
            sender: author,
            activity: made,
            begins: Some(self.things.len() - 1),
            needs: None,
            after: None,
        });
    }

    fn edits(&mut self, at: usize) {
        let Some(author) = self.things[at].author else {
            return;
        };
        let thing = &mut self.things[at];
        thing.version += 1;
        let version = thing.version;
        let old = format!("Version {}", version - 1);
        let words = format!("Version {version}");
        for field in ["content", "name"] {
            if let Some(before) = thing.object[field].as_str() {
                thing.object[field] = before.replace(&old, &words).into();
            }
        }
        if thing.object["contentMap"].is_object() {
            thing.object["contentMap"] = json!({ "en": thing.object["content"] });
        }
        if thing.object["source"].is_object() {
            thing.object["source"]["content"] = words.clone().into();
            thing.object["content"] = format!("<p>{words}</p>").into();
        }
        thing.object["updated"] = format!("2026-11-21T00:00:{version:02}Z").into();
        let object = thing.object.clone();
        let update = self.act(author, "Update", object);
        self.send(author, update, None);
    }

    /// Done; perhaps undone; perhaps done again.
    fn does_and_undoes(
        &mut self,
        who: usize,
        key: &str,
        needs: Option<usize>,
        chance: &mut Chance,
        make: impl Fn(&Self) -> Value,
    ) {
        if self.standing.contains(&(key.to_owned(), who)) {
            return;
        }
        let first = self.items.len();
        let times = chance.below(4);
        for time in 0..=times {
            let act = make(self);
            self.send(who, act.clone(), needs);
            if time < times || chance.below(2) == 0 {
                let undo = self.undoes(who, &act);
                self.send(who, undo, needs);
                // The same undoing, told of once more.
                if chance.below(3) == 0 {
                    let undo = self.undoes(who, &act);
                    self.send(who, undo, needs);
                }
            } else {
                self.standing.insert((key.to_owned(), who));
            }
        }
        if self.people[who].makes_up {
            for later in first + 1..self.items.len() {
                self.items[later].after = Some(later - 1);
            }
        }
    }

    fn is(&self, key: &str) -> bool {
        self.standing.iter().any(|(known, _)| known == key)
    }

    fn count(&self, key: &str) -> i64 {
        let fits = self.standing.iter().filter(|(known, _)| known == key);
        i64::try_from(fits.count()).unwrap()
    }

    /// Something is done about one of the things.
    fn goes_on(&mut self, done: &mut BTreeSet<String>, chance: &mut Chance) {
        let at = chance.below(self.things.len());
        let (id, author) = (self.things[at].id.clone(), self.things[at].author);
        let (leaf, thread) = (self.is_leaf(at), self.things[at].above.is_none());
        let what = chance.below(9);
        match (what, author) {
            (0 | 1, _) => self.edits(at),
            (2, Some(author)) if leaf && done.insert(format!("delete {at}")) => {
                self.does_and_undoes(author, &format!("delete {at}"), None, chance, |story| {
                    story.act(author, "Delete", id.as_str())
                });
            }
            (3, author)
                if leaf && author != Some(MODERATOR) && done.insert(format!("remove {at}")) =>
            {
                self.things[at].noticed = true;
                let key = format!("remove {at}");
                self.does_and_undoes(MODERATOR, &key, Some(at), chance, |story| {
                    let mut delete = story.act(MODERATOR, "Delete", id.as_str());
                    delete["summary"] = "off topic".into();
                    delete
                });
            }
            (4, _) if leaf && thread && done.insert(format!("lock {at}")) => {
                self.things[at].noticed = true;
                self.does_and_undoes(
                    MODERATOR,
                    &format!("lock {at}"),
                    Some(at),
                    chance,
                    |story| story.act(MODERATOR, "Lock", id.as_str()),
                );
            }
            (5, _) if thread && done.insert(format!("pin {at}")) => {
                self.things[at].noticed = true;
                let mut pin = self.act(MODERATOR, "Add", id.as_str());
                pin["target"] = format!("{}/featured", self.group).into();
                self.send(MODERATOR, pin, Some(at));
                self.standing.insert((format!("pin {at}"), MODERATOR));
            }
            (6 | 7, author) => {
                let voter = chance.below(self.people.len());
                if author == Some(voter) || !done.insert(format!("vote {at} {voter}")) {
                    return;
                }
                self.things[at].noticed = true;
                let up = self.people[voter].toots || chance.below(3) > 0;
                let (verb, key) = if up {
                    ("Like", "up")
                } else {
                    ("Dislike", "down")
                };
                self.does_and_undoes(voter, &format!("{key} {at}"), Some(at), chance, |story| {
                    story.act(voter, verb, id.as_str())
                });
            }
            (8, _) => {
                let fan = chance.below(3);
                if done.insert(format!("boost {at} {fan}")) {
                    self.things[at].noticed = true;
                    self.does_and_undoes(fan, &format!("boost {at}"), Some(at), chance, |story| {
                        story.people[fan].actor.does("Announce", id.as_str())
                    });
                }
            }
            _ => {}
        }
    }

    /// Somebody without a say tries it all; nothing comes of it.
    fn pretends(&mut self, chance: &mut Chance) {
        let at = chance.below(self.things.len());
        let thing = &self.things[at];
        let (id, mut object) = (thing.id.clone(), thing.object.clone());
        object["content"] = "<p>Not theirs</p>".into();
        object["updated"] = "2026-11-22T00:00:00Z".into();
        let others: Vec<&Item> = self
            .items
            .iter()
            .filter(|item| item.sender != PRETENDER)
            .collect();
        let before = &others[chance.below(others.len())].activity;
        let mut act = match chance.below(6) {
            0 => self.act(PRETENDER, "Delete", id.as_str()),
            1 => self.act(PRETENDER, "Lock", id.as_str()),
            2 => self.act(PRETENDER, "Add", id.as_str()),
            3 => self.act(PRETENDER, "Block", self.people[0].actor.id.as_str()),
            4 if object["id"].is_string() => self.act(PRETENDER, "Update", object),
            _ => self.act(PRETENDER, "Undo", before.clone()),
        };
        match text(&act, "type") {
            "Delete" if chance.below(2) == 0 => act["summary"] = "mine".into(),
            "Add" => act["target"] = format!("{}/featured", self.group).into(),
            "Block" => act["target"] = self.group.into(),
            _ => {}
        }
        self.send(PRETENDER, act, None);
    }

    /// Any order, but that nobody speaks of what they cannot have seen; and much comes twice.
    fn muddled(&self, chance: &mut Chance) -> Vec<&Item> {
        let mut left: Vec<usize> = (0..self.items.len()).collect();
        let mut order: Vec<&Item> = Vec::new();
        let mut here: BTreeSet<usize> = (0..self.things.len())
            .filter(|at| self.things[*at].author.is_none())
            .collect();
        while !left.is_empty() {
            let place = chance.below(left.len());
            let item = &self.items[left[place]];
            if item.after.is_some_and(|before| left.contains(&before)) {
                continue;
            }
            // Of what others have seen its author takes nothing back before it came.
            let own = self.things.iter().position(|thing| {
                thing.noticed && thing.author == Some(item.sender) && {
                    let object = &item.activity["object"];
                    let deep = &object["object"];
                    *object == thing.id.as_str() || *deep == thing.id.as_str()
                }
            });
            let ready = [item.needs, own].into_iter().flatten();
            if !ready.into_iter().all(|thing| here.contains(&thing)) {
                continue;
            }
            left.swap_remove(place);
            here.extend(item.begins);
            order.push(item);
            if chance.below(3) == 0 {
                order.push(order[chance.below(order.len())]);
            }
        }
        order
    }
}

/// What is seen of a thing.
struct Seen {
    hidden: (bool, bool),
    flags: (bool, bool),
    score: i64,
    words: String,
    boosts: i64,
}

async fn seen(school: &Instance, thing: &Thing) -> Option<Seen> {
    let boosts = |id: i64| async move {
        let all = school.read(move |tx| extras::boosts(tx.conn, &[id])).await;
        all.get(&id).copied().unwrap_or(0)
    };
    if thing.above.is_none() {
        let row = school.post_by_ap_id(&thing.id).await?;
        return Some(Seen {
            hidden: (row.deleted, row.removed),
            flags: (row.locked, row.featured),
            score: row.score,
            words: format!("{} {}", row.title, row.body_html),
            boosts: boosts(row.id.0).await,
        });
    }
    let row = school.comment_by_ap_id(&thing.id).await?;
    Some(Seen {
        hidden: (row.deleted, row.removed),
        flags: (false, false),
        score: row.score,
        words: row.body_html,
        boosts: boosts(row.id.0).await,
    })
}

async fn is_as_done(school: &Instance, story: &Story<'_>, tale: &str) {
    for (at, thing) in story.things.iter().enumerate() {
        let (deleted, removed) = (
            story.is(&format!("delete {at}")),
            story.is(&format!("remove {at}")),
        );
        let Some(row) = seen(school, thing).await else {
            assert!(deleted, "{at} is lost\n{tale}");
            continue;
        };
        assert_eq!(
            row.hidden,
            (deleted, removed),
            "deleted, removed: {at}\n{tale}"
        );
        let flags = (
            story.is(&format!("lock {at}")),
            story.is(&format!("pin {at}")),
        );
        assert_eq!(row.flags, flags, "locked, pinned: {at}\n{tale}");
        let score = 1 + story.count(&format!("up {at}")) - story.count(&format!("down {at}"));
        assert_eq!(row.score, score, "score: {at}\n{tale}");
        assert_eq!(
            row.boosts,
            story.count(&format!("boost {at}")),
            "boosts: {at}\n{tale}"
        );
        let words = format!("Version {}", thing.version);
        let is_ours = thing.author.is_none();
        assert!(
            is_ours || deleted || row.words.contains(&words),
            "{words}: {at} is {}\n{tale}",
            row.words
        );
    }
}

/// Waits until all is applied or refused. What was put off because a server was slow to answer is tried again.
async fn taken_in(school: &Instance, tale: &str) {
    use coppice::store::schema::intake::dsl;
    use diesel::prelude::*;
    let mut reasons = Vec::new();
    for round in 1..2_000 {
        if school.read(|tx| intake::waiting(tx.conn)).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        if round % 100 > 0 {
            continue;
        }
        let put_off = school.act(|tx| {
            let rows =
                dsl::intake.filter(dsl::state.eq("pending").and(dsl::next_attempt.gt(tx.now)));
            let why = rows.select((dsl::activity_ap_id, dsl::error)).load(tx.conn);
            let why: Vec<(String, Option<String>)> = why.map_err(StoreError::from)?;
            let again = diesel::update(rows)
                .set(dsl::next_attempt.eq(tx.now))
                .execute(tx.conn);
            again.map_err(StoreError::from)?;
            tx.wake_intake();
            Ok(why)
        });
        reasons.extend(put_off.await.unwrap());
    }
    panic!("still waiting: {reasons:?}\n{tale}");
}

/// Somebody of a story who does little else: whether they follow, are banned, or moderate in the end.
async fn stands(school: &Instance, group: ActorId, person: &str) -> (bool, bool, bool) {
    let Some(row) = actor(school, person).await else {
        return (false, false, false);
    };
    let id = row.id;
    school
        .read(move |tx| {
            Ok((
                follows::find(tx.conn, id, group)?.is_some(),
                bans::holds(tx.conn, group, id, tx.now)?,
                actors::role(tx.conn, group, id)?.is_some(),
            ))
        })
        .await
}

async fn tell(
    school: &Instance,
    alice: &Member<'_>,
    looms: ActorId,
    people: &[Person<'_>],
    case: u64,
    chance: &mut Chance,
) {
    let group = group_url(school, looms).await;
    let ours = alice.posts(looms, "Ours").await;
    let poll = asks(alice, looms, "Which yarn?", false).await;
    let mut story = Story {
        group: &group,
        people,
        things: Vec::new(),
        items: Vec::new(),
        standing: Standing::new(),
    };
    story.things.push(Thing {
        id: ours.ap_id.clone(),
        author: None,
        object: Value::Null,
        above: None,
        version: 0,
        noticed: true,
    });
    let mut done = BTreeSet::new();
    for step in 0..8 {
        story.begins(1_000 * (case + 1) + step, chance);
    }
    for _ in 0..30 {
        story.goes_on(&mut done, chance);
    }
    // A ban, a role and a follow of somebody new, each done and undone.
    let guests: Vec<PeerActor> = ["olaf", "gina", "finn"]
        .map(|name| people[MODERATOR].peer.person(&format!("{name}{case}")))
        .to_vec();
    let (olaf, gina, finn) = (&guests[0].id, &guests[1].id, &guests[2]);
    story.does_and_undoes(MODERATOR, "ban", None, chance, |story| {
        let mut ban = story.act(MODERATOR, "Block", olaf.as_str());
        ban["target"] = story.group.into();
        ban
    });
    let mut role = story.act(MODERATOR, "Add", gina.as_str());
    role["target"] = format!("{group}/moderators").into();
    story.send(MODERATOR, role, None);
    let me = format!("{}u/alice", school.url);
    let mut chosen = BTreeMap::new();
    for (voter, person) in people.iter().enumerate().take(3) {
        let answer = *chance.one_of(&["Linen", "Wool", "Silk"]);
        chosen.insert(voter, answer);
        let vote = ballot(&person.actor, &me, &poll.ap_id, answer);
        story.send(voter, vote, None);
    }
    for _ in 0..8 {
        story.pretends(chance);
    }
    for (at, thing) in story.things.iter().enumerate() {
        let Some(author) = thing.author else { continue };
        match story.is(&format!("delete {at}")) {
            false => people[author].peer.serves(&thing.id, thing.object.clone()),
            true => people[author].peer.shows(&thing.id, Page::Gone),
        }
    }
    let joining = follow(finn, &group);
    let leaving = finn.does("Undo", joining.clone());
    let stays = chance.below(2) == 0;
    let tale: String;
    {
        let order = story.muddled(chance);
        tale = order
            .iter()
            .map(|item| {
                let (a, o) = (&item.activity, &item.activity["object"]);
                let place = |id: &Value| {
                    story
                        .things
                        .iter()
                        .position(|thing| *id == thing.id.as_str())
                };
                let about = [o, &o["id"], &o["object"], &o["object"]["id"]]
                    .into_iter()
                    .find_map(place);
                let act = if a["type"] == "Undo" {
                    &o["id"]
                } else {
                    &a["id"]
                };
                format!(
                    "{} {} {} {:?} {act}\n",
                    item.sender, a["type"], o["type"], about
                )
            })
            .collect();
        if !stays && chance.below(2) == 0 {
            finn.says(&leaving).await;
            finn.says(&joining).await;
        } else {
            finn.says(&joining).await;
            if !stays {
                finn.says(&leaving).await;
            }
        }
        for item in order {
            people[item.sender].actor.says(&item.activity).await;
            taken_in(school, &tale).await;
        }
    }
    taken_in(school, &tale).await;
    let tale = format!("story {case}\n{tale}");
    is_as_done(school, &story, &tale).await;
    assert_eq!(
        stands(school, looms, olaf).await.1,
        story.is("ban"),
        "the ban\n{tale}"
    );
    assert!(stands(school, looms, gina).await.2, "the role\n{tale}");
    assert_eq!(
        stands(school, looms, &finn.id).await.0,
        stays,
        "the follow\n{tale}"
    );
    let counted = votes(school, poll.id).await;
    let expected = ["Linen", "Wool", "Silk"].map(|answer| {
        i64::try_from(chosen.values().filter(|chosen| **chosen == answer).count()).unwrap()
    });
    assert_eq!(counted, (expected.to_vec(), 3), "the poll\n{tale}");
    is_sound(school, &tale).await;
}

on_both_databases! {
    async fn the_life_of_a_group_here_ends_as_it_was_lived_in_whatever_order_it_is_heard(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let toots = Peer::mastodon(&school).await;
        let first = Peer::start(Some(("piefed", "1.0")), &school.url).await;
        let second = Peer::start(Some(("mbin", "1.8")), &school.url).await;
        let somebody = |peer, name: &str, toots| Person { peer, actor: Peer::person(peer, name), toots, makes_up: name == "data" };
        let people = [
            somebody(&toots, "felix", true), somebody(&toots, "gerda", true), somebody(&toots, "hans", true),
            somebody(&first, "data", false), somebody(&second, "tom", false), somebody(&second, "eve", false),
        ];
        for person in &people {
            joins(&school, person.peer, &person.actor, &group).await;
            knows(&school, person.peer).await;
        }
        let moderator = actor(&school, &people[MODERATOR].actor.id).await.unwrap().id;
        school.act(move |tx| Ok(actors::set_role(tx.conn, looms, moderator, Some(Role::Moderator), tx.now)?)).await.unwrap();
        let seed = crate::mutations::seed();
        println!("COPPICE_SEED={seed}");
        let mut chance = Chance(seed);
        let begun = Instant::now();
        for case in 0..STORIES {
            if begun.elapsed() > TIME {
                break;
            }
            tell(&school, &alice, looms, &people, case, &mut chance).await;
        }
    }
}
