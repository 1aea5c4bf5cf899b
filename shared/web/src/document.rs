//! JSON:API documents, strictly read: every fault is found and said at once, with its place.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use policy::Timestamp;
use serde_json::{Map, Value};

use crate::fault::{Fault, Faults, sentence};
use crate::json::{parse, step};

/// The body of a request.
#[derive(Debug)]
pub struct Document {
    data: Value,
    pointer: &'static str,
}

impl Document {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Faults> {
        let parsed = parse(body).map_err(|error| {
            let place = format!("The body is not JSON (line {}, column {}).", error.line(), error.column());
            Fault::malformed("malformed-json", place)
        })?;
        let twice = parsed.duplicates.iter().map(|pointer| {
            Fault::unacceptable("duplicate-key", "This key stands twice.").at(pointer.as_str())
        });
        Faults::check(twice.collect())?;
        let Value::Object(mut document) = parsed.value else {
            return Err(Fault::malformed("malformed-document", "A JSON:API document is an object.").into());
        };
        // A resource that stands there alone: scripts made with py-itglue send it so.
        if !document.contains_key("data")
            && document.contains_key("type")
            && document.contains_key("attributes")
        {
            return Ok(Self { data: Value::Object(document), pointer: "" });
        }
        let others =
            document.keys().filter(|key| !matches!(key.as_str(), "data" | "meta" | "jsonapi" | "links"));
        let unknown: Vec<_> = others
            .map(|key| {
                Fault::unacceptable("unknown-member", "This does not belong in a document.")
                    .at(format!("/{}", step(key)))
            })
            .collect();
        Faults::check(unknown)?;
        match document.remove("data") {
            Some(data) => Ok(Self { data, pointer: "/data" }),
            None => Err(Fault::malformed("malformed-document", "A JSON:API document has data.")
                .at("/data")
                .into()),
        }
    }

    /// The one resource of this type.
    pub fn one(self, resource_type: &'static str) -> Result<Resource, Faults> {
        match self.data {
            Value::Array(_) => {
                Err(Fault::unacceptable("wrong-type", "One resource is expected here, not an array.")
                    .at("/data")
                    .into())
            }
            data => Resource::read(data, self.pointer.to_owned(), resource_type),
        }
    }

    /// One resource or an array of them, at most so many.
    pub fn one_or_many(
        self,
        resource_type: &'static str,
        limit: usize,
    ) -> Result<(Vec<Resource>, bool), Faults> {
        let Value::Array(rows) = self.data else {
            return Ok((vec![Resource::read(self.data, self.pointer.to_owned(), resource_type)?], false));
        };
        if rows.is_empty() {
            return Err(Fault::unacceptable("empty", "There is nothing in data.").at("/data").into());
        }
        if rows.len() > limit {
            let detail = format!("At most {limit} at once; there are {}.", rows.len());
            return Err(Fault::unacceptable("too-many", detail).at("/data").into());
        }
        let mut faults = Vec::new();
        let mut resources = Vec::with_capacity(rows.len());
        for (row, value) in rows.into_iter().enumerate() {
            match Resource::read(value, format!("/data/{row}"), resource_type) {
                Ok(resource) => resources.push(resource),
                Err(wrong) => faults.extend(wrong.all().iter().cloned()),
            }
        }
        Faults::check(faults)?;
        Ok((resources, true))
    }

    /// The ids of a relationship's document: `{"data":[{"type","id"}]}`.
    pub fn identifiers<Id: FromStr + Ord>(self, resource_type: &str) -> Result<BTreeSet<Id>, Faults> {
        let mut faults = Vec::new();
        let ids = identifiers(&self.data, "/data", resource_type, &mut faults);
        Faults::check(faults)?;
        Ok(ids)
    }
}

/// One resource of a document. What is taken out of it is known; what is left over at the end is a fault.
#[derive(Debug)]
pub struct Resource {
    /// The id, if it has one.
    pub id: Option<String>,
    /// Its attributes.
    pub attributes: Attributes,
    relationships: Map<String, Value>,
    pointer: String,
    faults: Vec<Fault>,
}

