//! Roles and actions, and the table that says which role may do what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a user may do, lowest to highest. The order is the meaning: comparing two roles compares what they allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Reads; at most five organizations; takes no licence.
    Lite,
    /// Reads.
    #[serde(rename = "Read-only")]
    ReadOnly,
    /// Reads, creates, updates.
    Creator,
    /// Reads, creates, updates, deletes.
    Editor,
    /// As Editor, and manages users up to the own role.
    Manager,
    /// Everything in the account.
    Administrator,
}

/// Not one of the six roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role must be one of: Lite, Read-only, Creator, Editor, Manager, Administrator")]
pub struct NotARole;

impl Role {
    /// All six, lowest first.
    pub const ALL: [Self; 6] =
        [Self::Lite, Self::ReadOnly, Self::Creator, Self::Editor, Self::Manager, Self::Administrator];

    /// The name by which people and the API call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lite => "Lite",
            Self::ReadOnly => "Read-only",
            Self::Creator => "Creator",
            Self::Editor => "Editor",
            Self::Manager => "Manager",
            Self::Administrator => "Administrator",
        }
    }

    /// Whether the role allows the action, in an organization that is granted.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        self >= action.lowest_role()
    }

    /// Whether whoever has it manages users, and so invites them.
    #[must_use]
    pub fn invites(self) -> bool {
        self >= Self::Manager
    }

    /// What one may do with it, in plain words, after "you can".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Administrator => {
                "see and change everything in the account, and manage its users and settings"
            }
            Self::Manager => "see, add, change and delete documentation, and invite people",
            Self::Editor => "see, add, change and delete documentation",
            Self::Creator => "see, add and change documentation, but not delete it",
            Self::ReadOnly | Self::Lite => "see documentation, but not change it",
        }
    }

    /// Whether a user of this role, at home, is bound by restrictions of assets and by types that are kept from groups: all but
    /// Administrators are.
    #[must_use]
    pub fn is_bound_by_restrictions(self) -> bool {
        self != Self::Administrator
    }

    /// Whether a user of this role takes a licence: all but Lite do.
    #[must_use]
    pub fn is_licensed(self) -> bool {
        self != Self::Lite
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = NotARole;

    /// Reads the name whatever its letter case, with `-`, `_` or a space between its words.
    fn from_str(text: &str) -> Result<Self, NotARole> {
        let plain = text.trim().replace(['_', ' '], "-");
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(&plain)).ok_or(NotARole)
    }
}

/// What is done to an asset in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// See it.
    Read,
    /// Make a new one.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Say who may see it. A security permission.
    SetRestrictions,
}

/// Not one of the actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an action must be one of: read, create, update, delete, set-restrictions")]
pub struct NotAnAction;

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Create, Self::Update, Self::Delete, Self::SetRestrictions];

    /// The name in the API and in the activity log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::SetRestrictions => "set-restrictions",
        }
    }

    /// The lowest role that may do it.
    #[must_use]
    pub const fn lowest_role(self) -> Role {
        match self {
            Self::Read => Role::Lite,
            Self::Create | Self::Update | Self::SetRestrictions => Role::Creator,
            Self::Delete => Role::Editor,
        }
    }

    /// Whether it decides who may do what, which no user of a delegate account ever does in a host.
    #[must_use]
    pub const fn is_security_permission(self) -> bool {
        matches!(self, Self::SetRestrictions)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Action {
    type Err = NotAnAction;

    /// Reads the name whatever its letter case, with `-`, `_` or a space between its words.
    fn from_str(text: &str) -> Result<Self, NotAnAction> {
        let plain = text.trim().replace(['_', ' '], "-");
        Self::ALL.into_iter().find(|action| action.name().eq_ignore_ascii_case(&plain)).ok_or(NotAnAction)
    }
}
