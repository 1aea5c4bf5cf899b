//! Changes the name, role, grants, type or status of a user, or of many.

use std::collections::BTreeSet;

use api::change::{of_address, of_each_version, of_version};
use api::document::{Changed, OneOrMany, as_read};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show};
use policy::invitation::{Sponsor as Vouches, sponsor_after_edit};
use policy::{Change, GroupId, Judged, OrganizationId, Refusal, Role, Scene, Timestamp, Touch, UserId, text};
use serde_json::Value;
use store::invitation::Sponsor;
use store::user::UserChange;
use store::{User, UserStatus, until_current};
use web::body::{Attribute, Id, Kind, Relationship};
use web::document::Resource;
use web::request::id_in_path;
use web::{Answer, Body, Call, Fault, Faults};

use crate::show::resource;

/// A change of a user.
pub const BODY: Body = Body::changing(
    "users",
    &[
        Attribute::nullable("first-name", Kind::OPTIONAL_NAME, "The first name."),
        Attribute::nullable("last-name", Kind::OPTIONAL_NAME, "The last name."),
        Attribute::optional("role-name", Kind::Role, "The role, not higher than the caller's own."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether all organizations are granted, including future ones. Naming organizations sets it to false.",
        ),
        Attribute::optional(
            "my-glue",
            Kind::Flag,
            "Whether the user is in MyGlue instead of IT Glue. To change it, send role, groups and organizations too.",
        ),
        Attribute::optional("status", Kind::Choice(&["active", "suspended"]), "`suspended` suspends the user, `active` reactivates them."),
    ],
)
.with(&[
    Relationship::new("groups", "The user's groups. Replaces all."),
    Relationship::new("organizations", "The organizations that are granted directly. Replaces all."),
]);

/// Users who are changed by one request at most.
const BULK_LIMIT: usize = 30;

/// A change of the users who are named.
pub const BODY_OF_MANY: Body = Body { id: Id::Named, ..BODY.up_to(BULK_LIMIT) };

/// A user as they are, and what a request wants of them.
struct Edit {
    before: User,
    resource: Resource,
}

pub async fn update(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(one(api, call, id, preview))
}

/// Many are judged together and written together: all of them change, or none does.
pub async fn update_many(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    of_each_version(call, "users")?;
    until_current!(many(api, call, preview))
}

async fn one(api: &Api, call: &Call, id: UserId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let standing = caller.standing();
    if !standing.is(id) {
        standing.may_manage_users()?;
    }
    let before = api.store.user(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    if !standing.is(id) {
        standing.may_manage_role(before.role)?;
    }
    call.noted.tell(before.subject());
    let resource = call.document()?.one(&BODY)?;
    of_address(&resource, before.id)?;
    of_version(call, before.version)?;
    let (changed, foreseen) = change(api, call, &caller, vec![Edit { before, resource }], preview).await?;
    let data = changed.into_iter().next().ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Changed { data, meta: foreseen }))
}

async fn many(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let standing = caller.standing();
    standing.may_manage_users()?;
    let (resources, many) = call.document()?.one_or_many(&BODY_OF_MANY)?;
    let named: Vec<_> = resources.iter().map(|resource| resource.id.as_deref().map(id_in_path)).collect();
    let ids: BTreeSet<UserId> = named.iter().flatten().flatten().copied().collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let found = api.store.users_by_id(caller.account.id, &ids).await?;
    let (mut edits, mut faults): (Vec<Edit>, Vec<Fault>) = (Vec::new(), Vec::new());
    for (resource, id) in resources.into_iter().zip(named) {
        let pointer = format!("{}/id", resource.pointer());
        let Some(id) = id else {
            faults.push(Fault::unacceptable("missing", "`id` is required: the user to change.").at(pointer));
            continue;
        };
        // What is no id is the id of nobody.
        match id.ok().and_then(|id| found.iter().find(|user| user.id == id)) {
            None => faults.push(Fault::unknown().at(pointer)),
            Some(known) if edits.iter().any(|edit| edit.before.id == known.id) => {
                faults
                    .push(Fault::unacceptable("duplicate", "This user is in the request twice.").at(pointer));
            }
            Some(known) => {
                let may = if standing.is(known.id) { Ok(()) } else { standing.may_manage_role(known.role) };
                match may {
                    Ok(()) => edits.push(Edit { before: known.clone(), resource }),
                    Err(refusal) => faults.push(Fault::from(refusal).at(pointer)),
                }
            }
        }
    }
    Faults::check(faults)?;
    let (data, foreseen) = change(api, call, &caller, edits, preview).await?;
    let data = OneOrMany::of(data, many).ok_or_else(Fault::unavailable)?;
    Ok(Answer::ok(&Changed { data, meta: foreseen }))
}

