//! The words in which the demo's story is told: people, groups, threads, as plain data.

/// Everybody's, in a demo.
pub const PASSWORD: &str = "chlorophyll";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Riverside,
    Northfield,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::Riverside, Side::Northfield];

    pub fn other(self) -> Side {
        match self {
            Side::Riverside => Side::Northfield,
            Side::Northfield => Side::Riverside,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Side::Riverside => "Riverside College",
            Side::Northfield => "Northfield College",
        }
    }

    /// Name of its data folder.
    pub fn word(self) -> &'static str {
        match self {
            Side::Riverside => "riverside",
            Side::Northfield => "northfield",
        }
    }
}

pub struct Site {
    pub tagline: &'static str,
    pub sidebar: &'static str,
    /// Whether anybody may join; else they are asked this, and an administrator decides.
    pub question: Option<&'static str>,
}

pub struct Person {
    pub name: &'static str,
    pub side: Side,
    pub display_name: &'static str,
    pub bio: &'static str,
    pub admin: bool,
}

/// Somebody who asks to join and waits for an answer.
pub struct Applicant {
    pub name: &'static str,
    pub side: Side,
    pub display_name: &'static str,
    pub application: &'static str,
}

pub struct Group {
    pub name: &'static str,
    /// Who made it and coordinates it; it lives where they do.
    pub by: &'static str,
    pub title: &'static str,
    pub domain: &'static str,
    pub rules: Option<&'static str>,
    /// Besides whoever made it.
    pub followers: &'static [&'static str],
}

pub struct Thread {
    pub group: &'static str,
    pub by: &'static str,
    pub title: &'static str,
    pub body: &'static str,
    pub link: Option<&'static str>,
    pub up: &'static [&'static str],
    pub down: &'static [&'static str],
    pub comments: &'static [Comment],
    pub later: Later,
}

pub struct Comment {
    pub by: &'static str,
    pub body: &'static str,
    pub up: &'static [&'static str],
    pub replies: &'static [Comment],
    pub later: Later,
}

/// What becomes of a thread or a comment after others have answered.
#[derive(Clone, Copy)]
pub enum Later {
    Stays,
    /// Its author writes this underneath.
    Amended(&'static str),
    /// The group's coordinator pins it, after its author wrote this underneath.
    AmendedAndPinned(&'static str),
    Pinned,
    Deleted,
}

impl Comment {
    pub const fn new(by: &'static str, body: &'static str) -> Comment {
        Comment {
            by,
            body,
            up: &[],
            replies: &[],
            later: Later::Stays,
        }
    }

    pub const fn up(mut self, by: &'static [&'static str]) -> Comment {
        self.up = by;
        self
    }

    pub const fn replies(mut self, replies: &'static [Comment]) -> Comment {
        self.replies = replies;
        self
    }

    pub const fn later(mut self, later: Later) -> Comment {
        self.later = later;
        self
    }
}
