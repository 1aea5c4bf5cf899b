//! What is listed, and what it is sorted by.

use store::connection::Person;
use store::{ApiKey, Connection, Group, LogEntry, Organization, User};

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
            "name" => self.name().to_lowercase(),
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
            "name" => self.name.to_lowercase(),
            "short-name" => self.short_name.to_lowercase(),
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
            "name" => self.name.to_lowercase(),
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
        if sort == "name" { self.name.to_lowercase() } else { String::new() }
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

impl Listed for Person {
    fn number(&self) -> u64 {
        self.user_id.number()
    }

    fn text(&self, sort: &str) -> String {
        match sort {
            "name" => self.user_name.to_lowercase(),
            "updated-at" => self.updated_at.to_string(),
            _ => String::new(),
        }
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
