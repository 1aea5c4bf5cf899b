//! The session of a caller: who they are and where, and which accounts they can enter.

use api::types::Sessions;
use api::{Caller, SignedInUser};
use policy::connection::{Connection as Life, Status};
use policy::decision::{Obstacle, VisitFacts};
use policy::{Role, SessionId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::connection::HostOf;
use store::session::StoredSession;
use web::{Email, Id, Time, Word, Words};

/// Who is signed in, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    r#type: Sessions,
    /// The id of the user.
    id: Id,
    attributes: SessionAttributes,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SessionAttributes {
    user_id: Id,
    /// First and last name, or the e-mail address if there is no name.
    name: String,
    email: Email,
    home_account_id: Id,
    home_account_name: String,
    home_subdomain: String,
    /// The account in which the session acts.
    account_id: Id,
    account_name: String,
    /// The name of that account.
    subdomain: String,
    /// When that account will be closed; null if it stays open.
    account_closing_at: Option<Time>,
    /// The role in the user's own account.
    role_name: Word<Role>,
    /// The effective role in the account in which the session acts.
    effective_role_name: Word<Role>,
    /// Whether the session is inside a host.
    connected: bool,
    /// Whether it was created with a second factor.
    mfa: bool,
    /// What the session may be used for.
    scope: Word<Scope>,
    expires_at: Time,
}

/// What a session is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything that the person may do.
    Full,
    /// Nothing but setting up the second factor that the account demands.
    Enrolment,
}

impl Words for Scope {
    const SCHEMA: &'static str = "SessionScope";
    const ABOUT: &'static str = "What a session may be used for: everything that the user may do, or only setting up a second factor.";
    const ALL: &'static [Self] = &[Self::Full, Self::Enrolment];

    fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Enrolment => "enrolment",
        }
    }
}

impl Session {
    /// The session of this person.
    pub(crate) fn of(
        caller: &Caller,
        SignedInUser { user, visit, session }: &SignedInUser,
        scope: Scope,
    ) -> Self {
        let home = visit.as_ref().map_or(&caller.account, |visit| &visit.home);
        Self {
            r#type: Sessions,
            id: user.id.into(),
            attributes: SessionAttributes {
                user_id: user.id.into(),
                name: user.name(),
                email: Email::from(&user.email),
                home_account_id: home.id.into(),
                home_account_name: home.name.clone(),
                home_subdomain: home.subdomain.to_string(),
                account_id: caller.account.id.into(),
                account_name: caller.account.name.clone(),
                subdomain: caller.account.subdomain.to_string(),
                account_closing_at: caller.account.closes_at().map(Time),
                role_name: Word(user.role),
                effective_role_name: Word(caller.effective_role()),
                connected: visit.is_some(),
                mfa: session.mfa,
                scope: Word(scope),
                expires_at: Time(session.expires_at),
            },
        }
    }
}

/// The other accounts that the user can switch into.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SessionMeta")]
pub struct Accounts {
    /// The hosts that give the home account access, including those that cannot be entered at the moment.
    pub(crate) accounts: Vec<EnterableAccount>,
    /// The default message of an invitation by this user; `null` in a host, where visitors cannot invite.
    pub(crate) invitation_message: Option<String>,
}

/// A host that gives the home account access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnterableAccount {
    account_id: Id,
    account_name: String,
    subdomain: String,
    connection_id: Id,
    state: Word<Standing>,
    /// Why the account cannot be entered; `null` if it can.
    reason: Option<Word<Obstacle>>,
    maximum_role_name: Option<Word<Role>>,
    /// The effective role in the host.
    effective_role_name: Option<Word<Role>>,
}

/// Whether a host can be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can.
    Open,
    /// The host has suspended the connection.
    Suspended,
    /// The connection is past its end.
    Expired,
    /// The connection stands, and this person is kept out.
    Closed,
}

impl Standing {
    pub(crate) fn of(life: &Life, obstacle: Option<Obstacle>, now: Timestamp) -> Self {
        match (life.status(now), obstacle) {
            (_, None) => Self::Open,
            (Status::Suspended, _) => Self::Suspended,
            (Status::Expired, _) => Self::Expired,
            _ => Self::Closed,
        }
    }
}

impl Words for Standing {
    const SCHEMA: &'static str = "HostState";
    const ABOUT: &'static str = "Whether a host can be entered: yes; no, because the connection is suspended or has expired; or not by this user.";
    const ALL: &'static [Self] = &[Self::Open, Self::Suspended, Self::Expired, Self::Closed];

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Closed => "closed",
        }
    }
}

impl EnterableAccount {
    /// A host, to somebody with this role at home.
    pub(crate) fn of(
        host: &HostOf,
        facts: &VisitFacts,
        role: Role,
        state: Standing,
        obstacle: Option<Obstacle>,
    ) -> Self {
        let maximum = facts.maximum_role();
        Self {
            account_id: host.host.id.into(),
            account_name: host.host.name.clone(),
            subdomain: host.host.subdomain.to_string(),
            connection_id: host.connection_id.into(),
            state: Word(state),
            reason: obstacle.map(Word),
            maximum_role_name: maximum.map(Word),
            effective_role_name: maximum.map(|maximum| Word(maximum.min(role))),
        }
    }
}

/// A session: a user who is signed in, from one browser or program.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedIn {
    r#type: Sessions,
    /// The id of the session.
    id: Id,
    attributes: SignedInAttributes,
}

/// When and where a session was started.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SignedInAttributes {
    user_id: Id,
    /// Whether it is the session of this request.
    current: bool,
    /// Whether a second factor was used to sign in.
    mfa: bool,
    ip_address: Option<String>,
    /// The name of the browser or program, as it identifies itself.
    user_agent: Option<String>,
    created_at: Time,
    /// When its user last confirmed their identity.
    proven_at: Time,
    expires_at: Time,
}

impl SignedIn {
    /// This session, to the one who asks with that one.
    pub(crate) fn of(stored: &StoredSession, asking: SessionId) -> Self {
        Self {
            r#type: Sessions,
            id: stored.id.into(),
            attributes: SignedInAttributes {
                user_id: stored.user_id.into(),
                current: stored.id == asking,
                mfa: stored.mfa,
                ip_address: stored.ip_address.clone(),
                user_agent: stored.user_agent.clone(),
                created_at: Time(stored.created_at),
                proven_at: Time(stored.proven_at),
                expires_at: Time(stored.expires_at),
            },
        }
    }
}
