//! Invites people: reads what is known of them, asks the rules, writes all of them with their invitations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::changed;
use api::document::OneOrMany;
use api::show::ForeseenUser;
use api::{Api, Caller, Failure, Vouch, show};
use policy::decision::Standing;
use policy::invitation::{Known, Outcome};
use policy::judge::{Facts, may_invite};
use policy::log::Changed;
use policy::{
    Actor, EmailAddress, GroupReach, Holder, Judged, NamedPerson, OrganizationId, Refusal, Timestamp, UserId,
};
use store::group::reach_of;
use store::invitation::{Invitee, NewLink};
use store::{Group, Invitation, Organization, User, UserStatus, until_current};
use web::{Answer, Call, Fault, Faults};

use crate::rows::{Row, Rows, read};
use crate::shown::{InviteResult, Invited, Results};

/// Invites everyone whom the request names. With `preview` it says the outcome of it and writes nothing.
pub async fn invite(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    // Who may not invite learns nothing about the rest of the request.
    let caller = api.caller(call).await?;
    caller.standing().may_manage_users()?;
    let asked = read(call)?;
    let (rows, many) = (&asked.rows, asked.many);
    let mut committed: HashMap<EmailAddress, Invitee> = HashMap::new();
    // Whoever was overtaken is read anew.
    let mut known = Some(caller);
    let plan = until_current!(attempt(api, call, (&asked, preview), known.take(), &mut committed))?;
    let results = rows.iter().zip(&plan.outcomes).map(|(row, (outcome, known))| {
        let new = committed.get(&row.email).map(|new| new.user.id);
        InviteResult::of(&row.email, *outcome, known.or(new))
    });
    let meta = Results { results: results.collect(), preview };
    let mut room = show::Room::default();
    let mut shown = |new: &Invitee| {
        show::user(&new.user, Some(&new.invitation), &Vouch::JUST_NOW, &plan.groups, call.now)
            .within(&mut room)
    };
    if preview {
        let data = plan.new.iter().map(|new| ForeseenUser::from(shown(new))).collect();
        return Ok(Answer::ok(&Invited { data: OneOrMany::of(data, many), meta }));
    }
    let mut seen = BTreeSet::new();
    let created = rows.iter().filter_map(|row| committed.get(&row.email));
    let created: Vec<_> = created.filter(|new| seen.insert(new.user.id)).collect();
    let only = created.first().filter(|_| !many).map(|new| format!("/users/{}", new.user.id));
    let data = created.into_iter().map(shown).collect();
    let answer = Answer::created(&Invited { data: OneOrMany::of(data, many), meta });
    Ok(match only {
        Some(address) => answer.at(address),
        None => answer,
    })
}

/// Decides and writes. `committed` keeps those who are written, also by an attempt that was overtaken half-way.
async fn attempt(
    api: &Api,
    call: &Call,
    (asked, preview): (&Rows, bool),
    caller: Option<Caller>,
    committed: &mut HashMap<EmailAddress, Invitee>,
) -> Result<Plan, Failure> {
    let caller = match caller {
        Some(caller) => caller,
        None => api.caller(call).await?,
    };
    let plan = Plan::make(api, call, caller, asked, committed).await?;
    if !preview {
        let act = plan.caller.act(call);
        let (done, outcome) = api.store.invite(&plan.new, &api.limits, &plan.judged, &act).await;
        committed.extend(plan.new.iter().take(done).map(|new| (new.user.email.clone(), new.clone())));
        outcome?;
    }
    Ok(plan)
}

/// The outcome of a request, decided from what is stored now.
struct Plan {
    caller: Caller,
    groups: GroupReach,
    /// For each row its outcome and whose the address was before.
    outcomes: Vec<(Outcome, Option<UserId>)>,
    /// Those who are to be written.
    new: Vec<Invitee>,
    /// That they may be.
    judged: Judged,
}

impl Plan {
    async fn make(
        api: &Api,
        call: &Call,
        caller: Caller,
        asked: &Rows,
        committed: &HashMap<EmailAddress, Invitee>,
    ) -> Result<Self, Failure> {
        let rows = &asked.rows;
        let account = caller.account.id;
        let named = rows.iter().flat_map(|row| &row.permissions.grants.groups).copied();
        let groups_in_question: BTreeSet<_> = named.chain(caller.group_ids()).collect();
        let organizations: BTreeSet<OrganizationId> =
            rows.iter().flat_map(|row| &row.permissions.grants.organizations).copied().collect();
        let emails: BTreeSet<&EmailAddress> = rows.iter().map(|row| &row.email).collect();
        let emails: Vec<&EmailAddress> = emails.into_iter().collect();
        let (groups, organizations, sent) = tokio::try_join!(
            api.store.groups_by_id(account, &groups_in_question),
            api.store.organizations_by_id(account, &organizations),
            api.store.sent(account, &emails, call.now),
        )?;
        let known = api.store.users_by_id(account, &sent.users).await?;
        let known: HashMap<EmailAddress, User> =
            known.into_iter().map(|user| (user.email.clone(), user)).collect();
        let names = names(&groups, &organizations);
        let groups = reach_of(groups);
        let organizations: BTreeSet<_> =
            organizations.into_iter().map(|organization| organization.id).collect();
        let judge = Judge {
            actor: caller.actor(&groups),
            facts: caller.facts_of_change(call.now),
            groups: &groups,
            organizations: &organizations,
        };
        let mut faults = asked.faults.clone();
        let mut judged = Vec::with_capacity(rows.len());
        for row in rows {
            // Who stands for a new user is decided before there is one: any free id will do.
            match judge.row(row, api.store.ids().next(call.now)) {
                Ok(row) => judged.push(row),
                Err(wrong) => faults.extend(wrong),
            }
        }
        Faults::check(faults)?;
        let judged = Judged::all(judge.facts, judged);

        let key_id = api.signing_key(call).await?;
        let mut seen: BTreeMap<&EmailAddress, Option<UserId>> = BTreeMap::new();
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut new = Vec::new();
        for row in rows {
            let earlier = seen.get(&row.email).copied();
            // Those whom an earlier try of this very request wrote were not known before it.
            let user = known
                .get(&row.email)
                .filter(|user| committed.get(&user.email).is_none_or(|own| own.user.id != user.id));
            let already = user
                .map(|user| Known { my_glue: user.my_glue, accepted: user.status != UserStatus::Invited });
            let outcome = Outcome::of(already, row.my_glue, earlier.is_some());
            if outcome == Outcome::Invited && !committed.contains_key(&row.email) {
                let (user, invitation) = self::new(api, &caller, row, &key_id, call.now);
                let changes = granted(&user, &names);
                new.push(Invitee { user, invitation, changes });
            }
            let known_id = user.map(|user| user.id).or(earlier.flatten());
            outcomes.push((outcome, known_id));
            seen.entry(&row.email).or_insert(known_id);
        }
        let recipients: Vec<&EmailAddress> = new.iter().map(|new| &new.user.email).collect();
        let over = api.over_limit_of(&sent, &recipients, call.now);
        Faults::check(
            over.into_iter().map(|(place, refusal)| over_limit(place, refusal, &recipients, rows)).collect(),
        )?;
        Ok(Self { caller, groups, outcomes, new, judged })
    }
}

