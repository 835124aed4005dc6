//! For whom a note or message from elsewhere is, if it is a private one.

use std::collections::HashSet;

use url::Url;

use crate::activitystreams::Content;
use crate::domain::extras::{ADDRESSEES_MAX, Addressee};
use crate::domain::house::host_of;
use crate::domain::text::one_line;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx};

/// Characters of a name with its host.
const NAME_MAX: usize = 200;

/// The people whom a private message is for.
pub(crate) struct Addressed {
    /// Members of ours, each of whom gets it.
    pub members: Vec<ActorRow>,
    /// All of them, wherever they live, by their ids.
    pub everybody: Vec<(String, Addressee)>,
}

/// None, where it is for more than people: a direct note names each of those who get it. What is for
/// somebody's followers, or for a group, is no message, whoever is mentioned in it.
pub(crate) fn addressed(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    content: &Content,
) -> Result<Option<Addressed>, StoreError> {
    if content.addressing.is_public() {
        return Ok(None);
    }
    let mut seen = HashSet::new();
    let to: Vec<&Url> = content
        .addressing
        .all()
        .filter(|url| url.as_str() != author.ap_id && seen.insert(*url))
        .collect();
    if to.len() > ADDRESSEES_MAX {
        return Ok(None);
    }
    let alone = to.len() == 1;
    let (mut members, mut everybody) = (Vec::new(), Vec::new());
    for url in to {
        if author.followers_url.as_deref() == Some(url.as_str()) {
            return Ok(None);
        }
        let mention = content.mentions.iter().find(|tag| tag.href == *url);
        match actors::by_ap_id(tx.conn, url)? {
            Some(row) if !row.kind.is_person() => return Ok(None),
            Some(row) => {
                let name = format!("@{}@{}", row.name, row.host);
                let url = row.url.clone();
                everybody.push((row.ap_id.clone(), Addressee { name, url }));
                if row.local && !row.deleted {
                    members.push(row);
                }
            }
            // Whom we do not know is a person if the text speaks to them, else it may be a list of people.
            None if mention.is_none() && !alone => return Ok(None),
            None => {
                let name = named(url, mention.and_then(|tag| tag.name.as_deref()));
                let url = url.to_string();
                everybody.push((url.clone(), Addressee { name, url }));
            }
        }
    }
    Ok(Some(Addressed { members, everybody }).filter(|for_whom| !for_whom.members.is_empty()))
}

/// `@name@host` of somebody whom we know by their address alone.
fn named(url: &Url, written: Option<&str>) -> String {
    let host = host_of(url).unwrap_or_default();
    let written = written.unwrap_or_default().trim().trim_start_matches('@');
    let name = written.split('@').next().unwrap_or_default();
    if name.is_empty() {
        one_line(url.as_str(), NAME_MAX)
    } else {
        one_line(&format!("@{name}@{host}"), NAME_MAX)
    }
}
