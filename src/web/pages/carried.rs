//! The parts of the form for threads that carry a poll or an event: open where something stands in them,
//! folded else, without JavaScript.

use maud::{Markup, html};

use crate::community::CommunityError;
use crate::community::threads::Carried;
use crate::domain::event::{EventError, NewEvent, PLACE_MAX, Zone};
use crate::domain::limits::{LINK_MAX, WebLink};
use crate::domain::poll::{DURATIONS, NewPoll, OPTION_MAX, OPTIONS_MAX};
use crate::domain::time::{DAY, MINUTE, Timestamp};
use crate::store::events::EventRow;
use crate::web::components::forms::Field;
use crate::web::errors::Failure;
use crate::web::forms::{Draft, Fields, at};

/// Of a new thread.
pub fn read(fields: &Fields, now: Timestamp) -> Result<Carried, Failure> {
    let (poll, event) = (poll(fields, now)?, event(fields)?);
    if poll.is_some() && event.is_some() {
        let message =
            "A thread carries a poll or an event: please write another one for the other.";
        return Err(CommunityError::invalid("poll_answers", message).into());
    }
    Ok(Carried { poll, event })
}

fn poll(fields: &Fields, now: Timestamp) -> Result<Option<NewPoll>, Failure> {
    let Some(answers) = fields.optional("poll_answers") else {
        return Ok(None);
    };
    let minutes = fields.text("poll_lasts").parse().unwrap_or(DAY / MINUTE);
    let lasts = i64::saturating_mul(minutes, MINUTE);
    let multiple = fields.ticked("poll_multiple");
    let poll = NewPoll::parse(answers.lines(), multiple, lasts, now);
    Ok(Some(poll.map_err(at("poll_answers"))?))
}

/// Of a new thread, or of one that is one already.
pub fn event(fields: &Fields) -> Result<Option<NewEvent>, Failure> {
    const ALL: [&str; 5] = [
        "event_starts",
        "event_ends",
        "event_place",
        "event_address",
        "event_online",
    ];
    if ALL.iter().all(|name| fields.optional(name).is_none()) {
        return Ok(None);
    }
    let zone = fields.optional("event_timezone").unwrap_or("UTC");
    let zone = Zone::parse(zone).map_err(at("event_timezone"))?;
    let starts = zone.at(fields.text("event_starts"));
    let starts = starts.ok_or_else(|| wrong("event_starts", EventError::NoStart))?;
    let ends = match fields.optional("event_ends") {
        None => None,
        Some(text) => Some(
            zone.at(text)
                .ok_or_else(|| wrong("event_ends", EventError::NoEnd))?,
        ),
    };
    let online = fields.optional("event_online").map(WebLink::parse);
    let event = NewEvent {
        starts,
        ends,
        timezone: zone,
        place: NewEvent::place(fields.text("event_place")).map_err(at("event_place"))?,
        address: NewEvent::place(fields.text("event_address")).map_err(at("event_address"))?,
        online_url: online.transpose().map_err(at("event_online"))?,
        cancelled: fields.ticked("event_cancelled"),
    };
    event.check().map_err(at("event_ends"))?;
    Ok(Some(event))
}

fn wrong(field: &'static str, message: impl ToString) -> Failure {
    CommunityError::invalid(field, message).into()
}

/// What stands in the fields of an event.
pub fn filled(event: &EventRow) -> [(&'static str, String); 7] {
    let zone = Zone::or_utc(event.timezone.as_deref());
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("event_starts", zone.local(event.starts)),
        (
            "event_ends",
            event.ends.map(|ends| zone.local(ends)).unwrap_or_default(),
        ),
        ("event_timezone", zone.name().to_owned()),
        ("event_place", some(&event.place)),
        ("event_address", some(&event.address)),
        ("event_online", some(&event.online_url)),
        (
            "event_cancelled",
            if event.cancelled { "on" } else { "" }.to_owned(),
        ),
    ]
}

pub fn poll_fields(draft: &Draft) -> Markup {
    let open =
        !draft.value("poll_answers").is_empty() || draft.problem_at("poll_answers").is_some();
    let hint = format!("One a line: 2 to {OPTIONS_MAX}, each of {OPTION_MAX} characters at most.");
    let lasts = match draft.value("poll_lasts") {
        "" => (DAY / MINUTE).to_string(),
        text => text.to_owned(),
    };
    html! {
        details.more open[open] {
            summary { "Add a poll" }
            div.stack {
                (Field::new("poll_answers", "Answers to choose from").hint(&hint).area(draft))
                (Field::new("poll_multiple", "Several answers can be chosen").tick(draft))
                div.field {
                    label for="f-poll_lasts" { "Open for" }
                    select id="f-poll_lasts" name="poll_lasts" {
                        @for (words, millis) in DURATIONS {
                            @let minutes = (millis / MINUTE).to_string();
                            option value=(minutes) selected[minutes == lasts] { (words) }
                        }
                    }
                }
                p.hint { "People on Mastodon and elsewhere can vote as well. A poll cannot be changed once it is published." }
            }
        }
    }
}

/// `standing`: of an event that was announced already, which may also be cancelled.
pub fn event_fields(draft: &Draft, standing: bool) -> Markup {
    let names = [
        "event_starts",
        "event_ends",
        "event_timezone",
        "event_place",
        "event_address",
        "event_online",
    ];
    let open = standing
        || names.iter().any(|name| {
            (*name != "event_timezone" && !draft.value(name).is_empty())
                || draft.problem_at(name).is_some()
        });
    html! {
        details.more open[open] {
            summary { @if standing { "The event" } @else { "Plan an event" } }
            div.stack {
                div.pair {
                    (Field::new("event_starts", "Begins").kind("datetime-local").input(draft))
                    (Field::new("event_ends", "Ends").kind("datetime-local").input(draft))
                }
                (zone_field(draft))
                (Field::new("event_place", "Place").max(PLACE_MAX).hint("As people there call it: Lab 3, The Kenn Centre.").input(draft))
                (Field::new("event_address", "Address").max(PLACE_MAX).input(draft))
                (Field::new("event_online", "Link to take part online").kind("url").max(LINK_MAX).input(draft))
                @if standing { (Field::new("event_cancelled", "It does not take place").tick(draft)) }
            }
        }
    }
}

fn zone_field(draft: &Draft) -> Markup {
    let problem = draft.problem_at("event_timezone");
    let value = match draft.value("event_timezone") {
        "" => "UTC",
        typed => typed,
    };
    html! {
        div.field {
            label for="f-event_timezone" { "Time zone" }
            input id="f-event_timezone" name="event_timezone" list="zones" value=(value) autocomplete="off" data-zone
                aria-describedby=(if problem.is_some() { "w-event_timezone h-event_timezone" } else { "h-event_timezone" }) aria-invalid=[problem.map(|_| "true")];
            datalist id="zones" { @for name in Zone::names() { option value=(name) {} } }
            @if let Some(problem) = problem { p.wrong id="w-event_timezone" { (problem) } }
            p.hint id="h-event_timezone" { "Of the place, as in Europe/Berlin." }
        }
    }
}

/// Of the preview.
pub fn preview(draft: &Draft) -> Markup {
    let answers = draft.value("poll_answers").lines().map(str::trim);
    let answers: Vec<&str> = answers.filter(|line| !line.is_empty()).collect();
    html! {
        @if !answers.is_empty() { ul.bars { @for answer in answers { li dir="auto" { (answer) } } } }
    }
}
