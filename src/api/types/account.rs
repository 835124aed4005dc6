//! Logging in and registering.

use serde::{Deserialize, Serialize};

/// A `totp_2fa_token` is ignored: accounts have no second factor yet.
#[derive(Deserialize)]
pub struct Login {
    pub username_or_email: String,
    pub password: String,
}

#[derive(Deserialize)]
pub struct Register {
    pub username: String,
    pub password: String,
    pub password_verify: String,
    /// May be left out, as `require_email_verification` is false.
    pub email: Option<String>,
    /// Filled in by robots alone.
    pub honeypot: Option<String>,
    /// Whether lists show what is sensitive.
    pub show_nsfw: Option<bool>,
    /// To the site's application question.
    pub answer: Option<String>,
}

#[derive(Serialize)]
pub struct LoginResponse {
    /// Opaque to clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<String>,
    /// The account waits for approval.
    pub registration_created: bool,
    pub verify_email_sent: bool,
}

/// No captcha: registering is limited by other means.
#[derive(Serialize)]
pub struct GetCaptchaResponse {}

#[derive(Serialize)]
pub struct SuccessResponse {
    pub success: bool,
}
