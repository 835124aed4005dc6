//! Small readers for JSON-LD as peers write it: one or many, string or object, and odd spellings.

use serde_json::Value;
use url::Url;

use super::bounds::MAX_ENTRIES;
use super::content::ContentKind;
use super::error::{ReadError, shortened};
use crate::activitystreams::{AS2, PUBLIC};
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

/// Bytes of an address. Longer ones are of no use to anybody and would break indexes.
pub const MAX_URL: usize = 2_048;

/// Reads an address of the fediverse: `http` or `https` with a host, no user information; the host
/// comes out in lower case, in its ASCII form and without a trailing dot. The error is the reason.
pub fn parse_url(text: &str) -> Result<Url, &'static str> {
    let text = text.trim();
    if text.len() > MAX_URL {
        return Err("it is too long");
    }
    // The URL standard reads `\` as `/` and drops tabs and line ends; other parsers do not, and an
    // address that means two things is an attack.
    if text.contains(|c: char| c == '\\' || c.is_control()) {
        return Err("it contains a character that addresses do not have");
    }
    let mut url = Url::parse(text).map_err(|_| "it is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it is not http or https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries user information");
    }
    let host = url.host_str().ok_or("it has no host")?;
    if let Some(undotted) = host.strip_suffix('.') {
        let undotted = undotted.to_owned();
        if undotted.is_empty() || undotted.ends_with('.') {
            return Err("its host is not a name");
        }
        url.set_host(Some(&undotted))
            .map_err(|_| "its host is not a name")?;
    }
    // Percent-encoded it may have grown.
    if url.as_str().len() > MAX_URL {
        return Err("it is too long");
    }
    Ok(url)
}

/// A member that is there and not null.
pub(super) fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// The entries of a member that may be absent, one or many; never more than [`MAX_ENTRIES`].
pub(super) fn many<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    match field(object, name) {
        None => &[],
        Some(Value::Array(list)) => list.get(..MAX_ENTRIES).unwrap_or(list),
        Some(one) => std::slice::from_ref(one),
    }
}

/// The address a value stands for: itself, or its `id` or `href`.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value
        .as_str()
        .or_else(|| value.get("id")?.as_str())
        .or_else(|| value.get("href")?.as_str())
}

pub(super) fn url_of(value: &Value) -> Option<Url> {
    parse_url(reference(value)?).ok()
}

/// The first usable address of a member that one can do without.
pub(super) fn optional_url(object: &Value, name: &str) -> Option<Url> {
    many(object, name).iter().find_map(url_of)
}

/// The first address of a member that one cannot do without.
pub(super) fn required_url(object: &Value, name: &'static str) -> Result<Url, ReadError> {
    let first = many(object, name).iter().find(|v| !v.is_null());
    let value = first.ok_or(ReadError::Missing { field: name })?;
    let text = reference(value).ok_or_else(|| ReadError::WrongType {
        field: name,
        expected: "an address or an object with an id",
        found: shortened(&value.to_string()),
    })?;
    parse_url(text).map_err(|reason| ReadError::BadUrl {
        field: name,
        reason,
        url: shortened(text),
    })
}

/// Every usable address of a member; the three spellings of Public become [`PUBLIC`].
pub(super) fn urls(object: &Value, name: &str) -> Vec<Url> {
    let one = |value: &Value| match reference(value)? {
        "as:Public" | "Public" => Url::parse(PUBLIC).ok(),
        text => parse_url(text).ok(),
    };
    many(object, name).iter().filter_map(one).collect()
}

/// A text that says something: a string, the first of a list, or a JSON-LD `@value`.
pub(super) fn text(object: &Value, name: &str) -> Option<String> {
    let said = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("@value")?.as_str())?;
        (!text.trim().is_empty()).then(|| text.to_owned())
    };
    many(object, name).iter().find_map(said)
}

/// A text from `name` or, where only that is given, from the first language of `nameMap`.
pub(super) fn text_or_map(object: &Value, name: &str, map: &str) -> Option<String> {
    text(object, name).or_else(|| {
        let languages = field(object, map)?.as_object()?;
        let said = |v: &Value| Some(v.as_str()?.to_owned()).filter(|t| !t.trim().is_empty());
        languages.values().find_map(said)
    })
}

/// A text from `name` or, where only that is given, from `nameMap`: in this language, or else the first.
pub(super) fn text_in(
    object: &Value,
    name: &str,
    map: &str,
    language: Option<&str>,
) -> Option<String> {
    let mapped = || {
        let said = field(object, map)?.get(language?)?.as_str()?;
        Some(said.to_owned()).filter(|text| !text.trim().is_empty())
    };
    text(object, name)
        .or_else(mapped)
        .or_else(|| text_or_map(object, name, map))
}

/// A truth value, which some peers write as a word or a number.
pub(super) fn boolean(object: &Value, name: &str) -> Option<bool> {
    match field(object, name)? {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_i64().map(|n| n != 0),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A moment; one without a zone is taken as UTC, a day as its beginning, an odd one as absent.
pub(super) fn time(object: &Value, name: &str) -> Option<Timestamp> {
    let text = field(object, name)?.as_str()?.trim();
    let either =
        |text: &str| Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}Z")));
    either(text).or_else(|| {
        if !text.is_ascii() {
            return None;
        }
        let mut text = text.replacen(' ', "T", 1);
        // A day may have a zone as well: PieFed's `2026-12-24+00:00`.
        let next = text.as_bytes().get(DAY_LENGTH);
        if text.len() == DAY_LENGTH || matches!(next, Some(b'+' | b'-' | b'Z')) {
            text.insert_str(DAY_LENGTH, "T00:00:00");
        }
        // `+0200`, where the standard has `+02:00`.
        let zone = text.rfind(['+', '-']).unwrap_or(0);
        if zone > DAY_LENGTH && text.len() == zone + 5 {
            text.insert(zone + 3, ':');
        }
        either(&text)
    })
}

/// Characters of `2026-01-31`.
const DAY_LENGTH: usize = 10;

/// What a document is, by the first of its types that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Activity(String),
    Actor(ActorKind),
    Content(ContentKind),
    Collection,
    Tombstone,
    Unknown(String),
}

