//! Who reaches an organization.

use api::show::{UserStatus, Via, user_status, ways};
use api::types::Users;
use policy::decision::Via as Way;
use policy::{Decision, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Connection, User};
use web::list::Meta;
use web::{Email, Id, Word};

/// A user who reaches an organization, and how.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachingUser {
    r#type: Users,
    id: Id,
    attributes: ReachingUserAttributes,
    meta: ReachingUserMeta,
}

/// What is said of a user who reaches an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReachingUserAttributes {
    name: String,
    email: Email,
    role_name: Word<Role>,
    status: Word<UserStatus>,
}

/// How they reach it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReachingUserMeta {
    via: Vec<Via>,
}

impl ReachingUser {
    /// A user who reaches it as this decision says. Nobody pending does, so no invitation is looked at.
    pub(crate) fn of(user: &User, decision: &Decision, now: Timestamp) -> Self {
        Self {
            r#type: Users,
            id: user.id.into(),
            attributes: ReachingUserAttributes {
                name: user.name(),
                email: Email::from(&user.email),
                role_name: Word(user.role),
                status: Word(user_status(user, None, now)),
            },
            meta: ReachingUserMeta { via: ways(&decision.via) },
        }
    }
}

/// What the page says of itself and of the list, and the delegates whose users reach the organization too.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReachingUsersMeta", extend("additionalProperties" = false))]
pub struct Delegates {
    #[serde(flatten)]
    pub(crate) list: Meta,
    /// The connections by which users of other accounts reach it at this moment.
    pub(crate) connections: Vec<ReachingDelegate>,
}

/// A connection by which users of another account reach an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReachingDelegate {
    /// The connection's.
    id: Id,
    delegate_account_id: Id,
    delegate_account_name: String,
    maximum_role_name: Word<Role>,
    via: Vec<Via>,
}

impl ReachingDelegate {
    /// A connection that leads to it in these ways.
    pub(crate) fn of(connection: &Connection, through: &[Way]) -> Self {
        Self {
            id: connection.id.into(),
            delegate_account_id: connection.delegate_id.into(),
            delegate_account_name: connection.delegate_name.clone(),
            maximum_role_name: Word(connection.maximum_role),
            via: ways(through),
        }
    }
}
