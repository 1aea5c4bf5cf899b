//! The session of the caller: who they are and where, switching accounts, signing out.

use std::collections::BTreeMap;

use api::document::WithMeta;
use api::{Api, Failure, SignedInUser, browser, identity, session};
use policy::connection::{Connection as Life, Status};
use policy::decision::VisitFacts;
use policy::invitation::default_message;
use policy::{AccountId, Refusal, Timestamp};
use store::connection::HostOf;
use store::delegate::Visitor;
use store::{AuditContext, Connection, until_current};
use tokens::{SessionClaims, SigningKeys};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

/// Where to go.
pub const BODY: Body = Body::new(
    "sessions",
    &[Attribute::required("account-id", Kind::Id, "The account to switch into; your own to switch back.")],
);

use crate::shown::{self, Accounts, EnterableAccount, Standing};

/// In two round trips: who calls, beside where the hosts are; then the hosts.
pub async fn show(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let claim = api.claim(call).await?;
    let identity = claim.identity();
    let home = claim.home();
    let read = async {
        let (found, received) =
            tokio::try_join!(api.store.membership_at(&identity), api.store.received(home))?;
        let received = api.readable(call, received);
        Ok(found.map(|found| (found, received)))
    };
    let (caller, received) = match api.caller_from(call, claim, read).await {
        Err(Failure::Faults(faults)) if faults.is(Refusal::MfaEnrolmentRequired.code()) => {
            return enrolling(api, call).await;
        }
        known => known?,
    };
    let person = caller.person()?;
    let hosts = api.store.hosts_of(&received, person.session.home_account, &person.user.email).await?;
    let hosts = api.readable(call, hosts);
    let at_home = person.visit.is_none();
    let invitation_message = at_home.then(|| default_message(&person.user.name(), &caller.account.name));
    let meta = Accounts { accounts: hosts_shown(&hosts, person, call.now), invitation_message };
    let data = shown::Session::of(&caller, person, shown::Scope::Full);
    Ok(Answer::ok(&WithMeta { data, meta }))
}

/// Somebody who can do nothing but set up a second factor is told who they are, and no more.
async fn enrolling(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.enrolling_caller(call).await?;
    let data = shown::Session::of(&caller, caller.person()?, shown::Scope::Enrolment);
    Ok(Answer::ok(&WithMeta { data, meta: Accounts { accounts: Vec::new(), invitation_message: None } }))
}

/// The hosts that the person can enter, or could if nothing stood in the way, each by the newest connection that it agreed to.
/// From the home account alone: being inside one host opens no other.
fn hosts_shown(hosts: &[HostOf], person: &SignedInUser, now: Timestamp) -> Vec<EnterableAccount> {
    let mut by_host: BTreeMap<AccountId, &HostOf> = BTreeMap::new();
    for host in hosts.iter().filter(|host| stands(&host.life, host.has_agreed, now)) {
        by_host.insert(host.host.id, host);
    }
    let shown = |host: &&HostOf| {
        let facts = VisitFacts {
            connection: Some(host.life.clone()),
            person: host.person.as_ref().map(store::delegate::PersonLimit::limit),
            host_requires_mfa: host.host.require_delegate_mfa,
            session_has_mfa: person.session.mfa,
            factor_since: person.user.mfa_since,
        };
        let obstacle = facts.obstacles(person.user.role, now).first().copied();
        EnterableAccount::of(
            host,
            &facts,
            person.user.role,
            Standing::of(&host.life, obstacle, now),
            obstacle,
        )
    };
    by_host.values().map(shown).collect()
}

/// Whether a connection is, or was until it ran out, one by which people of the delegate come in.
fn stands(life: &Life, has_agreed: bool, now: Timestamp) -> bool {
    has_agreed && matches!(life.status(now), Status::Active | Status::Suspended | Status::Expired)
}

/// The person inside a host: the session, and what the rules see of them there.
pub struct Entered {
    pub session: SessionClaims,
    pub connection: Connection,
    pub facts: VisitFacts,
}

