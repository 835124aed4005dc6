//! Real documents of other software, by their path below `activities`.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One document; where the folder with all of them is not there, what the test has in its place.
pub fn document(path: &str, otherwise: Value) -> Value {
    let shared = match std::env::var_os("COPPICE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    match std::fs::read(shared.join("activities").join(path)) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
        Err(_) => otherwise,
    }
}
