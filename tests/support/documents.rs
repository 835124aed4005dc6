//! Real documents that servers of other software sent, by their path in a folder of them. They stand beside
//! the project; another place is told by `COPPICE_SHARED`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lanes::{Lane, Skip};

fn folder() -> Result<PathBuf, Skip> {
    let shared = match std::env::var_os("COPPICE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let folder = shared.join("activities");
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(Skip(format!("{} is no folder", folder.display())))
    }
}

fn read(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

/// One document; `None` where there are none at all, which is said aloud.
pub fn document(path: &str) -> Option<Value> {
    match folder() {
        Ok(folder) => Some(read(&folder.join(path))),
        Err(why) => {
            Lane::Documents.skip(&why);
            None
        }
    }
}

/// Those whose path has `part` in it, in the order of their paths; likewise.
pub fn documents(part: &str) -> Vec<(String, Value)> {
    let root = match folder() {
        Ok(root) => root,
        Err(why) => {
            Lane::Documents.skip(&why);
            return Vec::new();
        }
    };
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            if name.contains(part) && name.ends_with(".json") {
                found.push((name.to_owned(), read(&path)));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}
