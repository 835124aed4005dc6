//! Which other servers this one talks with: blocked and allowed domains, and what follows from them.

use std::collections::HashSet;

use super::accounts::Viewer;
use super::queue::By;
use super::{CommunityError, Denied, modlog};
use crate::domain::hosts::{Domain, HostRule};
use crate::domain::ids::HostId;
use crate::domain::kinds::LoggedAct;
use crate::domain::limits::Reason;
use crate::domain::rules::Act;
use crate::store::actors::ActorRow;
use crate::store::host_rules::{self, RuleRow};
use crate::store::{StoreError, Tx, activities, follows, groups, hosts, intake, shares};

/// What became of a change of the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Hosts we knew that are shut out now and were not before.
    pub shut_out: usize,
    /// Hosts that are welcome again.
    pub let_in: usize,
    /// Follows between here and there that a block ended.
    pub severed: usize,
}

/// What a member says to a group of a server that is shut out would reach nobody.
pub(crate) fn must_be_within_reach(
    tx: &mut Tx<'_>,
    person: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if person.local
        && let Some(host) = group.host_id
        && hosts::get(tx.conn, host)?.blocked
    {
        return Err(Denied::ShutOut.into());
    }
    Ok(())
}

/// Blocks a domain and all below it: nothing is taken from there or sent there any more, what waits
/// in the queues is dropped, and follows between here and there end. What came before stays.
pub fn block(
    tx: &mut Tx<'_>,
    by: By<'_>,
    domain: &Domain,
    reason: Option<&Reason>,
) -> Result<Outcome, CommunityError> {
    by.check()?;
    put(tx, by, HostRule::Blocked, domain, reason)?;
    Ok(apply(tx)?)
}

pub fn unblock(tx: &mut Tx<'_>, by: By<'_>, domain: &Domain) -> Result<Outcome, CommunityError> {
    by.check()?;
    take(tx, by, HostRule::Blocked, domain)?;
    Ok(apply(tx)?)
}

/// With the first allowed domain, all others are shut out. Follows stay, and rest: the list may
/// grow again.
pub fn allow(
    tx: &mut Tx<'_>,
    by: By<'_>,
    domain: &Domain,
    reason: Option<&Reason>,
) -> Result<Outcome, CommunityError> {
    by.check()?;
    put(tx, by, HostRule::Allowed, domain, reason)?;
    Ok(apply(tx)?)
}

pub fn disallow(tx: &mut Tx<'_>, by: By<'_>, domain: &Domain) -> Result<Outcome, CommunityError> {
    by.check()?;
    take(tx, by, HostRule::Allowed, domain)?;
    Ok(apply(tx)?)
}

/// What an administrator's app sends: a whole list in place of the one before, or nothing about it.
pub fn replace(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    allowed: Option<&[Domain]>,
    blocked: Option<&[Domain]>,
) -> Result<Outcome, CommunityError> {
    viewer.may(Act::ChooseServers)?;
    for (kind, list) in [(HostRule::Allowed, allowed), (HostRule::Blocked, blocked)] {
        let Some(list) = list else { continue };
        let by = By::Viewer(viewer);
        let wanted: HashSet<&str> = list.iter().map(Domain::as_str).collect();
        for row in host_rules::all(tx.conn, kind)? {
            if !wanted.contains(row.domain.as_str()) {
                host_rules::delete(tx.conn, row.id)?;
                log(tx, by, kind, false, &row.domain, None)?;
            }
        }
        for domain in list {
            put(tx, by, kind, domain, None)?;
        }
    }
    if allowed.is_none() && blocked.is_none() {
        return Ok(Outcome::default());
    }
    Ok(apply(tx)?)
}

/// Many at once, as a list from elsewhere has them; the rules that are here already stay.
pub fn block_all(
    tx: &mut Tx<'_>,
    by: By<'_>,
    list: &[(Domain, Option<Reason>)],
) -> Result<Outcome, CommunityError> {
    by.check()?;
    for (domain, reason) in list {
        put(tx, by, HostRule::Blocked, domain, reason.as_ref())?;
    }
    Ok(apply(tx)?)
}

