//! A word on one of the lists out of which organizations have their type and status.

use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

/// An entry of the list of types or statuses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{T}Entry")]
pub struct Label<T> {
    r#type: T,
    id: Id,
    attributes: LabelAttributes,
}

/// The attributes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct LabelAttributes {
    name: String,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// A word on a list, as a resource of this type.
#[must_use]
pub fn label<T>(r#type: T, label: &store::Label) -> Label<T> {
    Label {
        r#type,
        id: label.id.into(),
        attributes: LabelAttributes {
            name: label.name.clone(),
            created_at: Time(label.created_at),
            updated_at: Time(label.updated_at),
            version: label.version,
        },
    }
}