/// What the groups and organizations in question are called, by id.
fn names(groups: &[Group], organizations: &[Organization]) -> BTreeMap<u64, String> {
    let groups = groups.iter().map(|group| (group.id.number(), group.name.clone()));
    let organizations =
        organizations.iter().map(|organization| (organization.id.number(), organization.name.clone()));
    groups.chain(organizations).collect()
}

/// What a new user is given, for the log.
fn granted(user: &User, names: &BTreeMap<u64, String>) -> Vec<Changed> {
    let groups: Vec<u64> = user.group_ids.iter().map(|id| id.number()).collect();
    let organizations: Vec<u64> = user.organization_ids.iter().map(|id| id.number()).collect();
    changed::of_each([
        ("email", None, Some(user.email.to_string())),
        ("role-name", None, Some(user.role.name().to_owned())),
        ("all-organizations", None, user.grants().reach_all(user.role).then(|| "true".to_owned())),
        ("groups", None, changed::named(&groups, names)),
        ("organizations", None, changed::named(&organizations, names)),
    ])
}

/// What a row is held against.
struct Judge<'a> {
    actor: Actor,
    facts: Facts,
    groups: &'a GroupReach,
    organizations: &'a BTreeSet<OrganizationId>,
}

impl Judge<'_> {
    /// Whether this row may be invited; if not, every fault of it that shows only beside what is stored.
    fn row(&self, row: &Row, id: UserId) -> Result<Judged, Vec<Fault>> {
        let grants = &row.permissions.grants;
        let at = |place: &str| format!("{}/{place}", row.pointer);
        let unknown_groups = grants.groups.iter().filter(|group| !self.groups.contains_key(group));
        let unknown_groups =
            unknown_groups.map(|group| Fault::unknown_group(*group).at(at("relationships/groups")));
        let unknown = grants.organizations.difference(self.organizations).map(|organization| {
            Fault::unknown_organization(*organization).at(at("relationships/organizations"))
        });
        let unknown: Vec<Fault> = unknown_groups.chain(unknown).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let holder = Holder {
            person: NamedPerson { id: None, email: row.email.to_string() },
            permissions: row.permissions.clone(),
            standing: Standing::Pending,
        };
        may_invite(&self.actor, id, holder, self.groups, self.facts).map_err(|refusals| {
            refusals.into_iter().map(|refusal| Fault::from(refusal).at(row.pointer.as_str())).collect()
        })
    }
}

/// That a limit has no room for the request, or for the row of this recipient; or that this address gets no mail.
fn over_limit(place: Option<usize>, refusal: Refusal, recipients: &[&EmailAddress], rows: &[Row]) -> Fault {
    let recipient = place.and_then(|place| recipients.get(place));
    let row = recipient.and_then(|email| rows.iter().find(|row| row.email == **email));
    let is_about_address = matches!(refusal, Refusal::AddressSuppressed { .. });
    Fault::from(refusal).at(match row {
        Some(row) if is_about_address => format!("{}/attributes/email", row.pointer),
        Some(row) => row.pointer.clone(),
        None => "/data".to_owned(),
    })
}

fn new(api: &Api, caller: &Caller, row: &Row, key_id: &str, now: Timestamp) -> (User, Invitation) {
    let user = User {
        id: api.store.ids().next(now),
        email: row.email.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        role: row.permissions.role,
        status: UserStatus::Invited,
        my_glue: row.my_glue,
        all_organizations: false,
        organization_ids: BTreeSet::new(),
        group_ids: BTreeSet::new(),
        session_epoch: 1,
        session_ids: [].into(),
        mfa: false,
        mfa_since: None,
        accepted_at: None,
        current_sign_in_at: None,
        current_sign_in_ip: None,
        last_sign_in_at: None,
        last_sign_in_ip: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
    .with(row.permissions.clone());
    let sponsor = caller.sponsor();
    let link = NewLink {
        expires_at: row
            .expires_at
            .unwrap_or_else(|| now.after(caller.account.invitation_lifetime.duration())),
        sponsor,
        key_id: key_id.to_owned(),
    };
    let invitation = Invitation::new(caller.account.id, user.id, row.message.clone(), link, now);
    (user, invitation)
}
