//! What we write, we read back equal; and the shapes that peers insist on.

use serde_json::{Value, json};
use url::Url;

use super::samples::{a_note, a_page, an_actor, ann, now, url};
use crate::activitystreams::*;
use crate::domain::kinds::ActorKind;

/// As a peer would see it: with context, through bytes.
fn sent(value: Value) -> Value {
    let sent = with_context(value);
    assert_eq!(sent.as_object().unwrap().keys().next().unwrap(), "@context");
    let read = parse_json(sent.to_string().as_bytes()).unwrap();
    assert_eq!(read, sent);
    read
}

fn content(value: Value) -> Content {
    match read_object(&sent(value)).unwrap() {
        Thing::Content(content) => *content,
        other => panic!("{other:?}"),
    }
}

fn actor_doc(out: &ActorOut) -> ActorDoc {
    match read_object(&sent(actor(out))).unwrap() {
        Thing::Actor(actor) => *actor,
        other => panic!("{other:?}"),
    }
}

fn public() -> Url {
    Url::parse(PUBLIC).unwrap()
}

#[test]
fn a_page_we_write_is_read_back_equal() {
    let out = a_page();
    let read = content(page(&out));
    let expected = Content {
        id: out.id.clone(),
        kind: ContentKind::Page,
        attributed_to: vec![out.author],
        addressing: Addressing {
            to: vec![out.group.clone(), public()],
            cc: vec![],
            audience: vec![out.group],
            unstated: false,
        },
        in_reply_to: None,
        context: None,
        replies: None,
        comments: None,
        name: Some(out.title),
        summary: None,
        html: out.html,
        media_type: Some("text/html".into()),
        source_markdown: out.markdown,
        url: Some(out.id),
        link: out.link,
        image: out.image.clone(),
        images: out.image.into_iter().collect(),
        media: vec![],
        emoji: vec![],
        poll: None,
        event: None,
        sensitive: out.sensitive,
        comments_enabled: Some(out.comments_enabled),
        language: out.language,
        published: Some(out.published),
        updated: out.updated,
        mentions: out.mentions,
        mentioned_names: vec![],
        hashtags: vec![],
        distinguished: false,
    };
    assert_eq!(read, expected);
}

#[test]
fn the_link_of_a_page_is_its_first_attachment() {
    let written = page(&a_page());
    assert_eq!(written["attachment"][0]["type"], "Link");
    assert_eq!(written["attachment"][1]["name"], "A loom");
    assert_eq!(written["attachment"][1]["mediaType"], "image/webp");
    assert_eq!(
        written["language"],
        json!({"identifier": "de", "name": "Deutsch"})
    );
}

#[test]
fn a_note_we_write_is_read_back_equal_and_reaches_all_it_names() {
    let out = a_note();
    let read = content(note(&out));
    assert_eq!(read.kind, ContentKind::Note);
    assert_eq!(read.addressing.to, [public()]);
    assert_eq!(
        read.addressing.cc,
        [out.group.clone(), ann().href, url("/u/eve")]
    );
    assert_eq!(read.addressing.audience, [out.group]);
    assert_eq!(read.mentions, out.mentions);
    assert_eq!(read.in_reply_to, Some(out.in_reply_to));
    assert_eq!(read.html, Some(out.html));
    assert_eq!(read.source_markdown, out.markdown);
    assert_eq!(read.distinguished, out.distinguished);
    assert_eq!(read.published, Some(out.published));
    assert_eq!(read.updated, None);
    assert_eq!(read.attributed_to, [out.author]);
}

#[test]
fn actors_we_write_are_read_back_equal() {
    let mut out = an_actor(ActorKind::Group, "/c/looms");
    out.sensitive = true;
    let read = actor_doc(&out);
    let expected = ActorDoc {
        id: out.id.clone(),
        kind: ActorKind::Group,
        preferred_username: out.name,
        multikeys: vec![],
        name: out.display_name,
        summary_html: out.summary_html,
        source_markdown: out.summary_markdown,
        url: Some(out.id.clone()),
        icon: out.icon,
        image: None,
        inbox: url("/c/looms/inbox"),
        shared_inbox: Some(out.shared_inbox),
        outbox: url("/c/looms/outbox"),
        followers: Some(url("/c/looms/followers")),
        featured: Some(url("/c/looms/featured")),
        moderators: Some(url("/c/looms/moderators")),
        owners: vec![],
        public_key: Some(PublicKeyDoc {
            id: url("/c/looms#main-key"),
            owner: out.id,
            pem: out.public_key_pem,
        }),
        sensitive: true,
        posting_restricted_to_mods: true,
        manually_approves_followers: false,
        moved_to: None,
        also_known_as: vec![],
        published: Some(out.published),
        updated: None,
    };
    assert_eq!(read, expected);
}

