//! Every rule of the product, as pure functions: no I/O, no clock, no randomness, nothing async.
//!
//! Facts and time are arguments, and every answer carries its reason as data. So each rule can be tested without a database, and
//! the cases that can be listed are listed: the files under `tables/` are written and compared by the tests beside each rule.
//!
//! # Where to begin
//!
//! - [`decide`] answers the one question: may this user do this, in this organization? A [`Decision`] has the answer, every obstacle,
//!   and where the organization comes from.
//! - [`judge()`] decides whether somebody may make a change. It looks at the change's [`Effects`], which [`effects::effects`] computes from
//!   two [`Scene`]s, before and after. What it allows is a [`Judged`], and the store writes nothing else.
//! - [`Role`] and [`Action`] say which role may do what, [`Grants`] which organizations somebody has, [`Actor`] who is acting.
//! - A [`Refusal`] says why something is not allowed, with a stable code.
//!
//! # The other rules
//!
//! | what | where |
//! |---|---|
//! | users: who may invite, change and remove whom | [`users`] |
//! | invitations and their links; mail; suppressed addresses | [`invitation`], [`delivery`], [`notice`] |
//! | connections between accounts | [`connection`] |
//! | closing an account | [`closing`] |
//! | sessions, passwords, second factors, guessing | [`session`], [`password`], [`mfa`], [`attempts`] |
//! | API keys; signing keys | [`api_keys`], [`keys`] |
//! | limits; requests that are sent again | [`limits`], [`repeat`] |
//! | what people type, e-mail addresses, ids, times | [`text`], [`email`], [`id`], [`time`] |
//! | the activity log | [`log`] |

pub mod account;
pub mod api_keys;
pub mod attempts;
pub mod closing;
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
pub use closing::Closing;
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
pub use refusal::{Kind, NamedPerson, People, Refusal};
pub use repeat::IdempotencyLock;
pub use restrictions::{AssetFacts, DeniedTypes, ResourceId, ResourceType, Restriction};
pub use role::{Action, Role};
pub use time::{NotATime, Timestamp};
pub use users::{Actor, Permissions, Who};
