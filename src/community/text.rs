//! Members' Markdown made into HTML, with the people and groups it mentions looked up.

use std::collections::HashMap;

use url::Url;

use crate::activitystreams::Mention as MentionTag;
use crate::domain::house::Address;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::markdown::{self, Mention, Word};
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, holders};

/// A text as it is stored, and whom it mentions.
pub(super) struct Written {
    pub html: String,
    pub mentions: Vec<Mentioned>,
}

pub(crate) struct Mentioned {
    pub actor: ActorId,
    pub local: bool,
    pub tag: MentionTag,
}

pub(super) fn write(tx: &mut Tx<'_>, text: &str) -> Result<Written, StoreError> {
    let mut known: HashMap<Mention, Url> = HashMap::new();
    let mut mentions = Vec::new();
    for mention in markdown::mentions(text) {
        let Some(actor) = find(tx, &mention)? else {
            continue;
        };
        let Ok(href) = actor.ap_id.parse::<Url>() else {
            continue;
        };
        if let Ok(page) = actor.url.parse() {
            known.insert(mention, page);
        }
        mentions.push(Mentioned {
            actor: actor.id,
            local: actor.local && actor.kind.is_person(),
            tag: MentionTag {
                href,
                name: Some(format!("@{}@{}", actor.name, actor.host)),
            },
        });
    }
    let address = &tx.house.address;
    let html = markdown::render_linked(text, &|word| match word {
        Word::Mention(mention) => known.get(mention).cloned(),
        Word::Hashtag(tag) => Some(address.hashtag(tag)),
    });
    Ok(Written {
        html: html.into_string(),
        mentions,
    })
}

/// The hashtags of a text of ours, each with the page that lists what carries it.
pub(super) fn hashtags(address: &Address, text: Option<&str>) -> Vec<(String, Url)> {
    let tags = text.map(markdown::hashtags).unwrap_or_default();
    tags.into_iter()
        .map(|tag| {
            let page = address.hashtag(&tag);
            (tag, page)
        })
        .collect()
}

/// Whom a text of ours mentions elsewhere: who got it then is told of what becomes of it.
fn mentioned_elsewhere(tx: &mut Tx<'_>, text: Option<&str>) -> Result<Vec<ActorId>, StoreError> {
    let mut all = Vec::new();
    for mention in text.map(markdown::mentions).unwrap_or_default() {
        let actor = find(tx, &mention)?.filter(|actor| !actor.local);
        all.extend(actor.map(|actor| actor.id));
    }
    Ok(all)
}

/// Who elsewhere has a copy of a thread or comment of ours without following its group: whom the texts it had
/// mention, and who answered it.
pub(super) fn holders_elsewhere(
    tx: &mut Tx<'_>,
    post: PostId,
    comment: Option<CommentId>,
    texts: &[Option<&String>],
) -> Result<Vec<ActorId>, StoreError> {
    let mut all = holders::answered_by(tx.conn, post, comment)?;
    for text in texts {
        all.extend(mentioned_elsewhere(tx, text.map(String::as_str))?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn find(tx: &mut Tx<'_>, mention: &Mention) -> Result<Option<ActorRow>, StoreError> {
    let name = mention.name.to_lowercase();
    match &mention.host {
        Some(host) if host != tx.house.address.host() => {
            Ok(actors::by_address(tx.conn, &mention.name, host)?
                .into_iter()
                .find(|actor| !actor.deleted))
        }
        _ => Ok(actors::local_by_name(tx.conn, &name)?.filter(|actor| !actor.deleted)),
    }
}
