//! Other servers: those we talk with, and what the administrators say about them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Caller, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::types::instance::{
    FederatedInstances, FederationState, GetFederatedInstancesResponse, Instance,
    InstanceWithFederationState,
};
use crate::app::App;
use crate::domain::hosts::HostRule;
use crate::store::host_rules::{self, RuleRow};
use crate::store::hosts::{self, HostRow};
use crate::store::{StoreError, Tx};

pub async fn federated(
    State(app): State<App>,
    _: Caller<Reads>,
) -> ApiResult<GetFederatedInstancesResponse> {
    let answer = app.store.read(|tx| {
        let mut linked: Vec<_> = hosts::linked(tx.conn)?.into_iter().map(known).collect();
        let allowed = listed(tx, HostRule::Allowed)?;
        // Those allowed and never met are linked as well.
        let not_met = allowed.iter().filter(|one| one.federation_state.is_none());
        linked.extend(not_met.cloned());
        Ok::<_, ApiError>(GetFederatedInstancesResponse {
            federated_instances: FederatedInstances {
                linked,
                allowed,
                blocked: listed(tx, HostRule::Blocked)?,
            },
        })
    });
    Ok(Json(answer.await?))
}

fn listed(tx: &mut Tx<'_>, kind: HostRule) -> Result<Vec<InstanceWithFederationState>, StoreError> {
    let rules = host_rules::all(tx.conn, kind)?;
    let domains: Vec<&str> = rules.iter().map(|rule| rule.domain.as_str()).collect();
    let mut met: HashMap<String, HostRow> = hosts::named(tx.conn, &domains)?
        .into_iter()
        .map(|host| (host.host.clone(), host))
        .collect();
    let view = |rule: RuleRow| match met.remove(&rule.domain) {
        Some(host) => known(host),
        None => only_named(rule),
    };
    Ok(rules.into_iter().map(view).collect())
}

fn known(host: HostRow) -> InstanceWithFederationState {
    let asked = host.nodeinfo_at;
    InstanceWithFederationState {
        federation_state: Some(FederationState {
            instance_id: host.id.0,
            last_successful_published_time: host.last_delivered,
            fail_count: host.failures,
            next_retry: Some(host.next_attempt).filter(|_| host.failures > 0),
        }),
        instance: Instance {
            id: host.id.0,
            domain: host.host,
            published: host.created,
            updated: Some(asked).filter(|asked| asked.millis() > 0),
            software: host.software,
            version: host.version,
        },
    }
}

/// A domain that is listed and was never met: its rule stands for it, whose number it keeps when it is met.
fn only_named(rule: RuleRow) -> InstanceWithFederationState {
    InstanceWithFederationState {
        instance: Instance {
            id: rule.id,
            domain: rule.domain,
            published: rule.created,
            updated: None,
            software: None,
            version: None,
        },
        federation_state: None,
    }
}
