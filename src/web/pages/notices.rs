//! What waits for a member and is about no thread: a part of the page of notifications.

use maud::{Markup, html};

use crate::domain::kinds::NoticeKind;
use crate::store::views::NoticeView;
use crate::web::components::{avatar, name_link, time};
use crate::web::layout::Frame;

pub fn list(frame: &Frame, notices: &[NoticeView]) -> Markup {
    html! { ul.feed { @for notice in notices { (row(frame, notice)) } } }
}

fn row(frame: &Frame, view: &NoticeView) -> Markup {
    let notice = &view.notice;
    html! {
        li.unread[!notice.read] {
            article.item {
                (avatar::of(&view.actor, avatar::Size::Normal))
                div {
                    p {
                        @match notice.kind {
                            NoticeKind::GroupMoved => {
                                "The group " (name_link(&view.actor, "where")) " moved to " (name_link(&view.other, "where")) ". What followed it follows it there."
                            }
                            NoticeKind::ModeratorMoved => {
                                (name_link(&view.actor, "who")) ", who looks after " (name_link(&view.other, "where")) ", moved. "
                                a href={ (view.other.path()) "/edit#roles" } { "Say whether they do so from their new address." }
                            }
                            NoticeKind::GroupAsks => {
                                "The group " (name_link(&view.actor, "where")) " asks to show threads of " (name_link(&view.other, "where")) ". "
                                a href={ (view.other.path()) "/sharing" } { "Answer it." }
                            }
                            NoticeKind::LetIn => {
                                "You were let into the group " (name_link(&view.actor, "where")) ". What is said there is for you to read now."
                            }
                            NoticeKind::TurnedAway => { "The group " (name_link(&view.actor, "where")) " did not let you in." }
                            NoticeKind::TakenOut => { "You were taken out of the group " (name_link(&view.actor, "where")) "." }
                        }
                    }
                    p.meta {
                        (time::ago(notice.created, frame.now))
                        @if !notice.read { span.badge.warm { "New" } }
                    }
                }
            }
        }
    }
}
