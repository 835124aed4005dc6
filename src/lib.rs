//! Coppice: a federated server for communities of practice. ARCHITECTURE.md tells where things are.

pub mod activitystreams;
pub mod api;
pub mod app;
pub mod cli;
pub mod community;
pub mod config;
pub mod domain;
pub mod federation;
mod jobs;
pub mod limits;
pub mod media;
pub mod pictures;
pub mod server;
pub mod store;
pub mod web;
