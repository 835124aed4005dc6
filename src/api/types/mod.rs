//! The shapes of Lemmy's HTTP API v3, as `lemmy-js-client` 0.19 declares them, one subject a file:
//! what is asked (`Deserialize`) and what is answered (`Serialize`). Optional fields that have no
//! value are left out. Fields of requests that mean nothing here are not declared, thus ignored.

pub mod account;
pub mod comment;
pub mod community;
pub mod notification;
pub mod person;
pub mod post;
pub mod search;
pub mod site;

use serde::{Deserialize, Serialize};

use crate::domain::kinds::{CommentSort, PostSort};

/// Orders of posts. Those we lack stand for the nearest we have: a "top" of any time span for the
/// top of all time, by comments for the latest activity, the rest for hot.
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
            SortType::New | SortType::Old => PostSort::New,
            _ => PostSort::Top,
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
    /// The subscribed groups, here.
    ModeratorView,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SubscribedType {
    Subscribed,
    NotSubscribed,
    Pending,
}
