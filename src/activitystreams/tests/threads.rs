//! Polls and events: what we read of them, what we write, and their translations into pages.

use serde_json::{Value, json};
use url::Url;

use super::documents::{content, document, value};
use super::samples::{a_page, now, url};
use crate::activitystreams::*;
use crate::domain::event::Zone;
use crate::domain::extras::{AttachmentKind, Emoji};
use crate::domain::time::{DAY, Timestamp};

fn read(value: &Value) -> Content {
    match read_object(&with_context(value.clone())).unwrap() {
        Thing::Content(content) => *content,
        other => panic!("{other:?}"),
    }
}

fn note(change: impl FnOnce(&mut Value)) -> Content {
    let mut note = json!({
        "id": "https://m.example/users/felix/statuses/1", "type": "Note", "content": "<p>Hi</p>",
        "attributedTo": "https://m.example/users/felix", "to": [PUBLIC],
    });
    change(&mut note);
    read(&note)
}

fn a_poll() -> PollOut {
    PollOut {
        multiple: false,
        options: vec![("Linen".into(), Some(3)), ("*Wool*".into(), Some(0))],
        ends: Some(now().plus(DAY)),
        closed: false,
        voters: Some(3),
    }
}

fn an_event() -> EventOut {
    EventOut {
        starts: Timestamp::parse("2026-12-03T17:00:00Z").unwrap(),
        ends: Some(Timestamp::parse("2026-12-03T19:00:00Z").unwrap()),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        place: Some("Lab 3".into()),
        address: Some("Main Street 1, Bonn".into()),
        online_url: Some(Url::parse("https://meet.example/looms").unwrap()),
        cancelled: false,
    }
}

document!(
    a_mobilizon_event_says_when_and_where,
    "mobilizon/objects/event.json",
    |event| {
        let event = content(&event).event.unwrap();
        assert_eq!(
            event.starts,
            Timestamp::parse("2022-12-11T19:00:00Z").unwrap()
        );
        assert_eq!(event.ends, Timestamp::parse("2022-12-11T21:00:00Z"));
        assert_eq!(event.timezone.as_deref(), Some("Europe/London"));
        assert_eq!(event.place.as_deref(), Some("The Kenn Centre"));
        assert_eq!(
            event.address.as_deref(),
            Some("Devon Expressway, EX6 7TW Teignbridge, England, United Kingdom")
        );
        assert!(!event.cancelled);
    }
);

#[test]
fn a_question_we_write_is_read_back_equal() {
    let out = a_page();
    let special = Special {
        poll: Some(a_poll()),
        ..Special::default()
    };
    let written = thread(&out, &special, Form::Native);
    assert_eq!(written["type"], "Question");
    assert_eq!(written["oneOf"][0]["replies"]["totalItems"], 3);
    assert_eq!(written["votersCount"], 3);
    assert!(written.get("anyOf").is_none() && written.get("closed").is_none());
    // Mastodon shows the content alone; the source is what the author wrote.
    let html = written["content"].as_str().unwrap();
    assert!(
        html.starts_with("<p><strong>Which loom?</strong></p>\n<p>For a beginner</p>"),
        "{html}"
    );
    assert_eq!(written["source"]["content"], "For a *beginner*");
    let back = read(&written);
    assert_eq!(back.kind, ContentKind::Question);
    let poll = back.poll.unwrap();
    assert!(!poll.multiple && !poll.closed);
    assert_eq!(poll.ends, special.poll.as_ref().unwrap().ends);
    let names: Vec<_> = poll
        .options
        .iter()
        .map(|o| (o.name.as_str(), o.votes))
        .collect();
    assert_eq!(names, [("Linen", Some(3)), ("*Wool*", Some(0))]);
    assert_eq!(poll.voters, Some(3));

    // As a page it is told in words, and is known for a translation.
    let page = thread(&out, &special, Form::Page);
    assert_eq!(
        (page["type"].as_str(), page["name"].as_str()),
        (Some("Page"), Some("Which loom?"))
    );
    let (html, source) = (
        page["content"].as_str().unwrap(),
        page["source"]["content"].as_str().unwrap(),
    );
    assert!(
        html.contains("<li>Linen</li>") && html.contains("<li>*Wool*</li>"),
        "{html}"
    );
    assert!(
        source.starts_with("For a *beginner*\n\n**Poll** (choose one, until "),
        "{source}"
    );
    assert!(html.contains(out.id.as_str()));
    assert!(read(&page).is_translation() && !back.mentions.is_empty());
}

