//! `POST /access/check`: answers up to a hundred questions from what is stored now, in one round trip.

use std::collections::BTreeMap;
use std::str::FromStr;

use api::document::{Data, OneOrMany};
use api::guests::{Guest, Place};
use api::{Api, Caller, Failure};
use environment::metrics;
use policy::decision::{Facts, Question};
use policy::restrictions::ASSET_NAME_LIMIT;
use policy::{
    Action, AssetFacts, Decision, OrganizationId, ResourceId, ResourceType, Timestamp, UserId, decide,
};
use store::access::{AccessFacts, KnownFacts};
use store::{Asset, Subject};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault, Faults, Resource};

use crate::shown::AccessCheck;

/// At most this many questions in one request.
const QUESTIONS: usize = 100;

/// One or many questions.
pub const BODY: Body = Body::new(
    "access-checks",
    &[
        Attribute::required(
            "action",
            Kind::Words(|| Action::ALL.map(Action::name).to_vec()),
            "The action.",
        ),
        Attribute::required("organization-id", Kind::Id, "The organization."),
        Attribute::optional(
            "user-id",
            Kind::Id,
            "The user to check; the caller if left out. Only Managers and Administrators can check others.",
        ),
        Attribute::optional(
            "resource-type",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "The type of the asset, as the application names it. If given, types that are denied to groups are checked, and with `resource-id` also the restriction of the asset.",
        ),
        Attribute::optional(
            "resource-id",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "The asset, as the application names it. Only with `resource-type`.",
        ),
        Attribute::optional("record", Kind::Flag, "Whether to record the action in the activity log."),
    ],
)
.up_to(QUESTIONS);

/// One question as the request puts it.
pub struct Asked {
    /// What is asked.
    pub question: Question,
    /// Whom it asks about; none for the caller.
    pub user: Option<UserId>,
    /// What in the organization it is about, as it was sent.
    pub resource_type: Option<String>,
    /// Which, as it was sent.
    pub resource_id: Option<String>,
    /// The same type as the rules know it.
    kind: Option<ResourceType>,
    /// The asset; none if the question names a type alone, or none.
    asset: Option<Asset>,
    record: bool,
    /// Where it stands in the request.
    pointer: String,
}

pub async fn check(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let claim = api.claim(call).await?;
    let identity = claim.identity();
    // Whose key it is says only the table. A body that costs something waits until then.
    if !call.is_small() {
        api.check_key(call, &claim).await?;
    }
    let (asked, many) = match read(call, identity.user()) {
        Ok(read) => read,
        // What is wrong with a request is told to those who may make one.
        Err(faults) => return api.caller(call).await.and(Err(faults.into())),
    };
    let recorded = asked.iter().filter(|asked| asked.record).count();
    if recorded == 0 {
        call.noted.is_a_read();
    }
    let questions: Vec<_> =
        asked.iter().map(|asked| (asked.user, asked.question.organization, asked.asset.clone())).collect();
    let facts = api.store.access_facts(&identity, &questions);
    let (caller, facts) = api.caller_from(call, claim, facts).await?;
    if asked.iter().any(|asked| asked.user.is_some()) {
        caller.standing().may_manage_users()?;
    }
    let guests = guests(api, &caller, &asked, &facts, call.now).await?;
    if caller.person().is_ok() {
        Faults::check(
            asked.iter().filter(|asked| asked.record && asked.user.is_some()).map(not_theirs).collect(),
        )?;
    }
    // Each entry is a write of the caller's: the first one is the request that was counted already.
    api.count_more(&caller, call, recorded.saturating_sub(1)).await?;
    let mut rows = Vec::with_capacity(asked.len());
    let mut counts = BTreeMap::new();
    for (place, asked) in asked.iter().enumerate() {
        let known = facts.of(place);
        let guest = asked.user.and_then(|user| guests.get(&user));
        let facts = guest.map_or_else(|| gather(&caller, known, asked), |guest| gather_guest(guest, asked));
        let decision = decide(&asked.question, &facts, call.now);
        if asked.record {
            record(api, call, &caller, (known, guest), asked, &decision).await?;
        }
        *counts.entry((decision.allowed(), decision.reason())).or_insert(0_u32) += 1;
        rows.push(AccessCheck::of(place, asked, identity.user(), &decision));
    }
    for ((allowed, reason), count) in counts {
        let metric = if allowed { "ChecksAllowed" } else { "ChecksDenied" };
        metrics::measure_often(call.now, ("Reason", reason), metric, f64::from(count));
    }
    let data = OneOrMany::of(rows, many).ok_or_else(Fault::unavailable)?;
    Ok(Answer::ok(&Data { data }))
}

fn read(call: &Call, caller: Option<UserId>) -> Result<(Vec<Asked>, bool), Faults> {
    let (resources, many) = call.document()?.one_or_many(&BODY)?;
    let mut asked = Vec::with_capacity(resources.len());
    let mut faults = Vec::new();
    for resource in resources {
        match read_one(resource, caller) {
            Ok(one) => asked.push(one),
            Err(wrong) => faults.extend(wrong),
        }
    }
    Faults::check(faults)?;
    Ok((asked, many))
}

