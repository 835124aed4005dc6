//! Events: when, where, and whether it still takes place (Mobilizon, FEP-8a8e).

use serde_json::Value;
use url::Url;

use super::value::{field, many, optional_url, parse_url, text, time};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDoc {
    pub starts: Timestamp,
    pub ends: Option<Timestamp>,
    /// As stated: perhaps no time zone that there is.
    pub timezone: Option<String>,
    pub place: Option<String>,
    /// In one line.
    pub address: Option<String>,
    pub online_url: Option<Url>,
    pub cancelled: bool,
}

pub(super) fn event(value: &Value) -> Option<EventDoc> {
    let starts = time(value, "startTime")?;
    let ends = time(value, "endTime").filter(|ends| *ends > starts);
    let (mut place, mut address, mut online_url) = (None, None, None);
    for location in many(value, "location") {
        if many(location, "type")
            .iter()
            .any(|kind| kind == "VirtualLocation")
        {
            online_url = online_url.or_else(|| optional_url(location, "url"));
            continue;
        }
        place = place.or_else(|| match location.as_str() {
            Some(words) => Some(words.to_owned()).filter(|words| !words.trim().is_empty()),
            None => text(location, "name"),
        });
        address = address.or_else(|| in_one_line(location));
    }
    // A place that is a web address is no place to go to.
    if let Some(url) = place.as_deref().and_then(|words| parse_url(words).ok()) {
        online_url = online_url.or(Some(url));
        place = None;
    }
    let status = text(value, "ical:status").or_else(|| text(value, "status"));
    Some(EventDoc {
        starts,
        ends,
        timezone: text(value, "timezone").or_else(|| text(value, "displayTimezone")),
        place,
        address,
        online_url: online_url
            .or_else(|| optional_url(value, "onlineAddress"))
            .or_else(|| optional_url(online_attachment(value)?, "href"))
            // PieFed.
            .or_else(|| optional_url(value, "onlineLink")),
        cancelled: status.is_some_and(|word| word.trim().eq_ignore_ascii_case("cancelled")),
    })
}

/// Mobilizon attaches an event's address on the web under this name.
pub(super) fn online_attachment(event: &Value) -> Option<&Value> {
    let mut attachments = many(event, "attachment").iter();
    attachments.find(|one| {
        text(one, "type").as_deref() == Some("Link")
            && text(one, "name").as_deref() == Some("Website")
    })
}

fn in_one_line(location: &Value) -> Option<String> {
    let Some(address) = field(location, "address") else {
        return joined([text(location, "city"), text(location, "country")]);
    };
    if let Some(words) = address.as_str() {
        // PieFed writes the town beside it.
        let beside = |name: &str| text(location, name);
        let street = Some(words.to_owned()).filter(|words| !words.trim().is_empty());
        let parts = [street, beside("city"), beside("country")];
        return joined(parts);
    }
    let part = |name: &str| text(address, name);
    let town = match (part("postalCode"), part("addressLocality")) {
        (Some(code), Some(town)) => Some(format!("{code} {town}")),
        (code, town) => code.or(town),
    };
    joined([
        part("streetAddress"),
        town,
        part("addressRegion"),
        part("addressCountry"),
    ])
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let all: Vec<String> = parts.into_iter().flatten().collect();
    Some(all.join(", ")).filter(|line| !line.is_empty())
}
