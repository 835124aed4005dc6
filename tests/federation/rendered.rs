//! All that came in, looked at by every door: nothing of it breaks a page, an answer or a document.

use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE};
use coppice::community::accounts;
use coppice::domain::kinds::SessionKind;
use coppice::store::actors::{self, ActorBrief};
use coppice::store::schema;
use diesel::prelude::*;
use futures::future::join_all;

use crate::support::{Instance, Member};

/// Of each kind, after one batch.
const MOST: i64 = 40;

/// Somebody who opens whatever is new.
pub struct Reader {
    client: reqwest::Client,
    cookie: String,
    token: String,
    seen: i64,
    /// How much was opened so far.
    pub opened: usize,
}

impl Reader {
    pub async fn of(member: &Member<'_>) -> Reader {
        let (home, me) = (member.home, member.id);
        let open = |kind| home.act(move |tx| accounts::open_session(tx, me, kind));
        let web = open(SessionKind::Web).await.unwrap();
        let api = open(SessionKind::Api).await.unwrap();
        let port = home.url.port().unwrap();
        Reader {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            cookie: format!("coppice_session_{port}={}", web.as_str()),
            token: format!("Bearer {}", api.as_str()),
            seen: 0,
            opened: 0,
        }
    }

    /// Everything that came since the last time, and the lists that have it.
    pub async fn opens_what_is_new(&mut self, at: &Instance, after: &str) {
        let seen = self.seen;
        let (posts, comments, people, messages) = at
            .read(move |tx| {
                use schema::{actors as a, comments as c, posts as p, private_messages as m};
                let posts: Vec<i64> = p::table
                    .filter(p::id.gt(coppice::domain::ids::PostId(seen)))
                    .select(p::id)
                    .order(p::id)
                    .limit(MOST)
                    .load::<coppice::domain::ids::PostId>(tx.conn)?
                    .into_iter()
                    .map(|id| id.0)
                    .collect();
                let comments: Vec<i64> = c::table
                    .filter(c::id.gt(coppice::domain::ids::CommentId(seen)))
                    .select(c::id)
                    .order(c::id)
                    .limit(MOST)
                    .load::<coppice::domain::ids::CommentId>(tx.conn)?
                    .into_iter()
                    .map(|id| id.0)
                    .collect();
                let ids: Vec<coppice::domain::ids::ActorId> = a::table
                    .filter(a::id.gt(coppice::domain::ids::ActorId(seen)))
                    .select(a::id)
                    .order(a::id)
                    .limit(MOST)
                    .load(tx.conn)?;
                let people: Vec<ActorBrief> = actors::briefs(tx.conn, &ids)?;
                let messages: Vec<i64> = m::table
                    .filter(m::id.gt(coppice::domain::ids::MessageId(seen)))
                    .select(m::id)
                    .order(m::id)
                    .limit(MOST)
                    .load::<coppice::domain::ids::MessageId>(tx.conn)?
                    .into_iter()
                    .map(|id| id.0)
                    .collect();
                Ok((posts, comments, people, messages))
            })
            .await;
        let mut paths: Vec<String> = [
            "",
            "?show=all&sort=new",
            "?show=local&sort=hot",
            "groups",
            "modlog",
            "search?q=a",
            "notifications",
            "messages",
            "moderation/reports",
            "c/looms",
            "c/looms/modlog",
            "c/looms/bans",
            "c/looms/members",
            "u/alice",
            "admin/federation",
            "api/v3/site",
            "api/v3/post/list?sort=New&limit=50",
            "api/v3/comment/list?sort=New&limit=50&type_=All",
            "api/v3/community/list?type_=All&limit=50",
            "api/v3/modlog?limit=50",
            "api/v3/private_message/list?limit=50",
            "api/v3/user/replies?limit=50",
            "api/v3/user/mention?limit=50",
            "api/v3/post/report/list",
            "api/v3/comment/report/list",
            "api/v3/search?q=a&limit=50",
            "api/v3/federated_instances",
            "c/looms/outbox",
            "c/looms/followers",
            "c/looms/featured",
            "c/looms/moderators",
            "u/alice/outbox",
        ]
        .map(str::to_owned)
        .to_vec();
        for id in &posts {
            let more = ["", "/edit", "/report"].map(|end| format!("post/{id}{end}"));
            paths.extend(more);
            paths.push(format!("api/v3/post?id={id}"));
            paths.push(format!("api/v3/comment/list?post_id={id}&max_depth=8"));
        }
        for id in &comments {
            paths.extend([
                format!("comment/{id}"),
                format!("comment/{id}/reply"),
                format!("api/v3/comment?id={id}"),
            ]);
        }
        for actor in &people {
            let path = actor.path();
            paths.push(path.trim_start_matches('/').to_owned());
            let call = if path.starts_with("/c/") {
                format!("api/v3/community?id={}", actor.id)
            } else {
                format!("api/v3/user?person_id={}", actor.id)
            };
            paths.push(call);
        }
        paths.extend(messages.iter().map(|id| format!("message/{id}/edit")));
        let newest = people.iter().map(|actor| actor.id.0);
        self.seen = newest
            .chain(posts)
            .chain(comments)
            .chain(messages)
            .max()
            .unwrap_or(0)
            .max(self.seen);
        for some in paths.chunks(8) {
            join_all(some.iter().map(|path| self.opens(at, path, after))).await;
        }
        self.opened += paths.len();
    }

    async fn opens(&self, at: &Instance, path: &str, after: &str) {
        let url = format!("{}{path}", at.url);
        let page = self
            .client
            .get(&url)
            .header(COOKIE, &self.cookie)
            .header(ACCEPT, "text/html");
        let call = self.client.get(&url).header(AUTHORIZATION, &self.token);
        let document = self
            .client
            .get(&url)
            .header(ACCEPT, "application/activity+json");
        let asked = match path.starts_with("api/") {
            true => vec![call],
            false => vec![page, document],
        };
        for request in asked {
            let status = request.send().await.unwrap().status();
            assert!(
                !status.is_server_error(),
                "{status} of {path} after\n{after}"
            );
        }
    }
}
