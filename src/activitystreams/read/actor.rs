//! Actors: people, groups, sites, and the keys they sign with.

use serde_json::Value;
use url::Url;

use super::attached;
use super::content::source_markdown;
use super::error::ReadError;
use super::value::{
    Class, boolean, field, many, optional_url, required_url, text, time, type_words, url_of, urls,
};
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::domain::time::Timestamp;

/// An actor as its server describes it; HTML is not yet sanitised.
#[derive(Clone, Debug, PartialEq)]
pub struct ActorDoc {
    pub id: Url,
    pub kind: ActorKind,
    /// The name in `@name@host`. For a site that states none (Lemmy before 1.0) its host.
    pub preferred_username: String,
    pub name: Option<String>,
    pub summary_html: Option<String>,
    pub source_markdown: Option<String>,
    /// The page for people.
    pub url: Option<Url>,
    pub icon: Option<Url>,
    pub image: Option<Url>,
    pub inbox: Url,
    pub shared_inbox: Option<Url>,
    /// Relays and signing actors may state none; then it is the actor's own id, which reads as no
    /// collection.
    pub outbox: Url,
    pub followers: Option<Url>,
    /// The collection of pinned posts.
    pub featured: Option<Url>,
    /// The collection of a group's moderators (FEP-1b12), not the people themselves.
    pub moderators: Option<Url>,
    /// People of its own server whom a group names as whose it is, where others name that collection (PeerTube).
    pub owners: Vec<Url>,
    pub public_key: Option<PublicKeyDoc>,
    /// Keys of other kinds (FEP-521a), a few at most.
    pub multikeys: Vec<MultikeyDoc>,
    pub sensitive: bool,
    pub posting_restricted_to_mods: bool,
    pub manually_approves_followers: bool,
    pub moved_to: Option<Url>,
    pub also_known_as: Vec<Url>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyDoc {
    pub id: Url,
    pub owner: Url,
    pub pem: String,
}

/// A `Multikey` among an actor's `assertionMethod`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultikeyDoc {
    pub id: Url,
    /// Kind and key in one text.
    pub multibase: String,
}

const MULTIKEYS_MAX: usize = 8;

/// Reads the key out of what a `keyId` leads to: an actor, GoToSocial's stub of an actor (without
/// inbox), or a document that is only the key. The caller checks that owner and actor name each other.
pub fn read_key(value: &Value) -> Result<PublicKeyDoc, ReadError> {
    if let Some(key) = many(value, "publicKey").iter().find(|k| k.is_object()) {
        return public_key(key, Some(required_url(value, "id")?));
    }
    public_key(value, None)
}

pub(super) fn actor_doc(value: &Value, kind: ActorKind) -> Result<ActorDoc, ReadError> {
    let id = required_url(value, "id")?;
    let inbox = required_url(value, "inbox")?;
    let preferred_username = match (text(value, "preferredUsername"), kind, id.host_str()) {
        (Some(name), _, _) => name.trim().to_owned(),
        (None, ActorKind::Application, Some(host)) => host.to_owned(),
        _ => {
            return Err(ReadError::Missing {
                field: "preferredUsername",
            });
        }
    };
    let endpoints = field(value, "endpoints").unwrap_or(&Value::Null);
    let keys = many(value, "publicKey").iter();
    let public_key = keys
        .filter(|key| key.is_object())
        .find_map(|key| public_key(key, Some(id.clone())).ok());
    Ok(ActorDoc {
        kind,
        preferred_username,
        name: text(value, "name"),
        summary_html: text(value, "summary"),
        source_markdown: source_markdown(value),
        url: attached::page_url(value),
        icon: attached::widest_image(value, "icon").map(|image| image.url),
        image: attached::widest_image(value, "image").map(|image| image.url),
        inbox,
        shared_inbox: optional_url(endpoints, "sharedInbox")
            // Discourse writes it beside `endpoints`.
            .or_else(|| optional_url(value, "sharedInbox")),
        outbox: optional_url(value, "outbox").unwrap_or_else(|| id.clone()),
        followers: optional_url(value, "followers"),
        featured: optional_url(value, "featured"),
        moderators: (kind == ActorKind::Group)
            .then(|| moderators(value))
            .flatten(),
        owners: match kind {
            ActorKind::Group => owners(value, &id),
            _ => Vec::new(),
        },
        public_key,
        multikeys: multikeys(value, &id),
        sensitive: boolean(value, "sensitive").unwrap_or(false),
        posting_restricted_to_mods: boolean(value, "postingRestrictedToMods")
            .unwrap_or(kind == ActorKind::Group && begins_threads_itself(value)),
        manually_approves_followers: boolean(value, "manuallyApprovesFollowers").unwrap_or(false),
        moved_to: optional_url(value, "movedTo"),
        also_known_as: urls(value, "alsoKnownAs"),
        published: time(value, "published"),
        updated: time(value, "updated"),
        id,
    })
}

