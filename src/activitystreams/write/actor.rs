//! Our actors: people, groups and the site, with their collections at addresses derived from the id.

use serde_json::{Value, json};
use url::Url;

use super::fields::{Document, image, list};
use crate::activitystreams::ImageRef;
use crate::domain::house::host_of;
use crate::domain::kinds::ActorKind;
use crate::domain::text::one_line;
use crate::domain::time::Timestamp;

/// Characters that Lemmy's database has room for in a site's name and summary. A site that says more
/// is not stored there at all, and then Lemmy does not tell us when its accounts are deleted.
const SITE_NAME_MAX: usize = 20;
const SITE_SUMMARY_MAX: usize = 150;

/// An actor of ours. HTML is already sanitised; the other texts are plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorOut {
    pub id: Url,
    pub kind: ActorKind,
    /// The name in `@name@host`.
    pub name: String,
    pub display_name: Option<String>,
    pub summary_html: Option<String>,
    pub summary_markdown: Option<String>,
    pub icon: Option<Url>,
    pub image: Option<Url>,
    pub public_key_pem: String,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
    /// Of groups only.
    pub posting_restricted_to_mods: bool,
    /// Of groups only: what is said there is not for everybody's eyes.
    pub sensitive: bool,
    /// Of groups only: a moderator lets followers in, and what is said there is for them alone.
    pub private: bool,
    /// Of the site only: what it is, in a plain line.
    pub tagline: Option<String>,
    pub shared_inbox: Url,
    /// Who it was before, for those who would move here.
    pub also_known_as: Vec<Url>,
    /// Where it went.
    pub moved_to: Option<Url>,
    /// A person's institution, shown by Mastodon's kind as a field of the profile.
    pub institution: Option<String>,
}

/// The site has its inbox and outbox beside the shared inbox; everybody else has `inbox`, `outbox` and
/// `followers` below their id, groups also `featured` and `moderators`, people `following`.
///
/// Of the site the longer text is `content` and the line `summary`, as Lemmy has it; both line and name
/// are cut to what Lemmy stores. NodeInfo gives the name in full.
pub fn actor(actor: &ActorOut) -> Value {
    let site = actor.kind == ActorKind::Application;
    let own_inbox = below(&actor.id, "inbox");
    let inbox = if site {
        &actor.shared_inbox
    } else {
        &own_inbox
    };
    let picture = |url: &Url| {
        image(&ImageRef {
            url: url.clone(),
            alt: None,
        })
    };
    let mut key_id = actor.id.clone();
    key_id.set_fragment(Some("main-key"));
    let document = Document::identified(type_word(actor.kind), &actor.id)
        .with("preferredUsername", actor.name.as_str());
    let document = if site {
        let tagline = actor.tagline.as_deref();
        // Lemmy demands a name of the site.
        let name = actor.display_name.as_ref().unwrap_or(&actor.name);
        document
            .with("name", one_line(name, SITE_NAME_MAX))
            .with_some("summary", tagline.map(|t| one_line(t, SITE_SUMMARY_MAX)))
            .with_body(
                "content",
                actor.summary_html.as_deref(),
                actor.summary_markdown.as_deref(),
            )
            .with("mediaType", "text/html")
    } else {
        // Who goes by no other name is shown by the one in the address everywhere; but NodeBB takes no edit of
        // a profile without one.
        document
            .with(
                "name",
                actor.display_name.as_ref().unwrap_or(&actor.name).as_str(),
            )
            .with_body(
                "summary",
                actor.summary_html.as_deref(),
                actor.summary_markdown.as_deref(),
            )
    };
    let document = document
        .with("url", actor.id.as_str())
        .with_some("icon", actor.icon.as_ref().map(picture))
        .with_some("image", actor.image.as_ref().map(picture))
        .with("inbox", inbox.as_str())
        .with("outbox", below(&actor.id, "outbox").as_str())
        .with(
            "endpoints",
            json!({"sharedInbox": actor.shared_inbox.as_str()}),
        )
        .with(
            "publicKey",
            json!({
                "id": key_id.as_str(),
                "owner": actor.id.as_str(),
                "publicKeyPem": actor.public_key_pem,
            }),
        )
        // People are not followed: that a Follow of one is declined should surprise nobody.
        .with(
            "manuallyApprovesFollowers",
            actor.kind.is_person() || actor.private,
        )
        .with_time("published", Some(actor.published))
        .with_time("updated", actor.updated)
        .with_some(
            "alsoKnownAs",
            Some(list(&actor.also_known_as)).filter(|aliases| !aliases.is_empty()),
        )
        .with_url("movedTo", actor.moved_to.as_ref());
    // FEP-2c59: the name under which others find it.
    let at = host_of(&actor.id).map(|host| format!("{}@{host}", actor.name));
    let document = document.with_some("webfinger", at);
    // FEP-844e: of the site it is said directly, of all others as what brought them forth.
    let document = if site {
        document.with("implements", implemented())
    } else {
        let software = json!({"type": "Application", "implements": implemented()});
        document.with("generator", software)
    };
    let followers = below(&actor.id, "followers");
    match actor.kind {
        ActorKind::Application => document,
        ActorKind::Group => document
            .with("followers", followers.as_str())
            .with("featured", below(&actor.id, "featured").as_str())
            .with("attributedTo", below(&actor.id, "moderators").as_str())
            .with("postingRestrictedToMods", actor.posting_restricted_to_mods)
            .with("sensitive", actor.sensitive)
            .with("discoverable", true)
            // FEP-5feb: whether its threads may be searched; nobody has asked our members.
            .with("indexable", !actor.private),
        ActorKind::Person | ActorKind::Service | ActorKind::Organization => document
            .with("followers", followers.as_str())
            .with("following", below(&actor.id, "following").as_str())
            .with_some("attachment", actor.institution.as_deref().map(institution)),
    }
    .done()
}

