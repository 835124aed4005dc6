//! A short word after something was done, shown once on the page one is sent to.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};

use super::session::{cookie, cookie_name};
use crate::config::PublicUrl;
use crate::domain::kinds::words;

const FLASH: &str = "flash";

words! {
    /// Named in the cookie, so that nobody else can put words on our pages.
    Flash {
        Welcome = "welcome",
        LoggedOut = "logged-out",
        WaitsForApproval = "waits",
        Saved = "saved",
        AskedElsewhere = "asked-elsewhere",
        PasswordChanged = "password",
        Closed = "closed",
        Published = "published",
        Replied = "replied",
        Deleted = "deleted",
        Restored = "restored",
        Removed = "removed",
        Followed = "followed",
        FollowPending = "follow-pending",
        Unfollowed = "unfollowed",
        Pinned = "pinned",
        Unpinned = "unpinned",
        Locked = "locked",
        Relocated = "relocated",
        Unlocked = "unlocked",
        AllRead = "all-read",
        GroupMade = "group-made",
        GroupClosed = "group-closed",
        GroupReopened = "group-reopened",
        HandedOver = "handed-over",
        Purged = "purged",
        AdminMade = "admin-made",
        AdminUnmade = "admin-unmade",
        SteppedDown = "stepped-down",
        SharingAsked = "sharing-asked",
        SharingBegun = "sharing-begun",
        SharingEnded = "sharing-ended",
        Moved = "moved",
        CameBack = "came-back",
        Approved = "approved",
        Declined = "declined",
        Loading = "loading",
        LoadedJustNow = "loaded",
        Retrying = "retrying",
        Dropped = "dropped",
        RulesChanged = "rules-changed",
        SetUp = "set-up",
        Banned = "banned",
        BanLifted = "ban-lifted",
        Warned = "warned",
        Voted = "voted",
        Hidden = "hidden",
        Shown = "shown",
        Unread = "unread",
        Blocked = "blocked",
        Unblocked = "unblocked",
        Reported = "reported",
        Resolved = "resolved",
        Reopened = "reopened",
        Sent = "sent",
        LetIn = "let-in",
        MemberRemoved = "member-removed",
    }
}

impl Flash {
    pub fn sentence(self) -> &'static str {
        match self {
            Flash::Welcome => "Welcome! You are logged in.",
            Flash::LoggedOut => "You are logged out.",
            Flash::WaitsForApproval => {
                "Thank you. Your application waits for approval by an administrator; you can log in once it is approved."
            }
            Flash::Saved => "Saved.",
            Flash::Sent => "Sent.",
            Flash::LetIn => "They are in, and can read the group from now on.",
            Flash::MemberRemoved => "They are out of the group.",
            Flash::AskedElsewhere => {
                "Sent to the group's server. It shows here once that server confirms it."
            }
            Flash::PasswordChanged => {
                "Your password is changed. Everywhere else you are logged out."
            }
            Flash::Closed => "Your account is closed.",
            Flash::Published => "Your thread is published.",
            Flash::Replied => "Your reply is published.",
            Flash::Deleted => "Deleted.",
            Flash::Restored => "Restored.",
            Flash::Removed => "Removed.",
            Flash::Followed => "You follow this group now.",
            Flash::FollowPending => "Asked to follow. Somebody at the group has to confirm it.",
            Flash::Unfollowed => "You no longer follow this group.",
            Flash::Pinned => "The thread is pinned.",
            Flash::Unpinned => "The thread is no longer pinned.",
            Flash::Locked => "The thread is locked.",
            Flash::Relocated => "The thread was moved. It is in this group now.",
            Flash::Unlocked => "The thread is open again.",
            Flash::AllRead => "Everything is marked as read.",
            Flash::GroupMade => "Your group is here. Why not begin with a first thread?",
            Flash::GroupClosed => "The group is closed. You can open it again here.",
            Flash::GroupReopened => "The group is open again.",
            Flash::HandedOver => "The group is handed over.",
            Flash::Purged => "Erased for good.",
            Flash::AdminMade => "They administer this site now.",
            Flash::AdminUnmade => "They administer this site no longer.",
            Flash::SharingAsked => "Asked. Its coordinator has to agree.",
            Flash::SharingBegun => "Let in: new threads of this group stand there as well.",
            Flash::SharingEnded => "No new threads of that group will stand here.",
            Flash::Moved => "Moved. The other servers are told.",
            Flash::CameBack => "Back at this address.",
            Flash::SteppedDown => "You no longer look after this group.",
            Flash::Approved => "Approved: they can log in now.",
            Flash::Declined => "Declined.",
            Flash::Loading => {
                "The rest of the conversation is being fetched. Reload this page in a moment."
            }
            Flash::LoadedJustNow => {
                "This conversation was fetched just now: what there is, is here."
            }
            Flash::Retrying => "It is tried again now.",
            Flash::Dropped => "Dropped.",
            Flash::Banned => "Banned.",
            Flash::BanLifted => "The ban is lifted.",
            Flash::Warned => "The author is told.",
            Flash::Voted => "Your vote is counted.",
            Flash::RulesChanged => "The rules about servers are changed.",
            Flash::Hidden => "Hidden: you no longer meet this thread in lists.",
            Flash::Shown => "The thread is in your lists again.",
            Flash::Unread => "Marked as not read.",
            Flash::Blocked => "Blocked. Nobody is told.",
            Flash::Unblocked => "No longer blocked.",
            Flash::Reported => "Thank you. Your report is sent.",
            Flash::Resolved => "The report is resolved.",
            Flash::Reopened => "The report is open again.",
            Flash::SetUp => "Your site is set up. Give it a name, then begin a group.",
        }
    }
}

/// 303 to a page of ours, with a word to show there.
pub fn redirect(public_url: &PublicUrl, path: &str, flash: Flash) -> Response {
    let jar = CookieJar::new().add(cookie(public_url, FLASH, flash.as_str().to_owned()));
    (jar, Redirect::to(path)).into_response()
}

pub fn read(public_url: &PublicUrl, headers: &HeaderMap) -> Option<Flash> {
    CookieJar::from_headers(headers)
        .get(&cookie_name(public_url, FLASH))
        .and_then(|cookie| cookie.value().parse().ok())
}

/// The cookie as it is taken back once it was shown.
pub fn cleared(public_url: &PublicUrl) -> Cookie<'static> {
    let mut cookie = cookie(public_url, FLASH, String::new());
    cookie.make_removal();
    cookie
}
