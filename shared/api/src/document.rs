//! Documents: the resources of an answer, and what stands around them, as JSON:API has it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use web::Id;
use web::list::{Links, Meta};

use crate::foreseen::Foreseen;

/// A document that has its data and nothing more.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Document")]
pub struct Data<R> {
    /// The resource.
    pub data: R,
}

/// A resource after a change. In a preview: as it would be, with what the change would do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "{R}Change")]
pub struct Changed<R> {
    /// The resource.
    pub data: R,
    /// What the change would do; left out where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Foreseen")]
    pub meta: Option<Foreseen>,
}

/// The preview of a change that answers nothing when it is made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewOfChange {
    /// What the change would do.
    pub meta: Foreseen,
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
pub struct PageIncluding<R, I, M = Meta> {
    /// The resources on the page.
    pub data: Vec<R>,
    /// What the page says of itself and of the list.
    pub meta: M,
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

/// A relationship to any number of resources, that are counted, and named where that is asked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Counted{I}Relationship")]
pub struct CountedMany<I> {
    /// The resources, each named; absent in a list that does not include them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<I>")]
    pub data: Option<Vec<I>>,
    /// How many there are.
    pub meta: Count,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// So many.
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
