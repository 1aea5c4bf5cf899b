//! Makes a key, and shows it this once: what is stored is its hash.

use std::collections::BTreeSet;

use api::document::Data;
use api::{Api, Caller, Failure, show};
use policy::{Grants, GroupReach, OrganizationId, Permissions, Role, Timestamp, api_keys, text};
use store::{ApiKey, until_current};
use tokens::ApiKeyText;
use web::body::{Attribute, Kind, Relationship};
use web::{Answer, Body, Call, Fault};

/// A key to be made.
pub const BODY: Body = Body::making(
    "api-keys",
    &[
        Attribute::required("name", Kind::NAME, "What the key is for."),
        Attribute::required("role-name", Kind::Role, "The role with which it calls."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether it reaches all organizations, also those to come.",
        ),
        Attribute::nullable("expires-at", Kind::Time, "When it ends; never if it is left out or null."),
    ],
)
.with(&[Relationship::new("organizations", "The organizations that it reaches.")]);

pub async fn create(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call))
}

async fn attempt(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let actor = caller.actor(&GroupReach::new());
    actor.may_manage_api_keys()?;
    let wanted = read(call)?;
    let organizations = &wanted.permissions.grants.organizations;
    api.named(caller.account.id, &BTreeSet::new(), &BTreeSet::new(), organizations).await?;
    actor.may_make_api_key(&wanted.permissions)?;
    let id = api.store.ids().next(call.now);
    let text = ApiKeyText::generate(caller.account.id, id).map_err(|_| Fault::unavailable())?;
    let key = key(&caller, wanted, &text, call.now)?;
    api.store.create_api_key(&key, caller.security.revision, &caller.act(call)).await?;
    let document = |text| Data { data: show::api_key(&key, None, Some(text)) };
    let answer = Answer::created(&document(Some(text.reveal())));
    // Who asks again gets all but the key: it is shown once, and kept nowhere.
    Ok(answer.kept_as(&document(None)).at(format!("/api-keys/{}", key.id)))
}

/// What the request asks for.
struct Wanted {
    name: String,
    permissions: Permissions,
    ends_at: Option<Timestamp>,
}

fn read(call: &Call) -> Result<Wanted, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let name = attributes.required("name", text::name);
    let role: Option<Role> = attributes.required("role-name", str::parse);
    let all_organizations = attributes.flag("all-organizations").unwrap_or(false);
    let ends_at = attributes.nullable("expires-at", |text| match text.parse() {
        Ok(end) => api_keys::check_end(end, call.now).map_err(|refusal| refusal.to_string()),
        Err(error) => Err(error.to_string()),
    });
    resource.finish()?;
    let grants = Grants {
        all_organizations,
        organizations: organizations.unwrap_or_default(),
        groups: BTreeSet::new(),
    };
    let role = role.ok_or_else(|| Fault::unacceptable("missing", "This is required."))?;
    Ok(Wanted {
        name: name.unwrap_or_default(),
        permissions: Permissions { role, grants },
        ends_at: ends_at.flatten(),
    })
}

fn key(caller: &Caller, wanted: Wanted, text: &ApiKeyText, now: Timestamp) -> Result<ApiKey, Failure> {
    let Permissions { role, grants } = wanted.permissions;
    Ok(ApiKey {
        id: text.key(),
        name: wanted.name,
        hash: text.hash(),
        role,
        all_organizations: grants.all_organizations,
        organization_ids: grants.organizations,
        ends_at: wanted.ends_at,
        maker_id: caller.person()?.user.id,
        maker_name: caller.name(),
        created_at: now,
        version: 1,
    })
}
