//! A thread with its comments.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::{Asked, Id};
use crate::app::App;
use crate::community::{CommunityError, Missing, groups, marks, notifications as waiting};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::Cursor;
use crate::domain::rules::{Act, Standing};
use crate::store::conversations::ConversationRow;
use crate::store::views::{self, PostView};
use crate::store::{Tx, audience, comments, conversations};
use crate::web::components::comments::{Powers, Tree, tree};
use crate::web::components::forms::token;
use crate::web::components::{count, icons, lists, posts as parts};
use crate::web::errors::Failure;
use crate::web::forms::Draft;
use crate::web::layout::{Frame, Page};
use crate::web::session::MaybeViewer;

/// Comments directly under the post on one page, and how many below them at most.
const ROOTS: usize = 40;
const BELOW: usize = 400;

/// A thread as its page shows it.
pub struct Shown {
    pub view: PostView,
    pub standing: Standing,
    /// How far it was read from where it is held.
    conversation: Option<ConversationRow>,
    tree: Tree,
    sort: CommentSort,
    after: Option<Cursor>,
    next: Option<Cursor>,
    /// The numbers of its poll were asked for.
    results: bool,
    /// Why a vote in its poll does not count.
    pub poll_problem: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    MaybeViewer(viewer): MaybeViewer,
    mut frame: Frame,
    Id(id): Id<PostId>,
    asked: Asked,
) -> Result<Response, Failure> {
    let shown = load(&app, &frame, id, &asked).await?;
    let post = &shown.view.post;
    if let Some(viewer) = viewer {
        if frame.unread > 0 {
            frame.unread = see(&app, viewer.id, id).await?;
        }
        let seen = shown.view.mine;
        if !post.is_hidden() && (!seen.is_read() || seen.unread_comments(post.comment_count) != 0) {
            app.store
                .write(move |tx| marks::opened(tx, viewer.id, id))
                .await?;
        }
    }
    // Written on another server, and brought along from there.
    let reply = match asked.text("reply") {
        "" => Draft::default(),
        words => Draft::of([("body", words.to_owned())]),
    };
    Ok(page(&frame, &shown, &reply))
}

/// Opening a thread marks what waited there; gives what still waits elsewhere.
pub async fn see(app: &App, person: ActorId, post: PostId) -> Result<i64, Failure> {
    let change = move |tx: &mut Tx<'_>| -> Result<i64, CommunityError> {
        waiting::mark_thread_read(tx, person, post)?;
        Ok(waiting::all_unread(tx, person)?)
    };
    Ok(app.store.write(change).await?)
}

pub async fn load(app: &App, frame: &Frame, id: PostId, asked: &Asked) -> Result<Shown, Failure> {
    let viewer = frame.viewer_id();
    let sort = asked.word("sort").unwrap_or(CommentSort::Hot);
    let after = asked.after()?;
    let results = !asked.text("results").is_empty();
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let post = audience::post(tx.conn, viewer, id)?.ok_or(Missing::Post)?;
        let standing = standing(tx, viewer, post.group_id)?;
        let page = comments::roots_distinguished_first(tx.conn, viewer, id, sort, after, ROOTS)?;
        let roots: Vec<CommentId> = page.items.iter().map(|row| row.id).collect();
        let below = comments::below(tx.conn, viewer, &roots, sort, BELOW)?;
        let roots = views::comments(tx.conn, page.items, viewer)?;
        let below = views::comments(tx.conn, below, viewer)?;
        let conversation = match post.local {
            true => None,
            false => conversations::find(tx.conn, id)?,
        };
        Ok(Shown {
            view: views::post(tx.conn, post, viewer)?,
            standing,
            conversation,
            tree: Tree::new(roots, below),
            sort,
            after,
            next: page.next,
            results,
            poll_problem: None,
        })
    };
    Ok(app.store.read(load).await?)
}

pub fn standing(
    tx: &mut Tx<'_>,
    viewer: Option<ActorId>,
    group: ActorId,
) -> Result<Standing, CommunityError> {
    match viewer {
        Some(viewer) => groups::standing(tx, viewer, group),
        None => Ok(Standing::default()),
    }
}

/// What the viewer may do with the comments of a thread.
pub fn powers(frame: &Frame, view: &PostView, standing: Standing) -> Powers {
    Powers {
        reply: frame.viewer.is_some() && !view.post.locked && !view.post.is_hidden(),
        moderate: standing.may_moderate(),
        see_votes: standing.may(Act::SeeVotes).is_ok(),
        purge: standing.may(Act::Purge).is_ok(),
    }
}

