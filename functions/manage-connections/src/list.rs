//! The connections of an account, those that it grants and those that it receives.

use api::document::Data;
use api::list::Sought as _;
use api::show::Direction;
use api::{Api, Caller, Failure, show as shown};
use policy::ConnectionId;
use policy::connection::Status;
use store::Connection;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{Meta, StatusCounts};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any(
            "direction",
            Kind::Words(|| Direction::ALL.map(Direction::name).to_vec()),
            "Those that the account grants, or receives.",
        ),
        Filter::any("status", Kind::Words(|| Status::ALL.map(Status::name).to_vec()), "How they stand."),
        Filter::search(
            "Those of an account in whose name or subdomain this stands, or whose id, or the connection's, it is.",
        ),
    ],
    sorts: &["id", "created-at", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// An account has few connections: all of them are read, whatever the page.
pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let pages = caller.pages(call, &SHAPE)?;
    let mut faults = Vec::new();
    let directions = pages.listing.choice("direction", &Direction::ALL.map(Direction::name), &mut faults);
    let statuses = pages.listing.choice("status", &Status::ALL.map(Status::name), &mut faults);
    let sought = pages.listing.search(&mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let (mut connections, received) =
        tokio::try_join!(api.store.connections_granted(account), api.store.connections_received(account))?;
    connections.extend(received);
    let status_counts = StatusCounts::of(connections.iter().map(|one| one.life().status(call.now)));
    connections.retain(|connection| {
        let direction = Direction::of(connection, account).name();
        let status = connection.life().status(call.now).name();
        directions.as_ref().is_none_or(|any| any.contains(&direction))
            && statuses.as_ref().is_none_or(|any| any.contains(&status))
            && sought.as_ref().is_none_or(|sought| connection.is_found_by(sought))
    });
    let page = pages.page_of(connections);
    let own: Vec<&Connection> = page.rows.iter().filter(|connection| connection.host_id == account).collect();
    let mails = api.store.mails_of_connections(&own).await?;
    let shown = |connection: &Connection| {
        let mails = mails.get(&connection.id).map_or(&[][..], Vec::as_slice);
        shown::connection(connection, account, mails, call.now)
    };
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let meta = Meta { list: pages.listing.meta(&page.paging), status_counts };
    Ok(Answer::ok(&pages.document(data, meta, &page.paging)))
}

pub async fn show(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    Ok(Answer::ok(&Data { data: resource(api, call, &caller, &connection).await? }))
}

/// The connection as the caller's account sees it; how its mails fare is the host's to know.
pub async fn resource(
    api: &Api,
    call: &Call,
    caller: &Caller,
    connection: &Connection,
) -> Result<shown::Connection, Failure> {
    let account = caller.account.id;
    let mails = if connection.host_id == account {
        api.store.connection_mails(connection).await?
    } else {
        Vec::new()
    };
    Ok(shown::connection(connection, account, &mails, call.now))
}
