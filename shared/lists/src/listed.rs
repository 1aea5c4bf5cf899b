//! What is listed, and what it is sorted by.

use policy::UserId;
use store::delegate::{PersonLimit, Visitor};
use store::keys::person_key;
use store::session::StoredSession;
use store::{ApiKey, Connection, Group, Label, LogEntry, Organization, StoredRestriction, User};

use crate::sorted;

/// What is listed.
pub trait Listed {
    /// Its id.
    fn number(&self) -> u64;

    /// What it is sorted by, if that is not its id.
    fn text(&self, sort: &str) -> String;
}

impl Listed for User {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(&self.name()),
            "email" => self.email.to_string(),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for Organization {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(&self.name),
            "short-name" => sorted(&self.short_name),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for Label {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(&self.name),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for Group {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(&self.name),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for ApiKey {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        if sort == "name" { sorted(&self.name) } else { String::new() }
    }
}

impl Listed for Connection {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for PersonLimit {
    fn number(&self) -> u64 {
        // One whose id the host does not know has a number made of the address: a place in the list, and no id.
        self.user_id.map_or_else(|| person_key(&self.email).number(), UserId::number)
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(self.user_name.as_deref().unwrap_or(self.email.as_str())),
            "email" => self.email.to_string(),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
    }
}

impl Listed for Visitor {
    fn number(&self) -> u64 {
        self.user_id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => sorted(&self.name),
            "email" => self.email.to_string(),
            "last-visit-at" => self.last_visit_at.map(|at| at.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }
}

impl Listed for StoredRestriction {
    fn number(&self) -> u64 {
        self.id.number()
    }

    /// Its place among the keys: by type, then by asset.
    fn text(&self, sort: &str) -> String {
        if sort == "resource-type" { self.place() } else { String::new() }
    }
}

impl Listed for StoredSession {
    fn number(&self) -> u64 {
        self.id.number()
    }

    fn text(&self, _: &str) -> String {
        String::new()
    }
}

impl Listed for LogEntry {
    fn number(&self) -> u64 {
        self.id.number()
    }

    /// The log is kept by month: a place in it is found by that, and by the id.
    fn text(&self, _: &str) -> String {
        self.created_at.month()
    }
}
