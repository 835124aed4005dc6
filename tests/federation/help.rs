//! What stories with simulated peers have in common.

use std::time::Duration;

use coppice::community::groups;
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::FollowState;
use coppice::store::actors::ActorRow;
use coppice::store::{actors, follows, hosts, intake};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Instance, Member, Peer, PeerActor, eventually};

/// Waits until nothing that came in is still to be applied.
pub async fn settled(instance: &Instance) {
    eventually("everything is taken in", || async {
        instance.read(|tx| intake::waiting(tx.conn)).await == 0
    })
    .await;
}

/// Why an activity was refused after its 202, if it was.
pub async fn refusal(instance: &Instance, activity: &Value) -> Option<String> {
    settled(instance).await;
    let id = activity["id"].as_str().unwrap().to_owned();
    let failed = instance
        .read(|tx| intake::failures(tx.conn, None, 1_000))
        .await;
    let row = failed
        .items
        .into_iter()
        .find(|row| row.activity_ap_id == id);
    row.map(|row| row.error.unwrap_or_default())
}

/// Sends, and expects a 202, no refusal, and that it is applied.
pub async fn applied(instance: &Instance, sender: &PeerActor, activity: &Value) {
    sender.says(activity).await;
    assert_eq!(refusal(instance, activity).await, None, "{activity}");
}

/// Sends, and expects a 202 and a refusal that says `why`.
pub async fn refused(instance: &Instance, sender: &PeerActor, activity: &Value, why: &str) {
    sender.says(activity).await;
    let reason = refusal(instance, activity).await;
    let reason = reason.unwrap_or_else(|| panic!("applied: {activity}"));
    assert!(reason.contains(why), "{reason:?} of {activity}");
}

pub async fn actor(instance: &Instance, ap_id: &str) -> Option<ActorRow> {
    let ap_id: Url = ap_id.parse().unwrap();
    instance
        .read(move |tx| actors::by_ap_id(tx.conn, &ap_id))
        .await
}

/// Waits until the instance has learned what software a peer runs.
pub async fn knows(instance: &Instance, peer: &Peer) {
    eventually("NodeInfo is read", || async {
        let host = peer.host.clone();
        let row = instance.read(move |tx| hosts::find(tx.conn, &host)).await;
        row.is_some_and(|row| row.software.is_some())
    })
    .await;
}

/// A remote person follows a group of ours and is let in; their server's software is known then.
pub async fn joins(instance: &Instance, peer: &Peer, person: &PeerActor, group: &str) -> Value {
    let follow = follow(person, group);
    person.says(&follow).await;
    let id = follow["id"].clone();
    peer.received("the Accept", |a| {
        a["type"] == "Accept" && a["object"]["id"] == id
    })
    .await;
    knows(instance, peer).await;
    follow
}

pub fn follow(person: &PeerActor, group: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": person.new_id("follow"), "type": "Follow", "actor": person.id, "object": group,
    })
}

/// A member of ours follows a simulated group, which lets them in.
pub async fn is_let_in(member: &Member<'_>, peer: &Peer, group: &PeerActor) -> ActorId {
    let there = member
        .finds(&format!("!{}@{}", group.name, peer.host))
        .await;
    is_let_in_there(member, peer, group, there).await;
    there
}

/// Likewise, where the group is known already.
pub async fn is_let_in_there(member: &Member<'_>, peer: &Peer, group: &PeerActor, there: ActorId) {
    let me = member.id;
    let home = member.home;
    home.act(move |tx| groups::follow(tx, me, there))
        .await
        .unwrap();
    let follow = peer
        .received("a Follow", |a| {
            a["type"] == "Follow" && a["object"] == group.id.as_str()
        })
        .await;
    let mut accept = group.does("Accept", follow.activity);
    accept.as_object_mut().unwrap().remove("to");
    applied(home, group, &accept).await;
    let state = home.read(move |tx| follows::find(tx.conn, me, there)).await;
    assert_eq!(state.unwrap().state, FollowState::Accepted);
}

/// Long enough for a delivery that should not come.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

pub async fn group_url(instance: &Instance, group: ActorId) -> String {
    instance
        .read(move |tx| actors::get(tx.conn, group))
        .await
        .ap_id
}

/// A small generator (xorshift), the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
