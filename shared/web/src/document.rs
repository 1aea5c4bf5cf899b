//! JSON:API documents, strictly read: every fault is found and said at once, with its place.

mod attributes;

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Map, Value};

pub use self::attributes::Attributes;
use crate::body::{Body, Id, Rows};
use crate::fault::{Fault, Faults};
use crate::json::{Unreadable, parse, step};
use crate::query::quoted;

/// The body of a request.
#[derive(Debug)]
pub struct Document {
    data: Value,
    pointer: &'static str,
}

impl Document {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Faults> {
        let parsed = parse(body).map_err(|error| match error {
            Unreadable::NotJson(error) => {
                let place = match std::str::from_utf8(body) {
                    Ok(_) => format!("is not valid JSON (line {}, column {})", error.line(), error.column()),
                    Err(error) => format!("is not valid UTF-8 (byte {})", error.valid_up_to() + 1),
                };
                Fault::malformed("malformed-json", format!("The body {place}."))
            }
            Unreadable::TooMuch(what, limit) => {
                Fault::malformed("body-too-complex", format!("The body can have at most {limit} {what}."))
            }
        })?;
        let twice = parsed.duplicates.iter().map(|pointer| duplicate_key(pointer));
        Faults::check_with_more(twice.collect(), parsed.more_duplicates)?;
        let Value::Object(mut document) = parsed.value else {
            return Err(Fault::malformed(
                "malformed-document",
                "The body must be a JSON object with `data`.",
            )
            .into());
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
                let detail = format!("{} is not allowed in a document.", quoted(key));
                Fault::unacceptable("unknown-member", detail).at(format!("/{}", step(key)))
            })
            .collect();
        Faults::check(unknown)?;
        match document.remove("data") {
            Some(data) => Ok(Self { data, pointer: "/data" }),
            None => Err(Fault::malformed("malformed-document", "`data` is required.").at("/data").into()),
        }
    }

    /// The one resource, which says no more than the body declares.
    pub fn one(self, body: &'static Body) -> Result<Resource, Faults> {
        match self.data {
            Value::Array(_) => {
                Err(Fault::unacceptable("wrong-type", "`data` must be one resource, not an array.")
                    .at("/data")
                    .into())
            }
            data => Resource::read(data, self.pointer.to_owned(), body),
        }
    }

    /// One resource or an array of them, at most as many as the body declares; and whether it was an array.
    pub fn one_or_many(self, body: &'static Body) -> Result<(Vec<Resource>, bool), Faults> {
        let Value::Array(rows) = self.data else {
            return Ok((vec![Resource::read(self.data, self.pointer.to_owned(), body)?], false));
        };
        let limit = match body.rows {
            Rows::OneOrMany(limit) => limit,
            Rows::One | Rows::Identifiers => 1,
        };
        if rows.is_empty() {
            return Err(Fault::unacceptable("empty", "`data` is empty.").at("/data").into());
        }
        if rows.len() > limit {
            let detail = format!("At most {limit} are allowed at once; the request has {}.", rows.len());
            return Err(Fault::unacceptable("too-many", detail).at("/data").into());
        }
        let mut faults = Vec::new();
        let mut resources = Vec::with_capacity(rows.len());
        for (row, value) in rows.into_iter().enumerate() {
            match Resource::read(value, format!("/data/{row}"), body) {
                Ok(resource) => resources.push(resource),
                Err(wrong) => faults.push(wrong),
            }
        }
        Faults::together(faults)?;
        Ok((resources, true))
    }

    /// The ids of a relationship's document: `{"data":[{"type","id"}]}`.
    pub fn identifiers<Id: FromStr + Ord>(self, body: &'static Body) -> Result<BTreeSet<Id>, Faults> {
        let mut faults = Vec::new();
        let ids = identifiers(&self.data, "/data", body.resource_type, &mut faults);
        Faults::check(faults)?;
        Ok(ids)
    }
}

/// One resource of a document. Only what its body declares can be taken out of it; what is left over at the end is a fault.
#[derive(Debug)]
pub struct Resource {
    /// The id, if it has one.
    pub id: Option<String>,
    /// Its attributes.
    pub attributes: Attributes,
    body: &'static Body,
    relationships: Map<String, Value>,
    pointer: String,
    faults: Vec<Fault>,
}

