//! NodeInfo: what we say of ourselves (2.0 and 2.1), and what peers say of themselves, which decides
//! the form in which they are told things.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

use super::Federation;
use crate::community::special::is_discourse;
use crate::community::{CommunityError, site};
use crate::domain::kinds::{Dialect, RegistrationMode};
use crate::domain::text::one_line;
use crate::domain::time::DAY;
use crate::store::hosts::{self, HostRow};
use crate::store::{StoreError, Tx, accounts, comments, posts};

const MAX_ANSWER: usize = 64 * 1024;
/// Software changes; hosts are asked again after so long.
const ASK_AGAIN: i64 = 7 * DAY;
const AT_ONCE: i64 = 16;

/// Software that takes activities announced by groups (FEP-1b12).
const THREADIVERSE: &[&str] = &[
    "coppice", "lemmy", "lotide", "mbin", "kbin", "nodebb", "piefed", "sublinks",
];
/// Software that shows announced objects as boosts and ignores announced activities.
const MICROBLOGS: &[&str] = &[
    "akkoma",
    "bookwyrm",
    "calckey",
    "cherrypick",
    "fedibird",
    "firefish",
    "foundkey",
    "friendica",
    "glitchcafe",
    "gotosocial",
    "hollo",
    "hometown",
    "hubzilla",
    "iceshrimp",
    "iceshrimp.net",
    "mastodon",
    "misskey",
    "mitra",
    "pixelfed",
    "pleroma",
    "sharkey",
    "snac",
    "takahe",
    "wafrn",
];

fn spoken_by(software: &str) -> Dialect {
    match software {
        DISCOURSE => Dialect::Discourse,
        name if THREADIVERSE.contains(&name) => Dialect::Threadiverse,
        name if MICROBLOGS.contains(&name) => Dialect::Microblog,
        _ => Dialect::Unknown,
    }
}

const DISCOURSE: &str = "discourse";

/// What a host runs that shows no NodeInfo, by what its requests say (Discourse's plugin has none).
pub(super) fn note_agent(
    tx: &mut Tx<'_>,
    host: &HostRow,
    user_agent: &str,
) -> Result<(), StoreError> {
    if host.software.is_some() || !is_discourse(user_agent) {
        return Ok(());
    }
    let (dialect, asked) = (spoken_by(DISCOURSE), host.nodeinfo_at);
    hosts::set_software(tx.conn, host.id, Some(DISCOURSE), None, dialect, asked)
}

pub fn router() -> Router<Federation> {
    Router::new()
        .route("/.well-known/nodeinfo", get(index))
        .route("/nodeinfo/2.0", get(version_2_0))
        .route("/nodeinfo/2.0.json", get(version_2_0))
        .route("/nodeinfo/2.1", get(version_2_1))
        .route("/nodeinfo/2.1.json", get(version_2_1))
}