/// `attributedTo` where it is one address or a collection; PeerTube lists persons there instead.
fn moderators(value: &Value) -> Option<Url> {
    let attributed = match many(value, "attributedTo") {
        [one] if one.is_string() || Class::of(one) == Some(Class::Collection) => {
            optional_url(value, "attributedTo")
        }
        _ => None,
    };
    attributed.or_else(|| optional_url(value, "moderators"))
}

/// Groups of Mobilizon take events and articles of their members there, wikis of Ibis articles of their own:
/// neither takes a thread from elsewhere, or says so.
fn begins_threads_itself(value: &Value) -> bool {
    let states = |name: &str| field(value, name).is_some();
    (states("openness") && states("members")) || states("instances")
}

fn owners(value: &Value, id: &Url) -> Vec<Url> {
    let named = many(value, "attributedTo").iter();
    named
        .filter(|one| Class::of(one) == Some(Class::Actor(ActorKind::Person)))
        .filter_map(url_of)
        .filter(|owner| host_of(owner) == host_of(id))
        .collect()
}

fn public_key(key: &Value, actor: Option<Url>) -> Result<PublicKeyDoc, ReadError> {
    let Some(pem) = text(key, "publicKeyPem") else {
        return Err(match Class::of(key) {
            Some(_) if actor.is_none() => ReadError::WrongType {
                field: "type",
                expected: "a key or an actor with a key",
                found: type_words(key),
            },
            _ => ReadError::Missing {
                field: "publicKeyPem",
            },
        });
    };
    let owner = match (field(key, "owner"), field(key, "controller"), actor) {
        (Some(_), _, _) => required_url(key, "owner")?,
        (None, Some(_), _) => required_url(key, "controller")?,
        (None, None, Some(actor)) => actor,
        (None, None, None) => return Err(ReadError::Missing { field: "owner" }),
    };
    Ok(PublicKeyDoc {
        id: required_url(key, "id")?,
        owner,
        pem,
    })
}

/// Those that name the actor as theirs, or nobody.
fn multikeys(value: &Value, actor: &Url) -> Vec<MultikeyDoc> {
    let keys = many(value, "assertionMethod").iter();
    keys.filter(|key| type_words(key).contains("Multikey"))
        .filter(|key| match field(key, "controller") {
            Some(_) => optional_url(key, "controller").as_ref() == Some(actor),
            None => true,
        })
        .filter_map(|key| {
            Some(MultikeyDoc {
                id: optional_url(key, "id")?,
                multibase: text(key, "publicKeyMultibase")?,
            })
        })
        .take(MULTIKEYS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_read_from_an_actor_a_stub_and_a_document_of_its_own() {
        let (actor, key_id) = ("https://a.example/u/x", "https://a.example/u/x/main-key");
        let key = json!({"id": key_id, "owner": actor, "publicKeyPem": "PEM"});
        let stub = json!({"id": actor, "type": "Person", "publicKey": key});
        let expected = PublicKeyDoc {
            id: Url::parse(key_id).unwrap(),
            owner: Url::parse(actor).unwrap(),
            pem: "PEM".into(),
        };
        assert_eq!(read_key(&key), Ok(expected.clone()));
        assert_eq!(read_key(&stub), Ok(expected));
        let ownerless = json!({"id": key_id, "publicKeyPem": "PEM"});
        assert_eq!(
            read_key(&ownerless),
            Err(ReadError::Missing { field: "owner" })
        );
        assert!(matches!(
            read_key(&json!({"type": "Note"})),
            Err(ReadError::WrongType { .. })
        ));
    }
}