async fn enter(api: &Api, person: &SignedInUser, connection: &Connection) -> Result<Entered, Failure> {
    let session = SessionClaims {
        account: connection.host_id,
        connection: Some(connection.id),
        ..person.session.clone()
    };
    let membership = api.store.membership_at(&identity(&session)).await?.ok_or_else(Fault::unknown)?;
    let inside = SignedInUser { user: person.user.clone(), visit: membership.visit, session };
    let facts = inside.visit_facts(&membership.account).ok_or_else(Fault::unknown)?;
    Ok(Entered { facts, connection: connection.clone(), session: inside.session })
}

/// A token for another account that the person can enter; the own one is always among them.
pub async fn switch(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller_at_home(call).await?;
    let person = caller.person()?;
    let mut resource = call.document()?.one(&BODY)?;
    let wanted: Option<AccountId> = resource.attributes.required("account-id", str::parse);
    resource.finish()?;
    let home = person.session.home_account;
    let session = match wanted {
        Some(wanted) if wanted == home => {
            SessionClaims { account: home, connection: None, ..person.session.clone() }
        }
        Some(wanted) => {
            let entered = entered(api, call, person, wanted).await?;
            note_entering(api, person, &entered, caller.act(call)).await?;
            entered.session
        }
        None => return Err(Fault::unknown().into()),
    };
    Ok(Answer::ok(&session::document(signing, &session)?))
}

/// The session inside a host, if the person can enter it now. A host that never let the account in looks like one that does
/// not exist; one that did says what stands in the way.
pub async fn entered(
    api: &Api,
    call: &Call,
    person: &SignedInUser,
    host: AccountId,
) -> Result<Entered, Failure> {
    let received = api.store.connections_from(host, person.session.home_account).await?;
    let standing =
        |connection: &&Connection| stands(&connection.life(), connection.accepted_at.is_some(), call.now);
    let connection = received.iter().rfind(standing).ok_or_else(Fault::unknown)?;
    let entered = enter(api, person, connection).await?;
    match entered.facts.obstacles(person.user.role, call.now).first() {
        None => Ok(entered),
        Some(obstacle) => {
            Err(Fault::forbidden(obstacle.code(), "You cannot enter this account at the moment.").into())
        }
    }
}

/// Coming in is an act: in the host's log, and in the one at home.
pub async fn note_entering(
    api: &Api,
    person: &SignedInUser,
    entered: &Entered,
    home_act: AuditContext,
) -> Result<(), Failure> {
    let role = Some(entered.facts.effective_role(person.user.role));
    let act = AuditContext { account: entered.session.account, role, ..home_act };
    Ok(api.store.enter(&act, &Visitor::of(&person.user, &entered.connection)).await?)
}

/// Whether to sign out everywhere.
pub const EVERYWHERE: Attribute =
    Attribute::optional("everywhere", Kind::Flag, "Whether to end all other sessions too.");

/// Signs out: a browser that sends its cookie here, and everywhere if it says so; anyone else everywhere, in every account.
pub async fn end(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[EVERYWHERE.name])?;
    let everywhere = call.flag(EVERYWHERE.name)?;
    until_current!(attempt_to_end(api, call, everywhere))
}

async fn attempt_to_end(api: &Api, call: &Call, everywhere: bool) -> Result<Answer, Failure> {
    let caller = api.caller_at_home(call).await?;
    let (person, act) = (caller.person()?, caller.act(call));
    if !api.is_of_browser(call, person).await? {
        api.store.end_sessions(&person.user, &act).await?;
        return Ok(Answer::no_content());
    }
    if everywhere {
        api.store.end_sessions(&person.user, &act).await?;
    } else {
        api.store.end_session(&person.user, person.session.id, &act).await?;
    }
    Ok(Answer::no_content().with_cookie(Some(browser::no_cookie(call))))
}
