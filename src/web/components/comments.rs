//! Comments, as the tree they form: each with its votes and actions, answers indented below it.

use std::collections::HashMap;

use maud::{Markup, html};

use super::forms::token;
use super::posts::{gone, role_badge, save_button, why_removed};
use super::vote::{Shape, vote_box};
use super::{avatar, count, extras, icons, name_link, time};
use crate::community::votes::Target;
use crate::domain::hidden::Sees;
use crate::domain::ids::CommentId;
use crate::store::views::CommentView;
use crate::web::layout::Frame;

/// Below this, a conversation goes on at its own page: narrow columns are hard to read.
const DEEPEST: usize = 4;

/// Comments of one thread by what they answer.
pub struct Tree {
    below: HashMap<Option<CommentId>, Vec<CommentView>>,
}

impl Tree {
    /// The roots are put under `None`; both lists keep their order.
    pub fn new(roots: Vec<CommentView>, below: Vec<CommentView>) -> Self {
        let mut tree: HashMap<Option<CommentId>, Vec<CommentView>> = HashMap::new();
        for view in below {
            tree.entry(view.comment.parent_id).or_default().push(view);
        }
        tree.insert(None, roots);
        Tree { below: tree }
    }

    fn answers(&self, to: CommentId) -> &[CommentView] {
        self.below.get(&Some(to)).map_or(&[], Vec::as_slice)
    }

    pub fn roots(&self) -> &[CommentView] {
        self.below.get(&None).map_or(&[], Vec::as_slice)
    }

    fn shown_below(&self, id: CommentId) -> i64 {
        self.answers(id)
            .iter()
            .map(|answer| 1 + self.shown_below(answer.comment.id))
            .sum()
    }
}

/// What the viewer may do in this thread.
#[derive(Clone, Copy, Default)]
pub struct Powers {
    pub reply: bool,
    pub moderate: bool,
    pub see_votes: bool,
    pub purge: bool,
}

pub fn tree(frame: &Frame, tree: &Tree, powers: Powers, focus: Option<CommentId>) -> Markup {
    let page = TreePage {
        frame,
        tree,
        powers,
        focus,
    };
    html! { ol.comments { @for root in tree.roots() { li { (page.branch(root, 0)) } } } }
}

struct TreePage<'a> {
    frame: &'a Frame,
    tree: &'a Tree,
    powers: Powers,
    focus: Option<CommentId>,
}

impl TreePage<'_> {
    fn branch(&self, view: &CommentView, depth: usize) -> Markup {
        let id = view.comment.id;
        let answers = self.tree.answers(id);
        let focus = self.focus == Some(id);
        html! {
            (one(self.frame, view, self.powers, focus))
            @if depth + 1 > DEEPEST {
                @if view.comment.child_count > 0 { (self.go_on(view, "Continue this conversation")) }
            } @else if answers.is_empty() {
                @if view.comment.child_count > 0 && !focus { (self.go_on(view, "Show the replies")) }
            } @else {
                details.fold open {
                    summary { (count(view.comment.child_count.max(answers.len() as i64), "reply", "replies")) }
                    ol.comments.replies {
                        @for answer in answers { li { (self.branch(answer, depth + 1)) } }
                    }
                    @if depth == 0 && !focus && self.tree.shown_below(id) < view.comment.child_count {
                        (self.go_on(view, "Show all replies"))
                    }
                }
            }
        }
    }

    fn go_on(&self, view: &CommentView, words: &str) -> Markup {
        html! {
            p.replies.meta {
                a href={ "/comment/" (view.comment.id) } { (words) " (" (view.comment.child_count) ") →" }
            }
        }
    }
}

