//! Makes a key, and shows it this once: what is stored is its hash.

use std::collections::BTreeSet;

use api::document::{Changed, Data};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show};
use policy::{
    Change, Grants, GroupReach, OrganizationId, Permissions, Role, Scene, Timestamp, Touch, api_keys, text,
};
use store::{ApiKey, until_current};
use tokens::ApiKeyText;
use web::body::{Attribute, Kind, Relationship};
use web::{Answer, Body, Call, Fault};

/// A key to be made.
pub const BODY: Body = Body::making(
    "api-keys",
    &[
        Attribute::required("name", Kind::NAME, "What the key is for."),
        Attribute::required("role-name", Kind::Role, "The role of the key."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether it has access to all organizations, including future ones.",
        ),
        Attribute::nullable(
            "expires-at",
            Kind::Time,
            "When the key expires. If left out: in a year. If null: never.",
        ),
    ],
)
.with(&[Relationship::new("organizations", "The organizations that it has access to.")]);

pub async fn create(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, preview))
}

async fn attempt(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_api_keys()?;
    let wanted = read(call)?;
    if !preview {
        api.fresh(call, caller.person()?).await?;
    }
    let organizations = &wanted.permissions.grants.organizations;
    api.named(caller.account.id, &BTreeSet::new(), &BTreeSet::new(), organizations).await?;
    let id = api.store.ids().next(call.now);
    let after = Scene { keys: [(id, wanted.permissions.clone())].into(), ..Scene::default() };
    let change = Change { before: Scene::default(), after, touches: vec![Touch::ApiKeys] };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    let text = ApiKeyText::generate(caller.account.id, id).map_err(|_| Fault::unavailable())?;
    let key = key(&caller, wanted, &text, call.now)?;
    let shown = show::api_key(&key, None, None);
    if preview {
        let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
        return Ok(Answer::ok(&Changed { data: shown, meta: Some(Foreseen::of(effects, &judged)) }));
    }
    let act = caller.act(call).changing(api.changed(caller.account.id, &(), &shown).await?);
    api.store.create_api_key(&key, &judged, &act).await?;
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
    let role = role.ok_or_else(|| Fault::unacceptable("missing", "`role-name` is required."))?;
    Ok(Wanted {
        name: name.unwrap_or_default(),
        permissions: Permissions { role, grants },
        ends_at: ends_at.unwrap_or_else(|| Some(api_keys::usual_end(call.now))),
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
