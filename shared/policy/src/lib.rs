//! Every rule of the product, pure: no I/O, no clock, no randomness, nothing async.
//!
//! Time is an argument, facts are arguments, and every answer carries its reason as data.
//! The tables of rules under `tables/` are written and checked by the tests beside each rule.

pub mod account;
pub mod api_keys;
pub mod attempts;
pub mod connection;
pub mod decision;
pub mod delivery;
pub mod effects;
pub mod email;
pub mod grants;
mod groups;
pub mod id;
pub mod invitation;
pub mod judge;
pub mod keys;
pub mod limits;
pub mod log;
pub mod mfa;
pub mod notice;
mod organizations;
pub mod password;
pub mod refusal;
pub mod repeat;
pub mod restrictions;
pub mod role;
pub mod session;
pub mod shift;
#[cfg(test)]
mod table;
pub mod text;
pub mod time;
pub mod users;

pub use account::{InvitationLifetime, Subdomain};
pub use decision::{Decision, decide};
pub use delivery::{Delivery, MailEvent, Suppression};
pub use effects::{Effects, Holder, Scene};
pub use email::{EmailAddress, PersonKey};
pub use grants::{Grants, GroupReach, Reach};
pub use id::{
    AccountId, ApiKeyId, ConnectionId, GroupId, LabelId, LogEntryId, OrganizationId, RestrictionId,
    SessionId, UserId,
};
pub use judge::{Change, Judged, Touch, judge};
pub use limits::Limits;
pub use notice::Notice;
pub use organizations::{DEPTH_LIMIT, LABEL_LIMIT, LabelKind, may_place_under, may_stand_on_list};
pub use refusal::{Kind, People, Person, Refusal};
pub use repeat::Ticket;
pub use restrictions::{AssetFacts, DeniedTypes, ResourceId, ResourceType, Restriction};
pub use role::{Action, Role};
pub use time::{NotATime, Timestamp};
pub use users::{Actor, Permissions, Who};
