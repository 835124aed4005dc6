//! Who fetches a document: whatever is not for everybody is asked for with a signature, and is for
//! servers one of whose people may read it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::documents::{Answer, Document, respond};
use super::secure::kept_by_nobody;
use super::signatures::is_signed;
use super::verify::VerifyError;
use super::{ClientKey, Federation};
use crate::store::audience::Audience;
use crate::store::{StoreError, Tx};

/// A request for a document, as it was signed if it was.
pub(super) struct Asker {
    method: Method,
    path_and_query: String,
    headers: HeaderMap,
    client: ClientKey,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let path_and_query = parts.uri.path_and_query();
        Ok(Asker {
            method: parts.method.clone(),
            path_and_query: path_and_query.map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: parts.headers.clone(),
            client: ClientKey::of(&parts.extensions),
        })
    }
}

impl Asker {
    /// A signature that does not hold is as good as none: what is public needs none.
    async fn audience(&self, federation: &Federation) -> Result<Audience, StoreError> {
        let verified = federation
            .verify_reader(
                &self.method,
                &self.path_and_query,
                &self.headers,
                &self.client,
            )
            .await;
        match verified {
            Ok(host) if !host.blocked => Ok(Audience::Host(host.id)),
            Err(VerifyError::Store(error)) => Err(error),
            Ok(_) | Err(_) => Ok(Audience::Visitor),
        }
    }

    /// Answers as to anybody; only if there is nothing for anybody, the signature is looked at.
    pub(super) async fn answer(
        self,
        federation: &Federation,
        read: impl Fn(&mut Tx<'_>, Audience) -> Answer + Clone + Send + 'static,
    ) -> axum::response::Response {
        let (answer, for_one_host) = match self.found(federation, read).await {
            Ok((document, for_one_host)) => (Ok(document), for_one_host),
            Err(error) => (Err(error), false),
        };
        let response = respond(answer);
        if for_one_host {
            // Nor may a cache between us give it to the next who asks.
            kept_by_nobody(response)
        } else {
            response
        }
    }

    async fn found(
        &self,
        federation: &Federation,
        read: impl Fn(&mut Tx<'_>, Audience) -> Answer + Clone + Send + 'static,
    ) -> Result<(Document, bool), StoreError> {
        let for_anybody = read.clone();
        let found = federation
            .store
            .read(move |tx| for_anybody(tx, Audience::Visitor))
            .await;
        let nothing = matches!(
            &found,
            Ok(Document::Nowhere | Document::ForOutsiders(_)) | Err(StoreError::NotFound)
        );
        if !nothing || !is_signed(&self.headers) {
            return Ok((found?, false));
        }
        match self.audience(federation).await? {
            Audience::Visitor => Ok((found?, false)),
            known => {
                let found = federation.store.read(move |tx| read(tx, known)).await;
                Ok((found?, true))
            }
        }
    }
}