impl Resource {
    fn read(value: Value, pointer: String, body: &'static Body) -> Result<Self, Faults> {
        let resource_type = body.resource_type;
        let Value::Object(mut members) = value else {
            return Err(Fault::unacceptable("wrong-type", "A resource must be an object.")
                .at(pointer)
                .into());
        };
        let mut faults = Vec::new();
        match members.remove("type") {
            Some(Value::String(given)) if body.is_called(&given) => {}
            Some(_) => {
                let detail = format!("`type` must be `{resource_type}`.");
                faults.push(Fault::unacceptable("wrong-resource-type", detail).at(format!("{pointer}/type")));
            }
            None => {
                let detail = format!("`type` is required: `{resource_type}`.");
                faults.push(Fault::unacceptable("missing", detail).at(format!("{pointer}/type")));
            }
        }
        let id = match members.remove("id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id),
            Some(Value::Number(id)) => Some(id.to_string()),
            Some(_) => {
                faults.push(
                    Fault::unacceptable("wrong-type", "`id` must be a string.").at(format!("{pointer}/id")),
                );
                None
            }
        };
        let mut object = |name: &str| match members.remove(name) {
            None => Map::new(),
            Some(Value::Null) if !body.replaces => Map::new(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                let detail = format!("`{name}` must be an object.");
                faults.push(Fault::unacceptable("wrong-type", detail).at(format!("{pointer}/{name}")));
                Map::new()
            }
        };
        let attributes = object("attributes");
        let relationships = object("relationships");
        let mut attributes = hyphenated(attributes, &format!("{pointer}/attributes"), &mut faults);
        // The bulk requests of the public API carry the id among the attributes; both may say the same.
        let among = match attributes.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        if among.is_some() && (id.is_none() || id == among) {
            attributes.remove("id");
        }
        let id = id.or(among);
        let relationships = hyphenated(relationships, &format!("{pointer}/relationships"), &mut faults);
        if body.id == Id::Given && id.is_some() {
            let detail = "`id` cannot be chosen. Leave it out.";
            faults.push(Fault::unacceptable("id-not-yours", detail).at(format!("{pointer}/id")));
        }
        for key in members.keys().filter(|key| !matches!(key.as_str(), "links" | "meta")) {
            let place = format!("{pointer}/{}", step(key));
            let detail = format!("{} is not allowed in a resource.", quoted(key));
            faults.push(Fault::unacceptable("unknown-member", detail).at(place));
        }
        let attributes = Attributes::new(body, attributes, format!("{pointer}/attributes"));
        Ok(Self { id, attributes, body, relationships, pointer, faults })
    }

