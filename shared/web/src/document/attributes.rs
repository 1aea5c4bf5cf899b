//! The attributes of a resource, each read as its body declares it.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use policy::Timestamp;
use serde_json::{Map, Value};

use super::{IDENTIFIERS, id};
use crate::body::{Attribute, Body, Kind, Need};
use crate::fault::{Fault, about, sentence};
use crate::json::step;

/// Whether an attribute of this name holds an id, here or elsewhere.
fn is_an_id(name: &str) -> bool {
    name.ends_with("-id")
}

/// The attributes of a resource, taken out one by one, each as its body declares it.
#[derive(Debug)]
pub struct Attributes {
    body: &'static Body,
    values: Map<String, Value>,
    pointer: String,
    faults: Vec<Fault>,
}

impl Attributes {
    /// Those at this place of a document.
    pub(super) const fn new(body: &'static Body, values: Map<String, Value>, pointer: String) -> Self {
        Self { body, values, pointer, faults: Vec::new() }
    }

    /// Lets go of those that say no more than what is shown of the thing now.
    pub(super) fn forget(&mut self, is_unchanged: impl Fn(&str, &Value) -> bool) {
        self.values.retain(|name, value| !is_unchanged(name, value));
    }

    fn fault(&mut self, name: &str, code: &'static str, detail: &str) {
        let detail = about(name, detail);
        self.faults.push(Fault::unacceptable(code, sentence(&detail)).at(format!("{}/{name}", self.pointer)));
    }

    /// What is given under a name. What the body does not declare so stays where it is, and is unknown in the end.
    fn take(&mut self, name: &str, is_so: impl Fn(&Attribute) -> bool) -> Option<Value> {
        let is_declared = self.body.attribute(name).is_some_and(is_so);
        debug_assert!(is_declared, "the body of {} does not declare {name} so", self.body.resource_type);
        if is_declared { self.values.remove(name) } else { None }
    }

