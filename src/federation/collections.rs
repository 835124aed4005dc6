//! Reading collections of other servers: whole or in pages, items embedded or named, never without end.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::Federation;
use super::fetch::FetchFailure;
use crate::activitystreams::{self as wire, Collection, FirstPage};
use crate::store::StoreError;

/// Pages read of one collection, so that short ones do not lead us on for ever.
const MAX_PAGES: usize = 20;

/// What became of reading a collection.
pub(super) enum Read<T> {
    Found(T),
    /// There is none, or none that we may read.
    Nothing,
    NotNow,
}

/// What stood in a collection.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub items: Vec<Value>,
    /// Nothing was left out for its length.
    pub complete: bool,
}

impl Federation {
    pub(super) async fn collection(&self, url: &Url) -> Result<Read<Collection>, StoreError> {
        let fetched = match self.fetch_raw(url).await? {
            Ok(fetched) => fetched,
            Err(error) => {
                tracing::debug!(%url, %error, "a collection could not be read");
                return Ok(if error.is_passing() {
                    Read::NotNow
                } else {
                    Read::Nothing
                });
            }
        };
        let read = wire::parse_json(&fetched.body).and_then(|value| wire::read_collection(&value));
        Ok(read.map_or(Read::Nothing, Read::Found))
    }

    /// Up to `limit` items, over as many pages as they take, with so many fetches left.
    pub(super) async fn items_at(
        &self,
        url: &Url,
        limit: usize,
        left: &mut usize,
    ) -> Result<Read<Items>, StoreError> {
        if !spend(left) {
            return Ok(Read::Nothing);
        }
        let root = match self.collection(url).await? {
            Read::Found(root) => root,
            Read::Nothing => return Ok(Read::Nothing),
            Read::NotNow => return Ok(Read::NotNow),
        };
        Ok(Read::Found(self.items_of(root, url, limit, left).await?))
    }

    /// Likewise, of a collection at hand that came from `home`'s server. A page that cannot be had ends
    /// it: what was read until then counts.
    pub(super) async fn items_of(
        &self,
        root: Collection,
        home: &Url,
        limit: usize,
        left: &mut usize,
    ) -> Result<Items, StoreError> {
        let mut found = Items::default();
        let first = root.first.clone().filter(|_| root.items.is_empty());
        let mut page = match first {
            Some(FirstPage::Embedded(page)) => *page,
            Some(FirstPage::Reference(url)) => Collection {
                next: Some(url),
                ..root
            },
            None => root,
        };
        let mut seen = HashSet::new();
        loop {
            found.items.append(&mut page.items);
            if found.items.len() >= limit {
                found.complete = found.items.len() == limit && page.next.is_none();
                found.items.truncate(limit);
                return Ok(found);
            }
            let Some(next) = page.next else {
                found.complete = true;
                return Ok(found);
            };
            // Of the same server only: a collection is not to send us round the world, or in a circle.
            let stray = next.origin() != home.origin() || !seen.insert(next.clone());
            if stray || seen.len() > MAX_PAGES || !spend(left) {
                return Ok(found);
            }
            page = match self.collection(&next).await? {
                Read::Found(page) => page,
                Read::Nothing | Read::NotNow => return Ok(found),
            };
        }
    }

    /// Up to `limit` items from the end backwards, of a collection whose last page this is.
    pub(super) async fn items_before(
        &self,
        last: Url,
        home: &Url,
        limit: usize,
        left: &mut usize,
    ) -> Result<Vec<Value>, StoreError> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut before = Some(last);
        while let Some(url) = before {
            let stray = url.origin() != home.origin() || !seen.insert(url.clone());
            if stray || items.len() >= limit || !spend(left) {
                break;
            }
            let Read::Found(page) = self.collection(&url).await? else {
                break;
            };
            items.extend(page.items.into_iter().rev());
            before = page.prev;
        }
        items.truncate(limit);
        Ok(items)
    }
}

/// Takes one of what is left, if there is any.
pub(super) fn spend(left: &mut usize) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}

/// One item that will not do does not end the reading of a collection.
pub(super) fn skip_refusals<T>(outcome: Result<T, FetchFailure>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(FetchFailure::Store(error @ StoreError::Unavailable(_))) => Err(error),
        Err(other) => {
            tracing::debug!(reason = %other, "not taken in from a collection");
            Ok(None)
        }
    }
}

/// The id an item stands for.
pub(super) fn reference(item: &Value) -> Option<Url> {
    let text = item.as_str().or_else(|| item["id"].as_str())?;
    wire::parse_url(text).ok()
}
