//! A person of a delegate who came in.

use std::borrow::Cow;

use policy::Role;
use policy::decision::{ALLOWED, Obstacle};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Email, Id, Time, Word};

use crate::guests::Listed;
use crate::types::Users;

/// A user of a delegate who has used the connection.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionVisitor {
    r#type: Users,
    /// The user's id in the delegate account.
    id: Id,
    attributes: ConnectionVisitorAttributes,
}

/// A user who has used the connection: when, and what access they have now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConnectionVisitorAttributes {
    /// The user's current name in their own account, or, if they were removed there, the last known name.
    name: String,
    email: Email,
    /// The role in the user's own account; `null` if they were removed there.
    role_name: Option<Word<Role>>,
    /// The effective role in the host; `null` if the user was removed in their own account, or the connection has ended.
    effective_role_name: Option<Word<Role>>,
    /// Whether the user can enter now.
    access: bool,
    /// `allowed`, or the reason why not.
    reason: Cow<'static, str>,
    /// All reasons why the user cannot enter; empty if they can.
    obstacles: Vec<Word<Obstacle>>,
    first_visit_at: Option<Time>,
    last_visit_at: Option<Time>,
}

/// The person, as they stand now.
#[must_use]
pub fn visitor(guest: &Listed) -> ConnectionVisitor {
    let known = &guest.known;
    ConnectionVisitor {
        r#type: Users,
        id: known.user_id.into(),
        attributes: ConnectionVisitorAttributes {
            name: guest.name.clone().unwrap_or_else(|| known.name.clone()),
            email: Email::from(&known.email),
            role_name: guest.role.map(Word),
            effective_role_name: guest.effective_role.map(Word),
            access: guest.obstacles.is_empty(),
            reason: guest.obstacles.first().map_or(ALLOWED, |obstacle| obstacle.code()).into(),
            obstacles: guest.obstacles.iter().copied().map(Word).collect(),
            first_visit_at: known.first_visit_at.map(Time),
            last_visit_at: known.last_visit_at.map(Time),
        },
    }
}
