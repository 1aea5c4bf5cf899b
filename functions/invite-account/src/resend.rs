//! Renews the invitation of a pending connection: new links for the delegate's Administrators of today, the older ones dead.

use api::document::Data;
use api::{Api, Failure, show};
use policy::connection::State;
use policy::{ConnectionId, GroupReach};
use store::connection::Revisions;
use store::{Connection, until_current};
use web::request::id_in_path;
use web::{Answer, Call, Fault};

use crate::invite::{Mails, delegate_now};

pub async fn resend(api: &Api, call: &Call, id: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let id: ConnectionId = id_in_path(id)?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = api.store.connection(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    if connection.state != State::Pending {
        return Err(Fault::conflict("already-answered", "This invitation was answered or withdrawn.").into());
    }
    let delegate = delegate_now(api, connection.delegate_id).await?;
    let renewed = Connection {
        generation: connection.generation.saturating_add(1),
        invitation_expires_at: call.now.after(caller.account.invitation_lifetime.duration()),
        inviter_name: caller.name(),
        ..connection
    };
    let mails = Mails::write(api, call, &caller, &renewed, &delegate).await?;
    let revisions = Revisions { host: caller.security.revision, delegate: delegate.security.revision };
    let act = caller.act(call);
    api.store.renew_connection(&renewed, &mails.addressed(), &api.limits, revisions, &act).await?;
    let shown = Connection { version: renewed.version + 1, updated_at: call.now, ..renewed };
    let data = show::connection(&shown, caller.account.id, &mails.invitations(), call.now);
    Ok(Answer::accepted(&Data { data }))
}
