//! What the body of a request may say, as data: the reader refuses what is not declared here, and the OpenAPI document tells it.

use std::collections::BTreeSet;

use policy::text::{MESSAGE_LIMIT, NAME_LIMIT};

use crate::fault::{Fault, Faults};

/// The body of a request: a JSON:API document of resources or of resource identifiers.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// The type of its resources.
    pub resource_type: &'static str,
    /// Other types that clients call them by.
    pub also: &'static [&'static str],
    /// How many resources there are.
    pub rows: Rows,
    /// What their ids are.
    pub id: Id,
    /// Whether it changes what is shown: sent back as it is shown, an attribute or relationship that is not declared is no change.
    pub changes: bool,
    /// Whether it says all that holds from now on: what is left out holds no more, and `null` is not taken for left out, since nobody
    /// can tell which of the two was meant.
    pub replaces: bool,
    /// What a resource says.
    pub attributes: &'static [Attribute],
    /// What it names.
    pub relationships: &'static [Relationship],
}

/// How many resources a body has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Exactly one resource.
    One,
    /// One, or an array of at most so many.
    OneOrMany(usize),
    /// An array of resource identifiers.
    Identifiers,
}

/// What the id of a resource in a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// The product's to give: there is none yet.
    Given,
    /// Nothing that is looked at.
    Any,
    /// That of the address, if it is there.
    OfAddress,
    /// Which resource is meant.
    Named,
}

/// One attribute of a resource, or one field of a form. Its name is written with hyphens.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it has to be there.
    pub need: Need,
    /// What it means, for people.
    pub description: &'static str,
}

/// Whether an attribute has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has to be there.
    Required,
    /// It may be left out. `null` is the same where something is made, and is refused where something is changed or replaced.
    Optional,
    /// It may be left out; `null` takes away what is there.
    Nullable,
}

/// What an attribute, or the value of a filter, holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Characters, from so many to so many.
    Text(usize, usize),
    /// A text that nobody else should see.
    Secret(usize, usize),
    /// An e-mail address.
    Email,
    /// The name by which an account is known in addresses.
    Subdomain,
    /// A role.
    Role,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of the words that the rules know.
    Words(fn() -> Vec<&'static str>),
    /// An id.
    Id,
    /// Ids, as texts or numbers.
    Ids,
    /// At most so many texts, each of at most so many characters.
    Names(usize, usize),
    /// A moment.
    Time,
    /// Moments, `start,end`, or a start alone.
    Span,
    /// True or false.
    Flag,
    /// A whole number, from this to that.
    Integer(i64, i64),
}

impl Kind {
    /// A name that is not empty.
    pub const NAME: Self = Self::Text(1, NAME_LIMIT);
    /// A name that may be empty.
    pub const OPTIONAL_NAME: Self = Self::Text(0, NAME_LIMIT);
    /// A message or description.
    pub const MESSAGE: Self = Self::Text(0, MESSAGE_LIMIT);

    /// Whether it is a string in JSON.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Flag | Self::Ids | Self::Names(..) | Self::Integer(..))
    }

    /// What was written, as it is known here: the words of a choice are the same in whatever letter case, and with `-` or `_`.
    #[must_use]
    pub(crate) fn as_known(self, written: String) -> String {
        let known = match self {
            Self::Choice(known) => word(known, &written),
            Self::Words(known) => word(&known(), &written),
            _ => None,
        };
        known.map_or(written, str::to_owned)
    }
}

/// The one of these words that is meant.
pub(crate) fn word(known: &[&'static str], written: &str) -> Option<&'static str> {
    let plain = written.trim().replace('_', "-");
    known.iter().copied().find(|known| known.eq_ignore_ascii_case(&plain))
}

/// A relationship of a resource to many others; it is called like their type. May be left out.
#[derive(Debug, Clone, Copy)]
pub struct Relationship {
    /// Its name, and the type of what it names.
    pub name: &'static str,
    /// What it means, for people.
    pub description: &'static str,
}

impl Relationship {
    /// A relationship.
    #[must_use]
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description }
    }
}

impl Attribute {
    /// One that has to be there.
    #[must_use]
    pub const fn required(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, need: Need::Required, description }
    }

    /// One that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, need: Need::Optional, description }
    }

    /// One that may be left out, and that `null` takes away.
    #[must_use]
    pub const fn nullable(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, need: Need::Nullable, description }
    }

    /// The same attribute in a change: it may be left out, and `null` clears it unless the resource cannot be without it.
    #[must_use]
    pub const fn in_change(self) -> Self {
        let need = match self.need {
            Need::Required => Need::Optional,
            Need::Optional | Need::Nullable => Need::Nullable,
        };
        Self { need, ..self }
    }
}

/// By what a client tells which state of a thing it changes.
const VERSION: Attribute = Attribute::optional(
    "version",
    Kind::Integer(1, i64::MAX),
    "The version that you read. If it has changed since, nothing is changed: 412.",
);

