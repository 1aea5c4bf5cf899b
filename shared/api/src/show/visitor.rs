//! A person of a delegate who came in.

use std::borrow::Cow;

use policy::Role;
use policy::decision::{ALLOWED, Obstacle};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Email, Id, Time, Word};

use crate::guests::Listed;
use crate::types::Users;

/// A person of a delegate who came in at some time.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionVisitor {
    r#type: Users,
    /// Their id in the delegate account.
    id: Id,
    attributes: ConnectionVisitorAttributes,
}

/// Who came in, when, and what they would have inside now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConnectionVisitorAttributes {
    /// Their name at home today; if they were removed there, the one that they had when they came in last.
    name: String,
    email: Email,
    /// The role at home; `null` if they were removed there.
    role_name: Option<Word<Role>>,
    /// The role that counts inside; `null` if they were removed at home, or the connection is over.
    effective_role_name: Option<Word<Role>>,
    /// Whether they could come in now.
    access: bool,
    /// `allowed`, or what keeps them out.
    reason: Cow<'static, str>,
    /// Everything that keeps them out; empty if they could come in.
    obstacles: Vec<Word<Obstacle>>,
    first_visit_at: Option<Time>,
    last_visit_at: Option<Time>,
}

/// The person, as they stand at this moment.
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
