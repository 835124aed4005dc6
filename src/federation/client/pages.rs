//! Pages of the web and the pictures they name, a step at a time: whoever asks judges each address that a
//! redirect leads to.

use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use bytes::{Bytes, BytesMut};
use reqwest::Response;
use url::Url;

use super::{Client, FetchError, answer, redirect, without_fragment};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// A page: its beginning, of at most so many bytes. Of anything else only the kind is looked at.
    Page(usize),
    /// A picture of at most so many bytes, whole.
    Picture(usize),
}

/// Where one request led.
#[derive(Clone, Debug)]
pub enum Step {
    /// On, to an address that is yet to be judged.
    On(Url),
    There(Answer),
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub url: Url,
    /// As the server says; untrusted text.
    pub content_type: String,
    /// Empty where it is not what was sought.
    pub body: Bytes,
}

impl Client {
    /// One GET, unsigned. No redirect is followed.
    pub async fn step(&self, url: &Url, sought: Sought) -> Result<Step, FetchError> {
        tokio::time::timeout(self.total_timeout, self.step_within(url, sought))
            .await
            .map_err(|_| FetchError::Timeout)?
    }

    async fn step_within(&self, url: &Url, sought: Sought) -> Result<Step, FetchError> {
        let here = without_fragment(url);
        self.check_url(&here)?;
        let accept = match sought {
            Sought::Page(_) => "text/html, application/xhtml+xml, */*;q=0.5",
            Sought::Picture(_) => "image/*",
        };
        let request = self.http.get(here.clone());
        let response = request
            .header(ACCEPT, HeaderValue::from_static(accept))
            .send()
            .await
            .map_err(FetchError::from_reqwest)?;
        if let Some(next) = redirect(&response, &here)? {
            return Ok(Step::On(next));
        }
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        answer::check_plain(response.headers())?;
        let content_type = kind_of(&response);
        let body = match sought {
            Sought::Page(most) if is_page(&content_type) => beginning(response, most).await?,
            Sought::Page(_) => Bytes::new(),
            Sought::Picture(most) => answer::whole(response, most).await?,
        };
        Ok(Step::There(Answer {
            url: here,
            content_type,
            body,
        }))
    }
}

fn kind_of(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().trim().to_owned()
}

fn is_page(content_type: &str) -> bool {
    let essence = answer::essence(content_type);
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|page| essence.eq_ignore_ascii_case(page))
}

/// As much as there is, up to `most` bytes; the rest is not waited for.
async fn beginning(mut response: Response, most: usize) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while body.len() < most
        && let Some(piece) = response.chunk().await.map_err(FetchError::from_reqwest)?
    {
        let room = most - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    Ok(body.freeze())
}