impl Resource {
    fn read(value: Value, pointer: String, resource_type: &'static str) -> Result<Self, Faults> {
        let Value::Object(mut members) = value else {
            return Err(Fault::unacceptable("wrong-type", "A resource is an object.").at(pointer).into());
        };
        let mut faults = Vec::new();
        match members.remove("type") {
            Some(Value::String(given)) if given.replace('_', "-") == resource_type => {}
            Some(_) => {
                let detail = format!("The type here is {resource_type}.");
                faults.push(Fault::unacceptable("wrong-resource-type", detail).at(format!("{pointer}/type")));
            }
            None => {
                let detail = format!("A resource says its type; here {resource_type}.");
                faults.push(Fault::unacceptable("missing", detail).at(format!("{pointer}/type")));
            }
        }
        let id = match members.remove("id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id),
            Some(Value::Number(id)) => Some(id.to_string()),
            Some(_) => {
                faults.push(
                    Fault::unacceptable("wrong-type", "An id is a string.").at(format!("{pointer}/id")),
                );
                None
            }
        };
        let mut object = |name: &str| match members.remove(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                faults.push(
                    Fault::unacceptable("wrong-type", "This is an object.").at(format!("{pointer}/{name}")),
                );
                Map::new()
            }
        };
        let mut attributes = hyphenated(object("attributes"));
        // The bulk requests of the public API carry the id among the attributes.
        let id = id.or_else(|| match attributes.remove("id") {
            Some(Value::String(id)) => Some(id),
            Some(Value::Number(id)) => Some(id.to_string()),
            Some(other) => {
                attributes.insert("id".to_owned(), other);
                None
            }
            None => None,
        });
        let relationships = hyphenated(object("relationships"));
        for key in members.keys().filter(|key| !matches!(key.as_str(), "links" | "meta")) {
            let place = format!("{pointer}/{}", step(key));
            faults
                .push(Fault::unacceptable("unknown-member", "This does not belong in a resource.").at(place));
        }
        let attributes =
            Attributes { values: attributes, pointer: format!("{pointer}/attributes"), faults: Vec::new() };
        Ok(Self { id, attributes, relationships, pointer, faults })
    }

    /// Takes out an attribute that says no more than what is shown of the thing now.
    pub fn forget_unchanged(&mut self, name: &str, shown: &Value) {
        if is_shown(shown, "attributes", name, self.attributes.values.get(name)) {
            self.attributes.values.remove(name);
        }
    }

    /// Takes out a relationship that is just as it is shown now, the words on each identifier included.
    pub fn forget_unchanged_relationship(&mut self, name: &str, shown: &Value) {
        if is_shown(shown, "relationships", name, self.relationships.get(name)) {
            self.relationships.remove(name);
        }
    }

    /// Nothing, if there is no fault in it. What was not taken is none if it says no more than what is shown of the thing now:
    /// clients send a thing back as they read it, with one attribute changed.
    pub fn finish_over(mut self, shown: &Value) -> Result<(), Faults> {
        self.attributes.values.retain(|name, value| !is_shown(shown, "attributes", name, Some(value)));
        self.relationships.retain(|name, value| !is_shown(shown, "relationships", name, Some(value)));
        self.finish()
    }

    /// The version that the client thinks the thing has, if it says so among the attributes.
    pub fn version(&mut self) -> Option<u64> {
        self.attributes.integer("version", u64::try_from)
    }

    /// The ids that a relationship to many names; none if it is not there.
    pub fn to_many<Id: FromStr + Ord>(&mut self, name: &str) -> Option<BTreeSet<Id>> {
        let pointer = format!("{}/relationships/{name}", self.pointer);
        match self.relationships.remove(name)? {
            Value::Object(mut relationship) if relationship.contains_key("data") => {
                let data = relationship.remove("data").unwrap_or_default();
                Some(identifiers(&data, &format!("{pointer}/data"), name, &mut self.faults))
            }
            _ => {
                self.faults.push(
                    Fault::unacceptable("wrong-type", "A relationship is an object with data.").at(pointer),
                );
                None
            }
        }
    }

    /// A fault of this resource that is found elsewhere, at this place below it (`attributes/role-name`).
    pub fn fault(&mut self, fault: Fault, place: &str) {
        self.faults.push(fault.at(format!("{}/{place}", self.pointer)));
    }

    /// Where it stands in the document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Every fault found in it, those left over included.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        let Self { attributes, relationships, pointer, mut faults, .. } = self;
        faults.extend(attributes.into_faults());
        faults.extend(relationships.keys().map(|name| {
            let place = format!("{pointer}/relationships/{}", step(name));
            Fault::unacceptable("unknown-relationship", "There is no such relationship here.").at(place)
        }));
        faults
    }

    /// Nothing, if there is no fault in it.
    pub fn finish(self) -> Result<(), Faults> {
        Faults::check(self.into_faults())
    }
}

fn is_shown(shown: &Value, members: &str, name: &str, value: Option<&Value>) -> bool {
    value.is_some() && shown.get(members).and_then(|members| members.get(name)) == value
}

/// Names with underscores are the same as with hyphens.
fn hyphenated(object: Map<String, Value>) -> Map<String, Value> {
    object.into_iter().map(|(name, value)| (name.replace('_', "-"), value)).collect()
}

