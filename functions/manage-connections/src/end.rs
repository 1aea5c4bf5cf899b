//! Ends a connection, by an Administrator of either side. Ending what is over changes nothing.

use api::change::of_version;
use api::{Api, Failure};
use policy::connection::State;
use policy::{ConnectionId, GroupReach};
use store::{Connection, until_current};
use web::{Answer, Call, Fault};

pub async fn end(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    of_version(call, connection.version)?;
    if matches!(connection.state, State::Declined | State::Ended) {
        return Ok(Answer::no_content());
    }
    let ended = Connection { state: State::Ended, ..connection };
    let deciding = (caller.account.id, caller.security.revision);
    api.store.update_connection(&ended, "delete", deciding, &caller.act(call)).await?;
    Ok(Answer::no_content())
}
