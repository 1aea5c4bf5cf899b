//! How things are shown: users, organizations, groups, accounts as JSON:API resources, the same in every answer.

mod account;
mod api_key;
mod connection;
#[cfg(test)]
mod fits;
mod group;
mod organization;
mod person;
mod session;
mod user;
mod via;

pub use account::{Account, account};
pub use api_key::{ApiKey, api_key};
pub use connection::{Connection, Direction, connection};
pub use group::{Group, group};
pub use organization::{Organization, organization};
pub use person::{Person, person};
pub use session::{Session, session};
pub use user::{ForeseenUser, USER_STATUSES, User, UserStatus, user, user_status};
pub use via::{Via, ways};
