//! The page for what went wrong: what it was, and what to do now.

use maud::{Markup, html};

use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page, bare};

pub fn render(frame: Option<&Frame>, failure: &Failure) -> Markup {
    let (title, text) = words(failure);
    let main = html! {
        div.card.empty.reading {
            p.badge.plain { (failure.status().as_u16()) }
            h1 { (title) }
            p { (text) }
            p.row {
                a.button.main href="/" { "Go to the start page" }
                @if matches!(failure, Failure::NoSuchPage | Failure::Missing(_)) { a.button href="/search" { "Search" } }
            }
        }
    };
    match frame {
        Some(frame) => Page::new(frame, title).private().render(main),
        None => bare(title, main),
    }
}

fn words(failure: &Failure) -> (&'static str, String) {
    let own = |text: &str| text.to_owned();
    match failure {
        Failure::NoSuchPage => (
            "This page does not exist",
            own("The address may be mistyped, or what was here is gone."),
        ),
        Failure::WrongMethod => (
            "This page cannot be opened like that",
            own("It only takes what a button on another page sends. Go back and press that."),
        ),
        Failure::BadAddress => (
            "This address is not complete",
            own(
                "It leads somewhere into a list and cannot be read. Begin at the list's first page.",
            ),
        ),
        Failure::Missing(what) => (
            "Not found",
            format!(
                "{what} It may be gone, or not known to this server yet: if you have its full address, search for it."
            ),
        ),
        Failure::Denied(why) => ("You may not do that", why.to_string()),
        Failure::Invalid { message, .. } => ("That did not work", message.clone()),
        Failure::ForgedForm => (
            "This form is no longer valid",
            own(
                "It may have been open for long, or you logged in or out meanwhile. Go back, reload the page and send it again.",
            ),
        ),
        Failure::BadForm => (
            "This form could not be read",
            own("Go back and send it once more."),
        ),
        Failure::TooLarge => (
            "That is too large",
            own("Choose a smaller picture, or write a shorter text."),
        ),
        Failure::TooMany(seconds) => (
            "Slow down a little",
            format!(
                "That was too much at once. Try again in {}.",
                wait(*seconds)
            ),
        ),
        Failure::LogInFirst(_) => ("Please log in", own("You need to be logged in for that.")),
        Failure::Unavailable => (
            "We will be right back",
            own(
                "This site cannot reach its data just now. Nothing of yours is lost; try again in a minute.",
            ),
        ),
        Failure::Broken => (
            "Something went wrong here",
            own("It is not your fault, and it was written to the log. Try again in a moment."),
        ),
    }
}

fn wait(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
