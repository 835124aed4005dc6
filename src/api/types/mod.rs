//! The shapes of Lemmy's HTTP API v3, as `lemmy-js-client` 0.19 declares them, one subject a file:
//! what is asked (`Deserialize`) and what is answered (`Serialize`). Optional fields that have no
//! value are left out. Fields of requests that mean nothing here are not declared, thus ignored.

pub mod account;
pub mod comment;
pub mod community;
pub mod instance;
pub mod media;
pub mod moderation;
pub mod modlog;
pub mod notification;
pub mod person;
pub mod post;
pub mod private_message;
pub mod report;
pub mod roles;
pub mod search;
pub mod site;

use serde::{Deserialize, Serialize};

use crate::domain::kinds::{CommentSort, PostSort};
use crate::domain::time::{DAY, HOUR};

/// Orders of posts. Those we lack stand for the nearest we have: by comments for the latest
/// activity, the rest for hot. A "top" of a time is by score among what was published in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortType {
    Active,
    Hot,
    New,
    Old,
    TopDay,
    TopWeek,
    TopMonth,
    TopYear,
    TopAll,
    MostComments,
    NewComments,
    TopHour,
    TopSixHour,
    TopTwelveHour,
    TopThreeMonths,
    TopSixMonths,
    TopNineMonths,
    Controversial,
    Scaled,
}

impl From<SortType> for PostSort {
    fn from(sort: SortType) -> Self {
        match sort {
            SortType::Active | SortType::NewComments | SortType::MostComments => PostSort::Active,
            SortType::Hot | SortType::Scaled | SortType::Controversial => PostSort::Hot,
            SortType::New => PostSort::New,
            SortType::Old => PostSort::Old,
            _ => PostSort::Top,
        }
    }
}

impl SortType {
    /// For how long back a "top" looks, in milliseconds; months are about as long as in the calendar.
    pub fn span(self) -> Option<i64> {
        match self {
            SortType::TopHour => Some(HOUR),
            SortType::TopSixHour => Some(6 * HOUR),
            SortType::TopTwelveHour => Some(12 * HOUR),
            SortType::TopDay => Some(DAY),
            SortType::TopWeek => Some(7 * DAY),
            SortType::TopMonth => Some(30 * DAY),
            SortType::TopThreeMonths => Some(91 * DAY),
            SortType::TopSixMonths => Some(182 * DAY),
            SortType::TopNineMonths => Some(274 * DAY),
            SortType::TopYear => Some(365 * DAY),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommentSortType {
    Hot,
    Top,
    New,
    Old,
    /// Hot, here.
    Controversial,
}

impl From<CommentSortType> for CommentSort {
    fn from(sort: CommentSortType) -> Self {
        match sort {
            CommentSortType::Hot | CommentSortType::Controversial => CommentSort::Hot,
            CommentSortType::Top => CommentSort::Top,
            CommentSortType::New => CommentSort::New,
            CommentSortType::Old => CommentSort::Old,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListingType {
    #[default]
    All,
    Local,
    Subscribed,
    /// The groups that one looks after.
    ModeratorView,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SubscribedType {
    Subscribed,
    NotSubscribed,
    Pending,
}
