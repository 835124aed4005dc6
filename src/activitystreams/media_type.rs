//! Content types: which of them are ActivityStreams, and which a client prefers.

use url::Url;

use super::AS2;

/// True for `application/activity+json`, and for `application/ld+json` with the AS2 profile, in any
/// spelling (case, spaces, quotes, charset). Plain `application/json` and `application/ld+json` are not
/// enough: an uploaded file served under those must never pass for an object.
pub fn is_activity_content_type(content_type: &str) -> bool {
    let mut parts = split_outside_quotes(content_type, ';');
    match parts.next() {
        Some(kind) if kind.eq_ignore_ascii_case("application/activity+json") => true,
        Some(kind) if kind.eq_ignore_ascii_case("application/ld+json") => parts.any(is_as2_profile),
        _ => false,
    }
}

/// Whether an `Accept` header prefers AS2 over HTML: by q-value, then by order. Browsers and `*/*` get
/// HTML. Here `application/ld+json` without a profile counts as AS2, since no browser asks for it.
pub fn prefers_activity_json(accept: &str) -> bool {
    // (quality in thousandths, place in the header); higher quality wins, then the earlier place.
    let (mut as2, mut html, mut any) = (None, None, 0);
    for (place, entry) in split_outside_quotes(accept, ',').enumerate() {
        let mut parts = split_outside_quotes(entry, ';');
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(quality).unwrap_or(1_000);
        let slot = match kind.as_str() {
            "application/activity+json" | "application/ld+json" => &mut as2,
            "text/html" | "application/xhtml+xml" => &mut html,
            "*/*" | "text/*" => {
                any = any.max(quality);
                continue;
            }
            _ => continue,
        };
        if quality > 0 && slot.is_none_or(|(best, _)| quality > best) {
            *slot = Some((quality, place));
        }
    }
    match (as2, html) {
        (None, _) => false,
        (Some((quality, _)), None) => quality >= any,
        (Some((as2, as2_place)), Some((html, html_place))) => {
            as2 > html || (as2 == html && as2_place < html_place)
        }
    }
}

/// The media type of a picture by the extension of its address.
pub fn image_media_type(url: &Url) -> Option<&'static str> {
    let (_, extension) = url.path().rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        _ => return None,
    })
}

fn is_as2_profile(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    // A profile is a list of addresses separated by spaces (RFC 6906).
    let profiles = value.trim().trim_matches(['"', '\'']);
    let is_as2 = |p: &str| p == AS2 || p.strip_prefix("http:") == AS2.strip_prefix("https:");
    name.trim().eq_ignore_ascii_case("profile") && profiles.split_ascii_whitespace().any(is_as2)
}

/// The quality of a `q=` parameter in thousandths; nonsense counts as "not acceptable".
fn quality(parameter: &str) -> Option<u32> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let q: f64 = value.trim().parse().unwrap_or(0.0);
    // The cast saturates, and turns NaN into 0.
    Some((q.clamp(0.0, 1.0) * 1_000.0) as u32)
}

fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_content_types_are_known_in_every_spelling() {
        for yes in [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            "Application/Activity+JSON;charset=UTF-8",
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
            r#"application/ld+json;profile="https://www.w3.org/ns/activitystreams";charset=utf-8"#,
            r#"application/ld+json; charset="utf-8"; PROFILE="https://www.w3.org/ns/activitystreams""#,
            "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
            r#"application/ld+json; profile="https://example.org/p https://www.w3.org/ns/activitystreams""#,
        ] {
            assert!(is_activity_content_type(yes), "{yes}");
        }
        for no in [
            "",
            ";",
            "application/json",
            "application/ld+json",
            r#"application/ld+json; profile="https://example.org/p""#,
            r#"application/ld+json; x=";profile=https://www.w3.org/ns/activitystreams""#,
            "text/html; charset=utf-8",
            "application/activity+jsonx",
            "text/plain; application/activity+json",
        ] {
            assert!(!is_activity_content_type(no), "{no}");
        }
    }

    #[test]
    fn servers_get_activitystreams_and_browsers_get_pages() {
        for yes in [
            "application/activity+json",
            "application/activity+json, */*",
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
            "application/activity+json, application/ld+json, text/html;q=0.1",
            "text/html;q=0.9, application/activity+json",
            "application/activity+json, text/html",
            "application/activity+json;q=0.5, text/html;q=0",
            "APPLICATION/ACTIVITY+JSON; Q=0.9",
        ] {
            assert!(prefers_activity_json(yes), "{yes}");
        }
        for no in [
            "",
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html, application/activity+json",
            "application/activity+json;q=0.5, text/html",
            "application/activity+json;q=0.5, */*",
            "application/activity+json;q=0",
            "application/activity+json;q=nonsense",
            "application/activity+json;q=NaN",
            "application/json",
        ] {
            assert!(!prefers_activity_json(no), "{no}");
        }
    }
}
