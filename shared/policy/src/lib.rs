//! Every rule of the product, pure: no I/O, no clock, no randomness, nothing async.
//!
//! Time is an argument, facts are arguments, and every answer carries its reason as data.
//! The tables of rules under `tables/` are written and checked by the tests beside each rule.

pub mod account;
pub mod api_keys;
pub mod connection;
pub mod decision;
pub mod delivery;
pub mod email;
pub mod grants;
mod groups;
pub mod id;
pub mod invitation;
pub mod keys;
pub mod limits;
pub mod log;
pub mod mfa;
mod organizations;
pub mod password;
pub mod refusal;
pub mod repeat;
pub mod role;
#[cfg(test)]
mod table;
pub mod text;
pub mod time;
pub mod users;

pub use account::{InvitationLifetime, Subdomain};
pub use decision::{Decision, decide};
pub use delivery::{Delivery, MailEvent, Suppression};
pub use email::EmailAddress;
pub use grants::{Grants, GroupReach, Reach};
pub use id::{AccountId, ApiKeyId, ConnectionId, GroupId, LogEntryId, OrganizationId, UserId};
pub use limits::Limits;
pub use organizations::{DEPTH_LIMIT, may_place_under};
pub use refusal::{Kind, Person, Refusal};
pub use repeat::Ticket;
pub use role::{Action, Role};
pub use time::Timestamp;
pub use users::{Actor, Permissions, Who};
