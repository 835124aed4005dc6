//! A browser without a window, and the instance it talks to.

use axum::body::{Body as HttpBody, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use tower::ServiceExt as _;

use crate::app::App;
use crate::community::accounts::{self, NewAccount};
use crate::config::{DatabaseUrl, Overrides, PublicUrl, Settings};
use crate::domain::kinds::{AccountState, SessionKind};
use crate::domain::limits::{DisplayName, Email, Password};
use crate::domain::names::Name;
use crate::server::open_app;
use crate::web::router;

pub const PASSWORD: &str = "correct horse battery";

/// An instance and one browser's cookies.
pub struct Browser {
    pub app: App,
    pub cookies: Vec<(String, String)>,
    _folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub policy: String,
    pub text: String,
}

impl Browser {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::with(&Overrides::default()).unwrap();
        settings.data_dir = folder.path().to_owned();
        settings.database_url = DatabaseUrl::Sqlite(folder.path().join("db"));
        settings.public_url = PublicUrl::parse("http://localhost:8080").unwrap();
        settings.registration = crate::domain::kinds::RegistrationMode::Open;
        settings.federation.allow_private_addresses = true;
        Browser {
            app: open_app(settings).await.unwrap(),
            cookies: Vec::new(),
            _folder: folder,
        }
    }

    /// A member who is logged in.
    pub async fn logged_in(name: &str, admin: bool) -> Self {
        let mut browser = Browser::open().await;
        let token = browser.account(name, admin).await;
        let cookie = ("coppice_session_8080".to_owned(), token);
        browser.cookies.push(cookie);
        browser
    }

    /// Makes an account and a session of it.
    pub async fn account(&self, name: &str, admin: bool) -> String {
        let password = Password::parse(PASSWORD).unwrap();
        let password = accounts::passwords::hash(&password).unwrap();
        let email = Email::parse(&format!("{name}@college.example")).unwrap();
        let shown = DisplayName::parse("").unwrap();
        let name = Name::parse(name).unwrap();
        let made = self.app.store.write(move |tx| {
            let new = NewAccount {
                name: &name,
                email: Some(&email),
                password: &password,
                display_name: Some(&shown),
                admin,
                state: AccountState::Active,
                application: None,
            };
            let person = accounts::create(tx, &new)?;
            accounts::open_session(tx, person, SessionKind::Web)
        });
        made.await.unwrap()
    }

    pub async fn send(&mut self, request: axum::http::request::Builder, body: HttpBody) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .body(body)
            .unwrap();
        let service = router(self.app.clone()).with_state(self.app.clone());
        let response = service.oneshot(request).await.unwrap();
        self.keep_cookies(&response);
        let text = |name: header::HeaderName| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let (location, policy) = (
            text(header::LOCATION),
            text(header::CONTENT_SECURITY_POLICY),
        );
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            status,
            location,
            policy,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn keep_cookies(&mut self, response: &Response<HttpBody>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), HttpBody::empty()).await
    }

    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body.into()).await
    }

    /// Opens a page, and sends a form of it.
    pub async fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token_in(&self.get(page).await.text);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    pub async fn group(&mut self, name: &str) {
        let fields = [("name", name), ("title", "Teaching fungi")];
        let answer = self.post("/groups/new", "/groups/new", &fields).await;
        assert_eq!(answer.location, format!("/c/{name}"), "{}", answer.text);
    }

    /// Publishes a thread in a group and gives its path.
    pub async fn thread(&mut self, group: &str, title: &str, body: &str) -> String {
        let path = format!("/c/{group}/new");
        let fields = [("title", title), ("body", body), ("action", "publish")];
        let answer = self.post(&path, &path, &fields).await;
        assert!(answer.location.starts_with("/post/"), "{}", answer.text);
        answer.location
    }
}

pub fn token_in(page: &str) -> String {
    let mark = "name=\"csrf\" value=\"";
    let start = page.find(mark).expect("a form on the page") + mark.len();
    page[start..].split('"').next().unwrap().to_owned()
}
