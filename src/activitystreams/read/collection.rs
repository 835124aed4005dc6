//! Collections and their pages: followers, outboxes, moderators, pinned posts.

use serde_json::Value;
use url::Url;

use super::error::ReadError;
use super::value::{Class, field, many, optional_url, type_words, url_of};

/// A Collection, an OrderedCollection, or a page of either.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    pub id: Option<Url>,
    pub total: Option<u64>,
    /// The entries as sent, at most [`super::MAX_ENTRIES`]: ids, objects or activities.
    pub items: Vec<Value>,
    pub first: Option<FirstPage>,
    /// The following page; never the page itself.
    pub next: Option<Url>,
    /// The page before it; never the page itself.
    pub prev: Option<Url>,
    pub last: Option<Url>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FirstPage {
    Reference(Url),
    Embedded(Box<Collection>),
}

pub fn read_collection(value: &Value) -> Result<Collection, ReadError> {
    let mut collection = page(value)?;
    collection.first = field(value, "first").and_then(|first| match page(first) {
        Ok(embedded) => Some(FirstPage::Embedded(Box::new(embedded))),
        Err(_) => url_of(first).map(FirstPage::Reference),
    });
    Ok(collection)
}

/// A collection that a member of another document holds, or names.
pub(super) fn read_first(value: &Value, name: &str) -> Option<FirstPage> {
    let member = field(value, name)?;
    match read_collection(member) {
        Ok(embedded) => Some(FirstPage::Embedded(Box::new(embedded))),
        Err(_) => url_of(member).map(FirstPage::Reference),
    }
}

/// A collection without its first page, so that pages within pages end here.
fn page(value: &Value) -> Result<Collection, ReadError> {
    match Class::of(value) {
        Some(Class::Collection) => {}
        _ => {
            return Err(ReadError::WrongType {
                field: "type",
                expected: "a collection",
                found: type_words(value),
            });
        }
    }
    let id = optional_url(value, "id");
    let ordered = many(value, "orderedItems");
    let items = if ordered.is_empty() {
        many(value, "items")
    } else {
        ordered
    };
    let total = field(value, "totalItems").and_then(|n| match n {
        Value::String(digits) => digits.trim().parse().ok(),
        number => number.as_u64(),
    });
    let another = |name| optional_url(value, name).filter(|page| Some(page) != id.as_ref());
    Ok(Collection {
        total,
        items: items.iter().filter(|v| !v.is_null()).cloned().collect(),
        first: None,
        next: another("next"),
        prev: another("prev"),
        last: another("last"),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attack_49_a_page_that_is_its_own_next_ends_there() {
        let id = "https://a.example/page";
        let page =
            json!({"type": "CollectionPage", "id": id, "next": id, "items": "https://a.example/1"});
        let read = read_collection(&page).unwrap();
        assert_eq!(read.next, None);
        assert_eq!(read.items, ["https://a.example/1"]);
    }

    #[test]
    fn first_pages_are_read_by_reference_and_embedded_once() {
        let by_id =
            json!({"type": "Collection", "totalItems": "3", "first": "https://a.example/1"});
        let read = read_collection(&by_id).unwrap();
        let one = Url::parse("https://a.example/1").unwrap();
        assert_eq!(read.first, Some(FirstPage::Reference(one)));
        assert_eq!(read.total, Some(3));

        let embedded = json!({"type": "Collection", "first": {
            "type": "CollectionPage", "items": [1], "first": {"type": "CollectionPage"}}});
        match read_collection(&embedded).unwrap().first {
            Some(FirstPage::Embedded(page)) => {
                assert!(page.items.len() == 1 && page.first.is_none())
            }
            other => panic!("{other:?}"),
        }
        assert!(read_collection(&json!({"type": "Note"})).is_err());
    }
}