fn identifiers<Id: FromStr + Ord>(
    data: &Value,
    pointer: &str,
    resource_type: &str,
    faults: &mut Vec<Fault>,
) -> BTreeSet<Id> {
    let Value::Array(rows) = data else {
        faults
            .push(Fault::unacceptable("wrong-type", "This is an array of resource identifiers.").at(pointer));
        return BTreeSet::new();
    };
    let mut ids = BTreeSet::new();
    for (row, identifier) in rows.iter().enumerate() {
        let of_type =
            identifier.get("type").and_then(Value::as_str).is_some_and(|given| given == resource_type);
        if !of_type {
            let detail = format!("The type here is {resource_type}.");
            faults
                .push(Fault::unacceptable("wrong-resource-type", detail).at(format!("{pointer}/{row}/type")));
        }
        let others = identifier.as_object().into_iter().flat_map(Map::keys);
        for other in others.filter(|name| !matches!(name.as_str(), "type" | "id" | "meta")) {
            let place = format!("{pointer}/{row}/{}", step(other));
            let detail = "This does not belong in a resource identifier.";
            faults.push(Fault::unacceptable("unknown-member", detail).at(place));
        }
        match identifier.get("id").and_then(Value::as_str).map(str::parse) {
            Some(Ok(id)) => drop(ids.insert(id)),
            _ => {
                let detail = "An id is a string of decimal digits.";
                faults.push(Fault::unacceptable("malformed-id", detail).at(format!("{pointer}/{row}/id")));
            }
        }
    }
    ids
}

/// The attributes of a resource, taken out one by one.
#[derive(Debug)]
pub struct Attributes {
    values: Map<String, Value>,
    pointer: String,
    faults: Vec<Fault>,
}

impl Attributes {
    fn fault(&mut self, name: &str, code: &'static str, detail: &str) {
        self.faults.push(Fault::unacceptable(code, sentence(detail)).at(format!("{}/{name}", self.pointer)));
    }

