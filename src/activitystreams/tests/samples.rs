//! Documents of our own, for the tests.

use url::Url;

use crate::activitystreams::*;
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

pub(super) fn url(path: &str) -> Url {
    Url::parse("https://us.example")
        .unwrap()
        .join(path)
        .unwrap()
}

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T09:30:00.123Z").unwrap()
}

pub(super) fn ann() -> Mention {
    Mention {
        href: Url::parse("https://peer.example/u/ann").unwrap(),
        name: Some("@ann@peer.example".into()),
    }
}

pub(super) fn a_page() -> PageOut {
    PageOut {
        id: url("/post/1"),
        author: url("/u/bob"),
        group: url("/c/looms"),
        title: "Which loom?".into(),
        html: Some("<p>For a beginner</p>".into()),
        markdown: Some("For a *beginner*".into()),
        link: Some(Url::parse("https://shop.example/loom").unwrap()),
        image: Some(ImageRef {
            url: url("/media/loom.webp"),
            alt: Some("A loom".into()),
        }),
        sensitive: true,
        comments_enabled: false,
        language: Some("de".into()),
        published: now(),
        updated: Some(now().plus(1_000)),
        mentions: vec![ann()],
    }
}

pub(super) fn a_note() -> NoteOut {
    NoteOut {
        id: url("/comment/2"),
        author: url("/u/bob"),
        group: url("/c/looms"),
        in_reply_to: url("/post/1"),
        parent_author: Some((ann().href, "@ann@peer.example".into())),
        html: "<p>A small one</p>".into(),
        markdown: Some("A small one".into()),
        language: None,
        distinguished: true,
        published: now(),
        updated: None,
        mentions: vec![
            ann(),
            Mention {
                href: url("/u/eve"),
                name: None,
            },
        ],
        hashtags: vec![("looms".into(), url("/search?q=%23looms"))],
    }
}

pub(super) fn an_actor(kind: ActorKind, path: &str) -> ActorOut {
    ActorOut {
        id: url(path),
        kind,
        name: "looms".into(),
        display_name: Some("Looms & more".into()),
        summary_html: Some("<p>All about looms</p>".into()),
        summary_markdown: Some("All about looms".into()),
        icon: Some(url("/media/icon.png")),
        image: None,
        public_key_pem: "-----BEGIN PUBLIC KEY-----".into(),
        published: now(),
        updated: None,
        posting_restricted_to_mods: true,
        sensitive: false,
        private: false,
        tagline: None,
        shared_inbox: url("/inbox"),
        also_known_as: Vec::new(),
        moved_to: None,
        institution: Some("Weavers <& sons>".into()),
    }
}
