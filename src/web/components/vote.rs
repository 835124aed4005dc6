//! The vote box: two buttons and the score; for visitors the score, with the way to log in.

use maud::{Markup, html};

use super::{forms, icons};
use crate::community::votes::Target;
use crate::domain::kinds::Vote;
use crate::web::layout::Frame;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Upright,
    Inline,
}

pub fn vote_box(
    frame: &Frame,
    target: Target,
    score: i64,
    mine: Option<Vote>,
    shape: Shape,
) -> Markup {
    let class = match shape {
        Shape::Upright => "vote",
        Shape::Inline => "vote inline",
    };
    let (folder, id) = match target {
        Target::Post(id) => ("post", id.0),
        Target::Comment(id) => ("comment", id.0),
    };
    if frame.viewer.is_none() {
        let next = format!("/login?next=/{folder}/{id}");
        return html! {
            div class=(class) {
                a href=(next) aria-label="Log in to vote" rel="nofollow" { (icons::up()) }
                span { (score) span.hidden { " points" } }
            }
        };
    }
    // Pressed again, a vote is withdrawn.
    let value = |vote: Vote, word: &'static str| if mine == Some(vote) { "none" } else { word };
    let pressed = |vote: Vote| if mine == Some(vote) { "true" } else { "false" };
    html! {
        form class=(class) method="post" action={ "/" (folder) "/" (id) "/vote" } {
            (forms::token(&frame.csrf))
            input type="hidden" name="back" value=(frame.here);
            button.up name="vote" value=(value(Vote::Up, "up")) data-word="up" aria-pressed=(pressed(Vote::Up)) aria-label="Vote up" { (icons::up()) }
            output aria-label="Score" { @if frame.preferences.show_scores { (score) } }
            button.down name="vote" value=(value(Vote::Down, "down")) data-word="down" aria-pressed=(pressed(Vote::Down)) aria-label="Vote down" { (icons::down()) }
        }
    }
}
