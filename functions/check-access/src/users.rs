//! `GET /access/users`: who can reach an organization, and how.

use api::list::Plainly;
use api::{Api, Failure};
use policy::connection::Status;
use policy::decision::{Facts, Question, granted_ways};
use policy::{AccountId, Action, OrganizationId, decide};
use store::Organization;
use web::body::Kind;
use web::list::{Filter, Shape, bad_filter};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{Delegates, ReachingDelegate, ReachingUser};

pub const SHAPE: Shape = Shape {
    filters: &[Filter::one("organization-id", Kind::Id, "Which organization.").required()],
    sorts: &["name", "email", "id", "created-at", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn reaching(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let actor = caller.actor(&own_groups);
    actor.may_manage_users()?;
    let pages = caller.pages(call, &SHAPE)?;
    let mut faults = Vec::new();
    let asked: Option<OrganizationId> = pages.listing.one("organization-id", &mut faults);
    Faults::check(faults)?;
    let asked = asked.ok_or_else(|| bad_filter("organization-id", "say which organization"))?;
    let organization = api.store.organization(account, asked).await?.ok_or_else(Fault::unknown)?;
    if actor.may_touch_organization(Action::Read, asked).is_err() {
        return Err(Fault::unknown().into());
    }
    let question = Question { action: Action::Read, organization: asked };
    let decision = |user: &store::User| {
        let facts = Facts { user: Some(user.facts()), visit: None, organization: Some(organization.facts()) };
        decide(&question, &facts, call.now)
    };
    let filters = Plainly(|user: &store::User| decision(user).allowed());
    let page = pages.page(api.store.walk_users(account, pages.span()), &filters, None).await?;
    let shown = |user: &store::User| ReachingUser::of(user, &decision(user), call.now);
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let connections = connections(api, call, account, &organization).await?;
    let meta = Delegates { list: pages.listing.meta(&page.paging), connections };
    Ok(Answer::ok(&pages.document(data, meta, &page.paging)))
}

/// The connections by which users of other accounts reach the organization at this moment.
async fn connections(
    api: &Api,
    call: &Call,
    account: AccountId,
    organization: &Organization,
) -> Result<Vec<ReachingDelegate>, Failure> {
    let granted = api.store.connections_granted(account).await?;
    let through = granted.into_iter().filter_map(|connection| {
        let life = connection.life();
        let is_open = life.status(call.now) == Status::Active;
        let ways = granted_ways(&life.grants, organization.id, Some(&organization.facts()));
        (is_open && !ways.is_empty()).then(|| ReachingDelegate::of(&connection, &ways))
    });
    Ok(through.collect())
}
