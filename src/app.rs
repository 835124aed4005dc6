//! What every door gets: settings, database, pictures, the way to other servers, limits.

use std::sync::Arc;

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