#[test]
fn the_site_has_its_inbox_at_the_shared_one_and_a_person_an_institution() {
    let site = actor_doc(&an_actor(ActorKind::Application, "/"));
    assert_eq!(site.inbox, url("/inbox"));
    assert_eq!(site.outbox, url("/outbox"));
    assert_eq!(site.followers, None);
    assert_eq!(site.public_key.unwrap().id, url("/#main-key"));

    let person = actor(&an_actor(ActorKind::Person, "/u/bob"));
    assert_eq!(
        person["attachment"][0]["value"],
        "Weavers &lt;&amp; sons&gt;"
    );
    assert_eq!(person["following"], "https://us.example/u/bob/following");
    assert_eq!(
        actor_doc(&an_actor(ActorKind::Person, "/u/bob")).moderators,
        None
    );
}

#[test]
fn the_site_fits_into_what_lemmy_stores_of_one() {
    let mut site = an_actor(ActorKind::Application, "/");
    site.display_name = Some("Institute for the Teaching of Structural Biology".into());
    site.tagline = Some("é".repeat(160));
    let written = actor(&site);
    // `name varchar(20)` and `description varchar(150)` in Lemmy 0.19: one more and the site is not
    // stored, and Lemmy sends the deletion of accounts only to hosts whose site it knows.
    assert_eq!(written["name"], "Institute for the T…");
    assert_eq!(written["summary"].as_str().unwrap().chars().count(), 150);
    assert_eq!(written["content"], "<p>All about looms</p>");
    assert_eq!(written["source"]["content"], "All about looms");
    // Its `Instance` reads these without tolerance.
    assert_eq!(written["type"], "Application");
    assert_eq!(written["mediaType"], "text/html");
    for demanded in ["id", "inbox", "outbox", "publicKey", "published"] {
        assert!(!written[demanded].is_null(), "{demanded}");
    }
    site.tagline = None;
    assert_eq!(actor(&site).get("summary"), None);
}

#[test]
fn what_lemmy_demands_of_an_announced_activity_is_there() {
    let (id, bob, post, looms) = (url("/a/1"), url("/u/bob"), url("/post/1"), url("/c/looms"));
    let target = url("/c/looms/featured");
    let inner = [
        delete(&id, &bob, &post, Some(&looms), None),
        lock(&id, &bob, &post, &looms, Some("off topic")),
        undo(&id, &bob, lock(&url("/a/2"), &bob, &post, &looms, None)),
        add(&id, &bob, &post, &target, &looms),
        remove(&id, &bob, &post, &target, &looms),
        create(&id, &bob, page(&a_page())),
        create(&id, &bob, note(&a_note())),
        update(&id, &bob, actor(&an_actor(ActorKind::Group, "/c/looms"))),
    ];
    for activity in inner {
        let announced = announce(
            &url("/a/9"),
            &looms,
            &url("/c/looms/followers"),
            activity,
            None,
        );
        let inner = &announced["object"];
        for (document, field) in [(&announced, "id"), (&announced, "to"), (&announced, "cc")]
            .into_iter()
            .chain(["id", "actor", "to", "cc", "object"].map(|field| (inner, field)))
        {
            assert!(!document[field].is_null(), "{field} of {document}");
        }
        // `verify_is_public` looks into the activity's own addressing, literally.
        let is_public = |value: &Value| {
            ["to", "cc"].iter().any(|field| {
                let list = value[*field].as_array().unwrap();
                list.contains(&json!(PUBLIC))
            })
        };
        assert!(is_public(&announced) && is_public(inner), "{inner}");
    }
}

#[test]
fn a_removal_without_a_reason_still_has_the_summary_by_which_lemmy_tells_it_from_a_deletion() {
    let (id, ann, post, looms) = (url("/a/1"), url("/u/ann"), url("/post/1"), url("/c/looms"));
    let removed = delete(&id, &ann, &post, Some(&looms), Some(""));
    assert_eq!(removed["summary"], "");
    let restored = undo(&url("/a/2"), &ann, removed);
    assert_eq!(restored["object"]["summary"], "");
    let deleted = delete(&id, &ann, &post, Some(&looms), None);
    assert_eq!(deleted.get("summary"), None);
}

#[test]
fn who_leaves_asks_lemmy_to_remove_what_they_wrote() {
    let written = farewell(&url("/a/1"), &url("/u/bob"), true);
    // Without it Lemmy empties the profile and keeps the contributions.
    assert_eq!(written["removeData"], true);
    assert_eq!(written["to"], json!([PUBLIC]));
    let read = read_activity(&sent(written)).unwrap();
    assert_eq!(
        read.verb,
        Verb::Delete {
            object: url("/u/bob"),
            reason: None,
            remove_data: Some(true),
        }
    );
}

