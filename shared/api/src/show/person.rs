//! One person of a delegate, as the host has it.

use policy::Role;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time, Word};

use crate::document::{Identifier, ToMany};
use crate::types::{Groups, Organizations, Users};

/// The limit that a host has set for one user of a delegate.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectionUser")]
pub struct ConnectionUser {
    r#type: Users,
    /// The user's id in the delegate account, or the e-mail address if the host does not know the id.
    id: String,
    attributes: PersonAttributes,
    relationships: PersonRelationships,
}

/// The limit that a host has set for one user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ConnectionUserAttributes")]
struct PersonAttributes {
    /// The e-mail address by which the host knows the user.
    email: String,
    /// The user's id in the delegate account; `null` if the host does not know it.
    user_id: Option<Id>,
    /// The name when the user was limited or last used the connection. The e-mail address if the host knows no name.
    name: String,
    /// Whether the user has access at all.
    access: bool,
    /// `null` if it is the connection's.
    maximum_role_name: Option<Word<Role>>,
    /// Whether the user has all organizations of the connection; `null` if the user is not limited.
    all_organizations: Option<bool>,
    updated_at: Time,
}

/// The limits of this user; both are absent if the connection's grants apply.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectionUserRelationships")]
struct PersonRelationships {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ToMany<Identifier<Groups>>")]
    groups: Option<ToMany<Identifier<Groups>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ToMany<Identifier<Organizations>>")]
    organizations: Option<ToMany<Identifier<Organizations>>>,
}

/// What a host says about one person of a delegate.
#[must_use]
pub fn person(person: &store::delegate::PersonLimit) -> ConnectionUser {
    let narrower = || PersonRelationships {
        groups: Some(ToMany::of(Groups, person.group_ids.iter().copied())),
        organizations: Some(ToMany::of(Organizations, person.organization_ids.iter().copied())),
    };
    ConnectionUser {
        r#type: Users,
        id: person.known_as(),
        attributes: PersonAttributes {
            email: person.email.to_string(),
            user_id: person.user_id.map(Id::from),
            name: person.user_name.clone().unwrap_or_else(|| person.email.to_string()),
            access: person.access,
            maximum_role_name: person.maximum_role.map(Word),
            all_organizations: person.has_grants.then_some(person.all_organizations),
            updated_at: Time(person.updated_at),
        },
        relationships: if person.has_grants { narrower() } else { PersonRelationships::default() },
    }
}
