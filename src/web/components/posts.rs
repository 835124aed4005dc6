//! Threads: as an item of a list, and in full.

use maud::{Markup, html};
use url::Url;

use super::forms::token;
use super::vote::{Shape, vote_box};
use super::{avatar, count, events, extras, icons, name_link, polls, time};
use crate::community::votes::Target;
use crate::domain::html::to_text;
use crate::domain::ids::ActorId;
use crate::domain::roles::Role;
use crate::store::moderation::Moderation;
use crate::store::posts::PostRow;
use crate::store::views::PostView;
use crate::web::layout::Frame;

/// Where a list stands, which decides what each item need not say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Within {
    Everything,
    /// In the list of this group: what it shares of others says so.
    Group(ActorId),
    Profile,
}

pub fn feed(frame: &Frame, posts: &[PostView], within: Within) -> Markup {
    html! { ul.feed { @for post in posts { (item(frame, post, within)) } } }
}

fn item(frame: &Frame, view: &PostView, within: Within) -> Markup {
    let post = &view.post;
    let path = format!("/post/{}", post.id);
    html! {
        li {
            article.post.read[view.mine.is_read()] {
                (vote_box(frame, Target::Post(post.id), post.score, view.my_vote, Shape::Upright))
                div.body {
                    h2 { a href=(path) dir="auto" lang=[post.language.as_deref()] { (extras::line(&post.title, &view.more.extras)) } }
                    @if let Some(event) = &view.more.event { p.meta { (events::in_short(event)) } }
                    @if !post.body_html.is_empty() && !post.sensitive { p.excerpt dir="auto" { (extras::line(&to_text(&post.body_html, 220), &view.more.extras)) } }
                    p.meta {
                        @match within {
                            Within::Group(group) if group == view.group.id => {}
                            Within::Group(_) => { span.badge.plain { "shared from " (name_link(&view.group, "where")) } }
                            _ => (name_link(&view.group, "where")),
                        }
                        @if within != Within::Profile {
                            span.dot[within != Within::Group(view.group.id)] { (name_link(&view.author, "who")) }
                        }
                        span.dot { (time::ago(post.published, frame.now)) }
                        a.dot href={ (path) "#comments" } { (count(post.comment_count, "reply", "replies")) }
                        @if let Some(new) = new_replies(view) { span.badge.warm { (new) " new" } }
                        @if let Some(host) = post.link.as_deref().and_then(host_of_link) { span.dot { (icons::link()) " " (host) } }
                        (pinned(view, within))
                        (marks(view))
                    }
                }
                @if let Some(url) = post.image_url.as_deref().filter(|_| !post.sensitive) {
                    a href=(path) tabindex="-1" aria-hidden="true" {
                        img.thumb src=(url) alt="" width="80" height="80" loading="lazy" decoding="async" referrerpolicy="no-referrer";
                    }
                }
            }
        }
    }
}

/// Save, or no longer.
pub fn save_button(frame: &Frame, path: &str, saved: bool) -> Markup {
    html! {
        form method="post" action={ (path) "/save" } {
            (token(&frame.csrf))
            input type="hidden" name="back" value=(frame.here);
            @if !saved { input type="hidden" name="on" value="on"; }
            button.plain aria-pressed=(if saved { "true" } else { "false" }) { (if saved { "Saved" } else { "Save" }) }
        }
    }
}

/// Why it stands at the top of this list.
fn pinned(view: &PostView, within: Within) -> Markup {
    let pinned = match within {
        Within::Everything => view.moderation.pinned_on_site,
        Within::Group(group) => view.post.featured && group == view.group.id,
        Within::Profile => false,
    };
    html! { @if pinned { span.badge { "Pinned" } } }
}

/// At the top of which lists it stands.
fn pinned_where(view: &PostView) -> Markup {
    html! {
        @if view.post.featured { span.badge { "Pinned in the group" } }
        @if view.moderation.pinned_on_site { span.badge { "Pinned on the front page" } }
    }
}

fn marks(view: &PostView) -> Markup {
    let post = &view.post;
    html! {
        @if post.locked { span.badge.plain { "Locked" } }
        @if post.sensitive { span.badge.warm { "Sensitive" } }
        @if view.more.poll.is_some() { span.badge.plain { "Poll" } }
    }
}

