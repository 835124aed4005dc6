use super::*;
use crate::domain::ids::{HostId, PostId};
use crate::domain::kinds::Contribution;
use crate::domain::time::Timestamp;
use crate::store::moderation::Moderation;
use serde_json::{Value, json};
use std::sync::Arc;

const PUBLISHED: &str = "2026-11-24T09:30:00Z";

fn time() -> Timestamp {
    Timestamp::parse(PUBLISHED).unwrap()
}

fn actor(kind: ActorKind, local: bool) -> ActorBrief {
    ActorBrief {
        id: ActorId(7),
        kind,
        local,
        name: "ann".to_owned(),
        host: "college.example".to_owned(),
        ap_id: "https://college.example/u/ann".to_owned(),
        url: "https://college.example/@ann".to_owned(),
        display_name: None,
        summary_markdown: None,
        summary_html: "<p>Teaches <b>proteins</b></p>".to_owned(),
        icon_url: None,
        image_url: None,
        host_id: (!local).then_some(HostId(99)),
        published: time(),
        updated: None,
        deleted: false,
        suspended: false,
    }
}

fn thread() -> PostRow {
    PostRow {
        id: PostId(11),
        ap_id: "https://college.example/post/11".to_owned(),
        url: "https://college.example/post/11".to_owned(),
        local: true,
        group_id: ActorId(8),
        author_id: ActorId(7),
        kind: Contribution::Discussion,
        title: "Folding".to_owned(),
        body_markdown: Some("**How?**".to_owned()),
        body_html: "<p><strong>How?</strong></p>".to_owned(),
        link: None,
        image_url: Some("https://college.example/pictures/a.png".to_owned()),
        image_alt: Some("A fold".to_owned()),
        language: Some("en-GB".to_owned()),
        sensitive: false,
        published: time(),
        edited: None,
        deleted: false,
        removed: false,
        locked: false,
        featured: true,
        upvotes: 3,
        downvotes: 1,
        score: 2,
        comment_count: 4,
        last_activity: time(),
        hot_rank: 0,
    }
}

fn thread_view(post: PostRow) -> views::PostView {
    views::PostView {
        moderation: Moderation::default(),
        post,
        author: Arc::new(actor(ActorKind::Person, true)),
        group: Arc::new(actor(ActorKind::Group, true)),
        my_vote: Some(Vote::Down),
        my_follow: Some(FollowState::Pending),
        author_role: None,
        author_is_admin: true,
        more: views::More::default(),
        mine: views::MyMarks::default(),
    }
}

fn shown(post: PostRow, viewer: Option<i64>) -> Value {
    let group = GroupRow::new(ActorId(8), time());
    let view = post_view(&thread_view(post), &group, viewer.map(ActorId));
    serde_json::to_value(view).unwrap()
}

#[test]
fn a_person_has_the_fields_that_lemmys_apps_read() {
    let value = serde_json::to_value(person(&actor(ActorKind::Person, true))).unwrap();
    assert_eq!(
        value,
        json!({
            "id": 7, "name": "ann", "banned": false, "published": PUBLISHED,
            "actor_id": "https://college.example/u/ann", "bio": "Teaches proteins",
            "local": true, "deleted": false, "bot_account": false, "instance_id": OUR_INSTANCE,
        })
    );
    let remote = person(&actor(ActorKind::Service, false));
    assert_eq!((remote.instance_id, remote.bot_account), (99, true));
}

#[test]
fn a_thread_is_a_post_with_its_markdown_its_picture_as_url_and_the_callers_vote() {
    let value = shown(thread(), None);
    assert_eq!(value["post"]["name"], "Folding");
    assert_eq!(value["post"]["body"], "**How?**");
    assert_eq!(
        value["post"]["url"],
        "https://college.example/pictures/a.png"
    );
    assert_eq!(value["post"]["language_id"], 37);
    assert_eq!(value["post"]["featured_community"], true);
    assert!(
        value["post"].get("updated").is_none(),
        "no null where Lemmy has nothing"
    );
    assert_eq!(value["counts"]["comments"], 4);
    assert_eq!(value["my_vote"], -1);
    assert_eq!(value["subscribed"], "Pending");
    assert_eq!(value["creator_is_admin"], true);
}

#[test]
fn what_was_deleted_shows_its_text_to_its_author_alone() {
    let deleted = PostRow {
        deleted: true,
        ..thread()
    };
    let others = shown(deleted.clone(), Some(8));
    assert_eq!(others["post"]["name"], "");
    assert!(others["post"].get("body").is_none() && others["post"].get("url").is_none());
    assert_eq!(shown(deleted, Some(7))["post"]["name"], "Folding");
}
