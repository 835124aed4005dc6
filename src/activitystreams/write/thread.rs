//! Threads that are more than a page: polls as `Question`, events as `Event`; and their translation into a
//! `Page` that tells in words what those who know only pages would not see.

use serde_json::{Value, json};
use url::Url;

use super::content::{PageOut, page};
use super::fields::{hashtag, image};
use crate::activitystreams::ImageRef;
use crate::domain::event::Zone;
use crate::domain::markdown;
use crate::domain::time::Timestamp;

/// What a thread has that a plain page has not. Texts are plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Special {
    pub warning: Option<String>,
    /// What Mastodon shows of a page as its text.
    pub excerpt: Option<String>,
    /// Beside the first.
    pub pictures: Vec<ImageRef>,
    /// Without `#`, each with the page that lists what carries it.
    pub hashtags: Vec<(String, Url)>,
    pub poll: Option<PollOut>,
    pub event: Option<EventOut>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollOut {
    pub multiple: bool,
    /// Each with its votes, unless they are not to be told yet.
    pub options: Vec<(String, Option<i64>)>,
    pub ends: Option<Timestamp>,
    pub closed: bool,
    pub voters: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOut {
    pub starts: Timestamp,
    pub ends: Option<Timestamp>,
    pub timezone: Zone,
    pub place: Option<String>,
    pub address: Option<String>,
    pub online_url: Option<Url>,
    pub cancelled: bool,
}

/// Which of its forms a thread is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What it is: what stands at its id.
    Native,
    /// A `Page` with the same members, and in words what they say. Lemmy refuses a `Question`, and
    /// Mbin and NodeBB an `Event`.
    Page,
    /// The same as an `Article`, all of it in its content, for Discourse.
    Article,
}

/// A thread with whatever it carries. In its native form the `source` is the author's text alone and
/// `content` says more (a poll's title, an event's date and place), for those who read nothing else.
pub fn thread(out: &PageOut, special: &Special, form: Form) -> Value {
    if form == Form::Article {
        return article(thread(out, special, Form::Page));
    }
    let mut out = out.clone();
    let kind = match (form, &special.poll, &special.event) {
        (Form::Native, Some(_), _) => "Question",
        (Form::Native, None, Some(_)) => "Event",
        _ => "Page",
    };
    let before = special.event.as_ref().map(event_words);
    let after = special.poll.as_ref().map(|poll| poll_words(poll, &out.id));
    let html = out.html.take().unwrap_or_default();
    let render = |words: &Option<String>| {
        words
            .as_deref()
            .map(|words| markdown::render(words).into_string())
            .unwrap_or_default()
    };
    out.html = Some(match kind {
        "Question" => format!("{}{}{html}", title(&out.title), render(&before)),
        "Event" => format!("{}{html}", render(&before)),
        _ => format!("{}{html}{}", render(&before), render(&after)),
    })
    .filter(|html| !html.is_empty());
    if kind == "Page" {
        if let (Some(text), true) = (&out.markdown, before.is_some() || after.is_some()) {
            let parts = [before.as_deref(), Some(text), after.as_deref()];
            out.markdown = Some(joined(&parts));
        } else if html.is_empty() && (before.is_some() || after.is_some()) {
            out.markdown = Some(joined(&[before.as_deref(), after.as_deref()]));
        }
    } else {
        // Though it be empty: it tells the author's own words from ours.
        out.markdown.get_or_insert_default();
    }
    let mut value = page(&out);
    value["type"] = kind.into();
    special.add_to(&mut value, form);
    value
}

/// A page as an article. What it links to stands below its text, for those who do not look for it elsewhere.
fn article(mut page: Value) -> Value {
    page["type"] = "Article".into();
    let link = page["attachment"].as_array().and_then(|all| {
        let links = all.iter().filter(|one| one["type"] == "Link");
        links.filter_map(|link| link["href"].as_str()).next()
    });
    if let Some(link) = link {
        let words = markdown::render(&format!("<{link}>"));
        let html = page["content"].as_str().unwrap_or_default();
        page["content"] = format!("{html}{}", words.as_str()).into();
    }
    page
}

/// An activity of ours, about an article if it is about a page.
pub fn about_article(mut activity: Value) -> Value {
    if activity["object"]["type"] == "Page" {
        activity["object"] = article(activity["object"].take());
    }
    activity
}

fn joined(parts: &[Option<&str>]) -> String {
    let parts: Vec<&str> = parts.iter().copied().flatten().collect();
    parts.join("\n\n")
}

fn title(text: &str) -> String {
    markdown::render(&strong(text)).into_string()
}

/// Plain text as Markdown in bold.
pub(super) fn strong(text: &str) -> String {
    format!("**{}**", escaped(text))
}

impl Special {
    fn add_to(&self, value: &mut Value, form: Form) {
        if let Some(warning) = &self.warning {
            value["summary"] = warning.as_str().into();
        } else if let (Some(excerpt), Form::Native, None) = (&self.excerpt, form, &self.poll) {
            value["summary"] = excerpt.as_str().into();
        }
        if let Some(attachments) = value["attachment"].as_array_mut() {
            attachments.extend(self.pictures.iter().map(image));
        }
        if let Some(tags) = value["tag"].as_array_mut() {
            tags.extend(self.hashtags.iter().map(hashtag));
        }
        if let Some(poll) = &self.poll {
            poll.add_to(value);
        }
        if let Some(event) = &self.event {
            event.add_to(value, form);
        }
    }
}

