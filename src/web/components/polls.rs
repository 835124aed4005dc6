//! A poll under a thread: the form to vote, or how it stands.

use maud::{Markup, html};

use super::forms::token;
use super::posts::PollAsked;
use super::{count, time};
use crate::domain::ids::PostId;
use crate::store::polls::Poll;
use crate::web::layout::Frame;

/// The form for who may vote now, the numbers for everybody else.
pub fn poll(frame: &Frame, post: PostId, poll: &Poll, asked: PollAsked<'_>) -> Markup {
    let (may_vote, looking) = (asked.may_vote, asked.results);
    let closed = poll.is_closed(frame.now);
    let voted = !poll.mine.is_empty();
    let votes = may_vote && !closed && !voted && !looking;
    let hidden = poll.row.hides_results && !closed;
    html! {
        section.poll.stack #poll aria-label="Poll" {
            @if let Some(problem) = asked.problem { p.notice.bad role="alert" { a href="#f-choice" { (problem) } } }
            @if votes { (form(frame, post, poll)) }
            @else if hidden { (answers(poll)) p.hint { "How many chose what is shown when it is closed." } }
            @else { (results(poll)) }
            p.meta {
                @if !hidden { span { (count(poll.row.voters, "person voted", "people voted")) } }
                @if poll.row.multiple { span.dot { "several answers possible" } }
                (until(frame, poll, closed))
                @if votes && !hidden { a.dot href={ "/post/" (post) "?results=1#poll" } { "See the results" } }
                @if may_vote && !closed && !voted && looking { a.dot href={ "/post/" (post) "#poll" } { "Vote" } }
                @if !closed && !voted && frame.viewer.is_none() { a.dot href={ "/login?next=/post/" (post) } { "Log in to vote" } }
            }
        }
    }
}

fn form(frame: &Frame, post: PostId, poll: &Poll) -> Markup {
    html! {
        form.stack method="post" action={ "/post/" (post) "/poll" } {
            (token(&frame.csrf))
            fieldset #f-choice {
                legend.hidden { @if poll.row.multiple { "Choose one or more answers" } @else { "Choose one answer" } }
                @for (position, option) in poll.options.iter().enumerate() {
                    div.check {
                        @if poll.row.multiple {
                            input id={ "choice-" (position) } type="checkbox" name={ "choice-" (position) } value="on";
                        } @else {
                            input id={ "choice-" (position) } type="radio" name="choice" value=(position) required;
                        }
                        label for={ "choice-" (position) } dir="auto" { (option.name) }
                    }
                }
            }
            div { button.main { "Vote" } }
        }
    }
}

fn answers(poll: &Poll) -> Markup {
    html! {
        ul.bars {
            @for (position, option) in poll.options.iter().enumerate() {
                li { span dir="auto" { (option.name) } @if poll.mine.contains(&position) { " " span.badge { "Your vote" } } }
            }
        }
    }
}

fn results(poll: &Poll) -> Markup {
    let cast = (poll.options.iter()).fold(0, |sum: i64, option| sum.saturating_add(option.votes));
    // Of people, where they could choose several; a server may not say how many they were.
    let all = if poll.row.multiple && poll.row.voters > 0 {
        poll.row.voters
    } else {
        cast
    };
    html! {
        ul.bars {
            @for (position, option) in poll.options.iter().enumerate() {
                li {
                    div.apart {
                        span { span dir="auto" { (option.name) } @if poll.mine.contains(&position) { " " span.badge { "Your vote" } } }
                        span { (share(option.votes, all)) " % " span.hint { "(" (count(option.votes, "vote", "votes")) ")" } }
                    }
                    meter min="0" max="100" value=(share(option.votes, all)) aria-hidden="true" {}
                }
            }
        }
    }
}

fn share(votes: i64, all: i64) -> i64 {
    if all <= 0 {
        0
    } else {
        // Of numbers that another server made up: they may be as large as they come.
        let votes = votes.clamp(0, all);
        let rounded = (i128::from(votes) * 200 / i128::from(all) + 1) / 2;
        i64::try_from(rounded).unwrap_or(100)
    }
}

fn until(frame: &Frame, poll: &Poll, closed: bool) -> Markup {
    html! {
        @match (closed, poll.row.ends) {
            (true, Some(ends)) => { span.dot { "closed " (time::ago(ends, frame.now)) } }
            (true, None) => { span.dot { "closed" } }
            (false, Some(ends)) => { span.dot { "open until " (time::moment(ends)) } }
            (false, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_bounded() {
        assert_eq!(share(1, 3), 33);
        assert_eq!(share(2, 3), 67);
        assert_eq!(share(0, 0), 0);
        assert_eq!(share(i64::MAX, 1), 100);
        assert_eq!(share(i64::MAX, i64::MAX), 100);
        assert_eq!(share(5, 2), 100);
    }
}
