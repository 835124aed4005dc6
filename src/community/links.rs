//! Links that nobody may post here, whichever door they come through.

use url::Url;

use super::accounts::Viewer;
use super::{CommunityError, Denied};
use crate::domain::links::LinkPattern;
use crate::domain::rules::Act;
use crate::store::blocked_links::{self, BlockedLinkRow};
use crate::store::{StoreError, Tx};

/// Puts a whole list in place of the one before.
pub fn replace_blocked(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    patterns: &[LinkPattern],
) -> Result<(), CommunityError> {
    viewer.may(Act::EditSite)?;
    let known: Vec<LinkPattern> = blocked(tx)?;
    for pattern in known.iter().filter(|known| !patterns.contains(known)) {
        blocked_links::delete(tx.conn, pattern)?;
    }
    let mut kept = known;
    for pattern in patterns {
        if kept.contains(pattern) {
            continue;
        }
        blocked_links::insert(
            tx.conn,
            &BlockedLinkRow {
                id: tx.next_id(),
                pattern: pattern.as_str().to_owned(),
                created: tx.now,
            },
        )?;
        kept.push(pattern.clone());
    }
    Ok(())
}

fn blocked(tx: &mut Tx<'_>) -> Result<Vec<LinkPattern>, StoreError> {
    let rows = blocked_links::all(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| LinkPattern::stored(row.pattern))
        .collect())
}

/// Refuses a contribution of which a link, or a link in its text, leads where none may lead.
pub(crate) fn check<'a>(
    tx: &mut Tx<'_>,
    links: impl IntoIterator<Item = &'a str>,
    body_html: &str,
) -> Result<(), CommunityError> {
    let patterns = blocked(tx)?;
    if patterns.is_empty() {
        return Ok(());
    }
    let in_text = crate::domain::html::links(body_html);
    let all = links.into_iter().map(str::to_owned).chain(in_text);
    for link in all.filter_map(|text| Url::parse(&text).ok()) {
        if patterns.iter().any(|pattern| pattern.covers(&link)) {
            return Err(Denied::BlockedLink.into());
        }
    }
    Ok(())
}
