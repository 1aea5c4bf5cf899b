//! The tokens in mailed links. Nothing secret is stored for a link: it is signed again from the stored invitation, under
//! the key that the invitation names, and so a retry mails the same bytes even after a rotation.

use policy::{AccountId, ConnectionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::claims::{Claims, SigningError, TokenError};
use crate::keys::{KeyId, PublicKeys, SigningKeys};

/// What the link in a user's invitation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserInvitationLink {
    /// The account that invites.
    pub account: AccountId,
    /// The person invited.
    pub user: UserId,
    /// How often the invitation was sent again: a higher one in the store means that this link no longer works.
    pub generation: u32,
    /// The invitation's end.
    pub expires_at: Timestamp,
}

/// What the link in a connection's invitation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInvitationLink {
    /// The account that lets another in.
    pub host: AccountId,
    /// The connection offered.
    pub connection: ConnectionId,
    /// The account that is let in.
    pub delegate: AccountId,
    /// The delegate's Administrator to whom this mail went.
    pub administrator: UserId,
    /// How often the invitation was sent again: a higher one in the store means that this link no longer works.
    pub generation: u32,
    /// The invitation's end.
    pub expires_at: Timestamp,
}

/// What the link that sets a new password says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordResetLink {
    /// The account.
    pub account: AccountId,
    /// Whose password.
    pub user: UserId,
    /// How often one was asked for: a higher one in the store means that this link no longer works.
    pub generation: u32,
    /// The link's end.
    pub expires_at: Timestamp,
}

impl Claims for PasswordResetLink {
    const AUDIENCE: &'static str = "password-reset";

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl Claims for UserInvitationLink {
    const AUDIENCE: &'static str = "invitation";

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl Claims for ConnectionInvitationLink {
    const AUDIENCE: &'static str = "connection-invitation";

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl SigningKeys {
    /// The link as a token, signed under the named key. The same link and key give the same bytes.
    pub fn sign_user_invitation(
        &self,
        link: &UserInvitationLink,
        kid: &KeyId,
    ) -> Result<String, SigningError> {
        self.sign(link, kid)
    }

    /// The link as a token, signed under the named key. The same link and key give the same bytes.
    pub fn sign_connection_invitation(
        &self,
        link: &ConnectionInvitationLink,
        kid: &KeyId,
    ) -> Result<String, SigningError> {
        self.sign(link, kid)
    }
}

impl SigningKeys {
    /// The link as a token, signed under the named key. The same link and key give the same bytes.
    pub fn sign_password_reset(&self, link: &PasswordResetLink, kid: &KeyId) -> Result<String, SigningError> {
        self.sign(link, kid)
    }
}

impl PublicKeys {
    /// The link that a token stands for, if one of these keys signed it. Its end is not judged here: what is stored of it
    /// decides that, and can then say that the link has expired.
    pub fn verify_password_reset(&self, token: &str) -> Result<PasswordResetLink, TokenError> {
        self.verify(token)
    }

    /// The link that a token stands for, if one of these keys signed it. Its end is not judged here: the stored
    /// invitation decides that, and can then say that the link has expired.
    pub fn verify_user_invitation(&self, token: &str) -> Result<UserInvitationLink, TokenError> {
        self.verify(token)
    }

    /// The link that a token stands for, if one of these keys signed it. Its end is not judged here: the stored
    /// invitation decides that, and can then say that the link has expired.
    pub fn verify_connection_invitation(&self, token: &str) -> Result<ConnectionInvitationLink, TokenError> {
        self.verify(token)
    }
}