fn implemented() -> Value {
    json!([{
        "type": "Link",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421",
        "name": "RFC-9421: HTTP Message Signatures",
    }])
}

/// Where an actor of another server has what ours have at addresses derived from the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    pub inbox: Url,
    pub outbox: Option<Url>,
    pub followers: Option<Url>,
    pub featured: Option<Url>,
    pub moderators: Option<Url>,
    pub shared_inbox: Option<Url>,
    pub key_id: Url,
}

/// The document of an actor of another server, with its places as that server states them.
pub fn actor_elsewhere(out: &ActorOut, places: &Places) -> Value {
    let mut document = actor(out);
    document["inbox"] = places.inbox.as_str().into();
    document["publicKey"]["id"] = places.key_id.as_str().into();
    let stated = [
        ("outbox", &places.outbox),
        ("followers", &places.followers),
        ("featured", &places.featured),
        ("attributedTo", &places.moderators),
    ];
    for (member, place) in stated {
        set(
            &mut document,
            member,
            place.as_ref().map(|p| p.as_str().into()),
        );
    }
    let shared = places.shared_inbox.as_ref();
    set(
        &mut document,
        "endpoints",
        shared.map(|url| json!({ "sharedInbox": url.as_str() })),
    );
    document
}

fn set(document: &mut Value, member: &str, value: Option<Value>) {
    if let Some(members) = document.as_object_mut() {
        match value {
            Some(value) => members.insert(member.to_owned(), value),
            None => members.shift_remove(member),
        };
    }
}

const fn type_word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Application => "Application",
        ActorKind::Service => "Service",
        ActorKind::Organization => "Organization",
    }
}

/// `https://host/c/name` and `inbox` make `https://host/c/name/inbox`; `https://host/` makes
/// `https://host/inbox`.
fn below(id: &Url, part: &str) -> Url {
    let mut url = id.clone();
    let path = format!("{}/{part}", id.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// Mastodon reads the value of a profile field as HTML.
fn institution(name: &str) -> Value {
    let html = name
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    json!([{"type": "PropertyValue", "name": "Institution", "value": html}])
}