#[test]
fn activities_we_write_are_read_back_as_what_they_are() {
    let (id, bob, post, looms) = (url("/a/1"), url("/u/bob"), url("/post/1"), url("/c/looms"));
    let target = url("/c/looms/featured");
    let verb = |value: Value| read_activity(&sent(value)).unwrap().verb;

    let written_follow = follow(&url("/a/f"), &bob, &looms);
    let followed = FollowRef {
        id: Some(url("/a/f")),
        actor: Some(bob.clone()),
        object: Some(looms.clone()),
    };
    let object = || post.clone();
    for (written, expected) in [
        (
            written_follow.clone(),
            Verb::Follow {
                object: looms.clone(),
            },
        ),
        (
            accept(&id, &looms, with_context(written_follow.clone())),
            Verb::Accept {
                follow: followed.clone(),
            },
        ),
        (
            reject(&id, &looms, written_follow),
            Verb::Reject { follow: followed },
        ),
        (
            like(&id, &bob, &post, &looms),
            Verb::Like { object: object() },
        ),
        (
            dislike(&id, &bob, &post, &looms),
            Verb::Dislike { object: object() },
        ),
        (
            delete(&id, &bob, &post, Some(&looms), Some("spam")),
            Verb::Delete {
                object: object(),
                reason: Some("spam".into()),
                remove_data: None,
            },
        ),
        (
            delete(&id, &bob, &bob, None, None),
            Verb::Delete {
                object: bob.clone(),
                reason: None,
                remove_data: None,
            },
        ),
        (
            add(&id, &bob, &post, &target, &looms),
            Verb::Add {
                object: object(),
                target: target.clone(),
            },
        ),
        (
            remove(&id, &bob, &post, &target, &looms),
            Verb::Remove {
                object: object(),
                target: target.clone(),
            },
        ),
        (
            announce(&id, &looms, &url("/f"), post.as_str().into(), Some(now())),
            Verb::Announce {
                object: Announced::Reference(object()),
            },
        ),
        (
            create(&id, &bob, page(&a_page())),
            Verb::Create {
                object: Box::new(content(page(&a_page()))),
            },
        ),
        (
            update(&id, &bob, note(&a_note())),
            Verb::Update {
                object: Box::new(Thing::Content(Box::new(content(note(&a_note()))))),
            },
        ),
    ] {
        assert_eq!(verb(written), expected);
    }
}

#[test]
fn wrapped_activities_keep_their_audience_and_lose_their_context() {
    let (id, bob, looms) = (url("/a/2"), url("/u/bob"), url("/c/looms"));
    let vote = like(&url("/a/1"), &bob, &url("/post/1"), &looms);
    let undone = undo(&id, &bob, with_context(vote.clone()));
    assert_eq!(undone["object"], vote);
    assert_eq!(undone["audience"], looms.as_str());
    let wrapped = announce(
        &url("/a/3"),
        &looms,
        &url("/c/looms/followers"),
        undone.clone(),
        None,
    );
    assert_eq!(
        wrapped["cc"],
        json!(["https://us.example/c/looms/followers"])
    );
    match read_activity(&sent(wrapped)).unwrap().verb {
        Verb::Announce {
            object: Announced::Activity(inner, raw),
        } => {
            assert_eq!(raw, undone);
            assert!(
                matches!(inner.verb, Verb::Undo { activity: Undone::Activity(like), .. }
                if like.verb == Verb::Like { object: url("/post/1") })
            );
        }
        other => panic!("{other:?}"),
    }

    let written = create(&id, &bob, page(&a_page()));
    assert_eq!(written["to"], json!(["https://us.example/c/looms", PUBLIC]));
    assert_eq!(written["published"], written["object"]["published"]);
    let updated = update(&id, &looms, actor(&an_actor(ActorKind::Group, "/c/looms")));
    assert_eq!(updated["to"], json!([PUBLIC]));
    assert_eq!(
        updated["cc"],
        json!(["https://us.example/c/looms/followers"])
    );
}

#[test]
fn collections_and_tombstones_we_write_are_read_back_equal() {
    let id = url("/c/looms/outbox");
    let items = vec![json!("https://us.example/post/1")];
    let whole = read_collection(&sent(ordered_collection(&id, 1, items.clone()))).unwrap();
    assert_eq!((whole.id.clone(), whole.total), (Some(id.clone()), Some(1)));
    assert_eq!(whole.items, items);

    let counted = read_collection(&sent(counted_collection(&id, 7))).unwrap();
    assert_eq!((counted.total, counted.items.len()), (Some(7), 0));

    let first = url("/c/looms/outbox?page=1");
    let next = url("/c/looms/outbox?page=2");
    let paged = read_collection(&sent(paged_collection(&id, 9, &first))).unwrap();
    assert_eq!(paged.first, Some(FirstPage::Reference(first.clone())));
    let page = collection_page(&first, &id, items.clone(), Some(&next));
    let page = read_collection(&sent(page)).unwrap();
    assert_eq!((page.items, page.next), (items, Some(next)));

    let gone = tombstone(&url("/post/1"), Some(now()));
    assert_eq!(
        read_object(&sent(gone)),
        Ok(Thing::Tombstone(url("/post/1")))
    );
}