    /// A text, read by `read`; none, with a fault, if it is missing or cannot be read.
    pub fn required<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name, |declared| declared.need == Need::Required && declared.kind.is_text()) {
            None | Some(Value::Null) => {
                self.fault(name, "missing", "is required");
                None
            }
            Some(value) => self.text(name, value, read),
        }
    }

    /// Nothing, as `null` says it: left out where something is made, and a fault where something is changed or replaced that
    /// cannot be without it. What can be is [`Attributes::nullable`].
    fn nothing<T>(&mut self, name: &str) -> Option<T> {
        if self.body.changes {
            self.fault(name, "not-nullable", "cannot be null; leave it out to keep its value");
        } else if self.body.replaces {
            self.fault(name, "not-nullable", "cannot be null; send a value or leave it out");
        }
        None
    }

    /// A text, read by `read`; none if it is not there.
    pub fn optional<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.take(name, |declared| declared.need == Need::Optional && declared.kind.is_text())?;
        if value.is_null() { self.nothing(name) } else { self.text(name, value, read) }
    }

    /// A text that may be empty, which `null` makes it.
    pub fn clearable<E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<String, E>,
    ) -> Option<String> {
        match self.take(name, |declared| declared.need == Need::Nullable && declared.kind.is_text())? {
            Value::Null => Some(String::new()),
            value => self.text(name, value, read),
        }
    }

    /// A text or `null`, read by `read`; the outer none if it is not there.
    pub fn nullable<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.take(name, |declared| declared.need == Need::Nullable && declared.kind.is_text())? {
            Value::Null => Some(None),
            value => self.text(name, value, read).map(Some),
        }
    }

    fn text<T, E: Display>(
        &mut self,
        name: &str,
        value: Value,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = match value {
            Value::String(text) => text,
            // The public API's own clients write ids as numbers.
            Value::Number(number) if is_an_id(name) => number.to_string(),
            _ => {
                self.fault(name, "wrong-type", "must be a string");
                return None;
            }
        };
        let text = match self.body.attribute(name) {
            Some(declared) => declared.kind.as_known(text),
            None => text,
        };
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, "invalid", &error.to_string());
                None
            }
        }
    }

    /// True or false; none if it is not there.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name, |declared| matches!(declared.kind, Kind::Flag))? {
            Value::Null => self.nothing(name),
            Value::Bool(value) => Some(value),
            _ => {
                self.fault(name, "wrong-type", "must be true or false");
                None
            }
        }
    }

    /// A whole number, read by `read`; none if it is not there.
    pub fn integer<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(i64) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name, |declared| matches!(declared.kind, Kind::Integer(..)))? {
            Value::Null => self.nothing(name),
            value => self.whole(name, &value, read),
        }
    }

    /// A whole number or `null`, read by `read`; the outer none if it is not there.
    pub fn nullable_integer<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(i64) -> Result<T, E>,
    ) -> Option<Option<T>> {
        let is_so = |declared: &Attribute| {
            declared.need == Need::Nullable && matches!(declared.kind, Kind::Integer(..))
        };
        match self.take(name, is_so)? {
            Value::Null => Some(None),
            value => self.whole(name, &value, read).map(Some),
        }
    }

    fn whole<T, E: Display>(
        &mut self,
        name: &str,
        value: &Value,
        read: impl FnOnce(i64) -> Result<T, E>,
    ) -> Option<T> {
        match value.as_i64() {
            Some(number) => match read(number) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.fault(name, "invalid", &error.to_string());
                    None
                }
            },
            None => {
                self.fault(name, "wrong-type", "must be a whole number");
                None
            }
        }
    }

    /// Ids, in texts or as numbers; none if they are not there.
    pub fn ids<Id: FromStr + Ord>(&mut self, name: &str) -> Option<BTreeSet<Id>> {
        let ids = match self.take(name, |declared| matches!(declared.kind, Kind::Ids))? {
            Value::Null => return self.nothing(name),
            Value::Array(ids) if ids.len() <= IDENTIFIERS => ids,
            Value::Array(ids) => {
                let detail =
                    format!("At most {IDENTIFIERS} are allowed at once; the request has {}.", ids.len());
                self.fault(name, "too-many", &detail);
                return None;
            }
            _ => {
                self.fault(name, "wrong-type", "must be an array of ids");
                return None;
            }
        };
        let read: Option<BTreeSet<Id>> = ids.iter().map(id).collect();
        if read.is_none() {
            self.fault(name, "malformed-id", "must have ids that are strings of decimal digits");
        }
        read
    }

    /// Texts, each read by `read`; none if they are not there.
    pub fn names<T: Ord, E: Display>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<BTreeSet<T>> {
        let most = self.body.attribute(name).and_then(|declared| match declared.kind {
            Kind::Names(most, _) => Some(most),
            _ => None,
        });
        let given = match self.take(name, |declared| matches!(declared.kind, Kind::Names(..)))? {
            Value::Null => return self.nothing(name),
            Value::Array(given) if most.is_some_and(|most| given.len() <= most) => given,
            Value::Array(given) => {
                let most = most.unwrap_or_default();
                self.fault(
                    name,
                    "too-many",
                    &format!("at most {most} are allowed; the request has {}", given.len()),
                );
                return None;
            }
            _ => {
                self.fault(name, "wrong-type", "must be an array of strings");
                return None;
            }
        };
        let mut names = BTreeSet::new();
        for (row, value) in given.into_iter().enumerate() {
            names.extend(self.text(&format!("{name}/{row}"), value, &read));
        }
        Some(names)
    }

    /// A moment; none if it is not there.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.optional(name, str::parse)
    }

    /// Every fault found in them, those left over included.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        let left_over: Vec<String> = self.values.keys().map(|name| step(name)).collect();
        for name in left_over {
            self.fault(&name, "unknown-attribute", "does not exist here, or cannot be set");
        }
        self.faults
    }
}
