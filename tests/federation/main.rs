//! Stories of several instances that federate over real signed HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod lemmy_habits;
mod two_instances;
