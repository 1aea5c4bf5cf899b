//! A group.

use policy::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::document::{CountedMany, Identifier};
use crate::types::{Groups, Organizations, Users};

/// Users, and the organizations that they have access to through the group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    r#type: Groups,
    id: Id,
    attributes: GroupAttributes,
    relationships: GroupRelationships,
}

/// The attributes of a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GroupAttributes {
    name: String,
    description: String,
    /// The types of assets that are denied to the members, in lower case.
    denied_resource_types: Vec<String>,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// The members of a group, and the organizations that they have access to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupRelationships {
    users: CountedMany<Identifier<Users>>,
    organizations: CountedMany<Identifier<Organizations>>,
}

/// A group with its members and organizations.
#[must_use]
pub fn group(group: &store::Group, members: &[UserId]) -> Group {
    group_in_list(group, members.len(), Some(members), true)
}

/// A group as one of many: with so many members, who are named if they are given here; organizations are named if that is wanted.
#[must_use]
pub fn group_in_list(
    group: &store::Group,
    count: usize,
    members: Option<&[UserId]>,
    with_organizations: bool,
) -> Group {
    let organizations = &group.organization_ids;
    let named = with_organizations.then(|| organizations.iter().copied());
    Group {
        r#type: Groups,
        id: group.id.into(),
        attributes: GroupAttributes {
            name: group.name.clone(),
            description: group.description.clone(),
            denied_resource_types: group.denied_types.iter().map(ToString::to_string).collect(),
            created_at: Time(group.created_at),
            updated_at: Time(group.updated_at),
            version: group.version,
        },
        relationships: GroupRelationships {
            users: CountedMany::of(Users, count, members.map(|members| members.iter().copied())),
            organizations: CountedMany::of(Organizations, organizations.len(), named),
        },
    }
}
