//! `GET /access/organizations`: what a user can reach, and how, as far as the caller can see it.

use api::{Api, Failure, show};
use policy::decision::{Facts, Question};
use policy::{Action, Decision, GroupReach, Reach, UserId, decide};
use serde_json::{Value, json};
use store::Organization;
use web::list::Listing;
use web::{Answer, Call, Fault};

pub async fn reached(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let listing = Listing::read(call, &["user-id"], &["name", "id"], &[])?;
    let asked: Option<UserId> = match listing.filter("user-id") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Fault::malformed("bad-parameter", "An id is decimal digits.").in_parameter("filter[user-id]")
        })?),
    };
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let seen = caller.actor(&own_groups).reach;
    let (facts, reach, role) = match asked.filter(|user| !caller.is_user(*user)) {
        None => (caller.facts(), seen.clone(), caller.effective_role()),
        Some(asked) => {
            caller.actor(&GroupReach::new()).may_manage_users()?;
            let user = api.store.user(account, asked).await?.ok_or_else(Fault::unknown)?;
            let groups = api.store.group_reach(account, &user.group_ids).await?;
            (user.facts(), user.grants().reach(user.role, &groups), user.role)
        }
    };
    let visit = caller.visit_facts();
    let mut organizations = match reach {
        Reach::All => api.store.organizations(account).await?,
        Reach::These(ids) => api.store.organizations_by_id(account, &ids).await?,
    };
    let decision = |organization: &Organization| -> Decision {
        let question = Question { action: Action::Read, organization: organization.id };
        let facts = Facts {
            user: Some(facts.clone()),
            visit: visit.clone(),
            organization: Some(organization.facts()),
        };
        decide(&question, &facts, call.now)
    };
    organizations.retain(|organization| decision(organization).allowed() && seen.contains(organization.id));
    match listing.sort() {
        Some(("name", _)) => {
            listing.sort_by_key(&mut organizations, |organization| {
                (organization.name.to_lowercase(), organization.id)
            });
        }
        _ => listing.sort_by_key(&mut organizations, |organization| organization.id),
    }
    let page = listing.page(organizations);
    let data: Vec<Value> = page
        .rows
        .iter()
        .map(|organization| {
            let via: Vec<_> = decision(organization).via.iter().map(show::via).collect();
            json!({
                "type": "organizations",
                "id": organization.id.to_string(),
                "attributes": {"name": organization.name, "role-name": role.name()},
                "meta": {"via": via},
            })
        })
        .collect();
    Ok(Answer::ok(&listing.document(&data, page.total, None)))
}
