//! Stories of several instances that federate over real signed HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod at_once;
mod bans;
mod closing;
mod conversations;
mod crash;
mod direct_notes;
mod discourse;
mod documents;
mod elsewhere_moderators;
mod events;
mod farewells;
mod fetching;
mod going_out;
mod group_here;
mod group_life;
mod group_to_group;
mod hardening;
mod hashtags;
mod help;
mod hosts;
mod lemmy;
mod lemmy_habits;
mod let_in;
mod link_previews;
mod mastodon;
mod microblogs;
mod moderation;
mod moves;
mod mutations;
mod orders;
mod origin;
mod outage;
mod overtaken;
mod personal;
mod piefed;
mod polls;
mod private_groups;
mod private_messages;
mod raw;
mod real;
mod real_objects;
mod relocation;
mod rendered;
mod reports;
mod roles;
mod security;
mod shapes;
mod signatures;
mod sound;
mod troubles;
mod two_instances;
mod upgrades;
