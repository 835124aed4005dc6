//! What people do on the pages, done in a real browser against whole instances.

// A test stops at what it does not expect.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod admin;
mod elsewhere;
mod groups;
mod joining;
mod members;
mod pages;
mod steps;
mod threads;
