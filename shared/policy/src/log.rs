//! The activity log: who acts, on what; what a request leaves in it; who may read it.

mod event;
mod known;
mod person;
mod retention;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ApiKeyId, OrganizationId, UserId};
use crate::refusal::Refusal;
use crate::repeat::IdempotencyLock;
use crate::role::{Action, Role};
use crate::time::Timestamp;
use crate::users::Actor;

pub use event::{By, SOURCE, event_type, is_told_with_values};
pub use known::{NotAResourceType, NotAnOutcome, Outcome, RESOURCE_TYPES, ResourceType};
pub use person::{Forgotten, Mentions, Told};
pub use retention::{LogRetention, NotARetention};

/// Who acts, for the log: the same for everything that one request does.
#[derive(Debug, Clone)]
pub struct AuditContext {
    /// The account acted in: its log takes the entry.
    pub account: AccountId,
    /// The moment of the request.
    pub at: Timestamp,
    /// Which user; none for the schedule, and for a key.
    pub user: Option<(UserId, String)>,
    /// Which key, if a program acts, and its name.
    pub api_key: Option<(ApiKeyId, String)>,
    /// The account they belong to, and its name.
    pub home: Option<(AccountId, String)>,
    /// The role that counted.
    pub role: Option<Role>,
    /// Where from.
    pub ip_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// Set, if it came with an idempotency key: what it changes is changed with this right, or not at all.
    pub ticket: Option<IdempotencyLock>,
    /// Set for somebody from another account: what they change hangs on what they are at home.
    pub visitor: Option<Visitor>,
    /// What it changes, from what to what.
    pub changes: Vec<Changed>,
}

/// At most this many changes stand in one entry; the entry of a change says the most important ones first.
pub const CHANGES: usize = 20;

/// At most this many things are named in one change; the others are counted.
pub const NAMED: usize = 20;

/// So many characters of a value stand in an entry, so that it stays a small item.
const SHOWN: usize = 500;

/// One thing that a change changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The attribute or relationship, as the API calls it.
    pub name: String,
    /// What it was; of a relationship, what is not there any more. None for nothing.
    pub from: Option<String>,
    /// What it is; of a relationship, what is new. None for nothing.
    pub to: Option<String>,
}

impl Changed {
    /// From this to that, each cut after 500 characters.
    #[must_use]
    pub fn new(name: &str, from: Option<String>, to: Option<String>) -> Self {
        Self { name: name.to_owned(), from: from.map(shortened), to: to.map(shortened) }
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

/// Somebody from another account, as they are at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The account that they belong to.
    pub home: AccountId,
    /// The user.
    pub user: UserId,
    /// The version of their user there when they were let in.
    pub version: u64,
}

impl AuditContext {
    /// The same, telling what it changes.
    #[must_use]
    pub fn changing(self, changes: Vec<Changed>) -> Self {
        Self { changes, ..self }
    }

    /// The same, telling of one thing what it was and what it is.
    #[must_use]
    pub fn telling(&self, name: &str, from: Option<&str>, to: Option<&str>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        self.clone().changing(vec![Changed::new(name, owned(from), owned(to))])
    }

    /// What the product does of itself in an account, asked by nobody.
    #[must_use]
    pub const fn of_the_product(account: AccountId, at: Timestamp) -> Self {
        Self {
            account,
            at,
            user: None,
            api_key: None,
            home: None,
            role: None,
            ip_address: None,
            user_agent: None,
            ticket: None,
            visitor: None,
            changes: Vec::new(),
        }
    }
}

/// What an act touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The plural noun of the API: `users`, `groups`, …
    pub resource_type: String,
    /// Its id; empty for a whole collection.
    pub resource_id: String,
    /// Its name at that time, as far as it was known.
    pub resource_name: String,
    /// The organization that it belongs to, and its name.
    pub organization: Option<(OrganizationId, String)>,
}

impl Subject {
    /// A thing of this type.
    pub fn new(resource_type: impl Into<String>, id: impl ToString, name: impl Into<String>) -> Self {
        Self {
            resource_type: resource_type.into(),
            resource_id: id.to_string(),
            resource_name: name.into(),
            organization: None,
        }
    }
}

/// What a request of a known caller was about to do, as its address alone tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditAction {
    /// Read, create, update or delete.
    pub action: Action,
    /// What with.
    pub subject: Subject,
    is_kept_if_allowed: bool,
}

