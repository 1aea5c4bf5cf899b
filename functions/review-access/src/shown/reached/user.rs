//! Who reaches an organization.

use api::guests::Listed;
use api::show::{UserStatus, Via, user_status, ways};
use api::types::Users;
use policy::decision::Via as Way;
use policy::{Decision, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::{ApiKey, Connection, User};
use web::list::Meta;
use web::{Email, Id, Word};

/// A user who has access to an organization, and how.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachingUser {
    r#type: Users,
    id: Id,
    attributes: ReachingUserAttributes,
    meta: ReachingUserMeta,
}

/// The attributes of a user who has access to an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReachingUserAttributes {
    name: String,
    email: Email,
    role_name: Word<Role>,
    status: Word<UserStatus>,
}

/// How they have access to it.
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

/// Data about the page and the list, and who else has access to the organization apart from the account's users.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ReachingUsersMeta", extend("additionalProperties" = false))]
pub struct Others {
    #[serde(flatten)]
    pub(crate) list: Meta,
    /// The connections that give users of other accounts access to it now.
    pub(crate) connections: Vec<ReachingDelegate>,
    /// The API keys that have access to it now.
    pub(crate) api_keys: Vec<ReachingKey>,
}

/// A connection that gives users of another account access to an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReachingDelegate {
    /// The id of the connection.
    id: Id,
    delegate_account_id: Id,
    delegate_account_name: String,
    maximum_role_name: Word<Role>,
    via: Vec<Via>,
    /// Users of the account who have used the connection and have access now, at most 100.
    users: Vec<ReachingGuest>,
}

impl ReachingDelegate {
    /// A connection that leads to it in these ways, and to these persons.
    pub(crate) fn of(connection: &Connection, through: &[Way], users: Vec<ReachingGuest>) -> Self {
        Self {
            id: connection.id.into(),
            delegate_account_id: connection.delegate_id.into(),
            delegate_account_name: connection.delegate_name.clone(),
            maximum_role_name: Word(connection.maximum_role),
            via: ways(through),
            users,
        }
    }
}

/// A user of a delegate who has access to an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReachingGuest {
    /// The user's id in the delegate account.
    id: Id,
    name: String,
    email: Email,
    /// The effective role in the host; `null` if it is not known.
    effective_role_name: Option<Word<Role>>,
    via: Vec<Via>,
}

impl ReachingGuest {
    /// A person who reaches it in these ways.
    pub(crate) fn of(guest: &Listed, through: &[Way]) -> Self {
        Self {
            id: guest.known.user_id.into(),
            name: guest.known.name.clone(),
            email: Email::from(&guest.known.email),
            effective_role_name: guest.effective_role.map(Word),
            via: ways(through),
        }
    }
}

/// An API key that has access to an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReachingKey {
    id: Id,
    name: String,
    role_name: Word<Role>,
    via: Vec<Via>,
}

impl ReachingKey {
    /// A key that reaches it as this decision says.
    pub(crate) fn of(key: &ApiKey, decision: &Decision) -> Self {
        Self {
            id: key.id.into(),
            name: key.name.clone(),
            role_name: Word(key.role),
            via: ways(&decision.via),
        }
    }
}
