//! How things are shown: users, organizations, groups, accounts as JSON:API resources, the same in every answer.

use std::collections::BTreeSet;

use policy::decision::Via;
use policy::{AccountId, Delivery, GroupReach, Timestamp};
use serde_json::{Value, json};
use store::connection::Person;
use store::{Account, ApiKey, Connection, Group, Invitation, Organization, User, UserStatus};

fn moment(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

fn identifiers<Id: ToString>(resource_type: &str, ids: impl IntoIterator<Item = Id>) -> Value {
    let data: Vec<_> =
        ids.into_iter().map(|id| json!({"type": resource_type, "id": id.to_string()})).collect();
    json!({ "data": data })
}

/// Where an organization comes from, in a word: `administrator`, `all-organizations`, `direct`, or `groups/<id>`.
#[must_use]
pub fn via(via: &Via) -> String {
    match via {
        Via::Administrator => "administrator".to_owned(),
        Via::AllOrganizations => "all-organizations".to_owned(),
        Via::Direct => "direct".to_owned(),
        Via::Group(group) => format!("groups/{group}"),
    }
}

/// Every status that a user can have.
pub const USER_STATUSES: [&str; 4] = ["invited", "expired", "active", "suspended"];

/// The status of a user at this moment: a pending one is `invited` until the invitation ends, then `expired`.
#[must_use]
pub fn user_status(user: &User, invitation: Option<&Invitation>, now: Timestamp) -> &'static str {
    match user.status {
        UserStatus::Active => "active",
        UserStatus::Suspended => "suspended",
        UserStatus::Invited if invitation.is_some_and(|invitation| invitation.life().is_expired(now)) => {
            "expired"
        }
        UserStatus::Invited => "invited",
    }
}

/// A user. `groups` must hold what the user's groups reach. Every organization says in `meta.via` how it is had.
#[must_use]
pub fn user(user: &User, invitation: Option<&Invitation>, groups: &GroupReach, now: Timestamp) -> Value {
    let pending = invitation.filter(|_| user.status == UserStatus::Invited);
    let inherited = user.group_ids.iter().filter_map(|group| groups.get(group)).flatten();
    let organizations: BTreeSet<_> = user.organization_ids.iter().chain(inherited).copied().collect();
    let organizations: Vec<_> = organizations
        .into_iter()
        .map(|organization| {
            let direct = user.organization_ids.contains(&organization).then_some(Via::Direct);
            let reached = |group: &&policy::GroupId| {
                groups.get(group).is_some_and(|reach| reach.contains(&organization))
            };
            let through = user.group_ids.iter().filter(reached).copied().map(Via::Group);
            let via: Vec<_> = direct.into_iter().chain(through).map(|way| via(&way)).collect();
            json!({"type": "organizations", "id": organization.to_string(), "meta": {"via": via}})
        })
        .collect();
    json!({
        "type": "users",
        "id": user.id.to_string(),
        "attributes": {
            "first-name": user.first_name,
            "last-name": user.last_name,
            "name": user.name(),
            "email": user.email,
            "role-name": user.role.name(),
            "status": user_status(user, invitation, now),
            "all-organizations": user.all_organizations,
            "mfa": user.mfa,
            "invitation-sent-at": moment(invitation.and_then(|invitation| invitation.sent_at)),
            "invitation-accepted-at": moment(user.accepted_at),
            "invitation-expires-at": moment(pending.map(|invitation| invitation.expires_at)),
            "invitation-delivery": invitation.map(|invitation| invitation.delivery.name()),
            "current-sign-in-at": moment(user.current_sign_in_at),
            "current-sign-in-ip": user.current_sign_in_ip,
            "last-sign-in-at": moment(user.last_sign_in_at),
            "last-sign-in-ip": user.last_sign_in_ip,
            "reputation": 0,
            "my-glue": user.my_glue,
            "my-glue-account-id": null,
            "avatar": null,
            "created-at": user.created_at.to_string(),
            "updated-at": user.updated_at.to_string(),
            "version": user.version,
        },
        "relationships": {
            "groups": identifiers("groups", &user.group_ids),
            "organizations": {"data": organizations},
        },
    })
}

/// An organization. `line` are its ancestors, nearest first; shown from the topmost down.
#[must_use]
pub fn organization(organization: &Organization, line: &[policy::OrganizationId]) -> Value {
    json!({
        "type": "organizations",
        "id": organization.id.to_string(),
        "attributes": {
            "name": organization.name,
            "description": organization.description,
            "short-name": organization.short_name,
            "parent-id": organization.parent_id.map(|id| id.to_string()),
            "ancestor-ids": line.iter().rev().map(ToString::to_string).collect::<Vec<_>>(),
            "created-at": organization.created_at.to_string(),
            "updated-at": organization.updated_at.to_string(),
            "version": organization.version,
        },
    })
}

