//! From what `store::views` shows to the shapes of Lemmy's API.

use super::languages;
use super::types::SubscribedType;
use super::types::comment::{Comment, CommentAggregates, CommentView};
use super::types::community::{Community, CommunityAggregates, CommunityView};
use super::types::notification::Notification;
use super::types::person::{Person, PersonAggregates, PersonView};
use super::types::post::{Post, PostAggregates, PostView};
use super::types::private_message::PrivateMessage;
use crate::domain::hidden::Sees;
use crate::domain::html;
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::kinds::{ActorKind, FollowState, Vote};
use crate::domain::limits::{BIO_MAX, BODY_MAX};
use crate::store::actors::ActorBrief;
use crate::store::comments::CommentRow;
use crate::store::groups::GroupRow;
use crate::store::moderation::Moderation;
use crate::store::notifications::NotificationRow;
use crate::store::posts::PostRow;
use crate::store::previews::PreviewRow;
use crate::store::private_messages::MessageRow;
use crate::store::shared_messages::Beside;
use crate::store::views;

/// Lemmy numbers instances; a local actor's is this one, a remote one's the number of its host.
pub const OUR_INSTANCE: i64 = 1;

fn instance_of(actor: &ActorBrief) -> i64 {
    actor.host_id.map_or(OUR_INSTANCE, |host| host.0)
}

/// Apps render Markdown and show tags as they are: of what has no Markdown they get the plain text.
fn markdown(markdown: Option<&str>, html: &str, max: usize) -> Option<String> {
    Some(html::source_of(markdown, html, max)).filter(|text| !text.is_empty())
}

fn subscribed(follow: Option<FollowState>) -> SubscribedType {
    match follow {
        Some(FollowState::Accepted) => SubscribedType::Subscribed,
        Some(FollowState::Pending) => SubscribedType::Pending,
        None => SubscribedType::NotSubscribed,
    }
}

pub fn person(actor: &ActorBrief) -> Person {
    Person {
        id: actor.id,
        name: actor.name.clone(),
        display_name: actor.display_name.clone(),
        avatar: actor.icon_url.clone(),
        banned: actor.suspended,
        ban_expires: None,
        published: actor.published,
        updated: actor.updated,
        actor_id: actor.ap_id.clone(),
        bio: markdown(
            actor.summary_markdown.as_deref(),
            &actor.summary_html,
            BIO_MAX,
        ),
        matrix_user_id: None,
        local: actor.local,
        banner: actor.image_url.clone(),
        deleted: actor.deleted,
        bot_account: matches!(actor.kind, ActorKind::Service | ActorKind::Application),
        instance_id: instance_of(actor),
    }
}

pub fn private_message(row: &MessageRow, beside: &Beside, viewer: ActorId) -> PrivateMessage {
    let text = markdown(row.body_markdown.as_deref(), &row.body_html, BODY_MAX);
    let text = text.unwrap_or_default();
    let content = if row.sender_id == viewer {
        text
    } else {
        told::message(text, beside)
    };
    let shared = beside.shared.as_ref();
    PrivateMessage {
        id: row.id,
        creator_id: row.sender_id,
        recipient_id: row.recipient_id,
        content,
        deleted: row.deleted,
        read: row.read,
        published: row.published,
        updated: row.edited,
        ap_id: shared.map_or_else(|| row.ap_id.clone(), |shared| shared.note.clone()),
        local: row.local,
        removed: false,
    }
}

pub fn person_view(view: &views::PersonView) -> PersonView {
    PersonView {
        person: person(&view.actor),
        counts: PersonAggregates {
            person_id: view.actor.id,
            post_count: view.person.post_count,
            comment_count: view.person.comment_count,
        },
        is_admin: view.is_admin,
    }
}

pub fn community(actor: &ActorBrief, group: &GroupRow, hidden: bool) -> Community {
    Community {
        id: actor.id,
        name: actor.name.clone(),
        title: actor.title().to_owned(),
        description: Some(actor.statement()).filter(|text| !text.is_empty()),
        removed: actor.suspended,
        published: actor.published,
        updated: actor.updated,
        deleted: actor.deleted,
        nsfw: group.sensitive,
        actor_id: actor.ap_id.clone(),
        local: actor.local,
        icon: actor.icon_url.clone(),
        banner: actor.image_url.clone(),
        hidden,
        posting_restricted_to_mods: group.posting_restricted,
        instance_id: instance_of(actor),
        visibility: group.visibility.into(),
    }
}

pub fn community_view(view: &views::GroupView) -> CommunityView {
    CommunityView {
        community: community(&view.actor, &view.group, view.moderation.group_hidden),
        subscribed: subscribed(view.my_follow),
        blocked: view.blocked,
        counts: CommunityAggregates {
            community_id: view.actor.id,
            subscribers: view.group.follower_count,
            posts: view.group.post_count,
            comments: view.group.comment_count,
            published: view.actor.published,
            users_active_day: 0,
            users_active_week: 0,
            users_active_month: 0,
            users_active_half_year: 0,
            subscribers_local: view.group.local_follower_count,
        },
        banned_from_community: view.moderation.viewer_banned,
    }
}