    /// Takes out an attribute that says no more than what is shown of the thing now.
    pub fn forget_unchanged(&mut self, name: &str, shown: &Value) {
        self.attributes
            .forget(|given, value| given == name && is_shown(shown, "attributes", given, Some(value)));
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
        debug_assert!(
            self.body.changes,
            "the body of {} changes nothing that is shown",
            self.body.resource_type
        );
        self.attributes.forget(|name, value| is_shown(shown, "attributes", name, Some(value)));
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
        let is_declared = self.body.has_relationship(name);
        debug_assert!(is_declared, "the body of {} does not declare {name}", self.body.resource_type);
        let given = if is_declared { self.relationships.remove(name) } else { None };
        match given? {
            // As a list shows it, which counts and does not name: it says nothing.
            Value::Object(relationship)
                if !relationship.is_empty()
                    && relationship.keys().all(|key| matches!(key.as_str(), "meta" | "links")) =>
            {
                None
            }
            Value::Object(mut relationship) if relationship.contains_key("data") => {
                let data = relationship.remove("data").unwrap_or_default();
                Some(identifiers(&data, &format!("{pointer}/data"), name, &mut self.faults))
            }
            _ => {
                self.faults.push(
                    Fault::unacceptable("wrong-type", "A relationship must be an object with `data`.")
                        .at(pointer),
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
            let detail = format!("The relationship {} does not exist here, or cannot be set.", quoted(name));
            Fault::unacceptable("unknown-relationship", detail).at(place)
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

/// Names with underscores are the same as with hyphens: written in both ways, a name stands twice.
fn hyphenated(object: Map<String, Value>, pointer: &str, faults: &mut Vec<Fault>) -> Map<String, Value> {
    let mut hyphenated = Map::with_capacity(object.len());
    for (given, value) in object {
        let name = given.replace('_', "-");
        if hyphenated.contains_key(&name) {
            faults.push(duplicate_key(&format!("{pointer}/{}", step(&given))));
        } else {
            hyphenated.insert(name, value);
        }
    }
    hyphenated
}

fn duplicate_key(pointer: &str) -> Fault {
    Fault::unacceptable("duplicate-key", "Duplicate key.").at(pointer)
}

/// Ids that one relationship names at most.
const IDENTIFIERS: usize = 10_000;

fn identifiers<Id: FromStr + Ord>(
    data: &Value,
    pointer: &str,
    resource_type: &str,
    faults: &mut Vec<Fault>,
) -> BTreeSet<Id> {
    let Value::Array(rows) = data else {
        faults.push(
            Fault::unacceptable("wrong-type", "This must be an array of resource identifiers.").at(pointer),
        );
        return BTreeSet::new();
    };
    if rows.len() > IDENTIFIERS {
        let detail = format!("At most {IDENTIFIERS} are allowed at once; the request has {}.", rows.len());
        faults.push(Fault::unacceptable("too-many", detail).at(pointer));
        return BTreeSet::new();
    }
    let mut ids = BTreeSet::new();
    for (row, identifier) in rows.iter().enumerate() {
        let of_type =
            identifier.get("type").and_then(Value::as_str).is_some_and(|given| given == resource_type);
        if !of_type {
            let detail = format!("`type` must be `{resource_type}`.");
            faults
                .push(Fault::unacceptable("wrong-resource-type", detail).at(format!("{pointer}/{row}/type")));
        }
        let others = identifier.as_object().into_iter().flatten();
        for (other, value) in others.filter(|(name, _)| !matches!(name.as_str(), "type" | "id" | "meta")) {
            if other == "attributes" && is_id_alone(value) {
                continue;
            }
            let place = format!("{pointer}/{row}/{}", step(other));
            let detail = format!("{} is not allowed in a resource identifier.", quoted(other));
            faults.push(Fault::unacceptable("unknown-member", detail).at(place));
        }
        // The public API's own clients say the id among attributes, and as a number.
        let given = [identifier.get("id"), identifier.pointer("/attributes/id")];
        let named: BTreeSet<Option<Id>> = given.into_iter().flatten().map(id).collect();
        match (named.len(), named.into_iter().next().flatten()) {
            (1, Some(named)) => drop(ids.insert(named)),
            _ => {
                let detail = "An id must be a string of decimal digits.";
                faults.push(Fault::unacceptable("malformed-id", detail).at(format!("{pointer}/{row}/id")));
            }
        }
    }
    ids
}

/// Whether these attributes of an identifier say its id and nothing else.
fn is_id_alone(attributes: &Value) -> bool {
    attributes.as_object().is_some_and(|attributes| attributes.keys().all(|name| name == "id"))
}

/// An id as clients write it, in a text or as a number.
fn id<Id: FromStr>(value: &Value) -> Option<Id> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Attribute, Kind, Relationship};
    use policy::GroupId;
    use serde_json::json;

    /// A user who can be changed, alone or with one other.
    static USERS: Body = Body {
        id: Id::Any,
        ..Body::changing(
            "users",
            &[
                Attribute::required("email", Kind::Email, "The address."),
                Attribute::required("role-name", Kind::Role, "The role."),
                Attribute::optional("name", Kind::NAME, "The name."),
                Attribute::optional("my-glue", Kind::Flag, "Whether to MyGlue."),
            ],
        )
        .up_to(2)
        .with(&[Relationship::new("groups", "The groups.")])
    };

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
        let mut user = document(&body).one(&USERS).unwrap();
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
    fn null_is_nothing_where_something_is_made_and_a_fault_where_it_is_replaced() {
        const SAID: &[Attribute] = &[
            Attribute::optional("access", Kind::Flag, "Whether."),
            Attribute::optional("name", Kind::NAME, "The name."),
            Attribute::nullable("role-name", Kind::Role, "The role."),
        ];
        static MAKING: Body = Body::making("users", SAID);
        static REPLACING: Body = Body::replacing("users", SAID);
        let read = |body: &'static Body, sent: &Value| {
            let mut user = document(sent).one(body)?;
            user.attributes.flag("access");
            user.attributes.optional("name", |text| Ok::<_, String>(text.to_owned()));
            user.attributes.nullable("role-name", |text| Ok::<_, String>(text.to_owned()));
            user.finish()
        };
        let sent = json!({"data": {"type": "users", "attributes": {"access": null, "name": null, "role-name": null}}});
        assert!(read(&MAKING, &sent).is_ok());
        assert_eq!(
            codes(read(&REPLACING, &sent).unwrap_err()),
            ["not-nullable /data/attributes/access", "not-nullable /data/attributes/name"]
        );
        for member in ["attributes", "relationships"] {
            let sent = json!({"data": {"type": "users", member: null}});
            assert!(read(&MAKING, &sent).is_ok());
            assert_eq!(codes(read(&REPLACING, &sent).unwrap_err()), [format!("wrong-type /data/{member}")]);
        }
        // What may be told of a change is not declared of what replaces.
        assert!(REPLACING.attribute("version").is_none());
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
    fn what_is_in_another_encoding_is_told_apart_from_what_is_no_json() {
        let told = |body: &[u8]| Document::parse(body).unwrap_err().all()[0].detail().to_owned();
        assert_eq!(told(b"{\"data\": \"Zo\xeb\"}"), "The body is not valid UTF-8 (byte 13).");
        assert_eq!(told(b"\xff\xfe{\0}\0"), "The body is not valid UTF-8 (byte 1).");
        assert_eq!(told(b"{"), "The body is not valid JSON (line 1, column 1).");
    }

    #[test]
    fn a_resource_may_stand_alone_and_carry_its_id_among_the_attributes() {
        let alone = json!({"type": "users", "id": "7", "attributes": {"colour": "red"}});
        let user = document(&alone).one(&USERS).unwrap();
        assert_eq!(user.id.as_deref(), Some("7"));
        assert_eq!(codes(user.finish().unwrap_err()), ["unknown-attribute /attributes/colour"]);
        let rows = json!({"data": [{"type": "users", "attributes": {"id": 7}}, {"type": "users", "attributes": {"id": "8"}}]});
        let (rows, _) = document(&rows).one_or_many(&USERS).unwrap();
        assert_eq!(rows.iter().filter_map(|row| row.id.as_deref()).collect::<Vec<_>>(), ["7", "8"]);
        rows.into_iter().for_each(|row| row.finish().unwrap());
        let both = json!({"data": {"type": "users", "id": "7", "attributes": {"id": 7}}});
        document(&both).one(&USERS).unwrap().finish().unwrap();
        for odd in [
            json!({"type": "users", "attributes": {"id": true}}),
            json!({"type": "users", "id": "7", "attributes": {"id": 8}}),
        ] {
            let odd = document(&json!({"data": odd})).one(&USERS).unwrap();
            assert_eq!(codes(odd.finish().unwrap_err()), ["unknown-attribute /data/attributes/id"]);
        }
    }

    #[test]
    fn what_is_sent_back_as_it_was_read_is_no_change() {
        let shown = json!({"type": "users", "id": "7", "attributes": {"name": "Ann", "created-at": "then", "avatar": null},
            "relationships": {"groups": {"data": []}}});
        let mut sent = shown.clone();
        sent["attributes"]["name"] = json!("Anna");
        let mut user = document(&json!({"data": sent})).one(&USERS).unwrap();
        user.forget_unchanged("name", &shown);
        assert_eq!(
            user.attributes.optional("name", |text| Ok::<_, String>(text.to_owned())).as_deref(),
            Some("Anna")
        );
        user.finish_over(&shown).unwrap();
        sent["attributes"]["created-at"] = json!("now");
        sent["relationships"]["groups"] = json!({"data": [{"type": "groups", "id": "1"}]});
        let mut user = document(&json!({"data": sent})).one(&USERS).unwrap();
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
        let body = json!({"data": [{"type": "users"}, 7]});
        let faults = document(&body).one_or_many(&USERS).unwrap_err();
        assert_eq!(codes(faults), ["wrong-type /data/1"]);
        let body = json!({"data": [{"type": "users"}, {"type": "groups"}]});
        let (rows, many) = document(&body).one_or_many(&USERS).unwrap();
        assert!(many);
        let faults: Vec<_> = rows.into_iter().flat_map(Resource::into_faults).collect();
        assert_eq!(codes(Faults::check(faults).unwrap_err()), ["wrong-resource-type /data/1/type"]);
        assert_eq!(codes(document(&json!({"data": []})).one_or_many(&USERS).unwrap_err()), ["empty /data"]);
        assert_eq!(
            codes(document(&json!({"data": [1, 2, 3]})).one_or_many(&USERS).unwrap_err()),
            ["too-many /data"]
        );
    }

    #[test]
    fn what_makes_a_thing_names_no_id() {
        static MAKING: Body = Body::making("users", &[]);
        let body = json!({"data": {"type": "users", "id": "7"}});
        let user = document(&body).one(&MAKING).unwrap();
        assert_eq!(codes(user.finish().unwrap_err()), ["id-not-yours /data/id"]);
    }

    #[test]
    #[should_panic(expected = "the body of users does not declare colour so")]
    fn an_attribute_that_is_not_declared_is_not_taken() {
        let body = json!({"data": {"type": "users", "attributes": {"colour": "red"}}});
        let mut user = document(&body).one(&USERS).unwrap();
        user.attributes.optional("colour", |text| Ok::<_, String>(text.to_owned()));
    }

    #[test]
    #[should_panic(expected = "the body of users does not declare email so")]
    fn an_attribute_is_taken_as_it_is_declared() {
        let body = json!({"data": {"type": "users", "attributes": {"email": "ann@bakery.example"}}});
        let mut user = document(&body).one(&USERS).unwrap();
        user.attributes.optional("email", |text| Ok::<_, String>(text.to_owned()));
    }

    #[test]
    #[should_panic(expected = "the body of users does not declare pets")]
    fn a_relationship_that_is_not_declared_is_not_taken() {
        let body = json!({"data": {"type": "users", "relationships": {"pets": {"data": []}}}});
        document(&body).one(&USERS).unwrap().to_many::<GroupId>("pets");
    }
}
