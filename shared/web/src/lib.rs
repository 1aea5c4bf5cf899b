//! Between `lambda_http` and JSON:API: what a request says, strictly read; what is answered, always of one shape.

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
pub use noted::Noted;
pub use operation::Operation;
pub use request::{Call, Route};
pub use scalar::{Email, Id, Time};
pub use words::{Word, Words};
