//! Coppice: a federated server for communities of practice. ARCHITECTURE.md tells where things are.

pub mod activitystreams;
pub mod community;
pub mod config;
pub mod domain;
pub mod federation;
pub mod media;
pub mod store;
