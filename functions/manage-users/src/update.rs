//! Changes a user's name, role, grants, type or status.

use std::collections::BTreeSet;

use api::change::{of_address, of_what_was_read};
use api::document::{Data, as_read};
use api::{Api, Caller, Failure};
use policy::invitation::{Sponsor as Vouches, sponsor_after_edit};
use policy::users::may_lose_an_administrator;
use policy::{GroupId, GroupReach, OrganizationId, Refusal, Role, Timestamp, UserId, text};
use serde_json::Value;
use store::invitation::Sponsor;
use store::{User, UserStatus, until_current};
use web::body::{Attribute, Kind, Relationship};
use web::{Answer, Body, Call, Fault, Faults};

use crate::show::resource;

/// A change of a user.
pub const BODY: Body = Body::changing(
    "users",
    &[
        Attribute::optional("first-name", Kind::OPTIONAL_NAME, "The first name."),
        Attribute::optional("last-name", Kind::OPTIONAL_NAME, "The last name."),
        Attribute::optional("role-name", Kind::Role, "The role, up to the caller's own."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether all organizations are granted, also those to come. Whoever names organizations ends that.",
        ),
        Attribute::optional(
            "my-glue",
            Kind::Flag,
            "Whether a user of MyGlue rather than of IT Glue. A change says role, groups and organizations anew.",
        ),
        Attribute::optional("status", Kind::Choice(&["active", "suspended"]), "Suspends the user, or lets them in again."),
    ],
)
.with(&[
    Relationship::new("groups", "The user's groups, all of them."),
    Relationship::new("organizations", "The organizations that are granted directly, all of them."),
]);

pub async fn update(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.is(id) {
        caller.actor(&GroupReach::new()).may_manage_users()?;
    }
    let account = caller.account.id;
    let before = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    if !caller.is(id) {
        caller.actor(&GroupReach::new()).may_manage_role(before.role)?;
    }
    call.noted.tell(before.subject());
    let (shown, _) = resource(api, account, &before, call).await?;
    let after = read(call, &before, &as_read(&shown))?;
    let mut sponsor = None;
    if after.permissions() != before.permissions() || after.my_glue != before.my_glue {
        sponsor = check_permissions(api, &caller, &before, &after, call.now).await?;
    }
    if after.status != before.status {
        caller.actor(&GroupReach::new()).may_manage_role(before.role)?;
    }
    if before.is_active_administrator() && !after.is_active_administrator() {
        may_lose_an_administrator(caller.security.administrator_ids.len())?;
    }
    api.store
        .update_user(&before, &after, sponsor.as_ref(), caller.security.revision, &caller.act(call))
        .await?;
    let after = User { version: before.version + 1, updated_at: call.now, ..after };
    Ok(Answer::ok(&Data { data: resource(api, account, &after, call).await?.0 }))
}

/// The user as the request wants them.
fn read(call: &Call, before: &User, shown: &Value) -> Result<User, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    of_address(&resource, before.id)?;
    of_what_was_read(call, &mut resource, before.version)?;
    resource.forget_unchanged("status", shown);
    // As it is shown it says what comes through groups, too: sent back like that, none of it becomes a direct grant.
    resource.forget_unchanged_relationship("organizations", shown);
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let first_name = attributes.optional("first-name", text::optional_name);
    let last_name = attributes.optional("last-name", text::optional_name);
    let role: Option<Role> = attributes.optional("role-name", str::parse);
    let all_organizations = attributes.flag("all-organizations");
    let my_glue = attributes.flag("my-glue");
    let status = attributes.optional("status", |text| match text {
        "active" => Ok(UserStatus::Active),
        "suspended" => Ok(UserStatus::Suspended),
        _ => Err("a status is set to active or suspended"),
    });
    if status.is_some() && before.status == UserStatus::Invited {
        let fault = Fault::conflict(
            "still-pending",
            "Only someone who has accepted can be suspended or reactivated.",
        );
        resource.fault(fault, "attributes/status");
    }
    resource.finish_over(shown)?;
    let changes_type = my_glue.is_some_and(|my_glue| my_glue != before.my_glue);
    let names_organizations = organizations.is_some() || all_organizations.is_some();
    if changes_type && (role.is_none() || groups.is_none() || !names_organizations) {
        let fault = Fault::from(Refusal::TypeChangeNeedsEverything);
        return Err(Faults::from(fault.at("/data/attributes/my-glue")).into());
    }
    let mut after = before.clone();
    after.first_name = first_name.unwrap_or(after.first_name);
    after.last_name = last_name.unwrap_or(after.last_name);
    after.role = role.unwrap_or(after.role);
    after.my_glue = my_glue.unwrap_or(after.my_glue);
    after.status = status.unwrap_or(after.status);
    after.group_ids = groups.unwrap_or(after.group_ids);
    // Whoever names organizations does not mean all of them any more, unless they say so.
    after.all_organizations =
        all_organizations.unwrap_or(after.all_organizations && organizations.is_none() && !changes_type);
    after.organization_ids =
        organizations.unwrap_or(if changes_type { BTreeSet::new() } else { after.organization_ids });
    Ok(after)
}

/// Whether the caller may make this change of role and grants, and who vouches for a pending user's invitation after it,
/// if that changes.
async fn check_permissions(
    api: &Api,
    caller: &Caller,
    before: &User,
    after: &User,
    now: Timestamp,
) -> Result<Option<Sponsor>, Failure> {
    let account = caller.account.id;
    let sponsor = match before.status {
        UserStatus::Invited => match api.store.invitation(account, before.id).await? {
            Some(invitation) => api.vouching(account, &invitation, now).await?,
            None => None,
        },
        UserStatus::Active | UserStatus::Suspended => None,
    };
    let sponsors_groups = sponsor.iter().flat_map(|sponsor| sponsor.group_ids());
    let own_groups = caller.group_ids();
    let in_question: BTreeSet<GroupId> = own_groups
        .iter()
        .chain(&before.group_ids)
        .chain(&after.group_ids)
        .chain(sponsors_groups)
        .copied()
        .collect();
    let added: BTreeSet<OrganizationId> =
        after.organization_ids.difference(&before.organization_ids).copied().collect();
    let (groups, organizations) = tokio::try_join!(
        api.store.group_reach(account, &in_question),
        api.store.organizations_by_id(account, &added)
    )?;
    let mut faults = Vec::new();
    for group in after.group_ids.iter().filter(|group| !groups.contains_key(group)) {
        let fault = Fault::unacceptable("unknown-group", format!("There is no group {group}."));
        faults.push(fault.at("/data/relationships/groups"));
    }
    let found: BTreeSet<_> = organizations.into_iter().map(|organization| organization.id).collect();
    for organization in added.difference(&found) {
        let fault =
            Fault::unacceptable("unknown-organization", format!("There is no organization {organization}."));
        faults.push(fault.at("/data/relationships/organizations"));
    }
    Faults::check(faults)?;
    let actor = caller.actor(&groups);
    actor.may_change(&before.permissions(), &after.permissions(), &groups)?;
    after.grants().check(after.role, &groups, &after.person())?;
    if before.status != UserStatus::Invited {
        return Ok(None);
    }
    let present = sponsor.map(|sponsor| sponsor.actor(&groups));
    match sponsor_after_edit(&actor, present.as_ref(), &after.permissions(), &groups)? {
        Vouches::Editor => Ok(Some(caller.sponsor())),
        Vouches::Present => Ok(None),
    }
}
