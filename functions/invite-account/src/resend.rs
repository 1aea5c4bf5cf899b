//! Renews the invitation of a pending connection: new links for the delegate's Administrators of today, the older ones dead.

use api::connections::offered;
use api::document::Data;
use api::resend::Resending;
use api::{Api, Failure, Vouch, show};
use policy::ConnectionId;
use policy::connection::State;
use store::invitation::Sponsor;
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
    caller.standing().may_administer()?;
    let resending = Resending::read(call)?;
    let connection = api.store.connection(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    if connection.state != State::Pending {
        return Err(Fault::conflict(
            "already-answered",
            "This invitation has already been answered or withdrawn.",
        )
        .into());
    }
    let delegate = delegate_now(api, connection.delegate_id).await?;
    let Sponsor { id: sponsor, name: inviter_name } = caller.sponsor();
    let (sponsor_id, sponsor_key_id) = sponsor.stored();
    let usual = call.now.after(caller.account.invitation_lifetime.duration());
    let (message, written_by) = match &resending.message {
        Some(message) => (message.clone(), Some(inviter_name.clone())),
        None => (connection.message.clone(), Some(connection.writer().to_owned())),
    };
    let renewed = Connection {
        generation: connection.generation.saturating_add(1),
        invitation_expires_at: resending.end(usual, connection.invitation_expires_at),
        message,
        written_by,
        inviter_name,
        sponsor_id,
        sponsor_key_id,
        ..connection.clone()
    };
    let groups = api.store.group_reach(caller.account.id, &renewed.group_ids).await?;
    let judged = offered(api, &caller, (Some(&connection), &renewed), &groups, call.now).await?;
    let mails = Mails::write(api, call, &caller, &renewed, &delegate).await?;
    let shown = |one: &Connection| show::connection(one, one.host_id, &[], &Vouch::JUST_NOW, call.now);
    let changes = api.changed(caller.account.id, &shown(&connection), &shown(&renewed)).await?;
    let (act, revision) = (caller.act(call).changing(changes), delegate.security.revision);
    let mailed = mails.addressed();
    api.store.renew_connection(&renewed, &mailed, &api.limits, &judged, revision, &act).await?;
    let shown = Connection { version: renewed.version + 1, updated_at: call.now, ..renewed };
    let data = show::connection(&shown, caller.account.id, &mails.invitations(), &Vouch::JUST_NOW, call.now);
    Ok(Answer::accepted(&Data { data }))
}
