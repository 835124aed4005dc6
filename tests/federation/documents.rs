//! Every real activity of other software goes through the inbox: applied, or refused with a reason.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::help::{refusal, settled};
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

/// What comes of documents that are not simply about things we do not know; the rest is refused, as
/// their objects and their hosts are nowhere to be had.
const NO_ACTIVITY: &[&str] = &["mastodon/activities/private_message.json"];

pub fn real_activities() -> Vec<(String, Value)> {
    real_documents("/activities/")
}

/// Those whose path has `part` in it.
pub fn real_documents(part: &str) -> Vec<(String, Value)> {
    let shared = match std::env::var_os("COPPICE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let root = shared.join("activities");
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if name.contains(part) && name.ends_with(".json") {
                let value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                found.push((name, value));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Puts each foreign host of a document on one of the peers, its sender's on the first.
pub fn rehosted(document: &Value, sender: &Peer, others: &Peer) -> Value {
    fn walk(value: &mut Value, home: &str, sender: &str, others: &str) {
        match value {
            Value::String(text) => {
                let Ok(url) = Url::parse(text) else { return };
                if !matches!(url.scheme(), "http" | "https") || text.contains("www.w3.org") {
                    return;
                }
                let base = if url.host_str() == Some(home) {
                    sender
                } else {
                    others
                };
                *text = format!("{base}{}", &url[url::Position::BeforePath..]);
            }
            Value::Array(list) => list.iter_mut().for_each(|v| walk(v, home, sender, others)),
            Value::Object(fields) => {
                fields
                    .iter_mut()
                    .filter(|(name, _)| *name != "@context")
                    .for_each(|(_, v)| walk(v, home, sender, others));
            }
            _ => {}
        }
    }
    let actor = document["actor"].as_str().unwrap_or_default();
    let home = Url::parse(actor)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let mut document = document.clone();
    walk(
        &mut document,
        &home.unwrap_or_default(),
        &sender.base,
        &others.base,
    );
    document
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
            "followers": format!("{id}/followers"),
        }),
    )
}

on_both_databases! {
    async fn every_real_activity_is_applied_or_refused_with_a_reason(db: Database) {
        let school = Instance::start(db).await;
        let (sender, others) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let documents = real_activities();
        if documents.is_empty() {
            println!("skipped: no documents of other servers");
            return;
        }
        let mut known: HashMap<String, PeerActor> = HashMap::new();
        let (mut applied, mut refused) = (0, 0);
        for (name, document) in documents {
            let document = rehosted(&document, &sender, &others);
            let mut actors = BTreeSet::new();
            actors_in(&document, &mut actors);
            for id in actors {
                let peer = if id.starts_with(&sender.base) { &sender } else { &others };
                known.entry(id.clone()).or_insert_with(|| make(peer, &id));
            }
            let actor = document["actor"].as_str().or(document["attributedTo"].as_str()).unwrap();
            let status = known[actor].sends(&document).await;
            if NO_ACTIVITY.contains(&name.as_str()) {
                assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
                continue;
            }
            assert_eq!(status, StatusCode::ACCEPTED, "{name}");
            settled(&school).await;
            match refusal(&school, &document).await {
                None => applied += 1,
                Some(reason) => {
                    assert!(!reason.is_empty(), "{name}");
                    refused += 1;
                }
            }
        }
        println!("{applied} applied, {refused} refused");
        assert!(applied > 0 && refused > 0);
    }
}
