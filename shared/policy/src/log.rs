//! The activity log: who acts, on what; what a request leaves in it; who may read it.

use crate::id::{AccountId, ApiKeyId, OrganizationId, UserId};
use crate::refusal::Refusal;
use crate::repeat::Ticket;
use crate::role::{Action, Role};
use crate::time::Timestamp;
use crate::users::Actor;

/// Who acts, for the log: the same for everything that one request does.
#[derive(Debug, Clone)]
pub struct Act {
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
    pub ticket: Option<Ticket>,
}

impl Act {
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
pub struct Deed {
    /// Read, create, update or delete.
    pub action: Action,
    /// What with.
    pub subject: Subject,
    is_kept_if_allowed: bool,
}

impl Deed {
    /// By method and path. Segments that are no ids, as the token of a link, never get in.
    #[must_use]
    pub fn of(method: &str, segments: &[&str]) -> Option<Self> {
        let (collection, rest) = segments.split_first()?;
        let id = rest.first().filter(|segment| segment.parse::<UserId>().is_ok()).copied();
        let action = match (method, *collection) {
            ("GET" | "HEAD", _) | (_, "access") => Action::Read,
            // What stands under a thing is a part of it: giving a group a member updates the group.
            ("POST" | "PATCH" | "PUT" | "DELETE", _) if rest.len() > 1 => Action::Update,
            ("POST", _) => Action::Create,
            ("PATCH" | "PUT", _) => Action::Update,
            ("DELETE", _) => Action::Delete,
            _ => return None,
        };
        let resource_type = match (*collection, rest) {
            ("account", _) => "accounts",
            ("session", _) => "sessions",
            ("access", ["review", ..]) => "access-reviews",
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
        let deed = Deed::of(method, &segments).unwrap();
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
        assert_eq!(deed("PATCH", "/session"), "update sessions ");
        assert_eq!(deed("GET", "/account"), "read accounts ");
        assert_eq!(Deed::of("OPTIONS", &["users"]), None);
        assert_eq!(Deed::of("GET", &[]), None);
    }

    #[test]
    fn a_token_in_the_address_stays_out_of_the_log() {
        assert_eq!(deed("POST", "/connection-invitations/eyJhbGciOi.J9.x"), "create connection-invitations ");
    }

    #[test]
    fn reads_and_refusals_are_kept_and_what_changes_log_themselves() {
        let kept = |method: &str, path: &str, status| Deed::of(method, &[path]).unwrap().is_kept(status);
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
        let actor = |role, reach, who| Actor { role, reach, who };
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
