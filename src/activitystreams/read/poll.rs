//! Polls: the answers of a `Question`, and the votes that Mastodon's kind sends as nameless notes.

use serde_json::Value;

use super::value::{boolean, field, many, text_or_map, time};
use crate::domain::poll::REMOTE_OPTIONS_MAX;
use crate::domain::time::Timestamp;

/// A poll as its origin states it. Answers are texts of strangers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollDoc {
    pub multiple: bool,
    pub options: Vec<AnswerDoc>,
    pub ends: Option<Timestamp>,
    pub closed: bool,
    pub voters: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerDoc {
    pub name: String,
    /// Unknown where the numbers are not shown.
    pub votes: Option<u64>,
}

/// What `oneOf` or `anyOf` offer; one of both, as servers send the other one empty.
pub(super) fn poll(value: &Value) -> Option<PollDoc> {
    let one = answers(value, "oneOf");
    let multiple = one.is_empty();
    let options = if multiple {
        answers(value, "anyOf")
    } else {
        one
    };
    if options.is_empty() {
        return None;
    }
    let closed_at = time(value, "closed");
    let is_closed = field(value, "closed").is_some() && boolean(value, "closed") != Some(false);
    Some(PollDoc {
        multiple,
        options,
        ends: time(value, "endTime").or(closed_at),
        closed: is_closed,
        voters: field(value, "votersCount").and_then(Value::as_u64),
    })
}

fn answers(value: &Value, name: &str) -> Vec<AnswerDoc> {
    let read = |answer: &Value| {
        Some(AnswerDoc {
            name: text_or_map(answer, "name", "nameMap")
                .or_else(|| Some(answer.as_str()?.to_owned()))?,
            votes: votes(answer),
        })
    };
    let given = many(value, name).iter().filter_map(read);
    given.take(REMOTE_OPTIONS_MAX).collect()
}

fn votes(answer: &Value) -> Option<u64> {
    let replies = field(answer, "replies")?;
    replies
        .as_u64()
        .or_else(|| field(replies, "totalItems")?.as_u64())
}
