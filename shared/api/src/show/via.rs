//! The ways in which an organization is had.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// Where an organization comes from, in a word: `administrator`, `all-organizations`, `direct`, or `groups/<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via(pub policy::decision::Via);

/// These ways, as they are shown.
pub fn ways<'a>(ways: impl IntoIterator<Item = &'a policy::decision::Via>) -> Vec<Via> {
    ways.into_iter().copied().map(Via).collect()
}

const ADMINISTRATOR: &str = "administrator";
const ALL_ORGANIZATIONS: &str = "all-organizations";
const DIRECT: &str = "direct";
const USER: &str = "user";

impl Serialize for Via {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            policy::decision::Via::Administrator => out.serialize_str(ADMINISTRATOR),
            policy::decision::Via::AllOrganizations => out.serialize_str(ALL_ORGANIZATIONS),
            policy::decision::Via::Direct => out.serialize_str(DIRECT),
            policy::decision::Via::User => out.serialize_str(USER),
            policy::decision::Via::Group(group) => out.collect_str(&format_args!("groups/{group}")),
        }
    }
}

impl JsonSchema for Via {
    fn schema_name() -> Cow<'static, str> {
        "Via".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How access is given: by the role, with all organizations, directly, or through a group. `user`: the restriction of the asset names the user.",
            "type": "string",
            // One pattern, and no choice of two schemas: there, some generators lose the type.
            "pattern": format!("^({ADMINISTRATOR}|{ALL_ORGANIZATIONS}|{DIRECT}|{USER}|groups/[1-9][0-9]{{0,15}})$"),
        })
    }
}