impl AuditAction {
    /// By method and path. Segments that are no ids, as the token of a link, never get in.
    #[must_use]
    pub fn of(method: &str, segments: &[&str]) -> Option<Self> {
        let (collection, rest) = segments.split_first()?;
        let named = match (*collection, rest) {
            // What a host says about a person is about the person.
            ("connections", [_, "users", person]) => Some(*person),
            _ => rest.first().copied(),
        };
        let id = named.filter(|segment| segment.parse::<UserId>().is_ok());
        let action = match (method, *collection, rest) {
            ("GET" | "HEAD", ..) | (_, "access", _) => Action::Read,
            // A second factor is a thing of its own.
            ("POST", "users", [_, "mfa"]) => Action::Create,
            ("DELETE", "users", [_, "mfa"]) => Action::Delete,
            // Coming into another account is a session that begins.
            ("PATCH", "session", _) => Action::Create,
            // What a link answers, and what is proven again, was there before.
            ("POST", "invitations" | "connection-invitations" | "password-resets", [_])
            | ("POST", "session", ["proof"])
            // That it is closing is a state of the account.
            | ("POST" | "DELETE", "account", ["closing"]) => Action::Update,
            _ => Self::of_method(method, rest)?,
        };
        let resource_type = match (*collection, rest) {
            ("account", _) => "accounts",
            ("session", _) => "sessions",
            ("organization_types", _) => "organization-types",
            ("organization_statuses", _) => "organization-statuses",
            ("user_metrics", _) => "user-metrics",
            ("access", ["review", ..]) => "access-reviews",
            ("users", [_, "mfa", ..]) => "mfa",
            ("users", [_, "password"]) => "passwords",
            ("users", [_, "invitation" | "resend_invitation"]) => "invitations",
            ("connections", [_, "users", _]) => "users",
            ("access", _) => "access-checks",
            (plural, _) => plural,
        };
        Some(Self {
            action,
            subject: Subject::new(resource_type, id.unwrap_or_default(), ""),
            // Who one is, and what one may do, is asked at every step. An access check is kept if it says so itself.
            is_kept_if_allowed: action == Action::Read
                && !matches!(resource_type, "sessions" | "access-checks"),
        })
    }

    fn of_method(method: &str, rest: &[&str]) -> Option<Action> {
        Some(match method {
            // What stands under a thing is a part of it: giving a group a member updates the group.
            "POST" | "PATCH" | "PUT" | "DELETE" if rest.len() > 1 => Action::Update,
            "POST" => Action::Create,
            "PATCH" | "PUT" => Action::Update,
            "DELETE" => Action::Delete,
            _ => return None,
        })
    }

    /// The same by a request that only asks what a change would do: it reads.
    #[must_use]
    pub fn looked_at(self) -> Self {
        let is_kept_if_allowed = !matches!(self.subject.resource_type.as_str(), "sessions" | "access-checks");
        Self { action: Action::Read, is_kept_if_allowed, ..self }
    }

    /// Whether the log keeps it when it is answered with this status. A change that was allowed wrote its entry in its own
    /// transaction. What is refused is kept, a thing that is not the caller's to see (404) too; what could not be read
    /// as a request (400, 415) or not be answered (503) was no act.
    #[must_use]
    pub const fn is_kept(&self, status: u16) -> bool {
        match status {
            200..=299 => self.is_kept_if_allowed,
            403 | 404 | 409 | 410 | 412 | 422 | 429 => true,
            _ => false,
        }
    }
}

