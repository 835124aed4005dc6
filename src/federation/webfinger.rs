//! WebFinger (RFC 7033), both ways, and host-meta for old software.

use std::collections::HashMap;

use activitypub_federation::fetch::webfinger::{WEBFINGER_CONTENT_TYPE, Webfinger, WebfingerLink};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::Federation;
use super::client::FetchError;
use super::handle::Handle;
use super::resolve::ResolveError;
use crate::activitystreams::is_activity_content_type;
use crate::community::site::SITE_ACTOR_NAME;
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::audience::Audience;
use crate::store::{StoreError, Tx, audience, site};

const TYPE_PROPERTY: &str = "https://www.w3.org/ns/activitystreams#type";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// FEP-3b86: the pages where a member of that server acts on an object.
const INTENT_OBJECT: &str = "https://w3id.org/fep/3b86/Object";
const INTENT_FOLLOW: &str = "https://w3id.org/fep/3b86/Follow";
const INTENT_LIKE: &str = "https://w3id.org/fep/3b86/Like";
const INTENT_CREATE: &str = "https://w3id.org/fep/3b86/Create";
const MAX_ANSWER: usize = 64 * 1024;

pub fn router() -> Router<Federation> {
    Router::new()
        .route("/.well-known/webfinger", get(serve))
        .route("/.well-known/host-meta", get(host_meta))
}

#[derive(Deserialize)]
struct Asked {
    resource: Option<String>,
}

async fn serve(State(federation): State<Federation>, Query(asked): Query<Asked>) -> Response {
    let Some(resource) = asked.resource else {
        return (StatusCode::BAD_REQUEST, "Say which resource.").into_response();
    };
    let found = federation
        .store
        .read(move |tx| {
            let row = find(tx, &resource)?.ok_or(StoreError::NotFound)?;
            describe(tx, &row)
        })
        .await;
    match found {
        Ok(answer) => {
            let headers = [
                (CONTENT_TYPE, WEBFINGER_CONTENT_TYPE.clone()),
                (
                    ACCESS_CONTROL_ALLOW_ORIGIN,
                    axum::http::HeaderValue::from_static("*"),
                ),
            ];
            (headers, without_nulls(&answer).to_string()).into_response()
        }
        Err(StoreError::NotFound) => {
            (StatusCode::NOT_FOUND, "Nobody of that name is here.").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "WebFinger could not be answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The library writes what a link lacks as null; RFC 7033 knows strings only.
fn without_nulls(answer: &Webfinger) -> Value {
    let mut value = json!(answer);
    for link in value["links"].as_array_mut().into_iter().flatten() {
        if let Value::Object(fields) = link {
            fields.retain(|_, field| !field.is_null());
        }
    }
    value
}

fn find(tx: &mut Tx<'_>, resource: &str) -> Result<Option<ActorRow>, StoreError> {
    let row = if let Some(url) = resource
        .starts_with("http")
        .then(|| Url::parse(resource).ok())
        .flatten()
    {
        actors::by_ap_id(tx.conn, &url)?
    } else {
        match Handle::parse(resource) {
            Some(handle) if handle.host == tx.house.address.host() => {
                let name = handle.name.to_lowercase();
                // Lemmy's way to name a site: its host, at its host.
                if name == SITE_ACTOR_NAME || name == handle.host {
                    let site = site::get(tx.conn)?;
                    Some(actors::get(tx.conn, site.actor_id)?)
                } else {
                    actors::local_by_name(tx.conn, &name)?
                }
            }
            _ => None,
        }
    };
    let row = row.filter(|row| {
        row.local && !row.deleted && (row.kind != ActorKind::Group || !row.suspended)
    });
    match row {
        // A group for this instance alone is not there for others, nor is who has yet to be let in.
        Some(row) if !audience::may_find(tx.conn, Audience::Visitor, &row)? => Ok(None),
        row => Ok(row),
    }
}

fn url(text: &str) -> Result<Url, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Corrupt(format!("{text:?} is no URL")))
}

fn describe(tx: &mut Tx<'_>, row: &ActorRow) -> Result<Webfinger, StoreError> {
    let id = url(&row.ap_id)?;
    let kind = match row.kind {
        ActorKind::Group => "Group",
        kind if kind.is_person() => "Person",
        _ => "Application",
    };
    let properties = HashMap::from([(url(TYPE_PROPERTY)?, kind.to_owned())]);
    let site = tx.house.address.site();
    let template = |rel: &str, query: &str| WebfingerLink {
        rel: Some(rel.to_owned()),
        template: Some(format!("{site}authorize_interaction?{query}")),
        ..WebfingerLink::default()
    };
    // Only people act.
    let intents = if row.kind.is_person() {
        vec![
            template(INTENT_OBJECT, "uri={object}"),
            template(INTENT_FOLLOW, "uri={object}&intent=follow"),
            template(INTENT_LIKE, "uri={object}&intent=like"),
            template(
                INTENT_CREATE,
                "uri={inReplyTo}&content={content}&intent=reply",
            ),
        ]
    } else {
        Vec::new()
    };
    Ok(Webfinger {
        subject: format!("acct:{}@{}", row.name, row.host),
        aliases: vec![id.clone()],
        links: vec![
            WebfingerLink {
                rel: Some("http://webfinger.net/rel/profile-page".to_owned()),
                kind: Some("text/html".to_owned()),
                href: Some(url(&row.url)?),
                ..WebfingerLink::default()
            },
            WebfingerLink {
                rel: Some("self".to_owned()),
                kind: Some("application/activity+json".to_owned()),
                href: Some(id),
                properties,
                ..WebfingerLink::default()
            },
            template(SUBSCRIBE, "uri={uri}"),
        ]
        .into_iter()
        .chain(intents)
        .collect(),
        properties: HashMap::new(),
    })
}

async fn host_meta(State(federation): State<Federation>) -> Response {
    let site = federation.store.house().address.site().to_string();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{site}.well-known/webfinger?resource={{uri}}\"/>\n\
         </XRD>\n"
    );
    ([(CONTENT_TYPE, "application/xrd+xml; charset=utf-8")], body).into_response()
}

