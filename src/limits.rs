//! Rate limits, one per door. Knows addresses and accounts as opaque keys; keeps them in memory only.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use moka::sync::Cache;

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
    /// Look-ups of keys under way or in vain, by client address, in the last minute.
    lookups: Cache<String, Arc<AtomicU32>>,
    most_lookups: u32,
    /// What is done one at a time and goes on.
    going_on: Arc<Mutex<HashSet<String>>>,
}

const MINUTE: Duration = Duration::from_secs(60);

/// A look-up of the key that a request claims to be signed with. Dropped, it was in vain.
#[derive(Debug)]
pub struct Lookup(Option<Arc<AtomicU32>>);

impl Lookup {
    /// The key was had, and it fits: it is not counted.
    pub fn was_right(self) {
        if let Some(count) = self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Something that is done once at a time; it ends with this value.
#[derive(Debug)]
pub struct Alone {
    what: String,
    going_on: Arc<Mutex<HashSet<String>>>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        let mut going_on = self.going_on.lock().unwrap_or_else(PoisonError::into_inner);
        going_on.remove(&self.what);
    }
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
            lookups: Cache::builder()
                .max_capacity(50_000)
                .time_to_live(MINUTE)
                .build(),
            most_lookups: settings.unverified.get(),
            going_on: Arc::default(),
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

    /// Before a key is asked for elsewhere because `address` sent something that claims to be signed with
    /// it. Only what comes to nothing counts, so that a great server may bring many new people.
    pub fn look_up(&self, address: &str) -> Result<Lookup, RetryAfter> {
        if !self.enabled {
            return Ok(Lookup(None));
        }
        let count = self.lookups.get_with_by_ref(address, Arc::default);
        if count.fetch_add(1, Ordering::Relaxed) < self.most_lookups {
            return Ok(Lookup(Some(count)));
        }
        count.fetch_sub(1, Ordering::Relaxed);
        Err(RetryAfter(MINUTE))
    }

    /// `None`, if it goes on already.
    pub fn alone(&self, what: String) -> Option<Alone> {
        let going_on = self.going_on.clone();
        let begun = going_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(what.clone());
        begun.then_some(Alone { what, going_on })
    }

    /// Forgets whoever has not come for a while, so that memory stays bounded.
    pub fn tidy(&self) {
        for limiter in &self.doors {
            limiter.retain_recent();
        }
    }
}
