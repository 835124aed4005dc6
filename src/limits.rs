//! Rate limits, one per door. Knows addresses and accounts as opaque keys; keeps them in memory only.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::RateLimits;

/// What is limited; each has its own measure in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Login,
    Register,
    Post,
    Act,
    Upload,
    Search,
    Page,
    Api,
    Document,
    Inbox,
}

/// Too much, too fast: try again after so long.
#[derive(Clone, Copy, Debug)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// Whole seconds, at least one, for the header of that name.
    pub fn seconds(self) -> u64 {
        self.0.as_secs().max(1)
    }
}

type Limiter = DefaultKeyedRateLimiter<String>;

#[derive(Debug)]
pub struct Limits {
    enabled: bool,
    doors: [Limiter; 10],
}

impl Limits {
    pub fn new(settings: &RateLimits) -> Self {
        let limiter = |per_minute: NonZeroU32| RateLimiter::keyed(Quota::per_minute(per_minute));
        Limits {
            enabled: settings.enabled,
            doors: [
                limiter(settings.login),
                limiter(settings.register),
                limiter(settings.post),
                limiter(settings.act),
                limiter(settings.upload),
                limiter(settings.search),
                limiter(settings.page),
                limiter(settings.api),
                limiter(settings.document),
                limiter(settings.inbox),
            ],
        }
    }

    fn limiter(&self, door: Door) -> &Limiter {
        &self.doors[match door {
            Door::Login => 0,
            Door::Register => 1,
            Door::Post => 2,
            Door::Act => 3,
            Door::Upload => 4,
            Door::Search => 5,
            Door::Page => 6,
            Door::Api => 7,
            Door::Document => 8,
            Door::Inbox => 9,
        }]
    }

    /// Counts one use of a door by whoever `key` stands for.
    pub fn check(&self, door: Door, key: &str) -> Result<(), RetryAfter> {
        if !self.enabled {
            return Ok(());
        }
        self.limiter(door)
            .check_key(&key.to_owned())
            .map_err(|not_until| {
                RetryAfter(not_until.wait_time_from(DefaultClock::default().now()))
            })
    }

    /// Forgets whoever has not come for a while, so that memory stays bounded.
    pub fn tidy(&self) {
        for limiter in &self.doors {
            limiter.retain_recent();
        }
    }
}
