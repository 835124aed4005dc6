//! Stories of several instances that federate over real signed HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod conversations;
mod crash;
mod documents;
mod farewells;
mod fetching;
mod help;
mod hosts;
mod lemmy;
mod lemmy_habits;
mod mastodon;
mod orders;
mod origin;
mod outage;
mod personal;
mod raw;
mod reports;
mod roles;
mod security;
mod signatures;
mod troubles;
mod two_instances;
