//! Stories of several instances that federate over real signed HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod crash;
mod documents;
mod fetching;
mod help;
mod hosts;
mod lemmy;
mod lemmy_habits;
mod mastodon;
mod orders;
mod origin;
mod outage;
mod raw;
mod roles;
mod security;
mod troubles;
mod two_instances;
