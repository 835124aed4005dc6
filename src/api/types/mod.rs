//! The shapes of Lemmy's HTTP API v3, as `lemmy-js-client` 0.19 declares them, one subject a file:
//! what is asked (`Deserialize`) and what is answered (`Serialize`). Optional fields that have no
//! value are left out. Fields of requests that mean nothing here are not declared, thus ignored.

pub mod account;
pub mod application;
pub mod comment;
pub mod community;
pub mod instance;
pub mod media;
pub mod metadata;
pub mod moderation;
pub mod modlog;
pub mod notification;
pub mod person;
pub mod personal;
pub mod post;
pub mod private_message;
pub mod report;
pub mod roles;
pub mod search;
pub mod site;

use serde::{Deserialize, Serialize};

use crate::domain::kinds::CommentSort;

pub use crate::domain::kinds::{Listing as ListingType, Order as SortType};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SubscribedType {
    Subscribed,
    NotSubscribed,
    Pending,
}
