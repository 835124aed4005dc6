//! What real activities of other servers say to us.

use super::documents::{document, text, value, verb};
use crate::activitystreams::*;

document!(
    an_announced_create_is_read_with_its_page_and_kept_as_sent,
    "lemmy/activities/community/announce_create_page.json",
    |announce| {
        let Verb::Announce {
            object: Announced::Activity(inner, raw),
        } = verb(&announce)
        else {
            panic!("no announced activity")
        };
        assert_eq!(raw, announce["object"]);
        let Verb::Create { object } = inner.verb else {
            panic!("no create")
        };
        assert_eq!(object.name.as_deref(), Some("post 4"));
    }
);

document!(
    an_announced_video_is_a_reference,
    "peertube/activities/announce_video.json",
    |announce| {
        assert!(matches!(
            verb(&announce),
            Verb::Announce { object: Announced::Reference(id) } if id.path().starts_with("/videos/")
        ));
    }
);

document!(
    an_announced_update_of_wordpress_carries_the_article,
    "wordpress/activities/announce.json",
    |announce| {
        let Verb::Announce {
            object: Announced::Activity(inner, _),
        } = verb(&announce)
        else {
            panic!("no announced activity")
        };
        let Verb::Update { object } = inner.verb else {
            panic!("no update")
        };
        assert!(
            matches!(*object, Thing::Content(c) if c.name.as_deref() == Some("Lemmy (Part 4)"))
        );
    }
);

document!(
    an_accepted_follow_is_known_by_all_its_parts,
    "lemmy/activities/following/accept.json",
    |accept| {
        let Verb::Accept { follow } = verb(&accept) else {
            panic!("no accept")
        };
        assert_eq!(
            text(&follow.actor),
            Some("http://ds9.lemmy.ml/u/lemmy_alpha")
        );
        assert_eq!(
            text(&follow.object),
            Some("http://enterprise.lemmy.ml/c/main")
        );
        assert!(follow.id.is_some());
    }
);

document!(
    a_ban_states_reason_and_end,
    "lemmy/activities/block/undo_block_user.json",
    |undo| {
        let Verb::Undo {
            activity: Undone::Activity(block),
            ..
        } = verb(&undo)
        else {
            panic!("no undo")
        };
        assert!(matches!(
            block.verb,
            Verb::Block { reason: Some(r), remove_data: true, expires: Some(_), .. } if r == "spam post"
        ));
    }
);

document!(
    a_report_of_mastodon_names_person_and_posts,
    "mastodon/activities/flag.json",
    |flag| {
        let Verb::Flag { objects, reason } = verb(&flag) else {
            panic!("no flag")
        };
        assert_eq!(objects.len(), 3);
        assert_eq!(
            reason.as_deref(),
            Some("Please take a look at this user and their posts")
        );
    }
);

document!(
    a_tombstone_within_a_delete_stands_for_its_id,
    "mastodon/activities/delete.json",
    |delete| {
        assert!(matches!(
            verb(&delete),
            Verb::Delete { object, reason: None, .. } if object.path().ends_with("/107773559874184870")
        ));
    }
);

document!(
    a_removal_by_a_moderator_states_its_reason,
    "lemmy/activities/deletion/remove_note.json",
    |delete| {
        assert!(
            matches!(verb(&delete), Verb::Delete { reason: Some(r), .. } if r == "bad comment")
        );
    }
);

document!(
    a_warning_names_what_was_written_and_why_it_is_warned_of,
    "lemmy/activities/community/warn.json",
    |warn| {
        assert!(matches!(
            verb(&warn),
            Verb::Warn { object, reason: Some(r) } if object.path() == "/post/1541" && r == "fU8HltC5wq"
        ));
    }
);

document!(
    an_outbox_of_lemmy_holds_announces,
    "lemmy/collections/group_outbox.json",
    |outbox| {
        let outbox = read_collection(&outbox).unwrap();
        assert_eq!((outbox.total, outbox.items.len()), (Some(2), 2));
        for item in &outbox.items {
            assert!(matches!(verb(item), Verb::Announce { .. }));
        }
    }
);

#[test]
fn attack_48_activities_within_activities_end_somewhere() {
    let mut activity = serde_json::json!({"type": "Like", "actor": "https://a.example/u",
        "object": "https://a.example/1"});
    for _ in 0..10 {
        activity =
            serde_json::json!({"type": "Undo", "actor": "https://a.example/u", "object": activity});
    }
    assert_eq!(read_activity(&activity), Err(ReadError::TooDeep));
}

#[test]
fn refusals_name_the_field() {
    for (value, sentence) in [
        (serde_json::json!({}), r#""type" is missing"#),
        (
            serde_json::json!({"type": "Like", "object": "https://a.example/1"}),
            r#""actor" is missing"#,
        ),
        (
            serde_json::json!({"type": "Like", "actor": "https://u@a.example/"}),
            r#""actor" is no address to accept: it carries user information ("https://u@a.example/")"#,
        ),
        (
            serde_json::json!({"type": "Add", "actor": "https://a.example/", "object": [null]}),
            r#""object" is missing"#,
        ),
        (
            serde_json::json!({"type": "Group"}),
            r#""type" is "\"Group\"" where an activity is needed"#,
        ),
    ] {
        assert_eq!(read_activity(&value).unwrap_err().to_string(), sentence);
    }
}