impl Body {
    /// One that says something about no resource in particular.
    #[must_use]
    pub const fn new(resource_type: &'static str, attributes: &'static [Attribute]) -> Self {
        Self {
            resource_type,
            also: &[],
            rows: Rows::One,
            id: Id::Any,
            changes: false,
            replaces: false,
            attributes,
            relationships: &[],
        }
    }

    /// One that makes a resource.
    #[must_use]
    pub const fn making(resource_type: &'static str, attributes: &'static [Attribute]) -> Self {
        Self { id: Id::Given, ..Self::new(resource_type, attributes) }
    }

    /// One that changes the resource at the address. Its `version` may be among the attributes.
    #[must_use]
    pub const fn changing(resource_type: &'static str, attributes: &'static [Attribute]) -> Self {
        Self { id: Id::OfAddress, changes: true, ..Self::new(resource_type, attributes) }
    }

    /// One that says all that holds from now on of the resource at the address.
    #[must_use]
    pub const fn replacing(resource_type: &'static str, attributes: &'static [Attribute]) -> Self {
        Self { id: Id::OfAddress, replaces: true, ..Self::new(resource_type, attributes) }
    }

    /// An array of resource identifiers.
    #[must_use]
    pub const fn identifiers(resource_type: &'static str) -> Self {
        Self { rows: Rows::Identifiers, id: Id::Named, ..Self::new(resource_type, &[]) }
    }

    /// The same, with these types taken as well.
    #[must_use]
    pub const fn also_called(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// Whether a resource of this type is meant.
    #[must_use]
    pub fn is_called(&self, given: &str) -> bool {
        let given = given.replace('_', "-");
        given == self.resource_type || self.also.contains(&given.as_str())
    }

    /// The same, that may come as an array of at most so many.
    #[must_use]
    pub const fn up_to(self, limit: usize) -> Self {
        Self { rows: Rows::OneOrMany(limit), ..self }
    }

    /// The same with these relationships.
    #[must_use]
    pub const fn with(self, relationships: &'static [Relationship]) -> Self {
        Self { relationships, ..self }
    }

    /// Every attribute that may be set, and the version where it may be told.
    pub fn all_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().chain(self.changes.then_some(&VERSION))
    }

    /// Whether `null` is as good as leaving out what may be left out.
    #[must_use]
    pub const fn takes_null_for_nothing(&self) -> bool {
        !self.changes && !self.replaces
    }

    /// The attribute of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.all_attributes().find(|attribute| attribute.name == name)
    }

    /// Whether there is a relationship of this name.
    #[must_use]
    pub fn has_relationship(&self, name: &str) -> bool {
        self.relationships.iter().any(|relationship| relationship.name == name)
    }
}

/// The fields of an HTML form, as they were filled in.
#[derive(Debug)]
pub struct Form {
    declared: &'static [Attribute],
    fields: Vec<(&'static str, String)>,
}

impl Form {
    /// Takes the declared fields out of the body and leaves the others alone. A field that stands twice, however its name is
    /// written, is a fault: nobody could tell which of them was meant.
    pub(crate) fn read(declared: &'static [Attribute], body: &[u8]) -> Result<Self, Faults> {
        let mut fields: Vec<(&'static str, String)> = Vec::with_capacity(declared.len());
        let mut twice = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(body) {
            let name = name.replace('_', "-");
            let Some(field) = declared.iter().find(|field| field.name == name) else { continue };
            if fields.iter().any(|(known, _)| *known == field.name) {
                twice.insert(field.name);
            } else {
                fields.push((field.name, value.into_owned()));
            }
        }
        let fault = |name: &&str| {
            Fault::unacceptable("duplicate-key", "Duplicate field.").in_parameter((*name).to_owned())
        };
        Faults::check(twice.iter().map(fault).collect())?;
        Ok(Self { declared, fields })
    }

    /// What stands in a field; empty if nothing does, or if the form has no such field.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let is_declared = self.declared.iter().any(|field| field.name == name);
        debug_assert!(is_declared, "the form does not declare {name}");
        let given = self.fields.iter().find(|(known, _)| is_declared && *known == name);
        given.map_or("", |(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[Attribute] = &[Attribute::optional("first-name", Kind::OPTIONAL_NAME, "The first name.")];

    #[test]
    fn a_field_that_stands_twice_is_a_fault_and_what_is_not_declared_is_left_alone() {
        let form = Form::read(FORM, b"first_name=Ann&other=x&other=y").unwrap();
        assert_eq!(form.text("first-name"), "Ann");
        assert_eq!(Form::read(FORM, b"").unwrap().text("first-name"), "");
        for twice in ["first_name=Ann&first-name=Bea", "first-name=Ann&first-name=Ann"] {
            let faults = Form::read(FORM, twice.as_bytes()).unwrap_err();
            assert_eq!(faults.all().iter().map(Fault::code).collect::<Vec<_>>(), ["duplicate-key"]);
        }
    }

    #[test]
    #[should_panic(expected = "does not declare other")]
    fn what_a_form_does_not_declare_is_not_taken() {
        let _ = Form::read(FORM, b"other=x").unwrap().text("other");
    }
}
