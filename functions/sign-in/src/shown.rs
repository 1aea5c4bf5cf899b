//! The session of a caller: who they are and where, and which accounts they can enter.

use api::types::Sessions;
use api::{Caller, Person};
use policy::Role;
use policy::decision::VisitFacts;
use schemars::JsonSchema;
use serde::Serialize;
use store::Connection;
use web::{Id, Time, Word};

/// Who is signed in, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    r#type: Sessions,
    /// The user's.
    id: Id,
    attributes: SessionAttributes,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SessionAttributes {
    user_id: Id,
    home_account_id: Id,
    /// The account that the session acts in.
    account_id: Id,
    account_name: String,
    /// The role at home.
    role_name: Word<Role>,
    /// The role that counts in the account that the session acts in.
    effective_role_name: Word<Role>,
    /// Whether the session is inside a host.
    connected: bool,
    /// Whether it was made with a second factor.
    mfa: bool,
    expires_at: Time,
}

impl Session {
    /// The session of this person.
    pub(crate) fn of(caller: &Caller, Person { user, visit, session }: &Person) -> Self {
        Self {
            r#type: Sessions,
            id: user.id.into(),
            attributes: SessionAttributes {
                user_id: user.id.into(),
                home_account_id: session.home_account.into(),
                account_id: caller.account.id.into(),
                account_name: caller.account.name.clone(),
                role_name: Word(user.role),
                effective_role_name: Word(caller.effective_role()),
                connected: visit.is_some(),
                mfa: session.mfa,
                expires_at: Time(session.expires_at),
            },
        }
    }
}

/// Where else one can be.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SessionMeta")]
pub struct Accounts {
    /// The hosts that one can enter at this moment.
    pub(crate) accounts: Vec<EnterableAccount>,
}

/// A host that one can enter.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnterableAccount {
    account_id: Id,
    account_name: String,
    connection_id: Id,
    maximum_role_name: Option<Word<Role>>,
    /// The role that would count inside.
    effective_role_name: Option<Word<Role>>,
}

impl EnterableAccount {
    /// The host of a connection, to somebody with this role at home.
    pub(crate) fn of(facts: &VisitFacts, connection: &Connection, role: Role) -> Self {
        let maximum = facts.maximum_role();
        Self {
            account_id: connection.host_id.into(),
            account_name: connection.host_name.clone(),
            connection_id: connection.id.into(),
            maximum_role_name: maximum.map(Word),
            effective_role_name: maximum.map(|maximum| Word(maximum.min(role))),
        }
    }
}
