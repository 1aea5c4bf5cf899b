//! What is said beside an account's settings.

use api::Caller;
use policy::{EmailAddress, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use store::{User, UserStatus};
use web::{Email, Id};

/// Number of users who use a licence, are Lite, or have not accepted yet.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Licences {
    /// Number of active users of IT Glue with another role than Lite. Each uses a licence.
    licensed_users: u64,
    /// Number of active users of IT Glue with the role Lite.
    lite_users: u64,
    /// Number of active users of MyGlue.
    my_glue_users: u64,
    suspended_users: u64,
    /// Number of users who have not accepted yet, including expired invitations.
    invited_users: u64,
    /// Whether the caller would lose access if every user needed a second factor: because they have none, or signed in
    /// without it.
    second_factor_missing: bool,
    /// Always true in a preview: nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    preview: Option<bool>,
    /// In a preview: number of users who would lose access until they set up a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    shut_out_count: Option<usize>,
    /// In a preview: the first hundred of them; users of the account, and users of delegates who have used a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<ShutOut>")]
    shut_out: Option<Vec<ShutOut>>,
}

/// A user who would lose access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ShutOut {
    id: Id,
    email: Email,
}

impl ShutOut {
    /// This user, of the account or of a delegate.
    pub(crate) fn of(id: UserId, email: &EmailAddress) -> Self {
        Self { id: id.into(), email: Email::from(email) }
    }
}

/// At most this many who would be shut out are named.
const NAMED: usize = 100;

impl Licences {
    /// Counts these users, and tells the caller what enforcing second factors would do to them.
    pub(crate) fn of(caller: &Caller, users: &[User]) -> Self {
        let count = |counts: &dyn Fn(&User) -> bool| {
            users.iter().filter(|user| counts(user)).fold(0, |count, _| count + 1)
        };
        // Suspended users and those of MyGlue take no licence, and are counted by themselves.
        let works = |user: &User| user.status == UserStatus::Active && !user.my_glue;
        Self {
            licensed_users: count(&|user| works(user) && user.role.is_licensed()),
            lite_users: count(&|user| works(user) && !user.role.is_licensed()),
            my_glue_users: count(&|user| user.status == UserStatus::Active && user.my_glue),
            suspended_users: count(&|user| user.status == UserStatus::Suspended),
            invited_users: count(&|user| user.status == UserStatus::Invited),
            second_factor_missing: caller
                .person()
                .is_ok_and(|person| !(person.user.mfa && person.session.mfa)),
            preview: None,
            shut_out_count: None,
            shut_out: None,
        }
    }

    /// The same before the change is made, with those whom it would shut out.
    pub(crate) fn foreseeing(self, mut shut_out: Vec<ShutOut>) -> Self {
        let count = shut_out.len();
        shut_out.truncate(NAMED);
        Self { preview: Some(true), shut_out_count: Some(count), shut_out: Some(shut_out), ..self }
    }
}