/// One comment with its actions, without what hangs below.
pub fn one(frame: &Frame, view: &CommentView, powers: Powers, focus: bool) -> Markup {
    let comment = &view.comment;
    let path = format!("/comment/{}", comment.id);
    html! {
        article.comment.focus[focus] id={ "comment-" (comment.id) } {
            header {
                (avatar::of(&view.author, avatar::Size::Small))
                div.meta {
                    (name_link(&view.author, "who"))
                    @if view.author.id == view.post.author_id { span.badge.plain { "Author" } }
                    (role_badge(view.author_role, view.author_is_admin))
                    @if comment.distinguished { span.badge { "Speaks for the group" } }
                    a.dot href=(path) { (time::ago(comment.published, frame.now)) }
                    @if let Some(edited) = comment.edited { span.dot { "edited " (time::ago(edited, frame.now)) } }
                }
            }
            @if view.mine.author_blocked && !comment.is_hidden() {
                details.blocked {
                    summary.gone { "by somebody you blocked" }
                    div.prose dir="auto" lang=[comment.language.as_deref()] { (extras::text(&comment.body_html, &view.extras)) }
                }
            } @else if comment.is_hidden() {
                @if view.moderation.removal.is_some() { (why_removed(&view.moderation)) } @else { p.gone { (gone(comment.removed)) } }
                @if comment.seen_by(frame.viewer_id(), view.moderation.viewer_moderates) == Sees::Everything {
                    details.blocked {
                        summary.gone { "What it said" }
                        div.prose dir="auto" lang=[comment.language.as_deref()] { (extras::text(&comment.body_html, &view.extras)) }
                    }
                }
                @if can_bring_back(frame, view, powers) { div.actions { (menu(frame, view, powers)) } }
            } @else {
                (extras::covered(&view.extras, false, html! {
                    @if !comment.body_html.is_empty() {
                        div.prose dir="auto" lang=[comment.language.as_deref()] { (extras::text(&comment.body_html, &view.extras)) }
                    }
                    (extras::attachments(&view.extras))
                    (extras::hashtags(&view.extras))
                }))
                div.actions {
                    (vote_box(frame, Target::Comment(comment.id), comment.score, view.my_vote, Shape::Inline))
                    @if view.moderation.locked { span.badge.plain { "Locked" } }
                    @else if powers.reply { a href={ (path) "/reply" } data-reply { "Reply" } }
                    @if frame.viewer.is_some() { (save_button(frame, &path, view.mine.saved)) }
                    (menu(frame, view, powers))
                }
            }
        }
    }
}

fn is_mine(frame: &Frame, view: &CommentView) -> bool {
    frame.viewer_id() == Some(view.author.id)
}

fn can_bring_back(frame: &Frame, view: &CommentView, powers: Powers) -> bool {
    (view.comment.removed && powers.moderate && !is_erased(view))
        || (view.comment.deleted && !view.comment.removed && is_mine(frame, view))
}

/// Nothing is left to put back.
fn is_erased(view: &CommentView) -> bool {
    view.comment.body_html.is_empty() && view.extras.is_empty()
}

fn menu(frame: &Frame, view: &CommentView, powers: Powers) -> Markup {
    let comment = &view.comment;
    let path = format!("/comment/{}", comment.id);
    let mine = is_mine(frame, view);
    html! {
        details.menu {
            summary aria-label={ "More about this comment by " (view.author.title()) } { (icons::more()) }
            div {
                a href=(path) { "Permalink" }
                @if !comment.local { a href=(comment.url) rel="nofollow noopener" { "Original at " (view.author.host) } }
                @if mine && !comment.is_hidden() {
                    a href={ (path) "/edit" } { "Edit" }
                    a href={ (path) "/do/delete" } { "Delete" }
                }
                @if mine && comment.deleted && !comment.removed { a href={ (path) "/do/restore" } { "Restore" } }
                @if frame.viewer.is_some() && !mine && !comment.is_hidden() { a href={ (path) "/report" } { "Report" } }
                @if powers.moderate && !comment.removed && !comment.deleted && !mine { a href={ (path) "/do/remove" } { "Remove as moderator" } }
                @if powers.moderate && !comment.is_hidden() {
                    @if view.moderation.locked { a href={ (path) "/do/unlock" } { "Unlock" } } @else { a href={ (path) "/do/lock" } { "Lock" } }
                }
                @if powers.moderate && !mine { a href={ (view.group.path()) "/bans?who=" (view.author.full_handle()) } { "Ban the author from the group" } }
                @if powers.moderate && mine && !comment.is_hidden() {
                    form method="post" action={ (path) "/distinguish" } {
                        (token(&frame.csrf))
                        input type="hidden" name="on" value=(if comment.distinguished { "" } else { "on" });
                        button { @if comment.distinguished { "No longer speak for the group" } @else { "Speak for the group" } }
                    }
                }
                @if powers.moderate && comment.removed && !is_erased(view) { a href={ (path) "/do/put-back" } { "Put back as moderator" } }
                @if powers.see_votes { a href={ (path) "/votes" } { "Who voted" } }
                @if powers.purge { a href={ (path) "/purge" } { "Erase for good" } }
            }
        }
    }
}
