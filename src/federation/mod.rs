//! Transport: keys, signatures and the one door for outgoing HTTP. Knows no page and no rule.

pub mod client;
pub mod keys;
pub mod signatures;
