//! Forms as they arrive: checked against forgery here and nowhere else, and kept as they were typed
//! when something in them is wrong.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};

use super::csrf;
use super::errors::Failure;
use crate::app::App;
use crate::community::{CommunityError, Denied};

/// More fields than any form of ours has.
const MAX_FIELDS: usize = 60;

/// A form sent from a page of ours: the only way a page's handler reads a POST.
pub struct Posted(pub Fields);

/// What was typed and chosen, by the names of the fields. Names a handler does not ask for mean nothing.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: HashMap<String, String>,
    files: HashMap<String, Vec<u8>>,
}

impl FromRequest<App> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let token = request.extensions().get::<csrf::Token>().cloned();
        let foreign = csrf::is_cross_site(request.headers());
        let multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let fields = if multipart {
            Fields::read_multipart(request, app).await?
        } else {
            Fields::read_urlencoded(request, app).await?
        };
        match token {
            Some(token) if !foreign && token.fits(fields.text(csrf::FIELD)) => Ok(Posted(fields)),
            _ => Err(Failure::ForgedForm),
        }
    }
}

impl Fields {
    async fn read_urlencoded(request: Request, app: &App) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, app).await.map_err(|e| {
            if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Failure::TooLarge
            } else {
                Failure::BadForm
            }
        })?;
        let values = url::form_urlencoded::parse(&bytes)
            .take(MAX_FIELDS)
            .map(|(name, value)| (name.into_owned(), without_nul(&value)))
            .collect();
        Ok(Fields {
            values,
            files: HashMap::new(),
        })
    }

    async fn read_multipart(request: Request, app: &App) -> Result<Self, Failure> {
        let mut form = Multipart::from_request(request, app)
            .await
            .map_err(|_| Failure::BadForm)?;
        let mut fields = Fields::default();
        for _ in 0..MAX_FIELDS {
            let Some(part) = form.next_field().await.map_err(refused)? else {
                break;
            };
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                let bytes = part.bytes().await.map_err(refused)?;
                // A browser sends an empty file where none was chosen.
                if !bytes.is_empty() {
                    fields.files.insert(name, bytes.to_vec());
                }
            } else {
                let text = part.text().await.map_err(refused)?;
                fields.values.insert(name, without_nul(&text));
            }
        }
        Ok(fields)
    }

    /// As typed; empty where the field was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// None where nothing but space was typed.
    pub fn optional(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    pub fn take_file(&mut self, name: &str) -> Option<Vec<u8>> {
        self.files.remove(name)
    }

    /// Sets what a hidden field holds when the form is shown again.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// The form again, with what was typed and what is wrong; other failures get a page of their own.
    pub fn refused(self, failure: Failure) -> Result<Draft, Failure> {
        match failure {
            Failure::Invalid { field, message } => Ok(Draft {
                fields: self,
                problem: Some(Problem {
                    field: Some(field),
                    message,
                    status: StatusCode::UNPROCESSABLE_ENTITY,
                }),
            }),
            Failure::Denied(denied) => Ok(Draft {
                fields: self,
                problem: Some(Problem {
                    field: None,
                    message: denied.to_string(),
                    status: denied_status(denied),
                }),
            }),
            other => Err(other),
        }
    }
}

/// PostgreSQL refuses texts with a NUL in them, and nobody types one.
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

fn denied_status(denied: Denied) -> StatusCode {
    match denied {
        Denied::WrongCredentials => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::FORBIDDEN,
    }
}

fn refused(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge
    } else {
        Failure::BadForm
    }
}

/// Something wrong with a form: at a field, or with all of it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub field: Option<&'static str>,
    pub message: String,
    status: StatusCode,
}

/// A form to be shown: empty, filled from what stands, or as it was sent with what is wrong.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    fields: Fields,
    pub problem: Option<Problem>,
}

impl Draft {
    pub fn of<const N: usize>(values: [(&str, String); N]) -> Self {
        let mut fields = Fields::default();
        for (name, value) in values {
            fields.set(name, value);
        }
        Draft {
            fields,
            problem: None,
        }
    }

    /// More of what stands.
    pub fn fill(&mut self, values: impl IntoIterator<Item = (&'static str, String)>) {
        for (name, value) in values {
            self.fields.set(name, value);
        }
    }

    /// Shown again though nothing is wrong, as for a preview.
    pub fn again(fields: Fields) -> Self {
        Draft {
            fields,
            problem: None,
        }
    }

    pub fn value(&self, name: &str) -> &str {
        self.fields.text(name)
    }

    pub fn ticked(&self, name: &str) -> bool {
        self.fields.ticked(name)
    }

    pub fn problem_at(&self, name: &str) -> Option<&str> {
        self.problem
            .as_ref()
            .filter(|problem| problem.field == Some(name))
            .map(|problem| problem.message.as_str())
    }

    pub fn status(&self) -> StatusCode {
        self.problem
            .as_ref()
            .map_or(StatusCode::OK, |problem| problem.status)
    }
}

/// What a text type says of a field, as a failure there.
pub fn at<E: std::fmt::Display>(field: &'static str) -> impl Fn(E) -> Failure {
    move |error| CommunityError::invalid(field, error).into()
}
