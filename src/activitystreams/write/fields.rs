//! A document in the making.

use serde_json::{Map, Value};
use url::Url;

use crate::activitystreams::{ImageRef, Mention, PUBLIC, image_media_type};
use crate::domain::time::Timestamp;

pub(super) struct Document(Map<String, Value>);

impl Document {
    pub(super) fn new(kind: &str) -> Self {
        Document(Map::new()).with("type", kind)
    }

    pub(super) fn identified(kind: &str, id: &Url) -> Self {
        Document::new(kind).with("id", id.as_str())
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub(super) fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(super) fn with_url(self, key: &str, url: Option<&Url>) -> Self {
        self.with_some(key, url.map(Url::as_str))
    }

    pub(super) fn with_time(self, key: &str, time: Option<Timestamp>) -> Self {
        self.with_some(key, time.map(|t| t.to_string()))
    }

    /// Members of another document under the same names, where it has them.
    pub(super) fn copying(mut self, from: &Value, keys: &[&str]) -> Self {
        for key in keys {
            if let Some(value) = from.get(key) {
                self.0.insert((*key).to_owned(), value.clone());
            }
        }
        self
    }

    /// The body in HTML and, where we have it, the Markdown it was made from.
    pub(super) fn with_body(self, key: &str, html: Option<&str>, markdown: Option<&str>) -> Self {
        let source = markdown.map(|markdown| {
            Document(Map::new())
                .with("content", markdown)
                .with("mediaType", "text/markdown")
                .done()
        });
        self.with_some(key, html).with_some("source", source)
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

pub(super) fn public() -> Value {
    Value::from(PUBLIC)
}

/// Addresses without repetition.
pub(super) fn list<'a>(urls: impl IntoIterator<Item = &'a Url>) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    for url in urls {
        let value = Value::from(url.as_str());
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}

/// An `Image`, with its description under `name`, where Mastodon and Lemmy look for it.
pub(super) fn image(image: &ImageRef) -> Value {
    Document::new("Image")
        .with("url", image.url.as_str())
        .with_some("name", image.alt.as_deref())
        .with_some("mediaType", image_media_type(&image.url))
        .done()
}

pub(super) fn mention(mention: &Mention) -> Value {
    Document::new("Mention")
        .with("href", mention.href.as_str())
        .with_some("name", mention.name.as_deref())
        .done()
}

/// A hashtag without its `#`, with the page that lists what carries it.
pub(super) fn hashtag((name, page): &(String, Url)) -> Value {
    Document::new("Hashtag")
        .with("name", format!("#{name}"))
        .with("href", page.as_str())
        .done()
}

/// Lemmy's language object. It goes by `identifier` and demands a `name`.
pub(super) fn language(tag: &str) -> Value {
    let name = match tag {
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "en" => "English",
        "es" => "Español",
        "fi" => "Suomi",
        "fr" => "Français",
        "it" => "Italiano",
        "ja" => "日本語",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" => "Português",
        "sv" => "Svenska",
        "uk" => "Українська",
        "zh" => "中文",
        other => other,
    };
    Document(Map::new())
        .with("identifier", tag)
        .with("name", name)
        .done()
}