pub fn role_badge(role: Option<Role>, admin: bool) -> Markup {
    html! {
        @match role {
            Some(Role::Coordinator) => { span.badge { "Coordinator" } }
            Some(Role::Moderator) => { span.badge { "Moderator" } }
            None => { @if admin { span.badge.plain { "Administrator" } } }
        }
    }
}

/// Replies since the viewer read it; none where they never did.
fn new_replies(view: &PostView) -> Option<i64> {
    view.mine.reading?;
    Some(view.mine.unread_comments(view.post.comment_count)).filter(|new| *new > 0)
}

fn host_of_link(link: &str) -> Option<String> {
    let url: Url = link.parse().ok()?;
    let host = url.host_str()?;
    Some(host.trim_start_matches("www.").to_owned())
}

/// How a thread's poll is to be shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct PollAsked<'a> {
    pub may_vote: bool,
    /// The numbers before one's own vote.
    pub results: bool,
    /// Why a vote does not count.
    pub problem: Option<&'a str>,
}

/// The thread's head and text. `tools`: the row of actions below.
pub fn in_full(frame: &Frame, view: &PostView, asked: PollAsked<'_>, tools: Markup) -> Markup {
    let post = &view.post;
    html! {
        article.card.thread {
            p.meta { (avatar::of(&view.group, avatar::Size::Small)) (name_link(&view.group, "where")) (pinned_where(view)) (marks(view)) }
            @if !view.more.also_in.is_empty() {
                p.meta { "also in " @for group in &view.more.also_in { (name_link(group, "where")) " " } }
            }
            h1 dir="auto" lang=[post.language.as_deref()] { (extras::line(title(post), &view.more.extras)) }
            div.meta {
                (avatar::of(&view.author, avatar::Size::Small))
                (name_link(&view.author, "who"))
                (role_badge(view.author_role, view.author_is_admin))
                span.dot { (time::ago(post.published, frame.now)) }
                @if let Some(edited) = post.edited { span.dot { "edited " (time::ago(edited, frame.now)) } }
            }
            @if !post.is_hidden() { (content(frame, view, asked)) } @else { (why_removed(&view.moderation)) }
            div.actions {
                (vote_box(frame, Target::Post(post.id), post.score, view.my_vote, Shape::Inline))
                (tools)
            }
        }
    }
}

fn content(frame: &Frame, view: &PostView, asked: PollAsked<'_>) -> Markup {
    let (post, more) = (&view.post, &view.more);
    let gallery = more.extras.pictures().next().is_some();
    let body = html! {
        @if let Some(url) = post.image_url.as_deref().filter(|_| !gallery) {
            (extras::figure(url, post.image_alt.as_deref()))
        }
        @if !post.body_html.is_empty() {
            div.prose dir="auto" lang=[post.language.as_deref()] { (extras::text(&post.body_html, &more.extras)) }
        }
        (extras::attachments(&more.extras))
        @if let Some(link) = &post.link { (link_card(link)) }
        @if let Some(poll) = &more.poll { (polls::poll(frame, post.id, poll, asked)) }
    };
    html! {
        @if let Some(event) = &more.event { (events::event(event, frame.now)) }
        // The warning is the title already.
        @if more.extras.warning.as_deref() == Some(&post.title) && !post.sensitive { (body) }
        @else { (extras::covered(&more.extras, post.sensitive, body)) }
    }
}

fn link_card(link: &str) -> Markup {
    let shown = link.split_once("://").map_or(link, |(_, rest)| rest);
    html! {
        a.link-card href=(link) rel="nofollow noopener ugc" {
            (icons::link())
            span { strong { (host_of_link(link).unwrap_or_default()) } small { (shown) } }
        }
    }
}

/// The title, also of a thread that is gone: what it was called is not shown any more.
pub fn title(post: &PostRow) -> &str {
    if post.is_hidden() {
        gone(post.removed)
    } else {
        &post.title
    }
}

/// Who removed it, and why, as far as the log tells.
pub fn why_removed(moderation: &Moderation) -> Markup {
    html! {
        @if let Some(removal) = &moderation.removal {
            p.gone {
                "Removed by " (name_link(&removal.by, "who"))
                @if let Some(reason) = &removal.reason { ": " q dir="auto" { (reason) } }
            }
        }
    }
}

/// What stands in place of something that is gone.
pub fn gone(removed: bool) -> &'static str {
    if removed {
        "removed by a moderator"
    } else {
        "deleted by its author"
    }
}
