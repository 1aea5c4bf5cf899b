//! A group.

use policy::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::document::{Identifier, ToMany};
use crate::types::{Groups, Organizations, Users};

/// Users, and the organizations that they get through it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    r#type: Groups,
    id: Id,
    attributes: GroupAttributes,
    relationships: GroupRelationships,
}

/// What is said of a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GroupAttributes {
    name: String,
    description: String,
    created_at: Time,
    updated_at: Time,
    /// Counts the changes: for `If-Match`.
    version: u64,
}

/// Who is in a group, and what they get through it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupRelationships {
    users: ToMany<Identifier<Users>>,
    organizations: ToMany<Identifier<Organizations>>,
}

/// A group with its members.
#[must_use]
pub fn group(group: &store::Group, members: &[UserId]) -> Group {
    Group {
        r#type: Groups,
        id: group.id.into(),
        attributes: GroupAttributes {
            name: group.name.clone(),
            description: group.description.clone(),
            created_at: Time(group.created_at),
            updated_at: Time(group.updated_at),
            version: group.version,
        },
        relationships: GroupRelationships {
            users: ToMany::of(Users, members.iter().copied()),
            organizations: ToMany::of(Organizations, group.organization_ids.iter().copied()),
        },
    }
}
