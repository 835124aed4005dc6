//! Films of PeerTube, as its real documents tell of them, and what stands under one.

use coppice::community::threads::{self, Whole};
use coppice::store::conversations;
use serde_json::{Value, json};

use crate::help::{applied, is_let_in, text};
use crate::mastodon::toot;
use crate::real_objects::{placed, somebody};
use crate::support::{
    Database, Instance, Peer, PeerActor, eventually, eventually_some, on_both_databases,
};

/// A channel with a film, on a server of its own.
pub struct Channel {
    pub home: Peer,
    pub channel: PeerActor,
    film: Value,
}

impl Channel {
    /// None where the documents are not to be had.
    pub async fn open(school: &Instance) -> Option<Channel> {
        let home = Peer::start(Some(("peertube", "7.1.0")), &school.url).await;
        let real = |path: &str| {
            let places = [("https://tilvids.com", home.base.as_str())];
            placed(&format!("peertube/objects/{path}.json"), &places)
        };
        let (channel, owner, film) = (real("group")?, real("person")?, real("video")?);
        home.serves(text(&film, "id"), film.clone());
        let actor = |document: Value| {
            let name = text(&document, "preferredUsername").to_owned();
            home.actor(&name, document)
        };
        actor(owner);
        let channel = actor(channel);
        Some(Channel {
            home,
            channel,
            film,
        })
    }

    pub fn id(&self) -> &str {
        text(&self.film, "id")
    }

    pub fn announcement(&self) -> Value {
        let places = [("https://tilvids.com", self.home.base.as_str())];
        placed("peertube/activities/announce_video.json", &places).unwrap()
    }

    /// By somebody with an account there.
    fn comment(&self, number: u64, parent: &str, words: &str) -> Value {
        let places = [
            (
                "https://video.antopie.org/videos/watch/4294a720-f263-4ea4-9392-cf9cea4d5277/comments/200873",
                format!("{}/comments/{number}", self.id()),
            ),
            ("https://video.antopie.org", self.home.base.clone()),
            (
                "https://bae.st/objects/87c1cbf5-542a-491d-af57-0414c8648381",
                parent.to_owned(),
            ),
        ];
        let places = places.each_ref().map(|(from, to)| (*from, to.as_str()));
        let mut note = placed("peertube/objects/note.json", &places).unwrap();
        note["content"] = words.into();
        self.home.serves(text(&note, "id"), note.clone());
        note
    }

    /// The list of all comments, two on a page, as PeerTube writes it.
    pub fn lists(&self, comments: &[&str]) {
        let list = text(&self.film, "comments");
        let total = comments.len();
        let mut root = json!({ "id": list, "type": "OrderedCollection", "totalItems": total });
        if total > 0 {
            root["first"] = format!("{list}?page=1").into();
        }
        self.home.serves(list, root);
        for (n, items) in comments.chunks(2).enumerate() {
            let number = n + 1;
            let id = format!("{list}?page={number}");
            let mut page = json!({
                "id": id, "type": "OrderedCollectionPage", "partOf": list, "orderedItems": items, "totalItems": total,
            });
            if total > number * 2 {
                page["next"] = format!("{list}?page={}", number + 1).into();
            }
            if number > 1 {
                page["prev"] = format!("{list}?page={n}").into();
            }
            self.home.serves(&id, page);
        }
    }
}

on_both_databases! {
    async fn what_stands_under_a_film_is_fetched(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let Some(channel) = Channel::open(&school).await else { return };
        let elsewhere = Peer::mastodon(&school).await;
        let felix = elsewhere.person("felix");
        somebody(&channel.home, &channel.home.at("/accounts/yoge6785555"), "Person");
        is_let_in(&alice, &channel.home, &channel.channel).await;

        let first = channel.comment(1, channel.id(), "Where is *this*?");
        let answer = toot(&felix, 2, "<p>In Bern</p>", Some(text(&first, "id")), &[]);
        elsewhere.serves(text(&answer, "id"), answer.clone());
        let below = channel.comment(3, text(&answer, "id"), "Thank you");
        // Deleted, of another film, and ours.
        let gone = format!("{}/comments/4", channel.id());
        channel.home.serves(&gone, json!({
            "id": gone, "type": "Tombstone", "inReplyTo": channel.id(), "deleted": "2025-02-02T10:00:00.000Z",
        }));
        let stray = channel.comment(5, &channel.home.at("/videos/watch/other"), "Of another film");
        let ours = school.url.join("/comment/1").unwrap();
        channel.lists(&[
            text(&first, "id"), text(&answer, "id"), text(&below, "id"), &gone, text(&stray, "id"), ours.as_str(),
        ]);
        applied(&school, &channel.channel, &channel.announcement()).await;
        let film = school.post_by_ap_id(channel.id()).await.unwrap();
        for comment in [&first, &answer, &below] {
            eventually_some("each comment", || school.comment_by_ap_id(text(comment, "id"))).await;
        }
        eventually("the conversation is read", || async {
            let row = school.read(move |tx| conversations::find(tx.conn, film.id)).await;
            row.is_some_and(|row| !row.wanted && row.read_at.is_some())
        }).await;
        let row = school.comment_by_ap_id(text(&first, "id")).await.unwrap();
        assert_eq!(row.body_html.trim(), "<p>Where is <em>this</em>?</p>");
        let row = school.comment_by_ap_id(text(&below, "id")).await.unwrap();
        assert_eq!((row.post_id, row.depth), (film.id, 2));
        assert_eq!(school.post(film.id).await.comment_count, 3);
        assert!(school.comment_by_ap_id(text(&stray, "id")).await.is_none());

        // Read again, the list is enough: what is known is not asked for once more.
        let later = channel.comment(6, channel.id(), "First!");
        channel.lists(&[text(&first, "id"), text(&answer, "id"), text(&below, "id"), text(&later, "id")]);
        let known = channel.home.fetches(text(&first, "id"));
        let asked = school.act(move |tx| threads::want_whole(tx, film.id, 0)).await.unwrap();
        assert_eq!(asked, Whole::Asked);
        eventually_some("the new one", || school.comment_by_ap_id(text(&later, "id"))).await;
        assert_eq!(channel.home.fetches(text(&first, "id")), known);
        assert_eq!(elsewhere.fetches(text(&answer, "id")), 1);
        assert_eq!(school.post(film.id).await.comment_count, 4);
    }
}
