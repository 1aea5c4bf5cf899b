//! What the request offers to another account.

use std::collections::BTreeSet;

use policy::{AccountId, Grants, GroupId, OrganizationId, Role, Subdomain, Timestamp, text};
use web::body::{Attribute, Kind, Relationship};
use web::{Body, Call, Fault, Faults};

use crate::providers::Providers;

/// An offer.
pub const BODY: Body = Body::making(
    "connections",
    &[
        Attribute::optional(
            "subdomain",
            Kind::Subdomain,
            "The subdomain of the account to invite. Send either this or `provider`.",
        ),
        Attribute::optional("provider", Kind::NAME, "The name of the Certified Provider to invite."),
        Attribute::required(
            "maximum-role-name",
            Kind::Role,
            "The maximum role of the account's users here, Read-only or higher.",
        ),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether to grant all organizations, including future ones.",
        ),
        Attribute::optional(
            "message",
            Kind::MESSAGE,
            "A message to the account's Administrators, for the mail.",
        ),
        Attribute::optional("expires-at", Kind::Time, "When the connection expires; never if left out."),
    ],
)
.with(&[
    Relationship::new("groups", "Groups whose organizations are granted."),
    Relationship::new("organizations", "The organizations to grant."),
]);

/// How the account is named that is to be let in.
#[derive(Debug, Clone)]
pub enum Named {
    /// By its subdomain.
    Subdomain(Subdomain),
    /// As a Certified Provider, whose account an operator has confirmed.
    Provider(AccountId),
}

impl Named {
    /// Where the request names it.
    pub const fn pointer(&self) -> &'static str {
        match self {
            Self::Subdomain(_) => "/data/attributes/subdomain",
            Self::Provider(_) => "/data/attributes/provider",
        }
    }
}

/// Who is to be let in, and how far.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Who is to be let in.
    pub delegate: Named,
    /// The upper limit.
    pub maximum_role: Role,
    /// What is granted.
    pub grants: Grants,
    /// To the delegate's Administrators; may be empty.
    pub message: String,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
}

/// Reads the request; every fault at once.
pub fn read(call: &Call, providers: &Providers) -> Result<Offer, Faults> {
    let mut resource = call.document()?.one(&BODY)?;
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let subdomain: Option<Subdomain> = attributes.optional("subdomain", str::parse);
    let provider = attributes.optional("provider", |name| providers.account(name));
    let maximum_role: Option<Role> = attributes.required("maximum-role-name", str::parse);
    let all_organizations = attributes.flag("all-organizations").unwrap_or(false);
    let message = attributes.optional("message", text::message).unwrap_or_default();
    let ends_at = attributes.time("expires-at");
    if ends_at.is_some_and(|end| end <= call.now) {
        resource
            .fault(Fault::unacceptable("invalid", "`expires-at` is in the past."), "attributes/expires-at");
    }
    if subdomain.is_some() && provider.is_some() {
        let fault =
            Fault::unacceptable("one-or-the-other", "Send either `subdomain` or `provider`, not both.");
        resource.fault(fault, "attributes/provider");
    }
    let mut faults = resource.into_faults();
    if subdomain.is_none() && provider.is_none() && faults.is_empty() {
        faults.push(
            Fault::unacceptable("missing", "Send `subdomain` or `provider`.")
                .at("/data/attributes/subdomain"),
        );
    }
    let delegate = subdomain.map(Named::Subdomain).or(provider.map(Named::Provider));
    match (delegate, maximum_role) {
        (Some(delegate), Some(maximum_role)) if faults.is_empty() => Ok(Offer {
            delegate,
            maximum_role,
            grants: Grants {
                all_organizations,
                organizations: organizations.unwrap_or_default(),
                groups: groups.unwrap_or_default(),
            },
            message,
            ends_at,
        }),
        _ => Err(Faults::check(faults).err().unwrap_or_else(|| {
            Fault::malformed("malformed-document", "A required attribute is missing.").into()
        })),
    }
}