#[test]
fn an_event_we_write_tells_date_and_place_in_its_text_as_well() {
    let mut out = a_page();
    out.markdown = None;
    out.html = None;
    let special = Special {
        event: Some(an_event()),
        ..Special::default()
    };
    let written = thread(&out, &special, Form::Native);
    assert_eq!(written["type"], "Event");
    assert_eq!(written["startTime"], "2026-12-03T17:00:00Z");
    assert_eq!(written["location"]["name"], "Lab 3");
    assert_eq!(written["source"]["content"], "");
    let html = written["content"].as_str().unwrap();
    assert!(
        html.contains("Thursday, 3 December 2026, 18:00–20:00 (Europe/Berlin)"),
        "{html}"
    );
    assert!(
        html.contains("Lab 3, Main Street 1, Bonn") && html.contains("https://meet.example/looms")
    );
    let back = read(&written);
    assert_eq!(back.source_markdown.as_deref(), Some(""));
    let event = back.event.unwrap();
    assert_eq!(
        (event.starts, event.ends),
        (an_event().starts, an_event().ends)
    );
    assert_eq!(
        (event.place, event.address),
        (an_event().place, an_event().address)
    );
    assert_eq!(event.online_url, an_event().online_url);
    assert_eq!(back.link, out.link, "and no link of the thread");
    assert_eq!(event.timezone.as_deref(), Some("Europe/Berlin"));
    let page = thread(&out, &special, Form::Page);
    assert_eq!(page["type"], "Page");
    assert!(
        page["source"]["content"]
            .as_str()
            .unwrap()
            .starts_with("**When:**")
    );
}

#[test]
fn a_page_without_anything_special_stays_as_it_is() {
    let out = a_page();
    for form in [Form::Native, Form::Page] {
        assert_eq!(thread(&out, &Special::default(), form), page(&out));
    }
    let special = Special {
        excerpt: Some("For a beginner".into()),
        hashtags: vec![("looms".into(), url("/search?q=%23looms"))],
        ..Special::default()
    };
    let written = thread(&out, &special, Form::Native);
    assert_eq!(written["summary"], "For a beginner");
    assert_eq!(written["tag"][1]["name"], "#looms");
    assert!(thread(&out, &special, Form::Page).get("summary").is_none());
}

#[test]
fn polls_of_peers_are_read_in_their_spellings() {
    let question = |change: &dyn Fn(&mut Value)| {
        let mut value = json!({
            "id": "https://m.example/q/1", "type": "Question", "content": "<p>Which?</p>",
            "attributedTo": "https://m.example/users/felix", "to": [PUBLIC],
            "endTime": "2026-11-25T00:00:00Z", "votersCount": 2,
            "anyOf": [],
            "oneOf": [{"type": "Note", "name": "A", "replies": {"type": "Collection", "totalItems": 2}}, {"type": "Note", "name": "B", "replies": {"type": "Collection", "totalItems": 0}}],
        });
        change(&mut value);
        read(&value).poll
    };
    assert!(!question(&|_| {}).unwrap().multiple);
    let many = question(&|q| {
        q["anyOf"] = q["oneOf"].take();
    });
    assert!(many.unwrap().multiple);
    // GoToSocial and Mastodon say when it was closed, Pleroma that it is.
    for closed in [json!("2026-11-25T00:00:00Z"), json!(true)] {
        assert!(question(&|q| q["closed"] = closed.clone()).unwrap().closed);
    }
    assert!(!question(&|q| q["closed"] = Value::Null).unwrap().closed);
    // Numbers that are not shown.
    let hidden = question(&|q| {
        q["oneOf"] = json!([{"type": "Note", "name": "A"}, {"type": "Note", "name": "B"}]);
    });
    assert!(hidden.unwrap().options.iter().all(|o| o.votes.is_none()));
    assert_eq!(question(&|q| q["oneOf"] = json!([])), None);
    assert_eq!(note(|n| n["oneOf"] = json!([{"name": "A"}])).poll, None);
}

