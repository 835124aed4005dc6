//! Threads as `Page`, comments as `Note`, and what is left of either when it is deleted.

use serde_json::Value;
use url::Url;

use super::collection::{replies, replies_page};
use super::fields::{Document, hashtag, image, language, list, mention, public};
use crate::activitystreams::{ImageRef, Mention};
use crate::domain::time::Timestamp;

/// A thread. HTML is already sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOut {
    pub id: Url,
    pub author: Url,
    pub group: Url,
    pub title: String,
    pub html: Option<String>,
    pub markdown: Option<String>,
    pub link: Option<Url>,
    pub image: Option<ImageRef>,
    pub sensitive: bool,
    pub comments_enabled: bool,
    /// A language tag (BCP 47).
    pub language: Option<String>,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
    pub mentions: Vec<Mention>,
}

/// A comment. HTML is already sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteOut {
    pub id: Url,
    pub author: Url,
    pub group: Url,
    pub in_reply_to: Url,
    /// Who is answered: their id and `@name@host`.
    pub parent_author: Option<(Url, String)>,
    pub html: String,
    pub markdown: Option<String>,
    pub language: Option<String>,
    pub distinguished: bool,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
    pub mentions: Vec<Mention>,
    /// Without `#`, each with the page that lists what carries it.
    pub hashtags: Vec<(String, Url)>,
}

/// A `Page` to the group and everybody. Lemmy takes what the thread links to from the first attachment,
/// so the link stands before the picture.
pub fn page(page: &PageOut) -> Value {
    let link = page
        .link
        .as_ref()
        .map(|link| Document::new("Link").with("href", link.as_str()).done());
    let attachment: Vec<Value> = link
        .into_iter()
        .chain(page.image.as_ref().map(image))
        .collect();
    let tag: Vec<Value> = page.mentions.iter().map(mention).collect();
    Document::identified("Page", &page.id)
        .with("attributedTo", page.author.as_str())
        .with("to", vec![page.group.as_str().into(), public()])
        .with("cc", Vec::<Value>::new())
        .with("audience", page.group.as_str())
        .with("name", page.title.as_str())
        .with_body("content", page.html.as_deref(), page.markdown.as_deref())
        .with("mediaType", "text/html")
        .with("url", page.id.as_str())
        .with("attachment", attachment)
        .with_some("image", page.image.as_ref().map(image))
        .with("sensitive", page.sensitive)
        .with("commentsEnabled", page.comments_enabled)
        .with_some("language", page.language.as_deref().map(language))
        .with_time("published", Some(page.published))
        .with_time("updated", page.updated)
        .with("tag", tag)
        .done()
}

/// A `Note` to everybody, with the group, the answered author and all who are mentioned in copy, so that
/// Mastodon's kind notifies them.
pub fn note(note: &NoteOut) -> Value {
    let answered = note.parent_author.as_ref().map(|(href, name)| Mention {
        href: href.clone(),
        name: Some(name.clone()),
    });
    let is_answered = |m: &Mention| answered.as_ref().is_some_and(|a| a.href == m.href);
    let others = note.mentions.iter().filter(|m| !is_answered(m));
    let mentioned: Vec<&Mention> = answered.iter().chain(others).collect();
    let cc = list(
        [&note.group]
            .into_iter()
            .chain(mentioned.iter().map(|m| &m.href)),
    );
    let mentions = mentioned.into_iter().map(mention);
    let tag: Vec<Value> = mentions.chain(note.hashtags.iter().map(hashtag)).collect();
    Document::identified("Note", &note.id)
        .with("attributedTo", note.author.as_str())
        .with("to", vec![public()])
        .with("cc", cc)
        .with("audience", note.group.as_str())
        .with("inReplyTo", note.in_reply_to.as_str())
        .with_body("content", Some(&note.html), note.markdown.as_deref())
        .with("mediaType", "text/html")
        .with("url", note.id.as_str())
        .with("distinguished", note.distinguished)
        .with_some("language", note.language.as_deref().map(language))
        .with_time("published", Some(note.published))
        .with_time("updated", note.updated)
        .with("tag", tag)
        .done()
}

/// Where a thread or comment of ours belongs: the collection of its whole conversation (FEP-7888), and
/// that of what answers it.
pub fn in_conversation(object: Value, replies: &Url, context: Option<&Url>) -> Value {
    let Value::Object(mut members) = object else {
        return object;
    };
    members.insert("replies".to_owned(), replies.as_str().into());
    if let Some(context) = context {
        members.insert("context".to_owned(), context.as_str().into());
    }
    Value::Object(members)
}

/// As [`in_conversation`], with the collection inside and its first page before it, empty but for the way
/// to what is to be read: GoToSocial follows pages, and no address of a collection.
pub fn replies_inside(said: Value, first: impl Fn(&Url) -> Url) -> Value {
    let Value::Object(mut members) = said else {
        return said;
    };
    let stated = members.get("replies").and_then(Value::as_str);
    if let Some(all) = stated.and_then(|all| all.parse::<Url>().ok()) {
        let nothing = replies_page(None, &all, Vec::new(), Some(&first(&all)));
        members.insert("replies".to_owned(), replies(&all, nothing));
    }
    Value::Object(members)
}

/// What stands at the address of something deleted, served with 410.
pub fn tombstone(id: &Url, deleted: Option<Timestamp>) -> Value {
    Document::identified("Tombstone", id)
        .with_time("deleted", deleted)
        .done()
}
