//! The JSON-LD context: what our terms mean to those who process JSON-LD.

use serde_json::{Map, Value, json};

use crate::activitystreams::AS2;

/// Adds `@context`, in front: AS2, the security vocabulary for `publicKey`, and the terms we use of
/// Lemmy (as at join-lemmy.org/context.json), PeerTube, Mastodon and schema.org. A context that is
/// already there is replaced; anything but an object is returned as it is.
pub fn with_context(value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let mut document = Map::new();
    document.insert("@context".to_owned(), context());
    document.extend(members.into_iter().filter(|(key, _)| key != "@context"));
    Value::Object(document)
}

fn context() -> Value {
    json!([
        AS2,
        "https://w3id.org/security/v1",
        {
            "lemmy": "https://join-lemmy.org/ns#",
            "pt": "https://joinpeertube.org/ns#",
            "sc": "http://schema.org/",
            "toot": "http://joinmastodon.org/ns#",
            "Hashtag": "as:Hashtag",
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "PropertyValue": "sc:PropertyValue",
            "commentsEnabled": "pt:commentsEnabled",
            "ical": "http://www.w3.org/2002/12/cal/ical#",
            "isOnline": "mz:isOnline",
            "mz": "https://joinmobilizon.org/ns#",
            "timezone": {"@id": "mz:timezone", "@type": "mz:timezone"},
            "votersCount": "toot:votersCount",
            "discoverable": "toot:discoverable",
            "distinguished": "lemmy:distinguished",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "identifier": "sc:identifier",
            "implements": "https://w3id.org/fep/844e#implements",
            "indexable": "toot:indexable",
            "language": "sc:inLanguage",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
            "removeData": "lemmy:removeData",
            "sensitive": "as:sensitive",
            "value": "sc:value",
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        }
    ])
}
