//! Documents: the resources of an answer, and what stands around them, as JSON:API has it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use web::Id;
use web::list::{Links, Meta};

use crate::foreseen::Foreseen;

/// A document with only `data`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Document")]
pub struct Data<R> {
    /// The resource.
    pub data: R,
}

/// The resource after the change. In a preview: as it would be, and the effects of the change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Change")]
pub struct Changed<R> {
    /// The resource.
    pub data: R,
    /// The effects of the change. Only in a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Foreseen")]
    pub meta: Option<Foreseen>,
}

/// The preview of a change that has no body in its answer otherwise.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewOfChange {
    /// The effects of the change.
    pub meta: Foreseen,
}

/// A document with `data` and `meta`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}With{M}")]
pub struct WithMeta<R, M> {
    /// The resource.
    pub data: R,
    /// Further data about it.
    pub meta: M,
}

/// A document that can include related resources.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}WithIncluded")]
pub struct Including<R, I> {
    /// The resource.
    pub data: R,
    /// The related resources that `include` names and the caller can see; absent without `include`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<I>")]
    pub included: Option<Vec<I>>,
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Page")]
pub struct Page<R, M = Meta> {
    /// The resources on the page.
    pub data: Vec<R>,
    /// Data about the page and the list.
    pub meta: M,
    /// The URLs of the pages around it.
    pub links: Links,
}

/// A page of a list that can include related resources.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Page")]
pub struct PageIncluding<R, I, M = Meta> {
    /// The resources on the page.
    pub data: Vec<R>,
    /// Data about the page and the list.
    pub meta: M,
    /// The URLs of the pages around it.
    pub links: Links,
    /// The related resources that `include` names and the caller can see; absent without `include`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<I>")]
    pub included: Option<Vec<I>>,
}

/// One resource if the request has one, an array if the request has an array.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "OneOrMany{R}")]
pub enum OneOrMany<R> {
    /// The request has one.
    One(R),
    /// The request has an array.
    Many(Vec<R>),
}

impl<R> OneOrMany<R> {
    /// The outcome of a request, which has many of them or one; none if nothing came of the one.
    #[must_use]
    pub fn of(mut rows: Vec<R>, many: bool) -> Option<Self> {
        if many { Some(Self::Many(rows)) } else { rows.pop().map(Self::One) }
    }
}

/// The type and id of a resource.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{T}Identifier")]
pub struct Identifier<T> {
    /// Its type.
    pub r#type: T,
    /// Its id.
    pub id: Id,
}

/// A relationship to any number of resources.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{I}Relationship")]
pub struct ToMany<I> {
    /// The types and ids of the resources.
    pub data: Vec<I>,
}

/// A relationship to any number of resources. Always has their number, and their ids if they are included.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Counted{I}Relationship")]
pub struct CountedMany<I> {
    /// The types and ids of the resources; absent in a list that does not include them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<I>")]
    pub data: Option<Vec<I>>,
    /// Number of them.
    pub meta: Count,
}

/// Number of them.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The number.
    pub count: u64,
}

impl<T: Copy> CountedMany<Identifier<T>> {
    /// To so many resources of this type, and to which, if they are to be named.
    pub fn of<Any: Into<u64>>(r#type: T, count: usize, ids: Option<impl IntoIterator<Item = Any>>) -> Self {
        Self {
            data: ids.map(|ids| ToMany::of(r#type, ids).data),
            meta: Count { count: u64::try_from(count).unwrap_or(u64::MAX) },
        }
    }
}

impl<T: Copy> ToMany<Identifier<T>> {
    /// To resources of this type, by their ids.
    pub fn of<Any: Into<u64>>(r#type: T, ids: impl IntoIterator<Item = Any>) -> Self {
        Self { data: ids.into_iter().map(|id| Identifier { r#type, id: Id::from(id) }).collect() }
    }
}

/// What a client reads of a resource, to be held against what it sends back.
#[must_use]
pub fn as_read(resource: &impl Serialize) -> Value {
    serde_json::to_value(resource).unwrap_or_default()
}
