//! One comment at its own address, with what it answers above and what answers it below.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::{Asked, Id, thread};
use crate::app::App;
use crate::community::{CommunityError, Missing};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::kinds::CommentSort;
use crate::domain::paging::Cursor;
use crate::domain::rules::Standing;
use crate::store::comments::{self, Branch, CommentRow};
use crate::store::views::{self, CommentView, PostView};
use crate::store::{StoreError, Tx, audience};
use crate::web::components::comments::{Tree, one, tree};
use crate::web::components::{lists, name_link, posts as parts};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};

/// Answers to the comment on one page, and how many with what hangs below them at most.
const ANSWERS: usize = 200;
const BELOW: usize = 1_000;
/// Of a long conversation, the nearest comments above.
const ABOVE: usize = 8;

struct Shown {
    view: CommentView,
    post: PostView,
    above: Vec<CommentView>,
    below: Vec<CommentView>,
    after: Option<Cursor>,
    next: Option<Cursor>,
    standing: Standing,
}

pub async fn show(
    State(app): State<App>,
    mut frame: Frame,
    Id(id): Id<CommentId>,
    asked: Asked,
) -> Result<Response, Failure> {
    let (viewer, after) = (frame.viewer_id(), asked.after()?);
    let sort = asked.word("sort").unwrap_or(CommentSort::Hot);
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let (row, post) = audience::comment(tx.conn, viewer, id)?.ok_or(Missing::Comment)?;
        let ancestors = row.ancestors();
        let near = &ancestors[ancestors.len().saturating_sub(ABOVE)..];
        let mut above = comments::many(tx.conn, near)?;
        above.sort_by_key(|comment| comment.depth);
        let answers = comments::answers(tx.conn, id, after, ANSWERS)?;
        let below = with_branches(tx, viewer, &row, (sort, after), answers.items)?;
        Ok(Shown {
            standing: thread::standing(tx, viewer, post.group_id)?,
            view: views::comment(tx.conn, row, viewer)?,
            post: views::post(tx.conn, post, viewer)?,
            above: views::comments(tx.conn, above, viewer)?,
            below: views::comments(tx.conn, below, viewer)?,
            after,
            next: answers.next,
        })
    };
    let shown = app.store.read(load).await?;
    if let Some(viewer) = viewer
        && frame.unread > 0
    {
        frame.unread = thread::see(&app, viewer, shown.post.post.id).await?;
    }
    Ok(page(&frame, shown, sort))
}

/// These answers, a page of the oldest, with what hangs below them, in the order of `sort`. What is not
/// among it stands on the answer's own page.
fn with_branches(
    tx: &mut Tx<'_>,
    viewer: Option<ActorId>,
    top: &CommentRow,
    (sort, after): (CommentSort, Option<Cursor>),
    answers: Vec<CommentRow>,
) -> Result<Vec<CommentRow>, StoreError> {
    let Some(first) = answers.first() else {
        return Ok(answers);
    };
    let branch = Branch {
        shallowest: first.depth + 1,
        // What was said before is on the pages before.
        since: after.map(|_| first.published),
        ..Branch::below(top)
    };
    let deeper = comments::branch(tx.conn, viewer, branch, sort, BELOW)?;
    let mut below = comments::in_order(answers, sort, ANSWERS);
    below.extend(deeper);
    Ok(below)
}

fn page(frame: &Frame, shown: Shown, sort: CommentSort) -> Response {
    let comment = shown.view.comment.clone();
    let author = shown.view.author.clone();
    let post = &shown.post.post;
    let powers = thread::powers(frame, &shown.post, shown.standing);
    let tree_here = Tree::new(vec![shown.view], shown.below);
    let main = html! {
        div.reading.stack {
            section.card.stack {
                p.meta { "A reply in " (name_link(&shown.post.group, "where")) }
                h1 dir="auto" { a href={ "/post/" (post.id) } { (parts::title(post)) } }
                p.meta { "begun by " (name_link(&shown.post.author, "who")) span.dot { a href={ "/post/" (post.id) "#comments" } { "See the whole thread" } } }
            }
            section.card.stack aria-label="Conversation" {
                @if shown.above.first().is_some_and(|first| first.comment.depth > 0) {
                    p.meta { a href={ "/comment/" (shown.above[0].comment.id) } { "↑ Earlier in this conversation" } }
                }
                @for above in &shown.above { (one(frame, above, powers, false)) }
                (tree(frame, &tree_here, powers, Some(comment.id)))
                (lists::pager(&format!("/comment/{}?sort={sort}", comment.id), shown.after, shown.next))
                @if frame.viewer.is_none() && !comment.is_hidden() && !post.locked {
                    p.meta { a href={ "/comment/" (comment.id) "/from-elsewhere" } rel="nofollow" { "Reply from your own server" } }
                }
            }
        }
    };
    let mut page = Page::new(
        frame,
        format!("{} on “{}”", author.title(), parts::title(post)),
    )
    .article(&author, comment.published)
    .canonical(comment.url.clone())
    .activity(comment.ap_id.clone());
    if comment.is_hidden() || post.is_hidden() {
        page = page.private();
    } else {
        page = page.embeddable();
        if !post.sensitive {
            page = page.description(to_text(&comment.body_html, 300));
        }
    }
    page.answer(StatusCode::OK, main)
}