/// Carries the changes out, all in one. In a preview it only shows what would be there, and what that does.
async fn change(
    api: &Api,
    call: &Call,
    caller: &Caller,
    edits: Vec<Edit>,
    preview: bool,
) -> Result<(Vec<show::User>, Option<Foreseen>), Failure> {
    let account = caller.account.id;
    let facts = caller.facts_of_change(call.now);
    let (mut pairs, mut shown, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for Edit { before, resource: wanted } in edits {
        let (as_before, _) = resource(api, account, &before, facts, call).await?;
        match read(wanted, &before, &as_read(&as_before)) {
            Ok(after) => {
                pairs.push((before, after));
                shown.push(as_before);
            }
            Err(wrong) => faults.push(wrong),
        }
    }
    Faults::together(faults)?;
    // Which product somebody uses is no name of theirs: it is for those who manage users to say.
    if pairs.iter().any(|(before, after)| before.my_glue != after.my_glue) {
        caller.standing().may_manage_users()?;
    }
    let Ruling { judged, sponsors } = rule(api, caller, &pairs, call.now).await?;
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    let mut changes = Vec::new();
    for (((before, after), sponsor), as_before) in pairs.iter().zip(sponsors).zip(&shown) {
        // What changes nothing is not written: others' versions stay good.
        if before != after {
            let (as_after, _) = resource(api, account, after, facts, call).await?;
            let mut told = api.changed(account, as_before, &as_after).await?;
            told.extend(effects.changes_of(before.id));
            changes.push(UserChange { before: before.clone(), after: after.clone(), sponsor, told });
        }
    }
    if UserChange::items(&changes) > UserChange::ROOM {
        let detail = "This request changes too much at once. Change fewer users, or add them to fewer groups, at a time.";
        return Err(Fault::unacceptable("too-many-changes", detail).at("/data").into());
    }
    if !changes.is_empty() && !preview {
        api.store.update_users(&changes, &judged, &caller.act(call)).await?;
    }
    let (mut data, mut room) = (Vec::with_capacity(pairs.len()), show::Room::default());
    for (before, after) in pairs {
        let now = if before == after {
            before
        } else if preview {
            after
        } else {
            User { version: before.version + 1, updated_at: call.now, ..after }
        };
        data.push(resource(api, account, &now, facts, call).await?.0.within(&mut room));
    }
    Ok((data, preview.then(|| Foreseen::of(effects, &judged))))
}

/// The user as the request wants them.
fn read(mut resource: Resource, before: &User, shown: &Value) -> Result<User, Faults> {
    let pointer = resource.pointer().to_owned();
    if resource.version().is_some_and(|stated| stated != before.version) {
        return Err(Fault::stale().at(pointer).into());
    }
    resource.forget_unchanged("status", shown);
    // As it is shown it says what comes through groups, too: sent back like that, none of it becomes a direct grant.
    resource.forget_unchanged_relationship("organizations", shown);
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let first_name = attributes.clearable("first-name", text::optional_name);
    let last_name = attributes.clearable("last-name", text::optional_name);
    let role: Option<Role> = attributes.optional("role-name", str::parse);
    let all_organizations = attributes.flag("all-organizations");
    let my_glue = attributes.flag("my-glue");
    let status = attributes.optional("status", |text| match text {
        "active" => Ok(UserStatus::Active),
        "suspended" => Ok(UserStatus::Suspended),
        _ => Err("a status must be `active` or `suspended`"),
    });
    if status.is_some() && before.status == UserStatus::Invited {
        let fault = Fault::conflict(
            "still-pending",
            "This user has not accepted the invitation yet, so they cannot be suspended or reactivated.",
        );
        resource.fault(fault, "attributes/status");
    }
    resource.finish_over(shown)?;
    let changes_type = my_glue.is_some_and(|my_glue| my_glue != before.my_glue);
    let names_organizations = organizations.is_some() || all_organizations.is_some();
    if changes_type && (role.is_none() || groups.is_none() || !names_organizations) {
        let fault = Fault::from(Refusal::TypeChangeNeedsEverything);
        return Err(fault.at(format!("{pointer}/attributes/my-glue")).into());
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

/// That the changes may be made, and for each who vouches for a pending user's invitation after it, if that changes.
struct Ruling {
    judged: Judged,
    sponsors: Vec<Option<Sponsor>>,
}

async fn rule(api: &Api, caller: &Caller, pairs: &[(User, User)], now: Timestamp) -> Result<Ruling, Failure> {
    let account = caller.account.id;
    let mut present = Vec::with_capacity(pairs.len());
    let mut in_question: BTreeSet<GroupId> = caller.group_ids();
    let (mut joined, mut added) = (BTreeSet::new(), BTreeSet::new());
    for (before, after) in pairs {
        let sponsor = match before.status {
            UserStatus::Invited if changes_grants(before, after) => {
                match api.store.invitation(account, before.id).await? {
                    Some(invitation) => api.vouching(account, invitation.sponsor(), now).await?,
                    None => None,
                }
            }
            _ => None,
        };
        in_question.extend(before.group_ids.iter().chain(&after.group_ids).copied());
        in_question.extend(sponsor.iter().flat_map(|sponsor| sponsor.group_ids()));
        joined.extend(after.group_ids.difference(&before.group_ids).copied());
        added.extend(after.organization_ids.difference(&before.organization_ids).copied());
        present.push(sponsor);
    }
    let groups = api.named(account, &in_question, &joined, &added).await?;
    let scene = |users: Vec<&User>| Scene {
        users: users.into_iter().map(|user| (user.id, user.holder())).collect(),
        groups: groups.clone(),
        ..Scene::default()
    };
    let touches = pairs.iter().map(|(before, _)| Touch::User(before.id, before.role)).collect();
    let before = scene(pairs.iter().map(|(before, _)| before).collect());
    let after = scene(pairs.iter().map(|(_, after)| after).collect());
    let judged = caller.judge(&groups, &Change { before, after, touches }, now)?;
    let (actor, facts) = (caller.actor(&groups), caller.facts_of_change(now));
    let mut sponsors = Vec::with_capacity(pairs.len());
    for ((before, after), sponsor) in pairs.iter().zip(present) {
        if !(changes_grants(before, after) && before.status == UserStatus::Invited) {
            sponsors.push(None);
            continue;
        }
        let (sponsor, holder) = (sponsor.map(|sponsor| sponsor.actor(&groups)), after.holder());
        let vouches = sponsor_after_edit(&actor, sponsor.as_ref(), (after.id, &holder), &groups, facts)?;
        sponsors.push(match vouches {
            Vouches::Editor => Some(caller.sponsor()),
            Vouches::Present => None,
        });
    }
    Ok(Ruling { judged, sponsors })
}

fn changes_grants(before: &User, after: &User) -> bool {
    after.permissions() != before.permissions() || after.my_glue != before.my_glue
}
