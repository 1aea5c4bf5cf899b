//! The connections of an account, those that it grants and those that it receives.

use api::document::Data;
use api::show::Direction;
use api::{Api, Caller, Failure, show as shown};
use lists::{Pages, Sought as _};
use policy::ConnectionId;
use policy::connection::Status;
use policy::invitation::InvitationState;
use store::Connection;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{Meta, StateCounts, StatusCounts};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any(
            "direction",
            Kind::Words(|| Direction::ALL.map(Direction::name).to_vec()),
            "Connections that the account grants, or that it receives.",
        ),
        Filter::any(
            "status",
            Kind::Words(|| Status::ALL.map(Status::name).to_vec()),
            "Connections with these statuses.",
        ),
        Filter::any(
            "invitation-state",
            Kind::Words(|| InvitationState::ALL.map(InvitationState::name).to_vec()),
            "Pending connections with this state of their link.",
        ),
        Filter::search(
            "Connections with an account whose name or subdomain contains this text, or whose id or own id it is.",
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
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let directions = pages.listing.choice("direction", &Direction::ALL.map(Direction::name), &mut faults);
    let statuses = pages.listing.choice("status", &Status::ALL.map(Status::name), &mut faults);
    let states = pages.listing.choice(
        "invitation-state",
        &InvitationState::ALL.map(InvitationState::name),
        &mut faults,
    );
    let sought = pages.listing.search(&mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let (mut connections, received) =
        tokio::try_join!(api.store.connections_granted(account), api.store.connections_received(account))?;
    connections.extend(api.readable(call, received));
    let vouched = api.offers_vouched_for(&connections, call.now).await?;
    let vouch = |connection: &Connection| vouched.get(&connection.id).cloned().unwrap_or_default();
    let state = |one: &Connection| one.life().invitation_state(vouch(one).stands, call.now);
    let status_counts = StatusCounts::of(connections.iter().map(|one| one.life().status(call.now)));
    let invitation_state_counts = StateCounts::of(connections.iter().filter_map(state));
    connections.retain(|connection| {
        let state = state(connection).map(InvitationState::name);
        let direction = Direction::of(connection, account).name();
        let status = connection.life().status(call.now).name();
        directions.as_ref().is_none_or(|any| any.contains(&direction))
            && statuses.as_ref().is_none_or(|any| any.contains(&status))
            && states.as_ref().is_none_or(|any| state.is_some_and(|state| any.contains(&state)))
            && sought.as_ref().is_none_or(|sought| connection.is_found_by(sought))
    });
    let page = pages.page_of(connections);
    let own: Vec<&Connection> = page.rows.iter().filter(|connection| connection.host_id == account).collect();
    let mails = api.store.mails_of_connections(&own).await?;
    let shown = |connection: &Connection| {
        let mails = mails.get(&connection.id).map_or(&[][..], Vec::as_slice);
        shown::connection(connection, account, mails, &vouch(connection), call.now)
    };
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let meta = Meta { list: pages.listing.meta(&page.paging), status_counts, invitation_state_counts };
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
    let mails = async {
        match connection.host_id == account {
            true => Ok::<_, Failure>(api.store.connection_mails(connection).await?),
            false => Ok(Vec::new()),
        }
    };
    let vouched = api.offers_vouched_for(std::slice::from_ref(connection), call.now);
    let (mails, vouched) = tokio::try_join!(mails, vouched)?;
    let vouch = vouched.get(&connection.id).cloned().unwrap_or_default();
    Ok(shown::connection(connection, account, &mails, &vouch, call.now))
}
