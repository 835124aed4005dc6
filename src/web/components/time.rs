//! Times as people say them, with the exact moment for machines and for those who point at it.

use maud::{Markup, html};

use crate::domain::time::{DAY, HOUR, MINUTE, Timestamp};

pub fn ago(then: Timestamp, now: Timestamp) -> Markup {
    html! {
        time datetime=(then) title=(then.datetime().format("%-d %B %Y, %H:%M UTC")) { (in_words(then, now)) }
    }
}

/// The exact minute.
pub fn moment(then: Timestamp) -> Markup {
    html! { time datetime=(then) { (then.datetime().format("%-d %B %Y, %H:%M UTC")) } }
}

/// The month alone, for what began long ago.
pub fn month(then: Timestamp) -> Markup {
    let month = then.datetime();
    html! { time datetime=(month.format("%Y-%m")) { (month.format("%B %Y")) } }
}

fn in_words(then: Timestamp, now: Timestamp) -> String {
    let passed = now.since(then);
    if passed < MINUTE {
        // Clocks of other servers may run ahead a little.
        "just now".to_owned()
    } else if passed < HOUR {
        format!("{} min ago", passed / MINUTE)
    } else if passed < DAY {
        format!("{} h ago", passed / HOUR)
    } else if passed < 7 * DAY {
        match passed / DAY {
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        }
    } else if passed < 300 * DAY {
        then.datetime().format("%-d %b").to_string()
    } else {
        then.datetime().format("%-d %b %Y").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let now = Timestamp::parse("2026-11-24T12:00:00Z").unwrap();
        let told = |text: &str| in_words(Timestamp::parse(text).unwrap(), now);
        assert_eq!(told("2026-11-24T12:05:00Z"), "just now");
        assert_eq!(told("2026-11-24T11:18:00Z"), "42 min ago");
        assert_eq!(told("2026-11-24T03:00:00Z"), "9 h ago");
        assert_eq!(told("2026-11-23T03:00:00Z"), "yesterday");
        assert_eq!(told("2026-10-01T03:00:00Z"), "1 Oct");
        assert_eq!(told("2024-10-01T03:00:00Z"), "1 Oct 2024");
    }
}
