//! The words of the wire: reads what peers send with tolerance, writes what we send exactly.
//! Pure: no network, no database, no clock; it knows `domain` and nothing above it.

mod media_type;
pub mod read;
pub mod write;

#[cfg(test)]
mod tests;

pub use media_type::{image_media_type, is_activity_content_type, prefers_activity_json};
pub use read::*;
pub use write::*;

/// The collection everybody belongs to (ActivityPub, 5.6). Peers also write `as:Public` and `Public`;
/// readers turn both into this.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The namespace of ActivityStreams 2.0: its JSON-LD context, and the profile of `application/ld+json`.
pub const AS2: &str = "https://www.w3.org/ns/activitystreams";

/// The content type of everything we send and serve on the wire.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// Somebody an object names in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The actor's id.
    pub href: url::Url,
    /// As written by the sender, commonly `@name@host`; never checked against `href`.
    pub name: Option<String>,
}

/// A picture by address, with its description for those who cannot see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    pub url: url::Url,
    pub alt: Option<String>,
}
