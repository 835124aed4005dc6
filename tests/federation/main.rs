//! Stories of several instances that federate over real signed HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod conversations;
mod crash;
mod documents;
mod events;
mod fetching;
mod help;
mod hosts;
mod lemmy;
mod lemmy_habits;
mod mastodon;
mod microblogs;
mod orders;
mod origin;
mod outage;
mod polls;
mod raw;
mod roles;
mod security;
mod signatures;
mod troubles;
mod two_instances;
