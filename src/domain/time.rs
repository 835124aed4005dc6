//! One clock type for everything stored: microseconds since 1970, UTC, as fine as peers state theirs, so
//! that what we tell on is what they told. Spans are milliseconds.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in microseconds since 1970-01-01T00:00:00Z. Always within the years 1 to 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const YEAR_1: i64 = -62_135_596_800_000_000;
const YEAR_9999_END: i64 = 253_402_300_799_999_999;
const MILLISECOND: i64 = 1_000;

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    pub fn now() -> Self {
        Timestamp::from_micros(Utc::now().timestamp_micros())
    }

    pub const fn from_micros(us: i64) -> Self {
        Timestamp(if us < YEAR_1 {
            YEAR_1
        } else if us > YEAR_9999_END {
            YEAR_9999_END
        } else {
            us
        })
    }

    pub const fn from_millis(ms: i64) -> Self {
        Timestamp::from_micros(ms.saturating_mul(MILLISECOND))
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn millis(self) -> i64 {
        self.0.div_euclid(MILLISECOND)
    }

    pub(crate) const fn as_micros(&self) -> &i64 {
        &self.0
    }

    /// Reads RFC 3339, as peers write it: with or without fractions, any offset.
    pub fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text.trim()).ok()?;
        Some(Timestamp::from_micros(time.timestamp_micros()))
    }

    pub fn plus(self, ms: i64) -> Self {
        Timestamp::from_micros(self.0.saturating_add(ms.saturating_mul(MILLISECOND)))
    }

    pub fn minus(self, ms: i64) -> Self {
        Timestamp::from_micros(self.0.saturating_sub(ms.saturating_mul(MILLISECOND)))
    }

    /// Milliseconds from `earlier` to this moment; negative when it lies ahead.
    pub fn since(self, earlier: Timestamp) -> i64 {
        (self.0 - earlier.0) / MILLISECOND
    }

    pub fn datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

/// RFC 3339 in UTC, as fine as needed, as Lemmy writes it: `2026-11-24T09:30:00.123456Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.datetime().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Timestamp::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_peers_are_read_and_absurd_years_are_bounded() {
        let plain = Timestamp::parse("2021-11-05T11:46:50Z").unwrap();
        assert_eq!(
            Timestamp::parse("2021-11-05T13:46:50.000000+02:00"),
            Some(plain)
        );
        assert_eq!(plain.to_string(), "2021-11-05T11:46:50Z");
        for fine in ["2021-11-05T11:46:50.249346Z", "2021-11-05T11:46:50.249Z"] {
            assert_eq!(Timestamp::parse(fine).unwrap().to_string(), fine);
        }
        assert!(Timestamp::parse("yesterday").is_none());
        assert_eq!(
            Timestamp::from_millis(i64::MAX).to_string(),
            "9999-12-31T23:59:59.999999Z"
        );
    }
}
