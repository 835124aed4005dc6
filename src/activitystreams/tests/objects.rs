//! What real objects and actors of other servers say to us.

use super::documents::{actor, content, document, strings, text, value, verb};
use crate::activitystreams::*;
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

document!(
    a_lemmy_page_is_read_whole,
    "lemmy/objects/page.json",
    |page| {
        let page = content(&page);
        assert_eq!(page.kind, ContentKind::Page);
        assert_eq!(page.name.as_deref(), Some("Post title"));
        assert_eq!(
            page.source_markdown.as_deref(),
            Some("This is a post in the /c/tenforward community")
        );
        assert_eq!(
            strings(&page.attributed_to),
            ["https://enterprise.lemmy.ml/u/picard"]
        );
        assert_eq!(
            strings(&page.addressing.audience),
            ["https://enterprise.lemmy.ml/c/tenforward"]
        );
        assert!(
            page.addressing.is_public() && page.comments_enabled != Some(false) && !page.sensitive
        );
        assert_eq!(
            text(&page.link),
            Some("https://enterprise.lemmy.ml/pictrs/image/eOtYb9iEiB.png")
        );
        assert_eq!(page.image.map(|i| i.url), page.link);
        assert_eq!(page.language.as_deref(), Some("fr"));
        assert_eq!(
            page.published,
            Timestamp::parse("2021-02-26T12:35:34.292626Z")
        );
        assert_eq!(page.mentions.len(), 1);
        assert_eq!(
            text(&page.context),
            Some("https://enterprise.lemmy.ml/post/55143/context")
        );
    }
);

document!(
    a_link_is_found_behind_a_picture,
    "lemmy/objects/page_image_and_link.json",
    |page| {
        let page = content(&page);
        assert_eq!(text(&page.link), Some("https://example.com/some-article"));
        assert_eq!(page.images.len(), 1);
    }
);

document!(
    a_lemmy_comment_knows_its_parent_and_mentions,
    "lemmy/objects/comment.json",
    |note| {
        let note = content(&note);
        assert_eq!(
            text(&note.in_reply_to),
            Some("https://enterprise.lemmy.ml/post/55143")
        );
        assert_eq!(
            note.mentions[0].name.as_deref(),
            Some("@picard@enterprise.lemmy.ml")
        );
        assert!(note.updated > note.published && !note.distinguished);
    }
);

document!(
    a_lemmy_group_has_moderators_featured_and_a_key,
    "lemmy/objects/group.json",
    |group| {
        let group = actor(&group);
        assert_eq!(group.kind, ActorKind::Group);
        assert_eq!(group.preferred_username, "tenforward");
        assert_eq!(
            text(&group.moderators),
            Some("https://enterprise.lemmy.ml/c/tenforward/moderators")
        );
        assert_eq!(
            text(&group.shared_inbox),
            Some("https://enterprise.lemmy.ml/inbox")
        );
        let key = group.public_key.unwrap();
        assert_eq!(key.owner, group.id);
        assert!(key.pem.starts_with("-----BEGIN PUBLIC KEY"));
    }
);

document!(
    an_actor_of_discourse_keeps_its_shared_inbox_elsewhere,
    "discourse/objects/person.json",
    |person| {
        assert_eq!(
            text(&actor(&person).shared_inbox),
            Some("https://socialhub.activitypub.rocks/ap/users/inbox")
        );
    }
);

document!(
    a_group_of_mobilizon_takes_no_threads_from_elsewhere,
    "mobilizon/objects/group.json",
    |group| {
        assert!(actor(&group).posting_restricted_to_mods);
    }
);

document!(
    a_channel_of_peertube_has_its_widest_icon_and_an_owner_but_no_moderators,
    "peertube/objects/group.json",
    |group| {
        let group = actor(&group);
        assert_eq!(group.moderators, None);
        assert_eq!(
            strings(&group.owners),
            ["https://tilvids.com/accounts/thelinuxexperiment"]
        );
        assert!(group.posting_restricted_to_mods);
        assert!(text(&group.icon).unwrap().contains("13b0214b"));
    }
);

