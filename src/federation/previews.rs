//! Looking at the page behind a link, and at the picture it names. Every address on the way is judged, by
//! the guarded client and by what is blocked here.

use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::Federation;
use super::client::{Answer, FetchError, RedirectFault, Refusal, Sought, Step};
use crate::community::previews::{self, Seen};
use crate::domain::house::host_of;
use crate::domain::html::{PageInfo, decode_page, page_info};
use crate::store::StoreError;

/// Mastodon reads as much: some pages have long scripts before they say what they are.
const PAGE_BYTES: usize = 1024 * 1024;
const PICTURE_BYTES: usize = 4 * 1024 * 1024;
const MAX_REDIRECTS: usize = 3;
/// For a page or picture with all redirects.
const TIME: Duration = Duration::from_secs(20);

impl Federation {
    /// The page behind a link.
    pub async fn look_at(&self, link: &Url) -> Result<Result<Seen, FetchError>, StoreError> {
        let answer = match self.go_to(link, Sought::Page(PAGE_BYTES)).await? {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        let reading = tokio::task::spawn_blocking(move || read(&answer));
        let seen = reading.await;
        Ok(Ok(seen.map_err(|e| StoreError::Corrupt(e.to_string()))?))
    }

    /// A picture that a page names, as its server gives it.
    pub async fn picture_at(&self, url: &Url) -> Result<Result<Bytes, FetchError>, StoreError> {
        let answer = self.go_to(url, Sought::Picture(PICTURE_BYTES)).await?;
        Ok(answer.map(|answer| answer.body))
    }

    async fn go_to(
        &self,
        start: &Url,
        sought: Sought,
    ) -> Result<Result<Answer, FetchError>, StoreError> {
        match tokio::time::timeout(TIME, self.go_on(start, sought)).await {
            Ok(outcome) => outcome,
            Err(_) => Ok(Err(FetchError::Timeout)),
        }
    }

    async fn go_on(
        &self,
        start: &Url,
        sought: Sought,
    ) -> Result<Result<Answer, FetchError>, StoreError> {
        let mut here = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            if let Some(refusal) = self.is_closed(&here).await? {
                return Ok(Err(FetchError::Refused(refusal)));
            }
            match self.client.step(&here, sought).await {
                Ok(Step::There(answer)) => return Ok(Ok(answer)),
                Ok(Step::On(next)) => here = next,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Err(FetchError::Redirect(RedirectFault::TooMany)))
    }

    async fn is_closed(&self, url: &Url) -> Result<Option<Refusal>, StoreError> {
        let Some(host) = host_of(url) else {
            return Ok(Some(Refusal::NoHost));
        };
        if host == self.store.house().address.host() {
            return Ok(Some(Refusal::Ourselves));
        }
        let url = url.clone();
        let open = self
            .store
            .read(move |tx| previews::may_look(tx, &url))
            .await?;
        Ok((!open).then_some(Refusal::Blocked))
    }
}

fn read(answer: &Answer) -> Seen {
    let mut page = match answer.body.is_empty() {
        true => PageInfo::default(),
        false => page_info(
            &decode_page(&answer.body, &answer.content_type),
            &answer.url,
        ),
    };
    let content_type = Some(answer.content_type.clone()).filter(|kind| !kind.is_empty());
    if content_type.as_deref().is_some_and(is_picture) {
        // A link to a picture is a picture of itself.
        page.image = Some(answer.url.clone());
    }
    Seen { page, content_type }
}

fn is_picture(content_type: &str) -> bool {
    content_type
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("image/"))
}
