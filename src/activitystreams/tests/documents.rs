//! Every real document is read, or refused for the reason that the table below names.

use serde_json::Value;

use super::{RealDocument, real_documents};
use crate::activitystreams::*;

/// Documents we refuse, and a part of the sentence that says why.
const REFUSED: &[(&str, &str)] = &[
    // A Note that lies among the activities, without the Create around it.
    (
        "mastodon/activities/private_message.json",
        "where an activity is needed",
    ),
];

fn read(document: &RealDocument) -> Result<(), ReadError> {
    let value = &document.value;
    match document.path.split('/').nth(1) {
        Some("activities") => read_activity(value).map(drop),
        Some("objects") => read_object(value).map(drop),
        Some("collections") => read_collection(value).map(drop),
        other => panic!("{}: no reader for {other:?}", document.path),
    }
}

#[test]
fn every_document_of_other_servers_is_read_or_refused_with_the_reason_we_name() {
    let documents = real_documents();
    for document in &documents {
        let path = document.path.as_str();
        let refused = REFUSED.iter().find(|(refused, _)| *refused == path);
        match (read(document), refused) {
            (Ok(()), None) => {}
            (Err(error), Some((_, reason))) => {
                assert!(error.to_string().contains(reason), "{path}: {error}");
            }
            (Ok(()), Some(_)) => panic!("{path} is read, though the table refuses it"),
            (Err(error), None) => panic!("{path} is refused: {error}"),
        }
    }
    for (path, _) in REFUSED {
        assert!(
            documents.is_empty() || documents.iter().any(|d| d.path == *path),
            "{path} is gone"
        );
    }
}

/// One document, or `None` where the documents are not there.
pub(super) fn value(path: &str) -> Option<Value> {
    let documents = real_documents();
    let found = documents.into_iter().find(|d| d.path == path);
    found.map(|document| document.value)
}

pub(super) fn content(value: &Value) -> Content {
    match read_object(value) {
        Ok(Thing::Content(content)) => *content,
        other => panic!("no content: {other:?}"),
    }
}

pub(super) fn actor(value: &Value) -> ActorDoc {
    match read_object(value) {
        Ok(Thing::Actor(actor)) => *actor,
        other => panic!("no actor: {other:?}"),
    }
}

pub(super) fn verb(value: &Value) -> Verb {
    read_activity(value).unwrap().verb
}

pub(super) fn strings<'a>(urls: impl IntoIterator<Item = &'a url::Url>) -> Vec<&'a str> {
    urls.into_iter().map(url::Url::as_str).collect()
}

pub(super) fn text(url: &Option<url::Url>) -> Option<&str> {
    url.as_ref().map(url::Url::as_str)
}

/// Runs its body with the named document, unless the documents are not there.
macro_rules! document {
    ($test:ident, $path:literal, |$value:ident| $body:block) => {
        #[test]
        fn $test() {
            if let Some($value) = value($path) $body
        }
    };
}
pub(super) use document;
