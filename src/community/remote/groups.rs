//! The groups that something from elsewhere is for.

use super::actors::ensure_actor;
use super::{Coming, Docs, WireError};
use crate::activitystreams::{Content, ContentKind, PUBLIC};
use crate::community::outgoing::Via;
use crate::community::{CommunityError, threads};
use crate::domain::kinds::ActorKind;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::PostRow;
use crate::store::{Tx, cross_posts};

/// A thread's mentions and recipients beyond these are not looked at.
const MAX_NAMED: usize = 30;

/// The group a thread is for: named as audience, mentioned, or addressed. A microblog post may name several:
/// then the others as well, of ours where its author may begin a thread. The group that told us of it is
/// the first of several elsewhere, and its home where it names none.
pub(super) fn groups_of(
    tx: &mut Tx<'_>,
    content: &Content,
    author: &ActorRow,
    docs: &Docs,
    coming: Coming<'_>,
) -> Result<Vec<ActorRow>, WireError> {
    let mut known = known_groups(tx, content)?;
    if known.is_empty() {
        return match (unknown_group(tx, content, docs), coming.told_by) {
            // NodeBB: a category that took in what was written for no group.
            (Err(WireError::Refused(_)), Some(group)) if content.addressing.is_public() => {
                Ok(vec![group.clone()])
            }
            (found, _) => Ok(vec![found?]),
        };
    }
    if content.addressing.audience.is_empty()
        && let Some(teller) = coming.told_by
    {
        known.sort_by_key(|group| group.id != teller.id);
    }
    let is_microblog = matches!(content.kind, ContentKind::Note | ContentKind::Question)
        && content.addressing.audience.is_empty();
    if !is_microblog {
        known.truncate(1);
        return Ok(known);
    }
    // What its author sent us is for our groups; the others hear of it themselves.
    let (mut ours, theirs): (Vec<ActorRow>, Vec<ActorRow>) =
        known.into_iter().partition(|group| group.local);
    if ours.is_empty() || (matches!(coming.via, Via::Here) && !theirs.is_empty()) {
        ours.splice(0..0, theirs.into_iter().take(1));
    }
    let mut welcome = Vec::new();
    let mut refusal = None;
    for group in ours {
        match threads::may_begin(tx, author, &group) {
            Ok(()) => welcome.push(group),
            Err(CommunityError::Store(error)) => return Err(error.into()),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    match refusal {
        Some(refusal) if welcome.is_empty() => Err(refusal.into()),
        _ => Ok(welcome),
    }
}

fn known_groups(tx: &mut Tx<'_>, content: &Content) -> Result<Vec<ActorRow>, WireError> {
    let mentions = content.mentions.iter().map(|mention| &mention.href);
    let addressing = &content.addressing;
    let candidates = addressing
        .audience
        .iter()
        .chain(mentions)
        .chain(&addressing.to)
        .chain(&addressing.cc)
        .chain(&content.attributed_to)
        .filter(|url| url.as_str() != PUBLIC)
        .take(MAX_NAMED);
    let mut rows = Vec::new();
    for candidate in candidates {
        rows.extend(actors::by_ap_id(tx.conn, candidate)?);
    }
    for name in content.mentioned_names.iter().take(MAX_NAMED) {
        let bare = name.trim().trim_start_matches(['@', '!']);
        if let Some((name, host)) = bare.split_once('@')
            && host.eq_ignore_ascii_case(tx.house.address.host())
        {
            rows.extend(actors::local_by_name(tx.conn, &name.to_lowercase())?);
        }
    }
    let mut groups: Vec<ActorRow> = Vec::new();
    for row in rows {
        let is_group = row.kind == ActorKind::Group && !row.deleted;
        if is_group && !groups.iter().any(|known| known.id == row.id) {
            groups.push(row);
        }
    }
    Ok(groups)
}

/// Who writes for groups says which first; a toot's mentions are mostly people.
fn unknown_group(tx: &mut Tx<'_>, content: &Content, docs: &Docs) -> Result<ActorRow, WireError> {
    let addressing = &content.addressing;
    let to = match content.kind {
        ContentKind::Note => &[],
        _ => addressing.to.as_slice(),
    };
    let asked = addressing.audience.iter().chain(to);
    for candidate in asked.filter(|url| url.as_str() != PUBLIC).take(3) {
        if content.attributed_to.contains(candidate) || candidate.path().ends_with("/followers") {
            continue;
        }
        match ensure_actor(tx, candidate, docs) {
            Ok(row) if row.kind == ActorKind::Group => return Ok(row),
            Ok(_) | Err(WireError::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Err(WireError::refused("it is for no group that we know"))
}

/// The groups a thread stands in, its own first.
pub(super) fn standing_in(tx: &mut Tx<'_>, post: &PostRow) -> Result<Vec<ActorRow>, WireError> {
    let mut groups = vec![actors::get(tx.conn, post.group_id)?];
    for other in cross_posts::groups_of(tx.conn, post.id)? {
        groups.push(actors::get(tx.conn, other)?);
    }
    Ok(groups)
}
