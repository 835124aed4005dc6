//! Collections: whole, counted only, or in pages.

use serde_json::Value;
use url::Url;

use super::fields::Document;

/// The whole of it. Lemmy reads outbox, featured and moderators only in this form.
pub fn ordered_collection(id: &Url, total: u64, items: Vec<Value>) -> Value {
    Document::identified("OrderedCollection", id)
        .with("totalItems", total)
        .with("orderedItems", items)
        .done()
}

/// How many, not who: for followers. Lemmy demands the empty list.
pub fn counted_collection(id: &Url, total: u64) -> Value {
    Document::identified("Collection", id)
        .with("totalItems", total)
        .with("items", Vec::<Value>::new())
        .done()
}

pub fn paged_collection(id: &Url, total: u64, first: &Url) -> Value {
    Document::identified("OrderedCollection", id)
        .with("totalItems", total)
        .with("first", first.as_str())
        .done()
}

/// A conversation, whose owner is the group it is held in (FEP-7888, FEP-f228).
pub fn conversation(id: &Url, owner: &Url, total: u64, first: &Url) -> Value {
    Document::identified("OrderedCollection", id)
        .with("attributedTo", owner.as_str())
        .with("totalItems", total)
        .with("first", first.as_str())
        .done()
}

/// What answers something, with its first page inside, as Mastodon has it.
pub fn replies(id: &Url, first: Value) -> Value {
    Document::identified("Collection", id)
        .with("first", first)
        .done()
}

/// One that stands inside another document has no id of its own.
pub fn replies_page(
    id: Option<&Url>,
    part_of: &Url,
    items: Vec<Value>,
    next: Option<&Url>,
) -> Value {
    Document::new("CollectionPage")
        .with_url("id", id)
        .with("partOf", part_of.as_str())
        .with("items", items)
        .with_url("next", next)
        .done()
}

pub fn collection_page(id: &Url, part_of: &Url, items: Vec<Value>, next: Option<&Url>) -> Value {
    Document::identified("OrderedCollectionPage", id)
        .with("partOf", part_of.as_str())
        .with("orderedItems", items)
        .with_url("next", next)
        .done()
}
