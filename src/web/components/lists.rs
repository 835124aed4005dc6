//! What lists share: tabs, the way to older items, and what stands where there is nothing yet.

use maud::{Markup, html};

use crate::domain::paging::Cursor;

/// Tabs that are links; `current` is the address of the one shown.
pub fn tabs(label: &str, current: &str, tabs: &[(&str, String)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (words, href) in tabs {
                a href=(href) aria-current=[(href == current).then_some("page")] { (words) }
            }
        }
    }
}

/// "Older" leads on from the last item; "Newest" back to the beginning, where one is not there.
/// `base` is the list's address without a cursor.
pub fn pager(base: &str, after: Option<Cursor>, next: Option<Cursor>) -> Markup {
    let joint = if base.contains('?') { '&' } else { '?' };
    html! {
        @if after.is_some() || next.is_some() {
            nav.pager aria-label="Pages" {
                span { @if after.is_some() { a.button.small href=(base) { "← Back to the first page" } } }
                span { @if let Some(next) = next { a.button.small rel="next" href={ (base) (joint) "after=" (next) } { "Next page →" } } }
            }
        }
    }
}

pub fn empty(title: &str, text: &str, way_on: Option<(&str, &str)>) -> Markup {
    html! {
        div.card.empty {
            h2 { (title) }
            p { (text) }
            @if let Some((href, words)) = way_on { a.button.main href=(href) { (words) } }
        }
    }
}