impl PollOut {
    fn add_to(&self, value: &mut Value) {
        let option = |(name, votes): &(String, Option<i64>)| {
            let mut note = json!({"type": "Note", "name": name});
            if let Some(votes) = votes {
                note["replies"] = json!({"type": "Collection", "totalItems": votes});
            }
            note
        };
        let options: Vec<Value> = self.options.iter().map(option).collect();
        value[if self.multiple { "anyOf" } else { "oneOf" }] = options.into();
        if let Some(ends) = self.ends {
            value["endTime"] = ends.to_string().into();
            if self.closed {
                value["closed"] = ends.to_string().into();
            }
        }
        if let Some(voters) = self.voters {
            value["votersCount"] = voters.into();
        }
    }
}

impl EventOut {
    fn add_to(&self, value: &mut Value, form: Form) {
        value["startTime"] = self.starts.to_string().into();
        if let Some(ends) = self.ends {
            value["endTime"] = ends.to_string().into();
        }
        value["timezone"] = self.timezone.name().into();
        let status = if self.cancelled {
            "CANCELLED"
        } else {
            "CONFIRMED"
        };
        value["ical:status"] = status.into();
        value["isOnline"] = (self.online_url.is_some() && self.place.is_none()).into();
        // Mobilizon fails at a list of places, and looks for an address of the web among the attachments. Of a
        // page the first of those is what it links to.
        if self.place.is_some() || self.address.is_some() {
            let mut place = json!({"type": "Place"});
            let name = self.place.as_ref().or(self.address.as_ref());
            place["name"] = name.map(String::as_str).into();
            if let Some(address) = &self.address {
                place["address"] = address.as_str().into();
            }
            value["location"] = place;
        }
        if let (Some(url), Form::Native, Some(attachments)) =
            (&self.online_url, form, value["attachment"].as_array_mut())
        {
            attachments.push(json!({
                "type": "Link", "href": url.as_str(), "mediaType": "text/html", "name": ONLINE_ADDRESS,
            }));
        }
    }
}

/// What Mobilizon calls the attachment that leads to an event on the web.
const ONLINE_ADDRESS: &str = "Website";

/// The answers as Markdown, with where to vote.
pub fn poll_words(poll: &PollOut, page: &Url) -> String {
    let how = if poll.multiple {
        "choose any"
    } else {
        "choose one"
    };
    let until = |ends: Timestamp| Zone::utc().told(ends) + " UTC";
    let head = match (poll.closed, poll.ends) {
        (true, _) => "**Poll** (closed)".to_owned(),
        (false, Some(ends)) => format!("**Poll** ({how}, until {})", until(ends)),
        (false, None) => format!("**Poll** ({how})"),
    };
    let line = |(name, votes): &(String, Option<i64>)| match votes {
        Some(votes) if poll.closed => format!("- {}: {votes}", escaped(name)),
        _ => format!("- {}", escaped(name)),
    };
    let lines: Vec<String> = poll.options.iter().map(line).collect();
    let link = if poll.closed {
        "See the poll"
    } else {
        "Vote, or see the results"
    };
    format!("{head}\n\n{}\n\n[{link}](<{page}>)", lines.join("\n"))
}

/// Date and place as Markdown, each on a line of its own.
pub fn event_words(event: &EventOut) -> String {
    let span = event.timezone.span(event.starts, event.ends);
    let mut lines = vec![format!(
        "**When:** {span} ({})",
        escaped(event.timezone.name())
    )];
    let place: Vec<&str> = [&event.place, &event.address]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !place.is_empty() {
        lines.push(format!("**Where:** {}", escaped(&place.join(", "))));
    }
    if let Some(url) = &event.online_url {
        lines.push(format!("**Online:** <{url}>"));
    }
    if event.cancelled {
        lines.insert(0, "**Cancelled**".to_owned());
    }
    lines.join("  \n")
}

/// Plain text as Markdown that says the same.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | '/' | ':' | '\'' | '?' | '%') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// A received activity about a `Question`, for those who know pages only: the same object as a `Page` with
/// a name and the answers in words. Anything else stays as it is.
pub fn translated(activity: &Value, title: &str, poll: &PollOut, page: &Url) -> Value {
    as_page(activity, "Question", title, |html| {
        let words = poll_words(poll, page);
        format!("{html}{}", markdown::render(&words).as_str())
    })
}

/// Likewise about an `Event`: with date and place before its text.
pub fn translated_event(activity: &Value, title: &str, event: &EventOut) -> Value {
    as_page(activity, "Event", title, |html| {
        format!("{}{html}", markdown::render(&event_words(event)).as_str())
    })
}

fn as_page(activity: &Value, kind: &str, title: &str, told: impl FnOnce(&str) -> String) -> Value {
    let mut activity = activity.clone();
    let Some(object) = activity.get_mut("object").filter(|o| o["type"] == kind) else {
        return activity;
    };
    object["type"] = "Page".into();
    if !object["name"].is_string() {
        object["name"] = title.into();
    }
    object["content"] = told(object["content"].as_str().unwrap_or_default()).into();
    if let Some(members) = object.as_object_mut() {
        // They say the text alone.
        members.shift_remove("contentMap");
        members.shift_remove("source");
    }
    activity
}

/// A vote as Mastodon's kind takes it: a note with a name and no text, to the poll's author alone.
pub fn ballot(id: &Url, voter: &Url, author: &Url, poll: &Url, answer: &str) -> Value {
    let mut note = id.clone();
    note.set_fragment(Some("ballot"));
    json!({
        "type": "Create",
        "id": id.as_str(),
        "actor": voter.as_str(),
        "to": [author.as_str()],
        "object": {
            "type": "Note",
            "id": note.as_str(),
            "attributedTo": voter.as_str(),
            "to": [author.as_str()],
            "inReplyTo": poll.as_str(),
            "name": answer,
        },
    })
}
