//! Activities of the crowd, signed beforehand and laid out as the bytes of a request.

use axum::http::Method;
use serde_json::Value;
use url::Url;

use super::crowd::Crowd;
use super::server::Site;
use super::{Failure, failed};
use crate::activitystreams::{self as wire, NoteOut, PageOut};
use crate::domain::house::Address;
use crate::domain::time::Timestamp;
use crate::federation::keys::SigningKey;
use crate::federation::signatures::sign_request;

/// Who sends activities where.
pub struct Correspondence {
    pub actors: Vec<Url>,
    pub group: Url,
    pub here: Address,
    inbox: Url,
    key: SigningKey,
}

impl Correspondence {
    pub fn new(site: &Site, group: &str, crowd: &Crowd, actors: usize) -> Correspondence {
        let here = Address::new(site.settings.public_url.url());
        Correspondence {
            actors: crowd.actors(actors),
            group: here.group(group),
            inbox: here.shared_inbox(),
            key: crowd.key.clone(),
            here,
        }
    }

    /// Of the numbered activity: whose it is, and its id at their host.
    fn place(&self, actor: usize, kind: &str, number: usize) -> Result<(&Url, Url), Failure> {
        let actor = self
            .actors
            .get(actor % self.actors.len().max(1))
            .ok_or_else(|| Failure::Usage("a crowd of nobody".to_owned()))?;
        let id = actor.join(&format!("/{kind}/{number}"));
        Ok((actor, id.map_err(|e| failed("an id", e))?))
    }

    pub fn follow(&self, actor: usize) -> Result<(usize, Value), Failure> {
        let (me, id) = self.place(actor, "follow", actor)?;
        Ok((actor, wire::follow(&id, me, &self.group)))
    }

    pub fn vote(&self, actor: usize, number: usize, on: &Url) -> Result<(usize, Value), Failure> {
        let (me, id) = self.place(actor, "like", number)?;
        Ok((actor, wire::like(&id, me, on, &self.group)))
    }

    pub fn comment(
        &self,
        actor: usize,
        number: usize,
        on: &Url,
    ) -> Result<(usize, Value), Failure> {
        let (me, id) = self.place(actor, "create", number)?;
        let (_, note) = self.place(actor, "comment", number)?;
        let note = wire::note(&NoteOut {
            id: note,
            author: me.clone(),
            group: self.group.clone(),
            in_reply_to: on.clone(),
            parent_author: None,
            html: format!("<p>Comment {number}, with some <em>words</em> in it, as they are.</p>"),
            markdown: None,
            language: None,
            distinguished: false,
            published: Timestamp::now(),
            updated: None,
            mentions: Vec::new(),
            hashtags: Vec::new(),
        });
        Ok((actor, wire::create(&id, me, note)))
    }

    /// A new thread, and its id.
    pub fn thread(&self, actor: usize, number: usize) -> Result<(Url, (usize, Value)), Failure> {
        let (me, id) = self.place(actor, "create", number)?;
        let (_, thread) = self.place(actor, "post", number)?;
        let page = wire::page(&PageOut {
            id: thread.clone(),
            author: me.clone(),
            group: self.group.clone(),
            title: format!("Thread {number} from elsewhere"),
            html: Some("<p>What do you do about ivy on a pollard?</p>".to_owned()),
            markdown: None,
            link: None,
            image: None,
            sensitive: false,
            comments_enabled: true,
            language: None,
            published: Timestamp::now(),
            updated: None,
            mentions: Vec::new(),
        });
        Ok((thread, (actor, wire::create(&id, me, page))))
    }

    /// The whole request, signed by its actor, for a connection that is kept.
    pub fn request(&self, (actor, activity): (usize, Value)) -> Result<Vec<u8>, Failure> {
        let (me, _) = self.place(actor, "key", 0)?;
        let body = wire::with_context(activity).to_string();
        let headers = sign_request(
            &Method::POST,
            &self.inbox,
            Some(body.as_bytes()),
            &format!("{me}#main-key"),
            &self.key,
            Timestamp::now(),
        )
        .map_err(|e| failed("a signature", e))?;
        let mut request = b"POST /inbox HTTP/1.1\r\n".to_vec();
        for (name, value) in &headers {
            request.extend_from_slice(name.as_str().as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request
            .extend_from_slice(format!("content-length: {}\r\n\r\n{body}", body.len()).as_bytes());
        Ok(request)
    }
}
