//! Real documents of other software, by their path below `activities`.

use serde_json::Value;

use crate::support::documents;

/// One document; where the folder with all of them is not there, what the test has in its place.
pub fn document(path: &str, otherwise: Value) -> Value {
    documents::document(path).unwrap_or(otherwise)
}
