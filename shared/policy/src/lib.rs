//! Every rule of the product, pure: no I/O, no clock, no randomness, nothing async.
//!
//! Time is an argument, facts are arguments, and every answer carries its reason as data.

pub mod id;
pub mod password;
pub mod time;

pub use id::{AccountId, ConnectionId, GroupId, LogEntryId, OrganizationId, UserId};
pub use time::Timestamp;
