//! What a link in a GlueConnect mail opens now.

use api::link::{refused, unknown};
use api::{Api, Failure};
use store::Connection;
use web::Call;

/// Opens a link: 404 for what is none of ours, 410 with the reason for what is no longer good.
pub async fn open(api: &Api, call: &Call, token: &str) -> Result<Connection, Failure> {
    let opened = async {
        let connection = look_at(api, call, token).await?;
        check_sponsor(api, call, &connection).await?;
        Ok(connection)
    };
    api.counting_dead(call, opened.await).await
}

/// The same for an answer, which may be a no: whoever made the offer may be gone then.
pub async fn open_to_answer(api: &Api, call: &Call, token: &str) -> Result<Connection, Failure> {
    api.counting_dead(call, look_at(api, call, token).await).await
}

async fn look_at(api: &Api, call: &Call, token: &str) -> Result<Connection, Failure> {
    let link = api
        .keys
        .verify(call.now, |keys| keys.verify_connection_invitation(token))
        .await?
        .map_err(|_| unknown(call))?;
    let connection = api.store.connection(link.host, link.connection).await?;
    let connection =
        connection.filter(|found| found.delegate_id == link.delegate).ok_or_else(|| unknown(call))?;
    call.noted.tell(connection.subject());
    let inviter = Some(connection.inviter_name.as_str());
    connection.life().check_link(link.generation, call.now).map_err(|fault| refused(call, fault, inviter))?;
    Ok(connection)
}

/// Whether the one who made the offer, or sent it again, may still make it now.
pub async fn check_sponsor(api: &Api, call: &Call, connection: &Connection) -> Result<(), Failure> {
    let host = connection.host_id;
    let sponsor = api.vouching(host, connection.sponsor(), call.now).await?;
    let groups = api.store.group_reach(host, &connection.group_ids).await?;
    // Their own reach is not asked for: an Administrator has all.
    let sponsor = sponsor.map(|sponsor| sponsor.actor(&groups));
    let checked = connection.life().check_sponsor(sponsor.as_ref(), &groups);
    checked.map_err(|fault| refused(call, fault, Some(&connection.inviter_name)))
}