document!(
    a_video_belongs_to_its_person_first_and_links_to_its_page,
    "peertube/objects/video.json",
    |video| {
        let video = content(&video);
        assert_eq!(video.kind, ContentKind::Video);
        assert_eq!(
            strings(&video.attributed_to),
            [
                "https://tilvids.com/accounts/thelinuxexperiment",
                "https://tilvids.com/video-channels/thelinuxexperiment_channel"
            ]
        );
        assert_eq!(
            text(&video.url),
            Some("https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1")
        );
        assert_eq!(video.media_type.as_deref(), Some("text/markdown"));
        assert_eq!(video.source_markdown, video.html);
        assert!(video.image.unwrap().url.path().contains("/previews/"));
        let Some(FirstPage::Reference(comments)) = video.comments else {
            panic!("{:?}", video.comments);
        };
        assert_eq!(comments.as_str(), format!("{}/comments", video.id));
    }
);

document!(
    an_event_belongs_to_its_person_first_and_then_the_group,
    "mobilizon/objects/event.json",
    |event| {
        let event = content(&event);
        assert_eq!(event.kind, ContentKind::Event);
        assert_eq!(
            event.name.as_deref(),
            Some("Caledonian scottish dance class")
        );
        assert_eq!(
            strings(&event.attributed_to),
            [
                "https://rendezvous.nomagic.uk/@emorrp1",
                "https://rendezvous.nomagic.uk/@devon_caledonian_society"
            ]
        );
        assert_eq!(event.language.as_deref(), Some("en"));
        assert_eq!(event.hashtags[..2], ["Dance", "Caledonian"]);
        assert_eq!(event.images[0].alt.as_deref(), Some("Banner"));
    }
);

document!(
    a_picture_of_mastodon_keeps_its_description,
    "mastodon/objects/note_2.json",
    |note| {
        let note = content(&note);
        let alt = note.images[0].alt.as_deref().unwrap();
        assert!(alt.starts_with("The KDE dragons Katie and Konqi"));
        assert_eq!(
            note.mentions[0].href.as_str(),
            "https://lemmy.kde.social/c/kde"
        );
        assert_eq!(note.language.as_deref(), Some("en"));
        assert_eq!(note.context, None);
    }
);

document!(
    an_article_of_wordpress_has_sound_picture_addresses,
    "wordpress/objects/page.json",
    |page| {
        let page = content(&page);
        assert_eq!(page.kind, ContentKind::Article);
        assert_eq!(page.images.len(), 4);
        assert!(
            page.images[0]
                .url
                .as_str()
                .ends_with("?fit=980%2C980&ssl=1")
        );
        assert_eq!(
            page.images[0].alt.as_deref(),
            Some("A fleet of varied spacships")
        );
    }
);

document!(
    an_article_of_nodebb_has_its_title_and_topic,
    "nodebb/objects/page.json",
    |page| {
        let page = content(&page);
        assert_eq!(page.name.as_deref(), Some("Welcome to your NodeBB!"));
        assert_eq!(text(&page.context), Some("https://bb.devnull.land/topic/1"));
        assert!(page.source_markdown.is_some() && page.updated.is_none());
    }
);

document!(
    a_null_truth_value_of_pleroma_is_false,
    "pleroma/objects/note.json",
    |note| {
        let note = content(&note);
        assert!(!note.sensitive && note.summary.is_none() && note.source_markdown.is_none());
        assert!(note.addressing.is_public());
    }
);

document!(
    a_private_message_is_not_public,
    "lemmy/objects/private_message.json",
    |note| {
        assert!(!content(&note).addressing.is_public());
    }
);

