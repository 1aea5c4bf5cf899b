//! The session of the caller: who they are and where, switching accounts, signing out.

use api::document::WithMeta;
use api::{Api, Failure, Person, session, standpoint};
use policy::AccountId;
use policy::connection::Status;
use policy::decision::VisitFacts;
use store::{Connection, until_current};
use tokens::{Session, SigningKeys};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

/// Where to go.
pub const BODY: Body = Body::new(
    "sessions",
    &[Attribute::required("account-id", Kind::Id, "The account to switch into; the own one switches back.")],
);

use crate::shown::{self, Accounts, EnterableAccount};

pub async fn show(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let person = caller.person()?;
    let accounts = enterable(api, call, person).await?;
    let account = |(facts, connection): &(VisitFacts, Connection)| {
        EnterableAccount::of(facts, connection, person.user.role)
    };
    let meta = Accounts { accounts: accounts.iter().map(account).collect() };
    Ok(Answer::ok(&WithMeta { data: shown::Session::of(&caller, person), meta }))
}

/// The hosts that the person can enter at this moment, by which connection each. From the home account alone: being inside
/// one host opens no other.
async fn enterable(
    api: &Api,
    call: &Call,
    person: &Person,
) -> Result<Vec<(VisitFacts, Connection)>, Failure> {
    let received = api.store.connections_received(person.session.home_account).await?;
    let mut open = Vec::new();
    for connection in
        received.into_iter().filter(|connection| connection.life().status(call.now) == Status::Active)
    {
        let Entered { facts, .. } = enter(api, person, &connection).await?;
        if facts.obstacles(person.user.role, call.now).is_empty() {
            open.push((facts, connection));
        }
    }
    Ok(open)
}

/// What the rules would see of the person inside this connection's host.
struct Entered {
    session: Session,
    facts: VisitFacts,
}

async fn enter(api: &Api, person: &Person, connection: &Connection) -> Result<Entered, Failure> {
    let session =
        Session { account: connection.host_id, connection: Some(connection.id), ..person.session.clone() };
    let membership = api.store.membership_at(&standpoint(&session)).await?.ok_or_else(Fault::unknown)?;
    let inside = Person { user: person.user.clone(), visit: membership.visit, session };
    let facts = inside.visit_facts(&membership.account).ok_or_else(Fault::unknown)?;
    Ok(Entered { facts, session: inside.session })
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
            Session { account: home, connection: None, ..person.session.clone() }
        }
        Some(wanted) => entered(api, call, person, wanted).await?,
        None => return Err(Fault::unknown().into()),
    };
    Ok(Answer::ok(&session::document(signing, &session)?))
}

/// The session inside a host, if the person can enter it now. A host that never let the account in looks like one that does
/// not exist; one that did says what stands in the way.
async fn entered(api: &Api, call: &Call, person: &Person, host: AccountId) -> Result<Session, Failure> {
    let received = api.store.connections_received(person.session.home_account).await?;
    let standing = |connection: &&Connection| {
        matches!(connection.life().status(call.now), Status::Active | Status::Suspended | Status::Expired)
            && connection.accepted_at.is_some()
    };
    let mut with_host: Vec<&Connection> =
        received.iter().filter(|connection| connection.host_id == host).collect();
    with_host.retain(standing);
    let connection = with_host.last().ok_or_else(Fault::unknown)?;
    let Entered { session, facts } = enter(api, person, connection).await?;
    match facts.obstacles(person.user.role, call.now).first() {
        None => Ok(session),
        Some(obstacle) => {
            Err(Fault::forbidden(obstacle.code(), "You cannot enter this account at this moment.").into())
        }
    }
}

/// Signs out everywhere: every token of the user is dead, in every account.
pub async fn end(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_to_end(api, call))
}

async fn attempt_to_end(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller_at_home(call).await?;
    api.store.end_sessions(&caller.person()?.user, &caller.act(call)).await?;
    Ok(Answer::no_content())
}
