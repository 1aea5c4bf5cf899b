//! What is shown is what its schema says: every member that is there is known, and every member that is promised is there.

use policy::connection::State;
use policy::{AccountId, GroupReach, Role, Timestamp};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};
use web::body::Kind;
use web::list::Filter;

use super::{Connection, User};
use crate::document::{Data, PageIncluding};
use crate::sponsor::Vouch;

/// The objects of a schema that would take any other member: what is answered is declared in full.
fn open_objects<'a>(schema: &'a Value, open: &mut Vec<&'a Value>) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                open.push(schema);
            }
            members.values().for_each(|member| open_objects(member, open));
        }
        Value::Array(members) => members.iter().for_each(|member| open_objects(member, open)),
        _ => {}
    }
}

fn schema_of<T: JsonSchema>() -> Value {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.to_value()
}

/// The value as it is answered, once it was held against the schema of its type.
fn checked<T: JsonSchema + Serialize>(shown: &T) -> Value {
    let (schema, value) = (schema_of::<T>(), json!(shown));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}\n{schema:#}");
    let mut open = Vec::new();
    open_objects(&schema, &mut open);
    assert!(open.is_empty(), "{open:#?}");
    value
}

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn user() -> store::User {
    store::User {
        id: 7.try_into().unwrap(),
        email: "ann@msp.example".parse().unwrap(),
        first_name: "Ann".to_owned(),
        last_name: String::new(),
        role: Role::ReadOnly,
        status: store::UserStatus::Invited,
        my_glue: false,
        all_organizations: false,
        organization_ids: [1.try_into().unwrap()].into(),
        group_ids: [2.try_into().unwrap()].into(),
        session_epoch: 1,
        session_ids: [].into(),
        mfa: false,
        mfa_since: None,
        accepted_at: None,
        current_sign_in_at: Some(now()),
        current_sign_in_ip: None,
        last_sign_in_at: None,
        last_sign_in_ip: None,
        created_at: now(),
        updated_at: now(),
        version: 3,
    }
}

fn connection() -> store::Connection {
    store::Connection {
        id: 5.try_into().unwrap(),
        host_id: 1.try_into().unwrap(),
        host_name: "Host".to_owned(),
        delegate_id: 2.try_into().unwrap(),
        delegate_name: "Delegate".to_owned(),
        delegate_subdomain: "delegate".to_owned(),
        state: State::Active,
        maximum_role: Role::Editor,
        all_organizations: true,
        organization_ids: [].into(),
        group_ids: [4.try_into().unwrap()].into(),
        message: String::new(),
        inviter_name: "Hal".to_owned(),
        written_by: None,
        sponsor_id: None,
        sponsor_key_id: None,
        generation: 1,
        invitation_expires_at: now(),
        ends_at: None,
        accepted_at: Some(now()),
        accepted_by: Some("Dee".to_owned()),
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

#[test]
fn a_user_is_what_the_schema_says() {
    let groups =
        GroupReach::from([(2.try_into().unwrap(), [1.try_into().unwrap(), 9.try_into().unwrap()].into())]);
    let shown = checked(&Data { data: super::user(&user(), None, &Vouch::JUST_NOW, &groups, now()) });
    let organizations = &shown["data"]["relationships"]["organizations"]["data"];
    assert_eq!(organizations[0]["meta"]["via"], json!(["direct", "groups/2"]), "{shown:#}");
    assert_eq!(organizations[1]["meta"]["via"], json!(["groups/2"]), "{shown:#}");
    assert_eq!(shown["data"]["attributes"]["role-name"], "Read-only");
    assert_eq!(shown["data"]["attributes"]["created-at"], "2026-11-21T08:00:00.000Z");
    let promised = &schema_of::<User>()["$defs"]["UserAttributes"]["required"];
    let there = shown["data"]["attributes"].as_object().unwrap();
    assert_eq!(
        json!(there.keys().collect::<Vec<_>>()),
        *promised,
        "what is always there is promised, null or not"
    );
}

#[test]
fn a_connection_shows_its_grants_to_the_host_alone() {
    let seen_by = |viewer: u64| {
        let viewer: AccountId = viewer.try_into().unwrap();
        checked(&Data { data: super::connection(&connection(), viewer, &[], &Vouch::default(), now()) })
    };
    let (host, delegate) = (seen_by(1), seen_by(2));
    assert_eq!(host["data"]["relationships"]["groups"]["data"], json!([{"type": "groups", "id": "4"}]));
    assert_eq!(host["data"]["attributes"]["direction"], "granted");
    assert!(delegate["data"].get("relationships").is_none(), "{delegate:#}");
    assert_eq!(delegate["data"]["attributes"]["direction"], "received");
    assert_eq!(schema_of::<Connection>()["required"], json!(["type", "id", "attributes"]));
}

#[test]
fn a_list_includes_what_was_asked_for_and_nothing_else() {
    let request = |uri: &str| {
        let request = lambda_http::http::Request::builder().uri(uri).body(lambda_http::Body::Empty).unwrap();
        web::Call::new(request, now())
    };
    const FILTERS: &[Filter] = &[Filter::any("role-name", Kind::Role, "With these roles.")];
    let shape = web::list::Shape { filters: FILTERS, sorts: &["id"], ..web::list::Shape::default() };
    let paging = web::list::Paging { before: 0, total: Some(3), next: Some("cursor".to_owned()) };
    for (uri, included) in [
        ("https://glue.example/users", None),
        ("https://glue.example/users?page[size]=1&page[number]=2&filter[role-name]=Lite", Some(Vec::new())),
        (
            "https://glue.example/users?page[after]=",
            Some(vec![super::user(&user(), None, &Vouch::JUST_NOW, &GroupReach::new(), now())]),
        ),
    ] {
        let listing = web::list::Listing::read(&request(uri), &shape).unwrap();
        let asked = included.is_some();
        let page = PageIncluding {
            data: vec![super::user(&user(), None, &Vouch::JUST_NOW, &GroupReach::new(), now())],
            meta: listing.meta(&paging),
            links: listing.links(&paging),
            included,
        };
        let shown = checked(&page);
        assert_eq!(shown.get("included").is_some(), asked, "{uri}: {shown:#}");
        assert_eq!(shown["meta"]["has-next-page"], true, "{uri}: {shown:#}");
    }
}