/// `reply`: the form below the text, as it was sent.
pub fn page(frame: &Frame, shown: &Shown, reply: &Draft) -> Response {
    let post = &shown.view.post;
    let powers = powers(frame, &shown.view, shown.standing);
    let poll = parts::PollAsked {
        may_vote: frame.viewer.is_some(),
        results: shown.results,
        problem: shown.poll_problem.as_deref(),
    };
    let to = |sort: CommentSort| format!("/post/{}?sort={sort}", post.id);
    let main = html! {
        div.reading.stack {
            (parts::in_full(frame, &shown.view, poll, tools(frame, shown)))
            // What was typed before the thread was closed is given back, with the reason.
            @if powers.reply || reply.problem.is_some() { (super::reply::form(frame, &format!("/post/{}/reply", post.id), reply)) }
            @else if !post.is_hidden() { (why_no_reply(frame, shown)) }
            section.stack #comments aria-label="Replies" {
                div.apart {
                    h2 { (count(post.comment_count, "reply", "replies")) }
                    @if post.comment_count > 1 {
                        (lists::tabs("Order of replies", &to(shown.sort), &[
                            ("Hot", to(CommentSort::Hot)), ("Top", to(CommentSort::Top)), ("New", to(CommentSort::New)), ("Old", to(CommentSort::Old)),
                        ]))
                    }
                }
                @if !post.local && !post.is_hidden() { (super::whole::state(frame, post.id, shown.conversation.as_ref())) }
                @if !shown.tree.roots().is_empty() {
                    div.card { (tree(frame, &shown.tree, powers, None)) }
                    (lists::pager(&to(shown.sort), shown.after, shown.next))
                }
            }
        }
    };
    let mut page = Page::new(frame, parts::title(post))
        .article(&shown.view.author, post.published)
        .canonical(post.url.clone())
        .activity(post.ap_id.clone());
    if post.is_hidden() {
        page = page.private();
    } else {
        page = page.embeddable();
        if !post.sensitive {
            page = page
                .description(to_text(&post.body_html, 300))
                .picture(post.image_url.as_deref());
        }
    }
    let status = if reply.problem.is_some() {
        reply.status()
    } else if post.is_hidden() {
        StatusCode::GONE
    } else if shown.poll_problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        reply.status()
    };
    page.answer(status, main)
}

fn why_no_reply(frame: &Frame, shown: &Shown) -> Markup {
    let post = &shown.view.post;
    html! {
        @if post.locked { p.notice.warm { "This thread is locked: nobody can reply any more." } }
        @else if frame.viewer.is_none() {
            p.notice {
                a href={ "/login?next=/post/" (post.id) } { "Log in" } " to reply, or " a href={ "/post/" (post.id) "/from-elsewhere" } rel="nofollow" { "reply from your own server" } ", Mastodon, Lemmy or another."
            }
        }
    }
}

fn tools(frame: &Frame, shown: &Shown) -> Markup {
    let post = &shown.view.post;
    let path = format!("/post/{}", post.id);
    let mine = frame.viewer_id() == Some(post.author_id);
    let moderate = shown.standing.may_moderate();
    html! {
        a href={ (path) "#comments" } { (count(post.comment_count, "reply", "replies")) }
        @if shown.view.more.boosts > 0 { span { (count(shown.view.more.boosts, "boost", "boosts")) } }
        @if frame.viewer.is_some() && !post.is_hidden() { (own_marks(frame, shown)) }
        @if mine && !post.is_hidden() { a href={ (path) "/edit" } { "Edit" } a href={ (path) "/do/delete" } { "Delete" } }
        @if mine && !moderate && !post.is_hidden() && !post.locked && shown.view.group.local { a href={ (path) "/move" } { "Move" } }
        @if mine && post.deleted && !post.removed { a href={ (path) "/do/restore" } { "Restore" } }
        @if !post.local { a href=(post.url) rel="nofollow noopener" { "Original at " (shown.view.author.host) } }
        @if frame.viewer.is_some() && !mine && !post.is_hidden() { a href={ (path) "/report" } { "Report" } }
        @if moderate {
            details.menu {
                summary aria-label="Moderate this thread" { (icons::more()) }
                div {
                    @if !post.is_hidden() {
                        (pin(frame, &path, "group", post.featured, ("Pin", "Unpin")))
                        @if shown.standing.may(Act::FeatureOnSite).is_ok() {
                            (pin(frame, &path, "site", shown.view.moderation.pinned_on_site, ("Pin on the front page", "Unpin from the front page")))
                        }
                        @if post.locked { a href={ (path) "/do/unlock" } { "Unlock" } } @else { a href={ (path) "/do/lock" } { "Lock" } }
                        @if shown.view.group.local && shown.standing.may(Act::MoveThread).is_ok() { a href={ (path) "/move" } { "Move to another group" } }
                        @if !mine {
                            a href={ (path) "/do/warn" } { "Warn the author" }
                            a href={ (path) "/do/remove" } { "Remove" }
                        }
                    }
                    @if post.removed && !post.title.is_empty() { a href={ (path) "/do/put-back" } { "Put back" } }
                    @if shown.standing.may(Act::SeeVotes).is_ok() { a href={ (path) "/votes" } { "Who voted" } }
                    @if !mine { a href={ (shown.view.group.path()) "/bans?who=" (shown.view.author.full_handle()) } { "Ban the author from the group" } }
                    @if shown.standing.may(Act::Purge).is_ok() { a href={ (path) "/purge" } { "Erase for good" } }
                }
            }
        }
    }
}

/// What the viewer may note for themselves.
fn own_marks(frame: &Frame, shown: &Shown) -> Markup {
    let path = format!("/post/{}", shown.view.post.id);
    let mine = &shown.view.mine;
    html! {
        (parts::save_button(frame, &path, mine.saved))
        details.menu {
            summary aria-label="Keep this thread out of my lists, or unread" { (icons::more()) }
            div {
                form method="post" action={ (path) "/hide" } {
                    (token(&frame.csrf))
                    input type="hidden" name="on" value=(if mine.hidden { "" } else { "on" });
                    button { (if mine.hidden { "Show in my lists" } else { "Hide from my lists" }) }
                }
                form method="post" action={ (path) "/unread" } { (token(&frame.csrf)) button { "Mark as not read" } }
            }
        }
    }
}

/// Pins the thread in its group or on the front page, or unpins it.
fn pin(
    frame: &Frame,
    path: &str,
    place: &str,
    on: bool,
    (turn_on, turn_off): (&str, &str),
) -> Markup {
    html! {
        form method="post" action={ (path) "/feature" } {
            (token(&frame.csrf))
            input type="hidden" name="where" value=(place);
            input type="hidden" name="on" value=(if on { "" } else { "on" });
            button { (if on { turn_off } else { turn_on }) }
        }
    }
}