impl Actor {
    /// Whether the actor may read the activity log: Administrators and Managers of the account itself.
    pub fn may_read_log(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)
    }

    /// Whether the actor may read an entry of a log that they may read: an Administrator any, a Manager those of the
    /// organizations that they can see.
    #[must_use]
    pub fn may_read_entry(&self, organization: Option<OrganizationId>) -> bool {
        let sees = |organization| self.reach.contains(organization);
        self.role == Role::Administrator || organization.is_some_and(sees)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::grants::Reach;
    use crate::users::Who;

    fn deed(method: &str, path: &str) -> String {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let deed = AuditAction::of(method, &segments).unwrap();
        format!("{} {} {}", deed.action, deed.subject.resource_type, deed.subject.resource_id)
    }

    #[test]
    fn an_address_tells_what_is_done_to_what() {
        assert_eq!(deed("GET", "/users"), "read users ");
        assert_eq!(deed("GET", "/users/17"), "read users 17");
        assert_eq!(deed("GET", "/connections/17/users"), "read connections 17");
        assert_eq!(deed("POST", "/groups"), "create groups ");
        assert_eq!(deed("DELETE", "/groups/17"), "delete groups 17");
        assert_eq!(deed("DELETE", "/groups/17/relationships/users"), "update groups 17");
        assert_eq!(deed("POST", "/access/check"), "read access-checks ");
        assert_eq!(deed("GET", "/access/review"), "read access-reviews ");
        assert_eq!(deed("PATCH", "/session"), "create sessions ");
        assert_eq!(deed("POST", "/session/proof"), "update sessions ");
        assert_eq!(deed("DELETE", "/users/17/mfa"), "delete mfa 17");
        assert_eq!(deed("POST", "/users/17/mfa"), "create mfa 17");
        assert_eq!(deed("POST", "/users/17/mfa/verification"), "update mfa 17");
        assert_eq!(deed("POST", "/users/17/password"), "update passwords 17");
        assert_eq!(deed("POST", "/users/17/resend_invitation"), "update invitations 17");
        assert_eq!(deed("POST", "/password-resets"), "create password-resets ");
        assert_eq!(deed("POST", "/password-resets/eyJhbGciOi.J9.x"), "update password-resets ");
        assert_eq!(deed("PUT", "/connections/17/users/18"), "update users 18");
        assert_eq!(deed("GET", "/account"), "read accounts ");
        assert_eq!(deed("POST", "/account/closing"), "update accounts ");
        assert_eq!(deed("DELETE", "/account/closing"), "update accounts ");
        assert_eq!(deed("PATCH", "/organization_types/17"), "update organization-types 17");
        assert_eq!(deed("GET", "/user_metrics"), "read user-metrics ");
        assert_eq!(AuditAction::of("OPTIONS", &["users"]), None);
        assert_eq!(AuditAction::of("GET", &[]), None);
    }

    #[test]
    fn a_token_in_the_address_stays_out_of_the_log() {
        assert_eq!(deed("POST", "/connection-invitations/eyJhbGciOi.J9.x"), "update connection-invitations ");
    }

    #[test]
    fn reads_and_refusals_are_kept_and_what_changes_log_themselves() {
        let kept =
            |method: &str, path: &str, status| AuditAction::of(method, &[path]).unwrap().is_kept(status);
        assert!(kept("GET", "users", 200));
        assert!(!kept("POST", "users", 201) && !kept("PATCH", "users", 200) && !kept("DELETE", "users", 204));
        assert!(!kept("GET", "session", 200) && !kept("POST", "access", 200));
        for status in [403, 404, 409, 410, 412, 422, 429] {
            for path in ["users", "session", "access"] {
                assert!(kept("GET", path, status) && kept("POST", path, status), "{status} {path}");
            }
        }
        assert!(!kept("GET", "users", 400) && !kept("POST", "users", 415) && !kept("GET", "users", 503));
    }

    #[test]
    fn who_reads_which_entries() {
        let organization = |number| OrganizationId::new(number).unwrap();
        let actor = |role, reach, who| Actor { role, reach, who, user: None, groups: [].into() };
        let one = || Reach::These(BTreeSet::from([organization(1)]));
        for role in Role::ALL {
            assert_eq!(
                actor(role, Reach::All, Who::User).may_read_log().is_ok(),
                role >= Role::Manager,
                "{role}"
            );
            assert_eq!(
                actor(role, Reach::All, Who::Visitor).may_read_log(),
                Err(Refusal::SecurityPermission)
            );
        }
        let manager = actor(Role::Manager, one(), Who::User);
        assert!(manager.may_read_entry(Some(organization(1))));
        assert!(!manager.may_read_entry(Some(organization(2))) && !manager.may_read_entry(None));
        let manager_of_all = actor(Role::Manager, Reach::All, Who::User);
        assert!(manager_of_all.may_read_entry(Some(organization(2))) && !manager_of_all.may_read_entry(None));
        assert!(actor(Role::Administrator, Reach::All, Who::User).may_read_entry(None));
    }
}
