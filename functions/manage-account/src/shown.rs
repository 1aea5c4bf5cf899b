//! What is said beside an account's settings.

use schemars::JsonSchema;
use serde::Serialize;
use store::{User, UserStatus};

/// How many users take a licence, are Lite, or have yet to accept.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Licences {
    licensed_users: u64,
    lite_users: u64,
    invited_users: u64,
}

impl Licences {
    /// Counts these users.
    pub(crate) fn of(users: &[User]) -> Self {
        let count = |counts: &dyn Fn(&User) -> bool| {
            users.iter().filter(|user| counts(user)).fold(0, |count, _| count + 1)
        };
        let is_in = |user: &User| user.status != UserStatus::Invited;
        Self {
            licensed_users: count(&|user| is_in(user) && user.role.is_licensed()),
            lite_users: count(&|user| is_in(user) && !user.role.is_licensed()),
            invited_users: count(&|user| !is_in(user)),
        }
    }
}
