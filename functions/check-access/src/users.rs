//! `GET /access/users`: who can reach an organization, and how.

use api::list::Plainly;
use api::{Api, Failure};
use policy::connection::Status;
use policy::decision::{Facts, Question, granted_ways};
use policy::{AccountId, Action, OrganizationId, decide};
use store::{Account, Organization};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{Others, ReachingDelegate, ReachingGuest, ReachingKey, ReachingUser};

/// At most this many persons of one delegate are named; `GET /connections/{id}/visitors` lists all.
const NAMED: usize = 100;

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
    let asked =
        asked.ok_or_else(|| pages.listing.bad_filter("organization-id", "Say which organization."))?;
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
    let (connections, api_keys) = tokio::try_join!(
        connections(api, call, &caller.account, &organization),
        reaching_keys(api, call, account, &organization)
    )?;
    let meta = Others { list: pages.listing.meta(&page.paging), connections, api_keys };
    Ok(Answer::ok(&pages.document(data, meta, &page.paging)))
}

/// The connections by which users of other accounts reach the organization at this moment, with those of their people who came in
/// at some time and reach it now.
async fn connections(
    api: &Api,
    call: &Call,
    host: &Account,
    organization: &Organization,
) -> Result<Vec<ReachingDelegate>, Failure> {
    let (granted, known) =
        tokio::try_join!(api.store.connections_granted(host.id), api.store.all_visitors(host.id))?;
    let mut through = Vec::new();
    for connection in granted {
        let life = connection.life();
        let is_open = life.status(call.now) == Status::Active;
        let ways = granted_ways(&life.grants, organization.id, Some(&organization.facts()));
        if !is_open || ways.is_empty() {
            continue;
        }
        let guests = api.guests(host, &connection, &known, call.now).await?;
        let reaching = guests.iter().filter_map(|guest| {
            let ways = guest.visit.ways(organization.id, Some(&organization.facts()));
            (guest.obstacles.is_empty() && !ways.is_empty()).then(|| ReachingGuest::of(guest, &ways))
        });
        through.push(ReachingDelegate::of(&connection, &ways, reaching.take(NAMED).collect()));
    }
    Ok(through)
}

/// The API keys that reach the organization at this moment.
async fn reaching_keys(
    api: &Api,
    call: &Call,
    account: AccountId,
    organization: &Organization,
) -> Result<Vec<ReachingKey>, Failure> {
    let keys = api.store.api_keys(account).await?;
    let question = Question { action: Action::Read, organization: organization.id };
    let reaching = keys.iter().filter(|key| !key.is_over(call.now)).filter_map(|key| {
        let facts = Facts { user: Some(key.facts()), visit: None, organization: Some(organization.facts()) };
        let decision = decide(&question, &facts, call.now);
        decision.allowed().then(|| ReachingKey::of(key, &decision))
    });
    Ok(reaching.collect())
}