#[test]
fn a_poll_is_a_question_and_a_vote_a_note_with_a_name() {
    let question = serde_json::json!({
        "id": "https://m.example/1", "type": "Question", "attributedTo": "https://m.example/u/a",
        "content": null, "contentMap": {"en": "<p>Tea?</p>"}, "to": "as:Public",
        "oneOf": [{"type": "Note", "name": "Yes"}],
    });
    let question = content(&question);
    assert_eq!(question.kind, ContentKind::Question);
    assert_eq!(question.html.as_deref(), Some("<p>Tea?</p>"));
    assert!(question.addressing.is_public());

    let vote = serde_json::json!({
        "type": "Create", "actor": "https://b.example/u/b", "to": ["https://m.example/u/a"],
        "object": {"id": "https://b.example/v", "type": "Note", "name": "Yes",
            "inReplyTo": {"id": "https://m.example/1"}},
    });
    let Verb::Create { object } = verb(&vote) else {
        panic!("no create")
    };
    assert_eq!(object.name.as_deref(), Some("Yes"));
    assert_eq!(text(&object.in_reply_to), Some("https://m.example/1"));
    assert_eq!(strings(&object.attributed_to), ["https://b.example/u/b"]);
    assert_eq!(strings(&object.addressing.to), ["https://m.example/u/a"]);
}

#[test]
fn the_page_for_people_is_told_from_sounds_and_from_what_is_linked() {
    let of = |kind: &str, url: serde_json::Value| {
        let object = serde_json::json!({
            "id": "https://a.example/o/1", "type": kind, "name": "A name",
            "attributedTo": "https://a.example/u/a", "url": url,
        });
        let object = content(&object);
        (
            text(&object.url).map(str::to_owned),
            text(&object.link).map(str::to_owned),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    // Funkwhale says `mimeType`.
    let song = serde_json::json!([
        {"type": "Link", "mimeType": "audio/ogg", "href": "https://a.example/listen/1"},
        {"type": "Link", "mimeType": "text/html", "href": "https://a.example/library/1"},
    ]);
    assert_eq!(
        of("Audio", song),
        (some("https://a.example/library/1"), None)
    );
    // Lotide and Friendica put the link of a page there.
    let elsewhere = "https://news.example/1";
    assert_eq!(of("Page", elsewhere.into()), (None, some(elsewhere)));
    assert_eq!(of("Note", elsewhere.into()), (some(elsewhere), None));
    for own in ["https://a.example/p/1", "https://www.a.example/p/1"] {
        assert_eq!(of("Page", own.into()), (some(own), None));
    }
    assert_eq!(
        of("Page", "https://ba.example/1".into()),
        (None, some("https://ba.example/1"))
    );
}

#[test]
fn an_actor_of_a_kind_we_do_not_know_is_no_text() {
    let feed = serde_json::json!({
        "id": "https://a.example/f/1", "type": "Feed", "preferredUsername": "news",
        "inbox": "https://a.example/f/1/inbox", "attributedTo": "https://a.example/u/a",
    });
    let why = read_object(&feed).unwrap_err().to_string();
    assert!(
        why.contains("Feed") && why.contains("a person or a group"),
        "{why}"
    );
}

#[test]
fn an_answer_to_what_has_no_usable_address_is_refused_and_begins_nothing() {
    let answer = |parent: serde_json::Value| {
        read_object(&serde_json::json!({
            "id": "https://a.example/o/1", "type": "Note", "content": "Yes",
            "attributedTo": "https://a.example/u/a", "inReplyTo": parent,
        }))
    };
    let long = format!("https://a.example/{}", "a".repeat(2100));
    for parent in [
        "tag:b.example,2026:1",
        "at://did:plc:1/app.bsky.feed.post/2",
        long.as_str(),
    ] {
        let refused = answer(parent.into());
        assert!(
            matches!(refused, Err(ReadError::BadUrl { .. })),
            "{refused:?}"
        );
    }
    for none in [
        serde_json::json!(null),
        "".into(),
        serde_json::json!([]),
        false.into(),
    ] {
        let Ok(Thing::Content(content)) = answer(none.clone()) else {
            panic!("{none} is no parent")
        };
        assert_eq!(content.in_reply_to, None);
    }
    // One of several is enough.
    let Ok(Thing::Content(content)) = answer(serde_json::json!([
        "tag:b.example,2026:1",
        "https://b.example/o/2"
    ])) else {
        panic!("it has a parent")
    };
    assert_eq!(text(&content.in_reply_to), Some("https://b.example/o/2"));
}
