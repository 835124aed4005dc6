//! Reads answers: their kind, their bounded body, and what an inbox says to a delivery.

use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::FetchError;
use super::error::passing_status;

const AS2_PROFILE: &str = "https://www.w3.org/ns/activitystreams";
/// How much of an answer to a POST is read, so that the connection can be used again.
const MAX_POST_ANSWER: usize = 16 * 1024;
const POST_ANSWER_TIME: Duration = Duration::from_secs(2);
const MAX_MESSAGE: usize = 500;
/// A peer may ask for patience, but not for ever.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What an answer must call itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `application/activity+json`, or `application/ld+json` with the AS2 profile.
    Activity,
    /// `application/json` or anything `+json`.
    Json,
    Any,
}

/// What an inbox answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostOutcome {
    pub status: u16,
    /// For a status other than 2xx: the beginning of the answer, at most 500 characters, no control
    /// characters. Untrusted text.
    pub message: String,
    /// From `Retry-After`, at most a day.
    pub retry_after: Option<Duration>,
}

impl PostOutcome {
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the same delivery may well succeed later: 5xx, 408, 425, 429. And 401, which many answer
    /// who could not fetch our key just now.
    pub fn is_passing(&self) -> bool {
        self.status == 401 || passing_status(self.status)
    }

    /// Whether the same activity, signed in another way, may be taken.
    pub fn refuses_signature(&self) -> bool {
        refuses_signature(self.status, &self.message)
    }

    /// Whether this inbox is gone for good.
    pub fn is_gone(&self) -> bool {
        self.status == 410
    }
}

/// 401, or another refusal that speaks of the signature.
fn refuses_signature(status: u16, message: &str) -> bool {
    status == 401
        || (matches!(status, 400 | 403) && message.to_ascii_lowercase().contains("signature"))
}

/// The body of a 2xx answer of the right kind, cut off with an error beyond `max` bytes.
pub(super) async fn read(response: Response, kind: Kind, max: usize) -> Result<Bytes, FetchError> {
    if !response.status().is_success() {
        let status = response.status().as_u16();
        let message = match status {
            400 | 403 => outcome(response).await.message,
            _ => String::new(),
        };
        return Err(match refuses_signature(status, &message) {
            true => FetchError::Signature(status),
            false => FetchError::Status(status),
        });
    }
    check_kind(response.headers(), kind)?;
    whole(response, max).await
}

/// A body, cut off with an error beyond `max` bytes.
pub(super) async fn whole(mut response: Response, max: usize) -> Result<Bytes, FetchError> {
    if response.content_length().is_some_and(|n| n > max as u64) {
        return Err(FetchError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(FetchError::from_reqwest)? {
        if body.len() + piece.len() > max {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// The status counts; the rest of the answer is read for the log and may be slow, broken or long.
pub(super) async fn outcome(mut response: Response) -> PostOutcome {
    let status = response.status();
    let retry_after = retry_after(response.headers());
    let mut text = BytesMut::new();
    let reading = async {
        while let Ok(Some(piece)) = response.chunk().await {
            let room = MAX_POST_ANSWER - text.len();
            text.extend_from_slice(&piece[..piece.len().min(room)]);
            if text.len() == MAX_POST_ANSWER {
                break;
            }
        }
    };
    // What arrived before the time ran out is good enough.
    let _ = tokio::time::timeout(POST_ANSWER_TIME, reading).await;
    let message = match status.is_success() {
        true => String::new(),
        false => String::from_utf8_lossy(&text)
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX_MESSAGE)
            .collect(),
    };
    PostOutcome {
        status: status.as_u16(),
        message,
        retry_after,
    }
}

/// Nothing compressed is taken, as none was asked for.
pub(super) fn check_plain(headers: &HeaderMap) -> Result<(), FetchError> {
    let encoded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    match encoded {
        true => Err(FetchError::Encoded),
        false => Ok(()),
    }
}

fn check_kind(headers: &HeaderMap, kind: Kind) -> Result<(), FetchError> {
    check_plain(headers)?;
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let text = types.next().and_then(|value| value.to_str().ok());
    let text = text.unwrap_or_default();
    let one = types.next().is_none();
    let fits = match kind {
        Kind::Activity => one && is_activity(text),
        Kind::Json => one && is_json(essence(text)),
        Kind::Any => true,
    };
    if fits {
        Ok(())
    } else {
        Err(FetchError::ContentType(text.chars().take(100).collect()))
    }
}

/// Type and subtype without parameters.
pub(super) fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn is_json(essence: &str) -> bool {
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn is_activity(content_type: &str) -> bool {
    let essence = essence(content_type);
    if essence.eq_ignore_ascii_case("application/activity+json") {
        return true;
    }
    essence.eq_ignore_ascii_case("application/ld+json")
        && content_type.split(';').skip(1).any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("profile")
                    && value
                        .trim()
                        .trim_matches('"')
                        .split_ascii_whitespace()
                        .any(|profile| profile == AS2_PROFILE)
            })
        })
}

/// Seconds or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(SystemTime::now())
            .unwrap_or_default(),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 45.
    #[test]
    fn only_what_calls_itself_as2_is_taken_for_an_activity_45() {
        for good in [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            "Application/Activity+JSON;charset=UTF-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
            "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json; profile=\"https://w3id.org/x https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity(good), "{good}");
        }
        for bad in [
            "",
            "text/html",
            "application/json",
            "application/ld+json",
            "application/ld+json; profile=\"https://evil.example\"",
            "text/plain; application/activity+json",
            "application/activity+jsonx",
            "image/png",
        ] {
            assert!(!is_activity(bad), "{bad}");
        }
    }

    #[test]
    fn json_goes_by_many_names() {
        for good in [
            "application/json",
            "application/jrd+json",
            "application/activity+json",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["text/html", "text/json+html", "", "+json"] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[test]
    fn patience_is_read_as_seconds_or_date_and_bounded() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("99999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(read("Tue, 24 Nov 2020 09:30:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
    }
}
