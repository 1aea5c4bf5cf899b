//! `GET /access/organizations`: what a user can reach, and how, as far as the caller can see it.

use api::{Api, Caller, Failure};
use lists::{Pages, Plainly};
use policy::decision::{Facts, Question, UserFacts, VisitFacts};
use policy::{Action, Decision, Reach, Role, Timestamp, UserId, decide};
use store::Organization;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::ReachedOrganization;

pub const SHAPE: Shape = Shape {
    filters: &[Filter::one(
        "user-id",
        Kind::Id,
        "The user whose organizations are listed; the caller if left out. Only Managers and Administrators can name others.",
    )],
    sorts: &["name", "id", "created-at", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn reached(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let asked: Option<UserId> = pages.listing.one("user-id", &mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let seen = caller.actor(&own_groups).reach;
    let (facts, visit, reach, role) = match asked.filter(|user| !caller.is_user(*user)) {
        None => (caller.facts(), caller.visit_facts(), seen.clone(), caller.effective_role()),
        Some(asked) => {
            caller.standing().may_manage_users()?;
            of_another(api, &caller, asked, call.now).await?
        }
    };
    let walk = match reach {
        Reach::All => api.store.walk_organizations(account, pages.span()),
        Reach::These(ids) => api.store.walk_these_organizations(account, &ids, pages.span()),
    };
    let decision = |organization: &Organization| -> Decision {
        let question = Question { action: Action::Read, organization: organization.id };
        let facts = Facts {
            user: Some(facts.clone()),
            visit: visit.clone(),
            organization: Some(organization.facts()),
            asset: None,
        };
        decide(&question, &facts, call.now)
    };
    let filters = Plainly(|organization: &Organization| {
        decision(organization).allowed() && seen.contains(organization.id)
    });
    let page = pages.page(walk, &filters, None).await?;
    let shown =
        |organization: &Organization| ReachedOrganization::of(organization, role, &decision(organization));
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    pages.answer(data, &page.paging, None)
}

/// What a user of the account has, or a person of a delegate whom the account knows, as they are inside.
async fn of_another(
    api: &Api,
    caller: &Caller,
    asked: UserId,
    now: Timestamp,
) -> Result<(UserFacts, Option<VisitFacts>, Reach, Role), Failure> {
    let account = caller.account.id;
    if let Some(user) = api.store.user(account, asked).await? {
        let groups = api.store.group_reach(account, &user.group_ids).await?;
        return Ok((user.facts(), None, user.grants().reach(user.role, &groups), user.role));
    }
    let asked_about = [(asked, Vec::new())].into();
    let mut guests = api.guests_asked_about(&caller.account, &asked_about, now).await?;
    let guest = guests.remove(&asked).ok_or_else(Fault::unknown)?;
    let facts = guest.facts().ok_or_else(Fault::unknown)?;
    let groups = api.store.group_reach(account, &guest.group_ids()).await?;
    let (reach, role) = (guest.visit.reach(&groups), guest.visit.effective_role(facts.role));
    Ok((facts, Some(guest.visit), reach, role))
}
