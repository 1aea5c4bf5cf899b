//! Invites people: reads what is known of them, asks the rules, writes all of them with their invitations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::document::OneOrMany;
use api::show::ForeseenUser;
use api::{Api, Caller, Failure, show};
use policy::invitation::{Known, Outcome, default_message};
use policy::{Actor, EmailAddress, GroupReach, OrganizationId, Person, Refusal, Timestamp, UserId};
use store::invitation::NewLink;
use store::{Invitation, User, UserStatus, until_current};
use web::{Answer, Call, Fault, Faults};

use crate::rows::{Row, Rows, read};
use crate::shown::{InviteResult, Invited, Results};

/// Invites everyone whom the request names. With `preview` it says what would come of it and writes nothing.
pub async fn invite(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    // Who may not invite learns nothing about the rest of the request.
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_manage_users()?;
    let asked = read(call)?;
    let (rows, many) = (&asked.rows, asked.many);
    let mut committed: HashMap<EmailAddress, (User, Invitation)> = HashMap::new();
    let plan = until_current!(attempt(api, call, &asked, preview, &mut committed))?;
    let results = rows.iter().zip(&plan.outcomes).map(|(row, (outcome, known))| {
        let new = committed.get(&row.email).map(|(user, _)| user.id);
        InviteResult::of(&row.email, *outcome, known.or(new))
    });
    let meta = Results { results: results.collect(), preview };
    let shown =
        |(user, invitation): &(User, Invitation)| show::user(user, Some(invitation), &plan.groups, call.now);
    if preview {
        let data = plan.new.iter().map(|new| ForeseenUser::from(shown(new))).collect();
        return Ok(Answer::ok(&Invited { data: OneOrMany::of(data, many), meta }));
    }
    let mut seen = BTreeSet::new();
    let created = rows.iter().filter_map(|row| committed.get(&row.email));
    let data = created.filter(|(user, _)| seen.insert(user.id)).map(shown).collect();
    Ok(Answer::created(&Invited { data: OneOrMany::of(data, many), meta }))
}

/// Decides and writes. `committed` keeps those who are written, also by an attempt that was overtaken half-way.
async fn attempt(
    api: &Api,
    call: &Call,
    asked: &Rows,
    preview: bool,
    committed: &mut HashMap<EmailAddress, (User, Invitation)>,
) -> Result<Plan, Failure> {
    let plan = Plan::make(api, call, asked, committed).await?;
    if !preview {
        let act = plan.caller.act(call);
        let revision = plan.caller.security.revision;
        let (done, outcome) = api.store.invite(&plan.new, &api.limits, revision, &act).await;
        committed.extend(plan.new.iter().take(done).map(|new| (new.0.email.clone(), new.clone())));
        outcome?;
    }
    Ok(plan)
}

/// What comes of a request, decided from what is stored now.
struct Plan {
    caller: Caller,
    groups: GroupReach,
    /// For each row its outcome and whose the address was before.
    outcomes: Vec<(Outcome, Option<UserId>)>,
    /// Those who are to be written.
    new: Vec<(User, Invitation)>,
}

impl Plan {
    async fn make(
        api: &Api,
        call: &Call,
        asked: &Rows,
        committed: &HashMap<EmailAddress, (User, Invitation)>,
    ) -> Result<Self, Failure> {
        let rows = &asked.rows;
        let caller = api.caller(call).await?;
        let account = caller.account.id;
        let named = rows.iter().flat_map(|row| &row.permissions.grants.groups).copied();
        let groups_in_question: BTreeSet<_> = named.chain(caller.group_ids()).collect();
        let organizations: BTreeSet<OrganizationId> =
            rows.iter().flat_map(|row| &row.permissions.grants.organizations).copied().collect();
        let emails: BTreeSet<&EmailAddress> = rows.iter().map(|row| &row.email).collect();
        let emails: Vec<&EmailAddress> = emails.into_iter().collect();
        let (groups, organizations, known) = tokio::try_join!(
            api.store.group_reach(account, &groups_in_question),
            api.store.organizations_by_id(account, &organizations),
            api.store.users_by_email(account, &emails),
        )?;
        let organizations: BTreeSet<_> =
            organizations.into_iter().map(|organization| organization.id).collect();
        let actor = caller.actor(&groups);
        let mut faults = asked.faults.clone();
        faults.extend(faults_of(rows, &actor, &groups, &organizations));
        Faults::check(faults)?;

        let key_id = api.signing_key(call).await?;
        let mut seen: BTreeMap<&EmailAddress, Option<UserId>> = BTreeMap::new();
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut new = Vec::new();
        for row in rows {
            let earlier = seen.get(&row.email).copied();
            // Those whom an earlier try of this very request wrote were not known before it.
            let user = known
                .get(&row.email)
                .filter(|user| committed.get(&user.email).is_none_or(|(own, _)| own.id != user.id));
            let already = user
                .map(|user| Known { my_glue: user.my_glue, accepted: user.status != UserStatus::Invited });
            let outcome = Outcome::of(already, row.my_glue, earlier.is_some());
            if outcome == Outcome::Invited && !committed.contains_key(&row.email) {
                new.push(self::new(api, &caller, row, &key_id, call.now));
            }
            let known_id = user.map(|user| user.id).or(earlier.flatten());
            outcomes.push((outcome, known_id));
            seen.entry(&row.email).or_insert(known_id);
        }
        let recipients: Vec<&EmailAddress> = new.iter().map(|(user, _)| &user.email).collect();
        let over = api.over_limit(&caller, call, &recipients).await?;
        Faults::check(
            over.into_iter().map(|(place, refusal)| over_limit(place, refusal, &recipients, rows)).collect(),
        )?;
        Ok(Self { caller, groups, outcomes, new })
    }
}

/// Every fault of every row that shows only beside what is stored.
fn faults_of(
    rows: &[Row],
    actor: &Actor,
    groups: &GroupReach,
    organizations: &BTreeSet<OrganizationId>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for row in rows {
        let grants = &row.permissions.grants;
        let at = |place: &str| format!("{}/{place}", row.pointer);
        let unknown_groups = grants.groups.iter().filter(|group| !groups.contains_key(group));
        let before = faults.len();
        faults.extend(unknown_groups.map(|group| {
            Fault::unacceptable("unknown-group", format!("There is no group {group}."))
                .at(at("relationships/groups"))
        }));
        faults.extend(grants.organizations.difference(organizations).map(|organization| {
            let detail = format!("There is no organization {organization}.");
            Fault::unacceptable("unknown-organization", detail).at(at("relationships/organizations"))
        }));
        if faults.len() > before {
            continue;
        }
        let person = Person { id: None, email: row.email.to_string() };
        let refused = actor
            .may_grant(&row.permissions, groups)
            .and_then(|()| grants.check(row.permissions.role, groups, &person));
        faults.extend(refused.err().map(|refusal| Fault::from(refusal).at(row.pointer.as_str())));
    }
    faults
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
        mfa: false,
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
    let message = row.message.clone().unwrap_or_else(|| default_message(&sponsor.name, &caller.account.name));
    let link = NewLink {
        expires_at: row
            .expires_at
            .unwrap_or_else(|| now.after(caller.account.invitation_lifetime.duration())),
        sponsor,
        key_id: key_id.to_owned(),
    };
    let invitation = Invitation::new(caller.account.id, user.id, message, link, now);
    (user, invitation)
}
