//! The connections of an account, those that it grants and those that it receives.

use api::{Api, Caller, Failure, show as shown};
use policy::connection::Status;
use policy::{ConnectionId, GroupReach};
use serde_json::{Value, json};
use store::Connection;
use web::list::Listing;
use web::{Answer, Call, Fault};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let listing = Listing::read(call, &["direction", "status"], &["id", "created-at", "updated-at"], &[])?;
    let account = caller.account.id;
    let bad = |name: &str, detail: &str| {
        Fault::malformed("bad-parameter", detail).in_parameter(format!("filter[{name}]"))
    };
    let mut connections = match listing.filter("direction") {
        None => {
            let (mut granted, received) = tokio::try_join!(
                api.store.connections_granted(account),
                api.store.connections_received(account)
            )?;
            granted.extend(received);
            granted
        }
        Some("granted") => api.store.connections_granted(account).await?,
        Some("received") => api.store.connections_received(account).await?,
        Some(_) => return Err(bad("direction", "One of granted, received.").into()),
    };
    if let Some(wanted) = listing.filter("status") {
        if !Status::ALL.iter().any(|status| status.name() == wanted) {
            return Err(bad("status", "One of pending, active, suspended, declined, expired, ended.").into());
        }
        connections.retain(|connection| connection.life().status(call.now).name() == wanted);
    }
    match listing.sort().map(|(name, _)| name) {
        Some("updated-at") => {
            listing.sort_by_key(&mut connections, |connection| (connection.updated_at, connection.id))
        }
        _ => listing.sort_by_key(&mut connections, |connection| connection.id),
    }
    let page = listing.page(connections);
    let mut data: Vec<Value> = Vec::with_capacity(page.rows.len());
    for connection in &page.rows {
        data.push(resource(api, call, &caller, connection).await?);
    }
    Ok(Answer::ok(&listing.document(&data, page.total, None)))
}

pub async fn show(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    Ok(Answer::ok(&json!({"data": resource(api, call, &caller, &connection).await?})))
}

/// The connection as the caller's account sees it; how its mails fare is the host's to know.
pub async fn resource(
    api: &Api,
    call: &Call,
    caller: &Caller,
    connection: &Connection,
) -> Result<Value, Failure> {
    let account = caller.account.id;
    let mails = if connection.host_id == account {
        api.store.connection_mails(connection).await?
    } else {
        Vec::new()
    };
    Ok(shown::connection(connection, account, &mails, call.now))
}
