//! What a link in a GlueConnect mail opens at this moment.

use api::{Api, Failure};
use policy::connection::LinkFault;
use store::Connection;
use web::{Answer, Call, Fault, page};

/// Opens a link: 404 for what is none of ours, 410 with the reason for what is no longer good.
pub async fn open(api: &Api, call: &Call, token: &str) -> Result<Connection, Failure> {
    let link = api
        .keys
        .verify(call.now, |keys| keys.verify_connection_invitation(token))
        .await?
        .map_err(|_| unknown(call))?;
    let connection = api.store.connection(link.host, link.connection).await?;
    let connection =
        connection.filter(|found| found.delegate_id == link.delegate).ok_or_else(|| unknown(call))?;
    call.noted.tell(connection.subject());
    connection.life().check_link(link.generation, call.now).map_err(|fault| refused(call, fault))?;
    Ok(connection)
}

/// The same for a link that is none and for one that is not meant for the caller's account.
pub fn unknown(call: &Call) -> Failure {
    if call.wants_page() {
        Failure::Answered(Box::new(Answer::page(404, page::unknown())))
    } else {
        Fault::unknown().into()
    }
}

fn refused(call: &Call, fault: LinkFault) -> Failure {
    if !call.wants_page() {
        return Fault::gone(fault.code(), web::fault::sentence(&fault.to_string())).into();
    }
    let html = match fault {
        LinkFault::Used => page::already_answered(),
        LinkFault::Expired => page::expired(None),
        LinkFault::Superseded => page::superseded(),
        LinkFault::Withdrawn => page::withdrawn(),
    };
    Failure::Answered(Box::new(Answer::page(410, html)))
}
