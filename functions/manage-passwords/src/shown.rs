//! What the link that sets a new password opens, as JSON.

use api::types::PasswordResets;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Email, Id, Time};

use crate::link::Opened;

/// The user whose password can be set.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    r#type: PasswordResets,
    /// The id of the user.
    id: Id,
    attributes: PasswordResetAttributes,
}

/// The user whose password can be set, and until when.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PasswordResetAttributes {
    account_name: String,
    email: Email,
    expires_at: Time,
}

impl PasswordReset {
    /// What an opened link is good for.
    pub(crate) fn of(opened: &Opened) -> Self {
        Self {
            r#type: PasswordResets,
            id: opened.user.id.into(),
            attributes: PasswordResetAttributes {
                account_name: opened.account.name.clone(),
                email: Email::from(&opened.user.email),
                expires_at: Time(opened.mail.expires_at),
            },
        }
    }
}
