//! Changes an organization's names, or places it under another parent.

use std::collections::HashMap;

use api::change::{of_address, of_what_was_read};
use api::document::{Data, as_read};
use api::{Api, Failure, show};
use policy::{AccountId, Action, DEPTH_LIMIT, OrganizationId, may_place_under, text};
use serde_json::Value;
use store::{Organization, until_current};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

use crate::list::visible;

/// A change of an organization.
pub const BODY: Body = Body::changing(
    "organizations",
    &[
        Attribute::optional("name", Kind::NAME, "The organization's name."),
        Attribute::optional("description", Kind::MESSAGE, "A description."),
        Attribute::optional("short-name", Kind::OPTIONAL_NAME, "A short name."),
        Attribute::nullable("parent-id", Kind::Id, "The organization that it is part of; null for none."),
    ],
);

pub async fn update(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let before = visible(api, call, &caller, id).await?;
    let groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    actor.may_touch_organization(Action::Update, id)?;
    let mut line = api.store.line(account, before.parent_id).await?;
    let after = read(call, &before, &as_read(&show::organization(&before, &line)))?;
    if after.parent_id != before.parent_id {
        line = api.store.line(account, after.parent_id).await?;
        // Where an organization hangs says nothing about who reaches it, but it is the shape of the whole account.
        actor.may_create_organizations()?;
        check_parent(api, account, &after, &line).await?;
    }
    api.store.update_organization(&after, caller.security.revision, &caller.act(call)).await?;
    let after = Organization { version: after.version + 1, updated_at: call.now, ..after };
    Ok(Answer::ok(&Data { data: show::organization(&after, &line) }))
}

fn read(call: &Call, before: &Organization, shown: &Value) -> Result<Organization, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    of_address(&resource, before.id)?;
    of_what_was_read(call, &mut resource, before.version)?;
    let attributes = &mut resource.attributes;
    let mut after = before.clone();
    after.name = attributes.optional("name", text::name).unwrap_or(after.name);
    after.description = attributes.optional("description", text::message).unwrap_or(after.description);
    after.short_name = attributes.optional("short-name", text::optional_name).unwrap_or(after.short_name);
    after.parent_id = attributes.nullable("parent-id", str::parse).unwrap_or(after.parent_id);
    resource.finish_over(shown)?;
    Ok(after)
}

async fn check_parent(
    api: &Api,
    account: AccountId,
    organization: &Organization,
    line: &[OrganizationId],
) -> Result<(), Failure> {
    let Some(parent) = organization.parent_id else { return Ok(()) };
    let all = api.store.organizations(account).await?;
    if !all.iter().any(|other| other.id == parent) {
        let fault =
            Fault::unacceptable("unknown-organization", format!("There is no organization {parent}."));
        return Err(fault.at("/data/attributes/parent-id").into());
    }
    Ok(may_place_under(Some(organization.id), line, height(&all, organization.id))?)
}

/// How many levels there are under an organization.
fn height(all: &[Organization], organization: OrganizationId) -> usize {
    let mut children: HashMap<OrganizationId, Vec<OrganizationId>> = HashMap::new();
    for other in all {
        if let Some(parent) = other.parent_id {
            children.entry(parent).or_default().push(other.id);
        }
    }
    let mut level = vec![organization];
    let mut height = 0;
    while height <= DEPTH_LIMIT {
        level = level.iter().filter_map(|id| children.get(id)).flatten().copied().collect();
        if level.is_empty() {
            break;
        }
        height += 1;
    }
    height
}
