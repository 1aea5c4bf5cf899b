//! Makes an organization, on its own or as part of another.

use api::document::{Changed, Data};
use api::foreseen::Foreseen;
use api::{Api, Failure, show};
use policy::{Change, LabelId, OrganizationId, Scene, Touch, text};
use store::{Organization, until_current};
use web::{Answer, Body, Call, Fault};

use crate::attributes::{DESCRIPTION, NAME, PARENT, SHORT_NAME, STATUS, TYPE};

/// An organization to be made.
pub const BODY: Body = Body::making("organizations", &[NAME, DESCRIPTION, SHORT_NAME, PARENT, TYPE, STATUS]);

pub async fn create(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, preview))
}

async fn attempt(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let groups = api.store.group_reach(account, &caller.group_ids()).await?;
    caller.actor(&groups).may_create_organizations()?;
    let organization = read(api, call)?;
    let line = api.store.line(account, organization.parent_id).await?;
    if let Some(parent) = organization.parent_id
        && api.store.organization(account, parent).await?.is_none()
    {
        return Err(Fault::unknown_organization(parent).at("/data/attributes/parent-id").into());
    }
    let labels = api.labels_of(account, &organization, "/data").await?;
    let after = Scene { organizations: [organization.id].into(), ..Scene::default() };
    let touches = vec![Touch::Place(None, line.clone(), 0)];
    let change = Change { before: Scene::default(), after, touches };
    let judged = caller.judge(&groups, &change, call.now)?;
    let shown = show::organization(&organization, &line, &labels);
    if preview {
        return Ok(Answer::ok(&Changed { data: shown, meta: Some(Foreseen::nothing()) }));
    }
    let document = Data { data: shown };
    let act = caller.act(call).changing(api.changed(account, &(), &document.data).await?);
    api.store.create_organization(&organization, &judged, &act).await?;
    Ok(Answer::created(&document).at(format!("/organizations/{}", organization.id)))
}

fn read(api: &Api, call: &Call) -> Result<Organization, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let attributes = &mut resource.attributes;
    let name = attributes.required("name", text::name);
    let description = attributes.optional("description", text::message);
    let short_name = attributes.optional("short-name", text::optional_name);
    let parent_id: Option<OrganizationId> = attributes.nullable("parent-id", str::parse).flatten();
    let type_id: Option<LabelId> = attributes.nullable("organization-type-id", str::parse).flatten();
    let status_id: Option<LabelId> = attributes.nullable("organization-status-id", str::parse).flatten();
    resource.finish()?;
    Ok(Organization {
        id: api.store.ids().next(call.now),
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        short_name: short_name.unwrap_or_default(),
        parent_id,
        type_id,
        status_id,
        group_ids: [].into(),
        has_restrictions: false,
        created_at: call.now,
        updated_at: call.now,
        version: 1,
    })
}
