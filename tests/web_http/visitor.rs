//! Somebody with a jar of cookies who reads and sends forms, and follows no redirect by themselves.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use url::Url;

use crate::support::instance::{Instance, PASSWORD};

pub struct Visitor {
    client: reqwest::Client,
    home: Url,
    jar: Mutex<BTreeMap<String, String>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// One header; empty where it is not there.
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    pub fn location(&self) -> String {
        self.header(LOCATION.as_str())
    }

    /// The token of the first form on the page.
    pub fn token(&self) -> String {
        let text = self.text();
        let mark = "name=\"csrf\" value=\"";
        let start = text.find(mark).expect("a form on the page") + mark.len();
        text[start..].split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    pub fn of(instance: &Instance) -> Visitor {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Visitor {
            client,
            home: instance.url.clone(),
            jar: Mutex::default(),
        }
    }

    /// A member of that name, in a browser of their own.
    pub async fn logged_in(instance: &Instance, name: &str) -> Visitor {
        let visitor = Visitor::of(instance);
        let answer = visitor.logs_in(name, PASSWORD, "/").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        visitor
    }

    pub async fn logs_in(&self, who: &str, password: &str, next: &str) -> Answer {
        let fields = [("who", who), ("password", password), ("next", next)];
        self.sends_form("/login", "/login", &fields).await
    }

    /// The first administrator, through the link that a new instance prints.
    pub async fn sets_up(instance: &Instance, name: &str) -> Visitor {
        let visitor = Visitor::of(instance);
        let link = instance.running.setup_link.as_ref().unwrap();
        let page = format!("{}?{}", link.path(), link.query().unwrap());
        let token = link.query_pairs().next().unwrap().1.into_owned();
        let email = format!("{name}@example.org");
        let fields = [
            ("token", token.as_str()),
            ("name", name),
            ("email", &email),
            ("password", PASSWORD),
        ];
        let answer = visitor.sends_form(&page, "/setup", &fields).await;
        assert_eq!(answer.location(), "/admin", "{}", answer.text());
        visitor
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let page = "text/html,application/xhtml+xml,*/*;q=0.8";
        self.request_of(page, method, path)
    }

    /// Asks for a kind of document.
    pub fn request_of(&self, accept: &str, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self
            .jar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .client
            .request(method, self.home.join(path).unwrap())
            .header(ACCEPT, accept);
        if cookies.is_empty() {
            request
        } else {
            request.header(COOKIE, cookies.join("; "))
        }
    }

    /// Sends a request of [`Visitor::request`] and keeps the cookies that come back.
    pub async fn sends(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        self.keeps_cookies(&response);
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    fn keeps_cookies(&self, response: &Response) {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap_or_default() {
                "" => jar.remove(name),
                value => jar.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    /// The value of the cookie whose name has `part` in it.
    pub fn cookie(&self, part: &str) -> Option<String> {
        let jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        let found = jar.iter().find(|(name, _)| name.contains(part));
        found.map(|(_, value)| value.clone())
    }

    /// Puts a value into the jar, under the name that this instance gives such a cookie.
    pub fn plants_cookie(&self, what: &str, value: &str) {
        let name = format!("coppice_{what}_{}", self.home.port().unwrap());
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.insert(name, value.to_owned());
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.sends(self.request(Method::GET, path)).await
    }

    pub fn form_request(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.request(Method::POST, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Sends just these fields.
    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends(self.form_request(path, fields)).await
    }

    /// Opens a page and sends a form with the token it has.
    pub async fn sends_form(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.token();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.posts(path, &all).await
    }

    pub async fn begins_group(&self, name: &str) {
        let fields = [("name", name), ("title", "Teaching fungi")];
        let answer = self.sends_form("/groups/new", "/groups/new", &fields).await;
        assert_eq!(answer.location(), format!("/c/{name}"), "{}", answer.text());
    }

    /// Publishes a thread and gives its path.
    pub async fn begins_thread(&self, group: &str, title: &str, body: &str) -> String {
        let path = format!("/c/{group}/new");
        let fields = [("title", title), ("body", body), ("action", "publish")];
        let answer = self.sends_form(&path, &path, &fields).await;
        assert!(answer.location().starts_with("/post/"), "{}", answer.text());
        answer.location()
    }

    /// Replies to a thread and gives the path of the reply.
    pub async fn replies(&self, thread: &str, body: &str) -> String {
        let path = format!("{thread}/reply");
        let answer = self.sends_form(thread, &path, &[("body", body)]).await;
        let location = answer.location();
        let (_, id) = location.split_once("#comment-").expect("a reply");
        format!("/comment/{id}")
    }
}