    /// A text, read by `read`; none, with a fault, if it is missing or cannot be read.
    pub fn required<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if matches!(self.values.get(name), None | Some(Value::Null)) {
            self.values.remove(name);
            self.fault(name, "missing", "this is required");
            return None;
        }
        self.optional(name, read)
    }

    /// A text, read by `read`; none if it is not there or `null`.
    pub fn optional<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.values.remove(name)? {
            Value::Null => None,
            Value::String(text) => match read(&text) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.fault(name, "invalid", &error.to_string());
                    None
                }
            },
            _ => {
                self.fault(name, "wrong-type", "this is a string");
                None
            }
        }
    }

    /// A text or `null`, read by `read`; the outer none if it is not there.
    pub fn nullable<T, E: Display>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.values.get(name)? {
            Value::Null => {
                self.values.remove(name);
                Some(None)
            }
            Value::Number(number) => {
                let text = number.to_string();
                self.values.insert(name.to_owned(), Value::String(text));
                self.optional(name, read).map(Some)
            }
            _ => self.optional(name, read).map(Some),
        }
    }

    /// True or false; none if it is not there.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.values.remove(name)? {
            Value::Null => None,
            Value::Bool(value) => Some(value),
            _ => {
                self.fault(name, "wrong-type", "this is true or false");
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
        match self.values.remove(name)? {
            Value::Null => None,
            Value::Number(number) if number.is_i64() => match read(number.as_i64().unwrap_or_default()) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.fault(name, "invalid", &error.to_string());
                    None
                }
            },
            _ => {
                self.fault(name, "wrong-type", "this is a whole number");
                None
            }
        }
    }

    /// A moment; none if it is not there.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.optional(name, str::parse)
    }

    /// Whether nothing is left to take.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn into_faults(mut self) -> Vec<Fault> {
        let left_over: Vec<String> = self.values.keys().map(|name| step(name)).collect();
        for name in left_over {
            self.fault(&name, "unknown-attribute", "there is no such attribute here, or it cannot be set");
        }
        self.faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::GroupId;
    use serde_json::json;

    fn codes(faults: Faults) -> Vec<String> {
        let answered = json!(crate::fault::Errors::from(&faults));
        let told = |error: &Value| {
            let place = error["source"]["pointer"].as_str().unwrap_or("-");
            format!("{} {place}", error["code"].as_str().unwrap())
        };
        answered["errors"].as_array().unwrap().iter().map(told).collect()
    }

    fn document(value: &Value) -> Document {
        Document::parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn every_fault_is_said_at_once_with_its_place() {
        let body = json!({"data": {"type": "users", "attributes": {"email": 3, "colour": "red", "my_glue": "yes"},
            "relationships": {"groups": {"data": [{"type": "groups", "id": "x"}, {"type": "users", "id": "1"}]}, "pets": {}}}});
        let mut user = document(&body).one("users").unwrap();
        assert_eq!(user.attributes.required("email", |text| Ok::<_, String>(text.to_owned())), None);
        assert_eq!(user.attributes.required("role-name", |text| Ok::<_, String>(text.to_owned())), None);
        assert_eq!(user.attributes.flag("my-glue"), None);
        assert!(user.to_many::<GroupId>("groups").is_some());
        assert_eq!(
            codes(user.finish().unwrap_err()),
            [
                "malformed-id /data/relationships/groups/data/0/id",
                "wrong-resource-type /data/relationships/groups/data/1/type",
                "wrong-type /data/attributes/email",
                "missing /data/attributes/role-name",
                "wrong-type /data/attributes/my-glue",
                "unknown-attribute /data/attributes/colour",
                "unknown-relationship /data/relationships/pets",
            ]
        );
    }

    #[test]
    fn what_is_no_document_is_malformed() {
        for (body, expected) in [
            ("", "malformed-json -"),
            ("{", "malformed-json -"),
            ("[]", "malformed-document -"),
            ("{}", "malformed-document /data"),
            (r#"{"data":{},"data":{}}"#, "duplicate-key /data"),
            (r#"{"data":{},"x/y":1}"#, "unknown-member /x~1y"),
            (r#"{"type":"users"}"#, "unknown-member /type"),
        ] {
            assert_eq!(codes(Document::parse(body.as_bytes()).unwrap_err()), [expected], "{body}");
        }
    }

    #[test]
    fn a_resource_may_stand_alone_and_carry_its_id_among_the_attributes() {
        let alone = json!({"type": "users", "id": "7", "attributes": {"colour": "red"}});
        let user = document(&alone).one("users").unwrap();
        assert_eq!(user.id.as_deref(), Some("7"));
        assert_eq!(codes(user.finish().unwrap_err()), ["unknown-attribute /attributes/colour"]);
        let rows = json!({"data": [{"type": "users", "attributes": {"id": 7}}, {"type": "users", "attributes": {"id": "8"}}]});
        let (rows, _) = document(&rows).one_or_many("users", 2).unwrap();
        assert_eq!(rows.iter().filter_map(|row| row.id.as_deref()).collect::<Vec<_>>(), ["7", "8"]);
        rows.into_iter().for_each(|row| row.finish().unwrap());
        let odd = json!({"data": {"type": "users", "attributes": {"id": true}}});
        let odd = document(&odd).one("users").unwrap();
        assert_eq!(codes(odd.finish().unwrap_err()), ["unknown-attribute /data/attributes/id"]);
    }

    #[test]
    fn what_is_sent_back_as_it_was_read_is_no_change() {
        let shown = json!({"type": "users", "id": "7", "attributes": {"name": "Ann", "created-at": "then", "avatar": null},
            "relationships": {"groups": {"data": []}}});
        let mut sent = shown.clone();
        sent["attributes"]["name"] = json!("Anna");
        let mut user = document(&json!({"data": sent})).one("users").unwrap();
        user.forget_unchanged("name", &shown);
        assert_eq!(
            user.attributes.optional("name", |text| Ok::<_, String>(text.to_owned())).as_deref(),
            Some("Anna")
        );
        user.finish_over(&shown).unwrap();
        sent["attributes"]["created-at"] = json!("now");
        sent["relationships"]["groups"] = json!({"data": [{"type": "groups", "id": "1"}]});
        let mut user = document(&json!({"data": sent})).one("users").unwrap();
        user.forget_unchanged_relationship("groups", &shown);
        assert!(user.attributes.optional("name", |text| Ok::<_, String>(text.to_owned())).is_some());
        assert_eq!(
            codes(user.finish_over(&shown).unwrap_err()),
            [
                "unknown-attribute /data/attributes/created-at",
                "unknown-relationship /data/relationships/groups"
            ]
        );
    }

    #[test]
    fn a_row_of_many_says_which_row() {
        let body = json!({"data": [{"type": "users"}, {"type": "groups"}, 7]});
        let faults = document(&body).one_or_many("users", 500).unwrap_err();
        assert_eq!(codes(faults), ["wrong-type /data/2"]);
        let body = json!({"data": [{"type": "users"}, {"type": "groups"}]});
        let (rows, many) = document(&body).one_or_many("users", 500).unwrap();
        assert!(many);
        let faults: Vec<_> = rows.into_iter().flat_map(Resource::into_faults).collect();
        assert_eq!(codes(Faults::check(faults).unwrap_err()), ["wrong-resource-type /data/1/type"]);
        assert_eq!(
            codes(document(&json!({"data": []})).one_or_many("users", 1).unwrap_err()),
            ["empty /data"]
        );
        assert_eq!(
            codes(document(&json!({"data": [1, 2]})).one_or_many("users", 1).unwrap_err()),
            ["too-many /data"]
        );
    }
}
