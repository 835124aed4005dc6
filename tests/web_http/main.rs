//! The pages over plain HTTP, as somebody meets them who has no browser and no manners.

// A test stops at what it does not expect.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod admin;
mod answers;
mod app;
mod applications;
mod conversations;
mod forms;
mod groups;
mod headers;
mod kept;
mod link_previews;
mod members;
mod moderators;
mod owners;
mod personal;
mod pictures;
mod pins;
mod pressing;
mod reports;
mod roles;
mod servers;
mod sessions;
mod visitor;
mod withheld;