impl Class {
    /// `None` when the document has no type at all.
    pub(super) fn of(object: &Value) -> Option<Class> {
        let words = || many(object, "type").iter().filter_map(Value::as_str);
        let known = words().map(Class::from_word);
        let mut known = known.filter(|class| !matches!(class, Class::Unknown(_)));
        known
            .next()
            .or_else(|| words().next().map(Class::from_word))
    }

    fn from_word(word: &str) -> Class {
        let bare = word.strip_prefix("as:").or_else(|| {
            let local = word.strip_prefix(AS2)?;
            local.strip_prefix('#')
        });
        match bare.unwrap_or(word) {
            verb @ ("Accept" | "Add" | "Announce" | "Block" | "Create" | "Delete" | "Dislike"
            | "Flag" | "Follow" | "Ignore" | "Invite" | "Join" | "Leave" | "Like"
            | "Lock" | "Move" | "Offer" | "Read" | "Reject" | "Remove" | "Undo"
            | "Update" | "View" | "Warn") => Class::Activity(verb.to_owned()),
            "Person" => Class::Actor(ActorKind::Person),
            "Group" => Class::Actor(ActorKind::Group),
            "Application" => Class::Actor(ActorKind::Application),
            "Service" => Class::Actor(ActorKind::Service),
            "Organization" => Class::Actor(ActorKind::Organization),
            "Page" => Class::Content(ContentKind::Page),
            "Note" => Class::Content(ContentKind::Note),
            "Article" => Class::Content(ContentKind::Article),
            "Question" => Class::Content(ContentKind::Question),
            "Event" => Class::Content(ContentKind::Event),
            "Video" => Class::Content(ContentKind::Video),
            "Audio" => Class::Content(ContentKind::Audio),
            "Image" => Class::Content(ContentKind::Image),
            "Document" => Class::Content(ContentKind::Document),
            "ChatMessage" => Class::Content(ContentKind::ChatMessage),
            "Collection" | "OrderedCollection" | "CollectionPage" | "OrderedCollectionPage" => {
                Class::Collection
            }
            "Tombstone" => Class::Tombstone,
            other => Class::Unknown(shortened(other)),
        }
    }
}

/// The types of a document as written, for messages.
pub(super) fn type_words(object: &Value) -> String {
    let words = field(object, "type").unwrap_or(&Value::Null);
    shortened(&words.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attack_33_addresses_are_normalised_and_tricks_are_refused() {
        for (given, normal) in [
            ("https://Example.ORG/A", "https://example.org/A"),
            ("https://example.org./a#b", "https://example.org/a#b"),
            ("https://example.org:443/a", "https://example.org/a"),
            ("HTTP://example.org:8541/a", "http://example.org:8541/a"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            (" https://example.org ", "https://example.org/"),
        ] {
            assert_eq!(parse_url(given).unwrap().as_str(), normal);
        }
        for bad in [
            "",
            "example.org/a",
            "/a",
            "ftp://example.org/",
            "javascript:alert(1)",
            "tag:example.org,2021:1",
            "as:Public",
            "https://user@example.org/",
            "https://example.org:pw@evil.example/",
            "https://example.org\\@evil.example/",
            "https:\\\\example.org/",
            "https://exa\tmple.org/",
            "https://example.org../",
            "https://./",
            "https://",
        ] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
        assert!(parse_url(&format!("https://e.org/{}", "a".repeat(MAX_URL))).is_err());
    }

    #[test]
    fn odd_booleans_dates_and_types_are_understood() {
        let odd = json!({
            "a": "True", "b": null, "c": 0, "d": [],
            "zoneless": "2021-11-05T11:46:50", "spoken": "yesterday", "number": 5,
            "type": ["http://schema.org/Thing", "as:Note"],
        });
        assert_eq!(boolean(&odd, "a"), Some(true));
        assert_eq!(boolean(&odd, "b"), None);
        assert_eq!(boolean(&odd, "c"), Some(false));
        assert_eq!(boolean(&odd, "d"), None);
        let utc = Timestamp::parse("2021-11-05T11:46:50Z");
        assert_eq!(time(&odd, "zoneless"), utc);
        for written in [
            "2021-11-05 11:46:50",
            "2021-11-05T13:46:50+0200",
            "2021-11-05T06:46:50-05:00",
            "2021-11-05T11:46:50.000Z",
        ] {
            assert_eq!(time(&json!({ "at": written }), "at"), utc, "{written}");
        }
        let day = Timestamp::parse("2021-11-05T00:00:00Z");
        for written in [
            "2021-11-05",
            "2021-11-05Z",
            "2021-11-05+00:00",
            "2021-11-05+0000",
        ] {
            assert_eq!(time(&json!({ "at": written }), "at"), day, "{written}");
        }
        for none in ["2021-11-0\u{e9}", "+0200", "2021-11-05T", "12:00"] {
            assert_eq!(time(&json!({ "at": none }), "at"), None, "{none}");
        }
        assert_eq!(time(&odd, "spoken"), None);
        assert_eq!(time(&odd, "number"), None);
        assert_eq!(Class::of(&odd), Some(Class::Content(ContentKind::Note)));
        assert_eq!(Class::of(&json!({})), None);
    }
}