/// A group with its members.
#[must_use]
pub fn group(group: &Group, members: &[policy::UserId]) -> Value {
    json!({
        "type": "groups",
        "id": group.id.to_string(),
        "attributes": {
            "name": group.name,
            "description": group.description,
            "created-at": group.created_at.to_string(),
            "updated-at": group.updated_at.to_string(),
            "version": group.version,
        },
        "relationships": {
            "users": identifiers("users", members),
            "organizations": identifiers("organizations", &group.organization_ids),
        },
    })
}

/// A connection as this account sees it. What is granted is shown to the host alone. `mails` are those of the newest
/// invitation, as far as they are known.
#[must_use]
pub fn connection(connection: &Connection, viewer: AccountId, mails: &[Invitation], now: Timestamp) -> Value {
    let granted = connection.host_id == viewer;
    let delivery = Delivery::of_several(&mails.iter().map(|mail| mail.delivery).collect::<Vec<_>>());
    let mut shown = json!({
        "type": "connections",
        "id": connection.id.to_string(),
        "attributes": {
            "direction": if granted { "granted" } else { "received" },
            "status": connection.life().status(now).name(),
            "host-account-id": connection.host_id.to_string(),
            "host-account-name": connection.host_name,
            "delegate-account-id": connection.delegate_id.to_string(),
            "delegate-account-name": connection.delegate_name,
            "subdomain": connection.delegate_subdomain,
            "maximum-role-name": connection.maximum_role.name(),
            "all-organizations": connection.all_organizations,
            "message": connection.message,
            "inviter-name": connection.inviter_name,
            "invitation-expires-at": connection.invitation_expires_at.to_string(),
            "invitation-delivery": delivery.map(Delivery::name),
            "expires-at": moment(connection.ends_at),
            "accepted-at": moment(connection.accepted_at),
            "accepted-by": connection.accepted_by,
            "created-at": connection.created_at.to_string(),
            "updated-at": connection.updated_at.to_string(),
            "version": connection.version,
        },
    });
    if let Some(members) = shown.as_object_mut().filter(|_| granted) {
        members.insert(
            "relationships".to_owned(),
            json!({
                "groups": identifiers("groups", &connection.group_ids),
                "organizations": identifiers("organizations", &connection.organization_ids),
            }),
        );
    }
    shown
}

/// What a host says of one person of a delegate.
#[must_use]
pub fn person(person: &Person) -> Value {
    json!({
        "type": "users",
        "id": person.user_id.to_string(),
        "attributes": {
            "name": person.user_name,
            "access": person.access,
            "maximum-role-name": person.maximum_role.map(|role| role.name()),
            "all-organizations": person.has_grants.then_some(person.all_organizations),
            "updated-at": person.updated_at.to_string(),
        },
        "relationships": if person.has_grants {
            json!({
                "groups": identifiers("groups", &person.group_ids),
                "organizations": identifiers("organizations", &person.organization_ids),
            })
        } else {
            json!({})
        },
    })
}

/// An API key, when it was last used, and the key itself for the one time that it is shown; `null` where it was.
#[must_use]
pub fn api_key(key: &ApiKey, last_used_at: Option<Timestamp>, text: Option<Value>) -> Value {
    let mut shown = json!({
        "type": "api-keys",
        "id": key.id.to_string(),
        "attributes": {
            "name": key.name,
            "role-name": key.role.name(),
            "all-organizations": key.all_organizations,
            "created-at": key.created_at.to_string(),
            "created-by-id": key.maker_id.to_string(),
            "created-by-name": key.maker_name,
            "expires-at": moment(key.ends_at),
            "last-used-at": moment(last_used_at),
            "version": key.version,
        },
        "relationships": {"organizations": identifiers("organizations", &key.organization_ids)},
    });
    let attributes = shown.get_mut("attributes").and_then(Value::as_object_mut);
    if let (Some(text), Some(attributes)) = (text, attributes) {
        attributes.insert("key".to_owned(), text);
    }
    shown
}

/// An account and its settings.
#[must_use]
pub fn account(account: &Account) -> Value {
    json!({
        "type": "accounts",
        "id": account.id.to_string(),
        "attributes": {
            "name": account.name,
            "subdomain": account.subdomain,
            "enforce-mfa": account.enforce_mfa,
            "require-delegate-mfa": account.require_delegate_mfa,
            "invitation-lifetime-hours": account.invitation_lifetime.hours(),
            "created-at": account.created_at.to_string(),
            "updated-at": account.updated_at.to_string(),
            "version": account.version,
        },
    })
}