fn put(
    tx: &mut Tx<'_>,
    by: By<'_>,
    kind: HostRule,
    domain: &Domain,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    if kind == HostRule::Blocked && domain.covers(tx.house.address.host()) {
        return Err(CommunityError::invalid(
            "server",
            "This server itself is of that domain, so it cannot be blocked.",
        ));
    }
    if let Some(row) = host_rules::find(tx.conn, kind, domain)? {
        if reason.is_some() {
            host_rules::set_reason(tx.conn, row.id, reason.map(Reason::as_str))?;
        }
        return Ok(());
    }
    log(tx, by, kind, true, domain.as_str(), reason)?;
    let row = RuleRow {
        id: tx.next_id(),
        kind,
        domain: domain.as_str().to_owned(),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        created: tx.now,
    };
    Ok(host_rules::insert(tx.conn, &row)?)
}

fn take(tx: &mut Tx<'_>, by: By<'_>, kind: HostRule, domain: &Domain) -> Result<(), StoreError> {
    if let Some(row) = host_rules::find(tx.conn, kind, domain)? {
        host_rules::delete(tx.conn, row.id)?;
        log(tx, by, kind, false, domain.as_str(), None)?;
    }
    Ok(())
}

/// What the operator does at the command line is nobody's in particular.
fn log(
    tx: &mut Tx<'_>,
    by: By<'_>,
    kind: HostRule,
    done: bool,
    domain: &str,
    reason: Option<&Reason>,
) -> Result<(), StoreError> {
    let By::Viewer(viewer) = by else {
        return Ok(());
    };
    let act = match kind {
        HostRule::Blocked => LoggedAct::BlockHost,
        HostRule::Allowed => LoggedAct::AllowHost,
    };
    let text = match reason {
        Some(reason) => format!("{domain}: {}", reason.as_str()),
        None => domain.to_owned(),
    };
    let entry = modlog::Entry::new(viewer.id, act, done).about(text);
    modlog::note(tx, entry)
}

/// Judges every host by the rules as they stand now. Also done by the clock: a host that two
/// transactions met at once may have been judged by the rules of a moment before.
pub fn apply(tx: &mut Tx<'_>) -> Result<Outcome, StoreError> {
    let policy = host_rules::policy(tx.conn)?;
    let (mut shut_out, mut let_in) = (Vec::new(), Vec::new());
    let mut blocked = Vec::new();
    for (id, host, was) in hosts::verdicts(tx.conn)? {
        let is = policy.shuts_out(&host);
        if is && !was {
            shut_out.push(id);
        } else if was && !is {
            let_in.push(id);
        }
        if is && policy.blocks(&host) {
            blocked.push(id);
        }
    }
    hosts::set_blocked(tx.conn, &shut_out, true)?;
    hosts::set_blocked(tx.conn, &let_in, false)?;
    for host in &shut_out {
        activities::drop_queue(tx.conn, *host)?;
        intake::drop_unapplied(tx.conn, *host)?;
    }
    let mut severed = 0;
    for host in blocked {
        severed += sever(tx, host)?;
    }
    tx.wake_delivery();
    tx.wake_intake();
    Ok(Outcome {
        shut_out: shut_out.len(),
        let_in: let_in.len(),
        severed,
    })
}

/// Ends all follows between us and a host; nothing is said to it.
fn sever(tx: &mut Tx<'_>, host: HostId) -> Result<usize, StoreError> {
    let ended = follows::end_with_host(tx.conn, host)?;
    for follow in &ended {
        if follow.counted {
            groups::count_followers(tx.conn, follow.target, -1, follow.by_local)?;
        }
        // If a group shared threads of another, it does not from now on.
        shares::end_source(tx.conn, follow.follower, follow.target)?;
    }
    Ok(ended.len())
}
