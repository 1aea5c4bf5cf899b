//! What the link in an invitation's mail opens, as JSON.

use api::types::Invitations;
use policy::Role;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Email, Id, Time, Word};

use crate::link::Opened;

/// The invitation of a user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invitation")]
pub struct OpenInvitation {
    r#type: Invitations,
    /// The id of the user.
    id: Id,
    attributes: InvitationAttributes,
}

/// An invitation: to whom, and to what.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct InvitationAttributes {
    account_name: String,
    inviter_name: String,
    email: Email,
    first_name: String,
    last_name: String,
    role_name: Word<Role>,
    /// Whether to invite to MyGlue instead of IT Glue.
    my_glue: bool,
    all_organizations: bool,
    /// The organizations that are granted; empty if it is all organizations.
    organization_names: Vec<String>,
    message: String,
    /// The name of the user who wrote the message.
    message_by: String,
    expires_at: Time,
}

impl OpenInvitation {
    /// The invitation of an opened link; no names for all organizations.
    pub(crate) fn of(opened: &Opened, organization_names: Option<Vec<String>>) -> Self {
        let (user, invitation) = (&opened.user, &opened.invitation);
        let (message, writer) = invitation.words(&opened.membership.account.name);
        Self {
            r#type: Invitations,
            id: user.id.into(),
            attributes: InvitationAttributes {
                account_name: opened.membership.account.name.clone(),
                inviter_name: invitation.sponsor_name.clone(),
                email: Email::from(&user.email),
                first_name: user.first_name.clone(),
                last_name: user.last_name.clone(),
                role_name: Word(user.role),
                my_glue: user.my_glue,
                all_organizations: organization_names.is_none(),
                organization_names: organization_names.unwrap_or_default(),
                message,
                message_by: writer.to_owned(),
                expires_at: Time(invitation.expires_at),
            },
        }
    }
}
