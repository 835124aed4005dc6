//! Pieces of pages: functions from what is shown to mark-up. They read nothing and change nothing.

pub mod avatar;
pub mod comments;
pub mod events;
pub mod extras;
pub mod forms;
pub mod groups;
pub mod icons;
pub mod lists;
pub mod messages;
pub mod polls;
pub mod posts;
pub mod time;
pub mod vote;

use maud::{Markup, html};

use crate::store::actors::ActorBrief;

/// `1 reply`, `2 replies`.
pub fn count(n: i64, one: &str, many: &str) -> String {
    let word = if n == 1 { one } else { many };
    format!("{} {word}", thousands(n))
}

/// One number of a list of facts (`dl.facts`).
pub fn fact(n: i64, one: &str, many: &str) -> Markup {
    html! { div { dt { (if n == 1 { one } else { many }) } dd { (thousands(n)) } } }
}

/// A number for a small round badge.
pub fn short_count(n: i64) -> String {
    if n > 99 {
        "99+".to_owned()
    } else {
        n.to_string()
    }
}

/// `12,345`.
pub fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if n < 0 { format!("−{text}") } else { text }
}

/// A person's or group's name that leads to their page here, with the host where it is another.
pub fn name_link(actor: &ActorBrief, class: &'static str) -> Markup {
    html! {
        span {
            a class=(class) href=(actor.path()) dir="auto" title={ "@" (actor.full_handle()) } { (actor.title()) }
            @if !actor.local { " " span.handle { "@" (actor.host) } }
        }
    }
}

/// A person in a list: their face, their name that leads to their page, and their address.
pub fn person(actor: &ActorBrief) -> Markup {
    html! {
        (avatar::of(actor, avatar::Size::Normal))
        span {
            a.who href=(actor.path()) dir="auto" { (actor.title()) }
            small { "@" (actor.full_handle()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "reply", "replies"), "1 reply");
        assert_eq!(count(12_345, "reply", "replies"), "12,345 replies");
        assert_eq!(thousands(-1_000), "−1,000");
        assert_eq!(short_count(120), "99+");
    }
}
