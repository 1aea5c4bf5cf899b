//! The session of the caller: who they are and where, switching accounts, signing out.

use api::{Api, Caller, Failure, session, standpoint};
use policy::AccountId;
use policy::connection::Status;
use policy::decision::VisitFacts;
use serde_json::json;
use store::{Connection, until_current};
use tokens::{Session, SigningKeys};
use web::{Answer, Call, Fault};

pub async fn show(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let accounts = enterable(api, call, &caller).await?;
    Ok(Answer::ok(&json!({
        "data": {
            "type": "sessions",
            "id": caller.user.id.to_string(),
            "attributes": {
                "user-id": caller.user.id.to_string(),
                "home-account-id": caller.session.home_account.to_string(),
                "account-id": caller.account.id.to_string(),
                "account-name": caller.account.name,
                "role-name": caller.user.role.name(),
                "effective-role-name": caller.effective_role().name(),
                "connected": caller.visit.is_some(),
                "mfa": caller.session.mfa,
                "expires-at": caller.session.expires_at.to_string(),
            },
        },
        "meta": {"accounts": accounts.iter().map(|(facts, connection)| json!({
            "account-id": connection.host_id.to_string(),
            "account-name": connection.host_name,
            "connection-id": connection.id.to_string(),
            "maximum-role-name": facts.maximum_role().map(|role| role.name()),
            "effective-role-name": facts.maximum_role().map(|maximum| maximum.min(caller.user.role).name()),
        })).collect::<Vec<_>>()},
    })))
}

/// The hosts that the person can enter at this moment, by which connection each. From the home account alone: being inside
/// one host opens no other.
async fn enterable(
    api: &Api,
    call: &Call,
    caller: &Caller,
) -> Result<Vec<(VisitFacts, Connection)>, Failure> {
    let received = api.store.connections_received(caller.session.home_account).await?;
    let mut open = Vec::new();
    for connection in
        received.into_iter().filter(|connection| connection.life().status(call.now) == Status::Active)
    {
        let Entered { facts, .. } = enter(api, caller, &connection).await?;
        if facts.obstacles(caller.user.role, call.now).is_empty() {
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

async fn enter(api: &Api, caller: &Caller, connection: &Connection) -> Result<Entered, Failure> {
    let session =
        Session { account: connection.host_id, connection: Some(connection.id), ..caller.session.clone() };
    let membership = api.store.membership_at(&standpoint(&session)).await?.ok_or_else(Fault::unknown)?;
    let inside = Caller {
        account: membership.account,
        security: membership.security,
        user: caller.user.clone(),
        visit: membership.visit,
        session: session.clone(),
    };
    Ok(Entered { facts: inside.visit_facts().ok_or_else(Fault::unknown)?, session })
}

/// A token for another account that the person can enter; the own one is always among them.
pub async fn switch(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller_at_home(call).await?;
    let mut resource = call.document()?.one("sessions")?;
    let wanted: Option<AccountId> = resource.attributes.required("account-id", str::parse);
    resource.finish()?;
    let home = caller.session.home_account;
    let session = match wanted {
        Some(wanted) if wanted == home => {
            Session { account: home, connection: None, ..caller.session.clone() }
        }
        Some(wanted) => entered(api, call, &caller, wanted).await?,
        None => return Err(Fault::unknown().into()),
    };
    Ok(Answer::ok(&session::document(signing, &session)?))
}

/// The session inside a host, if the person can enter it now. A host that never let the account in looks like one that does
/// not exist; one that did says what stands in the way.
async fn entered(api: &Api, call: &Call, caller: &Caller, host: AccountId) -> Result<Session, Failure> {
    let received = api.store.connections_received(caller.session.home_account).await?;
    let standing = |connection: &&Connection| {
        matches!(connection.life().status(call.now), Status::Active | Status::Suspended | Status::Expired)
            && connection.accepted_at.is_some()
    };
    let mut with_host: Vec<&Connection> =
        received.iter().filter(|connection| connection.host_id == host).collect();
    with_host.retain(standing);
    let connection = with_host.last().ok_or_else(Fault::unknown)?;
    let Entered { session, facts } = enter(api, caller, connection).await?;
    match facts.obstacles(caller.user.role, call.now).first() {
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
    api.store.end_sessions(&caller.user, &caller.act(call)).await?;
    Ok(Answer::no_content())
}
