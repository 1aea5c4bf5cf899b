//! One person of a delegate, as the host has it.

use policy::Role;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time, Word};

use crate::document::{Identifier, ToMany};
use crate::types::{Groups, Organizations, Users};

/// What a host says of one person of a delegate.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectionUser")]
pub struct Person {
    r#type: Users,
    /// The person's id in the delegate account, or the address of one whose id the host does not know.
    id: String,
    attributes: PersonAttributes,
    relationships: PersonRelationships,
}

/// What a host says of one person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ConnectionUserAttributes")]
struct PersonAttributes {
    /// The address by which the host knows the person.
    email: String,
    /// The person's id in the delegate account; `null` where the host does not know it.
    user_id: Option<Id>,
    /// As it was when they were limited or came in last; the address, where the host knows no name.
    name: String,
    /// Whether they may come in at all.
    access: bool,
    /// `null` for no lower one than the connection's.
    maximum_role_name: Option<Word<Role>>,
    /// All organizations of the connection; `null` where nothing narrower was said.
    all_organizations: Option<bool>,
    updated_at: Time,
}

/// Narrower grants; both absent where the connection's hold.
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

/// What a host says of one person of a delegate.
#[must_use]
pub fn person(person: &store::delegate::Person) -> Person {
    let narrower = || PersonRelationships {
        groups: Some(ToMany::of(Groups, person.group_ids.iter().copied())),
        organizations: Some(ToMany::of(Organizations, person.organization_ids.iter().copied())),
    };
    Person {
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
