//! Documents: the resources of an answer, and what stands around them, as JSON:API has it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use web::Id;
use web::list::{Links, Meta};

/// A document that has its data and nothing more.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Document")]
pub struct Data<R> {
    /// The resource.
    pub data: R,
}

/// A document that says more beside its data.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}With{M}")]
pub struct WithMeta<R, M> {
    /// The resource.
    pub data: R,
    /// What is said beside it.
    pub meta: M,
}

/// A document that can include related resources.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}WithIncluded")]
pub struct Including<R, I> {
    /// The resource.
    pub data: R,
    /// The related resources that the request asks for and the caller can see; absent if it asks for none.
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
    /// What the page says of itself and of the list.
    pub meta: M,
    /// Where the pages around it are.
    pub links: Links,
}

/// A page of a list that can include related resources.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Page")]
pub struct PageIncluding<R, I> {
    /// The resources on the page.
    pub data: Vec<R>,
    /// What the page says of itself and of the list.
    pub meta: Meta,
    /// Where the pages around it are.
    pub links: Links,
    /// The related resources that the request asks for and the caller can see; absent if it asks for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<I>")]
    pub included: Option<Vec<I>>,
}

/// As many as the request has: one resource for one, an array for an array.
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
    /// What came of a request, which has many of them or one; none if nothing came of the one.
    #[must_use]
    pub fn of(mut rows: Vec<R>, many: bool) -> Option<Self> {
        if many { Some(Self::Many(rows)) } else { rows.pop().map(Self::One) }
    }
}

/// One resource, named in a relationship.
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
    /// The resources, each named.
    pub data: Vec<I>,
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
