//! Two standards of signing requests are in use. What a host is known to take goes first; if it refuses
//! that signature, the other standard is tried once, and what works is remembered.

use bytes::Bytes;
use url::Url;

use super::Federation;
use super::client::{FetchError, Fetched, PostOutcome, Signer};
use super::verify::KnownKey;
use crate::domain::hosts::SignatureForm;
use crate::domain::house::host_of;
use crate::domain::time::{DAY, Timestamp};
use crate::store::{StoreError, host_signatures, hosts};

/// After so long it is learned anew, beginning with what everybody reads.
const LEARNED_FOR: i64 = 30 * DAY;

/// What a host takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    form: SignatureForm,
    /// It is in the database, and need not be written again.
    written: bool,
}

impl Federation {
    /// One document by a signed GET.
    pub(super) async fn signed_get(
        &self,
        url: &Url,
        host: &str,
        signer: &Signer,
    ) -> Result<Result<Fetched, FetchError>, StoreError> {
        let known = self.known_form(host).await?;
        let first = self
            .client
            .get_activity(url, Some((signer, known.form)))
            .await;
        let Err(FetchError::Signature(_)) = first else {
            if first.is_ok() {
                self.took(host, known.form, known).await?;
            }
            return Ok(first);
        };
        if self.caches.unmoved.contains_key(host) {
            return Ok(first);
        }
        let other = known.form.other();
        let second = self.client.get_activity(url, Some((signer, other))).await;
        match second {
            Err(FetchError::Signature(_)) => {
                self.caches.unmoved.insert(host.to_owned(), ());
                return Ok(first);
            }
            Ok(_) => self.took(host, other, known).await?,
            Err(_) => {}
        }
        Ok(second)
    }

    /// One activity by a signed POST.
    pub(super) async fn signed_post(
        &self,
        inbox: &Url,
        body: Bytes,
        signer: &Signer,
    ) -> Result<Result<PostOutcome, FetchError>, StoreError> {
        let host = host_of(inbox).unwrap_or_default();
        let known = self.known_form(&host).await?;
        let post = async |form| {
            let body = body.clone();
            self.client.post_activity(inbox, body, signer, form).await
        };
        let first = post(known.form).await;
        let refused = |answer: &Result<PostOutcome, FetchError>| {
            answer.as_ref().is_ok_and(PostOutcome::refuses_signature)
        };
        if !refused(&first) {
            if first.as_ref().is_ok_and(PostOutcome::is_success) {
                self.took(&host, known.form, known).await?;
            }
            return Ok(first);
        }
        if self.caches.unmoved.contains_key(&host) {
            return Ok(first);
        }
        let other = known.form.other();
        let second = post(other).await;
        if refused(&second) {
            self.caches.unmoved.insert(host, ());
            return Ok(first);
        }
        if second.as_ref().is_ok_and(PostOutcome::is_success) {
            self.took(&host, other, known).await?;
        }
        Ok(second)
    }

    async fn known_form(&self, host: &str) -> Result<Known, StoreError> {
        if let Some(known) = self.caches.forms.get(host) {
            return Ok(known);
        }
        let asked = host.to_owned();
        let row = self
            .store
            .read(move |tx| host_signatures::find(tx.conn, &asked))
            .await?;
        let now = Timestamp::now();
        let learned = row.and_then(|row| {
            let since = row.takes_since?;
            row.takes.filter(|_| now.since(since) < LEARNED_FOR)
        });
        let known = Known {
            form: learned.unwrap_or(SignatureForm::Cavage),
            written: learned.is_some(),
        };
        self.caches.forms.insert(host.to_owned(), known);
        Ok(known)
    }

    async fn took(&self, host: &str, form: SignatureForm, known: Known) -> Result<(), StoreError> {
        if known.written && known.form == form {
            return Ok(());
        }
        let name = host.to_owned();
        self.store
            .write(move |tx| host_signatures::set_takes(tx.conn, &name, form, tx.now))
            .await?;
        let known = Known {
            form,
            written: true,
        };
        self.caches.forms.insert(host.to_owned(), known);
        Ok(())
    }

    /// A host signed by this standard: noted beside the work at hand, for the administrator to see.
    pub(super) fn heard_in(&self, key: &KnownKey, form: SignatureForm) {
        let host = key.host_id;
        if self.caches.heard_forms.get(&host) == Some(form) {
            return;
        }
        self.caches.heard_forms.insert(host, form);
        let store = self.store.clone();
        tokio::spawn(async move {
            let noted = store.write(move |tx| {
                let row = hosts::get(tx.conn, host)?;
                host_signatures::set_sends(tx.conn, &row.host, form, tx.now)
            });
            if let Err(error) = noted.await {
                tracing::debug!(%host, %error, "how a host signs could not be noted");
            }
        });
    }
}
