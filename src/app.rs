//! What every door gets: settings, database, pictures, the way to other servers, limits.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

use crate::config::Settings;
use crate::federation::Federation;
use crate::limits::Limits;
use crate::media::MediaStore;
use crate::store::Store;

/// One running instance, shared by its doors. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    pub store: Store,
    pub media: Arc<MediaStore>,
    pub federation: Federation,
    pub limits: Arc<Limits>,
}

impl App {
    /// Whose request it is: the connection's address, or what a trusted proxy says of it.
    pub fn client_address(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let connection = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let forwarded: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        self.settings
            .proxy
            .client_address(connection, forwarded.into_iter())
    }
}