async fn index(State(federation): State<Federation>) -> Response {
    let address = &federation.store.house().address;
    let version = |version: &str| {
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
            "href": address.at(&format!("/nodeinfo/{version}")),
        })
    };
    // FEP-2677: the site's own actor.
    let application = json!({
        "rel": "https://www.w3.org/ns/activitystreams#Application",
        "href": address.site(),
    });
    let links = json!({ "links": [version("2.0"), version("2.1"), application] });
    ([(ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(links)).into_response()
}

async fn version_2_0(State(federation): State<Federation>) -> Response {
    answer(&federation, "2.0").await
}

async fn version_2_1(State(federation): State<Federation>) -> Response {
    answer(&federation, "2.1").await
}

async fn answer(federation: &Federation, version: &'static str) -> Response {
    match federation.store.read(move |tx| describe(tx, version)).await {
        Ok(document) => {
            let profile = format!(
                "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\""
            );
            let headers = [
                (CONTENT_TYPE, profile),
                (ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
            ];
            (headers, document.to_string()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "NodeInfo could not be answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn describe(tx: &mut Tx<'_>, version: &str) -> Result<Value, CommunityError> {
    let row = crate::store::site::get(tx.conn)?;
    let open = site::registration(tx)? != RegistrationMode::Closed;
    let (total, month, half_year) =
        accounts::usage(tx.conn, tx.now.minus(30 * DAY), tx.now.minus(180 * DAY))?;
    Ok(json!({
        "version": version,
        "software": { "name": "coppice", "version": env!("CARGO_PKG_VERSION") },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": open,
        "usage": {
            "users": { "total": total, "activeMonth": month, "activeHalfyear": half_year },
            "localPosts": posts::count_local(tx.conn)?,
            "localComments": comments::count_local(tx.conn)?,
        },
        "metadata": { "nodeName": row.name, "nodeDescription": row.tagline },
    }))
}

impl Federation {
    /// Asks hosts that were not asked for long what they run. False when none was due.
    pub async fn learn_about_hosts(&self) -> Result<bool, StoreError> {
        let due = self
            .store
            .read(|tx| hosts::to_ask(tx.conn, tx.now.minus(ASK_AGAIN), AT_ONCE))
            .await?;
        let any = !due.is_empty();
        let asked = due.into_iter().map(|host| self.learn_about(host));
        for outcome in futures::future::join_all(asked).await {
            outcome?;
        }
        Ok(any)
    }

    async fn learn_about(&self, host: HostRow) -> Result<(), StoreError> {
        let (software, version, early) = match self.ask(&host).await {
            Ok((software, version)) => (software, version, 0),
            Err(reason) => {
                tracing::debug!(host = host.host, reason, "no NodeInfo");
                // It may only have been down.
                (host.software.clone(), host.version.clone(), ASK_AGAIN - DAY)
            }
        };
        let dialect = software.as_deref().map_or(Dialect::Unknown, spoken_by);
        self.store
            .write(move |tx| {
                let (software, version) = (software.as_deref(), version.as_deref());
                let asked = tx.now.minus(early);
                if early == 0 {
                    hosts::take_up(tx.conn, &host)?;
                }
                hosts::set_software(tx.conn, host.id, software, version, dialect, asked)
            })
            .await
    }

    async fn ask(&self, host: &HostRow) -> Result<(Option<String>, Option<String>), String> {
        let id = host.id;
        let known = self
            .store
            .read(move |tx| hosts::any_inbox(tx.conn, id))
            .await
            .map_err(|e| e.to_string())?;
        // The scheme that its inboxes have, https if none is known.
        let mut address = match known.and_then(|inbox| Url::parse(&inbox).ok()) {
            Some(inbox) => inbox,
            None => self.origin_of(&host.host).map_err(|e| e.to_string())?,
        };
        address.set_query(None);
        address.set_path("/.well-known/nodeinfo");
        let index: Value = self.json(&address).await?;
        let links = index["links"].as_array().cloned().unwrap_or_default();
        let href = links
            .iter()
            .filter(|link| {
                link["rel"]
                    .as_str()
                    .is_some_and(|rel| rel.contains("nodeinfo.diaspora.software/ns/schema/2."))
            })
            .filter_map(|link| link["href"].as_str())
            .filter_map(|href| Url::parse(href).ok())
            .find(|href| href.host_str() == address.host_str())
            .ok_or("its NodeInfo index names no document")?;
        let document = self.json(&href).await?;
        let word = |field: &str| {
            document["software"][field]
                .as_str()
                .map(|text| one_line(text, 60).to_lowercase())
        };
        Ok((word("name"), word("version")))
    }

    async fn json(&self, url: &Url) -> Result<Value, String> {
        let fetched = self
            .client
            .get_json(url, MAX_ANSWER)
            .await
            .map_err(|e| e.to_string())?;
        serde_json::from_slice(&fetched.body).map_err(|e| e.to_string())
    }
}
