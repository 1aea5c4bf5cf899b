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
    id: Id,
    attributes: PersonAttributes,
    relationships: PersonRelationships,
}

/// What a host says of one person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ConnectionUserAttributes")]
struct PersonAttributes {
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
pub fn person(person: &store::connection::Person) -> Person {
    let narrower = || PersonRelationships {
        groups: Some(ToMany::of(Groups, person.group_ids.iter().copied())),
        organizations: Some(ToMany::of(Organizations, person.organization_ids.iter().copied())),
    };
    Person {
        r#type: Users,
        id: person.user_id.into(),
        attributes: PersonAttributes {
            name: person.user_name.clone(),
            access: person.access,
            maximum_role_name: person.maximum_role.map(Word),
            all_organizations: person.has_grants.then_some(person.all_organizations),
            updated_at: Time(person.updated_at),
        },
        relationships: if person.has_grants { narrower() } else { PersonRelationships::default() },
    }
}