/// What is hidden keeps its place in a list; its text shows to who sees everything of it.
fn post(
    row: &PostRow,
    preview: Option<&PreviewRow>,
    moderation: &Moderation,
    viewer: Option<ActorId>,
) -> Post {
    let shown = row.seen_by(viewer, moderation.viewer_moderates) == Sees::Everything;
    let only_shown = |text: Option<String>| text.filter(|_| shown);
    Post {
        id: row.id,
        name: only_shown(Some(row.title.clone())).unwrap_or_default(),
        url: only_shown(row.link.clone().or_else(|| row.image_url.clone())),
        body: only_shown(markdown(
            row.body_markdown.as_deref(),
            &row.body_html,
            BODY_MAX,
        )),
        creator_id: row.author_id,
        community_id: row.group_id,
        removed: row.removed,
        locked: row.locked,
        published: row.published,
        updated: row.edited,
        deleted: row.deleted,
        nsfw: row.sensitive,
        embed_title: only_shown(preview.and_then(|page| page.title.clone())),
        embed_description: only_shown(preview.and_then(|page| page.description.clone())),
        embed_video_url: only_shown(preview.and_then(|page| page.video_url.clone())),
        url_content_type: only_shown(content_type(row, preview)),
        thumbnail_url: only_shown(
            row.image_url
                .clone()
                .or_else(|| preview.and_then(|page| page.thumbnail_url.clone())),
        ),
        ap_id: row.ap_id.clone(),
        local: row.local,
        language_id: languages::id_of(row.language.as_deref()),
        featured_community: row.featured,
        featured_local: moderation.pinned_on_site,
        alt_text: only_shown(row.image_alt.clone()),
    }
}

/// Of what the one `url` leads to: as its server said, or as its name says.
fn content_type(row: &PostRow, preview: Option<&PreviewRow>) -> Option<String> {
    if row.link.is_some() {
        let told = preview.and_then(|page| page.content_type.clone());
        return told.filter(|kind| !kind.is_empty());
    }
    let path = row.image_url.as_deref()?.split(['?', '#']).next()?;
    let extension = path.rsplit_once('.')?.1.to_ascii_lowercase();
    let kind = match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        _ => return None,
    };
    Some(kind.to_owned())
}

pub fn post_view(view: &views::PostView, group: &GroupRow, viewer: Option<ActorId>) -> PostView {
    let row = &view.post;
    PostView {
        post: told_thread(view, viewer),
        creator: person(&view.author),
        community: community(&view.group, group, view.moderation.group_hidden),
        image_details: None,
        creator_banned_from_community: view.moderation.author_banned,
        banned_from_community: view.moderation.viewer_banned,
        creator_is_moderator: view.author_role.is_some(),
        creator_is_admin: view.author_is_admin,
        counts: PostAggregates {
            post_id: row.id,
            comments: row.comment_count,
            score: row.score,
            upvotes: row.upvotes,
            downvotes: row.downvotes,
            published: row.published,
            newest_comment_time: row.last_activity,
        },
        subscribed: subscribed(view.my_follow),
        saved: view.mine.saved,
        read: view.mine.is_read(),
        hidden: view.mine.hidden,
        creator_blocked: view.mine.author_blocked,
        my_vote: view.my_vote.map(Vote::value),
        unread_comments: view.mine.unread_comments(row.comment_count),
    }
}

fn told_thread(view: &views::PostView, viewer: Option<ActorId>) -> Post {
    let row = &view.post;
    let post = post(row, view.more.preview.as_deref(), &view.moderation, viewer);
    if row.is_hidden() || viewer == Some(row.author_id) {
        return post;
    }
    Post {
        body: told::thread(post.body, view),
        ..post
    }
}

fn told_comment(view: &views::CommentView, viewer: Option<ActorId>) -> Comment {
    let row = &view.comment;
    let comment = comment(row, &view.moderation, viewer);
    if row.is_hidden() || viewer == Some(row.author_id) {
        return comment;
    }
    Comment {
        content: told::comment(comment.content, &view.extras),
        ..comment
    }
}

fn comment(row: &CommentRow, moderation: &Moderation, viewer: Option<ActorId>) -> Comment {
    let shown = row.seen_by(viewer, moderation.viewer_moderates) == Sees::Everything;
    let content = markdown(row.body_markdown.as_deref(), &row.body_html, BODY_MAX);
    Comment {
        id: row.id,
        creator_id: row.author_id,
        post_id: row.post_id,
        content: content.filter(|_| shown).unwrap_or_default(),
        removed: row.removed,
        published: row.published,
        updated: row.edited,
        deleted: row.deleted,
        ap_id: row.ap_id.clone(),
        local: row.local,
        path: row.path.clone(),
        distinguished: row.distinguished,
        language_id: languages::id_of(row.language.as_deref()),
    }
}

pub fn comment_view(
    view: &views::CommentView,
    group: &GroupRow,
    viewer: Option<ActorId>,
) -> CommentView {
    let row = &view.comment;
    CommentView {
        comment: told_comment(view, viewer),
        creator: person(&view.author),
        post: post(
            &view.post,
            view.preview.as_deref(),
            &view.moderation,
            viewer,
        ),
        community: community(&view.group, group, view.moderation.group_hidden),
        counts: CommentAggregates {
            comment_id: row.id,
            score: row.score,
            upvotes: row.upvotes,
            downvotes: row.downvotes,
            published: row.published,
            child_count: row.child_count,
        },
        creator_banned_from_community: view.moderation.author_banned,
        banned_from_community: view.moderation.viewer_banned,
        creator_is_moderator: view.author_role.is_some(),
        creator_is_admin: view.author_is_admin,
        subscribed: subscribed(view.my_follow),
        saved: view.mine.saved,
        creator_blocked: view.mine.author_blocked,
        my_vote: view.my_vote.map(Vote::value),
    }
}

pub fn notification(row: &NotificationRow, comment: CommentId) -> Notification {
    Notification {
        id: row.id,
        recipient_id: row.recipient_id,
        comment_id: comment,
        read: row.read,
        published: row.created,
    }
}

#[cfg(test)]
mod tests;
mod told;
