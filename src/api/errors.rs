//! Refusals in Lemmy's words: `{"error": "incorrect_login"}`, with our sentence as `message`.
//! Statuses as Lemmy 0.19 answers them: 401 for a wrong log-in, 404 for what is not there, else 400.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::community::{CommunityError, Denied, Missing};
use crate::federation::ResolveError;
use crate::store::{Rollback, StoreError};

#[derive(Debug)]
pub enum ApiError {
    Community(CommunityError),
    /// One of Lemmy's error names, where the use-case has no say.
    Named(&'static str),
    /// What was sent, or the page that it names, cannot be read, with what is wrong with it.
    Unreadable(StatusCode, String),
    /// Too many requests: seconds until the next one is taken.
    Limited(u64),
}

pub type ApiResult<T> = Result<Json<T>, ApiError>;

impl From<CommunityError> for ApiError {
    fn from(error: CommunityError) -> Self {
        ApiError::Community(error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        ApiError::Community(error.into())
    }
}

impl From<Missing> for ApiError {
    fn from(missing: Missing) -> Self {
        ApiError::Community(missing.into())
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        ApiError::Community(denied.into())
    }
}

impl From<ResolveError> for ApiError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Store(error) => error.into(),
            _ => ApiError::Named("couldnt_find_object"),
        }
    }
}

impl Rollback for ApiError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            ApiError::Community(error) => error.store_error(),
            _ => None,
        }
    }
}

fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Post => "couldnt_find_post",
        Missing::Comment => "couldnt_find_comment",
        Missing::Group => "couldnt_find_community",
        Missing::Person => "couldnt_find_person",
        Missing::Notification => "couldnt_find_comment_reply",
        Missing::Application => "couldnt_find_registration_application",
        Missing::Picture => "couldnt_find_image",
        Missing::Report => "couldnt_find_post_report",
        Missing::Request => "couldnt_find_community_follower",
        Missing::Message => "couldnt_find_private_message",
        Missing::SetupLink => "token_not_found",
        Missing::Host => "couldnt_find_instance",
    }
}

fn denied(denied: Denied) -> &'static str {
    match denied {
        Denied::NotAuthor => "no_post_edit_allowed",
        Denied::NotModerator | Denied::NotCoordinator => "not_a_mod_or_admin",
        Denied::NotAdmin => "not_an_admin",
        Denied::Locked => "locked",
        Denied::Deleted => "deleted",
        Denied::AlreadyReported | Denied::ReportsOwn => "couldnt_create_report",
        Denied::PostingRestricted => "only_mods_can_post_in_community",
        Denied::NotShared => "not_allowed_to_post_in_private_community",
        Denied::TakesNoMessages | Denied::BlockedByAuthor => "person_is_blocked",
        Denied::NotMember => "not_allowed_to_post_in_private_community",
        Denied::Suspended => "site_ban",
        Denied::Banned => "banned_from_community",
        Denied::RemoteGroup => "object_not_local",
        Denied::RegistrationClosed => "registration_closed",
        Denied::WrongCredentials => "incorrect_login",
        Denied::NotYetApproved => "registration_application_is_pending",
        Denied::Rejected => "registration_denied",
        Denied::ShutOut => "domain_blocked",
        Denied::BlockedLink => "blocked_url",
        Denied::LastCoordinator => "not_top_mod",
        Denied::BlocksSelf => "cant_block_yourself",
        Denied::BlocksAdmin => "cant_block_admin",
        Denied::LastAdmin => "cannot_leave_admin",
        Denied::Moved => "community_has_moved",
        Denied::TooManyRequests => "rate_limit_error",
        Denied::Outranked => "not_higher_mod",
    }
}

/// By the field that a use-case refused.
fn invalid(field: &str) -> &'static str {
    match field {
        "name" => "invalid_name",
        "title" => "invalid_post_title",
        "body" | "domain" | "rules" => "invalid_body_field",
        "server" => "invalid_url",
        "sidebar" => "invalid_body_field",
        "link" | "image" | "icon" => "invalid_url",
        "display_name" => "invalid_display_name",
        "bio" => "bio_length_overflow",
        "password" => "invalid_password",
        "email" => "email_required",
        "application" => "registration_application_answer_required",
        "until" => "ban_expiration_in_past",
        "parent" => "max_comment_depth_reached",
        _ => "unknown",
    }
}

impl ApiError {
    /// One field of what was sent, with a sentence about it.
    pub fn refused(field: &'static str, why: String) -> ApiError {
        CommunityError::invalid(field, why).into()
    }

    /// Lemmy names the refusal to change somebody else's comment after the comment.
    pub fn of_comment(self) -> ApiError {
        match self {
            ApiError::Community(CommunityError::Denied(Denied::NotAuthor)) => {
                ApiError::Named("no_comment_edit_allowed")
            }
            other => other,
        }
    }

    fn answer(&self) -> (StatusCode, &'static str, Option<String>) {
        match self {
            ApiError::Community(CommunityError::Store(error)) => of_store(error),
            ApiError::Community(error) => {
                let name = match error {
                    CommunityError::Missing(what) => missing(*what),
                    CommunityError::Denied(why) => denied(*why),
                    CommunityError::Declined { .. } => "registration_denied",
                    CommunityError::Invalid { field, .. } => invalid(field),
                    CommunityError::Store(_) => "unknown",
                };
                (status_of(name), name, Some(error.to_string()))
            }
            ApiError::Named(name) => (status_of(name), name, None),
            ApiError::Unreadable(status, why) => (*status, "unknown", Some(why.clone())),
            ApiError::Limited(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", None),
        }
    }
}

fn status_of(name: &str) -> StatusCode {
    if name == "incorrect_login" {
        StatusCode::UNAUTHORIZED
    } else if name.starts_with("couldnt_find_") {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::BAD_REQUEST
    }
}

fn of_store(error: &StoreError) -> (StatusCode, &'static str, Option<String>) {
    match error {
        StoreError::NotFound => (StatusCode::NOT_FOUND, "couldnt_find_object", None),
        StoreError::Unavailable(_) | StoreError::Conflict => {
            tracing::error!(%error, "a call of the API could not be answered");
            let why = "The server cannot reach its database. Please try again.";
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "unknown",
                Some(why.to_owned()),
            )
        }
        _ => {
            tracing::error!(%error, "a call of the API failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "unknown", None)
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, name, message) = self.answer();
        let body = match message {
            Some(message) => json!({ "error": name, "message": message }),
            None => json!({ "error": name }),
        };
        let mut response = (status, Json(body)).into_response();
        if let ApiError::Limited(seconds) = self {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(error: impl Into<ApiError>) -> (u16, &'static str) {
        let (status, name, _) = error.into().answer();
        (status.as_u16(), name)
    }

    #[test]
    fn refusals_carry_lemmys_names_and_statuses() {
        let wrong = CommunityError::Denied(Denied::WrongCredentials);
        assert_eq!(answer(wrong), (401, "incorrect_login"));
        assert_eq!(answer(Missing::Post), (404, "couldnt_find_post"));
        let locked = CommunityError::Denied(Denied::Locked);
        assert_eq!(answer(locked), (400, "locked"));
        let title = CommunityError::invalid("title", "too short");
        assert_eq!(answer(title), (400, "invalid_post_title"));
        assert_eq!(
            answer(StoreError::Unavailable("disk is full".to_owned())).0,
            503
        );
        assert_eq!(
            answer(ApiError::Named("not_logged_in")),
            (400, "not_logged_in")
        );
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let response = ApiError::Limited(7).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
    }
}
