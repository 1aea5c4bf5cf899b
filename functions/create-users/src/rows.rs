//! The people to invite, as the request names them.

use std::collections::BTreeSet;

use policy::invitation::{BULK_LIMIT, check_end};
use policy::{EmailAddress, Grants, GroupId, OrganizationId, Permissions, Role, Timestamp, text};
use web::body::{Attribute, Kind, Relationship};
use web::{Body, Call, Fault, Faults, Resource};

/// One or many people.
pub const BODY: Body = Body::making(
    "users",
    &[
        Attribute::required("email", Kind::Email, "The e-mail address to invite."),
        Attribute::required("role-name", Kind::Role, "The role, not higher than the caller's own."),
        Attribute::optional("first-name", Kind::OPTIONAL_NAME, "The first name, if it is known."),
        Attribute::optional("last-name", Kind::OPTIONAL_NAME, "The last name, if it is known."),
        Attribute::optional("my-glue", Kind::Flag, "Whether to invite to MyGlue instead of IT Glue."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether to grant all organizations, including future ones.",
        ),
        Attribute::optional("message", Kind::MESSAGE, "The message in the mail; a default text if left out."),
        Attribute::optional(
            "expires-at",
            Kind::Time,
            "When the link expires. If left out: according to the account's settings.",
        ),
    ],
)
.up_to(BULK_LIMIT)
.with(&[
    Relationship::new("groups", "The groups to join."),
    Relationship::new("organizations", "The organizations to grant directly."),
]);

/// One address of the request, with what it is to be given.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands in the document.
    pub pointer: String,
    /// The address to invite.
    pub email: EmailAddress,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Role and grants.
    pub permissions: Permissions,
    /// To MyGlue rather than to IT Glue.
    pub my_glue: bool,
    /// What the inviter wrote; none for the message that is filled in beforehand.
    pub message: Option<String>,
    /// The link's end, if not the account's setting.
    pub expires_at: Option<Timestamp>,
}

/// What a request names.
#[derive(Debug)]
pub struct Rows {
    /// The rows that can be read.
    pub rows: Vec<Row>,
    /// Every fault of the others. With any, nothing is written; the rows that can be read may have faults of their own.
    pub faults: Vec<Fault>,
    /// Whether it was an array.
    pub many: bool,
}

/// Reads the request.
pub fn read(call: &Call) -> Result<Rows, Faults> {
    let (resources, many) = call.document()?.one_or_many(&BODY)?;
    let mut read = Rows { rows: Vec::with_capacity(resources.len()), faults: Vec::new(), many };
    for resource in resources {
        match read_row(resource, call.now) {
            Ok(row) => read.rows.push(row),
            Err(wrong) => read.faults.extend(wrong),
        }
    }
    Ok(read)
}

fn read_row(mut resource: Resource, now: Timestamp) -> Result<Row, Vec<Fault>> {
    let pointer = resource.pointer().to_owned();
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let email: Option<EmailAddress> = attributes.required("email", str::parse);
    let role: Option<Role> = attributes.required("role-name", str::parse);
    let first_name = attributes.optional("first-name", text::optional_name);
    let last_name = attributes.optional("last-name", text::optional_name);
    let my_glue = attributes.flag("my-glue").unwrap_or(false);
    let all_organizations = attributes.flag("all-organizations").unwrap_or(false);
    let message = attributes.optional("message", text::message);
    let expires_at = attributes.optional("expires-at", |text| match text.parse() {
        Ok(end) => check_end(end, now).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    });
    let faults = resource.into_faults();
    match (email, role) {
        (Some(email), Some(role)) if faults.is_empty() => Ok(Row {
            pointer,
            email,
            first_name: first_name.unwrap_or_default(),
            last_name: last_name.unwrap_or_default(),
            permissions: Permissions {
                role,
                grants: Grants {
                    all_organizations,
                    organizations: organizations.unwrap_or_default(),
                    groups: groups.unwrap_or_default(),
                },
            },
            my_glue,
            message,
            expires_at,
        }),
        _ => Err(faults),
    }
}