fn read_one(mut resource: Resource, caller: Option<UserId>) -> Result<Asked, Vec<Fault>> {
    let pointer = resource.pointer().to_owned();
    let attributes = &mut resource.attributes;
    let action: Option<Action> = attributes.required("action", str::parse);
    let organization: Option<OrganizationId> = attributes.required("organization-id", str::parse);
    let user: Option<UserId> = attributes.optional("user-id", str::parse);
    let resource_type: Option<(String, ResourceType)> = attributes.optional("resource-type", as_sent);
    let resource_id: Option<(String, ResourceId)> = attributes.optional("resource-id", as_sent);
    let record = attributes.flag("record").unwrap_or(false);
    let faults = resource.into_faults();
    let (resource_type, kind) = resource_type.unzip();
    let (resource_id, id) = resource_id.unzip();
    match (action, organization) {
        (Some(action), Some(organization)) if faults.is_empty() => Ok(Asked {
            question: Question { action, organization },
            user: user.filter(|user| Some(*user) != caller),
            asset: kind.clone().zip(id).map(|(kind, id)| Asset { organization, kind, id }),
            resource_type,
            resource_id,
            kind,
            record,
            pointer,
        }),
        _ => Err(faults),
    }
}

/// A name as it was sent, and as the rules know it.
fn as_sent<T: FromStr>(text: &str) -> Result<(String, T), T::Err> {
    Ok((text.to_owned(), text.parse()?))
}

impl Asked {
    /// Where it would be done, and to what.
    fn place(&self) -> Place {
        (self.question.organization, self.asset.clone())
    }

    /// What is stored of the asset that is named; none if no type is.
    fn asset_facts(&self, known: Option<&AccessFacts>) -> Option<AssetFacts> {
        let kind = self.kind.as_ref()?;
        Some(known.map(|facts| facts.asset(kind, self.asset.as_ref())).unwrap_or_default())
    }
}

fn gather(caller: &Caller, known: Option<&AccessFacts>, asked: &Asked) -> Facts {
    Facts {
        // A visitor asks about nobody else, so what is known of the visit belongs to the one asked about.
        visit: caller.visit_facts(),
        user: known.and_then(|facts| match asked.user {
            None => facts.caller.clone(),
            Some(user) => facts.users.get(&user).map(store::User::facts),
        }),
        organization: known
            .and_then(|facts| facts.organizations.get(&asked.question.organization))
            .map(store::Organization::facts),
        asset: asked.asset_facts(known),
    }
}

/// Those asked about who are no users of the account, but persons of a delegate whom it knows: each decided as inside.
async fn guests(
    api: &Api,
    caller: &Caller,
    asked: &[Asked],
    facts: &KnownFacts,
    now: Timestamp,
) -> Result<BTreeMap<UserId, Guest>, Failure> {
    let mut places: BTreeMap<UserId, Vec<Place>> = BTreeMap::new();
    for asked in asked {
        if let Some(user) = asked.user.filter(|user| !facts.all().any(|facts| facts.users.contains_key(user)))
        {
            places.entry(user).or_default().push(asked.place());
        }
    }
    api.guests_asked_about(&caller.account, &places, now).await
}

fn gather_guest(guest: &Guest, asked: &Asked) -> Facts {
    let known = guest.facts_of(&asked.place());
    let organization = known.and_then(|facts| facts.organizations.get(&asked.question.organization));
    Facts {
        user: guest.facts(),
        visit: Some(guest.visit.clone()),
        organization: organization.map(store::Organization::facts),
        asset: asked.asset_facts(known),
    }
}

/// What somebody did, they say themselves, or a program says it that acts for them.
fn not_theirs(asked: &Asked) -> Fault {
    let detail = "You cannot record an action of another user. Leave out `user-id`, or use an API key.";
    Fault::unacceptable("record-for-another", detail).at(format!("{}/attributes/record", asked.pointer))
}

async fn record(
    api: &Api,
    call: &Call,
    caller: &Caller,
    (known, guest): (Option<&AccessFacts>, Option<&Guest>),
    asked: &Asked,
    decision: &Decision,
) -> Result<(), Failure> {
    let organization = known.and_then(|facts| facts.organizations.get(&asked.question.organization));
    let mut subject = Subject::new("access-checks", "", "");
    subject.resource_id = asked.resource_id.clone().unwrap_or_default();
    subject.resource_name = asked.resource_type.clone().unwrap_or_default();
    subject.organization = organization.map(|organization| (organization.id, organization.name.clone()));
    let mut act = caller.act(call);
    // Who did it is the one asked about; a program that tells of it stands beside them.
    if let Some(user) = asked.user.and_then(|user| known.and_then(|facts| facts.users.get(&user))) {
        act.user = Some((user.id, user.name()));
        act.role = Some(user.role);
    } else if let Some(guest) = guest {
        act.user = Some((guest.known.user_id, guest.known.name.clone()));
        act.home = Some((guest.known.delegate_id, guest.home_name.clone()));
        act.role = decision.effective_role;
    }
    Ok(api.store.record(&act, asked.question.action.name(), decision.reason(), &subject).await?)
}
