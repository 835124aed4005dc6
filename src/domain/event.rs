//! Events: when and where, in the time zone of the place. Pure.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::limits::WebLink;
use super::text::one_line;
use super::time::{DAY, Timestamp};

/// Characters of a place's name, and of its address.
pub const PLACE_MAX: usize = 200;
/// Longer ones are two events.
pub const LONGEST: i64 = 366 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EventError {
    #[error("When does it begin? A date and a time, as in 2026-12-03T18:00.")]
    NoStart,
    #[error("The end is a date and a time, as in 2026-12-03T20:00.")]
    NoEnd,
    #[error("An event ends after it has begun.")]
    EndsFirst,
    #[error("An event lasts a year at most.")]
    TooLong,
    #[error("There is no such time zone: choose one like Europe/Berlin.")]
    NoZone,
    #[error("This may have at most {PLACE_MAX} characters.")]
    PlaceTooLong,
}

/// An event as a member plans it, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub starts: Timestamp,
    pub ends: Option<Timestamp>,
    pub timezone: Zone,
    pub place: Option<String>,
    pub address: Option<String>,
    pub online_url: Option<WebLink>,
    pub cancelled: bool,
}

impl NewEvent {
    /// A place's name or address; none where nothing was typed.
    pub fn place(text: &str) -> Result<Option<String>, EventError> {
        let line = one_line(text, PLACE_MAX + 1);
        if line.chars().count() > PLACE_MAX {
            return Err(EventError::PlaceTooLong);
        }
        Ok(Some(line).filter(|line| !line.is_empty()))
    }

    /// Whether it ends after it begins, and not a year later.
    pub fn check(&self) -> Result<(), EventError> {
        match self.ends {
            Some(ends) if ends <= self.starts => Err(EventError::EndsFirst),
            Some(ends) if ends.since(self.starts) > LONGEST => Err(EventError::TooLong),
            _ => Ok(()),
        }
    }
}

/// A time zone by its name in the time zone database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    pub fn parse(name: &str) -> Result<Zone, EventError> {
        let zone = jiff::tz::db()
            .get(name.trim())
            .map_err(|_| EventError::NoZone)?;
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(Zone { name, zone })
    }

    pub fn utc() -> Zone {
        Zone {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }

    /// Of an event from elsewhere: UTC where its zone is none.
    pub fn or_utc(name: Option<&str>) -> Zone {
        name.and_then(|name| Zone::parse(name).ok())
            .unwrap_or_else(Zone::utc)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// All there are, for a list to choose from.
    pub fn names() -> Vec<String> {
        jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .filter(|name| name.contains('/') || name == "UTC")
            .collect()
    }

    /// What a `datetime-local` field holds, as a moment here.
    pub fn at(&self, text: &str) -> Option<Timestamp> {
        let local: DateTime = text.trim().parse().ok()?;
        let moment = self.zone.to_timestamp(local).ok()?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    }

    /// As a `datetime-local` field holds it.
    pub fn local(&self, moment: Timestamp) -> String {
        self.civil(moment).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// `Thursday, 3 December 2026, 18:00`.
    pub fn told(&self, moment: Timestamp) -> String {
        let civil = self.civil(moment);
        civil.strftime("%A, %-d %B %Y, %H:%M").to_string()
    }

    /// From when to when: `Thursday, 3 December 2026, 18:00–20:00`.
    pub fn span(&self, starts: Timestamp, ends: Option<Timestamp>) -> String {
        let from = self.told(starts);
        match ends {
            None => from,
            Some(ends) if self.civil(ends).date() == self.civil(starts).date() => {
                format!("{from}–{}", self.civil(ends).strftime("%H:%M"))
            }
            Some(ends) => format!("{from} – {}", self.told(ends)),
        }
    }

    fn civil(&self, moment: Timestamp) -> DateTime {
        let moment = jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or_default();
        self.zone.to_datetime(moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_the_place_in_summer_and_winter() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let winter = berlin.at("2026-12-03T18:00").unwrap();
        assert_eq!(winter.to_string(), "2026-12-03T17:00:00Z");
        let summer = berlin.at("2026-07-03T18:00").unwrap();
        assert_eq!(summer.to_string(), "2026-07-03T16:00:00Z");
        assert_eq!(berlin.local(winter), "2026-12-03T18:00");
        assert_eq!(
            berlin.span(winter, Some(winter.plus(7_200_000))),
            "Thursday, 3 December 2026, 18:00–20:00"
        );
        assert_eq!(
            berlin.span(winter, Some(winter.plus(DAY))),
            "Thursday, 3 December 2026, 18:00 – Friday, 4 December 2026, 18:00"
        );
        assert_eq!(Zone::parse("Mars/Base"), Err(EventError::NoZone));
        assert_eq!(Zone::or_utc(Some("nonsense")).name(), "UTC");
        assert!(Zone::names().contains(&"Asia/Tokyo".to_owned()));
        assert_eq!(berlin.at("tomorrow"), None);
        // The ends of time do not panic.
        berlin.told(Timestamp::from_millis(i64::MAX));
        berlin.told(Timestamp::from_millis(i64::MIN));
    }

    #[test]
    fn an_event_ends_after_it_begins() {
        let starts = Timestamp::parse("2026-12-03T17:00:00Z").unwrap();
        let event = |ends| NewEvent {
            starts,
            ends,
            timezone: Zone::utc(),
            place: None,
            address: None,
            online_url: None,
            cancelled: false,
        };
        assert_eq!(event(None).check(), Ok(()));
        assert_eq!(event(Some(starts)).check(), Err(EventError::EndsFirst));
        assert_eq!(
            event(Some(starts.plus(LONGEST + 1))).check(),
            Err(EventError::TooLong)
        );
        assert_eq!(NewEvent::place("  "), Ok(None));
    }
}
