//! The fixed facts of this instance that every room needs: its address, the URLs made of it, its ids.

use url::Url;

use super::ids::IdMaker;
use super::kinds::RegistrationMode;

/// Where this instance lives. All ids of its objects begin with `origin`.
#[derive(Clone, Debug)]
pub struct Address {
    origin: Url,
    host: String,
}

impl Address {
    /// From a URL of scheme and host[:port] alone.
    pub fn new(origin: &Url) -> Self {
        let mut host = origin.host_str().unwrap_or_default().to_owned();
        if let Some(port) = origin.port() {
            host = format!("{host}:{port}");
        }
        Address {
            origin: origin.clone(),
            host,
        }
    }

    /// `host[:port]`, as in `@name@host`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The site actor's id: the origin with its slash.
    pub fn site(&self) -> &Url {
        &self.origin
    }

    pub fn at(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(path);
        url
    }

    pub fn person(&self, name: &str) -> Url {
        self.at(&format!("/u/{name}"))
    }

    pub fn group(&self, name: &str) -> Url {
        self.at(&format!("/c/{name}"))
    }

    pub fn post(&self, id: impl std::fmt::Display) -> Url {
        self.at(&format!("/post/{id}"))
    }

    pub fn comment(&self, id: impl std::fmt::Display) -> Url {
        self.at(&format!("/comment/{id}"))
    }

    pub fn activity(&self, verb: &str, id: impl std::fmt::Display) -> Url {
        self.at(&format!("/activities/{verb}/{id}"))
    }

    pub fn shared_inbox(&self) -> Url {
        self.at("/inbox")
    }

    /// Whether a URL is one of ours: same scheme, host and port.
    pub fn owns(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }
}

/// What one running instance is: made once at start, shared by all.
#[derive(Debug)]
pub struct House {
    pub address: Address,
    pub ids: IdMaker,
    /// From the configuration; the administrator may set another in the site's settings.
    pub registration: RegistrationMode,
    pub previews: Previews,
}

/// Whether the pages behind links are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Previews {
    Off,
    /// Those of threads from elsewhere after a random while, at most so many milliseconds.
    Within(i64),
}

/// `host[:port]` of a URL, lower case: how hosts are named everywhere.
pub fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}
