//! What requests say, as schemas: out of what the code declares and refuses the rest by.

use policy::Role;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use web::body::{Attribute, Body, Id, Kind, Need, Rows};
use web::{Time, Word};

/// The schemas of bodies, by their names.
#[derive(Default)]
pub struct Bodies {
    schemas: Map<String, Value>,
}

impl Bodies {
    /// All of them.
    pub fn into_schemas(self) -> Map<String, Value> {
        self.schemas
    }

    /// A reference to the schema of this body of the operation. `shown` is the resource that is changed, as it is shown: whatever
    /// is shown may be sent back.
    pub fn of(
        &mut self,
        operation: &str,
        body: &Body,
        shown: &Value,
        generator: &mut SchemaGenerator,
    ) -> Value {
        let name = capitalised(operation);
        let data = match body.rows {
            Rows::One => resource(body, shown, generator),
            Rows::OneOrMany(limit) => {
                let one = self.add(&format!("{name}Resource"), resource(body, shown, generator));
                json!({
                    "description": format!("One, or at most {limit}."),
                    "oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": limit}],
                })
            }
            Rows::Identifiers => identifiers(body.resource_type, generator),
        };
        let document = json!({
            "description": format!("The body of `{operation}`."),
            "type": "object",
            "properties": {"data": data},
            "required": ["data"],
            "additionalProperties": false,
        });
        self.add(&format!("{name}Request"), document)
    }

    /// A reference to the schema of a form of the operation.
    pub fn form(&mut self, operation: &str, fields: &[Attribute], generator: &mut SchemaGenerator) -> Value {
        let mut form = attributes(fields.iter(), false, generator);
        form["description"] = json!(format!("The form fields of `{operation}`."));
        self.add(&format!("{}Form", capitalised(operation)), form)
    }

    fn add(&mut self, name: &str, schema: Value) -> Value {
        let before = self.schemas.insert(name.to_owned(), schema);
        assert!(before.is_none(), "two schemas are called {name}");
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

fn capitalised(operation: &str) -> String {
    let (first, rest) = operation.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn resource(body: &Body, shown: &Value, generator: &mut SchemaGenerator) -> Value {
    let mut properties = Map::new();
    let mut required = vec!["type"];
    properties.insert("type".to_owned(), json!({"const": body.resource_type}));
    match body.id {
        Id::Given | Id::Any => {}
        Id::OfAddress => {
            properties.insert(
                "id".to_owned(),
                described("If present, it must be the id from the URL.", id(generator)),
            );
        }
        Id::Named => {
            properties.insert("id".to_owned(), described("The resource that is meant.", id(generator)));
            required.push("id");
        }
    }
    if !body.attributes.is_empty() {
        let mut said = attributes(body.all_attributes(), body.takes_null_for_nothing(), generator);
        if body.changes {
            add_shown(&mut said["properties"], &shown["properties"]["attributes"]);
            said["description"] = json!(
                "The attributes to change. Other attributes are accepted if they have the same value as shown."
            );
        }
        if said.get("required").is_some() {
            required.push("attributes");
        }
        properties.insert("attributes".to_owned(), said);
    }
    if !body.relationships.is_empty() {
        let named = body.relationships.iter().map(|relationship| {
            let data = identifiers(relationship.name, generator);
            let schema = json!({
                "description": relationship.description,
                "type": "object",
                "properties": {"data": data},
                "required": ["data"],
                "additionalProperties": false,
            });
            (relationship.name.to_owned(), schema)
        });
        let mut named = json!({
            "description": "The resource.",
            "type": "object",
            "properties": Map::from_iter(named),
        });
        if body.changes {
            add_shown(&mut named["properties"], &shown["properties"]["relationships"]);
        }
        named["additionalProperties"] = json!(false);
        properties.insert("relationships".to_owned(), named);
    }
    json!({
        "description": format!("A resource of the type `{}`.", body.resource_type),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Adds what is shown and cannot be changed, as it is shown.
fn add_shown(declared: &mut Value, shown: &Value) {
    let declared = declared.as_object_mut().unwrap();
    for (name, schema) in shown["properties"].as_object().into_iter().flatten() {
        if !declared.contains_key(name) {
            declared.insert(
                name.clone(),
                described("The same value as shown: accepted, and changes nothing.", schema.clone()),
            );
        }
    }
}

fn identifiers(resource_type: &str, generator: &mut SchemaGenerator) -> Value {
    json!({
        "description": "Resource identifiers.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"type": {"const": resource_type}, "id": id(generator)},
            "required": ["type", "id"],
            "additionalProperties": false,
        },
    })
}

/// `null` is declared where it is taken: always where it takes something away, and where something is made for what may be left
/// out.
fn attributes<'a>(
    declared: impl Iterator<Item = &'a Attribute>,
    null_is_nothing: bool,
    generator: &mut SchemaGenerator,
) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for attribute in declared {
        let mut schema = of_kind(attribute.kind, generator);
        if attribute.need == Need::Nullable || (attribute.need == Need::Optional && null_is_nothing) {
            schema = json!({"anyOf": [schema, {"type": "null"}]});
        }
        properties.insert(attribute.name.to_owned(), described(attribute.description, schema));
        if attribute.need == Need::Required {
            required.push(attribute.name);
        }
    }
    let mut schema = json!({"description": "The attributes.", "type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = json!(false);
    schema
}

fn described(description: &str, schema: Value) -> Value {
    let mut with = json!({"description": description});
    with.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
    with
}

fn id(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<web::Id>().to_value()
}

/// What a value of this kind looks like.
pub fn of_kind(kind: Kind, generator: &mut SchemaGenerator) -> Value {
    match kind {
        Kind::Text(shortest, longest) => text(shortest, longest),
        Kind::Secret(shortest, longest) => {
            let mut schema = text(shortest, longest);
            schema["format"] = json!("password");
            schema
        }
        Kind::Email => json!({"type": "string", "format": "email"}),
        Kind::Subdomain => json!({
            "type": "string",
            "pattern": "^[a-z0-9][a-z0-9-]*[a-z0-9]$",
            "minLength": 3,
            "maxLength": 63,
        }),
        Kind::Role => generator.subschema_for::<Word<Role>>().to_value(),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::Words(words) => json!({"type": "string", "enum": words()}),
        Kind::Id => id(generator),
        Kind::Ids => json!({"type": "array", "items": id(generator)}),
        Kind::Names(most, longest) => {
            json!({"type": "array", "maxItems": most, "items": text(1, longest)})
        }
        Kind::Time => generator.subschema_for::<Time>().to_value(),
        Kind::Span => json!({"type": "string", "pattern": "^[^,]+(,[^,]+)?$"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Integer(lowest, i64::MAX) => json!({"type": "integer", "format": "int64", "minimum": lowest}),
        Kind::Integer(lowest, highest) => {
            json!({"type": "integer", "format": "int64", "minimum": lowest, "maximum": highest})
        }
    }
}

fn text(shortest: usize, longest: usize) -> Value {
    let mut schema = json!({"type": "string"});
    if shortest > 0 {
        schema["minLength"] = json!(shortest);
    }
    schema["maxLength"] = json!(longest);
    schema
}
