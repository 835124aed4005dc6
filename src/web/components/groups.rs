//! Groups: as a card in the directory, and the buttons to follow them.

use maud::{Markup, html};

use super::{avatar, count, forms};
use crate::domain::html::to_text;
use crate::domain::kinds::FollowState;
use crate::store::views::GroupView;
use crate::web::layout::Frame;

pub fn card(view: &GroupView) -> Markup {
    let (actor, group) = (&view.actor, &view.group);
    html! {
        li.card.group-card {
            div.head {
                (avatar::of(actor, avatar::Size::Normal))
                div.title {
                    h2 { a href=(actor.path()) dir="auto" { (actor.title()) } }
                    p.handle { "!" (actor.full_handle()) }
                }
            }
            @if !actor.summary_html.is_empty() { p.excerpt dir="auto" { (to_text(&actor.summary_html, 240)) } }
            p.meta {
                span { (count(group.follower_count, "follower", "followers")) }
                span.dot { (count(group.post_count, "thread", "threads")) }
                @match view.my_follow {
                    Some(FollowState::Accepted) => { span.badge { "Following" } }
                    Some(FollowState::Pending) => { span.badge.warm { "Asked to follow" } }
                    None => {}
                }
            }
        }
    }
}

/// Follow or leave; nothing for visitors, who have `follow::box_for_visitors`.
pub fn follow_button(frame: &Frame, view: &GroupView) -> Markup {
    let path = view.actor.path();
    html! {
        @if frame.viewer.is_some() {
            @match view.my_follow {
                None => {
                    form method="post" action={ (path) "/follow" } { (forms::token(&frame.csrf)) button.main { "Follow" } }
                }
                Some(state) => {
                    form method="post" action={ (path) "/unfollow" } {
                        (forms::token(&frame.csrf))
                        @if state == FollowState::Pending { button title="The group's server has not answered yet" { "Asked · withdraw" } }
                        @else { button { "Leave" } }
                    }
                }
            }
        }
    }
}