#[test]
fn a_ballot_is_a_note_with_a_name_and_no_text() {
    let id = url("/activities/vote/1");
    let (voter, author) = (
        url("/u/bob"),
        Url::parse("https://m.example/users/felix").unwrap(),
    );
    let poll = Url::parse("https://m.example/q/1").unwrap();
    let written = ballot(&id, &voter, &author, &poll, "Linen");
    assert_eq!(written["to"], json!([author.as_str()]));
    let vote = read(&written["object"]);
    assert_eq!(vote.ballot(), Some((&poll, "Linen")));
    assert!(!vote.addressing.is_public());
    assert_eq!(
        note(|n| n["inReplyTo"] = poll.as_str().into()).ballot(),
        None
    );
    let named = |n: &mut Value| {
        n["name"] = "A".into();
        n["inReplyTo"] = poll.as_str().into();
    };
    assert_eq!(note(named).ballot(), None);
}

#[test]
fn attachments_emoji_and_languages_of_notes_are_read() {
    let read = note(|n| {
        n["attachment"] = json!([
            {"type": "Document", "mediaType": "image/jpeg", "url": "https://m.example/a.jpg", "name": "A loom"},
            {"type": "Document", "mediaType": "video/mp4", "url": "https://m.example/b.mp4", "name": "It weaves"},
            {"type": "Audio", "url": [{"type": "Link", "href": "https://m.example/c.ogg"}]},
            {"type": "Link", "href": "https://a.example/"},
        ]);
        n["tag"] = json!([
            {"type": "Emoji", "name": ":blobcat:", "icon": {"type": "Image", "url": "https://m.example/e.png"}},
            {"type": "Emoji", "name": ":not a code:", "icon": {"type": "Image", "url": "https://m.example/f.png"}},
            {"type": "Mention", "name": "@looms@school.example"},
        ]);
        n["contentMap"] = json!({"en": "<p>Hi</p>", "de": "<p>Hallo</p>"});
    });
    assert_eq!(read.images.len(), 1);
    let kinds: Vec<_> = read.media.iter().map(|m| m.kind).collect();
    assert_eq!(kinds, [AttachmentKind::Video, AttachmentKind::Audio]);
    assert_eq!(read.media[0].alt.as_deref(), Some("It weaves"));
    let cat = Emoji {
        shortcode: "blobcat".into(),
        url: "https://m.example/e.png".into(),
    };
    assert_eq!(read.emoji, [cat]);
    assert_eq!(
        read.language.as_deref(),
        Some("en"),
        "the entry that the content is"
    );
    assert_eq!(read.mentioned_names, ["@looms@school.example"]);

    let only_mapped = |language: Option<&str>| {
        note(|n| {
            n["content"] = Value::Null;
            n["contentMap"] = json!({"en": "<p>Hi</p>", "de": "<p>Hallo</p>"});
            n["language"] = language.into();
        })
    };
    assert_eq!(
        only_mapped(Some("de")).html.as_deref(),
        Some("<p>Hallo</p>")
    );
    assert_eq!(only_mapped(None).html.as_deref(), Some("<p>Hi</p>"));
}

#[test]
fn a_question_from_elsewhere_is_translated_for_those_who_know_pages() {
    let create = json!({
        "id": "https://m.example/a/1", "type": "Create", "actor": "https://m.example/users/felix",
        "object": {"id": "https://m.example/q/1", "type": "Question", "content": "<p>Which?</p>", "contentMap": {"en": "<p>Which?</p>"}},
    });
    let page = Url::parse("https://m.example/@felix/1").unwrap();
    let told = translated(&create, "Which?", &a_poll(), &page);
    assert_eq!(
        (&told["object"]["type"], &told["object"]["name"]),
        (&json!("Page"), &json!("Which?"))
    );
    let html = told["object"]["content"].as_str().unwrap();
    assert!(
        html.starts_with("<p>Which?</p>") && html.contains("<li>Linen</li>"),
        "{html}"
    );
    assert!(html.contains(page.as_str()) && told["object"].get("contentMap").is_none());
    let other = json!({"type": "Create", "object": {"type": "Note"}});
    assert_eq!(translated(&other, "x", &a_poll(), &page), other);
}
