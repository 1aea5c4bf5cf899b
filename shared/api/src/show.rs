//! How things are shown: users, organizations, groups, accounts as JSON:API resources, the same in every answer.

mod account;
mod api_key;
mod connection;
#[cfg(test)]
mod fits;
mod group;
mod label;
mod organization;
mod person;
mod restriction;
mod session;
mod stranded;
mod user;
mod via;
mod visitor;

pub use account::{Account, account};
pub use api_key::{ApiKey, api_key};
pub use connection::{Connection, Direction, connection};
pub use group::{Group, group, group_in_list};
pub use label::{Label, label};
pub use organization::{Organization, organization};
pub use person::{ConnectionUser, person};
pub use restriction::{Restriction, restriction};
pub use session::{SessionToken, session};
pub use stranded::{LeftBehind, Leftovers};
pub use user::{ForeseenUser, Room, USER_STATUSES, User, UserStatus, invitation_state, user, user_status};
pub use via::{Via, ways};
pub use visitor::{ConnectionVisitor, visitor};
