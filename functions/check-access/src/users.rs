//! `GET /access/users`: who can reach an organization, and how.

use api::{Api, Failure, show};
use policy::decision::{Facts, Question};
use policy::{Action, OrganizationId, decide};
use serde_json::{Value, json};
use web::list::Listing;
use web::{Answer, Call, Fault};

pub async fn reaching(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.user.group_ids).await?;
    let actor = caller.actor(&own_groups);
    actor.may_manage_users()?;
    let listing = Listing::read(call, &["organization-id"], &["name", "email", "id"], &[])?;
    let bad =
        |detail: &str| Fault::malformed("bad-parameter", detail).in_parameter("filter[organization-id]");
    let asked: OrganizationId = match listing.filter("organization-id") {
        None => return Err(bad("Say which organization.").into()),
        Some(text) => text.parse().map_err(|_| bad("An id is decimal digits."))?,
    };
    let organization = api.store.organization(account, asked).await?.ok_or_else(Fault::unknown)?;
    if actor.may_touch_organization(Action::Read, asked).is_err() {
        return Err(Fault::unknown().into());
    }
    let question = Question { action: Action::Read, organization: asked };
    let decision = |user: &store::User| {
        let facts = Facts { user: Some(user.facts()), organization: Some(organization.facts()) };
        decide(&question, &facts, call.now)
    };
    let mut reaching: Vec<_> = api
        .store
        .users(account)
        .await?
        .into_iter()
        .map(|user| (decision(&user), user))
        .filter(|(decision, _)| decision.allowed())
        .collect();
    match listing.sort().map(|(name, _)| name) {
        Some("name") => listing.sort_by_key(&mut reaching, |(_, user)| (user.name().to_lowercase(), user.id)),
        Some("email") => listing.sort_by_key(&mut reaching, |(_, user)| user.email.clone()),
        _ => listing.sort_by_key(&mut reaching, |(_, user)| user.id),
    }
    let page = listing.page(reaching);
    let data: Vec<Value> = page
        .rows
        .iter()
        .map(|(decision, user)| {
            json!({
                "type": "users",
                "id": user.id.to_string(),
                "attributes": {
                    "name": user.name(),
                    "email": user.email,
                    "role-name": user.role.name(),
                    "status": user.status,
                },
                "meta": {"via": decision.via.iter().map(show::via).collect::<Vec<_>>()},
            })
        })
        .collect();
    Ok(Answer::ok(&listing.document(&data, page.total, None)))
}
