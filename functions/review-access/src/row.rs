//! One line of the review: a user, a delegate, or a key.

use std::collections::BTreeSet;

use lists::{Listed, sorted};
use policy::{GroupId, GroupReach, Reach, UserId};
use store::{ApiKey, Connection, User};

use crate::shown::kinds;

/// Who has access.
#[derive(Debug)]
pub enum Row {
    /// A user of the account.
    User(User),
    /// Another account, let in by a connection.
    Delegate(Connection),
    /// A program.
    Key(ApiKey),
}

impl Row {
    /// The name of its kind, by which the review is filtered.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => kinds::User::WORD,
            Self::Delegate(_) => kinds::Delegate::WORD,
            Self::Key(_) => kinds::ApiKey::WORD,
        }
    }

    /// What people call it.
    pub fn name(&self) -> String {
        match self {
            Self::User(user) => user.name(),
            Self::Delegate(connection) => connection.delegate_name.clone(),
            Self::Key(key) => key.name.clone(),
        }
    }

    /// The user who offered it to another account, or made it.
    pub const fn stands_on(&self) -> Option<UserId> {
        match self {
            Self::User(_) => None,
            Self::Delegate(connection) => connection.sponsor_id,
            Self::Key(key) => Some(key.maker_id),
        }
    }

    /// The groups through which it has organizations.
    pub fn groups(&self) -> Vec<GroupId> {
        match self {
            Self::User(user) => user.group_ids.iter().copied().collect(),
            Self::Delegate(connection) => connection.group_ids.iter().copied().collect(),
            Self::Key(_) => Vec::new(),
        }
    }

    /// The groups that can keep types of assets from it. Nothing is kept from the account's own Administrators.
    pub fn kept_from(&self) -> BTreeSet<GroupId> {
        match self {
            Self::User(user) => user.facts().kept_from(),
            Self::Delegate(connection) => connection.group_ids.clone(),
            Self::Key(_) => BTreeSet::new(),
        }
    }

    /// The organizations that it has.
    pub fn reach(&self, groups: &GroupReach) -> Reach {
        match self {
            Self::User(user) => user.grants().reach(user.role, groups),
            // Whatever the role: a visitor has what the connection grants.
            Self::Delegate(connection) => connection.grants().granted(groups),
            Self::Key(key) => key.permissions().grants.reach(key.role, groups),
        }
    }
}

impl Listed for Row {
    fn number(&self) -> u64 {
        match self {
            Self::User(user) => user.id.number(),
            Self::Delegate(connection) => connection.id.number(),
            Self::Key(key) => key.id.number(),
        }
    }

    /// Kinds stay together: first people, then other accounts, then programs.
    fn text(&self, sort: &str) -> String {
        let kind = match self {
            Self::User(_) => 1,
            Self::Delegate(_) => 2,
            Self::Key(_) => 3,
        };
        let name = if sort == "name" { sorted(&self.name()) } else { String::new() };
        format!("{kind} {name}")
    }
}
