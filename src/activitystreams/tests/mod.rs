//! The wire against real documents of other servers, and against ourselves.

mod activities;
mod documents;
mod mutations;
mod objects;
mod round_trip;
mod samples;
mod threads;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::parse_json;

/// A document of another server: where it lies below the folder of activities, and what it says.
struct RealDocument {
    path: String,
    value: Value,
}

/// All real documents, from `$COPPICE_SHARED/activities` or `../shared/activities` beside the project;
/// none, with a word about it, where they are not there.
fn real_documents() -> Vec<RealDocument> {
    let shared = match std::env::var_os("COPPICE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let root = shared.join("activities");
    let mut documents = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                let relative = path.strip_prefix(&root).unwrap().to_str().unwrap();
                let bytes = std::fs::read(&path).unwrap();
                documents.push(RealDocument {
                    path: relative.to_owned(),
                    value: parse_json(&bytes).unwrap_or_else(|e| panic!("{relative}: {e}")),
                });
            }
        }
    }
    if documents.is_empty() {
        println!(
            "skipped: no documents of other servers in {}",
            root.display()
        );
    }
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    documents
}
