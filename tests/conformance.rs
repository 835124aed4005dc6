//! `docs/federation.md` says which test proves which row. This keeps it from saying more than there is.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = "docs/federation.md";

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `file::test` of every story told under `tests/federation`.
fn stories() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/federation");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in read(&path).lines() {
            let line = line.trim();
            let line = line.strip_prefix("async ").unwrap_or(line);
            if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split(['(', '<']).next().unwrap_or_default();
                names.insert(format!("{file}::{name}"));
            }
        }
    }
    names
}

/// Rows of the tables whose head has a column `test`: what the row is about, and the tests it names.
fn rows() -> Vec<(String, Vec<String>)> {
    let text = read(TABLE);
    let mut inside = false;
    let mut rows = Vec::new();
    for line in text.lines() {
        if !line.starts_with('|') {
            inside = false;
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells.last() == Some(&"test") {
            inside = true;
            continue;
        }
        if !inside || cells.iter().all(|cell| cell.starts_with("--")) {
            continue;
        }
        let (last, before) = cells.split_last().unwrap();
        let tests = last.split('`').filter(|part| part.contains("::"));
        rows.push((before.join(" | "), tests.map(str::to_owned).collect()));
    }
    rows
}

/// The words of the wire that `Verb` is read from.
fn verbs() -> BTreeSet<String> {
    let reader = read("src/activitystreams/read/activity.rs");
    let (_, from) = reader.split_once("match kind.as_str() {").unwrap();
    let (arms, _) = from.split_once("\n    }").unwrap();
    let arms = arms.lines().filter(|line| line.starts_with("        \""));
    let words = arms.flat_map(|line| line.split("=>").next().unwrap().split('|'));
    words
        .filter_map(|word| Some(word.split('"').nth(1)?.to_owned()))
        .collect()
}

#[test]
fn every_row_names_tests_that_are_there() {
    let stories = stories();
    let rows = rows();
    assert!(rows.len() > 50, "only {} rows were read", rows.len());
    let mut faults = Vec::new();
    for (about, tests) in rows {
        if tests.is_empty() {
            faults.push(format!("no test: {about}"));
        }
        for test in tests.iter().filter(|test| !stories.contains(*test)) {
            faults.push(format!("no such test, {test}: {about}"));
        }
    }
    assert!(faults.is_empty(), "{TABLE}:\n{}", faults.join("\n"));
}

#[test]
fn every_activity_that_is_read_has_a_row() {
    let table = read(TABLE);
    let verbs = verbs();
    assert!(verbs.len() >= 18, "{verbs:?}");
    for verb in verbs {
        let plain = format!("| `{verb}");
        assert!(table.contains(&plain), "{TABLE} has no row about {verb}");
    }
}
