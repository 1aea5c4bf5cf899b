//! HTTP and JSON:API: requests are read strictly, and answers always have the same form.
//!
//! # Requests
//!
//! A [`Call`] is a request at one moment. Its body becomes a [`Document`], read by a [`Body`]: a declaration of attributes and
//! relationships, each with its kind. What is not declared is refused, and all errors are found at once. Queries are read by the same rule
//! ([`query`]), lists by their shape ([`list`]).
//!
//! # Answers
//!
//! An [`Answer`] is a type with a schema. Errors are [`Faults`], each with a stable code, a place in the request and a sentence for
//! people. On the way out come entity tags ([`tag`]), compression, and the choice between JSON, HTML and CSV ([`accept`], [`csv`]).
//!
//! # The OpenAPI document
//!
//! An [`Operation`] describes a route as data. `docs/openapi.json` is generated from these and from the types of bodies and answers, so
//! nothing is stated twice. Handlers never refer to operations, so no schema is linked into a function.
//!
//! The pages that people see without scripts are in [`page`].

pub mod accept;
pub mod answer;
pub mod body;
pub mod csv;
pub mod document;
pub mod edge;
pub mod fault;
mod json;
pub mod list;
pub mod noted;
pub mod operation;
mod packed;
pub mod page;
pub mod query;
pub mod request;
pub mod scalar;
pub mod tag;
pub mod words;

pub use answer::Answer;
pub use body::Body;
pub use document::{Attributes, Document, Resource};
pub use fault::{Fault, Faults};
pub use noted::RequestNotes;
pub use operation::Operation;
pub use request::{Call, Route};
pub use scalar::{Email, Id, Time};
pub use words::{Word, Words};
