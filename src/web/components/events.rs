//! When and where: an event above the text of its thread, and in one line of a list.

use maud::{Markup, html};

use crate::domain::event::Zone;
use crate::domain::time::Timestamp;
use crate::store::events::EventRow;

pub fn event(event: &EventRow, now: Timestamp) -> Markup {
    let zone = Zone::or_utc(event.timezone.as_deref());
    let over = event.ends.unwrap_or(event.starts) < now;
    html! {
        dl.event {
            @if event.cancelled { div { dt.hidden { "State" } dd { span.badge.bad { "Cancelled" } } } }
            @else if over { div { dt.hidden { "State" } dd { span.badge.plain { "Over" } } } }
            div {
                dt { "When" }
                dd {
                    time datetime=(event.starts) { (zone.span(event.starts, event.ends)) }
                    " " span.hint { (zone.name()) }
                }
            }
            @if event.place.is_some() || event.address.is_some() {
                div {
                    dt { "Where" }
                    dd dir="auto" {
                        @if let Some(place) = &event.place { strong { (place) } }
                        @if let Some(address) = &event.address { @if event.place.is_some() { br; } (address) }
                    }
                }
            }
            @if let Some(url) = &event.online_url {
                div { dt { "Online" } dd { a href=(url) rel="nofollow noopener ugc" { (url) } } }
            }
        }
    }
}

/// The day alone, with the place.
pub fn in_short(event: &EventRow) -> Markup {
    let zone = Zone::or_utc(event.timezone.as_deref());
    html! {
        span.badge {
            @if event.cancelled { "Cancelled: " }
            time datetime=(event.starts) { (zone.told(event.starts)) }
            @if let Some(place) = &event.place { ", " (place) }
        }
    }
}
