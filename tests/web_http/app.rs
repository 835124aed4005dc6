//! Somebody who uses the API as an app does: a token, JSON, and forms with pictures.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::support::instance::{Instance, PASSWORD};

pub struct App {
    client: reqwest::Client,
    home: Url,
    token: Option<String>,
}

const BOUNDARY: &str = "a-boundary-of-a-form";

impl App {
    pub fn of(instance: &Instance) -> App {
        App {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            home: instance.url.clone(),
            token: None,
        }
    }

    pub async fn logged_in(instance: &Instance, name: &str) -> App {
        let mut app = App::of(instance);
        let form = json!({ "username_or_email": name, "password": PASSWORD });
        let (status, answer) = app.call(Method::POST, "user/login", form).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        app.token = Some(answer["jwt"].as_str().unwrap().to_owned());
        app
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    pub async fn call(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = self.home.join(&format!("/api/v3/{path}")).unwrap();
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_null() {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// Expects a 200.
    pub async fn asks(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// Expects a 200.
    pub async fn posts(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    pub async fn puts(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::PUT, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// The name of the error that it is refused with.
    pub async fn refused(&self, method: Method, path: &str, body: Value) -> String {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status.is_client_error(), "{path}: {status} {answer}");
        answer["error"].as_str().unwrap_or_default().to_owned()
    }

    pub async fn uploads(&self, bytes: &[u8]) -> (StatusCode, Value) {
        self.uploads_with(bytes, |request| match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        })
        .await
    }

    pub async fn uploads_by_cookie(&self, bytes: &[u8], site: Option<&str>) -> StatusCode {
        let cookie = format!("jwt={}", self.token());
        let upload = self.uploads_with(bytes, |request| {
            let request = request.header(COOKIE, &cookie);
            match site {
                Some(site) => request.header("sec-fetch-site", site),
                None => request,
            }
        });
        upload.await.0
    }

    async fn uploads_with(
        &self,
        bytes: &[u8],
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> (StatusCode, Value) {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"images[]\"; filename=\"image.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let url = self.home.join("/pictrs/image").unwrap();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.client.post(url).header(CONTENT_TYPE, kind).body(body);
        let response = change(request).send().await.unwrap();
        let status = response.status();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// Status and body of any address, without a token.
    pub async fn fetches(&self, url: &str) -> (StatusCode, Vec<u8>) {
        let url = self.home.join(url).unwrap();
        let response = self.client.get(url).send().await.unwrap();
        (response.status(), response.bytes().await.unwrap().to_vec())
    }
}

/// A picture of one colour.
pub fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(40, 20, image::Rgb([shade, 80, 120]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