impl Federation {
    pub(super) async fn webfinger(&self, handle: &Handle) -> Result<Webfinger, ResolveError> {
        if self.is_shut_out(&handle.host).await? {
            return Err(ResolveError::Refused(format!(
                "{} is blocked here",
                handle.host
            )));
        }
        let mut address = self.origin_of(&handle.host)?;
        address.set_path("/.well-known/webfinger");
        address
            .query_pairs_mut()
            .append_pair("resource", &format!("acct:{}@{}", handle.name, handle.host));
        let fetched = self
            .client
            .get_json(&address, MAX_ANSWER)
            .await
            .map_err(|error| {
                // PieFed answers with an empty page where nobody has that name.
                if error.is_gone() || matches!(error, FetchError::ContentType(_)) {
                    ResolveError::NotFound
                } else {
                    ResolveError::Unreachable(format!("{}: {error}", handle.host))
                }
            })?;
        serde_json::from_slice(&fetched.body)
            .map_err(|e| ResolveError::Refused(format!("{} answers nonsense: {e}", handle.host)))
    }

    /// The actor that `name@host` stands for.
    pub(super) async fn finger(&self, handle: &Handle) -> Result<Url, ResolveError> {
        let answer = self.webfinger(handle).await?;
        let subject = Handle::parse(&answer.subject);
        if subject.is_none_or(|subject| subject.host != handle.host) {
            return Err(ResolveError::Refused(format!(
                "{} answers for another server",
                handle.host
            )));
        }
        let kind_of = |link: &WebfingerLink| {
            link.properties
                .iter()
                .find(|(property, _)| property.as_str() == TYPE_PROPERTY)
                .map(|(_, kind)| kind == "Group")
        };
        let mut links: Vec<_> = answer
            .links
            .into_iter()
            .filter(|link| link.rel.as_deref() == Some("self"))
            .filter(|link| link.kind.as_deref().is_some_and(is_activity_content_type))
            .collect();
        // Where a group and a person share a name, `!name` means the group.
        links.sort_by_key(|link| match kind_of(link) {
            Some(group) => u8::from(group != handle.group),
            None => 1,
        });
        links
            .into_iter()
            .find_map(|link| link.href)
            .ok_or(ResolveError::NotFound)
    }

