//! Coppice: a federated server for communities of practice. ARCHITECTURE.md tells where things are.

pub mod domain;
pub mod media;