    /// Where somebody of another server acts on an object of ours: the page of theirs for that, which
    /// may be asked as any address may. `visitor` is `name@host` or just `host`.
    pub async fn remote_interact_url(
        &self,
        visitor: &str,
        object: &Url,
        wish: Wish,
    ) -> Result<Url, ResolveError> {
        let visitor = visitor.trim();
        let handle = Handle::parse(visitor);
        let host = match &handle {
            Some(handle) => handle.host.clone(),
            None => {
                Handle::parse(&format!("x@{}", visitor.trim_end_matches('/')))
                    .ok_or(ResolveError::NotFound)?
                    .host
            }
        };
        if let Some(handle) = &handle {
            let answer = self.webfinger(handle).await?;
            let first = match wish {
                Wish::Follow => INTENT_FOLLOW,
                Wish::Reply => INTENT_CREATE,
            };
            for rel in [first, SUBSCRIBE, INTENT_OBJECT] {
                let template = answer
                    .links
                    .iter()
                    .filter(|link| link.rel.as_deref() == Some(rel))
                    .find_map(|link| link.template.as_deref());
                if let Some(url) = template.and_then(|text| fill(text, object))
                    && self.client.check_url(&url).is_ok()
                {
                    return Ok(url);
                }
            }
        }
        let mut url = self.origin_of(&host)?;
        url.set_path("/authorize_interaction");
        url.query_pairs_mut().append_pair("uri", object.as_str());
        Ok(url)
    }
}

/// What a visitor is about to do on their own server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Follow,
    Reply,
}

/// Where an object stands in a template; what else it asks for is left empty.
const OBJECT_FIELDS: &[&str] = &["{uri}", "{object}", "{inReplyTo}"];

/// Puts an object into a template like `https://host/interact?uri={uri}`. None without a place for it.
fn fill(template: &str, object: &Url) -> Option<Url> {
    let encoded: String =
        url::form_urlencoded::byte_serialize(object.as_str().as_bytes()).collect();
    if !OBJECT_FIELDS.iter().any(|field| template.contains(field)) {
        return None;
    }
    let mut filled = template.to_owned();
    for field in OBJECT_FIELDS {
        filled = filled.replace(field, &encoded);
    }
    while let Some(start) = filled.find('{')
        && let Some(end) = filled[start..].find('}')
    {
        filled.replace_range(start..=start + end, "");
    }
    let url = Url::parse(&filled).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_and_never_leads_to_a_script() {
        let object = Url::parse("https://here.example/c/x?a=b").unwrap();
        let filled = fill("https://there.example/i?uri={uri}", &object).unwrap();
        assert_eq!(
            filled.as_str(),
            "https://there.example/i?uri=https%3A%2F%2Fhere.example%2Fc%2Fx%3Fa%3Db"
        );
        let filled = fill(
            "https://there.example/i?to={inReplyTo}&on={on-success}&x={y",
            &object,
        );
        assert_eq!(
            filled.unwrap().as_str(),
            "https://there.example/i?to=https%3A%2F%2Fhere.example%2Fc%2Fx%3Fa%3Db&on=&x={y"
        );
        assert!(fill("javascript:alert({uri})", &object).is_none());
        assert!(fill("https://there.example/nowhere", &object).is_none());
    }
}
